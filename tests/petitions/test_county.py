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
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.test import override_settings
from django.utils import timezone

from community.clocks import clock_of
from community.models import Community, Household, Place, Post, Resident, ServiceItemUse
from community.shipped import SHIPPED
from community.workflow import Gate, Mode, Stage
from core.actions.retention import images_discarded_delete
from core.chain import verify
from core.models import AuditEntry, StoredImage, User
from grids.actions.campaign_sweeping import campaigns_sweep
from grids.actions.errands_sweeping import errands_sweep
from grids.actions.hazards.sweeping import hazards_sweep
from grids.actions.patrol_sweeping import missed_count
from grids.actions.registers.marks import marks_tell
from grids.actions.registers.months import care_sweep
from grids.actions.registers.sweeping import leases_tell
from grids.models import (
    Campaign,
    CareMonth,
    CareSubject,
    CareVisit,
    CheckIn,
    Checkpoint,
    Errand,
    Grid,
    Hazard,
    HelperPairing,
    HouseholdCharge,
    Patrol,
    PatrolNote,
    PatrolPlan,
    PatrolRound,
    PatrolTally,
    ResidentTag,
    StandingVisit,
    Violation,
    Visit,
)
from grids.models.grid import ABOVE
from grids.selectors.homes import uncharged
from grids.selectors.position import grid_at
from grids.selectors.totals import totals_under
from petitions import deadlines, timetable, workflow
from petitions.actions.figures import figures_recount
from petitions.actions.mediation.ending import follow_ups_sweep
from petitions.actions.polls.sweeping import polls_sweep
from petitions.actions.polls.voting import poll_vote
from petitions.actions.projects.sweeping import projects_sweep
from petitions.actions.sessions.agenda import agenda_add
from petitions.actions.sessions.planning import sessions_plan
from petitions.actions.sessions.sweeping import resolutions_sweep, sessions_sweep
from petitions.demo.county.build import MODELS, county_build
from petitions.demo.county.pictures import Album
from petitions.demo.county.places import _Trees
from petitions.demo.county.scale import GRIDS, HOUSEHOLDS, TIERS, county_scale, share, tier_of
from petitions.demo.plan import PASSWORD, RESIDENT_PHONE, SIGN_INS
from petitions.models import (
    AgendaItem,
    CommunityFigures,
    Deliberation,
    DeliberationSchedule,
    DeliberationSession,
    Evaluation,
    MediationCase,
    MonthFigures,
    Petition,
    PetitionEvent,
    PetitionMerger,
    PetitionPhoto,
    PhaseMove,
    Poll,
    PollTick,
    Project,
    Resolution,
    WallPost,
)
from petitions.selectors.electors import households_in
from petitions.selectors.figures import counting
from petitions.selectors.following import people_behind
from petitions.selectors.polls import result_of
from petitions.selectors.project_start import missing_before_start
from petitions.workflow import Event, Mediation
from tests.cast import NOW

SCALE = county_scale(one_in=1200)
TOGETHER = ("sessions/", "sessions/past/", "polls/", "projects/", "guide/")


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


def test_whole_county_has_a_parent_for_every_grid_that_needs_one():
    whole, trees, tiers = county_scale(), _Trees(), Counter[str]()
    for number in range(whole.communities):
        town = SimpleNamespace(pk=number, path=f"/{number}/", patches=[])
        trees.net(town, whole.layout(number), whole)
    above = {pk: tier for pk, _town, _name, tier, _parent, _active in trees.grids}
    for _pk, _town, _name, tier, parent, _active in trees.grids:
        tiers[tier] += 1
        assert above.get(parent) == ABOVE.get(tier)

    assert tiers == TIERS


def test_everything_that_was_wanted_is_there():
    assert Community.objects.count() == SCALE.communities
    assert Community.objects.values("profile__brand_name").distinct().count() == len(SHIPPED)
    assert Grid.objects.count() == SCALE.grids
    assert not Grid.objects.filter(is_active=False).exists()
    assert Household.objects.count() == SCALE.households
    assert Resident.objects.count() >= SCALE.households
    assert Petition.objects.count() == SCALE.petitions
    assert Post.objects.filter(duty="grid_worker").count() == SCALE.grids


