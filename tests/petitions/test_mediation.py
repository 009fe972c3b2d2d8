"""调解: two sides, a team, visits by two, an agreement that is looked at, notes in confidence (P-12, P-18, P-44)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from community.workflow import Stage
from core.errors import ConflictError, GateClosedError, InvalidInputError, NotAllowedError
from core.models import AuditEntry, InboxItem
from core.workdays import ZONE
from petitions.actions import evaluating
from petitions.actions.evaluating import petition_settle
from petitions.actions.mediation import beginning, ending
from petitions.actions.mediation.ending import follow_ups_sweep
from petitions.models import (
    MediationCase,
    MediationFollowUp,
    MediationNote,
    MediationOutcome,
    MediationParty,
    MediationVisit,
    Origin,
    Petition,
    PetitionEvent,
)
from petitions.selectors.matter import matter_of
from petitions.selectors.steps import Step, possible_steps
from petitions.sheets.matters import row_of
from tests.cast import NOW
from tests.parallel import at_once, overlapping
from tests.petitions.loop import Loop, file, person
from tests.petitions.mediation import DAY, begin, end, judicial_office, look, team_of
from tests.petitions.pages import SCRIPT, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(diecui, grid_worker, clerk):
    return team_of(diecui, grid_worker, clerk)


@pytest.fixture
def quarrel(loop, team) -> Loop:
    """A matter in the hands of the worker, under mediation."""
    return begin(loop.triage().claim(), team)


class TestBeginning:
    def test_a_matter_under_mediation_is_private_and_told_to_the_team(self, loop, team, clerk):
        begin(loop.triage().claim(), team)

        petition = loop.refresh()
        assert (petition.mediation, petition.is_private) == ("open", True)
        assert InboxItem.objects.filter(kind="petition.mediation", user=clerk).count() == 1
        assert petition.events.filter(event="mediation").count() == 1

    def test_offices_are_sides_too(self, loop, team, diecui):
        office = judicial_office(diecui)

        begin(loop.triage().claim(), team, names=["301 住户"], organisations=[office])

        sides = MediationParty.objects.filter(petition_id=loop.pk)
        assert {(side.name, side.organisation_id) for side in sides} == {("301 住户", None), ("", office.pk)}

    @pytest.mark.parametrize("names", [["301 住户"], ["301 住户", "301 住户"], [" ", "301 住户"], []])
    def test_fewer_than_two_sides_are_refused(self, loop, team, names):
        loop.triage().claim()

        with pytest.raises(InvalidInputError):
            begin(loop, team, names=names)
        assert not loop.refresh().mediation
        assert not loop.petition.is_private

    def test_a_team_or_office_of_another_community_is_refused(self, loop, fuxi, team, secretary, grid_worker):
        loop.triage().claim()

        with pytest.raises(InvalidInputError):
            begin(loop, team_of(fuxi, secretary, grid_worker))
        with pytest.raises(InvalidInputError):
            begin(loop, team, organisations=[judicial_office(fuxi)])

    def test_a_matter_is_given_to_mediation_once_and_only_in_handling(self, loop, team, diecui):
        with pytest.raises(ConflictError):
            begin(loop, team)
        begin(loop.triage().claim(), team)
        with pytest.raises(ConflictError):
            begin(loop, team)

    def test_whoever_does_not_sort_here_gives_nothing_to_mediation(
        self, loop, team, grid_worker, secretary_of_another_community
    ):
        loop.triage().claim()
        for user in (grid_worker, secretary_of_another_community):
            loop.desk = user
            with pytest.raises(NotAllowedError):
                begin(loop, team)

    def test_a_dispute_found_on_patrol_runs_the_same_loop(self, diecui, team, secretary, grid_worker):
        found = file(
            diecui,
            actor=grid_worker,
            channel="patrol",
            origin=Origin.PROACTIVE,
            who=person(name="", phone=""),
        )
        loop = begin(Loop(found, desk=secretary, worker=grid_worker).triage().claim(), team)

        assert loop.refresh().origin == Origin.PROACTIVE
        assert loop.petition.mediation == "open"


class TestVisits:
    def visit(self, loop, first, second, hour=19, minute=0, day=1):
        starts = datetime.combine(timezone.localdate(NOW) + day * DAY, time(hour, minute), ZONE)
        beginning.mediation_visit(
            petition_id=loop.pk,
            actor=loop.worker,
            first=first,
            second=second,
            starts_at=starts,
            at=loop._next(),
        )

    def test_two_people_go_and_are_told(self, quarrel, grid_worker, clerk):
        self.visit(quarrel, grid_worker, clerk, hour=10)

        assert MediationVisit.objects.count() == 1
        assert InboxItem.objects.filter(kind="petition.mediation", title="约定上门调解").count() == 2

    def test_nobody_goes_alone_or_yesterday(self, quarrel, grid_worker, clerk):
        with pytest.raises(InvalidInputError):
            self.visit(quarrel, clerk, clerk)
        with pytest.raises(InvalidInputError):
            self.visit(quarrel, clerk, grid_worker, day=-1)
        with pytest.raises(IntegrityError), transaction.atomic():
            MediationVisit.objects.create(petition_id=quarrel.pk, starts_at=NOW, first=clerk, second=clerk)

    def test_a_family_is_visited_in_the_evening_alone(self, quarrel, diecui, secretary, grid_worker, clerk):
        Petition.objects.filter(pk=quarrel.pk).update(canonical_category="family_neighbour")

        for hour, minute in ((10, 0), (18, 0), (21, 30)):
            with pytest.raises(InvalidInputError):
                self.visit(quarrel, grid_worker, clerk, hour=hour, minute=minute)
        self.visit(quarrel, grid_worker, clerk, hour=18, minute=30)

        assert MediationVisit.objects.count() == 1


class TestEnding:
    def test_an_agreement_is_looked_at_after_seven_and_thirty_days(self, quarrel):
        end(quarrel)

        looks = MediationFollowUp.objects.filter(petition_id=quarrel.pk)
        assert [one.due_at for one in looks] == [quarrel.at + 7 * DAY, quarrel.at + 30 * DAY]
        assert quarrel.refresh().mediation == "following"

    @pytest.mark.parametrize("outcome", ["agreed", "failed"])
    def test_the_end_says_what_was_agreed_or_why_not(self, quarrel, outcome):
        with pytest.raises(InvalidInputError):
            end(quarrel, outcome, " ")
        assert quarrel.refresh().mediation == "open"

    def test_a_failed_mediation_has_a_reason_and_no_looks(self, quarrel):
        end(quarrel, "failed", "一方不愿再谈，建议走诉讼。")

        assert quarrel.refresh().mediation == "done"
        assert not MediationFollowUp.objects.exists()

    def test_a_matter_is_not_done_while_mediation_goes_on(self, quarrel):
        with pytest.raises(GateClosedError) as refused:
            quarrel.resolve()
        assert refused.value.extra["gate"] == "mediation_ended"

    def test_a_matter_is_archived_only_after_the_last_look(self, quarrel, secretary):
        end(quarrel).resolve().feed_back().judge()
        last = quarrel.at
        assert quarrel.refresh().stage == Stage.EVALUATED

        look(quarrel, last + 8 * DAY)
        with pytest.raises(GateClosedError) as refused:
            evaluating.petition_archive(petition_id=quarrel.pk, actor=secretary, at=last + 9 * DAY)
        petition_settle(petition_id=quarrel.pk, at=last + 9 * DAY)
        assert refused.value.extra["gate"] == "mediation_followed_up"
        assert quarrel.refresh().stage == Stage.EVALUATED

        look(quarrel, last + 31 * DAY)

        assert quarrel.refresh().stage == Stage.ARCHIVED
        assert quarrel.petition.mediation == "done"

    def test_a_look_before_its_day_is_refused(self, quarrel):
        end(quarrel)

        with pytest.raises(ConflictError):
            look(quarrel, quarrel.at + 6 * DAY)

    def test_two_looks_that_are_overdue_are_not_made_in_one_day(self, quarrel):
        end(quarrel)
        look(quarrel, quarrel.at + 40 * DAY)

        with pytest.raises(ConflictError, match="今天"):
            look(quarrel, quarrel.at + 40 * DAY)
        look(quarrel, quarrel.at + 41 * DAY)

        assert quarrel.refresh().mediation == "done"

    def test_a_broken_agreement_begins_anew(self, quarrel):
        end(quarrel)

        look(quarrel, quarrel.at + 7 * DAY, holds=False)
        assert quarrel.refresh().mediation == "open"
        quarrel.at += 8 * DAY
        end(quarrel, terms="重新约定：月底前付清。")

        assert MediationFollowUp.objects.filter(done_at=None).count() == 2
        assert MediationFollowUp.objects.filter(holds=False).count() == 1

    def test_the_team_is_reminded_once_of_each_look(self, quarrel, clerk):
        end(quarrel)

        swept = [follow_ups_sweep(at=quarrel.at + days * DAY) for days in (6, 7, 7, 30, 31)]

        assert swept == [0, 1, 0, 1, 0]
        assert InboxItem.objects.filter(title="请做调解回访", user=clerk).count() == 2


class TestConfidence:
    def note(self, loop, actor, text="他家其实缺钱。"):
        return ending.mediation_note(petition_id=loop.pk, actor=actor, text=text, at=loop._next())

    def test_the_team_and_the_secretary_write_and_read_and_each_reading_leaves_a_trace(
        self, quarrel, clerk, secretary
    ):
        self.note(quarrel, clerk)

        for reader in (clerk, secretary):
            notes = ending.mediation_notes_read(petition=quarrel.refresh(), actor=reader, at=NOW)
            assert [one.text for one in notes] == ["他家其实缺钱。"]
        trail = AuditEntry.objects.filter(event="mediation.notes_read", audience="charge")
        assert set(trail.values_list("actor_id", flat=True)) == {clerk.pk, secretary.pk}

    def test_nobody_else_reads_or_writes(
        self, quarrel, grid_leader, supervisor, dispatcher, secretary_of_another_community
    ):
        for user in (grid_leader, supervisor, dispatcher, secretary_of_another_community):
            with pytest.raises(NotAllowedError):
                self.note(quarrel, user)
            with pytest.raises(NotAllowedError):
                ending.mediation_notes_read(petition=quarrel.refresh(), actor=user, at=NOW)
        assert not MediationNote.objects.exists()
        assert not AuditEntry.objects.filter(event="mediation.notes_read").exists()

    def test_notes_stand_on_no_page_but_their_own(self, client, quarrel, clerk, grid_leader):
        self.note(quarrel, clerk, "绝密内容")
        number = quarrel.petition.number
        client.force_login(clerk)
        pages = [
            reverse("petitions:work", args=[number]),
            reverse("admin:petitions_petition_change", args=[quarrel.pk]),
        ]

        assert all("绝密内容" not in client.get(page).content.decode() for page in pages)
        notes = reverse("petitions:work_notes", args=[number])
        assert client.get(notes).status_code == 405
        assert "绝密内容" in client.post(notes).content.decode()
        client.force_login(grid_leader)
        assert client.post(notes).status_code == 403
        assert not PetitionEvent.objects.filter(note__contains="绝密").exists()

    def test_strangers_see_nothing_of_it(self, client, quarrel):
        assert client.get(f"/diecui/matters/{quarrel.petition.number}/").status_code == 404
        answer = client.post(reverse("petitions:work_notes", args=[quarrel.petition.number]))
        assert answer.status_code == 302


class TestPages:
    def test_every_step_is_a_button_that_works(self, client, loop, team, diecui, secretary):
        loop.triage().claim()
        client.force_login(secretary)
        number = loop.petition.number

        def send(step: str, **sent: object):
            page = reverse("petitions:work_step", args=[number, step])
            assert client.get(page).status_code == 200
            answer = client.post(page, sent)
            assert answer.status_code == 302, answer.content.decode()

        send("mediate", team=team.pk, names="301 住户\n201 住户")
        send("mediation-party", names="", organisations=[judicial_office(diecui).pk])
        day = timezone.localdate() + 2 * DAY
        people = list(team.members.order_by("pk"))
        send("mediation-visit", day=f"{day}", slot="19:00", first=people[0].pk, second=people[1].pk)
        send("mediation-note", text=SCRIPT)
        send("mediation-end", outcome="agreed", terms="各付一半")

        page = client.get(reverse("petitions:work", args=[number])).content.decode()
        for words in ("明辉调解队", "清涧司法所", "各付一半", "30 天回访"):
            assert words in page
        assert SCRIPT not in page
        assert "没有要做的" not in page

    def test_a_due_look_is_offered_and_a_later_one_is_not(self, quarrel, grid_worker):
        end(quarrel)

        def offered(at: datetime) -> bool:
            matter = matter_of(grid_worker, number=quarrel.petition.number, at=at)
            return Step.MEDIATION_CHECK in possible_steps(matter, grid_worker, at)

        assert [offered(quarrel.at + days * DAY) for days in (6, 7)] == [False, True]

    def test_a_gate_says_what_is_missing(self, client, quarrel, grid_worker):
        client.force_login(grid_worker)

        page = client.get(reverse("petitions:work", args=[quarrel.petition.number])).content.decode()

        assert "正在调解：请先记下协议，或没有谈成的原因。" in page

    def test_teams_are_kept_by_the_secretary(self, client, diecui, secretary, clerk, grid_worker, outsider):
        client.force_login(secretary)
        sent = {
            "community": diecui.place.pk,
            "name": "好姐妹巾帼调解队",
            "kind": "women",
            "members": [clerk.pk, grid_worker.pk],
            "is_active": "on",
        }

        answer = client.post(reverse("admin:petitions_mediationteam_add"), sent)

        assert answer.status_code == 302, answer.content.decode()
        client.force_login(outsider)
        assert client.get(reverse("admin:petitions_mediationteam_changelist")).status_code == 302

    def test_the_page_costs_the_same_for_any_number_of_visits(self, client, quarrel, clerk, grid_worker):
        client.force_login(clerk)
        path = reverse("petitions:work", args=[quarrel.petition.number])
        client.get(path)
        with statements() as few:
            client.get(path)
        for number in range(30):
            starts = NOW + timedelta(days=number + 1)
            MediationVisit.objects.create(
                petition_id=quarrel.pk, starts_at=starts, first=clerk, second=grid_worker
            )
        with statements() as many:
            client.get(path)

        assert len(few) == len(many)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestRaces:
    """What the team does in the same moment counts once, and all of it belongs together."""

    @pytest.fixture
    def disputed(self, diecui, secretary, grid_worker, clerk):
        loop = Loop(file(diecui), desk=secretary, worker=grid_worker).triage().claim()
        return begin(loop, team_of(diecui, grid_worker, clerk))

    def closing(self, loop, actor, outcome="agreed"):
        return lambda: ending.mediation_end(
            petition_id=loop.pk, actor=actor, outcome=MediationOutcome(outcome), terms="谈过了", at=loop.at
        )

    @pytest.mark.parametrize("outcomes", [("agreed", "agreed"), ("agreed", "failed"), ("failed", "agreed")])
    def test_ended_twice_at_once_the_first_outcome_stands(self, disputed, grid_worker, clerk, outcomes):
        disputed._next()

        done = overlapping(
            self.closing(disputed, grid_worker, outcomes[0]), self.closing(disputed, clerk, outcomes[1])
        )

        case = MediationCase.objects.get()
        assert isinstance(done[1], ConflictError)
        assert (case.outcome, case.ended_by) == (outcomes[0], grid_worker)
        assert MediationFollowUp.objects.count() == (2 if outcomes[0] == "agreed" else 0)

    def test_begun_twice_at_once_it_has_one_team(self, diecui, secretary, supervisor, grid_worker, clerk):
        loop = Loop(file(diecui), desk=secretary, worker=grid_worker).triage().claim()
        teams = [team_of(diecui, grid_worker, clerk, name=name) for name in ("明辉调解队", "好姐妹调解队")]
        at = loop._next()

        def start(actor, team):
            return lambda: beginning.mediation_begin(
                petition_id=loop.pk, actor=actor, team=team, names=["301", "201"], organisations=[], at=at
            )

        done = overlapping(start(secretary, teams[0]), start(supervisor, teams[1]))

        assert isinstance(done[1], ConflictError)
        assert MediationCase.objects.get().team == teams[0]

    @pytest.mark.parametrize("days", [8, 40])
    def test_a_look_done_twice_at_once_is_one_look(self, disputed, grid_worker, clerk, days):
        end(disputed)
        day = disputed.at + days * DAY

        def looked(actor):
            return lambda: ending.mediation_follow_up(
                petition_id=disputed.pk, actor=actor, holds=True, words="看过了", at=day
            )

        done = overlapping(looked(grid_worker), looked(clerk))

        assert isinstance(done[1], ConflictError)
        assert MediationFollowUp.objects.filter(done_at=None).count() == 1
        assert disputed.refresh().mediation == "following"

    def test_a_look_that_finds_it_broken_and_one_that_does_not_leave_one_answer(
        self, disputed, grid_worker, clerk
    ):
        end(disputed)
        day = disputed.at + 40 * DAY

        def looked(actor, holds):
            return lambda: ending.mediation_follow_up(
                petition_id=disputed.pk, actor=actor, holds=holds, words="看过了", at=day
            )

        done = overlapping(looked(grid_worker, False), looked(clerk, True))

        assert isinstance(done[1], ConflictError)
        assert disputed.refresh().mediation == "open"
        assert MediationCase.objects.get().round == 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_ends_at_once_leave_one(diecui, secretary, grid_worker, clerk):
    team = team_of(diecui, grid_worker, clerk)
    loop = begin(Loop(file(diecui), desk=secretary, worker=grid_worker).triage().claim(), team)

    done = at_once([lambda: end(loop), lambda: end(loop, "failed", "谈不拢")])

    assert sum(isinstance(one, ConflictError) for one in done) == 1
    assert MediationFollowUp.objects.count() in {0, 2}


def test_an_export_knows_nothing_of_it(quarrel, clerk):
    ending.mediation_note(petition_id=quarrel.pk, actor=clerk, text="绝密内容", at=quarrel._next())
    end(quarrel, terms="协议绝密")

    row = row_of(Petition.objects.with_context().get(pk=quarrel.pk), NOW)

    assert not any("绝密" in str(cell) for cell in row)
