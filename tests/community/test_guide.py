"""智能导办: the guide shows what is complete, to everybody, and staff keep it so (C-10, C-27)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from community import actions
from community.models import PortalBoard, ServiceItem, ServiceItemUse
from community.models.guide import NEEDED
from core.errors import InvalidInputError, NotAllowedError
from core.models import AuditEntry, InboxItem
from tests.cast import NOW
from tests.parallel import at_once

CONTENT = {
    "family": "administrative",
    "title": "高龄津贴申请",
    "documents": ["身份证", "银行卡"],
    "steps": ["到窗口填表", "公示五天", "次月发放"],
    "where": "一楼综合窗口",
    "phone": "0359-5020009",
    "fee": "免费",
    "time_limit": "10个工作日",
    "limit_minutes": 4200,
    "handler": "clerk",
    "modes": ["agent", "at_home"],
    "is_active": True,
}
LEFT_OUT = {
    "documents": {"documents": []},
    "steps": {"steps": []},
    "where": {"where": ""},
    "fee": {"fee": ""},
    "family": {"family": ""},
    "handler": {"handler": ""},
    "limit": {"limit_minutes": None},
}


def make_item(community=None, at=NOW, **changes):
    return actions.service_item_create(community=community, content={**CONTENT, **changes}, actor=None, at=at)


def url(item=None, slug="diecui"):
    return (
        reverse("community:guide_item", args=[slug, item.pk])
        if item
        else reverse("community:guide", args=[slug])
    )


@pytest.fixture
def item(diecui):
    return make_item(diecui.community)


# What may be shown.


@pytest.mark.parametrize("name", NEEDED)
def test_incomplete_item_cannot_be_shown(diecui, clerk, at, name):
    content = {**CONTENT, **LEFT_OUT[name]}

    with pytest.raises(InvalidInputError) as refused:
        actions.service_item_create(community=diecui.community, content=content, actor=clerk, at=at)

    assert refused.value.extra["problems"] == [str(NEEDED[name][1])]
    assert not ServiceItem.objects.exists()


@pytest.mark.parametrize("name", NEEDED)
def test_database_refuses_to_show_an_incomplete_item(item, name):
    with pytest.raises(IntegrityError, match=f"service_item_active_has_{name}"), transaction.atomic():
        ServiceItem.objects.filter(pk=item.pk).update(**LEFT_OUT[name])


def test_draft_may_be_incomplete(diecui, clerk, at):
    item = actions.service_item_create(
        community=diecui.community, content={"title": "以后再写"}, actor=clerk, at=at
    )

    assert item.reviewed_on is None
    assert not item.is_active


def test_title_stands_once_in_a_community_and_once_for_all(diecui, fuxi):
    make_item(diecui.community)
    make_item(fuxi.community)
    make_item(None)

    with pytest.raises(IntegrityError, match="service_item_title_once"):
        make_item(None)


# Who keeps it.


@pytest.mark.parametrize("who", ["clerk", "dispatcher", "secretary", "administrator"])
def test_keepers_write_items_of_their_community(diecui, request, at, who):
    item = actions.service_item_create(
        community=diecui.community, content=CONTENT, actor=request.getfixturevalue(who), at=at
    )

    assert AuditEntry.objects.get(event="service_item.created").subject_id == str(item.pk)


@pytest.mark.parametrize("who", ["grid_worker", "supervisor", "outsider", "secretary_of_another_community"])
def test_others_change_nothing(item, request, at, who):
    with pytest.raises(NotAllowedError):
        actions.service_item_update(
            item_id=item.pk, changes={"fee": "10元"}, actor=request.getfixturevalue(who), at=at
        )

    item.refresh_from_db()
    assert item.fee == "免费"


def test_items_of_the_whole_portal_are_the_countys_to_keep(diecui, secretary, administrator, at):
    shared = make_item(None)

    with pytest.raises(NotAllowedError):
        actions.service_item_confirm(item_id=shared.pk, actor=secretary, at=at)
    changed = actions.service_item_update(
        item_id=shared.pk, changes={"fee": "5元"}, actor=administrator, at=at
    )

    assert changed.fee == "5元"


# The pages.


@pytest.mark.parametrize("who", [None, "outsider", "resident"])
def test_everybody_reads_the_whole_item_on_one_page(client, request, item, who):
    if who:
        client.force_login(request.getfixturevalue(who))

    page = client.get(url(item)).content.decode()

    for text in (
        *CONTENT["documents"],
        *CONTENT["steps"],
        "一楼综合窗口",
        "免费",
        "10个工作日",
        "0359-5020009",
    ):
        assert text in page
    assert "帮代办" in page
    assert "上门办" in page


def test_item_without_a_phone_shows_the_communitys_hotline(client, diecui):
    item = make_item(diecui.community, phone="")

    assert "tel:0359-5020001" in client.get(url(item)).content.decode()


def test_draft_and_other_communities_items_are_not_found(client, diecui, fuxi):
    draft = make_item(diecui.community, title="草稿", is_active=False)
    foreign = make_item(fuxi.community)

    assert client.get(url(draft)).status_code == 404
    assert client.get(url(foreign)).status_code == 404
    assert "草稿" not in client.get(url()).content.decode()


def test_item_of_the_whole_portal_is_shown_in_every_community(client, diecui, fuxi):
    shared = make_item(None)

    assert client.get(url(shared)).status_code == 200
    assert client.get(url(shared, "fuxi")).status_code == 200


def test_fifteen_most_used_come_first_and_all_stand_by_family(client, diecui):
    items = [make_item(diecui.community, title=f"事项{number:02}") for number in range(17)]
    for number, item in enumerate(items):
        ServiceItemUse.objects.create(item=item, community=diecui.community, hits=number)

    page = client.get(url())

    guide = page.context["guide"]
    assert [item.title for item in guide.most_used] == [f"事项{number:02}" for number in range(16, 1, -1)]
    assert [(family.label, len(family.items)) for family in guide.families] == [("行政", 17)]
    assert "共 17 项" in page.content.decode()


def test_use_in_another_community_does_not_count_here(client, diecui, fuxi):
    first, second = make_item(None, title="甲"), make_item(None, title="乙")
    ServiceItemUse.objects.create(item=second, community=fuxi.community, hits=99)
    ServiceItemUse.objects.create(item=first, community=diecui.community, hits=1)

    assert [item.title for item in client.get(url()).context["guide"].most_used] == ["甲", "乙"]


@pytest.mark.parametrize(("words", "found"), [("高龄 银行卡", 1), ("窗口", 1), ("护照", 0), ("行政", 1)])
def test_search_finds_by_every_word(client, item, words, found):
    page = client.get(url(), {"q": words})

    assert len(page.context["found"]) == found
    assert ("没有找到" in page.content.decode()) == (found == 0)


def test_empty_guide_says_so(client, diecui):
    assert "还没有公布办事指南" in client.get(url()).content.decode()


@pytest.mark.parametrize("number", [3, 30])
def test_guide_costs_the_same_however_long_it_is(client, diecui, django_assert_num_queries, number):
    for each in range(number):
        make_item(diecui.community, title=f"事项{each}")

    with django_assert_num_queries(2):
        client.get(url())
    with django_assert_num_queries(2):
        client.get(url(), {"q": "事项"})


def test_board_of_the_home_leads_to_the_guide(diecui):
    assert PortalBoard.objects.get(community=diecui.community, name="办事大厅").href("diecui") == url()


# Counting.


def test_each_look_is_counted_where_it_was(client, diecui, fuxi):
    shared = make_item(None)

    for slug in ("diecui", "diecui", "fuxi"):
        client.get(url(shared, slug))
    client.head(url(shared))

    assert dict(ServiceItemUse.objects.values_list("community__slug", "hits")) == {"diecui": 2, "fuxi": 1}


@pytest.mark.django_db(transaction=True)
def test_look_never_waits_for_another(diecui):
    item = make_item(diecui.community)
    actions.service_item_opened(item=item, community=diecui.community)

    with transaction.atomic():
        ServiceItemUse.objects.select_for_update().get(item=item)
        at_once([lambda: actions.service_item_opened(item=item, community=diecui.community)])

    assert ServiceItemUse.objects.get(item=item).hits == 1


# Confirming.


def test_stale_item_is_asked_about_once(diecui, clerk, secretary, at):
    item = make_item(diecui.community, at=at - timedelta(days=200))
    make_item(diecui.community, at=at - timedelta(days=20), title="刚核对过")

    asked = [actions.service_items_sweep(at=at), actions.service_items_sweep(at=at + timedelta(days=1))]

    assert asked == [1, 0]
    notice = InboxItem.objects.get(kind="guide.review")
    assert notice.user == clerk
    assert item.title in notice.body


def test_confirmed_item_is_asked_about_again_after_another_half_year(diecui, secretary, clerk, at):
    item = make_item(diecui.community, at=at - timedelta(days=200))
    actions.service_items_sweep(at=at)

    actions.service_item_confirm(item_id=item.pk, actor=clerk, at=at)

    assert actions.service_items_sweep(at=at + timedelta(days=1)) == 0
    assert actions.service_items_sweep(at=at + timedelta(days=190)) == 1


def test_shared_item_is_the_countys_administrators_to_confirm(diecui, clerk, administrator, at):
    make_item(None, at=at - timedelta(days=200))

    actions.service_items_sweep(at=at)

    assert InboxItem.objects.get(kind="guide.review").user == administrator


# The desk.


def form_of(**changes):
    content = {**CONTENT, **changes}
    lines = {name: "\n".join(content[name]) for name in ("documents", "steps")}
    return {**content, **lines, "is_active": "on" if content["is_active"] else ""}


def test_clerk_writes_an_item_with_one_document_to_a_line(client, diecui, clerk):
    client.force_login(clerk)

    page = client.post(
        reverse("admin:community_serviceitem_add"), {**form_of(), "community": diecui.community.pk}
    )

    assert page.status_code == 302
    item = ServiceItem.objects.get()
    assert item.documents == CONTENT["documents"]
    assert item.steps == CONTENT["steps"]
    assert item.reviewed_on == timezone.localdate()


def test_form_says_what_is_missing_and_keeps_what_was_typed(client, item, clerk):
    client.force_login(clerk)

    page = client.post(
        reverse("admin:community_serviceitem_change", args=[item.pk]), form_of(documents=[], where="二楼")
    )

    text = page.content.decode()
    assert "启用前请至少写一份所需材料。" in text
    assert "二楼" in text
    item.refresh_from_db()
    assert item.documents


def test_same_title_again_is_refused_in_words(client, item, clerk, diecui):
    client.force_login(clerk)

    page = client.post(
        reverse("admin:community_serviceitem_add"), {**form_of(), "community": diecui.community.pk}
    )

    assert "指南里已有同名事项。" in page.content.decode()


def test_clerk_reads_shared_items_and_cannot_change_them(client, diecui, clerk):
    shared = make_item(None)
    client.force_login(clerk)
    path = reverse("admin:community_serviceitem_change", args=[shared.pk])

    assert shared.title in client.get(reverse("admin:community_serviceitem_changelist")).content.decode()
    assert client.get(path).status_code == 200
    assert client.post(path, form_of(fee="10元")).status_code == 403


def test_confirm_button_notes_the_day(client, diecui, clerk):
    item = make_item(diecui.community, at=NOW - timedelta(days=200))
    client.force_login(clerk)

    client.post(reverse("admin:community_serviceitem_confirm", args=[item.pk]))

    item.refresh_from_db()
    assert item.reviewed_on == timezone.localdate()


def test_secretary_of_another_community_does_not_see_the_item(client, item, secretary_of_another_community):
    client.force_login(secretary_of_another_community)

    assert client.get(reverse("admin:community_serviceitem_change", args=[item.pk])).status_code == 302
    page = client.get(reverse("admin:community_serviceitem_changelist"))
    assert item.title not in page.content.decode()
