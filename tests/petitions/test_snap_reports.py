"""随手拍: riders and couriers report with a photo, behind a code of their own (P-39)."""

from __future__ import annotations

import pytest

from community import actions
from community.duties import Duty
from community.models import TalkPoint, WorkflowProfile
from core.errors import InvalidInputError
from core.models import InboxItem, OutboxMessage
from petitions.models import Petition
from tests.cast import NOW, make_staff, make_town
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


def test_a_rider_reports_with_a_photo_and_the_grid_worker_hears_of_it(client, town, code):
    worker = make_staff("js.worker", "吕网格", Duty.GRID_WORKER, town.grids[0].place)

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


def test_where_the_channel_is_closed_it_counts_as_a_plain_scan(client, town, code):
    profile = WorkflowProfile.objects.get(pk=town.community.pk)
    profile.channels.remove("snap_report")
    profile.save()

    client.post(f"/jiangshan/q/{code.token}/", filing(town, photos=[picture()]))

    assert Petition.objects.get().channel == "qr_code"
