"""Sessions on the web: what strangers read, how residents take part, what the desk does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from community.meetings import Body
from petitions.actions.sessions import agenda, minutes
from petitions.models import (
    AgendaState,
    DeliberationSession,
    Participant,
    Resolution,
    ResolutionState,
    SessionState,
)
from tests.cast import make_user
from tests.petitions.loop import file, person
from tests.petitions.pages import SCRIPT, statements
from tests.petitions.sessions import DAY, HOUR, enter, planned, schedule_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def session(diecui, secretary, now) -> DeliberationSession:
    return planned(diecui, at=now)


@pytest.fixture
def today(session, now) -> DeliberationSession:
    """The same session, begun an hour ago."""
    session.starts_at, session.ends_at = now - HOUR, now + HOUR
    session.save()
    return session


def held(session, secretary, clerk, number: int = 1) -> DeliberationSession:
    """A published session with one resolution."""
    at = session.starts_at + HOUR
    minutes.session_minutes(session_id=session.pk, actor=secretary, minutes="x", headcount=5, at=at)
    minutes.session_publish(session_id=session.pk, actor=secretary, summary="议了门禁", resolutions={}, at=at)
    return DeliberationSession.objects.get(pk=session.pk)


def past(session, count: int) -> None:
    """So many held sessions of the same community."""
    for number in range(1, count + 1):
        DeliberationSession.objects.create(
            community_id=session.community_id,
            kind="weekly_council",
            name="小微说事议事站",
            session_no=number,
            venue="站",
            starts_at=session.starts_at - number * 7 * DAY,
            ends_at=session.starts_at - number * 7 * DAY + HOUR,
            code=f"past-{number}",
            state=SessionState.HELD,
            minutes_at=session.created_at,
            announced_at=session.created_at,
            headcount=number,
            created_at=session.created_at,
        )


class TestStrangers:
    def test_the_calendar_shows_what_is_to_come_and_what_was(self, client, session):
        past(session, 2)

        page = client.get("/diecui/sessions/").content.decode()

        assert session.title in page
        assert "第2期" in page
        assert "翠微小区党群服务站" in page

    def test_what_is_not_announced_is_not_found(self, client, session):
        DeliberationSession.objects.update(announced_at=None)

        assert f"/sessions/{session.pk}/" not in client.get("/diecui/sessions/").content.decode()
        assert client.get(f"/diecui/sessions/{session.pk}/").status_code == 404

    def test_a_session_of_another_community_is_not_found(self, client, session, fuxi):
        assert client.get(f"/fuxi/sessions/{session.pk}/").status_code == 404

    def test_minutes_names_and_unpublished_resolutions_are_never_read(
        self, client, today, secretary, clerk, now
    ):
        enter(today, clerk, Body.PROPERTY, at=now)
        today.agenda.create(
            source="resident",
            title="门禁",
            text="三号楼王某家",
            proposer_phone="13900000555",
            proposed_at=now,
        )
        minutes.session_minutes(
            session_id=today.pk, actor=secretary, minutes="王某和李某吵架", headcount=2, at=now
        )
        minutes.session_publish(
            session_id=today.pk, actor=secretary, summary="议了门禁", resolutions={}, at=now
        )

        page = client.get(f"/diecui/sessions/{today.pk}/").content.decode()

        assert "议了门禁" in page
        for secret in ("王某", "13900000555", "到会人0"):
            assert secret not in page

    def test_the_lists_cost_the_same_with_3_and_with_30(self, client, session):
        used = []
        for count in (3, 27):
            DeliberationSession.objects.filter(state="held").delete()
            past(session, count + (3 if count > 3 else 0))
            for path in ("/diecui/sessions/", "/diecui/sessions/past/"):
                with statements() as asked:
                    client.get(path)
                used.append(len(asked))
        assert used[:2] == used[2:]

    def test_past_issues_are_paged_by_key(self, client, session):
        past(session, 25)

        first = client.get("/diecui/sessions/past/")
        second = client.get(f"/diecui/sessions/past/?cursor={first.context['page'].next}")

        assert len(first.context["page"].items) == 20
        assert [one.session_no for one in second.context["page"].items] == [21, 22, 23, 24, 25]

    def test_the_feed_is_a_calendar_that_programs_read(self, client, session):
        answer = client.get("/diecui/sessions.ics")

        events = list(Calendar.from_ical(answer.content).walk("VEVENT"))
        assert answer["Content-Type"].startswith("text/calendar")
        assert [str(event["summary"]) for event in events] == [session.title]
        assert events[0]["dtstart"].dt == session.starts_at

    def test_the_home_names_the_next_session(self, client, session):
        assert "下次议事" in client.get("/diecui/").content.decode()

    def test_a_cancelled_session_says_so(self, client, session):
        DeliberationSession.objects.update(state="cancelled", cancelled_reason="暴雨")

        assert "暴雨" in client.get(f"/diecui/sessions/{session.pk}/").content.decode()
        event = Calendar.from_ical(client.get("/diecui/sessions.ics").content).walk("VEVENT")[0]
        assert event["status"] == "CANCELLED"


class TestTakingPart:
    def test_a_topic_is_put_forward_without_an_account(self, client, session):
        path = f"/diecui/sessions/{session.pk}/propose/"
        key = str(client.get(path).context["form"]["key"].value())

        for _again in range(2):
            answer = client.post(path, {"title": "北门路灯", "key": key, "phone": "13900000321"})

        assert answer.status_code == 302
        assert session.agenda.count() == 1

    def test_a_script_in_a_topic_is_words(self, client, session, secretary):
        client.post(
            f"/diecui/sessions/{session.pk}/propose/",
            {"title": SCRIPT, "key": "7f0d0b4e-1b1a-4f6e-9a55-93c5d9a8a002"},
        )
        session.agenda.update(state=AgendaState.CHOSEN, is_public=True)

        assert SCRIPT not in client.get(f"/diecui/sessions/{session.pk}/").content.decode()

    def test_signing_up_twice_is_said_and_kept_once(self, client, session, resident):
        client.force_login(resident)

        for _again in range(2):
            answer = client.post(f"/diecui/sessions/{session.pk}/join/", {"join": "1"})

        assert answer.status_code == 302
        assert session.participants.count() == 1

    def test_the_printed_code_signs_somebody_in_on_the_day(self, client, today):
        path = f"/s/{today.code}/"

        answer = client.post(path, {"name": "王芳", "role": "resident"})
        again = client.post(path, {"name": "王芳", "role": "resident"}, follow=True)

        assert answer.status_code == 302
        assert "已经签到" in again.content.decode()
        assert Participant.objects.get().way == "code"

    def test_on_another_day_the_code_says_so(self, client, session):
        answer = client.post(f"/s/{session.code}/", {"name": "王芳", "role": "resident"})

        assert answer.status_code == 410
        assert not session.participants.exists()

    def test_a_forged_code_is_gone(self, client, session):
        assert client.get("/s/forged/").status_code == 410


DESK = "admin:petitions_deliberationsession_"


def step(session, name, *row) -> str:
    kind = "row_step" if row else "step"
    return reverse(f"{DESK}{kind}", args=[session.pk, name, *row])


class TestDesk:
    def test_strangers_sign_in_and_others_are_refused(self, client, session, grid_worker):
        path = reverse(f"{DESK}change", args=[session.pk])
        assert client.get(path).status_code == 302

        client.force_login(grid_worker)

        assert client.get(path).status_code == 403

    def test_a_session_of_another_community_is_not_found(
        self, client, session, secretary_of_another_community
    ):
        client.force_login(secretary_of_another_community)

        for path in (reverse(f"{DESK}change", args=[session.pk]), step(session, "cancel")):
            assert client.get(path).status_code == 404

    def test_the_whole_way_at_the_desk(self, client, today, secretary, clerk, grid_worker, diecui):
        petition = file(diecui, at=timezone.now())
        client.force_login(clerk)
        due = (timezone.localdate() + 7 * DAY).isoformat()

        sent = [
            ("take", {"matters": [petition.pk]}),
            ("topic", {"topic": "消防通道", "is_public": "on"}),
            ("invite", {"people": [secretary.pk]}),
            ("enter", {"name": "物业小李", "role": "property"}),
            ("minutes", {"headcount": "6", "minutes": "议了两件事"}),
            (
                "resolution",
                {"text": "划线", "responsible": grid_worker.pk, "supervisor": secretary.pk, "due_on": due},
            ),
        ]
        for name, data in sent:
            assert client.get(step(today, name)).status_code == 200, name
            answer = client.post(step(today, name), data)
            assert answer.status_code == 302, (name, answer.content.decode()[-3000:])
        resolution = Resolution.objects.get()
        answer = client.post(
            step(today, "publish"), {"summary": "议了消防通道", f"resolution_{resolution.pk}": "划消防线"}
        )

        assert answer.status_code == 302
        assert resolution.state == ResolutionState.OPEN
        page = client.get(f"/diecui/sessions/{today.pk}/").content.decode()
        assert all(words in page for words in ("消防通道", "划消防线", "6 人"))
        assert "已超期" not in page

    def test_likely_personal_data_are_shown_before_they_become_public(self, client, today, clerk, now):
        minutes.session_minutes(session_id=today.pk, actor=clerk, minutes="x", headcount=2, at=now)
        client.force_login(clerk)

        answer = client.post(step(today, "publish"), {"summary": "请联系 13912345678"})

        assert answer.status_code == 422
        assert DeliberationSession.objects.get(pk=today.pk).published_at is None

    def test_the_desk_page_costs_the_same_with_3_and_with_30(
        self, client, today, clerk, grid_worker, diecui, now
    ):
        client.force_login(clerk)
        client.get(reverse(f"{DESK}change", args=[today.pk]))
        used = []
        for count in (3, 27):
            for number in range(count):
                at = now + timedelta(milliseconds=number)
                agenda.agenda_add(
                    session_id=today.pk, actor=clerk, title=f"题 {count} {number}", is_public=True, at=at
                )
                matter = file(diecui, who=person(phone=f"139{count:04}{number:04}"))
                agenda.agenda_take(session_id=today.pk, actor=clerk, petition_ids=[matter.pk], at=at)
                Participant.objects.create(session=today, name=f"人 {count} {number}")
                Participant.objects.create(session=today, user=make_user(f"{count} {number}"))
                Resolution.objects.create(
                    session=today,
                    text=f"议 {count} {number}",
                    responsible=clerk,
                    supervisor=grid_worker,
                    recorded_by=clerk,
                    recorded_at=at,
                )
            with statements() as asked:
                client.get(reverse(f"{DESK}change", args=[today.pk]))
            used.append(len(asked))
        assert used[0] == used[1] <= 6

    def test_paper_for_the_day_is_a_pdf(self, client, session, clerk):
        client.force_login(clerk)

        answer = client.get(reverse(f"{DESK}sheet", args=[session.pk]))

        assert answer.content.startswith(b"%PDF")

    def test_a_joint_meeting_is_called(self, client, diecui, secretary, now):
        client.force_login(secretary)
        day = (timezone.localdate(now) + 2 * DAY).isoformat()

        answer = client.post(
            reverse(f"{DESK}call"),
            {
                "schedule": schedule_of(diecui, "joint-meeting").pk,
                "day": day,
                "time": "15:00",
                "estate": diecui.estate.pk,
                "venue": "议事厅",
            },
        )

        assert answer.status_code == 302
        session = DeliberationSession.objects.get(kind="joint_meeting")
        assert session.quorum_bodies == ["branch", "owners", "property"]

    def test_schedules_are_edited_by_those_who_keep_the_brand(self, client, diecui, secretary):
        client.force_login(secretary)
        path = reverse("admin:petitions_deliberationschedule_change", args=[schedule_of(diecui).pk])

        page = client.get(path)
        data = {
            name: "" if value is None else value
            for name, value in page.context["adminform"].form.initial.items()
        }
        data.pop("community", None)
        answer = client.post(path, {**data, "starts_at": "16:00", "rotates": "", "is_numbered": ""})

        assert answer.status_code == 302, page.content.decode()[-3000:]
        assert f"{schedule_of(diecui).starts_at:%H:%M}" == "16:00"


class TestResolutionPages:
    @pytest.fixture
    def resolution(self, today, secretary, clerk, grid_worker, now):
        from petitions.actions.sessions import resolving

        minutes.session_minutes(session_id=today.pk, actor=clerk, minutes="x", headcount=2, at=now)
        due = timezone.localdate(now)
        return resolving.resolution_add(
            session_id=today.pk,
            actor=clerk,
            decision=resolving.Decision("修门禁", grid_worker, secretary, due),
            at=now,
        )

    def test_whoever_has_nothing_to_do_with_it_does_not_find_it(
        self, client, resolution, worker_of_another_grid
    ):
        path = reverse("petitions:resolution", args=[resolution.pk])
        assert client.get(path).status_code == 302

        client.force_login(worker_of_another_grid)

        assert client.get(path).status_code == 404

    def test_strangers_read_of_a_published_one_that_it_is_late(
        self, client, today, resolution, secretary, now
    ):
        words = {resolution.pk: "划消防线"}
        minutes.session_publish(
            session_id=today.pk, actor=secretary, summary="议了", resolutions=words, at=now
        )
        path = reverse("petitions:session", args=["diecui", today.pk])
        assert "已超期" not in client.get(path).content.decode()

        Resolution.objects.update(due_on=timezone.localdate(now) - timedelta(days=1))

        assert "已超期" in client.get(path).content.decode()

    def test_urge_rises_once_for_two_taps(self, client, resolution, secretary):
        client.force_login(secretary)

        for _again in range(2):
            client.post(reverse("petitions:resolution_urge", args=[resolution.pk]))

        resolution.refresh_from_db()
        assert resolution.urge_count == 1
        assert "1 次" in client.get(reverse("petitions:resolution", args=[resolution.pk])).content.decode()

    def test_the_responsible_person_says_that_it_is_done(self, client, resolution, grid_worker):
        client.force_login(grid_worker)
        assert "修门禁" in client.get(reverse("petitions:resolutions")).content.decode()
        assert "我负责的决议" in client.get(reverse("petitions:today")).content.decode()

        client.post(reverse("petitions:resolution", args=[resolution.pk]), {"note": "修好了"})

        resolution.refresh_from_db()
        assert resolution.state == ResolutionState.DONE
