"""Sitting down together: topics, who is there, minutes, resolutions, what becomes public (P-03, P-08, P-17)."""

from __future__ import annotations

import itertools
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from community.duties import Duty
from community.meetings import Body, SessionKind
from community.models import Organisation
from community.workflow import Stage
from core.errors import (
    ConflictError,
    GoneError,
    IllegalMoveError,
    InvalidInputError,
    NotAllowedError,
    RepeatedError,
)
from core.models import AuditEntry, InboxItem, OutboxMessage
from petitions.actions import evaluating
from petitions.actions.sessions import agenda, attending, minutes, resolving, settling
from petitions.actions.sessions.calling import session_call
from petitions.actions.sessions.planning import sessions_plan
from petitions.actions.sessions.sweeping import resolutions_sweep
from petitions.models import (
    AgendaItem,
    DeliberationSession,
    Evaluation,
    Participant,
    Petition,
    PetitionEvent,
    Resolution,
    ResolutionState,
    SessionState,
)
from petitions.selectors.session_desk import matters_offered
from petitions.selectors.sessions import session_page
from tests.cast import NOW, make_staff
from tests.parallel import at_once
from tests.petitions.loop import Loop, file, person
from tests.petitions.sessions import (
    DAY,
    HOUR,
    THREE,
    decide,
    enter,
    joint,
    new_schedule,
    planned,
    schedule_of,
    write,
)


@pytest.fixture
def session(diecui, secretary, clerk) -> DeliberationSession:
    """Next Wednesday's council, announced."""
    return planned(diecui)


def titles(session) -> list[str]:
    return [topic.title for topic in session_page(session).topics]


def propose(session, at=NOW, **fields) -> AgendaItem:
    proposal = agenda.Proposal(
        **{"title": "北门路灯", "text": "我家老人摔过", "phone": "13900000123", **fields}
    )
    return agenda.agenda_propose(session_id=session.pk, proposal=proposal, key=uuid4(), at=at)


def sign_in(session, at=None, **fields) -> Participant:
    attendee = attending.Attendee(**fields)
    return attending.session_sign_in(session_id=session.pk, attendee=attendee, at=at or session.starts_at)


@pytest.mark.django_db
class TestAgenda:
    def test_open_matters_are_offered_and_chosen_once(self, session, diecui, secretary):
        petition = file(diecui)
        assert [one.pk for one in matters_offered(session, secretary, at=NOW)] == [petition.pk]

        for _again in range(2):
            agenda.agenda_take(session_id=session.pk, actor=secretary, petition_ids=[petition.pk], at=NOW)

        assert session.agenda.count() == 1
        assert not matters_offered(session, secretary, at=NOW)

    def test_a_matter_without_approved_title_and_a_private_one_are_never_on_the_public_page(
        self, session, diecui, secretary
    ):
        matters = [file(diecui), file(diecui, is_private=True, who=person(phone="13912345111"))]

        agenda.agenda_take(
            session_id=session.pk, actor=secretary, petition_ids=[one.pk for one in matters], at=NOW
        )

        assert titles(session) == []

    def test_a_public_topic_leaves_the_page_when_its_matter_is_hidden(self, session, loop, secretary):
        loop.triage(public_title="门厅灯不亮")
        agenda.agenda_take(session_id=session.pk, actor=secretary, petition_ids=[loop.pk], at=NOW + DAY)
        assert titles(session) == ["门厅灯不亮"]

        Petition.objects.filter(pk=loop.pk).update(is_private=True)

        assert titles(session) == []

    def test_a_private_matter_cannot_be_made_public(self, session, diecui, secretary):
        private = file(diecui, is_private=True)
        item = agenda.agenda_take(session_id=session.pk, actor=secretary, petition_ids=[private.pk], at=NOW)[
            0
        ]

        with pytest.raises(InvalidInputError):
            agenda.agenda_decide(
                item_id=item.pk, actor=secretary, is_chosen=True, title="x", is_public=True, at=NOW
            )

    def test_what_a_resident_proposes_is_public_only_once_chosen_and_in_edited_words(
        self, session, secretary
    ):
        item = propose(session)
        assert titles(session) == []

        agenda.agenda_decide(
            item_id=item.pk, actor=secretary, is_chosen=True, title="北门照明", is_public=True, at=NOW
        )

        assert titles(session) == ["北门照明"]

    def test_one_form_sent_twice_is_one_topic(self, session):
        key, proposal = uuid4(), agenda.Proposal(title="北门路灯")

        for _again in range(2):
            agenda.agenda_propose(session_id=session.pk, proposal=proposal, key=key, at=NOW)

        assert session.agenda.count() == 1

    def test_nothing_is_proposed_once_it_has_begun(self, session):
        with pytest.raises(ConflictError):
            propose(session, at=session.starts_at)

    def test_matters_of_another_community_are_refused(self, session, fuxi, secretary):
        with pytest.raises(InvalidInputError):
            agenda.agenda_take(session_id=session.pk, actor=secretary, petition_ids=[file(fuxi).pk], at=NOW)

    def test_somebody_without_a_post_here_changes_nothing(
        self, session, secretary_of_another_community, grid_worker
    ):
        for user in (secretary_of_another_community, grid_worker):
            with pytest.raises(NotAllowedError):
                agenda.agenda_add(session_id=session.pk, actor=user, title="x", is_public=True, at=NOW)


