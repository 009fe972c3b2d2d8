"""Personal text leaves a matter when its person asks or its time is over; the tombstone and the figures stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models
from django.forms.models import model_to_dict

from community import actions as community_actions
from community.workflow import Stage
from core.actions import retention_sweep
from core.errors import ConflictError, DomainError
from core.models import AuditEntry, InboxItem, OutboxMessage, RetentionRun, StoredImage
from petitions.actions import erasing, handling, joining, reporting
from petitions.actions.figures import figures_refresh
from petitions.models import (
    Assistance,
    CommunityFigures,
    Evaluation,
    Petition,
    PetitionEvent,
    PetitionPhoto,
    PetitionReporter,
    Question,
    WallPost,
)
from petitions.selectors import links
from tests.cast import NOW, Town
from tests.parallel import at_once
from tests.petitions.loop import Loop, file, person
from tests.petitions.pages import publish_with_photos, stored

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)
SECRET = "林阿姨住三单元402"


@pytest.fixture
def closed(diecui: Town, secretary: Any, grid_worker: Any) -> Loop:
    """An archived matter in which everybody wrote something personal."""
    filed = file(diecui, text=f"{SECRET},楼道灯坏了", spot="三单元402门口", photos=[stored()])
    loop = Loop(filed, desk=secretary, worker=grid_worker)
    loop.triage().claim()
    handling.petition_ask(petition_id=loop.pk, actor=grid_worker, question=f"{SECRET}吗", at=loop._next())
    reporting.petition_answer(reporter=first(loop), answer=SECRET, at=loop._next())
    handling.petition_progress(
        petition_id=loop.pk, actor=grid_worker, note=f"去过{SECRET}", photos=[], at=loop._next()
    )
    reporting.petition_add(reporter=first(loop), text=SECRET, photos=[], at=loop._next())
    loop.resolve().feed_back().publish().judge(comment=SECRET)
    assert loop.refresh().stage == Stage.ARCHIVED
    return loop


def first(loop: Loop) -> PetitionReporter:
    return PetitionReporter.objects.select_related("petition").get(petition_id=loop.pk, is_first=True)


def all_words(*keep: type[models.Model]) -> str:
    """Everything that the database says in words, but what was edited for the wall and what `keep` holds."""
    texts = []
    for model in apps.get_models():
        if model._meta.app_label in {"petitions", "core"} and model is not WallPost and model not in keep:
            texts += [str(value) for row in model.objects.values_list() for value in row]
    return "\n".join(texts)


def test_erased_matter_leaves_nothing_that_its_person_wrote_or_is_called(closed: Loop):
    assert SECRET in all_words()

    erasing.reporter_erase(reporter=first(closed), at=NOW + YEAR)

    left = all_words()
    assert [word for word in (SECRET, "林阿姨", "13912345678", "三单元402") if word in left] == []


def test_tombstone_keeps_number_stage_dates_topic_building_and_who_acted(closed: Loop):
    kept = (
        "number",
        "stage",
        "topic",
        "severity",
        "place",
        "filed_at",
        "closed_at",
        "satisfied_count",
        "assignee",
    )
    before = model_to_dict(closed.refresh()) | closed.petition.__dict__
    acts = list(PetitionEvent.objects.values_list("pk", "event", "actor", "duty", "post_place", "at"))

    erasing.reporter_erase(reporter=first(closed), at=NOW + YEAR)

    after = model_to_dict(closed.refresh()) | closed.petition.__dict__
    assert [name for name in kept if before.get(name) != after.get(name)] == []
    assert list(PetitionEvent.objects.values_list("pk", "event", "actor", "duty", "post_place", "at")) == acts
    assert closed.petition.anonymised_at == NOW + YEAR


def test_photos_leave_the_matter_the_wall_and_then_the_disk(
    loop: Loop, django_capture_on_commit_callbacks: Any
):
    image = stored()
    PetitionPhoto.objects.create(
        petition_id=loop.pk, image=image, kind="before", reporter=first(loop), added_at=NOW
    )
    publish_with_photos(loop).judge()

    erasing.reporter_erase(reporter=first(loop), at=NOW + YEAR)

    assert not PetitionPhoto.objects.filter(image=image).exists()
    assert WallPost.objects.get().before is None
    assert default_storage.exists(image.file.name)
    retention_sweep(at=NOW + YEAR)
    assert not default_storage.exists(image.file.name)
    assert not default_storage.exists(image.thumbnail.name)
    assert not StoredImage.objects.filter(pk=image.pk).exists()


def test_links_and_codes_end_with_the_data(closed: Loop):
    reporter = first(closed)
    code, token = links.tracking_code(reporter), links.ticket_token(reporter)

    erased = erasing.reporter_erase(reporter=reporter, at=NOW + YEAR)

    assert not links.code_fits(erased, code)
    with pytest.raises(DomainError):
        links.reporter_of(token)


def test_open_matter_is_not_erased_and_says_what_to_do(petition: Petition, loop: Loop):
    with pytest.raises(ConflictError, match="撤回"):
        erasing.reporter_erase(reporter=first(loop), at=NOW)

    assert first(loop).name == "林阿姨"


def test_erasure_asked_for_an_open_matter_happens_once_it_is_closed(
    closed: Loop, diecui: Town, secretary: Any
):
    still_open = PetitionReporter.objects.get(petition=file(diecui, who=person(phone="13900000077")))
    for reporter in (first(closed), still_open):
        erasing.reporter_erase_later(reporter=reporter, at=NOW)

    assert erasing.reporters_asked_erase(NOW + YEAR) == 1
    assert erasing.reporters_asked_erase(NOW + YEAR) == 0

    assert first(closed).erased_at is not None
    still_open.refresh_from_db()
    assert (still_open.erased_at, still_open.phone) == (None, "13900000077")


def test_second_erasure_changes_nothing(closed: Loop):
    erasing.reporter_erase(reporter=first(closed), at=NOW + YEAR)
    lines = AuditEntry.objects.count()

    erasing.reporter_erase(reporter=first(closed), at=NOW + 2 * YEAR)

    assert first(closed).erased_at == NOW + YEAR
    assert AuditEntry.objects.count() == lines


def test_neighbour_who_joined_keeps_theirs(loop: Loop, neighbour: Any):
    joining.petition_join(
        petition_id=loop.pk,
        person=person(name="邻居刘", phone="13900000002", user=neighbour),
        words="我家也黑",
        key=uuid4(),
        at=NOW,
    )
    loop.triage().claim().resolve().feed_back().publish().judge().judge()
    assert loop.refresh().stage == Stage.ARCHIVED

    erasing.reporter_erase(reporter=first(loop), at=NOW + YEAR)

    other = PetitionReporter.objects.get(petition_id=loop.pk, is_first=False)
    assert (other.name, other.phone, other.words, other.user) == (
        "邻居刘",
        "13900000002",
        "我家也黑",
        neighbour,
    )
    assert loop.refresh().text == ""
    assert loop.petition.anonymised_at is None
    assert loop.petition.outcome


def test_message_of_another_matter_whose_key_holds_the_same_number_stays(closed: Loop, grid_worker: Any):
    other = InboxItem.objects.create(
        user=grid_worker,
        kind="petition.due",
        dedupe_key=f"petition.due.{closed.pk + 1}.{closed.pk}.50.{grid_worker.pk}",
        title="另一件",
        body="另一件快到期",
        created_at=NOW,
    )

    erasing.reporter_erase(reporter=first(closed), at=NOW + YEAR)

    other.refresh_from_db()
    assert other.body == "另一件快到期"


def test_messages_that_wait_are_not_sent_any_more(closed: Loop):
    waiting = OutboxMessage.objects.filter(phone="13912345678").update(state="queued")
    assert waiting

    erasing.reporter_erase(reporter=first(closed), at=NOW + YEAR)

    assert not OutboxMessage.objects.filter(phone="13912345678").exists()
    assert not OutboxMessage.objects.filter(state="queued", body="").exists()


def test_closed_matter_is_anonymised_after_the_time_its_community_keeps_it(closed: Loop, diecui: Town):
    closed_at = closed.refresh().closed_at
    early, due = closed_at + timedelta(days=3 * 365), closed_at + timedelta(days=3 * 366)

    assert erasing.petitions_anonymise(early) == 0
    assert erasing.petitions_anonymise(due) == 1
    assert erasing.petitions_anonymise(due) == 0

    assert SECRET not in all_words(OutboxMessage, InboxItem)
    assert AuditEntry.objects.filter(event="petition.anonymised").count() == 1


def test_shorter_period_of_a_community_holds_for_its_matters_alone(closed: Loop, diecui: Town):
    community_actions.community_update(
        community_id=diecui.community.pk, changes={"keep_matters_months": 6}, actor=None, at=NOW
    )

    assert erasing.petitions_anonymise(NOW + timedelta(days=200)) == 1


def test_open_matters_are_never_anonymised(loop: Loop):
    assert erasing.petitions_anonymise(NOW + 20 * YEAR) == 0


def test_matters_are_anonymised_with_a_fixed_number_of_statements(
    diecui: Town, secretary: Any, grid_worker: Any, django_assert_max_num_queries: Any
):
    for number in range(5):
        reporter = PetitionReporter.objects.get(
            petition=file(diecui, who=person(phone=f"1390000010{number}"))
        )
        reporting.petition_withdraw(reporter=reporter, reason="算了", at=NOW)

    with django_assert_max_num_queries(24 + 5):  # one line of the trail for each
        assert erasing.petitions_anonymise(NOW + 4 * YEAR) == 5


def test_figures_are_the_same_after_anonymising(closed: Loop, diecui: Town):
    figures_refresh(at=NOW + 4 * YEAR, community_ids=[diecui.community.pk])
    before = model_to_dict(CommunityFigures.objects.get(pk=diecui.community.pk))

    erasing.petitions_anonymise(NOW + 4 * YEAR)
    figures_refresh(at=NOW + 4 * YEAR, community_ids=[diecui.community.pk])

    assert model_to_dict(CommunityFigures.objects.get(pk=diecui.community.pk)) == before


def test_nightly_job_says_on_the_trail_what_it_ended(closed: Loop):
    OutboxMessage.objects.update(state="sent")

    retention_sweep(at=NOW + 4 * YEAR)

    runs = dict(RetentionRun.objects.values_list("kind", "rows"))
    assert runs["petitions.matters"] == 1
    assert AuditEntry.objects.filter(event="retention.petitions.matters", actor=None).count() == 1
    assert not OutboxMessage.objects.exists()
    assert not InboxItem.objects.exists()


def test_nightly_job_twice_ends_nothing_twice(closed: Loop):
    retention_sweep(at=NOW + 4 * YEAR)

    assert retention_sweep(at=NOW + 4 * YEAR) == 0


def test_every_text_under_a_matter_is_blanked_or_known_not_to_be_personal():
    """A new table under a matter says here, or in `erasing.WORDS`, what becomes of its words."""
    codes = (models.CharField, models.TextField)
    listed = {(model, name) for model, names in erasing.WORDS for name in names}
    listed |= {(Assistance, name) for name in erasing.OF_ASSISTANCE}
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_app_config("petitions").get_models()
        if any(field.related_model is Petition for field in model._meta.concrete_fields if field.is_relation)
        for field in model._meta.concrete_fields
        if isinstance(field, codes) and not field.choices and (model, field.name) not in listed
    }

    assert found == KNOWN


KNOWN = {
    "petitions.AgendaItem.title",
    "petitions.Resolution.public_text",
    "petitions.Deliberation.venue",
    "petitions.PetitionEvent.post_place",
    "petitions.PreventionMeasure.text",
    *(f"petitions.Poll.{name}" for name in ("question", "explanation", "cancelled_reason")),
    "petitions.PetitionReporter.consent_notice",
    "petitions.PetitionWords.words",
    "petitions.PetitionWords.tokens",
    *(
        f"petitions.WallPost.{name}"
        for name in ("title", "question", "answer", "place_name", "taken_down_reason")
    ),
    *(
        f"petitions.Petition.{name}"
        for name in (
            *("number", "old_number", "place_path", "grid_path", "public_title", "handed_on_to"),
            *erasing.OWN_WORDS,
        )
    ),
}
"""Places, posts and texts that staff edited for strangers; the matter's own, which are blanked by name; and
the words to search by, which the database makes of those."""


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_erasure_and_a_change_of_stage_at_once_never_leave_an_open_matter_without_its_words(
    diecui: Town, secretary: Any, grid_worker: Any
):
    loop = Loop(file(diecui), desk=secretary, worker=grid_worker)
    reporter = first(loop)

    results = at_once(
        [
            lambda: reporting.petition_withdraw(reporter=reporter, reason="不用了", at=NOW),
            lambda: erasing.reporter_erase(reporter=reporter, at=NOW),
            loop.triage,
        ]
    )

    petition = loop.refresh()
    assert bool(petition.text) == (petition.stage != Stage.WITHDRAWN or first(loop).erased_at is None)
    assert all(isinstance(result, DomainError) for result in results if isinstance(result, Exception))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_anonymise_each_matter_once(diecui: Town):
    for number in range(6):
        reporter = PetitionReporter.objects.get(
            petition=file(diecui, who=person(phone=f"1390000010{number}"))
        )
        reporting.petition_withdraw(reporter=reporter, reason="", at=NOW)

    done = at_once([lambda: erasing.petitions_anonymise(NOW + 4 * YEAR)] * 3)

    assert sum(done) == 6
    assert AuditEntry.objects.filter(event="petition.anonymised").count() == 6
    assert Question.objects.count() == Evaluation.objects.count() == 0
