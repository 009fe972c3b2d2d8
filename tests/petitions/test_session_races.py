"""Two people at one session in the same moment: whatever order they come in, the rules of both hold."""

from __future__ import annotations

import pytest
from django.utils import timezone

from community.duties import Duty
from core.errors import ConflictError, NotFoundError, RepeatedError
from core.models import AuditEntry, InboxItem
from petitions.actions.sessions import attending, calling, minutes, resolving
from petitions.actions.sessions.planning import sessions_plan
from petitions.models import AgendaItem, DeliberationSession, Participant, ResolutionState, SessionState
from tests.cast import NOW, make_staff
from tests.parallel import at_once, overlapping
from tests.petitions.sessions import DAY, HOUR, THREE, decide, enter, joint, only, planned, schedule_of, write

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def fresh(session) -> DeliberationSession:
    return DeliberationSession.objects.get(pk=session.pk)


def publish(session, actor):
    return minutes.session_publish(
        session_id=session.pk, actor=actor, summary="议定三事", resolutions={}, at=session.starts_at + DAY
    )


class TestMinutes:
    def test_published_four_times_at_once_they_are_told_once(self, diecui, secretary, resident):
        session = planned(diecui)
        attendee = attending.Attendee(user=resident)
        attending.session_sign_in(session_id=session.pk, attendee=attendee, at=session.starts_at)
        write(session, secretary)

        done = at_once([lambda: publish(session, secretary)] * 4)

        assert {one.published_at for one in done} == {session.starts_at + DAY}
        assert InboxItem.objects.filter(kind="session.published", user=resident).count() == 1

    def test_what_is_unfinished_is_on_the_next_agenda_once_when_two_minutes_are_corrected_at_once(
        self, diecui, secretary, clerk, grid_worker
    ):
        first = planned(diecui)
        for week in (1, 2):
            sessions_plan(at=NOW + week * 7 * DAY)
        second = DeliberationSession.objects.filter(starts_at__gt=first.starts_at).earliest("starts_at")
        write(first, secretary)
        write(second, secretary)
        resolution = decide(first, clerk, grid_worker, secretary)

        overlapping(lambda: write(first, secretary), lambda: write(second, clerk))

        assert AgendaItem.objects.filter(carried_from=resolution).count() == 1

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_next_session_called_while_they_are_written_does_not_lose_what_is_unfinished(
        self, diecui, secretary, clerk, grid_worker, order
    ):
        session = planned(diecui)
        resolution = decide(session, clerk, grid_worker, secretary)
        during, later = session.starts_at + HOUR, session.starts_at + 7 * DAY

        def call():
            schedule = session.schedule
            return calling.session_call(schedule=schedule, actor=clerk, starts_at=later, venue="", at=during)

        overlapping(*(lambda: write(session, secretary), call)[::order])

        assert AgendaItem.objects.filter(carried_from=resolution, session__starts_at=later).count() == 1

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_session_is_moved_or_closed_never_both(self, diecui, secretary, clerk, order):
        session = planned(diecui)
        during, later = session.starts_at + HOUR, session.starts_at + 3 * DAY

        def move():
            return calling.session_move(
                session_id=session.pk, actor=clerk, starts_at=later, venue="", reason="停电", at=during
            )

        done = overlapping(*(lambda: write(session, secretary), move)[::order])

        assert isinstance(done[1], ConflictError)
        assert (fresh(session).state == SessionState.HELD) == (fresh(session).starts_at != later)

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_session_is_cancelled_or_closed_never_both(self, diecui, secretary, clerk, order):
        session = planned(diecui)
        during = session.starts_at + HOUR

        def cancel():
            return calling.session_cancel(session_id=session.pk, actor=clerk, reason="停电", at=during)

        done = overlapping(*(lambda: write(session, secretary), cancel)[::order])

        assert isinstance(done[1], ConflictError)
        assert (fresh(session).state == SessionState.HELD) == (fresh(session).minutes_at is not None)


