"""Personal text leaves a matter: for one person who asks, or for everybody when its time is over.

What stays is the tombstone: number, stage, dates, topic, building, colours and judgements without words, and
who acted in which post. So no figure changes. Photos on the echo wall were chosen and checked for strangers:
they stay when the time is over, and go with the person who sent them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, F, Model, Q, Value, When

from community.models import Community
from community.models.place import PlaceKind
from core import audit
from core.errors import ConflictError
from core.language import gettext as _
from core.models import InboxItem, MessageState, OutboxMessage, StoredImage
from core.models.outbox import PENDING
from core.registries import DataSubject
from petitions import workflow
from petitions.actions.locking import lock
from petitions.models import (
    AgendaItem,
    Assistance,
    Deliberation,
    Evaluation,
    Exchange,
    MediationCase,
    MediationFollowUp,
    MediationNote,
    MediationParty,
    Petition,
    PetitionEvent,
    PetitionPhoto,
    PetitionReporter,
    PreventionCheck,
    Question,
    Resolution,
    ReturnVisit,
    SupervisionCheck,
    WallPost,
)
from petitions.selectors.following import reporters_behind
from petitions.selectors.own import reporters_of

BATCH: Final = 100
WORDS: Final[tuple[tuple[type[Model], tuple[str, ...]], ...]] = (
    (PetitionEvent, ("note",)),
    (Question, ("text", "answer")),
    (Deliberation, ("participants", "decision")),
    (Evaluation, ("comment",)),
    (ReturnVisit, ("words",)),
    (Exchange, ("note",)),
    (SupervisionCheck, ("finding",)),
    (PetitionReporter, ("name", "phone", "on_behalf_of", "words")),
    (MediationCase, ("terms",)),
    (MediationParty, ("name",)),
    (MediationNote, ("text",)),
    (MediationFollowUp, ("words",)),
    (AgendaItem, ("text", "proposer_name", "proposer_phone")),
    (Resolution, ("text", "settled_note")),
)
"""Where people, or staff about people, wrote something under a matter. A test finds what is not listed."""
OWN_WORDS: Final = (
    "text",
    "spot",
    "outcome",
    "severity_reason",
    "pause_reason",
    "filing_digest",
    "old_handler",
)
"""The matter's own columns of the kind."""
OF_ASSISTANCE: Final = ("authorised_by", "authorisation", "address", "few_reason", "result")
"""Where there was something, a dash stays: that somebody authorised it, or was visited, is no secret."""
CLOSED: Final = sorted(workflow.CLOSED)


@transaction.atomic
def reporter_erase(*, reporter: PetitionReporter, at: datetime) -> PetitionReporter:
    """Erase what one person left in a closed matter; a second time changes nothing. Source: PIPL art. 47.

    Raises:
        ConflictError: the matter is open: without it nobody could handle or answer it.
    """
    petition, held = _own(reporter)
    if held.erased_at is not None:
        return held
    if not is_over(petition):
        raise ConflictError(
            _("这件事还没有办结，现在删除就无法办理和答复。可以先撤回，或约定办结后自动删除。")
        )
    others = reporters_behind(petition).exclude(pk=held.pk).filter(erased_at=None).exists()
    _forget_messages(petition, held)
    _discard(PetitionPhoto.objects.filter(reporter=held), at)
    if petition.merged_into_id is not None:
        PetitionEvent.objects.filter(petition=petition.merged_into_id, reporter=held).update(note="")
    if not others:
        _blank([petition], at)
    else:
        _blank_person(petition, held, at)
    held.refresh_from_db()
    _trace("petition.erased", petition, at, ["reporter"])
    return held


@transaction.atomic
def reporter_erase_later(*, reporter: PetitionReporter, at: datetime) -> PetitionReporter:
    """Note that the person wants to be erased; done by the nightly sweep once the matter is closed."""
    petition, held = _own(reporter)
    if held.erasure_asked_at is None and held.erased_at is None:
        held.erasure_asked_at = at
        held.save(update_fields=["erasure_asked_at"])
        _trace("petition.erasure_asked", petition, at, ["erasure_asked_at"])
    return held


