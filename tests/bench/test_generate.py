"""The generator keeps every rule of the database, and the report says plainly what is over its target."""

from __future__ import annotations

from argparse import Namespace

import pytest
from django.db import connection

from bench import report
from bench.client import Answer
from bench.generate import community, core, petitions
from bench.measure import Case, Result
from petitions.models import Petition, PetitionEvent, PetitionReporter, WallPost
from tests.cast import NOW

COUNT = 400


@pytest.mark.django_db
def test_generated_county_breaks_no_constraint_and_dangles_nowhere():
    county = community.fill(COUNT, NOW)
    petitions.fill(county, COUNT, NOW)
    core.fill(NOW)

    connection.check_constraints()

    assert Petition.objects.count() == COUNT
    assert PetitionReporter.objects.filter(is_first=True).count() == COUNT
    assert PetitionEvent.objects.count() >= 2 * COUNT
    assert not WallPost.objects.filter(petition__is_private=True).exists()


@pytest.mark.django_db
def test_county_for_the_sweeps_is_open_throughout():
    petitions.fill_open(community.fill(COUNT, NOW), COUNT, NOW)

    connection.check_constraints()

    assert Petition.objects.open().count() == COUNT


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

    report.write(results, {}, [], Namespace(petitions=COUNT, rounds=1, repeats=1, share=0.5, results=target))

    text = target.read_text()
    assert "Over target: slow, chatty." in text
    assert "Not measured: broken." in text
