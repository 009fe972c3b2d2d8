"""Notes of a patrol: on the way, with and without signal, each once, counted by kind (G-05)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.models import Post
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import AuditEntry
from grids.actions.patrol_notes import notes_forget
from grids.models import EntryState, FieldEntry, NoteKind, Patrol, PatrolNote, PatrolTally
from grids.selectors.patrol_walk import walk_of
from grids.selectors.patrols import patrol_today
from tests.grids.hazards import in_hand
from tests.grids.patrols import clock, ended, noted, planned, started
from tests.grids.test_diary import write as diary
from tests.grids.test_patrol_pages import as_user, bring
from tests.grids.visits import visit
from tests.parallel import at_once
from tests.petitions.loop import file, person

pytestmark = pytest.mark.django_db
PAGE = "/work/patrol/note/"
WORDS = "几位居民希望凉亭旁装一盏灯。"


@pytest.fixture
def now(monkeypatch) -> datetime:
    """A moment within the early window, whenever the test runs."""
    moment = clock(8, 30)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


@pytest.fixture
def patrol(grid, grid_worker) -> Patrol:
    planned(grid)
    return started(grid, grid_worker, clock(8, 5))


def counted() -> dict[str, int]:
    one = PatrolTally.objects.get()
    return {kind.value: getattr(one, f"notes_{kind}") for kind in NoteKind if getattr(one, f"notes_{kind}")}


class TestNote:
    def test_worker_starts_notes_and_ends_and_the_days_due_count_falls_by_one(self, now, grid, grid_worker):
        """The acceptance of G-05."""
        planned(grid)
        client = as_user(grid_worker)

        def due() -> int:
            tiles = client.get("/today/").context["tiles"]
            return next(one for one in tiles if one.code == "patrol").count

        before = due()
        client.post("/work/patrol/start/", {"grid": grid.pk, "key": str(uuid4())})
        client.post(PAGE, {"kind": "opinion", "text": WORDS, "key": str(uuid4())})
        client.post("/work/patrol/end/", {"note": "一切正常。"})

        note = PatrolNote.objects.select_related("patrol").get()
        assert (note.patrol.started_at, note.patrol.ended_at, note.happened_at) == (now, now, now)
        assert (note.get_kind_display(), note.text) == ("收集社情民意", WORDS)
        assert (before, due()) == (2, 1)

    def test_every_note_is_counted_by_kind_on_its_day(self, patrol, grid_worker):
        noted(grid_worker, clock(8, 10))
        noted(grid_worker, clock(8, 12))
        noted(grid_worker, clock(8, 20), "help", "帮一位老人把米提上三楼。")

        assert counted() == {"greeting": 2, "help": 1}
        assert AuditEntry.objects.filter(event="patrol.noted").count() == 3

    def test_key_sent_twice_is_one_note(self, patrol, grid_worker):
        key = uuid4()
        first, again = (noted(grid_worker, clock(8, 10), key=key) for _turn in range(2))

        assert first == again
        assert counted() == {"greeting": 1}

    def test_greeting_needs_no_words_and_anything_else_does(self, patrol, grid_worker):
        noted(grid_worker, clock(8, 10))
        for kind in set(NoteKind.values) - {"greeting"}:
            with pytest.raises(InvalidInputError, match="几个字"):
                noted(grid_worker, clock(8, 10), kind, "  ")

        assert PatrolNote.objects.count() == 1

    @pytest.mark.parametrize("moment", [clock(7, 50), clock(9, 10)])
    def test_before_the_start_and_after_the_end_nothing_is_noted(self, patrol, grid_worker, moment):
        ended(grid_worker, clock(9))

        with pytest.raises(ConflictError, match="先开始巡查"):
            noted(grid_worker, moment)
        assert not PatrolNote.objects.exists()

    def test_key_of_a_note_on_another_patrol_is_refused(self, patrol, grid, grid_worker):
        key = uuid4()
        noted(grid_worker, clock(8, 10), key=key)
        ended(grid_worker, clock(8, 20))
        started(grid, grid_worker, clock(8, 40))

        with pytest.raises(ConflictError):
            noted(grid_worker, clock(8, 50), key=key)

    def test_leader_of_another_grid_vouches_for_nothing(self, patrol, grid_worker, leader_of_another_grid):
        with pytest.raises(NotAllowedError):
            noted(grid_worker, clock(8, 10), actor=leader_of_another_grid)

    def test_database_refuses_a_kind_that_is_none(self, patrol, grid_worker):
        noted(grid_worker, clock(8, 10))
        with pytest.raises(IntegrityError), transaction.atomic():
            PatrolNote.objects.update(kind="gossip")

    def test_words_go_after_a_year_and_the_rest_stays(self, patrol, grid_worker):
        noted(grid_worker, clock(8, 10), "opinion", WORDS)
        assert notes_forget(clock(8, 10) + timedelta(days=365)) == 0

        assert [notes_forget(clock(8, 10) + timedelta(days=366)) for _turn in range(2)] == [1, 0]
        assert PatrolNote.objects.get().text == ""
        assert counted() == {"opinion": 1}

    @pytest.mark.django_db(transaction=True)
    def test_two_taps_at_once_are_one_note(self, patrol, grid_worker):
        key = uuid4()
        made = at_once([lambda: noted(grid_worker, clock(8, 10), key=key)] * 4)

        assert len({note.pk for note in made}) == 1
        assert counted() == {"greeting": 1}


class TestWithoutSignal:
    def test_walk_with_a_note_lands_as_it_happened(self, grid, grid_worker, monkeypatch):
        planned(grid)
        monkeypatch.setattr(timezone, "now", lambda: clock(15))
        pk = str(uuid4())
        bring(grid_worker, "grids.patrol_start", clock(8, 5), grid=grid.pk)
        answers = [
            bring(grid_worker, "grids.patrol_note", clock(8, 20), pk=pk, kind="opinion", text=WORDS)
            for _turn in range(2)
        ]
        bring(grid_worker, "grids.patrol_end", clock(8, 40))

        note = PatrolNote.objects.get()
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json()["name"] == "巡查随记：收集社情民意"
        assert (str(note.key), note.happened_at, note.received_at) == (pk, clock(8, 20), clock(15))

    def test_note_of_a_walk_that_is_over_lands_late(self, now, patrol, grid_worker):
        ended(grid_worker, clock(8, 25))

        assert bring(grid_worker, "grids.patrol_note", clock(8, 10), kind="greeting").status_code == 201

    def test_refusal_says_which_field_and_why_and_the_same_id_lands_afterwards(
        self, now, patrol, grid_worker
    ):
        pk = str(uuid4())
        refused = bring(grid_worker, "grids.patrol_note", now, pk=pk, text="没有选")
        landed = bring(grid_worker, "grids.patrol_note", now, pk=pk, kind="other", text="选了")

        assert (refused.status_code, landed.status_code) == (422, 201)
        assert "请选择做了什么。" in str(refused.json())

    def test_note_of_somebody_who_left_waits_for_the_leader(
        self, now, patrol, grid_worker, grid_leader, secretary
    ):
        Post.objects.filter(user=grid_worker).update(ends_on=clock(8).date() - timedelta(days=1))
        answer = bring(grid_worker, "grids.patrol_note", clock(8, 10), kind="help", text=WORDS)
        entry = FieldEntry.objects.get()
        page = as_user(grid_leader).get(reverse("grids:held", args=[entry.pk])).content.decode()
        as_user(grid_leader).post(reverse("grids:held", args=[entry.pk]), {})

        assert (answer.status_code, entry.state) == (202, EntryState.HELD)
        assert WORDS in page
        assert "顺手帮忙" in page
        assert PatrolNote.objects.get().patrol == patrol

    @pytest.mark.django_db(transaction=True)
    def test_sent_by_three_at_once_lands_once(self, now, patrol, grid_worker):
        pk = str(uuid4())
        send = lambda: bring(grid_worker, "grids.patrol_note", now, pk=pk, kind="greeting")  # noqa: E731

        assert {answer.status_code for answer in at_once([send] * 3)} == {201}
        assert PatrolNote.objects.count() == FieldEntry.objects.count() == 1


class TestPages:
    def test_page_of_the_day_counts_notes_and_keeps_no_word_of_them(self, now, patrol, grid_worker):
        noted(grid_worker, clock(8, 10), "opinion", WORDS)
        page = as_user(grid_worker).get("/work/patrol/").content.decode()

        assert "收集社情民意 1" in page
        assert WORDS not in page
        assert reverse("grids:patrol_walk", args=[patrol.pk]) in page

    def test_one_tap_leads_to_a_visit_a_hazard_a_matter_and_the_diary(self, now, patrol, grid_worker):
        client = as_user(grid_worker)
        kept = client.get("/work/entries/").json()["keep"]
        for path in ("/work/patrol/", PAGE):
            page = client.get(path).content.decode()
            for name in ("grids:visit_new", "grids:hazard_new", "petitions:work_new", "grids:diary_new"):
                assert f'href="{reverse(name)}"' in page
                assert reverse(name) in kept
        assert PAGE in kept

    def test_walk_shows_what_was_noted_and_entered_on_the_way_and_nothing_else(
        self, diecui, patrol, grid, grid_worker, grid_leader
    ):
        home, building = diecui.households[0], diecui.buildings[0]
        noted(grid_worker, clock(8, 10), "opinion", WORDS)
        visit(home, grid_worker, at=clock(8, 20))
        visit(home, grid_worker, at=clock(9, 20))
        diary(building, grid_worker, "想要一张乒乓球台", at=clock(8, 22))
        in_hand(building, grid_worker, at=clock(8, 24), found_at=clock(8, 24))
        file(diecui, actor=grid_worker, text="楼道灯不亮。", who=person(), at=clock(8, 26))
        file(diecui, actor=grid_leader, text="别人登记的。", who=person(), at=clock(8, 27))
        ended(grid_worker, clock(9))

        for user in (grid_worker, grid_leader):
            walk = walk_of(user, patrol.pk, at=clock(10))
            assert [(str(way.label), len(lines)) for way, lines in walk.found] == [
                ("入户走访", 1),
                ("隐患", 1),
                ("诉求", 1),
                ("民情日记", 1),
            ]
            assert walk.kinds == [("收集社情民意", 1)]
            shown = as_user(user).get(reverse("grids:patrol_walk", args=[patrol.pk]))
            assert WORDS in shown.content.decode()

    def test_walk_of_others_is_not_found(self, patrol, grid_worker, worker_of_another_grid, clerk, resident):
        page = reverse("grids:patrol_walk", args=[patrol.pk])

        assert as_user(None).get(page).status_code == 302
        assert as_user(grid_worker).get(page).status_code == 200
        assert as_user(worker_of_another_grid).get(page).status_code == 404
        for user in (clerk, resident):
            assert as_user(user).get(page).status_code == 403

    def test_form_is_for_those_who_walk(self, grid_worker, clerk, resident):
        assert as_user(None).get(PAGE).status_code == 302
        assert as_user(grid_worker).get(PAGE).status_code == 200
        for user in (clerk, resident):
            assert as_user(user).get(PAGE).status_code == 403

    def test_refusal_stands_on_the_form_with_what_was_typed(self, now, grid_worker):
        answer = as_user(grid_worker).post(PAGE, {"kind": "help", "text": WORDS, "key": str(uuid4())})

        assert answer.status_code == 409
        assert WORDS in answer.content.decode()
        assert "先开始巡查" in answer.content.decode()

    def test_desk_shows_notes_with_the_walk_and_counts_them_by_kind(
        self, now, patrol, grid_worker, secretary
    ):
        noted(grid_worker, clock(8, 10), "opinion", WORDS)
        client = as_user(secretary)
        page = client.get(reverse("admin:grids_patrol_change", args=[patrol.pk])).content.decode()
        coverage = client.get(reverse("admin:grids_patrol_coverage"))

        assert WORDS in page
        assert ("收集社情民意", 1) in coverage.context["shown"].kinds
        assert "<dt>收集社情民意</dt><dd>1</dd>" in coverage.content.decode()

    def test_statements_stay_the_same_with_more_notes(self, patrol, grid, grid_worker):
        def count() -> tuple[int, int]:
            grid_worker.__dict__.pop("_held_posts", None)
            with CaptureQueriesContext(connection) as today:
                patrol_today(grid_worker, at=clock(8, 30))
            with CaptureQueriesContext(connection) as walk:
                walk_of(grid_worker, patrol.pk, at=clock(8, 30))
            return len(today), len(walk)

        for _turn in range(3):
            noted(grid_worker, clock(8, 20))
        few = count()
        for _turn in range(27):
            noted(grid_worker, clock(8, 20))
        assert count() == few
