"""What matters are found by: words made plain, kept beside each matter and each published answer.

The database keeps these rows in step by triggers (migration `search_words`, decision record in docs/adr):
no action writes them, and none can forget to. `words` holds runs of letters and digits parted by single
spaces; `tokens` holds what narrows a search beside them: `/17` for each place above the matter, `#0042` for
the tail of its number, and `@0:2548`, `@1:318`, `@2:39` for the 8, 64 and 512 days it was filed in.
"""

from __future__ import annotations

from django.db import models

from petitions.models.petition import Petition
from petitions.models.wall import WallPost


class Words(models.Model):
    """One row of search words: when its subject was filed or published, and under which words and tokens."""

    at = models.DateTimeField()
    words = models.TextField()
    tokens = models.TextField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.words


class PetitionWords(Words):
    """For staff: raw words, title, spot, outcome, and the names of the places around."""

    petition = models.OneToOneField(Petition, on_delete=models.CASCADE, primary_key=True, related_name="+")


class WallWords(Words):
    """For everybody: title, question, answer and building as on the echo wall, and no other word."""

    post = models.OneToOneField(WallPost, on_delete=models.CASCADE, primary_key=True, related_name="+")