def person_erase(subject: DataSubject, at: datetime) -> list[str]:
    """Erase a person from their closed matters; each open one waits for its end, in a sentence."""
    waits = []
    for reporter in reporters_of(subject).filter(erased_at=None).select_related("petition"):
        if is_over(lock(reporter.petition_id)):
            reporter_erase(reporter=reporter, at=at)
        else:
            reporter_erase_later(reporter=reporter, at=at)
            waits.append(_("%s 办结后删除") % reporter.petition.number)
    return waits


def _own(reporter: PetitionReporter) -> tuple[Petition, PetitionReporter]:
    """The person's own matter and row, locked, also where that runs with another matter now."""
    own_id = PetitionReporter.objects.values_list("petition_id", flat=True).get(pk=reporter.pk)
    petition = lock(own_id)
    return petition, petition.reporters.select_for_update().get(pk=reporter.pk)


def is_over(petition: Petition) -> bool:
    """Whether it is closed, and the one into which it was merged as well."""
    runs_in = petition.merged_into
    return petition.stage in workflow.CLOSED and (runs_in is None or runs_in.stage in workflow.CLOSED)


def _over(prefix: str = "") -> Q:
    """Matters that do not go on in another one."""
    into = f"{prefix}merged_into"
    return Q(**{into: None}) | Q(**{f"{into}__stage__in": CLOSED})


def reporters_asked_erase(at: datetime) -> int:
    """Erase those who asked earlier and whose matters have been closed since; how many were."""
    asked = PetitionReporter.objects.filter(erasure_asked_at__isnull=False, erased_at=None)
    due = list(asked.filter(_over("petition__"), petition__stage__in=CLOSED).order_by("pk")[:BATCH])
    for reporter in due:
        reporter_erase(reporter=reporter, at=at)
    return len(due)


def petitions_anonymise(at: datetime) -> int:
    """Take everything personal out of matters that were closed longer ago than their community keeps them."""
    return first_anonymised(_anonymise, at)


def first_anonymised(anonymise: Callable[[Community, datetime, datetime], int], at: datetime) -> int:
    """Run `anonymise(community, before, at)` for one community after the other, until it finds some.

    How many it found; 0 when nothing anywhere is older than its community keeps matters.
    """
    for community in Community.objects.select_related("place").order_by("pk"):
        done = anonymise(community, months_before(at, community.keep_matters_months), at)
        if done:
            return done
    return 0


