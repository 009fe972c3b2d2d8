"""The county on which the bench measures: made by the generator of the demo, in its plain form."""

from __future__ import annotations

from petitions.demo.county.plain import county, open_county, settle
from petitions.demo.county.words import fill as words_fill

__all__ = ["county", "open_county", "settle", "words_fill"]
