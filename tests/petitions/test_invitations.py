"""Whoever was invited or signed up says whether they come, and may think again (P-03, P-04)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from community.meetings import Body
from core.errors import ConflictError, NotAllowedError, NotFoundError, RepeatedError
from core.models import InboxItem, OutboxMessage
from petitions.actions.sessions import answering, attending, calling
from petitions.actions.sessions.sweeping import sessions_sweep
from petitions.models import DeliberationSession, Participant
from petitions.selectors import links
from petitions.selectors.sessions import session_page
from petitions.sheets.session_sheet import session_pdf
from tests.cast import NOW
from tests.parallel import at_once
from tests.petitions.pages import statements
from tests.petitions.sessions import DAY, HOUR, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(diecui, secretary, clerk) -> DeliberationSession:
    """Next Wednesday's council, announced."""
    return planned(diecui)


def invite(session, actor, *users, at=NOW) -> list[Participant]:
    people = [attending.Attendee(user=user, role=Body.STAFF) for user in users]
    attending.session_invite(session_id=session.pk, actor=actor, people=people, organisations=[], at=at)
    return list(session.participants.order_by("pk"))


def answer(person: Participant, is_coming: bool, at=NOW) -> Participant:
    return answering.invitation_answer(participant_id=person.pk, is_coming=is_coming, at=at)


def told(user, kind: str) -> int:
    return InboxItem.objects.filter(user=user, kind=f"session.{kind}").count()


class TestAnswering:
    def test_who_does_not_come_is_told_to_the_chair_once_and_reminded_of_nothing(
        self, session, secretary, clerk, grid_worker
    ):
        person = invite(session, clerk, grid_worker)[0]

        for _again in range(2):
            answer(person, False)

        assert told(secretary, "declined") == told(clerk, "declined") == 1
        DeliberationSession.objects.filter(pk=session.pk).update(sweep_at=NOW)
        sessions_sweep(at=session.starts_at - DAY + HOUR)
        assert told(grid_worker, "reminder") == 0

    def test_who_comes_is_reminded(self, session, clerk, grid_worker):
        answer(invite(session, clerk, grid_worker)[0], True)

        DeliberationSession.objects.filter(pk=session.pk).update(sweep_at=NOW)
        sessions_sweep(at=session.starts_at - DAY + HOUR)

        assert told(grid_worker, "reminder") == 1

    def test_a_seat_that_was_left_is_free_for_somebody_else(self, session, clerk, grid_worker, resident):
        DeliberationSession.objects.filter(pk=session.pk).update(seats=1)
        session.refresh_from_db()
        person = invite(session, clerk, grid_worker)[0]
        answer(person, False)
        assert session_page(session).seats_left == 1

        attending.session_sign_up(session_id=session.pk, attendee=attending.Attendee(user=resident), at=NOW)

        with pytest.raises(ConflictError, match="席位"):
            answer(person, True)

    def test_who_thinks_again_comes(self, session, clerk, grid_worker):
        person = invite(session, clerk, grid_worker)[0]
        answer(person, False)

        answer(person, True)

        person.refresh_from_db()
        assert (person.declined_at, person.signed_up_at) == (None, NOW)

    def test_who_declined_may_sign_up_or_sign_in_after_all(self, session, clerk, grid_worker, resident):
        declined, other = invite(session, clerk, grid_worker, resident)
        answer(declined, False)
        answer(other, False)

        attending.session_sign_up(session_id=session.pk, attendee=attending.Attendee(user=resident), at=NOW)
        attending.session_sign_in(
            session_id=session.pk, attendee=attending.Attendee(user=grid_worker), at=session.starts_at
        )

        assert Participant.objects.coming().filter(session=session).count() == 2

    def test_once_it_has_begun_or_is_cancelled_nobody_answers(self, session, clerk, grid_worker):
        person = invite(session, clerk, grid_worker)[0]
        with pytest.raises(ConflictError, match="已经开始"):
            answer(person, False, at=session.starts_at)
        calling.session_cancel(session_id=session.pk, actor=clerk, reason="停电", at=NOW)

        with pytest.raises(ConflictError, match="取消"):
            answer(person, False)

    def test_who_was_struck_off_has_nothing_to_answer(self, session, clerk, grid_worker):
        person = invite(session, clerk, grid_worker)[0]
        attending.participant_strike(participant_id=person.pk, actor=clerk, at=NOW)

        with pytest.raises(NotFoundError):
            answer(person, True)

    def test_another_day_is_asked_about_anew(self, session, clerk, grid_worker):
        person = invite(session, clerk, grid_worker)[0]
        answer(person, False)

        calling.session_move(
            session_id=session.pk,
            actor=clerk,
            starts_at=session.starts_at + DAY,
            venue="",
            reason="停电",
            at=NOW,
        )

        person.refresh_from_db()
        assert person.declined_at is None
        assert told(grid_worker, "moved") == 1

    def test_who_does_not_come_is_not_on_the_sheet(self, session, clerk, grid_worker):
        person = invite(session, clerk, grid_worker)[0]
        with_name = len(session_pdf(session))

        answer(person, False)

        assert len(session_pdf(session)) < with_name


