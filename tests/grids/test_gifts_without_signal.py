"""Gift packs where there is no signal: handed over once, whoever's phone says so (G-15, ADR 0031)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import InboxItem, StoredImage, User
from grids import actions
from grids.actions.gifts import Gifts
from grids.actions.season_reminding import gifts_remind
from grids.models import EntryState, FieldEntry, GiftDelivery, GiftPack
from tests.cast import Town, make_resident
from tests.grids.hazards import upload
from tests.grids.registers import colour, mark
from tests.grids.test_entry_posts import leave
from tests.grids.test_patrol_pages import as_user, bring
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LIST, FORM = "/work/gifts/", "/work/gifts/give/"


def packs(
    town: Town, name: str = "对联礼包", *, ends_in: int = 5, needs_photo: bool = False
) -> list[GiftPack]:
    """Of a campaign that began three days ago, for whoever bears the colour of 特殊人群."""
    day = timezone.localdate()
    given = Gifts(name, "对联、窗花", day - 3 * DAY, day + ends_in * DAY, needs_photo=needs_photo)
    made = actions.gift_campaign_create(
        community=town.community, gifts=given, colours=[colour("特殊人群")], actor=None, at=timezone.now()
    )
    return list(made.packs.order_by("pk"))


@pytest.fixture
def elder(diecui, grid_worker):
    person = make_resident(diecui.households[0], "孤老", "13900000031")
    mark(person, "特殊人群", grid_worker)
    return person


@pytest.fixture
def pack(diecui, elder) -> GiftPack:
    return packs(diecui)[0]


def give(user: User, of: GiftPack, when=None, pk: str = "", **more):
    given = {"pack": of.pk, "signed_by": "张奶奶", **more}
    return bring(user, "grids.gift", when or timezone.now(), pk=pk, **given)


class TestEntry:
    def test_entered_without_signal_it_is_handed_over_when_it_was_entered_and_once(self, pack, grid_worker):
        then, pk = timezone.now() - timedelta(hours=5), str(uuid4())
        answers = [give(grid_worker, pack, then, pk) for _turn in range(2)]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        delivery = GiftDelivery.objects.get()
        assert abs(delivery.at - then) < timedelta(minutes=1)
        assert (delivery.pack, delivery.by, delivery.signed_by) == (pack, grid_worker, "张奶奶")

    def test_from_another_phone_it_is_refused_by_name_and_overwrites_nothing(
        self, pack, grid_worker, grid_leader
    ):
        give(grid_leader, pack)
        answer = give(grid_worker, pack, signed_by="别人")

        assert answer.status_code == 409
        assert str(grid_leader) in answer.json()["message"]
        assert pack.household.long_name in answer.json()["message"]
        delivery = GiftDelivery.objects.get()
        assert (delivery.by, delivery.signed_by) == (grid_leader, "张奶奶")

    @pytest.mark.django_db(transaction=True)
    def test_two_phones_at_once_hand_it_over_once(self, pack, grid_worker, grid_leader):
        users = (grid_worker, grid_leader, grid_worker)
        answers = at_once([lambda user=user: give(user, pack) for user in users])

        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
        assert GiftDelivery.objects.count() == FieldEntry.objects.count() == 1

    def test_photo_where_one_is_asked_for_and_the_corrected_one_lands(self, diecui, elder, grid_worker):
        proven, pk = packs(diecui, needs_photo=True)[0], str(uuid4())
        refused = give(grid_worker, proven, pk=pk)
        landed = give(grid_worker, proven, pk=pk, **upload())

        assert (refused.status_code, landed.status_code) == (422, 201)
        assert "请拍一张" in refused.json()["message"]
        assert GiftDelivery.objects.get().photo == StoredImage.objects.get()

    def test_brought_on_the_last_day_it_lands_a_day_later_and_brought_too_late_it_does_not(
        self, diecui, elder, grid_worker
    ):
        over, again = packs(diecui, ends_in=-1)[0], packs(diecui, "米面", ends_in=-1)[0]

        assert give(grid_worker, over, timezone.now() - DAY).status_code == 201
        assert give(grid_worker, again, timezone.now()).status_code == 409

    def test_more_than_a_month_old_it_is_refused(self, pack, grid_worker):
        assert give(grid_worker, pack, timezone.now() - timedelta(days=40)).status_code == 422

    @pytest.mark.parametrize("sent", ["", "999999999", "ⅷ", "9" * 30])
    def test_pack_that_is_none_is_refused(self, pack, grid_worker, sent):
        assert give(grid_worker, pack, pack=sent).status_code in {404, 422}
        assert not GiftDelivery.objects.exists()

    def test_of_another_grid_it_is_as_if_there_were_none(self, pack, worker_of_another_grid):
        theirs, none = (give(worker_of_another_grid, pack, pack=key) for key in (pack.pk, 999_999))

        assert (theirs.status_code, none.status_code) == (404, 404)
        assert theirs.json()["message"] == none.json()["message"]
        assert not GiftDelivery.objects.exists()

    def test_what_a_worker_who_left_brings_waits_and_the_leader_reads_which_door(
        self, pack, grid, grid_worker, grid_leader
    ):
        then = timezone.now() - 2 * DAY
        leave(grid_worker, grid)
        answer = give(grid_worker, pack, then)
        entry = FieldEntry.objects.get()
        client = as_user(grid_leader)
        page = client.get(f"/work/held/{entry.pk}/").content.decode()
        assert (answer.status_code, entry.state) == (202, EntryState.HELD)
        assert pack.household.long_name in page
        client.post(f"/work/held/{entry.pk}/", {"accept": "1"})

        delivery = GiftDelivery.objects.get()
        assert (delivery.by, abs(delivery.at - then) < timedelta(minutes=1)) == (grid_leader, True)


class TestPages:
    def test_phone_keeps_what_is_left_and_one_form_and_never_for_whom(self, diecui, elder, grid_worker):
        pack = packs(diecui, "特殊人群慰问", needs_photo=True)[0]
        client = as_user(grid_worker)
        kept = client.get("/work/entries/").json()["keep"]
        pages = {path: client.get(path).content.decode() for path in kept}

        assert {LIST, FORM} <= set(kept)
        assert pack.household.long_name in pages[LIST]
        assert "对联、窗花" in pages[LIST]
        assert f'<option value="{pack.pk}">' in pages[FORM]
        assert f'data-needs-photo="{pack.pk}"' in pages[FORM]
        assert f"{FORM}?pack={pack.pk}" in pages["/work/homes/"]
        assert [path for path, page in pages.items() if "特殊人群" in page or "孤老" in page] == []

    def test_handed_over_it_leaves_the_list(self, pack, grid_worker):
        client = as_user(grid_worker)
        answer = client.post(f"{FORM}?pack={pack.pk}", {"pack": pack.pk, "signed_by": "本人"}, follow=True)

        assert "已记下礼包送到" in answer.content.decode()
        assert pack.household.long_name not in client.get(LIST).content.decode()

    def test_door_where_nobody_may_be_visited_is_not_listed(self, pack, elder, grid_worker):
        mark(elder, "已故", grid_worker)

        assert pack.household.long_name not in as_user(grid_worker).get(LIST).content.decode()

    def test_strangers_sign_in_and_others_are_refused(self, pack, worker_of_another_grid, resident):
        chosen = f"{FORM}?pack={pack.pk}"
        asked = [(None, 302), (resident, 403), (worker_of_another_grid, 200)]

        for user, status in asked:
            assert {as_user(user).get(path).status_code for path in (LIST, FORM)} == {status}
        assert as_user(worker_of_another_grid).get(chosen).status_code == 404
        theirs = [as_user(worker_of_another_grid).get(path).content.decode() for path in (LIST, FORM)]
        assert not [page for page in theirs if pack.household.long_name in page]

    def test_pages_cost_the_same_for_many_packs(self, diecui, pack, grid_worker):
        def cost() -> list[int]:
            client, counts = as_user(grid_worker), []
            client.get(LIST)
            for path in (LIST, FORM):
                with CaptureQueriesContext(connection) as queries:
                    client.get(path)
                counts.append(len(queries))
            return counts

        before = cost()
        for number, door in enumerate(diecui.households[1:]):
            mark(make_resident(door, f"老人{number}", f"139000001{number:02}"), "特殊人群", None)
        for number in range(9):
            packs(diecui, f"礼包{number}")

        assert cost() == before

    def test_notice_of_what_is_left_leads_to_the_list(self, diecui, elder, grid_worker):
        packs(diecui)
        gifts_remind(at=timezone.now())

        assert InboxItem.objects.get(user=grid_worker, kind="gift.left").url.endswith(reverse("grids:gifts"))
