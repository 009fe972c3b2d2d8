"""The ledger of hazards: nothing in it without somebody and a day, nothing out of it without a second look."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.duties import Duty
from community.models import Estate, Organisation, Place, Post
from core.errors import ConflictError, DomainError, InvalidInputError, NotAllowedError, RepeatedError
from core.models import AuditEntry, InboxItem, StoredImage, User
from grids.actions.hazards.filing import Answerable, Found, hazard_file
from grids.actions.hazards.leaving import departed_replaced
from grids.actions.hazards.rectifying import hazard_close, hazard_done, hazard_move, hazard_reopen
from grids.actions.hazards.sweeping import hazards_sweep
from grids.models import Hazard, HazardPhoto, HazardState, HazardType
from grids.selectors.hazard_days import climbs, first_on, recheck_step, step_of
from petitions.actions.photos import photos_abandoned_delete
from tests.cast import NOW, make_user, put_in_post
from tests.grids.hazards import DAY, TODAY, a_type, found, in_hand, photo, upload
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
LIST = "/work/hazards/"
NEW = "/work/hazards/new/"


def close(hazard: Hazard, actor: User, *, at: datetime = NOW, photos: Any = None) -> Hazard:
    taken = [photo()] if photos is None else photos
    return hazard_close(hazard_id=hazard.pk, note="", photos=taken, actor=actor, at=at)


def done(hazard: Hazard, actor: User, *, at: datetime = NOW) -> Hazard:
    return hazard_done(hazard_id=hazard.pk, note="线已拆除。", photos=[], actor=actor, at=at)


@pytest.fixture
def company(estate: Place, community: Any) -> Organisation:
    made = Organisation.objects.create(community=community, kind="property_company", name="安居物业")
    Estate.objects.update_or_create(place=estate, defaults={"property_company": made})
    return made


class TestFiling:
    def test_six_types_and_coal_heating_are_there(self, db):
        assert HazardType.objects.filter(community=None).count() == 7

    def test_hazard_with_photo_day_and_person_is_in_the_ledger(
        self, building, grid_worker, grid_leader, grid
    ):
        hazard = in_hand(building, grid_worker, grid_leader)

        assert (hazard.state, hazard.scope_id, hazard.responsible) == (HazardState.OPEN, grid.pk, grid_leader)
        assert hazard.photos.count() == 1
        assert InboxItem.objects.get(kind="hazard.given").user == grid_leader
        assert AuditEntry.objects.filter(event="hazard.filed").count() == 1

    def test_fixed_on_the_spot_needs_neither_day_nor_person(self, building, grid_worker):
        hazard = hazard_file(
            found=found(building, fixed="当场拔掉插头，收走拖线板。"),
            answerable=None,
            key=uuid4(),
            actor=grid_worker,
            at=NOW,
        )

        assert (hazard.state, hazard.closed_at, hazard.sweep_on) == (HazardState.FIXED, NOW, None)

    @pytest.mark.parametrize(
        "answerable",
        [
            None,
            Answerable(TODAY + DAY),
            Answerable(TODAY - DAY, name="张三"),
            Answerable(TODAY + 400 * DAY, name="x"),
        ],
    )
    def test_without_a_day_and_a_person_it_is_refused(self, building, grid_worker, answerable):
        with pytest.raises(InvalidInputError):
            hazard_file(found=found(building), answerable=answerable, key=uuid4(), actor=grid_worker, at=NOW)

        assert not Hazard.objects.exists()

    def test_without_a_photo_it_is_refused(self, building, grid_worker):
        with pytest.raises(InvalidInputError):
            in_hand(building, grid_worker, photos=[])

    def test_sent_twice_it_is_there_once(self, building, grid_worker):
        key, answerable = uuid4(), Answerable(TODAY + DAY, name="张三")
        made = {
            hazard_file(found=found(building), answerable=answerable, key=key, actor=grid_worker, at=NOW).pk
            for _ in range(2)
        }

        assert len(made) == Hazard.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_sent_by_three_at_once_it_is_there_once(self, building, grid_worker):
        key, answerable, seen = uuid4(), Answerable(TODAY + DAY, name="张三"), found(building)
        results = at_once(
            [lambda: hazard_file(found=seen, answerable=answerable, key=key, actor=grid_worker, at=NOW)] * 3
        )

        assert {result.pk for result in results} == {Hazard.objects.get().pk}

    def test_key_of_somebody_else_is_refused(self, building, grid_worker, grid_leader):
        hazard = in_hand(building, grid_worker)

        with pytest.raises(ConflictError):
            hazard_file(
                found=found(building),
                answerable=Answerable(TODAY, name="张三"),
                key=hazard.key,
                actor=grid_leader,
                at=NOW,
            )

    def test_in_a_public_area_the_property_company_answers(self, building, grid_worker, company):
        hazard = hazard_file(
            found=found(building, is_public_area=True),
            answerable=Answerable(TODAY + DAY),
            key=uuid4(),
            actor=grid_worker,
            at=NOW,
        )

        assert hazard.responsible_body == company

    def test_in_a_public_area_without_company_somebody_is_named(self, building, grid_worker):
        with pytest.raises(InvalidInputError):
            hazard_file(
                found=found(building, is_public_area=True),
                answerable=Answerable(TODAY + DAY),
                key=uuid4(),
                actor=grid_worker,
                at=NOW,
            )

    def test_of_a_whole_estate_in_two_grids_it_is_in_the_finders(self, estate, grid_worker, grid):
        assert in_hand(estate, grid_worker).scope_id == grid.pk

    def test_in_another_grid_it_is_refused(self, building, worker_of_another_grid):
        with pytest.raises(NotAllowedError):
            in_hand(building, worker_of_another_grid)

    def test_type_of_another_community_is_refused(self, building, grid_worker, fuxi):
        other = HazardType.objects.create(community=fuxi.community, name="鸽棚")
        with pytest.raises(InvalidInputError):
            hazard_file(
                found=Found(other, building, "x", [photo()], NOW),
                answerable=Answerable(TODAY, name="张三"),
                key=uuid4(),
                actor=grid_worker,
                at=NOW,
            )

    def test_photo_of_a_hazard_outlives_the_tidying(self, building, grid_worker):
        in_hand(building, grid_worker)

        assert photos_abandoned_delete(at=NOW + 9 * DAY) == 0

    def test_photo_outlives_the_tidying_whichever_row_shows_it(self, building, grid_worker):
        hazard = in_hand(building, grid_worker)
        hazard.photos.all().delete()

        assert photos_abandoned_delete(at=NOW + 9 * DAY) == 0
        hazard.photo.refresh_from_db()


class TestDatabase:
    """Whatever an action forgets, a row that must not be is refused."""

    @pytest.mark.parametrize(
        "change",
        [
            {"rectify_by": None},
            {"responsible": None},
            {"state": HazardState.CLOSED},
            {"state": HazardState.CLOSED, "closed_at": NOW},
            {"closed_at": NOW},
            {"photo": None},
        ],
    )
    def test_what_must_not_be_is_refused(self, building, grid_worker, grid_leader, change):
        hazard = in_hand(building, grid_worker, grid_leader)

        with pytest.raises(IntegrityError), transaction.atomic():
            Hazard.objects.filter(pk=hazard.pk).update(**change)

    def test_closed_without_photo_is_refused(self, building, grid_worker, grid_leader):
        hazard = in_hand(building, grid_worker, grid_leader)

        with pytest.raises(IntegrityError, match="hazard_closed_by_recheck"), transaction.atomic():
            Hazard.objects.filter(pk=hazard.pk).update(
                state="closed", closed_at=NOW, rechecked_by=grid_worker
            )

    def test_closed_by_the_responsible_person_is_refused(self, building, grid_worker, grid_leader):
        hazard = in_hand(building, grid_worker, grid_leader)

        with pytest.raises(IntegrityError, match="hazard_rechecked_by_another"), transaction.atomic():
            Hazard.objects.filter(pk=hazard.pk).update(
                state="closed", closed_at=NOW, rechecked_by=grid_leader, recheck_photo=photo()
            )


class TestClosing:
    @pytest.fixture
    def hazard(self, building, grid_worker, grid_leader) -> Hazard:
        return in_hand(building, grid_worker, grid_leader)

    def test_put_right_and_looked_at_again_it_is_closed(self, hazard, grid_leader, grid_worker):
        done(hazard, grid_leader)
        assert InboxItem.objects.get(kind="hazard.recheck").user == grid_worker
        closed = close(hazard, grid_worker)

        assert (closed.state, closed.rechecked_by, closed.sweep_on) == (HazardState.CLOSED, grid_worker, None)
        assert [event.kind for event in closed.events.all()] == ["filed", "done", "closed"]

    def test_whoever_answers_for_it_cannot_close_it(self, hazard, grid_leader):
        done(hazard, grid_leader)

        with pytest.raises(NotAllowedError):
            close(hazard, grid_leader)

    def test_whoever_answers_for_it_cannot_give_it_away_or_more_time(self, hazard, grid_leader):
        with pytest.raises(NotAllowedError):
            hazard_move(
                hazard_id=hazard.pk,
                answerable=Answerable(TODAY + DAY, name="别人"),
                reason="没空",
                actor=grid_leader,
                at=NOW,
            )

    def test_who_represents_the_company_that_answers_cannot_close_it(
        self, building, estate, grid_worker, company
    ):
        hazard = hazard_file(
            found=found(building, is_public_area=True),
            answerable=Answerable(TODAY + DAY),
            key=uuid4(),
            actor=grid_worker,
            at=NOW,
        )
        put_in_post(grid_worker, Duty.PROPERTY_REP, estate)

        with pytest.raises(NotAllowedError):
            close(hazard, User.objects.get(pk=grid_worker.pk))

    def test_without_a_photo_it_stays_open(self, hazard, grid_worker):
        with pytest.raises(InvalidInputError):
            close(hazard, grid_worker, photos=[])

    def test_closed_twice_the_second_is_told(self, hazard, grid_worker, secretary):
        close(hazard, grid_worker)

        with pytest.raises(RepeatedError):
            close(hazard, secretary)

    def test_looked_at_in_vain_it_has_a_new_day_and_new_reminders(self, hazard, grid_worker, grid_leader):
        done(hazard, grid_leader)
        again = hazard_reopen(
            hazard_id=hazard.pk,
            reason="线还在。",
            rectify_by=TODAY + 3 * DAY,
            photos=[],
            actor=grid_worker,
            at=NOW,
        )

        assert (again.state, again.round, again.done_at) == (HazardState.OPEN, 2, None)
        assert InboxItem.objects.filter(kind="hazard.given", user=grid_leader).count() == 2

    def test_of_another_grid_nobody_closes_it(self, hazard, worker_of_another_grid):
        with pytest.raises(NotAllowedError):
            close(hazard, worker_of_another_grid)

    def test_leader_gives_it_into_other_hands(self, hazard, secretary, grid_worker):
        moved = hazard_move(
            hazard_id=hazard.pk,
            answerable=Answerable(TODAY + DAY, user=grid_worker),
            reason="网格长出差。",
            actor=secretary,
            at=NOW,
        )

        assert (moved.responsible, moved.rectify_by) == (grid_worker, TODAY + DAY)
        with pytest.raises(NotAllowedError):
            close(moved, grid_worker)

    @pytest.mark.django_db(transaction=True)
    def test_closed_by_two_at_once_it_is_closed_once(self, hazard, grid_worker, secretary):
        results = at_once(
            [lambda user=user: close(hazard, user) for user in (grid_worker, secretary, grid_worker)]
        )

        assert sum(isinstance(result, Hazard) for result in results) == 1
        assert sum(isinstance(result, DomainError) for result in results) == 2
        assert HazardPhoto.objects.filter(kind="closed").count() == 1


class TestReminding:
    def told(self, at: datetime) -> list[tuple[str, str]]:
        before = set(InboxItem.objects.values_list("pk", flat=True))
        hazards_sweep(at=at)
        new = InboxItem.objects.exclude(pk__in=before).order_by("user__username")
        return [(item.kind, item.user.username) for item in new]

    def test_three_days_one_day_on_the_day_and_over_it(self, building, grid_worker, grid_leader):
        in_hand(building, grid_worker, grid_leader, days=7)
        days = [day for day in range(1, 10) if self.told(NOW + day * DAY)]

        assert days == [4, 6, 7, 8, 9]

    def test_swept_twice_a_day_it_is_said_once(self, building, grid_worker, grid_leader):
        in_hand(building, grid_worker, grid_leader, days=3)
        later = NOW + 2 * DAY

        assert len(self.told(later)) == 1
        assert self.told(later + timedelta(hours=3)) == []

    def test_up_the_ladder_once_it_is_overdue(
        self, building, grid_worker, grid_leader, secretary, supervisor
    ):
        in_hand(building, grid_worker, grid_worker, days=0)
        told = {day: {name for _kind, name in self.told(NOW + day * DAY)} for day in (1, 2, 7, 14)}

        assert told == {
            1: {"worker", "leader"},
            2: {"worker"},
            7: {"worker", "secretary"},
            14: {"worker", "secretary", "supervisor"},
        }

    def test_of_days_that_a_sweep_missed_only_the_latest_is_said(self, building, grid_worker, grid_leader):
        in_hand(building, grid_worker, grid_leader, days=7)

        assert self.told(NOW + 6 * DAY) == [("hazard.due", "leader")]
        assert self.told(NOW + 6 * DAY) == []

    def test_somebody_without_account_is_told_through_the_worker(self, building, grid_worker):
        in_hand(building, grid_worker, days=1)

        assert self.told(NOW + DAY) == [("hazard.due", "worker")]

    def test_closed_one_is_not_asked_after(self, building, grid_worker, grid_leader):
        close(in_hand(building, grid_worker, grid_leader, days=1), grid_worker)

        assert self.told(NOW + 5 * DAY) == []

    @pytest.mark.django_db(transaction=True)
    def test_two_sweeps_at_once_say_it_once(self, building, grid_worker, grid_leader):
        for _ in range(4):
            in_hand(building, grid_worker, grid_leader, days=1)
        at_once([lambda: hazards_sweep(at=NOW + DAY)] * 3)

        assert InboxItem.objects.filter(kind="hazard.due").count() == 4

    def test_sweep_takes_as_many_statements_for_many(self, building, grid_worker, grid_leader):
        counted = []
        for number in (3, 12):
            Hazard.objects.all().update(sweep_on=None)
            for _ in range(number):
                in_hand(building, grid_worker, grid_leader, days=1)
            with CaptureQueriesContext(connection) as queries:
                hazards_sweep(at=NOW + DAY)
            counted.append(len(queries))

        assert counted[0] == counted[1]

    @pytest.mark.parametrize(("left", "step"), [(5, None), (3, 3), (2, 3), (1, 1), (0, 0), (-4, -4)])
    def test_step_of_a_day(self, left, step):
        assert step_of(TODAY + left * DAY, TODAY) == step

    @pytest.mark.parametrize(("left", "ahead"), [(10, 7), (4, 1), (3, 2), (1, 1), (0, 1), (-3, 1)])
    def test_next_day(self, left, ahead):
        assert first_on(TODAY + left * DAY, TODAY) == TODAY + ahead * DAY

    def test_rungs(self):
        late = (-1, 0, 1, 6, 7, 13, 14, 23)

        assert [[climb.stage for climb in climbs(TODAY, TODAY + day * DAY)] for day in late] == [
            [],
            [],
            ["leader.0"],
            ["leader.0"],
            ["leader.0", "secretary.1"],
            ["leader.0", "secretary.1"],
            ["leader.0", "secretary.2", "subdistrict.2"],
            ["leader.0", "secretary.3", "subdistrict.3"],
        ]

    @pytest.mark.parametrize(
        ("late", "heard"),
        [
            (3, {"worker", "leader"}),
            (9, {"worker", "leader", "secretary"}),
            (16, {"worker", "leader", "secretary", "supervisor"}),
        ],
    )
    def test_of_a_sweep_that_comes_late_every_tier_whose_day_has_passed_hears_once(
        self, building, grid_worker, grid_leader, secretary, supervisor, late, heard
    ):
        in_hand(building, grid_worker, grid_worker, days=0)

        assert {name for _kind, name in self.told(NOW + late * DAY)} == heard
        assert self.told(NOW + (late + 1) * DAY) == [("hazard.overdue", "worker")]


class TestWaitingForTheRecheck:
    """Once it is said to be put right, whoever looks again is asked, and nobody else before its day."""

    told = TestReminding.told

    @pytest.fixture
    def hazard(self, building, grid_worker, grid_leader, secretary) -> Hazard:
        return done(in_hand(building, grid_worker, grid_leader, days=15), grid_leader)

    def test_checker_hears_after_one_and_three_days_then_weekly_and_nobody_else(self, hazard):
        told = {
            day: {name for _kind, name in found} for day in range(15) if (found := self.told(NOW + day * DAY))
        }

        assert told == {1: {"worker"}, 3: {"worker"}, 10: {"worker"}}

    @pytest.mark.parametrize(
        ("waited", "step"), [(0, None), (1, 1), (2, 1), (3, 3), (9, 3), (10, 10), (25, 24)]
    )
    def test_step_of_the_recheck(self, waited, step):
        assert recheck_step(TODAY, TODAY + waited * DAY) == step

    def test_over_its_day_the_tiers_hear_and_whoever_answers_for_it_does_not(self, hazard, secretary):
        self.told(NOW + 15 * DAY)

        assert {name for _kind, name in self.told(NOW + 16 * DAY)} == {"leader"}
        assert {name for _kind, name in self.told(NOW + 22 * DAY)} == {"secretary", "worker"}

    def test_checker_who_left_is_followed_by_the_next_the_morning_after(self, hazard, grid_worker, secretary):
        Post.objects.filter(user=grid_worker).update(ends_on=TODAY)

        assert self.told(NOW + DAY) == [("hazard.recheck", "secretary")]
        assert self.told(NOW + 2 * DAY) == []
        assert self.told(NOW + 3 * DAY) == [("hazard.recheck", "secretary")]

    def test_whoever_found_what_they_answer_for_is_followed_by_the_tier_above(
        self, building, grid_worker, grid_leader
    ):
        done(in_hand(building, grid_worker, grid_worker), grid_worker)
        assert InboxItem.objects.get(kind="hazard.recheck").user == grid_leader

        Post.objects.filter(user=grid_leader).update(ends_on=TODAY)
        scope = Hazard.objects.get().scope
        put_in_post(make_user("next", "继任"), Duty.GRID_LEADER, scope, starts_on=TODAY + DAY)
        assert self.told(NOW + DAY) == [("hazard.recheck", "next")]

    def test_leader_who_found_and_answers_does_not_look_again(self, building, grid_leader, secretary):
        done(in_hand(building, grid_leader, grid_leader), grid_leader)

        assert InboxItem.objects.get(kind="hazard.recheck").user == secretary

    def test_in_vain_the_responsible_person_hears_again(self, hazard, grid_worker):
        hazard_reopen(
            hazard_id=hazard.pk,
            reason="线还在。",
            rectify_by=TODAY + 2 * DAY,
            photos=[],
            actor=grid_worker,
            at=NOW,
        )

        assert self.told(NOW + DAY) == [("hazard.due", "leader")]


class TestPages:
    """On the phone, with the clock of the day on which the tests run."""

    @pytest.fixture
    def hazard(self, building, grid_worker, grid_leader) -> Hazard:
        return in_hand(building, grid_worker, grid_leader, at=timezone.now())

    def given(self, place: Place, **fields: Any) -> dict[str, Any]:
        return {
            "key": str(uuid4()),
            "type": str(a_type().pk),
            "place": str(place.pk),
            "text": "楼道里堆着纸箱。",
            "rectify_by": f"{timezone.localdate() + DAY}",
            "name": "住户李四",
            **fields,
        }

    def test_hazard_is_entered_with_a_photo(self, client, building, grid_worker):
        client.force_login(grid_worker)
        assert client.get(NEW).status_code == 200
        answer = client.post(NEW, self.given(building, **upload()))

        hazard = Hazard.objects.get()
        assert answer["Location"] == f"{LIST}{hazard.pk}/"
        assert "楼道里堆着纸箱。" in client.get(answer["Location"]).content.decode()

    @pytest.mark.parametrize("missing", ["type", "place", "text", "name"])
    def test_what_is_missing_is_said_and_the_photo_stays(self, client, building, grid_worker, missing):
        client.force_login(grid_worker)
        refused = client.post(NEW, {**self.given(building, **upload()), missing: ""})
        token = re.search(r'name="kept_photos" value="([^"]+)"', refused.content.decode())[1]  # type: ignore[index]
        answer = client.post(NEW, self.given(building, kept_photos=token))

        assert (refused.status_code, answer.status_code) == (422, 302)
        assert StoredImage.objects.count() == Hazard.objects.get().photos.count() == 1

    def test_without_a_day_the_types_usual_days_hold(self, client, building, grid_worker):
        client.force_login(grid_worker)
        assert 'data-days="3"' in client.get(NEW).content.decode()
        assert client.post(NEW, self.given(building, rectify_by="", **upload())).status_code == 302

        assert Hazard.objects.get().rectify_by == timezone.localdate() + a_type().days * DAY

    def test_without_photo_it_is_refused(self, client, building, grid_worker):
        client.force_login(grid_worker)

        assert client.post(NEW, self.given(building)).status_code == 422

    def test_kept_photo_of_somebody_else_is_nobodys(self, client, building, grid_worker, grid_leader):
        client.force_login(grid_leader)
        refused = client.post(NEW, {**self.given(building, **upload()), "text": ""})
        token = re.search(r'name="kept_photos" value="([^"]+)"', refused.content.decode())[1]  # type: ignore[index]
        client.force_login(grid_worker)

        assert client.post(NEW, self.given(building, kept_photos=token)).status_code == 422

    def test_company_answers_for_a_public_area_without_being_chosen(
        self, client, building, grid_worker, company
    ):
        client.force_login(grid_worker)
        client.post(NEW, self.given(building, name="", is_public_area="on", **upload()))

        assert Hazard.objects.get().responsible_body == company

    def test_whole_way_through_the_pages(self, client, hazard, grid_worker, grid_leader):
        page = f"{LIST}{hazard.pk}/"
        client.force_login(grid_leader)
        assert client.post(f"{page}done/", {"note": "已清走。", **upload()}).status_code == 302
        assert client.post(f"{page}recheck/", {"passed": "yes", **upload()}).status_code == 403
        client.force_login(grid_worker)
        assert client.post(f"{page}recheck/", {"passed": "yes"}).status_code == 422
        assert client.post(f"{page}recheck/", {"passed": "yes", **upload()}).status_code == 302

        hazard.refresh_from_db()
        assert hazard.state == HazardState.CLOSED
        assert client.get(page).context["steps"] == []

    def test_recheck_in_vain_wants_a_reason_and_a_day(self, client, hazard, grid_worker):
        client.force_login(grid_worker)
        page = f"{LIST}{hazard.pk}/recheck/"
        assert client.post(page, {"passed": "no"}).status_code == 422
        day = timezone.localdate() + 2 * DAY
        assert (
            client.post(page, {"passed": "no", "note": "还在。", "rectify_by": f"{day}"}).status_code == 302
        )

        hazard.refresh_from_db()
        assert (hazard.round, hazard.rectify_by) == (2, day)

    def test_leader_moves_it_on_the_page(self, client, hazard, secretary):
        client.force_login(secretary)
        day = timezone.localdate() + 2 * DAY
        given = {"rectify_by": f"{day}", "who": "", "name": "店主", "note": "店里的线。"}
        assert client.get(f"{LIST}{hazard.pk}/move/").status_code == 200
        assert client.post(f"{LIST}{hazard.pk}/move/", given).status_code == 302

        hazard.refresh_from_db()
        assert (hazard.responsible, hazard.responsible_name) == (None, "店主")

    def test_only_what_a_person_may_do_is_offered(self, client, hazard, grid_worker, grid_leader, secretary):
        offered = {}
        for user in (grid_worker, grid_leader, secretary):
            client.force_login(user)
            offered[user.username] = [
                step for step, _label in client.get(f"{LIST}{hazard.pk}/").context["steps"]
            ]

        assert offered == {
            "worker": ["done", "recheck"],
            "leader": ["done"],
            "secretary": ["done", "recheck", "move"],
        }

    def test_worker_of_another_grid_sees_nothing(self, client, hazard, worker_of_another_grid):
        client.force_login(worker_of_another_grid)
        image = hazard.photos.get().pk

        assert hazard.text not in client.get(LIST).content.decode()
        for path in ("", "done/", "recheck/", "move/", f"photos/{image}/"):
            assert client.get(f"{LIST}{hazard.pk}/{path}").status_code == 404
        assert client.post(f"{LIST}{hazard.pk}/done/", {"note": "x"}).status_code == 404
        assert {tile.count for tile in client.get("/today/").context["tiles"] if tile.code == "hazard"} <= {0}

    def test_photo_is_shown_to_whoever_may_see_it(self, client, hazard, grid_worker):
        client.force_login(grid_worker)
        path = f"{LIST}{hazard.pk}/photos/{hazard.photos.get().pk}/"

        assert client.get(path)["Content-Type"] == "image/jpeg"

    def test_strangers_sign_in_and_outsiders_are_refused(self, client, hazard, outsider):
        assert client.get(LIST).status_code == 302
        client.force_login(outsider)
        assert {client.get(path).status_code for path in (LIST, NEW, f"{LIST}{hazard.pk}/")} == {403}

    def test_list_takes_as_many_statements_for_many(self, client, building, grid_worker):
        client.force_login(grid_worker)
        counted = []
        for number in (3, 27):
            for _ in range(number):
                in_hand(building, grid_worker, at=timezone.now())
            client.get(LIST)
            with CaptureQueriesContext(connection) as queries:
                client.get(LIST)
            counted.append(len(queries))

        assert counted[0] == counted[1]

    def test_today_says_how_many_and_how_many_are_late(self, client, hazard, grid_worker):
        Hazard.objects.update(rectify_by=timezone.localdate() - DAY)
        client.force_login(grid_worker)
        tile = next(tile for tile in client.get("/today/").context["tiles"] if tile.code == "hazard")

        assert (tile.count, tile.text) == (1, "超期 1 处")


JSON: Final = {"Accept": "application/json"}


class TestWithoutSignal:
    def sent(self, town: Any, **fields: Any) -> dict[str, Any]:
        now = timezone.now()
        return {
            "entry.id": str(uuid4()),
            "entry.kind": "grids.hazard",
            "entry.title": "飞线充电",
            "entry.captured_at": (now - timedelta(hours=3)).isoformat(),
            "entry.sent_at": now.isoformat(),
            "community": town.community.slug,
            "key": "00000000-0000-4000-8000-000000000001",
            "type": str(a_type().pk),
            "place": str(town.buildings[0].pk),
            "text": "一楼拉线充电。",
            "rectify_by": f"{timezone.localdate() + DAY}",
            "name": "住户李四",
            **fields,
        }

    def test_it_lands_once_with_its_photo_and_its_own_time(self, client, diecui, grid_worker):
        client.force_login(grid_worker)
        sent = self.sent(diecui)
        answers = [client.post("/work/entries/", {**sent, **upload()}) for _ in range(2)]

        hazard = Hazard.objects.get()
        assert [answer.status_code for answer in answers] == [201, 201]
        assert {answer.json()["name"] for answer in answers} == {hazard.number}
        assert hazard.photos.count() == 1
        assert timedelta(hours=2) < hazard.filed_at - hazard.found_at < timedelta(hours=4)

    def stepped(self, hazard: Any, step: str, **fields: Any) -> dict[str, Any]:
        now = timezone.now().isoformat()
        about = {"id": str(uuid4()), "kind": "grids.hazard_step", "captured_at": now, "sent_at": now}
        named = {f"entry.{name}": value for name, value in about.items()}
        return {**named, "hazard": hazard.pk, "step": step, **fields}

    def test_what_is_done_in_a_cellar_and_looked_at_again_lands_with_its_photo(
        self, client, building, grid_worker, grid_leader
    ):
        hazard = in_hand(building, grid_leader, grid_worker)
        done = self.stepped(hazard, "done", note="已清走。")
        client.force_login(grid_worker)
        assert [client.post("/work/entries/", {**done, **upload()}).status_code for _ in range(2)] == [
            201
        ] * 2
        hazard.refresh_from_db()
        assert (hazard.state, hazard.photos.count()) == (HazardState.DONE, 2)

        seen = self.stepped(hazard, "recheck", passed="yes")
        client.force_login(grid_leader)
        assert client.post("/work/entries/", seen, headers=JSON).status_code == 422
        assert client.post("/work/entries/", {**seen, **upload()}, headers=JSON).status_code == 201
        hazard.refresh_from_db()
        assert hazard.state == HazardState.CLOSED

    def test_what_has_moved_on_is_said_and_not_written_over(self, client, building, grid_worker, grid_leader):
        hazard = in_hand(building, grid_leader, grid_worker)
        client.force_login(grid_worker)
        for entry, status in (("一", 201), ("二", 409)):
            sent = self.stepped(hazard, "done", note=entry)
            assert client.post("/work/entries/", sent, headers=JSON).status_code == status

        assert Hazard.objects.get().events.filter(note="二").count() == 0

    @pytest.mark.parametrize("step", ["move", "look", "x", ""])
    def test_other_steps_wait_for_signal(self, client, building, grid_worker, grid_leader, step):
        hazard = in_hand(building, grid_leader, grid_worker)
        client.force_login(grid_worker)

        assert client.post("/work/entries/", self.stepped(hazard, step), headers=JSON).status_code == 422

    def test_responsible_person_closes_nothing_without_signal_either(
        self, client, building, grid_worker, grid_leader
    ):
        hazard = in_hand(building, grid_leader, grid_worker)
        client.force_login(grid_worker)
        sent = self.stepped(hazard, "recheck", passed="yes")

        assert client.post("/work/entries/", {**sent, **upload()}, headers=JSON).status_code == 403

    def test_nobody_elses_hazard_can_be_touched(self, client, building, grid_leader, worker_of_another_grid):
        hazard = in_hand(building, grid_leader)
        client.force_login(worker_of_another_grid)
        sent = self.stepped(hazard, "done", note="好了。")

        assert client.post("/work/entries/", sent, headers=JSON).status_code == 404

    def test_without_photo_it_is_refused_and_says_so(self, client, diecui, grid_worker):
        client.force_login(grid_worker)
        answer = client.post("/work/entries/", self.sent(diecui), headers={"Accept": "application/json"})

        assert answer.status_code == 422
        assert "隐患照片" in answer.json()["extra"]["errors"]

    def test_of_another_community_it_is_refused(self, client, fuxi, grid_worker):
        client.force_login(grid_worker)

        assert client.post("/work/entries/", {**self.sent(fuxi), **upload()}).status_code == 403

    def test_left_to_the_leader_it_is_read_and_accepted(self, client, diecui, grid_worker, grid_leader):
        client.force_login(grid_worker)
        left = {"entry.to_leader": "on", "entry.objection": "不会填"}
        client.post("/work/entries/", {**self.sent(diecui, **left), **upload()})
        client.force_login(grid_leader)
        page = client.get("/work/held/").content.decode()
        path = re.search(r"/work/held/[0-9a-f-]{36}/", page)[0]  # type: ignore[index]
        shown = client.get(path).content.decode()
        client.post(path, {"accept": "1"})

        assert "飞线充电" in shown
        assert "1号楼" in shown
        assert Hazard.objects.get().photos.count() == 1

    def test_phone_keeps_the_list_the_form_and_ones_own(self, client, building, grid_worker):
        hazard = in_hand(building, grid_worker, at=timezone.now())
        client.force_login(grid_worker)

        assert {LIST, NEW, f"{LIST}{hazard.pk}/"} <= set(client.get("/work/entries/").json()["keep"])


class TestDesk:
    @pytest.fixture(autouse=True)
    def _address(self):
        self.LEDGER = reverse("admin:grids_hazard_changelist")

    @pytest.mark.parametrize(
        "asked", ["late=late", "late=unsafe", "late=today", "state=open", "type={type}", "grid={grid}"]
    )
    def test_each_filter_leaves_what_it_says(self, client, diecui, grid_worker, secretary, asked):
        late = in_hand(diecui.buildings[0], grid_worker, at=timezone.now())
        Hazard.objects.update(rectify_by=timezone.localdate() - DAY * (asked == "late=late"))
        client.force_login(secretary)
        asked = asked.format(type=a_type().pk, grid=diecui.grids[0].pk)
        page = client.get(f"{self.LEDGER}?{asked}")

        assert [row.pk for row in page.context["cl"].result_list] == [late.pk]

    @pytest.mark.parametrize("asked", ["state=closed", "type=999999", "grid=999999", "late=today"])
    def test_others_are_left_out(self, client, building, grid_worker, secretary, asked):
        in_hand(building, grid_worker, at=timezone.now())
        client.force_login(secretary)

        assert not client.get(f"{self.LEDGER}?{asked}").context["cl"].result_list

    def test_each_sees_only_their_own(
        self, client, building, grid_worker, secretary_of_another_community, worker_of_another_grid
    ):
        hazard = in_hand(building, grid_worker, at=timezone.now())
        for user in (secretary_of_another_community, worker_of_another_grid):
            client.force_login(user)
            assert not client.get(self.LEDGER).context["cl"].result_list
            assert client.get(f"{self.LEDGER}{hazard.pk}/change/").status_code == 302

    def test_ledger_takes_as_many_statements_for_many(self, client, building, grid_worker, secretary):
        client.force_login(secretary)
        counted = []
        for number in (3, 15):
            for _ in range(number):
                in_hand(building, grid_worker, at=timezone.now())
            client.get(self.LEDGER)
            with CaptureQueriesContext(connection) as queries:
                client.get(self.LEDGER)
            counted.append(len(queries))

        assert counted[0] == counted[1]

    def test_row_opens_and_can_be_exported(self, client, building, grid_worker, secretary):
        hazard = in_hand(building, grid_worker, at=timezone.now())
        client.force_login(secretary)

        assert (
            f"/work/hazards/{hazard.pk}/" in client.get(f"{self.LEDGER}{hazard.pk}/change/").content.decode()
        )
        assert client.get(f"{self.LEDGER}export/").status_code == 200

    def test_community_adds_a_type_of_its_own_and_leaves_the_portals(self, client, diecui, secretary):
        client.force_login(secretary)
        types = reverse("admin:grids_hazardtype_changelist")
        given = {
            "community": diecui.community.pk,
            "name": "高空抛物",
            "days": 1,
            "order": 200,
            "is_active": "on",
        }
        client.post(f"{types}add/", given)
        own = HazardType.objects.get(community=diecui.community)
        shared = a_type()
        client.post(f"{types}{own.pk}/change/", {**given, "days": 2})
        client.post(f"{types}{shared.pk}/change/", {**given, "name": "改名"})

        own.refresh_from_db()
        shared.refresh_from_db()
        assert (own.days, shared.name) == (2, "飞线充电")


def test_worker_sees_own_hazard_in_another_grid(client, building, grid_worker, worker_of_another_grid):
    """Whoever has to put it right finds it, wherever they work."""
    hazard = in_hand(building, grid_worker, worker_of_another_grid, at=timezone.now())
    client.force_login(worker_of_another_grid)

    assert client.get(f"{LIST}{hazard.pk}/").status_code == 200
    assert client.post(f"{LIST}{hazard.pk}/done/", {"note": "已清走。"}).status_code == 302
    assert client.post(f"{LIST}{hazard.pk}/recheck/", {"passed": "yes", **upload()}).status_code == 403


class TestLeaving:
    def test_hazard_of_somebody_who_left_goes_to_the_worker_with_its_deadline(
        self, building, grid_worker, grid_leader
    ):
        hazard = in_hand(building, grid_worker, grid_leader)
        assert departed_replaced(at=NOW) == 0
        Post.objects.filter(user=grid_leader).update(ends_on=TODAY)

        assert (departed_replaced(at=NOW + DAY), departed_replaced(at=NOW + DAY)) == (1, 0)
        moved = Hazard.objects.get()
        assert (moved.responsible, moved.rectify_by) == (grid_worker, hazard.rectify_by)
        assert "已离任" in moved.events.latest("pk").note
        assert InboxItem.objects.filter(user=grid_worker, kind="hazard.given").exists()

    def test_without_a_worker_it_goes_up_and_without_anybody_it_stays(
        self, building, grid_worker, grid_leader
    ):
        in_hand(building, grid_worker, grid_worker)
        Post.objects.filter(user=grid_worker).update(ends_on=TODAY)
        assert departed_replaced(at=NOW + DAY) == 1
        assert Hazard.objects.get().responsible == grid_leader
        Post.objects.update(ends_on=TODAY)
        assert departed_replaced(at=NOW + DAY) == 0

    def test_post_above_the_grid_is_enough(self, building, grid_worker, secretary):
        in_hand(building, grid_worker, secretary)

        assert departed_replaced(at=NOW + DAY) == 0