@pytest.mark.django_db
class TestAttending:
    def test_a_code_signs_somebody_in_once(self, session):
        sign_in(session, name="王芳", role=Body.RESIDENT)

        with pytest.raises(RepeatedError):
            sign_in(session, name="王芳", role=Body.RESIDENT)

        assert session.participants.count() == 1

    @pytest.mark.parametrize("hours", [-3, 30])
    def test_the_code_works_only_around_the_session(self, session, hours):
        with pytest.raises(GoneError):
            sign_in(session, name="王芳", at=session.starts_at + hours * HOUR)

    def test_who_signed_up_is_recognised_by_the_account(self, session, resident):
        attending.session_sign_up(session_id=session.pk, attendee=attending.Attendee(user=resident), at=NOW)

        sign_in(session, user=resident)

        found = session.participants.get()
        assert found.signed_up_at
        assert found.signed_in_at

    def test_seats_run_out(self, session, resident):
        DeliberationSession.objects.filter(pk=session.pk).update(seats=1)
        attending.session_sign_up(session_id=session.pk, attendee=attending.Attendee(user=resident), at=NOW)

        with pytest.raises(ConflictError, match="席位"):
            attending.session_sign_up(
                session_id=session.pk, attendee=attending.Attendee(name="刘邻居"), at=NOW
            )

    def test_people_and_bodies_are_invited_once(self, session, secretary, clerk, diecui):
        company = Organisation.objects.create(
            community=diecui.community, kind="property_company", name="清安物业"
        )
        for _again in range(2):
            attending.session_invite(
                session_id=session.pk,
                actor=secretary,
                people=[attending.Attendee(user=clerk, role=Body.STAFF)],
                organisations=[company],
                at=NOW,
            )

        assert session.participants.count() == 2
        assert session.participants.get(organisation=company).role == Body.PROPERTY
        assert InboxItem.objects.filter(user=clerk, kind="session.invited").count() == 1

    def test_the_desk_confirms_what_somebody_signed(self, session, secretary):
        sign_in(session, name="王芳", role=Body.PROPERTY)
        assert not session.participants.get().counts_for_quorum

        attendee = attending.Attendee(name="王芳", role=Body.PROPERTY)
        attending.session_enter(
            session_id=session.pk, attendee=attendee, actor=secretary, at=session.starts_at
        )

        assert session.participants.get().counts_for_quorum


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_phones_sign_one_person_in_once(diecui, secretary, resident):
    session = planned(diecui)

    results = at_once([lambda: sign_in(session, user=resident)] * 4)

    assert Participant.objects.filter(session=session).count() == 1
    assert sum(isinstance(result, Participant) for result in results) == 1