def months_before(at: datetime, months: int) -> datetime:
    """The same day so many months earlier, or the last of that month."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


@transaction.atomic
def _anonymise(community: Community, before: datetime, at: datetime) -> int:
    old = Petition.objects.filter(
        _over(), community=community, closed_at__lt=before, anonymised_at=None, stage__in=CLOSED
    )
    rows = list(old.order_by("closed_at").select_for_update(of=("self",), skip_locked=True)[:BATCH])
    if rows:
        _discard(PetitionPhoto.objects.filter(petition__in=rows, is_public=False), at)
        _blank(rows, at)
        for petition in rows:
            _trace("petition.anonymised", petition, at, ["text"])
    return len(rows)


def _blank(petitions: Sequence[Petition], at: datetime) -> None:
    """Every word of these matters, locked and closed; a few statements for all of them."""
    ids = [petition.pk for petition in petitions]
    for model, names in WORDS:
        rows: Any = model._default_manager.filter(petition_id__in=ids)
        filled = Q(*((f"{name}__gt", "") for name in names), _connector=Q.OR)
        emptied = dict.fromkeys(names, "")
        if model is PetitionReporter:
            rows.filter(erased_at=None).update(
                **emptied, user=None, code_version=F("code_version") + 1, erased_at=at
            )
        else:
            rows.filter(filled).update(**emptied)
    _blank_assistance(ids)
    PreventionCheck.objects.filter(measure__petition__in=ids).update(words="")
    Petition.objects.filter(pk__in=ids).update(**dict.fromkeys(OWN_WORDS, ""), anonymised_at=at)
    fine = Petition.objects.filter(pk__in=ids, place__kind=PlaceKind.ENTRANCE).select_related("place__parent")
    for petition in fine:
        building = petition.place.parent
        assert building is not None
        Petition.objects.filter(pk=petition.pk).update(place=building, place_path=building.path)


def _blank_person(petition: Petition, reporter: PetitionReporter, at: datetime) -> None:
    """One of several: their own words; of the first also the matter's, and what staff noted for staff."""
    events = petition.events.exclude(note="")
    mine = Q(reporter=reporter)
    if reporter.is_first:
        mine |= Q(reporter=None, audience=workflow.Audience.STAFF)
        petition.questions.update(text="", answer="")
        petition.exchanges.update(note="")
        petition.supervision_checks.update(finding="")
        PreventionCheck.objects.filter(measure__petition=petition).update(words="")
        _blank_assistance([petition.pk])
        Petition.objects.filter(pk=petition.pk).update(text="", spot="")
    events.filter(mine).update(note="")
    reporter.evaluations.exclude(comment="").update(comment="")
    PetitionReporter.objects.filter(pk=reporter.pk).update(
        name="",
        phone="",
        on_behalf_of="",
        words="",
        user=None,
        code_version=F("code_version") + 1,
        erased_at=at,
    )


def _blank_assistance(ids: Sequence[int]) -> None:
    dashes = {name: Case(When(**{name: ""}, then=Value("")), default=Value("—")) for name in OF_ASSISTANCE}
    Assistance.objects.filter(petition_id__in=ids).update(**dashes)


def _discard(photos: Any, at: datetime) -> None:
    """Take photos off the matter and the wall; their files go by the next sweep, when this is committed."""
    rows = list(photos.values_list("pk", "image_id"))
    keys = [pk for pk, _image in rows]
    WallPost.objects.filter(before__in=keys).update(before=None)
    WallPost.objects.filter(after__in=keys).update(after=None)
    PetitionPhoto.objects.filter(pk__in=keys).delete()
    StoredImage.objects.filter(pk__in=[image for _pk, image in rows]).update(discarded_at=at, created_by=None)


def _forget_messages(petition: Petition, reporter: PetitionReporter) -> None:
    """What was sent to the person about the matter, and what repeated their words to staff."""
    told = _people_of(petition) | ({reporter.user_id} if reporter.user_id else set())
    to_them = Q(user_id__in=told) | (Q(phone=reporter.phone) if reporter.phone else Q(pk=None))
    matters = "|".join(str(pk) for pk in (petition.pk, petition.merged_into_id) if pk is not None)
    about = Q(dedupe_key__regex=rf"^petition\.[^.]+\.({matters})\.")
    sent = OutboxMessage.objects.filter(to_them & about)
    sent.filter(state__in=PENDING).update(state=MessageState.DROPPED)
    sent.update(title="", body="", url="", phone="")
    InboxItem.objects.filter(user_id__in=told - {reporter.user_id}).filter(about).update(body="")
    if reporter.user_id is not None:
        InboxItem.objects.filter(user_id=reporter.user_id).filter(about).delete()


def _people_of(petition: Petition) -> set[int]:
    """Staff who acted on the matter or hold it."""
    acted = petition.events.order_by().values_list("actor_id", flat=True).distinct()
    return {pk for pk in (*acted, petition.assignee_id, petition.supervisor_id) if pk is not None}


def _trace(event: str, petition: Petition, at: datetime, fields: list[str]) -> None:
    audit.record(
        event=event,
        actor=None,
        subject=petition,
        at=at,
        scope_path=petition.grid_path or petition.place_path,
        fields=fields,
        audience="charge",
    )
