"""A matter with everything that was merged into it, locked together in the order of the keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from django.db.models import Q

from core import audit
from core.audit import Trace
from core.batches import rows_update
from core.errors import ConflictError, NotFoundError
from core.language import gettext as _
from petitions.actions.base import Work
from petitions.actions.locking import lock_several
from petitions.models import Petition, PetitionEvent, PetitionMerger, PetitionReporter
from petitions.selectors.following import people_of
from petitions.workflow import Event

HELD: Final = (
    *("stage", "merged_into", "closed_at", "changed_at", "clock_used", "clock_from", "due_at"),
    *("due_is_provisional", "sweep_at", "paused_at", "pause_ends_at", "pause_reason", "paused_minutes"),
    *("reporters_count", "private_reporters"),
)
"""The columns of a matter that change when it is merged or comes out."""


@dataclass
class Family:
    """Locked matters by key: those that were named, those in which they run, and all that run there too."""

    petitions: dict[int, Petition]

    def get(self, pk: int) -> Petition:
        """The matter with this key.

        Raises:
            NotFoundError: there is none.
        """
        if pk not in self.petitions:
            raise NotFoundError(_("没有找到这件诉求。"))
        return self.petitions[pk]

    def running(self, pk: int) -> Petition:
        """The matter in which this one runs: the one into which it was merged, or itself."""
        petition = self.get(pk)
        return petition if petition.merged_into_id is None else self.get(petition.merged_into_id)

    def below(self, petition: Petition) -> list[Petition]:
        """What was merged into it."""
        return [one for one in self.petitions.values() if one.merged_into_id == petition.pk]

    @cached_property
    def reporters(self) -> list[PetitionReporter]:
        """Everybody behind any of them; one statement."""
        return list(PetitionReporter.objects.filter(petition__in=self.petitions))

    @cached_property
    def mergers(self) -> list[PetitionMerger]:
        """How they came together; one statement."""
        return list(PetitionMerger.objects.filter(petition__in=self.petitions, undone_at=None))

    def reporters_of(self, petitions: Iterable[Petition]) -> list[PetitionReporter]:
        """The rows of everybody who asked these matters."""
        ids = {petition.pk for petition in petitions}
        return [one for one in self.reporters if one.petition_id in ids]

    def people(self, target: Petition, petitions: Iterable[Petition]) -> list[PetitionReporter]:
        """The people of these matters, each once, as `target` counts them."""
        return people_of(target, self.reporters_of(petitions))

    def count(self, petition: Petition) -> None:
        """Set how many people are behind it, and how many of them in private alone; nothing is saved."""
        together = [petition, *self.below(petition)]
        known = [one for one in together if not one.is_private]
        petition.reporters_count = everybody = len(self.people(petition, together))
        shown = everybody if petition.is_private else len(self.people(petition, known))
        petition.private_reporters = everybody - shown


def family_lock(ids: Collection[int]) -> Family:
    """Lock these matters with all that run together with them: four statements, however many there are.

    Raises:
        ConflictError: somebody is merging one of them at this very moment.
    """
    roots = Petition.objects.filter(pk__in=ids, merged_into__isnull=False)
    named = {*ids, *roots.values_list("merged_into_id", flat=True)}
    together = Petition.objects.filter(Q(pk__in=named) | Q(merged_into__in=named))
    found = lock_several(together.values_list("pk", flat=True))
    late = Petition.objects.filter(merged_into__in=found).exclude(pk__in=found).exists()
    gone = any(one.merged_into_id not in {None, *found} for one in found.values())
    if late or gone:
        raise ConflictError(_("刚才有人在合并这几件诉求，请看最新情况再试。"))
    return Family(found)


def family_finish(main: Work, works: Collection[Work], others: Iterable[Petition], event: Event) -> None:
    """Save the matter that goes on, those that were merged or came out, their lines, trail and messages."""
    at: datetime = main.at
    changed = [*(work.petition for work in works), *others]
    for petition in changed:
        petition.changed_at = at
    rows_update(changed, HELD)
    PetitionEvent.objects.bulk_create([line for work in works for line in work.lines])
    traces = [
        Trace(
            work.petition,
            work.petition.grid_path or work.petition.place_path,
            work.held.trace if work.held else "",
        )
        for work in works
    ]
    audit.record_each(
        event=f"petition.{event}", actor=main.actor, traces=traces, at=at, fields=["stage", "merged_into"]
    )
    main.tell([message for work in works for message in work.messages])
    main.finish(["reporters_count"])
