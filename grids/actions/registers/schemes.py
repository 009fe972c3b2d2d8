"""Schemes of colours: what a community's colours mean, and how often each is visited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import Power
from community.models import Community
from community.permissions import Scope
from core.audit import record
from core.errors import InvalidInputError
from core.language import gettext as _
from core.models import User
from grids.actions.registers.marks import colours_replan
from grids.models import Colour, ColourScheme, Effect, SchemeColour, SchemeKind

REGISTER: Final = "信息册"
SHIPPED: Final = (
    (Colour.YELLOW, "特殊人群", Effect.NONE),
    (Colour.RED, "已故", Effect.DECEASED),
    (Colour.GREEN, "租户", Effect.TENANT),
    (Colour.BLUE, "搬离", Effect.MOVED_OUT),
)
"""网格员信息册 as it is kept in the field (G-10)."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a colour stands for, and every how many days somebody comes; None where nobody has to."""

    word: str
    visit_days: int | None = None


@dataclass(frozen=True, slots=True)
class SchemeDraft:
    """A scheme as staff describe it: its name, its colours in use by their meanings, and how it is used."""

    name: str
    meanings: Mapping[str, Meaning]
    for_children: bool = False
    is_monthly: bool = False
    is_active: bool = True


def register_ship(community: Community, _shipped: str, at: datetime) -> None:
    """Give a community the marks of 信息册; what it has stays as it is."""
    scheme, is_new = ColourScheme.objects.get_or_create(
        community=community, kind=SchemeKind.REGISTER, defaults={"name": REGISTER}
    )
    if not is_new:
        return
    SchemeColour.objects.bulk_create(
        SchemeColour(scheme=scheme, colour=colour, word=word, effect=effect)
        for colour, word, effect in SHIPPED
    )
    record(event="colour_scheme.shipped", actor=None, subject=scheme, at=at, scope_path=community.place.path)


@transaction.atomic
def scheme_save(
    *,
    community: Community,
    draft: SchemeDraft,
    scheme_id: int | None = None,
    actor: User | None,
    at: datetime,
) -> ColourScheme:
    """Add a scheme for care, or change a scheme. Colours that the draft leaves out are retired.

    What a mark does stays as it was shipped: only words and days are the community's to choose.

    Raises:
        NotAllowedError: `actor` does not keep the community's places.
        InvalidInputError: no colours, two with one word, or a colour with an effect left out.
    """
    path = community.place.path
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(path), at=at)
    words = [meaning.word.strip() for meaning in draft.meanings.values()]
    if not words or not all(words) or len(set(words)) < len(words):
        raise InvalidInputError(_("每个颜色都要写明含义，含义不能相同。"))
    given = {"name": draft.name.strip(), "is_active": draft.is_active}
    care = {"for_children": draft.for_children, "is_monthly": draft.is_monthly}
    if scheme_id is None:
        scheme = ColourScheme.objects.create(community=community, kind=SchemeKind.CARE, **given, **care)
    else:
        scheme = ColourScheme.objects.select_for_update().get(pk=scheme_id, community=community)
        if scheme.kind == SchemeKind.CARE:
            given |= care
        ColourScheme.objects.filter(pk=scheme.pk).update(**given)
        scheme.refresh_from_db()
    changed = _set_colours(scheme, draft.meanings)
    colours_replan(changed, timezone.localdate(at))
    fields = [*given, "colours"]
    record(
        event="colour_scheme.saved",
        actor=actor,
        subject=scheme,
        at=at,
        scope_path=path,
        post=trace,
        fields=fields,
    )
    return scheme


def _set_colours(scheme: ColourScheme, meanings: Mapping[str, Meaning]) -> list[SchemeColour]:
    """Those whose days are others than before, or that are in use no more or again."""
    known = {row.colour: row for row in scheme.colours.all()}
    before = {row.pk: (row.visit_days, row.is_active) for row in known.values()}
    kept: Sequence[SchemeColour] = [row for row in known.values() if row.effect != Effect.NONE]
    if any(row.colour not in meanings for row in kept):
        raise InvalidInputError(_("信息册的已故、租户和搬离不能去掉。"))
    scheme.colours.exclude(colour__in=meanings).update(is_active=False)
    for colour in Colour.values:  # a word that moves to another colour must be free first
        if colour in meanings and colour in known:
            SchemeColour.objects.filter(pk=known[colour].pk).update(word=f"{colour}…")
    for colour, meaning in meanings.items():
        days = meaning.visit_days
        if days is not None and not 1 <= days <= 366:
            raise InvalidInputError(_("请填 1 到 366 天。"))
        given = {"word": meaning.word.strip(), "visit_days": days, "is_active": True}
        SchemeColour.objects.update_or_create(scheme=scheme, colour=colour, defaults=given)
    now = [row for row in scheme.colours.all() if row.pk in before]
    return [row for row in now if before[row.pk] != (row.visit_days, row.is_active)]