def test_nothing_dangles_and_every_constraint_holds():
    connection.check_constraints()

    assert not PetitionEvent.objects.filter(at__gt=NOW).exists()


def test_every_key_leads_to_a_row_that_is_there():
    """The load looks after no foreign key, so all of them are looked after here."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            if field.is_relation and field.db_constraint:
                there = field.related_model._base_manager.filter(pk=OuterRef(field.attname))
                rows = model._base_manager.exclude(**{field.attname: None})
                assert not rows.exclude(Exists(there)).exists(), field


def test_counters_of_keys_stand_behind_what_was_written():
    with connection.cursor() as cursor:
        for model in MODELS:
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, key])
            if (sequence := cursor.fetchone()[0]) is not None:
                last = model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
                cursor.execute("SELECT nextval(%s)", [sequence])
                assert cursor.fetchone()[0] > (last or 0), table


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
    assert not Petition.objects.filter(Q(sweep_at__lte=NOW) | Q(supervise_at__lte=NOW)).exists()
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


def test_every_community_has_its_year():
    for community in Community.objects.all():
        sessions = community.sessions.filter(state="held", starts_at__gt=NOW - timedelta(days=366))
        assert community.schedules.exclude(frequency="on_call").exists()
        assert sessions.count() >= 12, community
        assert DeliberationSession.objects.upcoming(NOW).filter(community=community).exists()
        assert community.polls.filter(state="closed").count() >= 3
        assert set(community.projects.values_list("state", flat=True)) >= {"running", "done"}
        assert community.mediation_teams.count() == 2
        assert ServiceItemUse.objects.filter(community=community, hits__gt=0).count() > 10
        assert community.service_items.filter(is_active=True).count() == 2
    weekly = DeliberationSession.objects.filter(schedule__frequency="weekly", state="held")
    assert weekly.count() > 40 * weekly.values("schedule").distinct().count()


def test_sessions_follow_their_calendar_and_their_numbers():
    clock = clock_of(Community.objects.all()[0])
    for schedule in DeliberationSchedule.objects.exclude(frequency="on_call"):
        rows = schedule.sessions.order_by("occurrence_on")
        days = dict(rows.values_list("occurrence_on", "starts_at__date"))
        named = timetable.occurrences(schedule, min(days), timetable.horizon(schedule, NOW.date()), clock)
        assert days == {one.named_on: one.held_on for one in named}
    for community in Community.objects.filter(schedules__is_numbered=True).distinct():
        numbers = community.sessions.exclude(session_no=None).order_by("starts_at")
        found = list(numbers.values_list("session_no", flat=True))
        assert found == list(range(1, len(found) + 1))


def test_held_sessions_have_people_minutes_and_the_bodies_they_need():
    held = DeliberationSession.objects.filter(state="held")
    for session in held.prefetch_related("participants"):
        there = [one for one in session.participants.all() if one.signed_in_at is not None]
        present = {one.role for one in there if one.counts_for_quorum}
        assert 3 <= len(there) <= session.headcount
        assert session.is_quorate == (set(session.quorum_bodies) <= present)
        assert session.starts_at < session.ends_at < session.minutes_at < session.published_at <= NOW
        assert session.announced_at > session.created_at
    assert held.filter(is_quorate=False).exists()
    assert not Resolution.objects.filter(session__is_quorate=False, state__in=["open", "done"]).exists()


def test_what_is_unfinished_stands_on_the_next_agenda():
    carried = set(AgendaItem.objects.filter(source="carried").values_list("session_id", "carried_from_id"))
    expected = set()
    for schedule in DeliberationSchedule.objects.all():
        sessions = list(schedule.sessions.exclude(state="cancelled").order_by("starts_at"))
        decided = list(Resolution.objects.filter(session__schedule=schedule).select_related("session"))
        for before, session in pairwise(sessions):
            if before.minutes_at is None:
                continue
            since = max(before.minutes_at, session.created_at)
            expected |= {
                (session.pk, one.pk)
                for one in decided
                if one.session.starts_at < session.starts_at
                and (one.settled_at is None or one.settled_at > since)
            }
    assert carried == expected != set()


def test_matters_are_talked_over_at_sessions_of_their_community():
    talked = list(Deliberation.objects.exclude(session=None).select_related("session", "petition"))
    assert len(talked) > 20
    for one in talked:
        session, petition = one.session, one.petition
        assert session.community_id == petition.community_id
        assert one.recorded_at == session.minutes_at
        line = petition.events.get(event=Event.DELIBERATED, session=session)
        assert (line.at, line.note) == (one.recorded_at, one.decision)
        item = session.agenda.get(petition=petition, source="matter")
        assert item.proposed_at < session.starts_at
        assert item.is_public != petition.is_private
        decided = session.resolutions.get(petition=petition)
        done = petition.events.filter(event=Event.RESOLVED).order_by("id").first()
        assert decided.settled_at == (done.at if done else None)
        assert petition.supervisor_id == decided.supervisor_id


def test_votes_are_those_of_the_households_and_of_the_counts():
    for poll in Poll.objects.prefetch_related("tallies", "places"):
        homes = list(households_in([place.path for place in poll.places.all()]).values_list("pk", flat=True))
        ticks = PollTick.objects.filter(elector__poll=poll)
        ways = Counter(ticks.values_list("way", flat=True))
        assert sorted(poll.households.values_list("household_id", flat=True)) == sorted(homes)
        assert poll.eligible == len(homes) > 0
        assert (poll.cast_online, poll.cast_paper) == (ways["online"], ways["paper"])
        assert sum(one.votes for one in poll.tallies.all()) == poll.cast
        assert poll.tallies.count() == len(poll.options)
        assert not ticks.filter(
            Q(voted_at__lt=poll.opens_at) | Q(voted_at__gt=min(poll.closes_at, NOW))
        ).exists()
    accounts = Resident.objects.filter(
        household=OuterRef("elector__household"), user__isnull=False, standing="present"
    )
    assert not PollTick.objects.filter(way="online").exclude(Exists(accounts)).exists()
    assert set(Poll.objects.values_list("state", flat=True)) >= {"open", "closed"}


def test_works_began_and_ended_as_the_rules_ask():
    for project in Project.objects.prefetch_related("phases", "parts"):
        phases, parts = list(project.phases.all()), list(project.parts.all())
        assert len(phases) == 2
        assert len(parts) == 1
        if project.is_done:
            assert all(phase.done_at and phase.done_at <= project.closed_at for phase in phases)
            assert parts[0].is_done
        if project.started_at is not None:
            assert missing_before_start(project) == []
        else:
            assert parts[0].done == 0
        assert project.state_at <= NOW
        assert not project.sessions.exclude(community=project.community_id).exists()
        assert not project.matters.exclude(petition__community=project.community_id).exists()
    assert Project.objects.exclude(sessions=None).exists()
    assert Project.objects.exclude(matters=None).exists()
    assert not PhaseMove.objects.filter(moved_at__gt=NOW).exists()


def test_a_mediation_comes_before_the_result_and_its_looks_before_the_archive():
    cases = list(MediationCase.objects.select_related("petition", "team"))
    assert cases
    for case in cases:
        petition = case.petition
        lines = {line.event: line.at for line in petition.events.order_by("id")}
        looks = list(petition.mediation_follow_ups.all())
        undone = [one for one in looks if one.done_at is None]
        following = Mediation.FOLLOWING if undone else Mediation.DONE
        assert petition.mediation == (following if case.outcome else Mediation.OPEN)
        assert petition.is_private
        assert case.team.community_id == petition.community_id
        assert len(looks) == (2 if case.outcome == "agreed" else 0)
        assert petition.mediation_parties.count() == 2
        assert petition.events.filter(event=Event.MEDIATION).count() == 1
        if Event.RESOLVED in lines:
            assert case.ended_at < lines[Event.RESOLVED]
        if petition.stage == Stage.ARCHIVED:
            assert all(one.done_at < petition.closed_at for one in looks)
    assert Petition.objects.exclude(mediation="").count() == len(cases)


@pytest.mark.parametrize(
    "sweep", [sessions_plan, sessions_sweep, resolutions_sweep, polls_sweep, projects_sweep]
)
def test_the_first_sweep_of_what_is_done_together_finds_nothing(sweep):
    assert sweep(at=NOW) == 0
    assert follow_ups_sweep(at=NOW) == 0


def test_later_sweeps_announce_nothing_twice():
    known = dict(DeliberationSession.objects.exclude(announced_at=None).values_list("pk", "announced_at"))

    sessions_sweep(at=NOW + timedelta(days=3))

    after = DeliberationSession.objects.filter(pk__in=known).values_list("pk", "announced_at")
    assert dict(after) == known


def test_what_was_begun_goes_on_through_the_actions():
    resident = User.objects.get(phone=RESIDENT_PHONE)
    poll = Poll.objects.get(community__slug="c000", state="open")
    session = DeliberationSession.objects.upcoming(NOW).filter(community__slug="c000")[0]
    clerk = User.objects.get(username="clerk")

    poll_vote(poll_id=poll.pk, actor=resident, choice=0, at=NOW)
    agenda_add(session_id=session.pk, actor=clerk, title="门口的灯", is_public=True, at=NOW)
    for at in (poll.remind_at, poll.closes_at):
        polls_sweep(at=max(at, NOW))

    poll.refresh_from_db()
    assert poll.is_closed
    assert result_of(poll).sentence


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

    pages = [
        client.get(f"/{community.slug}/{page}") for page in ("", "wall/", "problems/", "figures/", *TOGETHER)
    ]

    assert {page.status_code for page in pages} == {200}


@pytest.mark.parametrize(
    ("kind", "model", "since"),
    [
        ("sessions", DeliberationSession, "announced_at"),
        ("polls", Poll, "opened_at"),
        ("projects", Project, "published_at"),
    ],
)
def test_each_kind_has_pages_for_strangers(client, kind, model, since):
    public = model.objects.filter(community__slug="c000").exclude(**{since: None})

    pages = [client.get(f"/c000/{kind}/{one.pk}/") for one in public[:3]]

    assert [page.status_code for page in pages] == [200] * 3


def test_progress_names_each_step_and_how_much_of_it_is_done(county):
    assert next(line.split()[2] for line in county if " of 14  " in line) == "1"
    assert any(f"{SCALE.petitions:,} of {SCALE.petitions:,}" in line for line in county)
    assert "14 of 14" in county[-1]


def test_a_second_county_is_refused_and_changes_nothing():
    before = Petition.objects.count(), User.objects.count()

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("demo", "--scale", "county", "--one-in", "1200", stdout=io.StringIO())

    assert (Petition.objects.count(), User.objects.count()) == before


def test_matters_are_spread_over_four_years():
    first = Petition.objects.order_by("filed_at").values_list("filed_at", flat=True)[0]

    assert timedelta(days=1300) < NOW - first <= timedelta(days=4 * 365)


def test_every_household_is_in_one_workers_hands_and_no_grid_lacks_a_step(photos):
    today = timezone.localdate(NOW)
    path = Place.objects.get(kind="county").path

    assert not uncharged(path, today)
    totals = totals_under([path], today)
    assert totals.grids == totals.active == totals.steps["ground"] == totals.steps["duties"] > 0


def test_year_of_walks_adds_up_window_by_window():
    windows = Grid.objects.count() * 365 * 2
    rounds = PatrolRound.objects.aggregate(all=Count("pk"), met=Count("patrol"))
    tallied = PatrolTally.objects.aggregate(met=Sum("met"), missed=Sum("missed"), seen=Sum("check_ins"))

    assert windows - 2 * Grid.objects.count() <= rounds["all"] <= windows + 2 * Grid.objects.count()
    assert (tallied["met"], tallied["missed"]) == (rounds["met"], rounds["all"] - rounds["met"])
    assert rounds["met"] == Patrol.objects.count()
    assert tallied["seen"] == CheckIn.objects.count() > 0
    noted = PatrolTally.objects.aggregate(
        all=Sum("notes_greeting") + Sum("notes_opinion") + Sum("notes_help")
    )
    assert noted["all"] == PatrolNote.objects.count() > 0
    assert not Patrol.objects.filter(ended_at__gt=NOW).exists()


def test_every_walk_that_counts_lies_within_its_window():
    for plan in PatrolPlan.objects.select_related("grid")[:5]:
        for met in PatrolRound.objects.filter(grid=plan.grid_id, patrol__isnull=False).select_related(
            "patrol"
        )[:40]:
            window = next(one for one in plan.windows_on(met.day) if one.part == met.part)
            assert window.holds(met.patrol.started_at)
            assert window.holds(met.patrol.ended_at)


def test_walks_of_the_county_go_on_with_the_next_sweep_of_the_clock():
    before = PatrolRound.objects.count()
    with transaction.atomic():
        missed_count(NOW)
        assert PatrolRound.objects.count() == before
        transaction.set_rollback(True)


def test_every_household_was_visited_twice_by_whoever_has_it():
    households = HouseholdCharge.objects.count()

    assert Visit.objects.count() == 2 * households
    assert not Visit.objects.exclude(worker=F("household__charges__post__user")).exists()
    assert not Visit.objects.filter(happened_at__gt=NOW).exists()
    assert not Visit.objects.filter(outcome="need", followed_at=None).exists()
    assert StandingVisit.objects.exists()


def test_hazards_are_closed_by_a_second_look_or_in_hand_with_a_day(photos):
    states = Counter(Hazard.objects.values_list("state", flat=True))

    assert set(states) <= {"fixed", "open", "closed"}
    assert states["closed"] > states["fixed"] > 0
    for hazard in Hazard.objects.filter(state="closed").select_related("photo", "recheck_photo")[:20]:
        assert hazard.found_at < hazard.done_at < hazard.closed_at <= NOW
        assert Path(hazard.photo.file.path).exists()
        assert Path(hazard.recheck_photo.file.path).exists()
    with transaction.atomic():
        assert hazards_sweep(at=NOW) < Hazard.objects.count()
        transaction.set_rollback(True)


def test_marks_say_what_the_roll_says_and_whom_somebody_visits():
    marks = ResidentTag.objects.in_force()
    effects = Counter(marks.values_list("colour__effect", flat=True))

    assert effects.keys() == {"none", "tenant", "moved_out"}
    silent = Resident.objects.exclude(standing="present")
    assert set(marks.filter(colour__effect="moved_out").values_list("resident", flat=True)) == {
        *silent.filter(household__charges__isnull=False).values_list("pk", flat=True)
    }
    assert not marks.exclude(colour__effect="moved_out").filter(resident__in=silent).exists()
    assert not marks.exclude(colour__scheme__community=F("marked_by__posts__place__grid__community")).exists()


def test_whoever_is_cared_for_was_visited_month_by_month():
    subjects = CareSubject.objects.active()
    months = CareMonth.objects.aggregate(all=Count("pk"), seen=Count("visited_on"), missed=Count("missed_at"))

    assert months["all"] == 13 * subjects.count() > 0
    assert months["all"] == months["seen"] + months["missed"]
    assert CareVisit.objects.count() == months["seen"]
    assert not subjects.exclude(next_on__gt=timezone.localdate(NOW)).exists()
    assert HelperPairing.objects.count() == subjects.values("opened_by").distinct().count()


def test_errands_are_told_as_they_are_done():
    errands = Errand.objects.all()

    assert errands.filter(told_at=None).count() < errands.filter(told_at__isnull=False).count()
    assert not errands.filter(told_at__gt=NOW).exists()
    assert not errands.exclude(household__charges__post__user=F("worker")).exists()


def test_campaigns_hold_the_hazards_of_their_types_and_days():
    assert Campaign.objects.count() == 2 * SCALE.communities
    for campaign in Campaign.objects.prefetch_related("types"):
        found = Hazard.objects.filter(community=campaign.community, type__in=campaign.types.all())
        known = [
            hazard.pk
            for hazard in found
            if campaign.starts_on <= timezone.localdate(hazard.found_at) <= campaign.ends_on
        ]
        assert {*campaign.violations.values_list("pk", flat=True)} == {*known}
    assert not Violation.objects.filter(campaign__closed_at__isnull=False, cleared_at=None).exists()
    assert not Violation.objects.filter(cleared_at__gt=NOW).exists()
    assert Violation.objects.filter(cleared_at__isnull=False).exists()


@pytest.mark.parametrize("sweep", [leases_tell, marks_tell, care_sweep, errands_sweep, campaigns_sweep])
def test_the_first_sweep_of_who_is_known_and_what_is_asked_finds_nothing(sweep):
    assert sweep(at=NOW) == 0


def test_position_in_the_county_finds_its_grid():
    point = Checkpoint.objects.select_related("grid").order_by("pk")[7]

    assert grid_at(longitude=point.longitude, latitude=point.latitude) == point.grid
