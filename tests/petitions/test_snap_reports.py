"""随手拍: riders and couriers report with a photo, behind a code of their own (P-39)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from community import actions
from community.duties import Duty
from community.models import TalkPoint, WorkflowProfile
from core.errors import (
    ConflictError,
    GateClosedError,
    InvalidInputError,
    NotAllowedError,
    RepeatedError,
)
from core.models import InboxItem, OutboxMessage
from petitions.actions import handling, settling
from petitions.actions.figures import figures_refresh
from petitions.actions.rerouting import petition_return
from petitions.actions.snapping import snap_verify, snaps_sweep
from petitions.models import MonthFigures, Petition, SnapReport
from petitions.selectors.matter import matter_of
from petitions.selectors.similar import similar_at_desk
from petitions.selectors.steps import Step, main_step, possible_steps
from tests.cast import NOW, make_staff, make_town
from tests.parallel import at_once
from tests.petitions.loop import file, photo_image
from tests.petitions.pages import filing, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(subdistrict):
    """绛山, where the channel is open and 理事 passes by itself."""
    return make_town("jiangshan", "绛山社区", subdistrict)


@pytest.fixture
def code(town) -> TalkPoint:
    return actions.talk_point_create(
        community=town.community, place=town.estate, kind="snap_report", name="骑手随手拍", at=NOW
    )


def test_a_rider_reports_with_a_photo_and_the_grid_worker_hears_of_it(client, town, code, worker):
    answer = client.post(
        f"/jiangshan/q/{code.token}/", filing(town, photos=[picture()], name="外卖小刘", text="井盖松了。")
    )

    petition = Petition.objects.get()
    assert answer.status_code == 302
    assert (petition.channel, petition.photos.count()) == ("snap_report", 1)
    assert petition.place == town.buildings[0]
    assert InboxItem.objects.filter(user=worker, kind="petition.filed").exists()
    assert OutboxMessage.objects.filter(kind="petition.received", phone="13912345678").exists()


def test_without_a_photo_it_is_refused_and_what_was_typed_stays(client, town, code):
    page = client.post(f"/jiangshan/q/{code.token}/", filing(town, text="井盖松了。"))

    assert page.status_code == 422
    assert "随手拍须有照片，请先上传。" in page.content.decode()
    assert "井盖松了。" in page.content.decode()
    assert not Petition.objects.exists()


def test_whoever_files_one_must_send_a_photo(town):
    with pytest.raises(InvalidInputError, match="照片"):
        file(town, channel="snap_report")

    assert file(town, channel="snap_report", photos=[photo_image()]).channel == "snap_report"


def test_the_page_behind_the_code_says_what_to_do(client, town, code):
    page = client.get(f"/jiangshan/q/{code.token}/").content.decode()

    assert "拍张照片" in page
    assert '照片 <span class="field__optional">' not in page


def test_where_the_channel_is_closed_it_counts_as_a_plain_scan(client, town, code):
    profile = WorkflowProfile.objects.get(pk=town.community.pk)
    profile.channels.remove("snap_report")
    profile.save()

    client.post(f"/jiangshan/q/{code.token}/", filing(town, photos=[picture()]))

    assert Petition.objects.get().channel == "qr_code"


HOUR = timedelta(hours=1)


@pytest.fixture
def worker(town):
    return make_staff("js.worker", "吕网格", Duty.GRID_WORKER, town.grids[0].place)


@pytest.fixture
def clerk_there(town):
    return make_staff("js.clerk", "田干事", Duty.CLERK, town.place)


@pytest.fixture
def snap(town, worker) -> Petition:
    """A picture of a rider, taken on a Friday at ten."""
    return file(town, channel="snap_report", photos=[photo_image()], text="井盖松了。")


def verify(snap: Petition, actor, *, is_true: bool = True, words: str = "", at=NOW + HOUR) -> Petition:
    return snap_verify(petition_id=snap.pk, actor=actor, is_true=is_true, words=words, at=at)


def asked() -> list[str]:
    told = InboxItem.objects.filter(kind="petition.snap").order_by("pk")
    return list(told.values_list("user__username", flat=True))


class TestVerifying:
    def test_a_report_is_verified_then_goes_on_and_the_rider_hears_what_was_found(
        self, snap, worker, clerk_there
    ):
        with pytest.raises(GateClosedError, match="核实"):
            handling.petition_assign(petition_id=snap.pk, actor=clerk_there, assignee=worker, at=NOW + HOUR)

        verify(snap, worker, words="井盖翘起一边。")

        told = OutboxMessage.objects.get(kind="petition.verified")
        assert told.phone == "13912345678"
        assert "已核实" in told.body
        assert "井盖翘起一边。" in told.body
        handling.petition_assign(petition_id=snap.pk, actor=clerk_there, assignee=worker, at=NOW + 2 * HOUR)
        handling.petition_claim(petition_id=snap.pk, actor=worker, at=NOW + 3 * HOUR)
        handling.petition_start(petition_id=snap.pk, actor=worker, at=NOW + 3 * HOUR)
        settling.petition_resolve(
            petition_id=snap.pk, actor=worker, outcome="已换井盖", photos=[], at=NOW + 4 * HOUR
        )
        settling.petition_feed_back(
            petition_id=snap.pk, actor=clerk_there, answer="井盖已换好。", at=NOW + 5 * HOUR
        )
        assert OutboxMessage.objects.filter(phone="13912345678", kind="petition.judge").exists()

    def test_nothing_is_settled_on_the_spot_unseen(self, snap, worker):
        with pytest.raises(GateClosedError):
            settling.petition_settle_on_spot(
                petition_id=snap.pk, actor=worker, outcome="好了", photos=[], at=NOW + HOUR
            )

    def test_what_was_not_so_is_said_with_words_and_may_be_returned(self, snap, worker, clerk_there):
        with pytest.raises(InvalidInputError):
            verify(snap, worker, is_true=False)

        verify(snap, worker, is_true=False, words="井盖是好的。")

        assert "没有看到" in OutboxMessage.objects.get(kind="petition.verified").body
        petition_return(petition_id=snap.pk, actor=clerk_there, reason="现场正常", at=NOW + 2 * HOUR)
        assert Petition.objects.get(pk=snap.pk).stage == "returned"

    def test_it_is_verified_once_and_by_those_who_handle_there(self, snap, worker, outsider):
        with pytest.raises(NotAllowedError):
            verify(snap, outsider)
        verify(snap, worker)
        with pytest.raises(RepeatedError):
            verify(snap, worker, is_true=False, words="x", at=NOW + 2 * HOUR)
        with pytest.raises(IntegrityError, match="snap_verified_by_somebody"), transaction.atomic():
            SnapReport.objects.update(verified_at=None)

    def test_what_came_another_way_is_not_verified(self, town, worker):
        plain = file(town)
        with pytest.raises(ConflictError):
            verify(plain, worker)

        matter = matter_of(worker, number=plain.number, at=NOW)
        assert Step.VERIFY not in possible_steps(matter, worker, NOW)

    def test_verifying_is_the_main_step_on_the_phone(self, client, snap, worker):
        matter = matter_of(worker, number=snap.number, at=NOW)
        main = main_step(possible_steps(matter, worker, NOW))
        assert main is not None
        assert main.step == Step.VERIFY
        client.force_login(worker)
        path = f"/work/{snap.number}/verify/"
        assert "拍照的人会收到结果" in client.get(path).content.decode()

        assert client.post(path, {"result": "true", "words": ""}).status_code == 302

        assert SnapReport.objects.get().is_true is True

    @pytest.mark.race
    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_verify_once(self, snap, worker, clerk_there):
        done = at_once([lambda actor=actor: verify(snap, actor) for actor in (worker, clerk_there, worker)])

        assert sum(isinstance(result, Petition) for result in done) == 1
        assert OutboxMessage.objects.filter(kind="petition.verified").count() == 1


class TestClock:
    def test_the_worker_is_reminded_at_half_the_time_and_then_the_next_tier_too(
        self, snap, clerk_there, town
    ):
        leader = make_staff("js.leader", "段网格长", Duty.GRID_LEADER, town.grids[0].place)
        for hours in (1, 3, 3, 7, 7):
            snaps_sweep(at=NOW + hours * HOUR)
        assert asked() == ["js.worker", "js.worker", leader.username]
        assert not SnapReport.objects.exclude(sweep_at=None).exists()

    def test_what_was_looked_at_or_is_over_reminds_nobody(self, town, snap, worker, clerk_there):
        verify(snap, worker)
        other = file(town, channel="snap_report", photos=[photo_image()])
        petition_return(petition_id=other.pk, actor=clerk_there, reason="不归社区", at=NOW + HOUR)

        for hours in (3, 7, 30):
            snaps_sweep(at=NOW + hours * HOUR)

        assert asked() == []

    @pytest.mark.django_db(transaction=True)
    def test_sweeps_at_once_remind_once(self, snap):
        at_once([lambda: snaps_sweep(at=NOW + 3 * HOUR)] * 3)

        assert asked() == ["js.worker"]


def test_the_verified_share_is_shown(client, town, snap, worker, clerk_there):
    verify(snap, worker)
    for number in range(3):
        report = file(town, channel="snap_report", photos=[photo_image()], text=f"路灯杆歪了{number}。")
        if number:
            verify(report, worker, is_true=number == 1, words="看过了")
    figures_refresh(at=NOW + 2 * HOUR)

    split = MonthFigures.objects.get(place=town.place).splits["snap"]
    page = client.get("/jiangshan/figures/").content.decode()

    assert {key: counts[0] for key, counts in split.items()} == {"true": 2, "false": 1, "open": 1}
    assert "核实属实" in page
    assert "50.0%" in page


class TestSameSpot:
    """Two riders take a picture of the same thing: what was taken at the same place is offered first."""

    @pytest.fixture
    def snap(self, town, worker) -> Petition:
        return file(town, at=timezone.now(), channel="snap_report", photos=[photo_image()], text="井盖松了。")

    def send(self, client, town, code, **fields: object) -> str:
        sent = {"photos": [picture()], "text": "这里有个大坑", "topic": "road", **fields}
        return client.post(f"/jiangshan/q/{code.token}/", filing(town, **sent)).content.decode()

    def test_whoever_sends_the_second_is_offered_to_join_whatever_the_words(self, client, town, code, snap):
        page = self.send(client, town, code)

        assert snap.number in page
        assert Petition.objects.count() == 1

    def test_another_place_old_ones_and_those_of_another_channel_are_not_offered(
        self, client, town, code, snap
    ):
        file(town, text="楼道堆物。")
        Petition.objects.filter(pk=snap.pk).update(filed_at=timezone.now() - 15 * 24 * HOUR)
        assert self.send(client, town, code) == ""

        self.send(client, town, code, place=town.buildings[1].pk, text="树枝断了")
        assert Petition.objects.count() == 4

    def test_staff_are_offered_to_merge_them(self, town, snap, clerk_there):
        given = {"at": timezone.now(), "channel": "snap_report"}
        other = file(town, photos=[photo_image()], text="这里有个大坑", topic="road", **given)
        away = file(town, photos=[photo_image()], text="树倒了", place=town.buildings[1], **given)

        offered = similar_at_desk(other, Petition.objects.open())

        assert [one.pk for one in offered] == [snap.pk]
        assert away not in offered


def test_the_page_behind_the_code_promises_no_points(client, town, code):
    assert "积分" not in client.get(f"/jiangshan/q/{code.token}/").content.decode()
