"""The demo's data keep every rule that real data keep, and have something to show everywhere."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import Lag
from django.test import override_settings
from django.utils import translation

from community.models import Community, CommunityFact, Organisation, PortalBoard, Resident, TalkPoint
from community.workflow import Gate, Mode, Severity, Stage
from core.models import AuditEntry, InboxItem, OutboxMessage, StoredImage, User
from grids.models import (
    DrillFinding,
    FieldEntry,
    GridNorm,
    HandOver,
    HouseholdCharge,
    PartnerLead,
    ProtectionReferral,
)
from petitions import workflow
from petitions.demo import scenes
from petitions.demo.build import demo_build
from petitions.demo.plan import PASSWORD, RESIDENT_PHONE, SIGN_INS
from petitions.models import (
    AgendaItem,
    CommunityFigures,
    DeliberationSession,
    Evaluation,
    MediationFollowUp,
    MonthFigures,
    Origin,
    Petition,
    PetitionEvent,
    Poll,
    PreventionMeasure,
    Project,
    Question,
    Resolution,
    ServiceBorn,
    SnapReport,
    SupervisionCheck,
    WallPost,
)
from petitions.selectors.polls import result_of
from petitions.selectors.visits import visits_within
from petitions.workflow import Event
from tests.cast import NOW
from tests.english import english_among, kept_texts


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo, built once for these tests and rolled back after them; the folder of its photos.

    Somebody builds it whose pages are in English.
    """
    folder = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), transaction.atomic():
        with translation.override("en"):  # so that one test can see what is kept in which language
            demo_build(at=NOW, matters=90)
        yield folder
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def test_nothing_is_kept_in_the_language_of_whoever_pressed_the_button():
    assert english_among(kept_texts()) == []


def test_every_stage_that_an_action_leads_to_is_shown():
    stages = set(Petition.objects.values_list("stage", flat=True))

    assert stages == set(Stage)


def test_every_colour_is_shown_among_open_and_among_closed_matters():
    is_open, closed = Petition.objects.open(), Petition.objects.filter(stage=Stage.ARCHIVED)

    assert set(Severity) <= set(is_open.values_list("severity", flat=True))
    assert set(Severity) == set(closed.values_list("severity", flat=True))


def test_no_matter_has_passed_a_stage_that_its_profile_leaves_out():
    broken = [
        (petition.number, event.stage)
        for petition in Petition.objects.select_related("community__profile").prefetch_related("events")
        for event in petition.events.all()
        if event.stage not in workflow.SIDE and petition.profile.mode(Stage(event.stage)) == Mode.OFF
    ]

    assert not broken


def test_no_matter_has_passed_a_gate_of_its_profile_unseen():
    here = Petition.objects.exclude(origin=Origin.IMPORTED)
    archived = here.filter(stage=Stage.ARCHIVED).select_related("community__profile")

    for petition in archived:
        profile = petition.profile
        if profile.has(Gate.EVALUATION_BEFORE_ARCHIVE):
            nobody = petition.events.filter(event=Event.NOBODY_ASKED)
            assert petition.evaluations.exists() or nobody.exists()
        if profile.has(Gate.RETURN_VISIT_BEFORE_ARCHIVE):
            assert petition.return_visits.exclude(visited_by=petition.resolved_by).exists()
        if profile.has(Gate.APPROVAL_BEFORE_DISPATCH):
            assert petition.is_approved
    from_here = WallPost.objects.exclude(petition__origin=Origin.IMPORTED)
    assert not from_here.filter(before=None, after=None).exists()
    assert not WallPost.objects.filter(petition__is_private=True).exists()


def test_every_history_is_in_the_order_of_time_and_ends_before_now():
    earlier = Window(Lag("at"), partition_by="petition_id", order_by="id")
    backwards = PetitionEvent.objects.annotate(earlier=earlier).filter(earlier__gt=F("at"))

    assert not backwards.exists()
    # What happens in one moment stands a millisecond apart, so that the history keeps its order.
    assert not PetitionEvent.objects.filter(at__gt=NOW + timedelta(milliseconds=10)).exists()


def test_matters_are_spread_over_two_years():
    here = Petition.objects.exclude(origin=Origin.IMPORTED)
    first = here.order_by("filed_at").values_list("filed_at", flat=True)[0]

    assert timedelta(days=500) < NOW - first <= timedelta(days=730)


def test_nothing_of_the_past_is_still_open():
    raised = Petition.objects.open().filter(filed_at__lt=NOW - timedelta(days=90), spam_marked_at=None)

    assert not raised.exists()


def test_nothing_of_the_past_waits_to_be_sent():
    assert OutboxMessage.objects.exists()
    assert not OutboxMessage.objects.pending().exists()
    assert set(OutboxMessage.objects.values_list("last_error", flat=True)) == {"演示历史，不发送"}


def test_every_step_has_left_its_trace():
    traced = set(AuditEntry.objects.values_list("event", flat=True))

    assert {"petition.filed", "petition.triaged", "petition.resolved", "petition.published"} <= traced
    assert InboxItem.objects.filter(read_at=None).exists()