@pytest.mark.django_db
class TestMinutes:
    def test_minutes_before_the_session_are_refused(self, session, secretary):
        with pytest.raises(ConflictError):
            write(session, secretary, at=NOW)

    def test_a_session_may_have_no_matter(self, session, secretary):
        held = write(session, secretary)

        assert held.state == SessionState.HELD
        assert held.is_quorate
        assert held.sweep_at is None

    def test_a_resolution_needs_responsible_day_and_supervisor_to_be_final(
        self, session, secretary, clerk, grid_worker
    ):
        write(session, secretary)

        draft = decide(session, clerk, grid_worker, None)
        final = decide(session, clerk, grid_worker, secretary)

        assert (draft.state, final.state) == (ResolutionState.DRAFT, ResolutionState.OPEN)
        assert InboxItem.objects.filter(user=grid_worker, kind="resolution.given").count() == 1

    def test_the_database_refuses_a_final_one_without_supervisor(
        self, session, secretary, clerk, grid_worker
    ):
        write(session, secretary)
        final = decide(session, clerk, grid_worker, secretary)

        with pytest.raises(IntegrityError), transaction.atomic():
            Resolution.objects.filter(pk=final.pk).update(supervisor=None)

    def test_nobody_watches_over_themselves(self, session, secretary, clerk):
        write(session, secretary)

        with pytest.raises(InvalidInputError):
            decide(session, clerk, secretary, secretary)

    def test_nobody_without_a_post_here_is_made_responsible(self, session, secretary, clerk, outsider):
        write(session, secretary)

        with pytest.raises(InvalidInputError):
            decide(session, clerk, outsider, secretary)

    def test_a_draft_is_completed_and_final(self, session, secretary, clerk, grid_worker):
        write(session, secretary)
        draft = decide(session, clerk, grid_worker, None)

        resolving.resolution_complete(
            resolution_id=draft.pk,
            actor=clerk,
            decision=resolving.Decision(draft.text, grid_worker, secretary, draft.due_on),
            at=session.starts_at + DAY,
        )

        draft.refresh_from_db()
        assert draft.state == ResolutionState.OPEN

    def test_a_resolution_about_a_matter_gives_it_its_minutes(
        self, session, loop, secretary, clerk, grid_worker
    ):
        loop.triage()
        write(session, secretary)

        decide(session, clerk, grid_worker, secretary, petition=loop.refresh())

        petition = loop.refresh()
        assert petition.stage == Stage.DELIBERATING
        assert petition.deliberations.get().session == session
        assert petition.events.get(event="deliberated").session == session

    def test_what_was_decided_before_the_minutes_is_final_with_them(
        self, session, secretary, clerk, grid_worker
    ):
        early = decide(session, clerk, grid_worker, secretary)
        assert early.state == ResolutionState.DRAFT

        write(session, secretary)

        early.refresh_from_db()
        assert early.state == ResolutionState.OPEN

    def test_minutes_are_not_changed_once_public(self, session, secretary):
        write(session, secretary)
        minutes.session_publish(
            session_id=session.pk, actor=secretary, summary="议定三事", resolutions={}, at=NOW + 6 * DAY
        )

        with pytest.raises(ConflictError):
            write(session, secretary)


@pytest.mark.django_db
class TestJointMeeting:
    def test_with_all_three_it_is_quorate(self, diecui, secretary, clerk, grid_worker):
        meeting = joint(diecui, secretary)
        enter(meeting, clerk, *THREE)
        decided = decide(meeting, clerk, grid_worker, secretary)

        held = write(meeting, secretary)

        decided.refresh_from_db()
        assert held.is_quorate
        assert decided.state == ResolutionState.OPEN

    @pytest.mark.parametrize("absent", THREE)
    def test_without_one_of_them_minutes_are_inquorate_and_resolutions_stay_drafts(
        self, diecui, secretary, clerk, grid_worker, absent
    ):
        meeting = joint(diecui, secretary)
        enter(meeting, clerk, *(body for body in THREE if body != absent))

        held = write(meeting, secretary)
        decided = decide(meeting, clerk, grid_worker, secretary)

        assert held.state == SessionState.HELD
        assert held.is_quorate is False
        assert decided.state == ResolutionState.DRAFT

    def test_what_a_property_company_promises_about_safety_is_asked_after(self, diecui, secretary, clerk):
        """G-24: an obligation is a resolution of a safety meeting, and the company's representative owes it."""
        company = make_staff("rep", "物业小赵", Duty.PROPERTY_REP, diecui.place)
        promised = {"kind": SessionKind.SAFETY_MEETING, "frequency": "on_call", "weekday": None}
        schedule = new_schedule(diecui, **promised, name="消防安全整改会", quorum_bodies=[Body.PROPERTY])
        meeting = session_call(schedule=schedule, actor=secretary, starts_at=NOW + HOUR, venue="", at=NOW)
        enter(meeting, clerk, Body.PROPERTY)
        write(meeting, secretary)
        owed = decide(meeting, clerk, company, secretary, text="1号楼地下车库每晚巡查一次充电区")

        resolutions_sweep(at=meeting.starts_at + 9 * DAY)

        assert owed.state == ResolutionState.OPEN
        kinds = InboxItem.objects.filter(user=company).values_list("kind", flat=True)
        assert {"resolution.given", "resolution.late"} <= {*kinds}

    def test_an_inquorate_meeting_opens_no_gate(self, diecui, loop, secretary, clerk, grid_worker):
        loop.triage(route="joint_meeting")
        meeting = joint(diecui, secretary)
        write(meeting, secretary)
        decide(meeting, clerk, grid_worker, secretary, petition=loop.refresh())

        with pytest.raises(IllegalMoveError):
            loop.claim()

    def test_which_bodies_are_needed_is_data(self, diecui, secretary, clerk):
        schedule = schedule_of(diecui, "joint-meeting")
        schedule.quorum_bodies = [Body.OWNERS]
        schedule.save()
        meeting = joint(diecui, secretary)
        enter(meeting, clerk, Body.OWNERS)

        assert write(meeting, secretary).is_quorate

    def test_a_name_from_a_strangers_phone_makes_no_quorum(self, diecui, secretary, clerk):
        meeting = joint(diecui, secretary)
        enter(meeting, clerk, Body.BRANCH, Body.OWNERS)
        sign_in(meeting, name="路人", role=Body.PROPERTY)

        assert write(meeting, secretary).is_quorate is False


