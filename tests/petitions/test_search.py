"""Search: staff find what they may see, residents what is public or their own, and nobody anything else."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.actions.place import place_move, place_update
from petitions.actions import joining, publishing, triage
from petitions.models import Petition, PetitionWords, WallPost, WallWords
from petitions.selectors import desk, search
from petitions.selectors.asked import asked, plain
from petitions.selectors.marking import marked
from petitions.selectors.search import Seek, _spans
from tests.petitions.loop import Loop, file, person
from tests.petitions.pages import SCRIPT, publish_with_photos, statements, stored

LIST = "admin:petitions_petition_changelist"
LEAK = "顶楼漏水，家里墙皮掉了一大片。"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def leak(diecui, now) -> Petition:
    return file(diecui, at=now, text=LEAK)


def desk_finds(client, user, **query: str) -> list[int]:
    client.force_login(user)
    return [petition.pk for petition in client.get(reverse(LIST), query).context["cl"].result_list]


def page(client, address: str, **query: str) -> str:
    return client.get(address, query).content.decode()


class TestDesk:
    @pytest.mark.parametrize(
        "typed",
        [
            "漏水",
            "墙皮掉了",
            "漏水 墙皮",
            "家里 一大片",
            "一号小区1号楼",
            "一号小区 1号楼",
            "１号楼",
            "第1网格",
            "叠翠社区",
        ],
    )
    def test_finds_by_words_and_place(self, client, leak, secretary, typed):
        assert desk_finds(client, secretary, q=typed) == [leak.pk]

    @pytest.mark.parametrize("typed", ["漏电", "水漏", "皮墙", "漏水 电梯", "2号楼", "漏家"])
    def test_finds_nothing_that_does_not_hold_every_word(self, client, leak, secretary, typed):
        assert desk_finds(client, secretary, q=typed) == []

    def test_finds_by_number_whole_begun_and_ended(self, client, leak, secretary):
        day, tail = leak.number.split("-")

        found = [
            desk_finds(client, secretary, q=typed)
            for typed in (leak.number, day, f"{day}-", tail, str(int(tail)))
        ]

        assert found == [[leak.pk]] * 5

    @pytest.mark.parametrize(
        "typed", ["13912345678", "139 1234 5678", "+86 139-1234-5678", "１３９１２３４５６７８"]
    )
    def test_finds_by_phone_only_whole(self, client, leak, secretary, typed):
        assert desk_finds(client, secretary, q=typed) == [leak.pk]
        assert desk_finds(client, secretary, q="1391234567") == []

    def test_finds_only_what_a_post_covers(
        self, client, leak, supervisor, grid_worker, worker_of_another_grid, secretary_of_another_community
    ):
        users = (supervisor, grid_worker, worker_of_another_grid, secretary_of_another_community)

        assert [desk_finds(client, user, q="漏水") for user in users if user.is_staff] == [
            [leak.pk],
            [leak.pk],
            [],
            [],
        ]

    def test_looks_at_everything_unless_a_queue_is_chosen(self, client, leak, secretary, now):
        Petition.objects.filter(pk=leak.pk).update(stage="archived", fed_back_at=now, severity="blue")

        assert desk_finds(client, secretary, q="漏水") == [leak.pk]
        assert desk_finds(client, secretary, q="漏水", queue="open") == []
        assert desk_finds(client, secretary, q="漏水", queue="all", severity="red") == []

    def test_newest_stands_first_across_years(self, client, diecui, secretary, now):
        ages = (0, 3, 30, 200, 900, 3000)
        filed = [file(diecui, at=now, text=LEAK, who=person(phone="")) for _ in ages]
        for one, days in zip(filed, ages, strict=True):
            Petition.objects.filter(pk=one.pk).update(filed_at=now - timedelta(days=days))
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM petitions_petitionwords")
            cursor.execute("SELECT petitions_words_keep(ARRAY(SELECT id FROM petitions_petition))")

        assert desk_finds(client, secretary, q="漏水") == [one.pk for one in filed]

    def test_pages_forth_and_back_show_everything_once(self, client, diecui, secretary, now):
        filed = [file(diecui, at=now - timedelta(days=n), text=LEAK, who=person(phone="")) for n in range(45)]
        client.force_login(secretary)

        seen, cursor = [], ""
        while cursor is not None:
            shown = client.get(reverse(LIST), {"q": "漏水", "cursor": cursor}).context["cl"]
            seen.append([one.pk for one in shown.result_list])
            cursor = shown.page.next
        back = client.get(reverse(LIST), {"q": "漏水", "cursor": shown.page.previous}).context["cl"]

        assert [len(part) for part in seen] == [20, 20, 5]
        assert [pk for part in seen for pk in part] == [one.pk for one in filed]
        assert [one.pk for one in back.result_list] == seen[1]
        assert shown.page.last is None

    @pytest.mark.parametrize("few", [1, 1000])
    def test_finds_the_same_in_a_list_that_is_read_to_its_end_and_in_a_long_one(
        self, client, diecui, secretary, now, monkeypatch, few
    ):
        for module in (search, desk):
            monkeypatch.setattr(module, "FEW", few)
        filed = [file(diecui, at=now - timedelta(days=n), text=LEAK, who=person(phone="")) for n in range(45)]
        spam = filed[::2]
        Petition.objects.filter(pk__in=[one.pk for one in spam]).update(spam_marked_at=now)
        file(diecui, at=now, text="楼道灯不亮", who=person(phone=""))

        first = desk_finds(client, secretary, q="漏水 墙皮", queue="spam")
        cursor = client.get(reverse(LIST), {"q": "漏水 墙皮", "queue": "spam"}).context["cl"].page.next
        second = desk_finds(client, secretary, q="漏水 墙皮", queue="spam", cursor=cursor)

        assert first + second == [one.pk for one in spam]
        assert desk_finds(client, secretary, q=spam[3].number[9:], queue="spam") == [spam[3].pk]
        assert desk_finds(client, secretary, q="漏水 灯不亮", queue="spam") == []
        assert desk_finds(client, secretary, q="漏水", queue="supervised") == []
        assert desk_finds(client, secretary, q="漏水", queue="all", holder="supervised") == []
        assert desk_finds(client, secretary, q="漏水", queue="spam", community="x") == []

    @pytest.mark.parametrize("count", [3, 30])
    def test_costs_a_fixed_number_of_statements(self, client, diecui, secretary, now, count):
        for _ in range(count):
            file(diecui, at=now, text=LEAK, who=person(phone=""))
        client.force_login(secretary)
        client.get(reverse(LIST), {"q": "漏水"})

        with statements() as used:
            client.get(reverse(LIST), {"q": "漏水"})

        assert len(used) <= 6

    def test_export_holds_all_that_was_found(self, diecui, secretary, now):
        from petitions.selectors.desk import desk_rows

        filed = [file(diecui, at=now, text=LEAK, who=person(phone="")) for _ in range(25)]
        file(diecui, at=now)

        assert set(desk_rows(secretary, {"q": "漏水"}, at=now)) == set(filed)

    def test_found_words_are_marked_where_they_stand(self, client, diecui, secretary, now):
        long = "楼道里堆着杂物，物业来过两次也没有清走，老人走路很不方便，请社区协调一下尽快清理，另外顶楼还漏水。"
        file(diecui, at=now, text=long)
        client.force_login(secretary)

        shown = page(client, reverse(LIST), q="漏水")

        assert "顶楼还<mark>漏水</mark>。" in shown


class TestRefusals:
    @pytest.mark.parametrize("typed", ["水", "，", "漏 水", "%", "水" * 41, "a b c d e f g"])
    def test_too_short_or_too_long_is_said_in_a_sentence(self, client, leak, secretary, diecui, typed):
        client.force_login(secretary)

        pages = [
            page(client, address, q=typed)
            for address in (
                reverse(LIST),
                reverse("petitions:work_search"),
                "/diecui/wall/",
                "/diecui/problems/",
            )
        ]

        assert all("notice--warn" in shown for shown in pages)
        assert all("顶楼漏水" not in shown for shown in pages)


class TestKeptInStep:
    def test_title_outcome_and_correction_are_found_in_the_same_transaction(
        self, client, leak, secretary, grid_worker, now
    ):
        loop = Loop(leak, desk=secretary, worker=grid_worker, at=now)
        loop.triage(public_title="屋面防水").claim().resolve()

        assert desk_finds(client, secretary, q="屋面防水") == [leak.pk]
        assert desk_finds(client, secretary, q=loop.refresh().outcome[:4]) == [leak.pk]

    def test_erased_words_are_found_no_more(self, client, leak, secretary):
        Petition.objects.filter(pk=leak.pk).update(text="已清除")

        assert desk_finds(client, secretary, q="漏水") == []

    def test_renamed_place_is_found_by_its_new_name(self, client, leak, secretary, estate, now):
        place_update(place_id=estate.pk, changes={"name": "翠竹苑"}, actor=None, at=now)

        assert desk_finds(client, secretary, q="翠竹苑") == [leak.pk]
        assert desk_finds(client, secretary, q="一号小区") == []

    def test_moved_place_takes_its_matters_along(self, leak, building, diecui, now):
        place_move(place_id=building.pk, parent_id=diecui.community.pk, actor=None, at=now)

        moved = PetitionWords.objects.get(petition=leak)

        assert "一号小区" not in moved.words
        assert f"/{building.pk}" in moved.tokens.split()

    def test_filing_costs_no_statement_more(self, leak):
        assert PetitionWords.objects.filter(petition=leak).exists()

    def test_taken_down_answer_is_found_no_more(self, diecui, secretary, grid_worker, now):
        publish_with_photos(
            Loop(file(diecui, at=now, photos=[stored()]), desk=secretary, worker=grid_worker, at=now)
        )
        before = WallWords.objects.count()
        publishing.wall_post_take_down(
            post_id=WallPost.objects.get().pk, actor=secretary, reason="x", at=now + timedelta(days=1)
        )

        assert (before, WallWords.objects.count()) == (1, 0)


class TestStrangers:
    @pytest.fixture
    def published(self, diecui, secretary, grid_worker, now) -> Loop:
        raw = "三单元502林阿姨家门口楼道灯坏了。"
        return publish_with_photos(
            Loop(
                file(diecui, at=now, text=raw, photos=[stored()]), desk=secretary, worker=grid_worker, at=now
            )
        )

    @pytest.mark.parametrize("typed", ["声控灯", "楼道灯 声控", "一号小区1号楼", "修好了"])
    def test_find_answers_by_published_words(self, client, published, typed):
        assert published.petition.number in page(client, "/diecui/wall/", q=typed)

    @pytest.mark.parametrize("typed", ["林阿姨", "502", "门口", "13912345678", "1391", "更换"])
    def test_cannot_probe_unpublished_words(self, client, published, typed):
        number = published.petition.number

        assert f"/matters/{number}/" not in page(client, "/diecui/wall/", q=typed)
        assert f"/matters/{number}/" not in page(client, "/diecui/wall/", q=number)

    def test_of_another_community_find_nothing_here(self, client, published, fuxi):
        assert published.petition.number not in page(client, "/fuxi/wall/", q="声控灯")

    def test_find_open_matters_by_title_topic_and_building_alone(self, client, leak, secretary, now):
        assert leak.number not in page(client, "/diecui/problems/", q="漏水")
        assert leak.number in page(client, "/diecui/problems/", q="1号楼")

        triage.petition_approve_title(petition_id=leak.pk, actor=secretary, title="屋面防水", at=now)

        assert leak.number in page(client, "/diecui/problems/", q="屋面")
        assert leak.number not in page(client, "/diecui/problems/", q="墙皮")

    def test_never_find_private_or_spam(self, client, diecui, now):
        hidden = file(diecui, at=now, is_private=True)
        spam = file(diecui, at=now, who=person(phone=""))
        Petition.objects.filter(pk=spam.pk).update(spam_marked_at=now)

        shown = page(client, "/diecui/problems/", q="1号楼")

        assert hidden.number not in shown
        assert spam.number not in shown

    @pytest.mark.parametrize("count", [3, 30])
    def test_walls_cost_a_fixed_number_of_statements(self, client, diecui, now, count):
        for _ in range(count):
            file(diecui, at=now, who=person(phone=""))
        for address in ("/diecui/wall/", "/diecui/problems/"):
            client.get(address)
            with statements() as used:
                client.get(address, {"q": "1号楼"})
            assert len(used) <= 4


class TestMine:
    def test_own_words_are_found_and_those_of_others_are_not(self, client, diecui, resident, neighbour, now):
        mine = file(diecui, at=now, text=LEAK, who=person(user=resident, phone=""))
        theirs = file(
            diecui, at=now, text="电梯停在半空，我母亲刚出院。", who=person(user=neighbour, phone="")
        )
        joining.petition_join(
            petition_id=theirs.pk,
            person=person(user=resident, phone=""),
            key=uuid4(),
            words="我家也等电梯",
            at=now,
        )
        client.force_login(resident)

        found = {
            typed: page(client, "/mine/", q=typed) for typed in ("漏水", "我家也等", "出院", mine.number[-4:])
        }

        assert mine.number in found["漏水"]
        assert theirs.number in found["我家也等"]
        assert theirs.number not in found["出院"]
        assert mine.number in found[mine.number[-4:]]

    def test_matters_of_others_are_never_found(self, client, leak, neighbour):
        client.force_login(neighbour)

        assert leak.number not in page(client, "/mine/", q="漏水")


class TestWork:
    def test_grid_worker_finds_in_own_grid_alone(self, client, leak, grid_worker, worker_of_another_grid):
        shown = []
        for user in (grid_worker, worker_of_another_grid):
            client.force_login(user)
            shown.append(page(client, reverse("petitions:work_search"), q="漏水"))

        assert ["<mark>漏水</mark>" in one for one in shown] == [True, False]

    def test_page_sends_strangers_to_sign_in_and_refuses_residents(self, client, db, resident):
        stranger = client.get(reverse("petitions:work_search"))
        client.force_login(resident)
        refused = client.get(reverse("petitions:work_search"), {"q": "漏水"})

        assert (stranger.status_code, refused.status_code) == (302, 403)

    @pytest.mark.parametrize("count", [3, 30])
    def test_page_costs_a_fixed_number_of_statements(self, client, diecui, grid_worker, now, count):
        for _ in range(count):
            file(diecui, at=now, text=LEAK, who=person(phone=""))
        client.force_login(grid_worker)
        client.get(reverse("petitions:work_search"))

        with statements() as used:
            client.get(reverse("petitions:work_search"), {"q": "漏水"})

        assert len(used) <= 6


class TestAttacks:
    TRICKS = (
        *(
            "%%",
            "__",
            "%漏%",
            "漏_水",
            "漏\\水",
            "漏水%' OR '1'='1",
            "漏水' & !'x",
            "漏水:*",
            "a|b & !c",
            '{漏水,"x"}',
        ),
        *(
            "漏\x00水水",
            "漏水\u202e水",
            "/1 @0:2548",
            "#0001",
            "/1/2/",
            "漏水" * 5000,
            "🏚漏🏚",
            "１＝１",
        ),
    )

    @pytest.mark.parametrize("typed", TRICKS)
    def test_tricks_are_words_and_nothing_else(
        self, client, leak, diecui, secretary_of_another_community, typed
    ):
        addresses = (
            reverse(LIST),
            reverse("petitions:work_search"),
            "/diecui/wall/",
            "/diecui/problems/",
            "/mine/",
        )
        client.force_login(secretary_of_another_community)

        answers = [client.get(address, {"q": typed}) for address in addresses]

        assert [answer.status_code for answer in answers] == [200] * 5
        assert all("墙皮" not in answer.content.decode() for answer in answers)

    def test_markup_in_a_matter_or_in_the_box_stays_text(self, client, diecui, secretary, now):
        file(diecui, at=now, text=f"漏水{SCRIPT}漏水")
        client.force_login(secretary)

        shown = page(client, reverse(LIST), q="漏水<script>")
        found = page(client, reverse(LIST), q="script")

        assert SCRIPT not in shown + found
        assert "&lt;<mark>script</mark>&gt;" in found


@pytest.mark.db_server
class TestReading:
    @given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cn", "Co")), max_size=60))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_python_and_the_database_read_words_alike(self, db, text):
        text = text.replace("\x00", "")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT petitions_plain(%s), petitions_terms(petitions_plain(%s), '/1')", [text, text]
            )
            words, terms = cursor.fetchone()

        pairs = {a + b for word in plain(text).split(" ") for a, b in pairwise(word)}
        assert words == plain(text)
        assert set(terms) == {*pairs, "/1"}

    @given(st.text(max_size=80), st.text(max_size=12))
    @settings(max_examples=100, deadline=None)
    def test_marking_changes_no_character_and_lets_no_markup_through(self, text, typed):
        shown = marked(text, asked(typed))

        from html import unescape

        assert unescape(shown.replace("<mark>", "").replace("</mark>", "")) == unescape(
            str(marked(text, None))
        )
        assert "<" not in shown.replace("<mark>", "").replace("</mark>", "")

    @given(st.integers(0, 20000), st.integers(0, 20000), st.booleans())
    def test_spans_cover_every_day_beyond_the_cursor(self, day, later, backwards):
        from datetime import UTC, datetime

        start = datetime.fromtimestamp(0, UTC)
        at, end = start + timedelta(days=day), start + timedelta(days=day + later)
        spans = [span[1:].split(":") for span in _spans(Seek(end, 21, at, 1, backwards))]
        covered = [
            range(int(n) * 8 ** (int(level) + 1), (int(n) + 1) * 8 ** (int(level) + 1)) for level, n in spans
        ]
        wanted = range(day, day + later + 1) if backwards else range(day, -1, -1)

        assert all(any(one in span for span in covered) for one in {*wanted[:3], *wanted[-3:], *wanted[::97]})
        assert len(spans) <= 16 + 16 + (day + later) // 512 + 1


def test_search_box_says_what_it_takes(rf):
    box = render_to_string(
        "_search.html", {"label": "找", "hint": "找", "typed": '"><script>', "asked": asked("水")}
    )

    assert '"><script>' not in box
    assert "请至少写两个连着的字" in box