class TestDesk:
    def test_the_desk_notes_what_somebody_said(self, session, clerk, grid_worker):
        person = invite(session, clerk, grid_worker)[0]

        answering.participant_decline(participant_id=person.pk, actor=clerk, at=NOW)

        with pytest.raises(RepeatedError):
            answering.participant_decline(participant_id=person.pk, actor=clerk, at=NOW)

    def test_others_note_nothing(self, session, clerk, grid_worker, secretary_of_another_community):
        person = invite(session, clerk, grid_worker)[0]

        for user in (grid_worker, secretary_of_another_community):
            with pytest.raises(NotAllowedError):
                answering.participant_decline(participant_id=person.pk, actor=user, at=NOW)

    def test_somebody_who_is_there_is_not_noted_as_absent(self, session, clerk, grid_worker):
        person = invite(session, clerk, grid_worker)[0]
        attending.participant_enter(participant_id=person.pk, actor=clerk, at=session.starts_at)

        with pytest.raises(ConflictError, match="到会"):
            answering.participant_decline(participant_id=person.pk, actor=clerk, at=session.starts_at)

    def test_the_list_says_who_does_not_come(self, client, diecui, clerk, grid_worker):
        now = timezone.now()
        session = planned(diecui, at=now)
        person = invite(session, clerk, grid_worker, at=now)[0]
        client.force_login(clerk)
        desk = f"/admin/petitions/deliberationsession/{session.pk}"

        answered = client.post(f"{desk}/step/not-coming/{person.pk}/", {})

        assert answered.status_code == 302, answered.content.decode()
        assert "说了不来 1" in client.get(f"{desk}/change/").content.decode()


class TestLink:
    @pytest.fixture
    def person(self, diecui, secretary, clerk, resident) -> Participant:
        now = timezone.now()
        return invite(planned(diecui, at=now), clerk, resident, at=now)[0]

    def test_it_is_in_the_invitation_and_answers_without_an_account(self, client, person):
        path = links.invitation_path(person)
        told = OutboxMessage.objects.filter(kind="session.invited")
        assert any("/i/" in message.url for message in told)

        assert "请您来议事" in client.get(path).content.decode()
        assert client.post(path, {"coming": "no"}).status_code == 302

        page = client.get(path).content.decode()
        assert "这次不来" in page
        assert client.post(path, {"coming": "yes"}).status_code == 302
        person.refresh_from_db()
        assert person.declined_at is None

    def test_it_names_nobody_and_is_kept_secret(self, client, person, resident):
        page = client.get(links.invitation_path(person))

        assert resident.display_name not in page.content.decode()
        assert page["X-Robots-Tag"] == "noindex, nofollow"

    def test_forged_or_of_a_line_that_is_gone_it_is_gone(self, client, person):
        path = links.invitation_path(person)
        assert client.get("/i/forged/").status_code == 410
        person.delete()

        assert client.get(path).status_code == 410

    def test_neither_answer_changes_nothing(self, client, person):
        assert client.post(links.invitation_path(person), {"coming": "perhaps"}).status_code == 422

        person.refresh_from_db()
        assert person.declined_at is None
        assert person.signed_up_at is None

    def test_the_page_costs_few_statements(self, client, person):
        with statements() as found:
            client.get(links.invitation_path(person))

        assert len(found) <= 3


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_is_taken_once(diecui, secretary, clerk, grid_worker, resident):
    session = planned(diecui)
    DeliberationSession.objects.filter(pk=session.pk).update(seats=1)
    people = invite(session, clerk, grid_worker, resident)
    for one in people:
        answer(one, False)

    at_once([lambda one=one: answer(one, True) for one in people])

    assert Participant.objects.coming().filter(session=session).count() == 1