@pytest.fixture
def final(session, secretary, clerk, grid_worker) -> Resolution:
    """The grid worker is responsible, the secretary watches."""
    write(session, secretary)
    return decide(session, clerk, grid_worker, secretary)


@pytest.mark.django_db
class TestSeeingThrough:
    def test_the_supervisor_urges_and_the_counter_rises(self, final, secretary, grid_worker):
        late = NOW + 14 * DAY

        resolving.resolution_urge(resolution_id=final.pk, actor=secretary, at=late)
        with pytest.raises(RepeatedError):
            resolving.resolution_urge(resolution_id=final.pk, actor=secretary, at=late + timedelta(seconds=5))
        resolving.resolution_urge(resolution_id=final.pk, actor=secretary, at=late + DAY)

        final.refresh_from_db()
        assert final.urge_count == 2
        assert InboxItem.objects.filter(user=grid_worker, kind="resolution.urged").count() == 2
        assert AuditEntry.objects.filter(event="resolution.urged").count() == 2

    def test_others_cannot_urge(self, final, clerk, grid_worker):
        for user in (clerk, grid_worker):
            with pytest.raises(NotAllowedError):
                resolving.resolution_urge(resolution_id=final.pk, actor=user, at=NOW + 14 * DAY)

    def test_responsible_and_supervisor_are_reminded_once_each(self, final, secretary, grid_worker):
        for hours in range(0, 20 * 24, 6):
            resolutions_sweep(at=NOW + hours * HOUR)

        of_worker = InboxItem.objects.filter(
            user=grid_worker, kind__in=("resolution.soon", "resolution.late")
        )
        assert of_worker.count() == 2
        assert InboxItem.objects.filter(user=secretary, kind="resolution.late").count() == 1

    def test_what_is_done_is_told_and_reminded_of_no_more(self, final, secretary, grid_worker):
        resolving.resolution_settle(
            resolution_id=final.pk, actor=grid_worker, is_done=True, note="已修好", at=NOW + 6 * DAY
        )
        resolutions_sweep(at=NOW + 20 * DAY)

        assert InboxItem.objects.filter(user=secretary, kind="resolution.settled").exists()
        assert not InboxItem.objects.filter(kind="resolution.late").exists()

    def test_only_the_responsible_person_or_the_community_settles_it(self, final, worker_of_another_grid):
        with pytest.raises(NotAllowedError):
            resolving.resolution_settle(
                resolution_id=final.pk, actor=worker_of_another_grid, is_done=True, note="x", at=NOW + 6 * DAY
            )

    def test_what_is_unfinished_is_carried_to_the_next_agenda_once(
        self, session, final, secretary, clerk, grid_worker
    ):
        done = decide(session, clerk, grid_worker, secretary)
        resolving.resolution_settle(
            resolution_id=done.pk, actor=grid_worker, is_done=True, note="已修好", at=NOW + 6 * DAY
        )
        for day in range(6, 9):
            sessions_plan(at=NOW + day * DAY)
        following = DeliberationSession.objects.filter(starts_at__gt=session.starts_at).earliest("starts_at")

        write(session, secretary, at=NOW + 8 * DAY)

        assert [item.carried_from for item in following.agenda.all()] == [final]

    def test_a_session_planned_before_the_minutes_inherits_with_them(
        self, diecui, session, secretary, clerk, grid_worker
    ):
        sessions_plan(at=NOW + 6 * DAY)
        following = DeliberationSession.objects.filter(starts_at__gt=session.starts_at).earliest("starts_at")
        decided = decide(session, clerk, grid_worker, secretary)
        assert following.agenda.count() == 0

        write(session, secretary)

        assert [item.carried_from for item in following.agenda.all()] == [decided]