def test_queues_have_something_that_asks_to_be_done():
    soon = Petition.objects.open().filter(due_at__range=(NOW, NOW + timedelta(hours=2)))
    reminders = Evaluation.objects.filter(sweep_at__range=(NOW, NOW + timedelta(hours=1)))

    assert soon.exists()
    assert reminders.count() >= 2
    assert Petition.objects.overdue(NOW).exists()
    assert Petition.objects.filter(paused_at__isnull=False).exists()
    assert Petition.objects.filter(awaits_decision=True).count() == 2
    assert Petition.objects.open().filter(round=2, awaits_decision=False).exists()
    assert Petition.objects.open().filter(is_private=True).exists()
    assert Petition.objects.filter(reporters_count__gt=2).exists()
    assert Petition.objects.filter(spam_marked_at__isnull=False).exists()
    assert Question.objects.filter(answered_at=None, lapsed_at=None).exists()
    assert Evaluation.objects.filter(answered_at=None, closed_at__isnull=False).exists()


def test_every_photo_has_its_files(demo, settings):
    settings.MEDIA_ROOT = demo

    images = list(StoredImage.objects.all())

    assert len(images) > 50
    assert all(image.file.storage.exists(image.file.name) for image in images)
    assert all(image.thumbnail.storage.exists(image.thumbnail.name) for image in images)


def test_five_communities_have_their_places_people_and_figures():
    communities = Community.objects.select_related("profile")

    assert {community.profile.brand_name for community in communities} == {
        "小微说事",
        "周二说事日",
        "智慧党建服务平台",
        "府西夜话",
        "小板凳议事会",
    }
    for community in communities:
        assert PortalBoard.objects.filter(community=community).count() == 9
        assert CommunityFact.objects.filter(community=community).exclude(source="").exists()
        assert Organisation.objects.filter(community=community).exists()
        assert TalkPoint.objects.filter(community=community, kind="building").exists()
        assert "虚构" in community.introduction
        figures = CommunityFigures.objects.get(community=community)
        assert figures.computed_at == NOW
        assert figures.received > 5


def test_the_printed_sign_ins_work():
    out = io.StringIO()
    call_command("demo", "--sign-ins", stdout=out)

    for role, username in SIGN_INS:
        assert role in out.getvalue()
        user = User.objects.get(username=username)
        assert user.check_password(PASSWORD)
        assert user.posts.exists()
    [worker] = [line for line in out.getvalue().splitlines() if "\tworker\t" in line]
    assert "翠微小区 1号楼" in worker
    resident = Resident.objects.get(phone=RESIDENT_PHONE)
    assert resident.user is not None
    assert resident.user.reported.count() >= 3


def test_a_second_demo_changes_nothing():
    before = Petition.objects.count(), User.objects.count()

    call_command("demo", stdout=io.StringIO())

    assert (Petition.objects.count(), User.objects.count()) == before


@pytest.mark.parametrize("topic", scenes.SCENES)
def test_before_and_after_are_two_pictures_of_one_place(topic):
    before = scenes.picture(topic, after=False, variant=1)
    after = scenes.picture(topic, after=True, variant=1)
    scenes.picture.cache_clear()

    assert before != after
    assert scenes.picture(topic, after=False, variant=1) == before


def test_no_line_of_the_trail_holds_anything_personal():
    """Codes, numbers and names of columns alone: what people typed appears nowhere, not even in part."""
    lines = list(AuditEntry.objects.values())
    events = {line["event"] for line in lines}

    assert len(events) > 30
    for line in lines:
        assert re.fullmatch(r"[a-z][a-z0-9_.]*", line["event"]), line
        assert re.fullmatch(r"([a-z_]+@\d+)?", line["post"]), line
        assert re.fullmatch(r"\d{1,10}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", line["subject_id"]), line
        assert re.fullmatch(r"[0-9/]*", line["scope_path"]), line
        assert all(re.fullmatch(r"[a-z_]+", name) for name in line["fields"]), line


def test_sessions_of_the_last_weeks_were_held_written_down_and_published():
    held = DeliberationSession.objects.filter(state="held")

    assert set(held.values_list("kind", flat=True)) >= {
        "weekly_council",
        "night_talk",
        "forum",
        "open_day",
        "stool_council",
    }
    assert held.filter(published_at__isnull=False, summary__gt="").count() > 20
    assert not held.filter(minutes_at__gt=NOW).exists()
    assert Resolution.objects.filter(state="done").exists()
    assert Resolution.objects.filter(urge_count__gt=0).exists()
    assert Resolution.objects.filter(state="open", due_on__lt=NOW).exists()
    assert PetitionEvent.objects.filter(session__isnull=False, event="resolved").exists()


