"""The demo's county, many times smaller: what was never done through the actions keeps their rules all the same."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.test import override_settings

from community.clocks import clock_of
from community.models import Community, Household, Post, Resident
from community.shipped import SHIPPED
from community.workflow import Gate, Mode, Stage
from core.actions.retention import images_discarded_delete
from core.chain import verify
from core.models import AuditEntry, StoredImage, User
from grids.models import Grid
from grids.models.grid import Tier
from petitions import deadlines, workflow
from petitions.actions.figures import figures_recount
from petitions.demo.county.build import county_build
from petitions.demo.county.pictures import Album, album_clear
from petitions.demo.county.scale import GRIDS, HOUSEHOLDS, TIERS, county_scale, share, tier_of
from petitions.demo.plan import PASSWORD, RESIDENT_PHONE, SIGN_INS
from petitions.models import (
    CommunityFigures,
    Evaluation,
    MonthFigures,
    Petition,
    PetitionEvent,
    PetitionMerger,
    PetitionPhoto,
    WallPost,
)
from petitions.selectors.figures import counting
from petitions.selectors.following import people_behind
from petitions.workflow import Event
from tests.cast import NOW

SCALE = county_scale(one_in=1200)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the county's photos lie."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture
def photos(settings, folder):
    settings.MEDIA_ROOT = folder


@pytest.fixture(scope="module", autouse=True)
def county(django_db_setup, django_db_blocker, folder):
    """The county, built once for these tests and rolled back after them; what was said meanwhile."""
    said: list[str] = []
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), transaction.atomic():
        county_build(SCALE, at=NOW, say=said.append)
        yield said
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def refuse(*_names):
    raise OSError(errno.EPERM, "no links here")


def test_whole_county_has_its_grids_households_and_communities():
    whole = county_scale()
    tiers = Counter(tier_of(n, whole.grids) for n in range(whole.grids))
    layouts = [whole.layout(n) for n in range(whole.communities)]

    assert tiers == TIERS
    assert sum(layout.grids for layout in layouts) == GRIDS == 12_406
    assert sum(share(HOUSEHOLDS, 10_997, n) for n in range(10_997)) == whole.households == 200_000
    assert len({whole.names.community(n) for n in range(whole.communities)}) == whole.communities == 120


def test_everything_that_was_wanted_is_there():
    assert Community.objects.count() == SCALE.communities
    assert Community.objects.values("profile__brand_name").distinct().count() == len(SHIPPED)
    assert Grid.objects.count() == SCALE.grids
    assert set(Grid.objects.values_list("tier", flat=True)) == set(Tier)
    assert Household.objects.count() == SCALE.households
    assert Resident.objects.count() >= SCALE.households
    assert Petition.objects.count() == SCALE.petitions
    assert Post.objects.filter(duty="grid_worker").count() == SCALE.grids


def test_nothing_dangles_and_every_constraint_holds():
    connection.check_constraints()

    assert not PetitionEvent.objects.filter(at__gt=NOW).exists()


def test_every_history_begins_with_filing_and_ends_in_the_stage_of_its_matter():
    of = PetitionEvent.objects.filter(petition=OuterRef("pk"))
    rows = Petition.objects.annotate(
        begun=Subquery(of.order_by("id").values("event")[:1]),
        ended=Subquery(of.order_by("-id").values("stage")[:1]),
        last=Subquery(of.order_by("-id").values("at")[:1]),
        turns=Subquery(of.order_by("-id").values("round")[:1]),
    )

    assert not rows.exclude(
        begun=Event.FILED, ended=F("stage"), last=F("changed_at"), turns=F("round")
    ).exists()


def test_every_step_is_one_that_the_profile_leads_to():
    for petition in Petition.objects.select_related("community__profile").prefetch_related("events"):
        lines = list(petition.events.all())
        for before, line in pairwise(lines):
            assert before.at < line.at or line.event in {Event.JOINED, Event.MERGED_IN}, petition
            if line.event == Event.REOPENED:
                workflow.check_reopen(petition.profile, Stage(before.stage))
            elif line.stage != before.stage:
                workflow.passage(petition.profile, Stage(before.stage), Stage(line.stage))


def test_no_matter_has_passed_a_gate_unseen():
    for petition in Petition.objects.filter(stage=Stage.ARCHIVED).select_related("community__profile"):
        profile = petition.profile
        if profile.has(Gate.RETURN_VISIT_BEFORE_ARCHIVE):
            assert petition.return_visits.exclude(visited_by=petition.resolved_by).exists()
        if profile.has(Gate.APPROVAL_BEFORE_DISPATCH):
            assert petition.is_approved
        if profile.mode(Stage.DELIBERATING) == Mode.ON:
            assert petition.deliberations.exists()
    walls = WallPost.objects.filter(community__profile__gates__contains=[Gate.TEXT_AND_PHOTO_TO_PUBLISH])
    assert walls.exists()
    assert not walls.filter(before=None, after=None).exists()
    assert not WallPost.objects.filter(petition__is_private=True).exists()


def test_clocks_are_those_that_the_rules_would_set():
    running = Petition.objects.open().exclude(clock_from=None).select_related("community")

    for petition in running:
        due, step = petition.due_at, petition.sweep_at
        deadlines.clock_recompute(petition, clock_of(petition.community))
        assert petition.due_at == due
        assert petition.spam_marked_at is not None or petition.sweep_at == step
    assert running.exists()
    assert not Petition.objects.open().filter(clock_from=None).exists()


def test_the_first_sweep_finds_nothing_overlooked():
    assert not Petition.objects.filter(sweep_at__lte=NOW).exists()
    assert not Evaluation.objects.filter(sweep_at__lte=NOW).exists()
    assert Petition.objects.open().filter(due_at__lt=NOW).exists()


def test_merged_matters_run_with_one_that_was_not_answered_and_its_people_are_counted_once():
    mergers = list(PetitionMerger.objects.select_related("petition", "into"))

    assert len(mergers) == Petition.objects.filter(stage=Stage.MERGED).count() > 0
    for merger in mergers:
        source, target = merger.petition, merger.into
        assert source.merged_into_id == target.pk
        assert source.community_id == target.community_id
        assert target.merged_into_id is None
        assert target.fed_back_at is None or target.fed_back_at > merger.merged_at
        assert target.events.filter(event=Event.MERGED_IN, note=source.number).exists()
        assert target.reporters_count == len(people_behind(target))


def test_counts_on_the_row_are_those_of_the_records():
    counted = Petition.objects.annotate(
        yes=Count("evaluations", filter=Q(evaluations__is_satisfied=True), distinct=True),
        no=Count("evaluations", filter=Q(evaluations__is_satisfied=False), distinct=True),
        people=Count("reporters", distinct=True),
        others=Count("merged_from", distinct=True),
    )

    assert not counted.exclude(satisfied_count=F("yes"), dissatisfied_count=F("no")).exists()
    assert not counted.filter(others=0).exclude(reporters_count=F("people")).exists()


def test_matters_end_confirmed_silent_and_refused_in_plausible_parts():
    sums = CommunityFigures.objects.aggregate(*(Sum(name) for name in ("answered", "confirmed", "silent")))
    refused = Petition.objects.filter(round=2).count()

    assert 0.4 < sums["confirmed__sum"] / sums["answered__sum"] < 0.8
    assert 0.1 < sums["silent__sum"] / sums["answered__sum"] < 0.5
    assert 0 < refused < SCALE.petitions * 0.1
    assert Petition.objects.open().count() < SCALE.petitions * 0.15


def test_figures_are_those_that_are_counted_anew():
    names = ("place_id", "month", *counting.COLUMNS)
    before = list(MonthFigures.objects.order_by("place_id", "month").values_list(*names))

    figures_recount(at=NOW)

    assert list(MonthFigures.objects.order_by("place_id", "month").values_list(*names)) == before
    genuine = Petition.objects.filter(spam_marked_at=None).exclude(stage=Stage.MERGED)
    assert CommunityFigures.objects.aggregate(all=Sum("received"))["all"] == genuine.count()


def test_the_trail_is_sealed_and_unbroken():
    proof = verify()

    assert proof.broken is None
    assert proof.entries == AuditEntry.objects.count() >= SCALE.petitions


def test_people_write_in_their_own_words():
    texts = Petition.objects.values_list("text", flat=True)

    assert len(set(texts)) > 0.9 * SCALE.petitions


def test_every_photo_has_files_of_its_own_and_nothing_else_lies_beside_them(photos):
    images = list(StoredImage.objects.all())
    names = [name for one in images for name in (one.file.name, one.thumbnail.name)]

    assert len(set(names)) == len(names) > 400
    assert not StoredImage.objects.filter(created_at__gt=NOW).exists()
    root = Path(default_storage.location)
    assert {str(path.relative_to(root)) for path in root.rglob("*.jpg")} == set(names)


def test_a_photo_that_is_erased_is_not_taken_from_the_others(photos):
    photo = PetitionPhoto.objects.filter(is_public=False).select_related("image")[0]
    gone, drawn = photo.image, photo.image.sha256
    others = list(StoredImage.objects.filter(sha256=drawn).exclude(pk=gone.pk))
    photo.delete()
    StoredImage.objects.filter(pk=gone.pk).update(discarded_at=NOW)

    images_discarded_delete(NOW)

    assert not default_storage.exists(gone.file.name)
    assert not default_storage.exists(gone.thumbnail.name)
    assert len(others) > 3
    for other in others:
        assert hashlib.sha256(default_storage.open(other.file.name).read()).hexdigest() == drawn


def test_photos_are_copied_where_the_disk_knows_no_links(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(os, "link", refuse)
    album = Album(NOW, 1)

    rows = [album.photo("lift", after=False, at=NOW, random=Random(n)) for n in range(3)]
    files = [Path(default_storage.path(row[1])) for row in rows]
    assert len({path.read_bytes() for path in files}) == 1
    assert [path.stat().st_nlink for path in files] == [1, 1, 1]


def test_a_county_that_was_stopped_leaves_no_photos(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    album = Album(NOW, 1)
    album.photo("lift", after=True, at=NOW, random=Random(1))

    album_clear()

    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_printed_sign_ins_work():
    for _role, username in SIGN_INS:
        user = User.objects.get(username=username)
        assert user.check_password(PASSWORD)
        assert user.posts.exists()
    resident = Resident.objects.get(phone=RESIDENT_PHONE)
    assert resident.user is not None
    assert resident.user.reported.count() >= 3


def test_pages_show_the_county(client):
    community = Community.objects.get(slug="c000")
    client.force_login(User.objects.get(username="secretary"))

    pages = [client.get(f"/{community.slug}/{page}") for page in ("", "wall/", "problems/", "figures/")]

    assert [page.status_code for page in pages] == [200] * 4


def test_progress_names_each_step_and_how_much_of_it_is_done(county):
    assert next(line.split()[2] for line in county if " of 10  " in line) == "1"
    assert any(f"{SCALE.petitions:,} of {SCALE.petitions:,}" in line for line in county)
    assert "10 of 10" in county[-1]


def test_a_second_county_is_refused_and_changes_nothing():
    before = Petition.objects.count(), User.objects.count()

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("demo", "--scale", "county", "--one-in", "1200", stdout=io.StringIO())

    assert (Petition.objects.count(), User.objects.count()) == before


def test_matters_are_spread_over_four_years():
    first = Petition.objects.order_by("filed_at").values_list("filed_at", flat=True)[0]

    assert timedelta(days=1300) < NOW - first <= timedelta(days=4 * 365)
