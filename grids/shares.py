"""A bill shared by use, to the fen (G-33). Pure."""

from __future__ import annotations

from collections.abc import Sequence


def shares_of(bill_fen: int, uses: Sequence[int]) -> list[int]:
    """What each pays, in their order: whole fen that sum to the bill, the largest remainders rounded up.

    Nobody is further than a fen from their exact part. Where nobody used anything, all pay alike.
    """
    if bill_fen < 0 or any(use < 0 for use in uses):
        raise ValueError("neither a bill nor a use is below zero")
    if not uses:
        raise ValueError("a bill is shared by somebody")
    weights = list(uses) if any(uses) else [1] * len(uses)
    whole = sum(weights)
    found = [bill_fen * weight // whole for weight in weights]
    left = bill_fen - sum(found)
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(bill_fen * weights[at] % whole), at))
    for at in by_remainder[:left]:
        found[at] += 1
    return found
