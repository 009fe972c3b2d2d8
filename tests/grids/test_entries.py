"""Entries from the phone: each lands once, in its worker's name, or waits for the leader (G-12)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from community import actions
from community.models import Post
from core.models import AuditEntry, InboxItem, OutboxMessage, StoredImage, User
from grids.actions.held_entries import entries_expire, entry_accept, held_remind
from grids.models import EntryState, FieldEntry
from petitions.actions.photos import photos_abandoned_delete
from petitions.models import Petition, PetitionEvent
from tests.cast import Town
from tests.community.test_guide import make_item
from tests.parallel import at_once
from tests.petitions.loop import *  # noqa: F403
from tests.petitions.loop import Loop
from tests.petitions.pages import picture

pytestmark = pytest.mark.django_db
SYNC = "/work/entries/"
JSON = {"Accept": "application/json"}


def photo(name: str = "photos") -> dict[str, Any]:
    return {name: SimpleUploadedFile("灯.jpg", picture().read(), "image/jpeg")}


def entry(
    town: Town, *, pk: UUID | None = None, now: datetime | None = None, **fields: Any
) -> dict[str, Any]:
    """A matter on the spot, as the phone sends it."""
    now = now or timezone.now()
    return {
        "entry.id": str(pk or uuid4()),
        "entry.kind": "petitions.filing",
        "entry.title": "三单元楼道灯不亮",
        "entry.captured_at": (now - timedelta(hours=3)).isoformat(),
        "entry.sent_at": now.isoformat(),
        "community": town.community.slug,
        "text": "三单元楼道灯不亮，晚上看不清。",
        "place": str(town.buildings[0].pk),
        "channel": "patrol",
        "received_at": "",
        "key": "00000000-0000-4000-8000-000000000001",
        **fields,
    }


def bring(user: User, sent: dict[str, Any], path: str = SYNC) -> Any:
    client = Client()
    client.force_login(user)
    return client.post(path, sent, headers=JSON)


def leave_post(user: User, at: datetime) -> None:
    for post in Post.objects.filter(user=user):
        actions.post_end(
            post_id=post.pk, last_day=timezone.localdate(at) - timedelta(days=1), actor=None, at=at
        )


class TestBringing:
    def test_matter_lands_with_its_photo_and_both_times(self, diecui, grid_worker):
        sent = entry(diecui, **photo())
        answer = bring(grid_worker, sent)

        petition, kept = Petition.objects.get(), FieldEntry.objects.get()
        assert (answer.status_code, answer.json()["name"]) == (201, petition.number)
        assert petition.entered_by == grid_worker
        assert petition.photos.count() == 1
        assert kept.state == EntryState.LANDED
        assert (kept.fields, kept.title) == ({}, "")
        assert timedelta(hours=2) < kept.received_at - kept.captured_at < timedelta(hours=4)
        assert abs(petition.filed_at - kept.happened_at) < timedelta(minutes=1)

    def test_sent_again_lands_once_and_is_told_the_same(self, diecui, grid_worker):
        pk = uuid4()
        answers = [bring(grid_worker, entry(diecui, pk=pk, **photo())) for _ in range(3)]

        assert len({answer.json()["name"] for answer in answers}) == 1
        assert (Petition.objects.count(), FieldEntry.objects.count()) == (1, 1)
        assert StoredImage.objects.count() == 1

    def test_two_from_one_kept_page_are_two_matters(self, diecui, grid_worker):
        """The page in the phone carries one key, however often it is filled in."""
        for _ in range(2):
            bring(grid_worker, entry(diecui))

        assert Petition.objects.count() == 2

    @pytest.mark.django_db(transaction=True)
    def test_sent_by_four_at_once_lands_once(self, diecui, grid_worker):
        sent = entry(diecui, pk=uuid4())
        answers = at_once([lambda: bring(grid_worker, sent)] * 4)

        assert {answer.status_code for answer in answers} == {201}
        assert (Petition.objects.count(), FieldEntry.objects.count()) == (1, 1)

    def test_clock_that_is_a_day_ahead_is_corrected_and_flagged(self, diecui, grid_worker):
        now = timezone.now()
        bring(grid_worker, entry(diecui, now=now + timedelta(days=1)))

        kept = FieldEntry.objects.get()
        assert kept.is_clock_doubtful
        assert kept.captured_at > now + timedelta(hours=20)
        assert abs(now - timedelta(hours=3) - kept.happened_at) < timedelta(minutes=1)
        assert Petition.objects.get().filed_at <= now

    def test_clock_that_is_right_is_not_flagged(self, diecui, grid_worker):
        bring(grid_worker, entry(diecui))

        assert not FieldEntry.objects.get().is_clock_doubtful

    def test_what_its_form_refuses_leaves_nothing_and_says_which_field(self, diecui, grid_worker):
        answer = bring(grid_worker, entry(diecui, text=""))

        assert answer.status_code == 422
        assert answer.json()["extra"]["errors"] == {"原话": ["请记下是什么事。"]}
        assert not FieldEntry.objects.exists()
        assert not Petition.objects.exists()

    def test_corrected_with_the_same_id_it_lands(self, diecui, grid_worker):
        pk = uuid4()
        bring(grid_worker, entry(diecui, pk=pk, text=""))

        assert bring(grid_worker, entry(diecui, pk=pk)).status_code == 201

    def test_forgotten_since_and_sent_again_it_is_the_matter_of_then(self, diecui, grid_worker):
        sent = entry(diecui)
        first = bring(grid_worker, sent).json()
        FieldEntry.objects.all().delete()
        long_ago = (timezone.now() - timedelta(days=200)).isoformat()

        assert bring(grid_worker, {**sent, "entry.captured_at": long_ago}).json()["name"] == first["name"]
        assert Petition.objects.count() == 1

    def test_about_an_item_of_the_guide_it_says_what_was_left_empty(self, diecui, grid_worker):
        item = make_item(diecui.community)
        answer = bring(grid_worker, entry(diecui, service=str(item.pk), mode="at_home", address=""))

        assert answer.status_code == 422
        assert answer.json()["extra"]["errors"] == {
            "约在什么时间": ["请约好上门的时间。"],
            "上门地址": ["请写明上门地址。"],
        }

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("entry.id", "1 OR 1=1"),
            ("entry.captured_at", "yesterday"),
            ("entry.sent_at", ""),
            ("entry.kind", "petitions.nothing"),
            ("entry.kind", "x" * 400),
        ],
    )
    def test_garbage_is_refused_in_a_sentence(self, diecui, grid_worker, name, value):
        answer = bring(grid_worker, entry(diecui, **{name: value}))

        assert answer.status_code == 422
        assert answer.json()["message"].endswith("。")
        assert not FieldEntry.objects.exists()

    def test_photo_that_is_none_is_refused_and_nothing_lands(self, diecui, grid_worker):
        fake = {"photos": SimpleUploadedFile("x.jpg", b"<svg/>" * 20, "image/jpeg")}
        answer = bring(grid_worker, entry(diecui, **fake))

        assert answer.status_code == 422
        assert not Petition.objects.exists()

    def test_id_of_somebody_else_is_refused_and_tells_nothing(
        self, diecui, grid_worker, worker_of_another_grid
    ):
        pk = uuid4()
        bring(grid_worker, entry(diecui, pk=pk))
        answer = bring(worker_of_another_grid, entry(diecui, pk=pk))

        assert answer.status_code == 409
        assert Petition.objects.get().number not in answer.content.decode()

    def test_matter_of_another_community_is_refused(self, diecui, fuxi, grid_worker):
        answer = bring(grid_worker, entry(fuxi))

        assert answer.status_code == 403
        assert not Petition.objects.exists()

    def test_stranger_is_asked_to_sign_in(self, diecui):
        answer = Client().post(SYNC, entry(diecui), headers=JSON)

        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")

    def test_resident_without_any_post_ever_is_refused(self, diecui, resident):
        assert bring(resident, entry(diecui)).status_code == 403
        assert not FieldEntry.objects.exists()


class TestStep:
    def sent(self, petition: Petition, **fields: Any) -> dict[str, Any]:
        now = timezone.now().isoformat()
        about = {"id": str(uuid4()), "kind": "petitions.step", "captured_at": now, "sent_at": now}
        return {
            **{f"entry.{name}": value for name, value in about.items()},
            "number": petition.number,
            "step": "progress",
            "note": "已联系电工，下午换灯。",
            **fields,
        }

    def test_progress_is_noted_with_its_photo(self, loop: Loop, grid_worker):
        petition = loop.triage().claim().refresh()
        answer = bring(grid_worker, self.sent(petition, **photo()))

        assert answer.status_code == 201
        assert PetitionEvent.objects.filter(petition=petition, event="progressed").count() == 1

    def test_matter_that_moved_on_is_shown_and_not_written_over(self, loop: Loop, grid_worker):
        petition = loop.triage().claim().refresh()
        loop.resolve()
        before = PetitionEvent.objects.count()
        answer = bring(grid_worker, self.sent(petition))

        assert answer.status_code == 409
        assert PetitionEvent.objects.count() == before

    def test_other_steps_do_not_wait_in_a_phone(self, loop: Loop, grid_worker):
        petition = loop.triage().claim().refresh()

        assert bring(grid_worker, self.sent(petition, step="archive")).status_code == 422

    def test_matter_of_another_grid_is_not_found(self, loop: Loop, worker_of_another_grid):
        petition = loop.triage().claim().refresh()

        assert bring(worker_of_another_grid, self.sent(petition)).status_code == 404


class TestLeader:
    @pytest.fixture
    def held(self, diecui, grid_worker, grid_leader) -> FieldEntry:
        leave_post(grid_worker, timezone.now())
        answer = bring(grid_worker, entry(diecui, **photo()))
        assert answer.status_code == 202
        return FieldEntry.objects.get()

    def test_entry_after_the_post_has_ended_is_kept_not_booked_and_told(self, held, grid_leader):
        assert held.state == EntryState.HELD
        assert held.photos.count() == 1
        assert not Petition.objects.exists()
        assert InboxItem.objects.get(kind="entry.held").user == grid_leader

    def test_of_many_entries_the_leader_is_told_once_a_day_and_by_no_text(
        self, held, diecui, grid_worker, grid_leader
    ):
        for _number in range(3):
            bring(grid_worker, entry(diecui))

        assert InboxItem.objects.filter(kind="entry.held", user=grid_leader).count() == 1
        assert not OutboxMessage.objects.filter(kind="entry.held").exists()

    def test_leader_reads_it_under_the_names_of_the_form(self, held, client, grid_leader):
        client.force_login(grid_leader)

        assert held.title in client.get("/work/held/").content.decode()
        page = client.get(f"/work/held/{held.pk}/").content.decode()
        assert "原话" in page
        assert "三单元楼道灯不亮，晚上看不清。" in page
        assert client.get(f"/work/held/{held.pk}/photos/{held.photos.get().pk}/").status_code == 200

    def test_accepted_it_is_booked_once_by_the_leader(self, held, client, grid_leader, grid_worker):
        client.force_login(grid_leader)
        answers = [client.post(f"/work/held/{held.pk}/", {"accept": "1"}) for _ in range(2)]

        petition, kept = Petition.objects.get(), FieldEntry.objects.get()
        assert [answer.status_code for answer in answers] == [302, 409]
        assert petition.entered_by == grid_leader
        assert petition.photos.count() == 1
        assert (kept.state, kept.fields, kept.photos.count()) == (EntryState.ACCEPTED, {}, 0)
        assert InboxItem.objects.get(kind="entry.decided").user == grid_worker
        assert set(AuditEntry.objects.filter(event__startswith="entry.").values_list("event", flat=True)) == {
            "entry.held",
            "entry.accepted",
        }

    def test_dropped_it_is_emptied_for_a_reason(self, held, client, grid_leader):
        client.force_login(grid_leader)
        without = client.post(f"/work/held/{held.pk}/", {"drop": "1", "reason": " "})
        client.post(f"/work/held/{held.pk}/", {"drop": "1", "reason": "同一件事已经登记。"})

        kept = FieldEntry.objects.get()
        assert without.status_code == 422
        assert (kept.state, kept.fields, kept.decision) == (EntryState.DROPPED, {}, "同一件事已经登记。")
        assert StoredImage.objects.get().discarded_at is not None
        assert not Petition.objects.exists()

    def test_leader_of_another_grid_and_the_worker_see_nothing(
        self, held, client, leader_of_another_grid, worker_of_another_grid
    ):
        client.force_login(leader_of_another_grid)
        assert held.title not in client.get("/work/held/").content.decode()
        assert client.get(f"/work/held/{held.pk}/").status_code == 404
        assert client.post(f"/work/held/{held.pk}/", {"accept": "1"}).status_code == 404

        client.force_login(worker_of_another_grid)
        assert client.get("/work/held/").status_code == 403

    def test_photo_of_a_held_entry_outlives_the_tidying(self, held):
        assert photos_abandoned_delete(at=timezone.now() + timedelta(days=9)) == 0
        assert held.photos.count() == 1

    def test_worker_may_leave_what_was_refused_to_the_leader(self, diecui, fuxi, grid_worker, grid_leader):
        sent = entry(fuxi, **{"entry.to_leader": "on", "entry.objection": "不在我的社区"})
        answer = bring(grid_worker, sent)

        assert answer.status_code == 202
        assert "不在我的社区" in FieldEntry.objects.get().reason

    def test_leader_is_reminded_once_a_day_until_it_is_decided(self, held, client, grid_leader):
        later = timezone.now() + timedelta(days=2)
        told = [held_remind(at=later + timedelta(hours=hours)) for hours in (0, 1, 24)]
        entry_accept(entry_id=held.pk, actor=grid_leader, at=timezone.now())

        assert told == [1, 0, 1]
        assert held_remind(at=later + timedelta(days=2)) == 0
        assert {item.user for item in InboxItem.objects.filter(kind="entry.waiting")} == {grid_leader}

    def test_decided_one_is_forgotten_in_the_end_and_a_held_one_never(self, held, grid_leader):
        long_after = timezone.now() + timedelta(days=200)

        assert entries_expire(long_after) == 0
        entry_accept(entry_id=held.pk, actor=grid_leader, at=timezone.now())
        assert entries_expire(timezone.now()) == 0
        assert entries_expire(long_after) == 1

    def test_today_of_the_leader_says_how_many_wait(self, held, client, grid_leader):
        client.force_login(grid_leader)

        assert "待接收的外勤记录" in client.get("/today/").content.decode()


class TestWithoutSession:
    def ticket(self, user: User) -> str:
        client = Client()
        client.force_login(user)
        return client.get(SYNC).json()["ticket"]

    def test_phone_hands_over_by_its_ticket(self, diecui, grid_worker, grid_leader):
        ticket = self.ticket(grid_worker)
        User.objects.filter(pk=grid_worker.pk).update(is_active=False)
        answer = Client(enforce_csrf_checks=True).post(
            f"{SYNC}left/", entry(diecui), headers={**JSON, "X-Ticket": ticket}
        )

        assert answer.status_code == 202
        assert FieldEntry.objects.get().state == EntryState.HELD
        assert not Petition.objects.exists()

    @pytest.mark.parametrize("ticket", ["", "x", "1:2:3"])
    def test_forged_ticket_is_refused(self, diecui, grid_worker, ticket):
        answer = Client().post(f"{SYNC}left/", entry(diecui), headers={**JSON, "X-Ticket": ticket})

        assert answer.status_code == 410
        assert not FieldEntry.objects.exists()


def test_phone_is_told_who_is_signed_in_and_what_to_keep(client, loop: Loop, grid_worker):
    petition = loop.triage().claim().refresh()
    client.force_login(grid_worker)
    said = client.get(SYNC).json()

    assert (said["worker"], len(said["posts"])) == (grid_worker.pk, 16)
    assert {"/today/", "/work/new/", f"/work/{petition.number}/"} <= set(said["keep"])


def test_phone_of_somebody_who_left_is_told_so(client, grid_worker):
    leave_post(grid_worker, timezone.now())
    client.force_login(grid_worker)

    assert client.get(SYNC).json()["posts"] == ""


def test_page_of_what_waits_opens_for_anybody_with_its_scripts(client, db):
    assert client.get("/work/waiting/").status_code == 200
    assert client.get("/sw.js")["Content-Type"].startswith("text/javascript")
    assert client.get("/manifest.webmanifest").json()["start_url"] == "/today/"
