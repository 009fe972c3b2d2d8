"""小板凳议事会: saved from a phone with three fields and notes; notes become matters once (P-27)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from community import actions
from community.models import TalkPoint
from community.models.place import PlaceKind, TalkPointKind
from core.errors import InvalidInputError, NotAllowedError
from core.models import InboxItem
from petitions.actions.sessions import stool
from petitions.actions.sessions.sweeping import sessions_sweep
from petitions.models import AgendaItem, DeliberationSession, Petition
from petitions.selectors.corners import corners_of
from tests.cast import NOW
from tests.parallel import at_once
from tests.petitions.sessions import DAY, HOUR


@pytest.fixture
def corner(diecui) -> TalkPoint:
    point = actions.talk_point_create(
        community=diecui.community, place=diecui.estate, kind=TalkPointKind.CORNER, name="槐树下", at=NOW
    )
    return TalkPoint.objects.select_related("community__place", "place__parent").get(pk=point.pk)


def save(corner, actor, key=None, **fields) -> DeliberationSession:
    notes = stool.StoolNotes(
        **{
            "corner": corner,
            "held_on": timezone.localdate(NOW),
            "headcount": 8,
            "notes": "车棚没有插座\n路灯不亮",
            **fields,
        }
    )
    return stool.stool_save(notes=notes, actor=actor, key=key or uuid4(), at=NOW)


@pytest.mark.django_db
class TestStool:
    def test_place_day_headcount_and_notes_are_enough(self, corner, grid_worker):
        session = save(corner, grid_worker)

        assert session.kind == "stool_council"
        assert session.estate == corner.place
        assert [item.text for item in session.agenda.order_by("pk")] == ["车棚没有插座", "路灯不亮"]

    def test_the_same_form_again_is_the_same_session(self, corner, grid_worker):
        key = uuid4()

        assert save(corner, grid_worker, key) == save(corner, grid_worker, key)

    def test_somebody_without_a_post_there_cannot(self, corner, outsider, secretary_of_another_community):
        for user in (outsider, secretary_of_another_community):
            with pytest.raises(NotAllowedError):
                save(corner, user)

    @pytest.mark.parametrize(("field", "value"), [("headcount", 0), ("notes", "  "), ("held_on", None)])
    def test_nonsense_is_refused(self, corner, grid_worker, field, value):
        value = value if value is not None else timezone.localdate(NOW) + DAY

        with pytest.raises(InvalidInputError):
            save(corner, grid_worker, **{field: value})

    def test_a_note_becomes_one_matter(self, corner, grid_worker):
        session = save(corner, grid_worker)
        item = session.agenda.order_by("pk")[0]

        for _again in range(2):
            stool.note_file(item_id=item.pk, actor=grid_worker, text="", topic="e_bike_charging", at=NOW)

        petition = Petition.objects.get()
        assert petition.channel == "session"
        assert petition.text == "车棚没有插座"
        assert petition.talk_point == corner
        item.refresh_from_db()
        assert item.petition == petition

    def test_who_took_the_notes_is_reminded_after_three_days_once(self, corner, grid_worker):
        save(corner, grid_worker)

        for hours in range(0, 6 * 24, 3):
            sessions_sweep(at=NOW + hours * HOUR)

        told = InboxItem.objects.get(user=grid_worker, kind="session.notes")
        assert told.created_at >= NOW + 3 * DAY

    def test_reviewed_notes_are_reminded_of_no_more(self, corner, grid_worker):
        session = save(corner, grid_worker)
        sessions_sweep(at=NOW)

        stool.notes_review(session_id=session.pk, actor=grid_worker, at=NOW + DAY)
        sessions_sweep(at=NOW + 5 * DAY)

        assert not InboxItem.objects.filter(kind="session.notes").exists()

    def test_a_corner_in_21_of_30_estates_is_70_per_cent(self, client, diecui):
        estates = [diecui.estate]
        for number in range(2, 31):
            estates.append(
                actions.place_create(
                    kind=PlaceKind.ESTATE, name=f"{number}号小区", parent=diecui.place, at=NOW
                )
            )
        for number, estate in enumerate(estates[:21]):
            actions.talk_point_create(
                community=diecui.community,
                place=estate,
                kind=TalkPointKind.CORNER,
                name=f"议事角{number}",
                at=NOW,
            )

        corners = corners_of(diecui.community)
        page = client.get("/diecui/sessions/").content.decode()

        assert (corners.with_corner, corners.estates, corners.percent) == (21, 30, 70)
        assert "70%" in page
        assert "21/30" in page


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_taps_make_one_matter(diecui, corner, grid_worker):
    item = save(corner, grid_worker).agenda.order_by("pk")[0]

    at_once([lambda: stool.note_file(item_id=item.pk, actor=grid_worker, text="", topic="lamp", at=NOW)] * 3)

    assert Petition.objects.count() == 1
    assert AgendaItem.objects.get(pk=item.pk).petition is not None


@pytest.mark.django_db
class TestPages:
    def test_saved_from_a_phone_and_turned_into_a_matter(self, client, corner, grid_worker):
        client.force_login(grid_worker)
        page = client.get(reverse("petitions:stool_new"))
        data = {
            "corner": corner.pk,
            "held_on": timezone.localdate().isoformat(),
            "headcount": "7",
            "notes": "路灯不亮",
            "key": str(page.context["form"]["key"].value()),
        }

        answer = client.post(reverse("petitions:stool_new"), data)
        session = DeliberationSession.objects.get()
        item = session.agenda.get()
        note = reverse("petitions:stool_note", args=[session.pk, item.pk])
        assert client.get(note).status_code == 200
        client.post(note, {"text": "北门路灯不亮", "topic": "lamp"})
        client.post(reverse("petitions:stool_reviewed", args=[session.pk]))

        assert answer["Location"] == reverse("petitions:stool", args=[session.pk])
        assert Petition.objects.get().text == "北门路灯不亮"
        assert "已梳理完" in client.get(answer["Location"]).content.decode()

    def test_the_notes_are_not_found_by_others(
        self, client, corner, grid_worker, secretary_of_another_community
    ):
        session = save(corner, grid_worker)
        path = reverse("petitions:stool", args=[session.pk])
        assert client.get(path).status_code == 302

        client.force_login(secretary_of_another_community)

        assert client.get(path).status_code == 404
