"""帮办: helped with an item of the guide until it is done (P-40, P-41, C-27)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from community import actions
from community.duties import Duty
from community.models import ServiceItem
from community.workflow import Stage
from core.errors import (
    ConflictError,
    GateClosedError,
    InvalidInputError,
    NotAllowedError,
    RepeatedError,
    TooManyRequestsError,
)
from core.models import InboxItem, OutboxMessage
from petitions.actions import assisting, erasing, handling, merging, reporting, settling, sweeping
from petitions.actions.assisting import Arrangement, Wish
from petitions.models import Assistance, Exchange, Explanation, Petition
from petitions.models.assistance import Point
from petitions.selectors import links
from petitions.selectors.assisting import help_figures
from tests.cast import NOW, make_staff, make_town
from tests.community.test_guide import make_item
from tests.petitions.loop import person, report

HOUR = timedelta(hours=1)
SLOT = datetime(2026, 11, 25, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
HOME = Arrangement(mode="at_home", slot=SLOT, address="1号楼1单元101")
AGENT = Arrangement(mode="agent", authorised_by="林阿姨", authorisation="签了委托书")


def ask(town, item, *, arrangement=None, at=NOW, is_application=True, who=None, key=None, actor=None):
    return assisting.assistance_file(
        community=town.community,
        report=report(town, text="申请办理：高龄津贴申请", topic="other"),
        wish=Wish(item, arrangement or Arrangement(), is_application),
        person=who or person(),
        key=key or uuid4(),
        actor=actor,
        at=at,
    ).petition


@pytest.fixture
def item(diecui) -> ServiceItem:
    return make_item(diecui.community)


@pytest.fixture
def asked(diecui, item, clerk, secretary) -> Petition:
    """An application with the clerk as its first holder."""
    return ask(diecui, item)


@pytest.fixture
def hall(subdistrict):
    """永济: the service hall with a clerk, and an application that the clerk has taken."""
    town = make_town("yongji", "永济市政务服务大厅", subdistrict)
    helper = make_staff("helper", "帮办员", Duty.CLERK, town.place)
    make_staff("hall", "大厅书记", Duty.SECRETARY, town.place)
    petition = ask(town, make_item(town.community))
    handling.petition_claim(petition_id=petition.pk, actor=helper, at=NOW + HOUR / 2)
    handling.petition_start(petition_id=petition.pk, actor=helper, at=NOW + HOUR)
    return town, helper, petition


def steps(petition, actor, at=NOW + 2 * HOUR):
    return {"petition_id": petition.pk, "actor": actor, "at": at}


def resolve(petition, actor, at=NOW + 4 * HOUR):
    return settling.petition_resolve(petition_id=petition.pk, actor=actor, outcome="已办好", photos=[], at=at)


def talk(petition, actor, times):
    for number in range(times):
        assisting.assistance_exchange(**steps(petition, actor), way="phone", note=f"第{number}次")


# Filing.


def test_application_is_private_and_goes_to_the_items_own_handler(asked, clerk):
    assert asked.is_private
    assert asked.stage == Stage.TRIAGED
    assert (asked.assignee, asked.tier) == (clerk, Duty.CLERK)


def test_limit_of_the_item_is_the_handling_clock(diecui, clerk):
    short = make_item(diecui.community, title="居住证明", limit_minutes=60)

    petition = ask(diecui, short)

    assert (petition.clock, petition.clock_minutes) == ("handle_blue", 60)
    assert petition.due_at == NOW + HOUR
    assert petition.promise_at > petition.due_at


def test_taking_it_does_not_start_the_clock_anew(asked, clerk, at):
    handling.petition_claim(petition_id=asked.pk, actor=clerk, at=at + HOUR)

    taken = Petition.objects.get(pk=asked.pk)
    assert (taken.due_at, taken.clock_minutes) == (asked.due_at, 4200)


def test_vacant_handler_passes_it_up(diecui, item, secretary):
    assert ask(diecui, item).assignee == secretary


def test_breach_tells_the_tiers_above_once(diecui, clerk, secretary, at):
    petition = ask(diecui, make_item(diecui.community, title="居住证明", limit_minutes=60))

    for minutes in (61, 62):
        sweeping.petitions_sweep(at=at + timedelta(minutes=minutes))

    told = InboxItem.objects.filter(kind="petition.due", dedupe_key__contains=f".{petition.pk}.")
    assert sorted(told.filter(title="已超时").values_list("user__username", flat=True)) == [
        "clerk",
        "secretary",
    ]


def test_same_form_again_gives_the_same_receipt(diecui, item, clerk):
    key = uuid4()

    first, second = ask(diecui, item, key=key), ask(diecui, item, key=key)

    assert first == second
    assert Assistance.objects.count() == 1


def test_item_that_was_taken_away_cannot_be_asked_for(diecui, fuxi, item):
    with pytest.raises(ConflictError):
        ask(fuxi, item)
    actions.service_item_update(item_id=item.pk, changes={"is_active": False}, actor=None, at=NOW)
    item.refresh_from_db()
    with pytest.raises(ConflictError):
        ask(diecui, item)

    assert not Petition.objects.exists()


# Modes.


@pytest.mark.parametrize(
    "arrangement",
    [
        Arrangement(mode="at_home", address="101"),
        Arrangement(mode="at_home", slot=SLOT),
        Arrangement(mode="at_home", slot=NOW - HOUR, address="101"),
        Arrangement(mode="agent"),
        Arrangement(mode="agent", authorised_by="林阿姨"),
        Arrangement(mode="online"),
    ],
)
def test_mode_without_what_it_needs_is_refused_and_nothing_is_filed(diecui, item, arrangement):
    with pytest.raises(InvalidInputError):
        ask(diecui, item, arrangement=arrangement)

    assert not Petition.objects.exists()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"mode": "at_home", "address": "101"}, "assistance_at_home_has_slot"),
        ({"mode": "at_home", "slot": SLOT}, "assistance_at_home_has_slot"),
        ({"mode": "agent", "authorised_by": "林阿姨"}, "assistance_agent_is_authorised"),
    ],
)
def test_database_refuses_the_same(asked, change, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Assistance.objects.filter(petition=asked).update(**change)


def test_helper_arranges_and_the_resident_is_told(asked, clerk):
    assisting.assistance_arrange(**steps(asked, clerk), arrangement=AGENT)

    row = Assistance.objects.get(petition=asked)
    assert (row.mode, row.authorised_by, row.authorisation) == ("agent", "林阿姨", "签了委托书")
    assert OutboxMessage.objects.filter(phone="13912345678", body__contains="帮代办").exists()


@pytest.mark.parametrize("who", ["worker_of_another_grid", "outsider", "secretary_of_another_community"])
def test_others_arrange_nothing(asked, request, who):
    with pytest.raises(NotAllowedError):
        assisting.assistance_arrange(**steps(asked, request.getfixturevalue(who)), arrangement=AGENT)

    assert Assistance.objects.get(petition=asked).mode == ""


def test_what_a_colleague_has_claimed_is_theirs(asked, clerk, grid_worker):
    handling.petition_claim(petition_id=asked.pk, actor=clerk, at=NOW + HOUR)

    with pytest.raises(ConflictError):
        assisting.assistance_exchange(**steps(asked, grid_worker), way="phone", note="我来问问")

    assert not Exchange.objects.exists()


def test_ordinary_matter_has_nothing_to_arrange(petition, secretary, loop):
    loop.triage()

    with pytest.raises(ConflictError):
        assisting.assistance_arrange(**steps(petition, secretary), arrangement=AGENT)


def test_helper_and_resident_are_reminded_the_day_before_once(diecui, item, clerk):
    ask(diecui, item, arrangement=HOME)
    eve = SLOT.replace(hour=9, minute=0) - timedelta(days=1)

    swept = [
        assisting.slots_sweep(at=eve - HOUR),
        assisting.slots_sweep(at=eve),
        assisting.slots_sweep(at=eve),
    ]

    assert swept == [0, 1, 0]
    assert InboxItem.objects.get(kind="petition.slot").user == clerk
    assert OutboxMessage.objects.get(kind="petition.slot", phone="13912345678").body.startswith("您约的")


def test_new_slot_is_reminded_of_anew(diecui, item, clerk):
    petition = ask(diecui, item, arrangement=HOME)
    later = Arrangement(mode="at_home", slot=SLOT + timedelta(days=2), address="101")

    assisting.assistance_arrange(**steps(petition, clerk), arrangement=later)

    assert assisting.slots_sweep(at=SLOT - timedelta(days=1)) == 0
    assert assisting.slots_sweep(at=SLOT + timedelta(days=1)) == 1


def test_closed_matter_reminds_nobody(diecui, item, clerk):
    petition = ask(diecui, item, arrangement=HOME)
    Petition.objects.filter(pk=petition.pk).update(stage=Stage.WITHDRAWN)

    assisting.slots_sweep(at=SLOT - HOUR)

    assert not InboxItem.objects.filter(kind="petition.slot").exists()


# The gates of 永济.


def test_application_is_closed_only_when_explained_talked_over_and_done(hall):
    _town, helper, petition = hall
    done = []
    for work in (
        lambda: assisting.assistance_explain(**steps(petition, helper), points=Point.values),
        lambda: talk(petition, helper, 5),
        lambda: assisting.assistance_complete(**steps(petition, helper), result="津贴已批准"),
    ):
        with pytest.raises(GateClosedError) as refused:
            resolve(petition, helper)
        done.append(refused.value.extra["gate"])
        work()

    resolve(petition, helper)

    assert done == ["explained_before_resolve", "exchanges_before_resolve", "completed_before_resolve"]
    assert Petition.objects.get(pk=petition.pk).stage == Stage.RESOLVED


def test_four_exchanges_need_a_fifth_or_a_reason(hall):
    _town, helper, petition = hall
    assisting.assistance_explain(**steps(petition, helper), points=Point.values)
    assisting.assistance_complete(**steps(petition, helper), result="已批准")
    talk(petition, helper, 4)

    with pytest.raises(GateClosedError):
        resolve(petition, helper)
    assisting.assistance_excuse(**steps(petition, helper), reason="材料齐全，一次说清")
    resolve(petition, helper)

    assert Petition.objects.get(pk=petition.pk).stage == Stage.RESOLVED


def test_application_settled_on_the_spot_passes_the_same_gates(hall, subdistrict):
    town, helper, _petition = hall
    fresh = ask(town, ServiceItem.objects.get(), who=person(phone="13912340000"))

    with pytest.raises(GateClosedError):
        settling.petition_settle_on_spot(
            petition_id=fresh.pk, actor=helper, outcome="当场办了", photos=[], at=NOW + HOUR
        )


def test_consultation_is_answered_without_ceremony(hall):
    town, helper, _petition = hall
    question = ask(town, ServiceItem.objects.get(), is_application=False, who=person(phone="13912340000"))

    settling.petition_settle_on_spot(
        petition_id=question.pk, actor=helper, outcome="已在直播间答复", photos=[], at=NOW + HOUR
    )

    assert Petition.objects.get(pk=question.pk).stage == Stage.RESOLVED


def test_each_point_keeps_who_explained_it_first(asked, clerk, secretary):
    assisting.assistance_explain(**steps(asked, clerk), points=["documents", "cost"])
    assisting.assistance_explain(**steps(asked, secretary, NOW + 3 * HOUR), points=["cost", "time"])

    said = dict(Explanation.objects.values_list("point", "explained_by__username"))
    assert said == {"documents": "clerk", "cost": "clerk", "time": "secretary"}


def test_second_tap_logs_no_second_exchange(asked, clerk):
    assisting.assistance_exchange(**steps(asked, clerk), way="phone", note="问材料")

    with pytest.raises(RepeatedError):
        assisting.assistance_exchange(**steps(asked, clerk), way="phone", note="问材料")

    assert Exchange.objects.count() == 1


# The pages.


def url(item, slug="diecui"):
    return reverse("petitions:ask", args=[slug, item.pk])


def form_of(town, **changes):
    given = {
        "purpose": "application",
        "mode": "",
        "text": "给我妈办",
        "place": str(town.buildings[0].pk),
        "name": "林阿姨",
        "phone": "13912345678",
        "consent": "on",
        "key": str(uuid4()),
    }
    return {**given, **changes}


@pytest.mark.parametrize("who", [None, "resident", "outsider"])
def test_everybody_may_ask_and_gets_a_receipt(client, request, diecui, item, clerk, who):
    if who:
        client.force_login(request.getfixturevalue(who))

    sent = client.post(url(item), form_of(diecui))

    assert sent.status_code == 302
    row = Assistance.objects.get()
    token = sent.url.removeprefix("/p/").removesuffix("/receipt/")
    assert links.reporter_of(token).petition == row.petition
    assert row.petition.text == "申请办理：高龄津贴申请\n给我妈办"


def test_item_page_leads_to_the_form(client, diecui, item):
    page = client.get(reverse("community:guide_item", args=["diecui", item.pk])).content.decode()

    assert url(item) in page


def test_form_for_an_unknown_item_is_not_found(client, diecui, fuxi, item):
    assert client.get(url(item, "fuxi")).status_code == 404
    assert client.get(reverse("petitions:ask", args=["diecui", 0])).status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mode": "at_home"}, "请约好上门的时间。"),
        ({"mode": "agent", "authorised_by": "林阿姨"}, "帮代办须先授权。"),
        ({"mode": "agent", "authorises": "on"}, "请写明由谁授权。"),
    ],
)
def test_form_says_what_a_mode_needs_and_keeps_the_words(client, diecui, item, given, said):
    page = client.post(url(item), form_of(diecui, **given))

    assert page.status_code == 422
    assert said in page.content.decode()
    assert "给我妈办" in page.content.decode()
    assert not Petition.objects.exists()


def test_application_never_appears_in_public(client, diecui, item, clerk):
    petition = ask(diecui, item)

    assert client.get(reverse("petitions:matter", args=["diecui", petition.number])).status_code == 404
    assert item.title not in client.get(reverse("petitions:problem_wall", args=["diecui"])).content.decode()


def test_application_is_merged_with_nothing(diecui, item, petition, secretary):
    own = ask(diecui, item, who=person(phone="13912340000"))

    for source, target in ((own, petition), (petition, own)):
        with pytest.raises(ConflictError, match="个人的办理事项"):
            merging.petitions_merge(petition_ids=[source.pk], into_id=target.pk, actor=secretary, at=NOW)

    assert not Petition.objects.filter(stage=Stage.MERGED).exists()


def test_erased_matter_keeps_its_mode_and_loses_its_words(diecui, item, clerk):
    petition = ask(diecui, item, arrangement=HOME)
    assisting.assistance_exchange(**steps(petition, clerk), way="phone", note="住三楼")
    reporter = petition.reporters.get()
    reporting.petition_withdraw(reporter=reporter, reason="", at=NOW + 3 * HOUR)

    erasing.reporter_erase(reporter=reporter, at=NOW + 4 * HOUR)

    row = Assistance.objects.get()
    assert (row.mode, row.address, row.authorised_by) == ("at_home", "—", "")
    assert Exchange.objects.get().note == ""


def test_progress_page_shows_mode_and_slot(client, diecui, item, clerk):
    petition = ask(diecui, item, arrangement=HOME)

    page = client.get(links.ticket_path(petition.reporters.get())).content.decode()

    for text in ("上门办", "11月25日", "1号楼1单元101", item.title):
        assert text in page


def test_helper_takes_every_step_on_the_phone(client, diecui, item, clerk):
    petition = ask(diecui, item, at=timezone.now())
    client.force_login(clerk)
    client.post(reverse("petitions:work_step", args=[petition.number, "claim"]))
    given = {
        "arrange": {"mode": "agent", "authorised_by": "林阿姨", "authorisation": "电话里同意"},
        "explain": {"points": Point.values},
        "exchange": {"way": "phone", "note": "问了材料"},
        "complete": {"result": "津贴已批准"},
    }

    for step, data in given.items():
        path = reverse("petitions:work_step", args=[petition.number, step])
        assert client.get(path).status_code == 200, step
        assert client.post(path, data).status_code == 302, step

    page = client.get(reverse("petitions:work", args=[petition.number])).content.decode()
    for text in ("帮代办", "电话里同意", "注意事项", "问了材料", "津贴已批准"):
        assert text in page


def test_desk_enters_a_question_from_the_stream(client, hall):
    town, helper, _petition = hall
    client.force_login(helper)
    item = ServiceItem.objects.get()

    client.post(
        reverse("admin:petitions_petition_intake"),
        {
            **form_of(town, key=str(uuid4()), text="直播间问高龄津贴"),
            "channel": "livestream",
            "received_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
            "service": item.pk,
            "is_consultation": "on",
        },
    )

    row = Assistance.objects.get(petition__channel="livestream")
    assert not row.is_application
    assert row.petition.is_private


@pytest.mark.parametrize("number", [3, 30])
def test_work_page_costs_the_same_however_much_was_said(
    client, asked, clerk, django_assert_max_num_queries, number
):
    for each in range(number):
        Exchange.objects.create(petition=asked, way="phone", note=f"第{each}次", noted_by=clerk, noted_at=NOW)
    client.force_login(clerk)
    client.get(reverse("petitions:work", args=[asked.number]))

    with django_assert_max_num_queries(8):
        client.get(reverse("petitions:work", args=[asked.number]))


# Figures.


def test_figures_count_modes_and_what_was_on_time(diecui, item, clerk, django_assert_num_queries):
    ask(diecui, item, arrangement=HOME)
    late = ask(diecui, item, who=person(phone="13912340000"))
    prompt = ask(diecui, item, who=person(phone="13912340001"))
    for petition, at in ((prompt, NOW + HOUR), (late, NOW + timedelta(days=40))):
        settling.petition_settle_on_spot(
            petition_id=petition.pk, actor=clerk, outcome="办好了", photos=[], at=at
        )

    with django_assert_num_queries(3):
        figures = help_figures([diecui.place.path])

    assert {one.label: one.number for one in figures.modes if one.number} == {"到窗口办": 2, "上门办": 1}
    assert (figures.families[0].filed, figures.families[0].settled, figures.families[0].rate) == (3, 2, 50)


def test_guide_at_the_desk_shows_the_figures(client, diecui, item, clerk):
    ask(diecui, item, arrangement=HOME)
    client.force_login(clerk)

    page = client.get(reverse("admin:community_serviceitem_changelist")).content.decode()

    assert "帮办情况" in page
    assert "按时率" in page


def test_floods_are_limited_as_for_any_matter(diecui, item, settings):
    settings.FILINGS_PER_PHONE_PER_DAY = 2

    for _time in range(2):
        ask(diecui, item)
    with pytest.raises(TooManyRequestsError):
        ask(diecui, item)


def test_api_says_item_mode_and_slot_and_nothing_of_the_resident(client, asked, secretary):
    Assistance.objects.filter(petition=asked).update(mode="at_home", slot=SLOT, address="1号楼1单元101")
    client.force_login(secretary)

    answer = client.get(f"/api/v1/petitions/{asked.number}/")

    found = answer.json()["assistance"]
    assert (found["mode"], found["is_application"]) == ("at_home", True)
    assert datetime.fromisoformat(found["slot"]) == SLOT
    assert "101" not in answer.content.decode()


def test_api_says_of_any_other_matter_that_nobody_is_helped(client, petition, secretary):
    client.force_login(secretary)

    assert client.get(f"/api/v1/petitions/{petition.number}/").json()["assistance"] is None
