"""收事 on the web: anybody files in under a minute, without an account and without JavaScript."""

from __future__ import annotations

import re
import struct
import zlib
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from community.workflow import Channel, Stage
from core.models import AuditEntry, OutboxMessage, StoredImage
from petitions.models import Petition, PetitionPhoto, PetitionReporter
from petitions.selectors import links
from tests.petitions.loop import file
from tests.petitions.pages import SCRIPT, filing, picture, send, statements

pytestmark = pytest.mark.django_db


def kept_in(response) -> str:
    """The hidden field that carries photos to the next submission."""
    return re.search(r'name="kept" value="([^"]+)"', response.content.decode()).group(1)


def test_form_is_open_to_everybody_and_says_what_matters_before_filing(client, diecui):
    page = client.get("/diecui/file/").content.decode()

    assert "有生命危险请拨打" in page
    assert all(f'href="tel:{number}"' in page for number in ("110", "119", "120"))
    assert "只用来办这件事" in page
    assert "/diecui/privacy/" in page


def test_unknown_community_is_not_found(client, diecui):
    assert client.get("/nowhere/file/").status_code == 404


def test_matter_with_photos_is_filed_and_ends_on_its_receipt(client, diecui):
    response = send(client, diecui, photos=[picture(), picture("b.jpg")])

    reporter = PetitionReporter.objects.get()
    petition = reporter.petition
    assert response.status_code == 302
    assert petition.stage == Stage.RECEIVED
    assert (petition.channel, petition.place, petition.topic) == ("web_form", diecui.buildings[0], "lamp")
    assert (reporter.phone, reporter.name, reporter.is_first) == ("13912345678", "林阿姨", True)
    assert reporter.consented_at is not None
    assert petition.photos.count() == 2
    receipt = client.get(response.url).content.decode()
    assert petition.number in receipt
    assert links.tracking_code(reporter)[:4] in receipt
    assert "<svg" in receipt


def test_words_alone_are_enough(client, diecui):
    send(client, diecui, name=None, phone=None, topic=None)

    petition = Petition.objects.get()
    assert petition.topic == "other"
    assert not petition.reporters.get().is_reachable


def test_receipt_without_phone_asks_to_keep_it(client, diecui):
    response = send(client, diecui, phone=None)

    assert "您没有留手机号" in client.get(response.url).content.decode()


def test_form_sent_twice_is_filed_once_and_leads_to_one_receipt(client, diecui):
    typed = filing(diecui)

    first = client.post("/diecui/file/", typed)
    again = client.post("/diecui/file/", typed)

    assert Petition.objects.count() == 1
    assert first.status_code == again.status_code == 302
    shown = [client.get(response.url).content.decode() for response in (first, again)]
    assert all(Petition.objects.get().number in page for page in shown)
    assert OutboxMessage.objects.filter(kind="petition.received").count() == 1