@pytest.mark.django_db
class TestPublishing:
    def test_the_same_people_are_told_once_and_strangers_read_edited_words_only(
        self, session, secretary, clerk, grid_worker, resident
    ):
        sign_in(session, user=resident)
        sign_in(session, name="没有手机的人")
        asked = propose(session)
        write(session, secretary, minutes="张三家与李四家争执")
        kept = decide(session, clerk, grid_worker, secretary, text="请张三搬走杂物")

        for _again in range(2):
            minutes.session_publish(
                session_id=session.pk,
                actor=secretary,
                summary="议了楼道堆物",
                resolutions={kept.pk: "楼道杂物一周内清走"},
                at=NOW + 6 * DAY,
            )

        told = InboxItem.objects.filter(kind="session.published")
        assert list(told.values_list("user_id", flat=True)) == [resident.pk]
        texts = OutboxMessage.objects.filter(kind="session.published", phone=asked.proposer_phone)
        assert texts.count() == 1
        page = session_page(DeliberationSession.objects.get(pk=session.pk))
        assert [one.text for one in page.resolutions] == ["楼道杂物一周内清走"]

    def test_nothing_is_published_without_minutes(self, session, secretary):
        with pytest.raises(ConflictError):
            minutes.session_publish(
                session_id=session.pk, actor=secretary, summary="x", resolutions={}, at=NOW + 6 * DAY
            )


@pytest.mark.django_db
class TestOnTheSpot:
    def settle(self, session, loop, actor, **fields):
        item = agenda.agenda_take(session_id=session.pk, actor=actor, petition_ids=[loop.pk], at=NOW + DAY)[0]
        return settling.agenda_settle(
            item_id=item.pk,
            actor=actor,
            outcome="物业当场换了灯。",
            supervisor=None,
            photos=[],
            at=session.starts_at + HOUR,
            **fields,
        )

    def test_every_passed_stage_bears_the_session_in_order_of_time(self, session, loop, secretary):
        self.settle(session, loop, secretary)

        petition = loop.refresh()
        lines = list(PetitionEvent.objects.filter(petition=petition, session=session).order_by("id"))
        stages = [line.stage for line in lines]
        assert petition.stage == Stage.FED_BACK
        assert [
            stage for stage in stages if stage in {"triaged", "deliberating", "in_progress", "resolved"}
        ] == [
            "triaged",
            "deliberating",
            "in_progress",
            "resolved",
        ]
        assert stages[-1] == Stage.FED_BACK
        assert all(earlier.at < later.at for earlier, later in itertools.pairwise(lines))
        assert petition.deliberations.get().session == session

    def test_a_closed_gate_leaves_everything_as_it_was(self, fuxi):
        secretary = make_staff("fuxi-s", "褚书记", Duty.SECRETARY, fuxi.place)
        session = planned(fuxi, "night-talk")
        loop = Loop(file(fuxi), desk=secretary, worker=secretary)

        with pytest.raises(IllegalMoveError, match="监督人"):
            self.settle(session, loop, secretary)

        assert loop.refresh().stage == Stage.RECEIVED
        assert not session.deliberations.exists()

    def test_before_the_session_nothing_is_settled(self, session, loop, secretary):
        item = agenda.agenda_take(
            session_id=session.pk, actor=secretary, petition_ids=[loop.pk], at=NOW + HOUR
        )[0]

        with pytest.raises(ConflictError):
            settling.agenda_settle(
                item_id=item.pk, actor=secretary, outcome="x", supervisor=None, photos=[], at=NOW + 2 * HOUR
            )