class TestQuorum:
    """A resolution binds exactly where the minutes say that all bodies were there (C-20)."""

    @pytest.fixture
    def meeting(self, diecui, secretary, clerk):
        made = joint(diecui, secretary)
        enter(made, clerk, *THREE)
        return made

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_body_struck_off_while_the_minutes_are_written_is_counted_or_kept(
        self, meeting, secretary, clerk, grid_worker, order
    ):
        resolution = decide(meeting, clerk, grid_worker, secretary)
        branch = meeting.participants.get(role=THREE[0])
        during = meeting.starts_at + HOUR

        def strike():
            return attending.participant_strike(participant_id=branch.pk, actor=clerk, at=during)

        overlapping(*(lambda: write(meeting, secretary), strike)[::order])

        resolution.refresh_from_db()
        is_there = Participant.objects.filter(pk=branch.pk).exists()
        assert fresh(meeting).is_quorate is is_there
        assert (resolution.state == ResolutionState.OPEN) is is_there

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_draft_completed_while_the_minutes_are_written_binds(
        self, meeting, secretary, clerk, grid_worker, order
    ):
        draft = decide(meeting, clerk, None, None, text="换门禁")
        due = timezone.localdate(meeting.starts_at + 7 * DAY)
        whole = resolving.Decision("换门禁", grid_worker, secretary, due)

        def complete():
            return resolving.resolution_complete(
                resolution_id=draft.pk, actor=clerk, decision=whole, at=meeting.starts_at + HOUR
            )

        overlapping(*(lambda: write(meeting, secretary), complete)[::order])

        draft.refresh_from_db()
        assert draft.state == ResolutionState.OPEN
        assert InboxItem.objects.filter(kind="resolution.given", user=grid_worker).count() == 1

    def test_a_decision_written_down_while_the_minutes_are_binds(
        self, meeting, secretary, clerk, grid_worker
    ):
        _held, resolution = overlapping(
            lambda: write(meeting, secretary), lambda: decide(meeting, clerk, grid_worker, secretary)
        )

        resolution.refresh_from_db()
        assert resolution.state == ResolutionState.OPEN


class TestAttendance:
    def test_the_code_and_the_clerk_at_once_leave_one_line(self, diecui, secretary, clerk, resident):
        session = planned(diecui)
        who = attending.Attendee(user=resident)

        at_once(
            [
                lambda: attending.session_sign_in(session_id=session.pk, attendee=who, at=session.starts_at),
                lambda: attending.session_enter(
                    session_id=session.pk, attendee=who, actor=clerk, at=session.starts_at
                ),
            ]
        )

        person = session.participants.get()
        assert person.recorded_by == clerk
        assert AuditEntry.objects.filter(event="session.signed_in").count() == 1

    def test_the_last_seat_is_given_once(self, diecui, secretary, resident, neighbour):
        session = planned(diecui)
        DeliberationSession.objects.filter(pk=session.pk).update(seats=1, is_open=True)

        done = at_once(
            [
                lambda who=who: attending.session_sign_up(
                    session_id=session.pk, attendee=attending.Attendee(user=who), at=NOW
                )
                for who in (resident, neighbour)
            ]
        )

        assert sum(isinstance(one, ConflictError) for one in done) == 1
        assert session.participants.count() == 1

    def test_whoever_is_struck_off_while_being_entered_is_gone_with_a_sentence(self, diecui, clerk):
        session = planned(diecui)
        people = [
            Participant.objects.create(session=session, name=f"居民{n}", invited_at=NOW) for n in range(6)
        ]

        def strike(one):
            return attending.participant_strike(participant_id=one.pk, actor=clerk, at=session.starts_at)

        def entered(one):
            return attending.participant_enter(participant_id=one.pk, actor=clerk, at=session.starts_at)

        done = at_once([lambda one=one, do=do: do(one) for one in people for do in (strike, strike, entered)])

        refused = [one for one in done if isinstance(one, Exception)]
        assert {type(one) for one in refused} <= {NotFoundError, RepeatedError}
        assert AuditEntry.objects.filter(event="session.struck_off").count() == 6


class TestNumbers:
    """期 are consecutive, whatever is cancelled and planned at once (P-14)."""

    @pytest.fixture
    def keeper(self, fuxi):
        only(schedule_of(fuxi, "night-talk"))
        for week in range(6):
            sessions_plan(at=NOW + week * 7 * DAY)
        return make_staff("fuxi-secretary", "褚书记", Duty.SECRETARY, fuxi.place)

    def numbers(self) -> list[int]:
        rows = DeliberationSession.objects.filter(state=SessionState.PLANNED).order_by("starts_at")
        return list(rows.values_list("session_no", flat=True))

    def cancelled(self, session, keeper):
        return lambda: calling.session_cancel(session_id=session.pk, actor=keeper, reason="暴雨", at=NOW)

    def test_three_cancelled_at_once_leave_no_gap(self, keeper):
        sessions = list(DeliberationSession.objects.order_by("session_no"))

        done = at_once([self.cancelled(one, keeper) for one in sessions[1:4]])

        first = sessions[0].session_no
        assert [one for one in done if isinstance(one, Exception)] == []
        assert self.numbers() == list(range(first, first + len(sessions) - 3))
        assert not DeliberationSession.objects.filter(state="cancelled", session_no__isnull=False).exists()

    def test_one_planned_while_another_is_cancelled_gets_the_next_number(self, keeper):
        sessions = list(DeliberationSession.objects.order_by("session_no"))

        done = at_once([self.cancelled(sessions[1], keeper), lambda: sessions_plan(at=NOW + 42 * DAY)])

        assert [one for one in done if isinstance(one, Exception)] == []
        first, made = sessions[0].session_no, DeliberationSession.objects.count() - len(sessions)
        assert self.numbers() == list(range(first, first + len(sessions) - 1 + made))