def test_the_next_night_talk_is_no_270_and_the_next_sessions_are_announced():
    coming = DeliberationSession.objects.filter(state="planned", starts_at__gt=NOW)

    assert coming.filter(session_no=270, announced_at__isnull=False).count() == 1
    assert coming.filter(kind="joint_meeting").exists()
    assert coming.filter(agenda__source="resident").exists()
    assert coming.filter(agenda__source="carried").exists()


def test_notes_of_stool_councils_became_matters():
    assert AgendaItem.objects.filter(source="note", petition__isnull=False).count() > 5
    assert DeliberationSession.objects.filter(kind="stool_council", reviewed_at=None).exists()


def test_mediations_are_shown_going_on_agreed_and_failed():
    states = set(Petition.objects.exclude(mediation="").values_list("mediation", flat=True))

    assert states == {"open", "following", "done"}
    assert not Petition.objects.exclude(mediation="").filter(is_private=False).exists()
    assert MediationFollowUp.objects.filter(done_at__isnull=False).count() == 1
    assert visits_within(NOW, NOW).exists()
    assert any("evening" in row.splits.get("visit", {}) for row in MonthFigures.objects.all())


def test_snap_reports_are_shown_true_not_true_and_waiting_behind_a_code():
    found = SnapReport.objects.order_by("petition").values_list("is_true", flat=True)

    assert list(found) == [True, False, None]
    assert Petition.objects.get(is_unverified=True, community__slug="fuxi").channel == "snap_report"
    assert TalkPoint.objects.filter(kind="snap_report", community__slug="fuxi").count() == 1


def test_polls_are_shown_carried_without_a_quorum_and_open():
    polls = Poll.objects.filter(community__slug="diecui")

    closed = [result_of(poll) for poll in polls.filter(state="closed")]

    assert {outcome.is_quorate for outcome in closed} == {True, False}
    assert polls.filter(state="open", closes_at__gt=NOW).count() == 1


def test_one_project_is_done_and_one_is_under_way():
    done, running = Project.objects.order_by("pk")

    assert [str(part) for part in done.parts.all()] == ["电梯 4/4部"]
    assert [str(part) for part in running.parts.all()] == ["巷道 7/9条", "充电桩 24/40个"]
    assert (done.state, running.state) == ("done", "running")
    assert done.sessions.count() >= 3
    assert all(block.is_open for block in running.blocks.all())
    assert running.blocks.exclude(latest="").exists()
    assert not running.drawings.get().comments.filter(answered_at=None).exists()
    assert running.follow_ons.exists()


def test_supervision_and_neglect_are_shown():
    looked_after = Petition.objects.open().filter(supervisor__isnull=False)

    assert looked_after.filter(is_tracked=True, urge_count=1).exists()
    assert SupervisionCheck.objects.filter(finding__gt="").count() >= 3
    assert PetitionEvent.objects.filter(event="unsupervised").exists()
    assert Petition.objects.open().filter(neglected_at__isnull=False).exists()
    assert not Petition.objects.filter(supervise_at__lte=NOW).exists()
    assert not Petition.objects.filter(neglect_at__lte=NOW).exists()


def test_measures_later_topics_and_services_are_shown():
    assert PreventionMeasure.objects.filter(every_months=3).exists()
    assert Petition.objects.filter(follow_on_of__stage=Stage.ARCHIVED).exists()
    assert ServiceBorn.objects.filter(announced_at__isnull=False, petitions__isnull=False).exists()


def test_old_matters_of_one_community_are_shown_some_of_them_without_their_words():
    old = Petition.objects.filter(origin=Origin.IMPORTED)

    assert set(old.values_list("community__slug", flat=True)) == {"diecui"}
    assert 10 <= old.count() <= 20
    assert old.filter(text="", anonymised_at__isnull=False).count() == 2
    assert WallPost.objects.filter(petition__in=old).exists()
    assert CommunityFigures.objects.get(community__slug="diecui").imported == old.count()


def test_leaders_have_entries_to_decide_norms_and_work_in_other_hands():
    for community in Community.objects.all():
        entries = FieldEntry.objects.filter(place__path__startswith=community.place.path)
        assert {"landed", "held"} <= set(entries.values_list("state", flat=True))
        assert GridNorm.objects.filter(community=community).exists()
    assert HandOver.objects.filter(errand__isnull=False).exists()
    assert HandOver.objects.filter(need__isnull=False).exists()


def test_what_closes_a_loop_of_the_grids_is_shown():
    for community in Community.objects.filter(slug__in=("diecui", "xijiao")):
        here = {"place__path__startswith": community.place.path}
        assert {"accepted", "dropped"} <= set(
            FieldEntry.objects.filter(**here).values_list("state", flat=True)
        )
        assert PartnerLead.objects.filter(**here, result="joined").exists()
        assert HouseholdCharge.objects.filter(post__user__username=f"{community.slug}-aux-before").exists()
        assert ProtectionReferral.objects.filter(
            subject__scheme__community=community, subject__scheme__for_children=False
        ).exists()
    assert DrillFinding.objects.filter(hazard__state="closed").exists()
