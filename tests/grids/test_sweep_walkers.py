"""Volunteers on a sweep: asked along, record stops, lose it at once, and see nobody who lives there (G-20)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, RepeatedError
from core.models import InboxItem, StoredImage, User
from grids.actions.sweep_reminding import sweeps_remind
from grids.actions.sweep_walking import stop_photos_expire, stop_walk, walker_end, walker_name
from grids.actions.sweeps import Went, sweep_finish
from grids.models import EntryState, FieldEntry, Hazard, Sweep, SweepStop, SweepWalker
from tests.cast import make_resident
from tests.grids.hazards import a_type, upload
from tests.grids.registers import mark
from tests.grids.test_patrol_pages import as_user, bring
from tests.grids.test_sweeps import planned
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MINE = "/account/sweeping/"
WORDS = "楼道里堆了纸箱。"


@pytest.fixture
def sweep(diecui, secretary, grid_worker) -> Sweep:
    return planned(diecui.estate, secretary, [grid_worker], at=timezone.now())


def asked(sweep: Sweep, user: User, actor: User) -> SweepWalker:
    return walker_name(sweep_id=sweep.pk, user_id=user.pk, actor=actor, at=timezone.now())


@pytest.fixture
def walker(sweep, resident, secretary) -> SweepWalker:
    return asked(sweep, resident, secretary)


def page_of(sweep: Sweep) -> str:
    return f"{MINE}{sweep.pk}/"


def statuses(user: User | None, sweep: Sweep) -> set[int]:
    client = as_user(user)
    return {client.get(path).status_code for path in (MINE, page_of(sweep), f"{page_of(sweep)}record/")}


def record(user: User, stop: SweepStop, result: str = "nothing", **more: Any) -> Any:
    given = {"stop": stop.pk, "result": result, "note": "", **more}
    return as_user(user).post(f"{page_of(stop.sweep)}record/", given)


def brought(user: User, stop: SweepStop, result: str = "nothing", pk: str = "", **more: Any) -> Any:
    given = {"stop": stop.pk, "result": result, "note": "", **more}
    return bring(user, "grids.stop", timezone.now(), pk=pk, **given)


class TestNaming:
    def test_resident_is_asked_with_a_page_that_opens_and_only_to_them(self, sweep, walker, resident):
        told = InboxItem.objects.get(kind="sweep.walker")

        assert told.user == resident
        assert as_user(resident).get("/" + told.url.split("/", 3)[3]).status_code == 200
        assert "我参加的摸排" in as_user(resident).get("/account/").content.decode()

    @pytest.mark.parametrize("who", ["neighbour", "grid_worker", "secretary", "outsider"])
    def test_for_everybody_else_there_is_no_such_page(self, request, sweep, walker, who):
        assert statuses(request.getfixturevalue(who), sweep) == {404}

    def test_strangers_are_sent_to_sign_in(self, sweep, walker):
        assert statuses(None, sweep) == {302}

    def test_of_another_sweep_nothing_opens(self, diecui, sweep, walker, resident, secretary, grid_worker):
        other = planned(
            diecui.estate, secretary, [grid_worker], name="另一次", at=timezone.now(), shops=["面馆"]
        )

        assert as_user(resident).get(page_of(other)).status_code == 404
        assert record(resident, other.stops.first()).status_code == 404
        with pytest.raises(NotAllowedError):
            walks(resident, other.stops.first())

    def test_staff_silent_ones_and_those_of_elsewhere_are_not_asked(
        self, sweep, secretary, grid_worker, neighbour, secretary_of_another_community, outsider
    ):
        mark(neighbour.resident, "搬离", None)
        for user in (grid_worker, neighbour, secretary_of_another_community, outsider):
            with pytest.raises(InvalidInputError):
                asked(sweep, user, secretary)
        assert not SweepWalker.objects.exists()

    def test_only_who_runs_the_grids_there_names_and_takes_off(
        self, sweep, walker, grid_worker, neighbour, leader_of_another_grid
    ):
        for actor in (grid_worker, leader_of_another_grid, neighbour):
            with pytest.raises(NotAllowedError):
                asked(sweep, neighbour, actor)
            with pytest.raises(NotAllowedError):
                walker_end(walker_id=walker.pk, actor=actor, at=timezone.now())

    def test_asked_twice_is_refused_also_by_the_database(self, sweep, walker, resident, secretary):
        with pytest.raises(RepeatedError):
            asked(sweep, resident, secretary)
        with pytest.raises(IntegrityError, match="sweep_walker_once"), transaction.atomic():
            SweepWalker.objects.create(sweep=sweep, user=resident, named_at=timezone.now())

    def test_desk_names_by_number_and_takes_off(self, sweep, resident, secretary):
        client = as_user(secretary)
        page = reverse("admin:grids_sweep_change", args=[sweep.pk])
        named = reverse("admin:grids_sweep_walker", args=[sweep.pk])
        ended = reverse("admin:grids_sweep_walker_end", args=[sweep.pk])

        assert client.post(named, {"account": resident.phone}).status_code == 302
        walker = SweepWalker.objects.get()
        assert str(resident) in client.get(page).content.decode()
        assert client.post(ended, {"walker": walker.pk}).status_code == 302
        assert statuses(resident, sweep) == {404}


class TestLosing:
    def test_taken_off_it_is_gone_at_once(self, sweep, walker, resident, secretary):
        assert statuses(resident, sweep) == {200}

        walker_end(walker_id=walker.pk, actor=secretary, at=timezone.now())

        assert statuses(resident, sweep) == {404}
        assert "我参加的摸排" not in as_user(resident).get("/account/").content.decode()
        assert SweepStop.objects.filter(recorded_by=resident).count() == 0

    def test_ended_over_or_moved_away_it_is_gone_at_once(self, sweep, walker, resident, secretary):
        Sweep.objects.filter(pk=sweep.pk).update(
            starts_on=timezone.localdate() - 9 * DAY, ends_on=timezone.localdate() - DAY
        )
        assert statuses(resident, sweep) == {404}
        Sweep.objects.filter(pk=sweep.pk).update(ends_on=timezone.localdate())
        assert statuses(resident, sweep) == {200}
        mark(resident.resident, "搬离", None, at=timezone.now())
        assert statuses(resident, sweep) == {404}

    def test_finished_it_is_gone_at_once(self, sweep, walker, resident, secretary):
        sweep_finish(sweep_id=sweep.pk, actor=secretary, at=timezone.now())

        assert statuses(resident, sweep) == {404}


def walks(user: User, stop: SweepStop, result: str = "nothing", **more: Any) -> SweepStop:
    went = Went(result, more.pop("note", ""), timezone.now(), **more)
    return stop_walk(stop_id=stop.pk, went=went, actor=user, at=timezone.now())


class TestRecording:
    def test_nothing_found_is_a_record_with_who_and_shown_to_both_sides(
        self, sweep, walker, resident, grid_worker
    ):
        stop = sweep.stops.first()

        assert record(resident, stop).status_code == 302
        stop.refresh_from_db()
        assert (stop.result, stop.recorded_by) == ("nothing", resident)
        for user, path in ((resident, page_of(sweep)), (grid_worker, f"/work/sweeps/{sweep.pk}/")):
            assert str(resident) in as_user(user).get(path).content.decode()

    def test_hazard_needs_a_photo_and_staff_enter_it_with_that_photo(
        self, sweep, walker, resident, grid_worker
    ):
        stop, before = sweep.stops.first(), StoredImage.objects.count()
        assert record(resident, stop, "hazard", note=WORDS).status_code == 422
        assert record(resident, stop, "hazard", note=WORDS, **upload()).status_code == 302

        told = InboxItem.objects.get(kind="sweep.found")
        assert (told.user, WORDS in told.body) == (grid_worker, True)
        client = as_user(grid_worker)
        stop.refresh_from_db()
        photo = reverse("grids:stop_photo", args=[sweep.pk, stop.pk])
        assert client.get(photo)["Content-Type"].startswith("image/")
        form = f"/work/hazards/new/?stop={stop.pk}"
        assert WORDS in client.get(form).content.decode()
        given = {"stop": stop.pk, "place": stop.place_id, "type": a_type().pk, "text": WORDS, "name": "楼长"}
        sent = {**given, "community": sweep.community.slug, "key": str(uuid4())}
        assert client.post(form, sent).status_code == 302

        hazard = Hazard.objects.get()
        stop.refresh_from_db()
        assert (hazard.stop, stop.photo, stop.recorded_by) == (stop, None, resident)
        assert hazard.photos.count() == 1
        assert client.get(photo).status_code == 404
        assert StoredImage.objects.filter(discarded_at=None).count() > before

    def test_photo_is_for_posts_over_the_sweep(
        self, sweep, walker, resident, neighbour, secretary_of_another_community
    ):
        stop = sweep.stops.first()
        record(resident, stop, "hazard", note=WORDS, **upload())
        photo = reverse("grids:stop_photo", args=[sweep.pk, stop.pk])

        found = {
            user: as_user(user).get(photo).status_code
            for user in (None, resident, neighbour, secretary_of_another_community)
        }
        assert list(found.values()) == [302, 403, 403, 404]

    def test_photo_of_someone_elses_stop_is_not_taken_along(
        self, sweep, walker, resident, leader_of_another_grid, secretary_of_another_community
    ):
        record(resident, sweep.stops.first(), "hazard", note=WORDS, **upload())
        client = as_user(secretary_of_another_community)

        page = client.get(f"/work/hazards/new/?stop={sweep.stops.first().pk}").content.decode()

        assert WORDS not in page

    def test_colleague_who_was_there_is_not_overwritten(self, sweep, walker, resident, grid_worker):
        stop = sweep.stops.first()
        walks(grid_worker, stop)

        assert record(resident, stop).status_code == 422  # not among those that are left
        with pytest.raises(ConflictError, match=str(grid_worker)):
            walks(resident, stop)

    def test_before_the_first_day_nothing_is_recorded(self, diecui, secretary, grid_worker, resident):
        tomorrow = timezone.localdate() + DAY
        sweep = planned(
            diecui.estate, secretary, [grid_worker], at=timezone.now(), starts_on=tomorrow, ends_on=tomorrow
        )
        asked(sweep, resident, secretary)

        assert as_user(resident).get(page_of(sweep)).status_code == 200
        assert record(resident, sweep.stops.first()).status_code == 409

    def test_pages_name_nobody_who_lives_there(self, diecui, sweep, walker, resident):
        for number, door in enumerate(diecui.households):
            make_resident(door, f"住户{number}", f"139000004{number:02}")
        client = as_user(resident)

        shown = "".join(
            client.get(path).content.decode() for path in (MINE, page_of(sweep), f"{page_of(sweep)}record/")
        )
        assert "住户" not in shown.replace("不进住户家", "")
        assert "101" not in shown

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_record_a_stop_once(self, sweep, walker, resident, neighbour, secretary):
        asked(sweep, neighbour, secretary)
        stop = sweep.stops.first()
        answers = at_once([lambda user=user: brought(user, stop) for user in (resident, neighbour)])

        assert sorted(answer.status_code for answer in answers) == [201, 409]


def own(told: dict[str, Any]) -> set[str]:
    """What a phone is told to keep, but for the form and the day of staff, which do not open for others."""
    return set(told["keep"]) - {"/today/", "/work/new/"}


class TestWithoutSignal:
    def test_phone_keeps_their_pages_until_they_are_taken_off(self, sweep, walker, resident, secretary):
        client = as_user(resident)
        told = client.get("/work/entries/").json()
        assert own(told) == {MINE, page_of(sweep), f"{page_of(sweep)}record/"}
        assert told["posts"] in client.get(page_of(sweep)).content.decode()

        walker_end(walker_id=walker.pk, actor=secretary, at=timezone.now())

        after = as_user(resident).get("/work/entries/").json()
        assert (own(after), after["posts"]) == (set(), "")

    def test_resident_who_goes_nowhere_keeps_nothing(self, sweep, walker, neighbour):
        told = as_user(neighbour).get("/work/entries/").json()

        assert (own(told), told["posts"]) == (set(), "")

    def test_entered_without_signal_it_lands_once_with_its_photo(self, sweep, walker, resident):
        stop, pk = sweep.stops.first(), str(uuid4())
        answers = [brought(resident, stop, "hazard", pk, note=WORDS, **upload()) for _turn in range(2)]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json()["url"] == page_of(sweep)
        stop.refresh_from_db()
        assert (stop.recorded_by, stop.photo is not None) == (resident, True)
        assert FieldEntry.objects.get().place == sweep.scope

    def test_brought_after_being_taken_off_it_waits_for_who_runs_it(self, sweep, walker, resident, secretary):
        walker_end(walker_id=walker.pk, actor=secretary, at=timezone.now())
        answer = brought(resident, sweep.stops.first(), "hazard", note=WORDS, **upload())
        entry = FieldEntry.objects.get()

        assert (answer.status_code, entry.state) == (202, EntryState.HELD)
        assert SweepStop.objects.filter(result="").count() == sweep.stops.count()
        as_user(secretary).post(f"/work/held/{entry.pk}/", {"accept": "1"})
        stop = SweepStop.objects.exclude(result="").get()
        assert (stop.recorded_by, stop.photo is not None) == (secretary, True)

    def test_whoever_was_never_asked_brings_nothing(self, sweep, walker, neighbour):
        answer = brought(neighbour, sweep.stops.first())

        assert answer.status_code == 403
        assert not FieldEntry.objects.exists()

    def test_volunteer_brings_no_other_kind(self, diecui, sweep, walker, resident):
        given = {"household": diecui.households[0].pk, "text": "买药", "kind": "other"}

        assert bring(resident, "grids.errand", timezone.now(), **given).status_code == 403
        assert not FieldEntry.objects.exists()


class TestReminding:
    def test_volunteers_hear_on_the_first_and_the_last_day_and_not_once_taken_off(
        self, sweep, walker, resident, neighbour, secretary
    ):
        off = asked(sweep, neighbour, secretary)
        walker_end(walker_id=off.pk, actor=secretary, at=timezone.now())
        InboxItem.objects.all().delete()
        for days in (0, 0, 3, 3, 4):
            sweeps_remind(at=timezone.now() + days * DAY)

        told = InboxItem.objects.filter(kind="sweep.walker").order_by("pk")
        assert [(item.user, item.title.partition("：")[0]) for item in told] == [
            (resident, "摸排开始"),
            (resident, "摸排今天截止"),
        ]
        assert {item.url.endswith(page_of(sweep)) for item in told} == {True}

    def test_photo_that_nobody_entered_goes_after_a_year(self, sweep, walker, resident):
        stop, now = sweep.stops.first(), timezone.now()
        record(resident, stop, "hazard", note=WORDS, **upload())

        assert stop_photos_expire(now + 360 * DAY) == 0
        assert [stop_photos_expire(now + 370 * DAY) for _turn in range(2)] == [1, 0]
        stop.refresh_from_db()
        assert (stop.photo, stop.result) == (None, "hazard")

    def test_corrected_to_nothing_its_photo_is_thrown_away(self, sweep, walker, resident):
        stop = sweep.stops.first()
        record(resident, stop, "hazard", note=WORDS, **upload())
        record(resident, stop)

        stop.refresh_from_db()
        assert (stop.result, stop.photo) == ("nothing", None)
        assert StoredImage.objects.exclude(discarded_at=None).count() == 1

    def test_pages_cost_the_same_for_many_stops_and_walkers(self, diecui, sweep, walker, resident, secretary):
        def cost() -> list[int]:
            client, counts = Client(), []
            client.force_login(User.objects.get(pk=resident.pk))
            client.get(MINE)
            for path in (MINE, page_of(sweep), f"{page_of(sweep)}record/"):
                with CaptureQueriesContext(connection) as queries:
                    client.get(path)
                counts.append(len(queries))
            return counts

        before = cost()
        SweepStop.objects.bulk_create(
            SweepStop(sweep=sweep, place=diecui.estate, name=f"店{number}") for number in range(30)
        )
        for number in range(9):
            person = make_resident(diecui.households[0], f"邻居{number}", f"139000005{number:02}")
            asked(sweep, person.user, secretary)

        assert cost() == before

    def test_guessed_numbers_are_none(self, sweep, walker, secretary):
        with pytest.raises(NotFoundError):
            walker_end(walker_id=999_999, actor=secretary, at=timezone.now())
        with pytest.raises(NotFoundError):
            walker_name(sweep_id=999_999, user_id=1, actor=secretary, at=timezone.now())
