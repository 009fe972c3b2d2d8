"""What a worker finds on patrol has nobody behind it: nobody is asked, waited for, or counted (P-44)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from community.workflow import Stage
from petitions.actions import joining
from petitions.actions.figures import figures_refresh
from petitions.actions.sweeping import petitions_settle_overdue
from petitions.models import CommunityFigures, Evaluation, Origin
from petitions.selectors.facts import facts_of
from petitions.selectors.matter import matter_of
from petitions.selectors.page import matter_page
from petitions.selectors.steps import Step, possible_steps
from tests.cast import NOW, make_town
from tests.petitions.loop import Loop, file, person

NIGHT = NOW + timedelta(hours=14)
NOBODY = {"name": "", "phone": "", "has_consented": False}


def find(town, worker, **who):
    """A worker's own finding, with as much about a resident as `who` says."""
    return file(
        town, actor=worker, channel="patrol", origin=Origin.PROACTIVE, who=person(**{**NOBODY, **who})
    )


@pytest.fixture
def found(diecui, secretary, grid_worker) -> Loop:
    return Loop(find(diecui, grid_worker), desk=secretary, worker=grid_worker)


def answered(loop):
    return loop.triage().claim().resolve().feed_back().publish()


def test_finding_with_nobody_behind_it_asks_nobody_and_says_so(found):
    answered(found)

    assert not Evaluation.objects.exists()
    line = found.petition.events.get(event="nobody_asked")
    assert (line.audience, line.get_event_display()) == ("public", "评事：巡查发现，无人可问")


def test_finding_is_archived_the_same_night_and_waits_for_no_window(found):
    answered(found)

    petitions_settle_overdue(at=NIGHT)

    assert found.refresh().stage == Stage.ARCHIVED
    assert found.petition.closed_at == NIGHT


def test_finding_is_never_counted_as_satisfaction_nor_as_silence(found, diecui):
    answered(found)
    petitions_settle_overdue(at=NIGHT)

    figures_refresh(at=NIGHT)

    figures = CommunityFigures.objects.get(community=diecui.community)
    assert (figures.answered, figures.closed_by_unit) == (1, 1)
    assert (figures.confirmed, figures.silent, figures.ratings, figures.satisfied) == (0, 0, 0, 0)


def test_neighbour_who_joined_a_finding_is_asked(found):
    joining.petition_join(
        petition_id=found.pk,
        person=person(phone="13900008888", name="钱叔"),
        words="",
        key=found.petition.filing_key,
        at=NOW,
    )
    answered(found)
    petitions_settle_overdue(at=NIGHT)

    asked = Evaluation.objects.get()
    assert asked.reporter.phone == "13900008888"
    assert found.refresh().stage == Stage.PUBLISHED
    found.judge(satisfied=True)
    assert found.refresh().stage == Stage.ARCHIVED


@pytest.mark.parametrize("who", [{"name": "王奶奶"}, {"on_behalf_of": "母亲"}, {"phone": "13900007777"}])
def test_finding_about_somebody_who_can_be_asked_is_judged_like_any_other(
    diecui, secretary, grid_worker, who
):
    loop = Loop(find(diecui, grid_worker, **who), desk=secretary, worker=grid_worker)
    answered(loop)

    petitions_settle_overdue(at=NIGHT)

    assert loop.refresh().stage == Stage.PUBLISHED
    assert Evaluation.objects.filter(petition_id=loop.pk).count() == 1


def test_nameless_note_from_the_box_is_still_asked_by_staff(diecui, clerk, secretary, grid_worker):
    note = file(diecui, actor=clerk, channel="suggestion_box", who=person(**NOBODY))
    answered(Loop(note, desk=secretary, worker=grid_worker))

    petitions_settle_overdue(at=NIGHT)

    note.refresh_from_db()
    assert note.stage == Stage.PUBLISHED
    assert Evaluation.objects.filter(petition=note).count() == 1


def test_return_visit_of_the_brand_is_made_by_somebody_else_all_the_same(
    subdistrict, supervisor, grid_worker
):
    from community.duties import Duty
    from petitions.actions import deliberating, evaluating
    from tests.cast import make_staff
    from tests.petitions.test_handling import minutes

    town = make_town("xijiao", "西郊社区", subdistrict)
    secretary = make_staff("xijiao_secretary", "何书记", Duty.SECRETARY, town.place)
    worker = make_staff("xijiao_worker", "吕网格", Duty.GRID_WORKER, town.grids[0].place)
    loop = Loop(find(town, worker), desk=secretary, worker=worker)
    deliberating.petition_deliberate(petition_id=loop.pk, actor=secretary, minutes=minutes(), at=NOW)
    loop.claim().resolve().feed_back()

    petitions_settle_overdue(at=NIGHT)
    assert loop.refresh().stage == Stage.FED_BACK
    evaluating.petition_return_visit(
        petition_id=loop.pk, actor=secretary, way="at_home", holds=True, words="看过了", at=NIGHT
    )

    assert loop.refresh().stage == Stage.ARCHIVED


def test_desk_sees_that_there_was_nobody_to_ask_and_may_archive_at_once(client, found, secretary):
    answered(found)
    client.force_login(secretary)
    at = found.at

    matter = matter_of(secretary, number=found.petition.number, at=at)
    steps = possible_steps(matter, secretary, at)

    assert matter.facts == facts_of(matter.petition)
    assert Step.ARCHIVE in steps
    assert Step.RECORD_JUDGEMENT not in steps
    assert matter_page(matter, secretary, at)["matter"].nobody_asked
    assert "无人可问（巡查发现）" in client.get(f"/work/{found.petition.number}/").content.decode()


def test_wall_says_found_on_patrol_instead_of_not_judged_yet(client, found):
    answered(found)

    page = client.get("/diecui/wall/").content.decode()

    assert "网格员巡查发现" in page
    assert "还没有人评价" not in page
