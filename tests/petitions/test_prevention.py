"""长效机制: recorded before the archive where it was asked for, read by neighbours, looked after later (P-20)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from community.workflow import Stage
from core.errors import ConflictError, DomainError, GateClosedError, NotAllowedError
from core.models import InboxItem, OutboxMessage
from petitions.actions import erasing, evaluating, filing, preventing, sweeping, triage
from petitions.actions.sessions import agenda, settling
from petitions.actions.sweeping import petitions_settle_overdue
from petitions.models import Petition, PreventionCheck, PreventionMeasure
from petitions.selectors.matter import matter_of
from petitions.selectors.steps import Step, possible_steps
from tests.cast import NOW
from tests.parallel import at_once, overlapping
from tests.petitions.loop import HOUR, Loop, decision, file
from tests.petitions.pages import statements
from tests.petitions.sessions import planned

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def inbox(user):
    return InboxItem.objects.filter(user=user, kind="petition.prevention").count()


def record(loop, actor, **fields):
    given = {"text": "由楼长每月看一次灯", "responsible": actor, "every_months": 3, **fields}
    return preventing.prevention_record(
        petition_id=loop.pk, actor=actor, measure=preventing.Measure(**given), at=loop._next()
    )


def check(loop, actor, *, holds=True, at=None):
    return preventing.prevention_check(
        petition_id=loop.pk, actor=actor, holds=holds, words="灯都亮着", at=at or loop.at + 40 * DAY
    )


@pytest.fixture
def settled(loop):
    """All the way round, but for the measure that was asked for."""
    return loop.triage(needs_prevention=True).claim().resolve().feed_back().publish().judge()


class TestBeforeTheArchive:
    def test_matter_without_its_measure_does_not_rest(self, settled, secretary):
        petitions_settle_overdue(at=settled.at)
        assert settled.refresh().stage == Stage.EVALUATED

        with pytest.raises(GateClosedError):
            evaluating.petition_archive(petition_id=settled.pk, actor=secretary, at=settled._next())

        assert settled.refresh().stage == Stage.EVALUATED

    def test_measure_lets_it_rest_at_once(self, settled, secretary):
        record(settled, secretary)

        assert settled.refresh().stage == Stage.ARCHIVED

    def test_database_refuses_to_archive_without_it(self, settled):
        with pytest.raises(IntegrityError), transaction.atomic():
            Petition.objects.filter(pk=settled.pk).update(stage=Stage.ARCHIVED)

    def test_desk_says_what_is_missing_and_offers_it(self, settled, secretary):
        matter = matter_of(secretary, number=settled.petition.number, at=settled.at)

        possible = possible_steps(matter, secretary, settled.at)

        assert "长效机制" in possible[Step.ARCHIVE].gate
        assert Step.PREVENT in possible

    def test_measure_is_recorded_once(self, loop, secretary):
        loop.triage(needs_prevention=True)
        record(loop, secretary)

        with pytest.raises(ConflictError):
            record(loop, secretary)

    @pytest.mark.race
    def test_recorded_at_once_by_six_it_stands_once(self, transactional_db, loop, secretary):
        loop.triage(needs_prevention=True)
        at = loop._next()
        measure = preventing.Measure("由楼长每月看一次灯", secretary, 3)

        results = at_once(
            [
                lambda: preventing.prevention_record(
                    petition_id=loop.pk, actor=secretary, measure=measure, at=at
                )
            ]
            * 6
        )

        assert sum(isinstance(one, ConflictError) for one in results) == 5
        assert PreventionMeasure.objects.count() == 1

    @pytest.mark.race
    @pytest.mark.parametrize("order", [1, -1])
    def test_flagged_while_it_is_settled_on_the_spot_it_never_rests_without_a_measure(
        self, transactional_db, diecui, secretary, grid_worker, order
    ):
        profile = diecui.community.profile
        profile.stage_modes = {**profile.stage_modes, "published": "off", "evaluated": "off"}
        profile.gates = []
        profile.save()
        found = file(diecui, who=filing.Person(), actor=grid_worker)
        session = planned(diecui)
        item = agenda.agenda_take(session_id=session.pk, actor=secretary, petition_ids=[found.pk], at=NOW)[0]
        Loop(found, desk=secretary, worker=grid_worker).triage()
        during = session.starts_at + HOUR

        def settle():
            return settling.agenda_settle(
                item_id=item.pk,
                actor=secretary,
                outcome="当场换了灯。",
                supervisor=None,
                photos=[],
                at=during,
            )

        def flag():
            flagged = decision(needs_prevention=True, reason="年年都坏")
            return triage.petition_regrade(petition_id=found.pk, actor=secretary, decision=flagged, at=during)

        overlapping(*(settle, flag)[::order])
        sweeping.evaluations_sweep(at=during + 30 * DAY)
        petition = Petition.objects.get(pk=found.pk)

        assert (petition.stage == Stage.ARCHIVED) == (order == 1)
        assert petition.lacks_prevention == (order == -1)

    @pytest.mark.race
    @pytest.mark.parametrize("order", [1, -1])
    def test_recorded_while_somebody_archives_it_rests_with_its_measure(
        self, transactional_db, settled, secretary, supervisor, order
    ):
        at = settled._next()
        measure = preventing.Measure("由楼长每月看一次灯", secretary, 3)

        def archive():
            return evaluating.petition_archive(petition_id=settled.pk, actor=supervisor, at=at)

        def recorded():
            return preventing.prevention_record(
                petition_id=settled.pk, actor=secretary, measure=measure, at=at
            )

        done = overlapping(*(archive, recorded)[::order])

        assert isinstance(done[order == -1], DomainError)
        assert settled.refresh().stage == Stage.ARCHIVED
        assert (PreventionMeasure.objects.count(), settled.petition.prevented_at) == (1, at)

    def test_strangers_to_the_place_record_and_check_nothing(self, settled, secretary, outsider):
        with pytest.raises(NotAllowedError):
            record(settled, outsider)
        record(settled, secretary)
        with pytest.raises(NotAllowedError):
            check(settled, outsider)

    def test_decision_without_a_word_on_it_leaves_it(self, loop):
        loop.triage(needs_prevention=True)

        assert decision().needs_prevention is None
        assert loop.refresh().needs_prevention


class TestAfterwards:
    def test_periodic_check_is_reminded_of_once_each_time(self, settled, secretary):
        record(settled, secretary)

        for days in (80, 95, 95, 96, 190):
            preventing.preventions_remind(at=settled.at + days * DAY)

        assert inbox(secretary) == 2

    @pytest.mark.race
    def test_sweeps_at_once_remind_once(self, transactional_db, settled, secretary):
        record(settled, secretary)

        at_once([lambda: preventing.preventions_remind(at=settled.at + 95 * DAY)] * 6)

        assert inbox(secretary) == 1

    def test_who_has_left_is_not_reminded_but_the_secretary(self, settled, secretary, grid_worker):
        record(settled, secretary, responsible=grid_worker)
        grid_worker.posts.update(ends_on=settled.at.date())

        preventing.preventions_remind(at=settled.at + 95 * DAY)

        assert (inbox(grid_worker), inbox(secretary)) == (0, 1)

    def test_check_moves_the_next_one_on_and_a_broken_measure_is_told(self, settled, secretary, grid_worker):
        record(settled, grid_worker)
        before = PreventionMeasure.objects.get().check_at

        check(settled, grid_worker, holds=False)

        assert PreventionMeasure.objects.get().check_at > before
        assert OutboxMessage.objects.filter(kind="petition.prevention_failed", user=secretary).count() == 1

    def test_measure_that_is_not_looked_after_is_not_checked(self, settled, secretary):
        record(settled, secretary, every_months=0)

        with pytest.raises(ConflictError):
            check(settled, secretary)

    def test_neighbours_read_it_on_the_echo_wall_and_on_the_matter(self, client, settled, secretary):
        record(settled, secretary)
        check(settled, secretary)

        assert "由楼长每月看一次灯" in client.get("/diecui/wall/").content.decode()
        page = client.get(f"/diecui/matters/{settled.petition.number}/").content.decode()
        assert "每季度检查" in page
        assert "灯都亮着" not in page

    def test_words_of_a_check_go_when_the_matter_is_anonymised(self, settled, secretary):
        record(settled, secretary)
        check(settled, secretary)

        erasing.petitions_anonymise(settled.at + 4000 * DAY)

        assert PreventionCheck.objects.get().words == ""
        assert PreventionMeasure.objects.get().text == "由楼长每月看一次灯"

    def test_handler_records_and_checks_by_pages(self, client, settled, grid_worker):
        client.force_login(grid_worker)

        def take(step, **typed):
            address = reverse("petitions:work_step", args=[settled.petition.number, step])
            assert client.get(address).status_code == 200, step
            assert client.post(address, typed).status_code == 302, step

        take("prevent", text="每月看一次灯", every_months="3", responsible=grid_worker.pk, confirmed="on")
        take("measure-check", holds="yes", words="灯都亮着")

        assert PreventionCheck.objects.get().holds

    def test_sweep_costs_the_same_for_many(self, settled, secretary):
        record(settled, secretary)
        one = PreventionMeasure.objects.get()

        def used(number):
            with transaction.atomic():
                others = Petition.objects.exclude(pk=settled.pk)
                assert others.count() == 0
                for n in range(number):
                    copy = Petition.objects.get(pk=settled.pk)
                    copy.pk, copy.number, copy.filing_key = None, f"20200101-{n:04d}", f"{n:032x}"
                    copy.save(force_insert=True)
                    PreventionMeasure.objects.create(
                        petition=copy,
                        text=one.text,
                        every_months=3,
                        responsible=secretary,
                        check_at=one.check_at,
                        recorded_by=secretary,
                        recorded_at=one.recorded_at,
                    )
                with statements() as asked:
                    preventing.preventions_remind(at=settled.at + 95 * DAY)
                transaction.set_rollback(True)
            return len(asked)

        assert used(3) == used(10)
