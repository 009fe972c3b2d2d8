"""The plain county keeps every rule of the database and its rows; the report says plainly what is over."""

from __future__ import annotations

import hashlib
from argparse import Namespace

import pytest
from django.db import connection

from bench import database, report
from bench.client import Answer
from bench.measure import Case, Result
from core.models import StoredImage
from petitions.demo.county import petitions, plain, trail
from petitions.models import Evaluation, Petition, PetitionEvent, PetitionReporter, WallPost
from tests.cast import NOW

COUNT = 400
ROWS = (
    (
        Petition,
        *("number", "filing_key", "community__slug", "place__name", "grid__name", "channel", "text"),
        *("is_private", "topic", "canonical_category", "public_title", "stage", "severity", "route", "tier"),
        *("assignee__username", "clock", "clock_minutes", "clock_from", "due_at", "sweep_at", "sweep_step"),
        *("promise_at", "reporters_count", "satisfied_count", "dissatisfied_count", "outcome"),
        *("merged_into__number", "filed_at", "triaged_at", "claimed_at", "resolved_at", "fed_back_at"),
        *("published_at", "closed_at", "changed_at", "spam_marked_at"),
    ),
    (PetitionReporter, "petition__number", "is_first", "user__phone", "name", "phone", "joined_at"),
    (
        PetitionEvent,
        *("petition__number", "at", "event", "stage", "actor__username", "duty", "post_place", "audience"),
        "note",
    ),
    (
        Evaluation,
        *("petition__number", "round", "invited_at", "closes_at", "sweep_at", "is_satisfied"),
        *("answered_at", "closed_at"),
    ),
    (WallPost, "petition__number", "title", "question", "answer", "place_name", "topic", "published_at"),
    (StoredImage, "file", "created_at"),
)


def digest():
    """Of every value in every row, in the order of the keys."""
    found = hashlib.sha256()
    for model, *names in ROWS:
        for row in model.objects.order_by("pk").values_list(*names):
            found.update(repr([str(value) for value in row]).encode())
    return found.hexdigest()[:16]


@pytest.mark.django_db
def test_plain_county_breaks_no_constraint_and_dangles_nowhere():
    petitions.fill(plain.ground(COUNT, NOW), COUNT, NOW)
    trail.fill(NOW)

    connection.check_constraints()

    assert Petition.objects.count() == COUNT
    assert PetitionReporter.objects.filter(is_first=True).count() == COUNT
    assert PetitionEvent.objects.count() >= 2 * COUNT
    assert not WallPost.objects.filter(petition__is_private=True).exists()


@pytest.mark.django_db
def test_county_for_the_sweeps_is_open_throughout():
    petitions.fill_open(plain.ground(COUNT, NOW), COUNT, NOW)

    connection.check_constraints()

    assert Petition.objects.open().count() == COUNT


@pytest.mark.django_db
@pytest.mark.parametrize(("part", "fill"), [(0, petitions.fill), (1, petitions.fill_open)])
def test_rows_of_the_bench_are_those_that_its_databases_are_marked_with(part, fill):
    fill(plain.ground(COUNT, NOW), COUNT, NOW)

    assert digest() == database.ROWS.split("+")[part]


@pytest.mark.django_db
def test_report_flags_what_is_over_or_could_not_be_measured(tmp_path):
    def case(name):
        return Case(name, "five inserts", lambda: Answer(200, {}, b"", 0.0), times=5, statements=12)

    results = [
        Result(case("quick"), 8.0, 2.0, 4.0, 11, rounds=[4.0]),
        Result(case("slow"), 14.0, 2.0, 7.0, 11, rounds=[7.0]),
        Result(case("chatty"), 8.0, 2.0, 4.0, 13, rounds=[4.0]),
        Result(case("broken"), failure="answered 500"),
    ]
    target = tmp_path / "latest.md"

    brought = {"landed": 100, "photo_kb": 200.0, "grown": 1.0}
    mornings = [
        {"kind": "missed", "seconds": 6.0, "statements": 9},
        {"kind": "entries", "seconds": 9.0, "done": brought},
    ]

    chosen = Namespace(petitions=COUNT, rounds=1, repeats=1, share=0.5, results=target)
    report.write(results, {}, [], {}, mornings, chosen)

    text = target.read_text()
    assert "Over target: slow, chatty, a morning's sweep." in text
    assert "Not measured: broken." in text
    assert "together 6.00 s; each at most 5 s, OVER" in text
