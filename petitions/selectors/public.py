"""What strangers may read of a matter: no word of the person who asked, no place finer than the building."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from petitions.models import Petition
from petitions.selectors.places import public_place

LONG_DAYS = 3


@dataclass(frozen=True, slots=True)
class Age:
    """How long people have waited, in words; `level` is "", "long" or "late" and decides how loud it is."""

    words: str
    level: str


@dataclass(frozen=True, slots=True)
class PublicCard:
    """An open matter as the problem wall shows it."""

    number: str
    title: str
    is_titled: bool
    topic: str
    category: str
    place: str
    age: Age
    others: int


def public_cards(petitions: Iterable[Petition], at: datetime) -> list[PublicCard]:
    """Cards for matters read `with_card`; no statement."""
    return [public_card(petition, at) for petition in petitions]


def public_card(petition: Petition, at: datetime) -> PublicCard:
    """Category, topic, building and age; a title only once it was approved."""
    category = petition.category.label if petition.category else petition.get_canonical_category_display()
    return PublicCard(
        number=petition.number,
        title=petition.shown_title,
        is_titled=bool(petition.public_title),
        topic=str(petition.get_topic_display()),
        category=str(category),
        place=public_place(petition.place),
        age=age_of(petition, at),
        others=petition.shown_reporters,
    )


def age_of(petition: Petition, at: datetime) -> Age:
    """Since when it waits; past the promise it says so."""
    days = (timezone.localdate(at) - timezone.localdate(petition.filed_at)).days
    words = _("今天反映") if days <= 0 else _("已等 %d 天") % days
    if petition.promise_at is not None and petition.promise_at < at:
        return Age(_("%s，超过承诺时间") % words, "late")
    return Age(words, "long" if days >= LONG_DAYS else "")