def test_missing_words_keep_everything_else_that_was_typed(client, diecui):
    response = send(client, diecui, text="", spot="2单元三楼", is_private="on")

    page = response.content.decode()
    assert response.status_code == 422
    assert "请写一下是什么事。" in page
    assert 'value="2单元三楼"' in page
    assert 'value="林阿姨"' in page
    assert f'<option value="{diecui.buildings[0].pk}" selected' in page
    assert re.search(r'name="is_private"[^>]*checked', page)
    assert not Petition.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("text", "字" * 10_000, "最多 500 个字，现在有 10000 个字"),
        ("spot", "字" * 10_000, "最多 100 个字"),
        ("name", "字" * 10_000, "最多 40 个字"),
        ("on_behalf_of", "字" * 10_000, "最多 40 个字"),
        ("phone", "12345", "手机号不对"),
        ("phone", "1" * 10_000, ""),
        ("place", "", "请选择在哪里。"),
        ("place", "999999999999999999999", "这个地点不属于本社区"),
        ("place", "abc", "这个地点不属于本社区"),
        ("topic", "everything", ""),
        ("key", "not-a-key", ""),
        ("key", None, ""),
        ("consent", None, "请先看一下说明"),
        ("text", " \n\t ", "请写一下是什么事。"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words_and_nothing_is_filed(client, diecui, field, value, sentence):
    response = send(client, diecui, **{field: value})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Petition.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_line_break_counts_as_one_character(client, diecui):
    send(client, diecui, text="一\r\n" * 249 + "二三")

    assert len(Petition.objects.get().text) == 500


def test_place_of_another_community_is_refused(client, diecui, fuxi):
    response = send(client, diecui, place=fuxi.buildings[0].pk)

    assert response.status_code == 422
    assert not Petition.objects.exists()


def test_script_in_every_field_is_shown_as_text(client, diecui):
    response = send(
        client, diecui, text=SCRIPT, spot=SCRIPT, name=SCRIPT[:40], on_behalf_of=SCRIPT[:40], phone="12"
    )
    filed = send(client, diecui, text=SCRIPT, spot=SCRIPT, name=SCRIPT[:40], on_behalf_of=SCRIPT[:40])

    reporter = PetitionReporter.objects.get()
    pages = [response, client.get(filed.url), client.get(links.ticket_path(reporter))]
    for page in pages:
        assert SCRIPT not in page.content.decode()
        assert page["Content-Security-Policy"].count("unsafe") == 0
    assert escape(SCRIPT) in pages[2].content.decode()


def huge_png() -> bytes:
    """A PNG of 20,000 by 10,000 pixels in a few bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 20_000, 10_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("photo.jpg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("bomb.jpg", zlib.compress(b"\0" * 1_000_000)),
        ("bomb.zip", b"PK\x03\x04" + b"\0" * 1000),
        ("text.jpg", "这不是照片".encode()),
        ("cut.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 64),
        ("huge.png", huge_png()),
    ],
)
def test_file_that_is_no_photo_is_refused_and_what_was_typed_stays(client, diecui, name, content):
    file_ = SimpleUploadedFile(name, content, content_type="image/jpeg")

    response = send(client, diecui, photos=[picture(), file_])

    page = response.content.decode()
    assert response.status_code == 422
    assert "照片" in page
    assert "三单元楼道灯坏了两周" in page
    assert not Petition.objects.exists()
    assert StoredImage.objects.count() == 1


def test_photos_survive_a_refused_submission(client, diecui):
    refused = send(client, diecui, phone="12", photos=[picture(), picture("b.jpg")])

    response = send(client, diecui, kept=kept_in(refused))

    assert response.status_code == 302
    assert Petition.objects.get().photos.count() == 2
    assert StoredImage.objects.count() == 2


def test_kept_photo_can_be_left_out(client, diecui):
    refused = send(client, diecui, phone="12", photos=[picture(), picture("b.jpg")])
    unwanted = StoredImage.objects.order_by("created_at", "pk").first()

    send(client, diecui, kept=kept_in(refused), drop=str(unwanted.pk))

    assert Petition.objects.get().photos.exclude(image=unwanted).count() == 1
    assert not PetitionPhoto.objects.filter(image=unwanted).exists()


def test_kept_photo_is_shown_to_who_holds_its_token_alone(client, diecui):
    refused = send(client, diecui, phone="12", photos=[picture()])
    shown = re.search(r'src="(/kept/[^"]+)"', refused.content.decode()).group(1)

    assert client.get(shown)["Content-Type"] == "image/jpeg"
    assert client.get(shown.replace(".jpg", "x.jpg")).status_code == 404


def test_forged_or_foreign_kept_photos_are_ignored(client, diecui):
    taken = file(diecui, photos=[])
    stored = StoredImage.objects.create(
        file="a", thumbnail="b", width=1, height=1, size_bytes=1, sha256="0", created_at=taken.filed_at
    )

    send(client, diecui, kept=f'["{stored.pk}"]', decision="new")

    assert not PetitionPhoto.objects.exists()


def test_empty_file_is_refused_as_no_photo(client, diecui):
    response = send(client, diecui, photos=[SimpleUploadedFile("IMG_1.jpg", b"", content_type="image/jpeg")])

    assert response.status_code == 422
    assert "这不是可用的照片" in response.content.decode()
    assert not Petition.objects.exists()


def test_more_photos_than_any_form_takes_are_refused_in_a_sentence(client, diecui):
    client.raise_request_exception = False

    response = send(client, diecui, photos=[picture(f"{n}.jpg", size=(4, 4)) for n in range(25)])

    assert response.status_code == 413
    assert "一次最多上传 20 个文件" in response.content.decode()
    assert not Petition.objects.exists()


def test_seventh_photo_is_refused(client, diecui):
    response = send(client, diecui, photos=[picture(f"{n}.jpg") for n in range(7)])

    assert response.status_code == 422
    assert "最多 6 张照片" in response.content.decode()
    assert response.content.decode().count("/kept/") == 6


def test_flood_from_one_phone_is_stopped_and_what_was_typed_stays(client, diecui, settings):
    settings.FILINGS_PER_PHONE_PER_DAY = 2
    for _n in range(2):
        send(client, diecui, decision="new", phone="13700000001")

    response = send(client, diecui, decision="new", phone="13700000001")

    assert response.status_code == 429
    assert "操作太频繁" in response.content.decode()
    assert "三单元楼道灯坏了两周" in response.content.decode()
    assert Petition.objects.count() == 2


def test_stranger_who_files_with_a_phone_leaves_its_owner_their_matters(client, diecui, settings):
    settings.FILINGS_PER_PHONE_PER_DAY = 2
    for _n in range(3):
        send(Client(REMOTE_ADDR="203.0.113.7"), diecui, decision="new", phone="13700000001")

    response = send(client, diecui, decision="new", phone="13700000001")

    assert response.status_code == 302
    assert Petition.objects.count() == 3


def test_signed_in_resident_finds_name_phone_and_building_filled_in(client, diecui, resident):
    client.force_login(resident)

    page = client.get("/diecui/file/").content.decode()

    assert 'value="居民张"' in page
    assert 'value="13900000001"' in page
    assert f'<option value="{diecui.buildings[0].pk}" selected' in page


def test_filing_while_signed_in_belongs_to_the_account(client, diecui, resident):
    client.force_login(resident)

    send(client, diecui)

    assert PetitionReporter.objects.get().user == resident


class TestSimilar:
    """Is it one of these? A step of its own."""

    def test_similar_open_matter_near_by_is_shown_first(self, client, diecui):
        known = file(diecui)

        response = send(client, diecui, text="楼道灯不亮了，晚上看不清", phone="13700000001")

        page = response.content.decode()
        assert response.status_code == 200
        assert "是不是下面这件事" in page
        assert f'value="join:{known.number}"' in page
        assert Petition.objects.count() == 1

    def test_step_says_no_word_of_the_other_person(self, client, diecui):
        file(diecui, text="林阿姨家门口三单元楼道灯坏了", spot="三单元301")

        page = send(client, diecui, text="三单元楼道灯坏了", name="", phone="").content.decode()

        assert "是不是下面这件事" in page
        assert "林阿姨" not in page
        assert "301" not in page

    @pytest.mark.parametrize("hidden", ["private", "spam", "answered", "elsewhere"])
    def test_private_spam_answered_and_distant_matters_are_never_shown(self, client, diecui, hidden):
        known = file(diecui, is_private=hidden == "private")
        if hidden == "spam":
            Petition.objects.update(spam_marked_at=known.filed_at)
        if hidden == "answered":
            Petition.objects.update(stage=Stage.ARCHIVED, fed_back_at=known.filed_at, severity="blue")
        if hidden == "elsewhere":
            Petition.objects.update(place_path=diecui.place.path, place=diecui.place)

        response = send(client, diecui, phone="13700000001")

        assert response.status_code == 302
        assert Petition.objects.count() == 2

    def test_none_of_these_files_with_everything_that_was_typed(self, client, diecui):
        file(diecui)
        step = send(client, diecui, phone="13700000001", spot="三楼", photos=[picture()])

        response = send(client, diecui, phone="13700000001", spot="三楼", kept=kept_in(step), decision="new")

        petition = Petition.objects.latest("pk")
        assert response.status_code == 302
        assert (petition.spot, petition.photos.count()) == ("三楼", 1)

    def test_step_carries_everything_in_hidden_fields(self, client, diecui):
        file(diecui)

        page = send(
            client, diecui, phone="13700000001", spot="三楼", on_behalf_of="母亲", photos=[picture()]
        ).content.decode()

        for name, value in (
            ("spot", "三楼"),
            ("on_behalf_of", "母亲"),
            ("consent", "True"),
            ("is_private", "False"),
        ):
            assert f'<input type="hidden" name="{name}" value="{value}">' in page
        assert 'name="kept"' in page

    def test_joining_keeps_one_matter_and_informs_the_neighbour(self, client, diecui):
        known = file(diecui)

        response = send(
            client, diecui, phone="13700000001", decision=f"join:{known.number}", photos=[picture()]
        )

        joined = PetitionReporter.objects.get(is_first=False)
        assert response.status_code == 302
        assert Petition.objects.count() == 1
        assert joined.petition == known
        assert joined.petition.reporters_count == 2
        assert joined.photos.count() == 1
        assert OutboxMessage.objects.filter(kind="petition.received", phone="13700000001").count() == 1

    def test_joining_what_was_answered_meanwhile_keeps_what_was_typed(self, client, diecui):
        known = file(diecui)
        Petition.objects.update(stage=Stage.ARCHIVED, fed_back_at=known.filed_at, severity="blue")

        response = send(client, diecui, phone="13700000001", decision=f"join:{known.number}")

        assert response.status_code == 422
        assert "三单元楼道灯坏了两周" in response.content.decode()
        assert PetitionReporter.objects.count() == 1

    def test_joining_a_private_matter_by_guessed_number_is_refused(self, client, diecui):
        known = file(diecui, is_private=True)

        response = send(client, diecui, phone="13700000001", decision=f"join:{known.number}")

        assert response.status_code == 422
        assert PetitionReporter.objects.count() == 1

    def test_going_back_shows_the_form_as_it_was(self, client, diecui):
        file(diecui)

        response = send(client, diecui, phone="13700000001", spot="三楼", decision="edit")

        page = response.content.decode()
        assert response.status_code == 200
        assert 'value="三楼"' in page
        assert "我要说事" in page
        assert Petition.objects.count() == 1

    def test_form_that_joined_may_still_file_a_matter_of_its_own(self, client, diecui):
        known = file(diecui)
        key = str(uuid4())
        send(client, diecui, phone="13700000001", key=key, decision=f"join:{known.number}")

        response = send(client, diecui, phone="13700000001", key=key, decision="new")

        assert response.status_code == 302
        assert Petition.objects.count() == 2
        assert PetitionReporter.objects.count() == 3


class TestCodes:
    """A printed code fills in the place, and says how the matter came in."""

    @pytest.fixture
    def point(self, diecui, at):
        from community import actions

        def make(kind, place=None, name="凉亭说事凳"):
            return actions.talk_point_create(
                community=diecui.community, place=place or diecui.estate, kind=kind, name=name, at=at
            )

        return make

    @pytest.mark.parametrize(
        ("kind", "channel"),
        [
            ("talk_bench", Channel.TALK_POINT),
            ("suggestion_box", Channel.SUGGESTION_BOX),
            ("building", Channel.QR_CODE),
        ],
    )
    def test_code_prefills_the_place_and_records_the_channel(self, client, diecui, point, kind, channel):
        place = diecui.buildings[1] if kind == "building" else diecui.estate
        spot = point(kind, place)

        page = client.get(f"/diecui/q/{spot.token}/").content.decode()
        client.post(f"/diecui/q/{spot.token}/", filing(diecui, place=place.pk, channel="hotline"))

        petition = Petition.objects.get()
        assert f'<option value="{place.pk}" selected' in page
        assert (petition.channel, petition.talk_point, petition.place) == (channel, spot, place)

    def test_channel_that_is_not_open_counts_as_a_scan(self, client, fuxi, at):
        from community import actions

        spot = actions.talk_point_create(
            community=fuxi.community, place=fuxi.estate, kind="talk_bench", name="说事凳", at=at
        )

        client.post(f"/fuxi/q/{spot.token}/", filing(fuxi))

        assert Petition.objects.get().channel == Channel.QR_CODE

    def test_code_at_an_entrance_keeps_that_entrance(self, client, diecui, point):
        spot = point("talk_bench", diecui.entrances[0])

        page = client.get(f"/diecui/q/{spot.token}/").content.decode()
        client.post(f"/diecui/q/{spot.token}/", filing(diecui, place=diecui.entrances[0].pk))

        assert f'<option value="{diecui.entrances[0].pk}" selected' in page
        assert Petition.objects.get().place == diecui.entrances[0]

    @pytest.mark.parametrize("forge", ["unknown", "cut", "foreign", "retired"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_forged_foreign_or_retired_code_files_nothing_and_says_so(
        self, client, diecui, fuxi, point, forge, method
    ):
        spot = point("talk_bench")
        slug, token = "diecui", spot.token
        if forge == "unknown":
            token = "A" * 20
        elif forge == "cut":
            token = token[:-1]
        elif forge == "foreign":
            slug = "fuxi"
        else:
            type(spot).objects.update(is_active=False)

        response = getattr(client, method)(f"/{slug}/q/{token}/", filing(diecui))

        page = response.content.decode()
        assert response.status_code == 404
        assert "这个码不能用了" in page
        assert f"/{slug}/file/" in page
        assert not Petition.objects.exists()


def test_filing_costs_at_most_fifteen_statements(client, diecui, secretary, grid_worker):
    with statements() as used:
        response = send(client, diecui)

    assert response.status_code == 302
    assert len(used) <= 15


@pytest.mark.parametrize("rows", [3, 30])
def test_form_costs_two_statements_however_many_buildings(
    client, diecui, django_assert_num_queries, rows, at
):
    from community import actions

    for number in range(rows):
        actions.place_create(
            kind="building", name=f"{number + 10}号楼", parent=diecui.estate, building_kind="apartment", at=at
        )

    with django_assert_num_queries(2):
        page = client.get("/diecui/file/").content.decode()

    assert page.count("<option") == rows + 5


def test_every_filing_leaves_one_audit_line_without_personal_data(client, diecui):
    send(client, diecui)

    entry = AuditEntry.objects.get(event="petition.filed")
    assert "林阿姨" not in str(vars(entry))
    assert "13912345678" not in str(vars(entry))


def test_token_of_the_form_is_required(diecui):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/diecui/file/", filing(diecui))

    assert response.status_code == 403
    assert not Petition.objects.exists()
