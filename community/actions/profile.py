"""A community's brand and workflow profile: changed as a whole, and never into nonsense (C-08)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from community import permissions
from community.actions.cleaning import clean
from community.duties import Power
from community.home_cache import home_forget
from community.models import CategorySetting, Community, WorkflowProfile
from community.permissions import Scope
from community.profiles import profile_check
from community.registries import brand_applied
from community.shipped import ShippedProfile
from core.audit import record
from core.errors import InvalidInputError

if TYPE_CHECKING:
    from core.models import User

EDITABLE: Final = (
    "brand_name",
    "brand_name_en",
    "slogan",
    "accent",
    "stage_labels",
    "stage_modes",
    "limits",
    "gates",
    "channels",
    "schedule_note",
)


@transaction.atomic
def profile_save(
    *, community_id: int, changes: dict[str, Any], actor: User | None, at: datetime
) -> WorkflowProfile:
    """Change what a community has chosen; the version rises, so that no cached copy stays.

    Raises:
        NotAllowedError: `actor` does not manage the community's profile.
        InvalidInputError: `profile_check` finds problems; `extra["problems"]` lists them.
    """
    community = Community.objects.select_related("place").locked().get(pk=community_id)
    trace = permissions.authorise(actor, Power.PROFILE_MANAGE, Scope(community.place.path), at=at)
    row = WorkflowProfile.objects.filter(pk=community_id).first() or WorkflowProfile(
        community=community, version=0
    )
    fields = [name for name in EDITABLE if name in changes and changes[name] != getattr(row, name)]
    for name in fields:
        setattr(row, name, changes[name])
    problems = profile_check(row)
    if problems:
        raise InvalidInputError(" ".join(problems), extra={"problems": problems})
    row.version += 1
    row.save()
    home_forget(community_id)
    record(
        event="profile.changed",
        actor=actor,
        subject=row,
        at=at,
        scope_path=community.place.path,
        post=trace,
        fields=fields,
    )
    return row


@transaction.atomic
def profile_apply(
    *, community: Community, shipped: ShippedProfile, at: datetime, actor: User | None = None
) -> WorkflowProfile:
    """Give a community one of the shipped brands: labels, stages, gates, channels, limits, categories.

    Raises:
        NotAllowedError: `actor` does not manage the community's profile.
    """
    changes = {
        "brand_name": shipped.brand_name,
        "slogan": shipped.slogan,
        "accent": shipped.accent,
        "stage_labels": {stage.value: label for stage, label in shipped.labels.items()},
        "stage_modes": {stage.value: mode.value for stage, mode in shipped.modes.items()},
        "limits": {
            limit.value: [length.minutes, length.clock.value] for limit, length in shipped.limits.items()
        },
        "gates": [gate.value for gate in shipped.gates],
        "channels": [channel.value for channel in shipped.channels],
        "schedule_note": shipped.schedule_note,
    }
    row = profile_save(community_id=community.pk, changes=changes, actor=actor, at=at)
    _set_categories(row, shipped)
    for follow in brand_applied:
        follow(community, shipped.slug, at)
    return row


def _set_categories(row: WorkflowProfile, shipped: ShippedProfile) -> None:
    """Put the shipped categories in place; one that stands in old matters is kept, out of use."""
    wanted = [
        CategorySetting(
            profile=row,
            code=item.code,
            label=item.label,
            canonical=item.canonical,
            order=order,
            is_active=True,
        )
        for order, item in enumerate(shipped.categories)
    ]
    CategorySetting.objects.filter(profile=row).exclude(code__in=[item.code for item in wanted]).update(
        is_active=False
    )
    CategorySetting.objects.bulk_create(
        wanted,
        update_conflicts=True,
        unique_fields=["profile", "code"],
        update_fields=["label", "canonical", "order", "is_active"],
    )


@transaction.atomic
def categories_save(
    *, community_id: int, rows: Sequence[CategorySetting], actor: User | None, at: datetime
) -> None:
    """Write a community's own categories; one is taken out of use, never deleted.

    Raises:
        NotAllowedError: `actor` does not manage the community's profile.
    """
    community = Community.objects.select_related("place").locked().get(pk=community_id)
    trace = permissions.authorise(actor, Power.PROFILE_MANAGE, Scope(community.place.path), at=at)
    for row in rows:
        row.profile_id = community_id
        clean(row)
        row.save()
    record(
        event="profile.categories_changed",
        actor=actor,
        subject=community,
        at=at,
        scope_path=community.place.path,
        post=trace,
    )