@pytest.mark.django_db
class TestJudgingTogether:
    @pytest.fixture
    def judged(self, session, loop, secretary, clerk, grid_worker, resident, neighbour):
        """Talked about at a session that two residents attended, handled, answered and published."""
        loop.triage()
        sign_in(session, user=resident)
        sign_in(session, user=neighbour)
        sign_in(session, name="没有手机的人")
        enter(session, clerk, Body.STAFF)
        write(session, secretary)
        decide(session, clerk, grid_worker, secretary, petition=loop.refresh())
        loop.at = session.starts_at + DAY
        return loop.claim().resolve().feed_back().publish()

    def test_whoever_signed_in_is_asked_once_beside_the_reporter(self, judged, resident, neighbour):
        evaluations = Evaluation.objects.filter(petition_id=judged.pk)

        people = [one.participant.user for one in evaluations.filter(reporter=None)]
        assert sorted(people, key=str) == sorted([resident, neighbour], key=str)
        assert evaluations.count() == 3
        assert InboxItem.objects.filter(kind="petition.judge", user=resident).count() == 1

    def test_more_ratings_than_matters(self, judged):
        for one in Evaluation.objects.filter(petition_id=judged.pk):
            evaluating.petition_judge(evaluation_id=one.pk, is_satisfied=True, comment="", at=judged._next())

        petition = judged.refresh()
        assert petition.satisfied_count == 3
        assert petition.stage == Stage.ARCHIVED

    def test_a_participants_words_are_not_shown_to_the_reporter(self, judged, resident):
        one = Evaluation.objects.get(petition_id=judged.pk, participant__user=resident)

        evaluating.petition_judge(
            evaluation_id=one.pk, is_satisfied=False, comment="隔壁老王没出力", at=judged._next()
        )

        petition = judged.refresh()
        assert petition.stage == Stage.IN_PROGRESS
        assert not petition.events.filter(note__contains="老王").exists()

    def test_nobody_is_asked_about_a_private_matter(
        self, session, diecui, secretary, clerk, grid_worker, resident
    ):
        loop = Loop(file(diecui, is_private=True), desk=secretary, worker=grid_worker)
        loop.triage()
        sign_in(session, user=resident)
        write(session, secretary)
        decide(session, clerk, grid_worker, secretary, petition=loop.refresh())
        loop.at = session.starts_at + DAY
        loop.claim().resolve().feed_back()

        assert not Evaluation.objects.filter(participant__isnull=False).exists()


@pytest.mark.django_db
def test_names_phones_and_minutes_leave_a_session_after_its_time_and_what_was_public_stays(
    session, secretary, clerk, grid_worker, resident
):
    from petitions.actions.sessions.erasing import sessions_anonymise

    sign_in(session, user=resident)
    sign_in(session, name="张三", phone="13900000777")
    propose(session)
    write(session, secretary, minutes="张三说了很多")
    minutes.session_publish(
        session_id=session.pk, actor=secretary, summary="议了门禁", resolutions={}, at=NOW + 6 * DAY
    )
    assert sessions_anonymise(NOW + 30 * DAY) == 0

    assert sessions_anonymise(NOW + 366 * 3 * DAY + 30 * DAY) == 1
    assert sessions_anonymise(NOW + 366 * 3 * DAY + 30 * DAY) == 0

    session.refresh_from_db()
    assert (session.minutes, session.summary, session.headcount) == ("", "议了门禁", 9)
    assert not session.participants.exists()
    assert set(session.agenda.values_list("text", "proposer_phone")) == {("", "")}


@pytest.mark.django_db
def test_the_matter_shows_its_resolution_and_how_often_it_was_urged(
    session, loop, secretary, clerk, grid_worker, client
):
    loop.triage()
    write(session, secretary)
    decided = decide(session, clerk, grid_worker, secretary, petition=loop.refresh(), text="先修北门")
    resolving.resolution_urge(resolution_id=decided.pk, actor=secretary, at=NOW + 15 * DAY)
    client.force_login(grid_worker)

    page = client.get(f"/work/{loop.petition.number}/").content.decode()

    assert "先修北门" in page
    assert "已催办 1 次" in page
    assert loop.refresh().urge_count == 1
    assert loop.petition.events.filter(event="urged", session=session).count() == 1
