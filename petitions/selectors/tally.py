"""What a poll comes to: quorum, majority, and the words for both. Counting alone, no statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from petitions.models import Majority, Poll


@dataclass(frozen=True, slots=True)
class Line:
    """One option with its votes; `percent` of the votes cast."""

    label: str
    votes: int
    percent: int
    is_carried: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """A closed poll: its lines in the order of the options, and one sentence that says what it means."""

    lines: list[Line]
    is_quorate: bool
    sentence: str


def outcome_of(poll: Poll, votes: Sequence[int]) -> Outcome:
    """The result of a closed poll from the votes of each option, in their order.

    Without a quorum nothing is carried, whatever the votes say.
    """
    is_quorate = bool(poll.eligible) and poll.cast >= poll.needed
    carried = carried_option(poll.majority, votes) if is_quorate else None
    cast = sum(votes)
    lines = [
        Line(label, count, round(count * 100 / cast) if cast else 0, index == carried)
        for index, (label, count) in enumerate(zip(poll.options, votes, strict=True))
    ]
    return Outcome(lines, is_quorate, _sentence(poll, is_quorate=is_quorate, carried=carried))


def carried_option(majority: str, votes: Sequence[int]) -> int | None:
    """Which option has what the majority asks for; None where none has, or two have the most."""
    cast, most = sum(votes), max(votes, default=0)
    if not most or list(votes).count(most) > 1:
        return None
    enough = {
        Majority.MOST.value: True,
        Majority.HALF.value: most * 2 > cast,
        Majority.TWO_THIRDS.value: most * 3 >= cast * 2,
    }
    return list(votes).index(most) if enough[majority] else None


def _sentence(poll: Poll, *, is_quorate: bool, carried: int | None) -> str:
    if not is_quorate:
        return _("投票户数没有达到要求的 %(needed)d 户，这次表决无效，不形成决定。") % {"needed": poll.needed}
    if carried is None:
        return _("投票户数达到要求，但没有一个选项%(majority)s，不形成决定。") % {
            "majority": poll.get_majority_display()
        }
    return _("投票户数达到要求，“%(option)s”%(majority)s，表决通过。") % {
        "option": poll.options[carried],
        "majority": poll.get_majority_display(),
    }
