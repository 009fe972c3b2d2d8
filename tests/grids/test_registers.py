"""信息册: who may mark and read, what a mark silences and how that is taken back, and what is kept (G-10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.duties import Duty
from community.models import Resident
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.models import AuditEntry, InboxItem
from core.registries import DataSubject
from grids.actions.registers.schemes import Meaning, SchemeDraft, scheme_save
from grids.actions.registers.sweeping import leases_tell
from grids.actions.registers.tagging import tag_end, tag_recheck, tag_set
from grids.models import ColourScheme, ResidentTag, SchemeColour
from grids.selectors.registers.people import people_in, tags_held
from tests.cast import NOW, make_resident, make_staff, put_in_post
from tests.grids.registers import colour, mark
from tests.parallel import overlapping

TODAY = NOW.date()
DAY = timedelta(days=1)
OTHERS = ["worker_of_another_grid", "outsider", "secretary_of_another_community", "supervisor"]


@pytest.fixture
def person(diecui):
    return make_resident(diecui.households[0], "张奶奶", "13900000011")


def standing(person):
    return Resident.objects.values_list("standing", flat=True).get(pk=person.pk)


def listed(grid, chosen=""):
    return people_in(grid, chosen, None, today=TODAY).items


# Marking.


def test_every_community_begins_with_the_register(diecui, fuxi):
    scheme = ColourScheme.objects.get(community=diecui.community)

    found = {one.word: (one.colour, one.effect) for one in scheme.colours.all()}

    assert (scheme.kind, scheme.name) == ("register", "信息册")
    assert found == {
        "特殊人群": ("yellow", "none"),
        "已故": ("red", "deceased"),
        "租户": ("green", "tenant"),
        "搬离": ("blue", "moved_out"),
    }


def test_colour_never_stands_without_scheme_and_word(diecui):
    assert colour("已故").words == "信息册 · 红 · 已故"
    assert {str(one) for one in SchemeColour.objects.all()} == {
        one.words for one in SchemeColour.objects.all()
    }


@pytest.mark.parametrize("who", ["grid_worker", "grid_leader", "clerk", "secretary"])
def test_posts_over_the_grid_mark_with_date_and_trace(request, person, who):
    actor = request.getfixturevalue(who)

    tag = mark(person, "特殊人群", actor)

    assert (tag.marked_by, tag.since_on, tag.ended_at) == (actor, TODAY, None)
    assert AuditEntry.objects.filter(event="tag.set", actor=actor).count() == 1


@pytest.mark.parametrize("who", OTHERS)
def test_others_mark_nobody(request, person, who):
    with pytest.raises(NotAllowedError):
        mark(person, "已故", request.getfixturevalue(who))

    assert not ResidentTag.objects.exists()
    assert standing(person) == "present"


def test_tenant_and_special_at_once(person, grid_worker):
    mark(person, "租户", grid_worker)
    mark(person, "特殊人群", grid_worker)

    person.refresh_from_db()
    assert person.tags.in_force().count() == 2
    assert person.is_tenant


def test_same_mark_twice_is_refused(person, grid_worker):
    mark(person, "租户", grid_worker)

    with pytest.raises(ConflictError, match="已经有了"):
        mark(person, "租户", grid_worker)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"since_on": TODAY + DAY}, "不能晚于今天"),
        ({"recheck_on": TODAY - DAY}, "租期"),
    ],
)
def test_impossible_days_are_refused(person, grid_worker, given, words):
    with pytest.raises(InvalidInputError, match=words):
        mark(person, "租户", grid_worker, **given)


def test_mark_of_another_communitys_register_is_refused(person, grid_worker, fuxi):
    with pytest.raises(InvalidInputError, match="本社区"):
        mark(person, "已故", grid_worker, community=fuxi.community)


# Silence, and taking it back.


@pytest.mark.parametrize(("word", "expected"), [("已故", "deceased"), ("搬离", "moved_out")])
def test_silencing_mark_changes_the_roll_at_once_and_back(person, grid_worker, word, expected):
    tag = mark(person, word, grid_worker)
    assert standing(person) == expected

    tag_end(tag_id=tag.pk, reason="标错了人。", actor=grid_worker, at=NOW)

    assert standing(person) == "present"
    tag.refresh_from_db()
    assert (tag.ended_by, tag.end_reason) == (grid_worker, "标错了人。")


def test_taking_back_one_of_two_silences_leaves_the_other(person, grid_worker):
    moved = mark(person, "搬离", grid_worker)
    died = mark(person, "已故", grid_worker)

    tag_end(tag_id=died.pk, reason="是同名的人。", actor=grid_worker, at=NOW)
    assert standing(person) == "moved_out"
    tag_end(tag_id=moved.pk, reason="又搬回来了。", actor=grid_worker, at=NOW)

    assert standing(person) == "present"


def test_taking_back_another_mark_changes_no_silence(person, grid_worker):
    special = mark(person, "特殊人群", grid_worker)
    mark(person, "已故", grid_worker)

    tag_end(tag_id=special.pk, reason="已脱贫。", actor=grid_worker, at=NOW)

    assert standing(person) == "deceased"


def test_mark_is_taken_back_with_a_reason_once(person, grid_worker):
    tag = mark(person, "特殊人群", grid_worker)

    with pytest.raises(InvalidInputError, match="为什么"):
        tag_end(tag_id=tag.pk, reason=" ", actor=grid_worker, at=NOW)
    tag_end(tag_id=tag.pk, reason="情况好转。", actor=grid_worker, at=NOW)

    with pytest.raises(ConflictError, match="已经撤销"):
        tag_end(tag_id=tag.pk, reason="再来一次。", actor=grid_worker, at=NOW)
    assert mark(person, "特殊人群", grid_worker).pk != tag.pk


@pytest.mark.parametrize("who", OTHERS)
def test_others_take_nothing_back(request, person, grid_worker, who):
    tag = mark(person, "已故", grid_worker)

    with pytest.raises(NotAllowedError):
        tag_end(tag_id=tag.pk, reason="不服。", actor=request.getfixturevalue(who), at=NOW)

    assert standing(person) == "deceased"


def test_database_itself_wants_a_reason(person, grid_worker):
    tag = mark(person, "特殊人群", grid_worker)

    with pytest.raises(IntegrityError, match="tag_ended_with_reason"), transaction.atomic():
        ResidentTag.objects.filter(pk=tag.pk).update(ended_at=NOW)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_marks_at_once_are_one(person, grid_worker, grid_leader):
    found = overlapping(lambda: mark(person, "已故", grid_worker), lambda: mark(person, "已故", grid_leader))

    assert [type(one) for one in found] == [ResidentTag, ConflictError]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_mark_made_while_another_is_taken_back_keeps_its_silence(person, grid_worker, grid_leader):
    tag = mark(person, "搬离", grid_worker)

    overlapping(
        lambda: tag_end(tag_id=tag.pk, reason="标错了。", actor=grid_worker, at=NOW),
        lambda: mark(person, "已故", grid_leader),
    )
    assert standing(person) == "deceased"

    overlapping(
        lambda: mark(person, "搬离", grid_worker),
        lambda: tag_end(
            tag_id=person.tags.in_force().get(colour__word="已故").pk,
            reason="标错了。",
            actor=grid_leader,
            at=NOW,
        ),
    )
    assert standing(person) == "moved_out"


# Tenants.


def test_end_of_a_lease_is_told_once_to_the_worker(person, grid_worker, grid_leader):
    mark(person, "租户", grid_worker, recheck_on=TODAY + DAY)

    assert leases_tell(at=NOW) == 0
    assert leases_tell(at=NOW + DAY) == 1
    assert leases_tell(at=NOW + 2 * DAY) == 0

    item = InboxItem.objects.get(kind="register.lease")
    assert item.user == grid_worker
    assert person.name not in item.body


def test_tenant_who_stays_is_looked_at_again_at_the_new_end(person, grid_worker):
    tag = mark(person, "租户", grid_worker, recheck_on=TODAY)
    leases_tell(at=NOW)

    tag_recheck(tag_id=tag.pk, recheck_on=TODAY + 30 * DAY, actor=grid_worker, at=NOW)

    assert leases_tell(at=NOW + 29 * DAY) == 0
    assert leases_tell(at=NOW + 30 * DAY) == 1


def test_lease_of_somebody_gone_is_no_matter(person, grid_worker):
    mark(person, "租户", grid_worker, recheck_on=TODAY)
    mark(person, "搬离", grid_worker)

    assert leases_tell(at=NOW) == 0


def test_only_tenants_are_rechecked(person, grid_worker):
    tag = mark(person, "特殊人群", grid_worker)

    with pytest.raises(InvalidInputError, match="租户"):
        tag_recheck(tag_id=tag.pk, recheck_on=TODAY + DAY, actor=grid_worker, at=NOW)


# Reading.


def page(name, *args):
    return reverse(f"grids:{name}", args=args)


def test_register_shows_the_own_grid_with_words(client, person, grid_worker, diecui):
    mark(person, "特殊人群", grid_worker)
    other = make_resident(diecui.households[2], "别格人", "13900000012")
    mark(other, "特殊人群", None)
    client.force_login(grid_worker)

    shown = client.get(page("register")).content.decode()

    assert "张奶奶" in shown
    assert "信息册 · 黄 · 特殊人群" in shown
    assert "别格人" not in shown


def test_register_is_narrowed_by_mark_and_shows_everybody_when_asked(person, grid, grid_worker, diecui):
    plain = make_resident(diecui.households[1], "普通人", "13900000013")
    mark(person, "已故", grid_worker)

    assert listed(grid) == [person]
    assert listed(grid, str(colour("已故").pk)) == [person]
    assert listed(grid, str(colour("租户").pk)) == []
    assert listed(grid, "all") == [person, plain]


def test_each_reading_is_on_the_trail(client, person, grid, grid_worker):
    client.force_login(grid_worker)

    client.get(page("register"))
    client.get(page("person", person.pk))

    lines = AuditEntry.objects.filter(actor=grid_worker, audience="charge")
    assert [*lines.order_by("pk").values_list("event", "subject_id")] == [
        ("register.listed", str(grid.pk)),
        ("register.read", str(person.pk)),
    ]


@pytest.mark.parametrize("step", ["end", "recheck"])
def test_page_that_takes_a_mark_back_shows_it_and_is_on_the_trail(client, person, grid_worker, step):
    tag = mark(person, "特殊人群", grid_worker)
    client.force_login(grid_worker)

    shown = client.get(reverse("grids:tag_step", args=[tag.pk, step])).content.decode()

    assert "特殊人群" in shown
    [line] = AuditEntry.objects.filter(actor=grid_worker, audience="charge", event="register.read")
    assert line.subject_id == str(person.pk)


@pytest.mark.parametrize("who", [*OTHERS, "administrator"])
def test_others_read_neither_register_nor_person(client, request, person, grid, grid_worker, who):
    tag = mark(person, "已故", grid_worker)
    client.force_login(request.getfixturevalue(who))

    listed = client.get(f"{page('register')}?grid={grid.pk}")
    alone = client.get(page("person", person.pk))
    steps = [client.get(page("tag_new", person.pk)), client.get(page("tag_step", tag.pk, "end"))]
    desk = client.get(reverse("admin:grids_residenttag_change", args=[tag.pk]))

    assert {one.status_code for one in (listed, alone, *steps)} <= {403, 404}
    assert desk.status_code in {302, 403}
    assert not AuditEntry.objects.filter(audience="charge").exists()


def test_strangers_are_sent_to_sign_in(client, person):
    for path in (page("register"), page("person", person.pk), page("tag_new", person.pk)):
        assert client.get(path).status_code == 302


def test_mark_is_made_and_taken_back_on_the_page(client, person, grid_worker):
    client.force_login(grid_worker)
    given = {"colour": colour("已故").pk, "since_on": f"{timezone.localdate():%Y-%m-%d}"}

    client.post(page("tag_new", person.pk), given)
    tag = person.tags.get()
    assert "已故" in client.get(page("person", person.pk)).content.decode()
    refused = client.post(page("tag_step", tag.pk, "end"), {"reason": ""})
    client.post(page("tag_step", tag.pk, "end"), {"reason": "家人说弄错了。"})

    assert refused.status_code == 422
    assert standing(person) == "present"
    assert "家人说弄错了。" in client.get(page("person", person.pk)).content.decode()


def test_register_costs_the_same_with_many_people(client, grid_worker, diecui):
    client.force_login(grid_worker)
    client.get(page("register"))

    def cost():
        with CaptureQueriesContext(connection) as found:
            assert client.get(page("register")).status_code == 200
        return len(found)

    for number in range(3):
        mark(make_resident(diecui.households[0], f"人{number}", f"1370000{number:04}"), "特殊人群", None)
    few = cost()
    for number in range(3, 30):
        mark(make_resident(diecui.households[1], f"人{number}", f"1370000{number:04}"), "租户", None)

    assert cost() == few


def test_register_is_read_page_by_page(client, grid, grid_worker, diecui):
    for number in range(35):
        mark(make_resident(diecui.households[0], f"人{number}", f"1370000{number:04}"), "特殊人群", None)

    first = people_in(grid, "", None, today=TODAY)
    second = people_in(grid, "", first.next, today=TODAY)

    assert [len(first.items), len(second.items)] == [30, 5]
    assert not {one.pk for one in first.items} & {one.pk for one in second.items}


def test_desk_lists_marks_of_ones_own_ground_and_notes_the_look(client, person, clerk, grid_worker, fuxi):
    mark(person, "特殊人群", grid_worker)
    foreign = make_resident(fuxi.households[0], "府西人", "13900000014")
    mark(foreign, "特殊人群", None)
    client.force_login(clerk)

    shown = client.get(reverse("admin:grids_residenttag_changelist")).content.decode()

    assert "张奶奶" in shown
    assert "府西人" not in shown
    assert AuditEntry.objects.filter(event="register.listed", actor=clerk).count() == 1


def test_look_at_the_desk_is_noted_by_the_post_over_that_person(client, person, grid, other_grid):
    user = make_staff("two", "两格", Duty.GRID_WORKER, other_grid.place)
    put_in_post(user, Duty.GRID_WORKER, grid.place)
    tag = mark(person, "特殊人群", None)
    client.force_login(user)

    client.get(reverse("admin:grids_residenttag_change", args=[tag.pk]))
    client.get(reverse("admin:grids_residenttag_changelist"))

    [read] = AuditEntry.objects.filter(event="register.read", actor=user)
    assert (read.scope_path, read.post) == (grid.place.path, f"grid_worker@{grid.pk}")
    listed = AuditEntry.objects.filter(event="register.listed", actor=user)
    assert {line.scope_path for line in listed} == {grid.place.path, other_grid.place.path}


def test_leader_sees_the_marks_of_the_own_grid_at_the_desk(client, person, grid_leader, diecui):
    mark(person, "特殊人群", None)
    mark(make_resident(diecui.households[2], "别格人", "13900000012"), "特殊人群", None)
    client.force_login(grid_leader)

    shown = client.get(reverse("admin:grids_residenttag_changelist")).content.decode()

    assert "张奶奶" in shown
    assert "别格人" not in shown


def test_person_sees_what_is_marked_about_them(person, grid_worker):
    mark(person, "租户", grid_worker)

    assert [row["mark"] for row in tags_held(DataSubject(user_id=person.user_id))] == ["信息册 · 绿 · 租户"]


# Schemes.


def scheme(community, actor, pk=None, **given):
    meanings = {"red": Meaning("高风险", 7), "green": Meaning("平稳", 30)}
    draft = SchemeDraft(**{"name": "五色台账", "meanings": meanings, **given})
    return scheme_save(community=community, draft=draft, scheme_id=pk, actor=actor, at=NOW)


def test_staff_define_what_colours_mean(community, secretary):
    made = scheme(community, secretary)

    found = {one.colour: (one.word, one.visit_days) for one in made.colours.all()}
    assert found == {"red": ("高风险", 7), "green": ("平稳", 30)}


def test_others_define_no_colours(community, grid_worker, clerk):
    for who in (grid_worker, clerk):
        with pytest.raises(NotAllowedError):
            scheme(community, who)


@pytest.mark.parametrize(
    "meanings", [{}, {"red": Meaning("")}, {"red": Meaning("同"), "blue": Meaning("同")}]
)
def test_colour_without_a_word_of_its_own_is_refused(community, secretary, meanings):
    with pytest.raises(InvalidInputError, match="含义"):
        scheme(community, secretary, meanings=meanings)


def test_words_change_places_and_a_colour_is_retired(community, secretary):
    made = scheme(community, secretary)

    swapped = {"red": Meaning("平稳", 30), "green": Meaning("高风险", 7)}
    scheme(community, secretary, pk=made.pk, meanings=swapped)
    scheme(community, secretary, pk=made.pk, meanings={"green": Meaning("高风险", 7)})

    found = {one.colour: (one.word, one.is_active) for one in made.colours.all()}
    assert found == {"red": ("平稳", False), "green": ("高风险", True)}


def test_register_keeps_what_its_marks_do(community, secretary):
    register = ColourScheme.objects.get(community=community, kind="register")

    with pytest.raises(InvalidInputError, match="不能去掉"):
        scheme(community, secretary, pk=register.pk, name="信息册")
    words = {"yellow": "重点", "red": "去世", "green": "租住", "blue": "迁出", "white": "寄养"}
    meanings = {name: Meaning(word) for name, word in words.items()}
    scheme(community, secretary, pk=register.pk, name="信息册", meanings=meanings, is_monthly=True)

    register.refresh_from_db()
    assert not register.is_monthly
    assert register.colours.get(word="去世").effect == "deceased"


def test_unknown_marks_are_not_found(person, grid_worker):
    with pytest.raises(NotFoundError):
        tag_set(resident_id=0, colour_id=1, since_on=TODAY, actor=grid_worker, at=NOW)
    with pytest.raises(NotFoundError):
        tag_end(tag_id=0, reason="x", actor=grid_worker, at=NOW)
