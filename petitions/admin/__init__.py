"""The desk: queues, one page per matter, and lists, in the stock admin."""

from petitions.admin.petition import PetitionAdmin

__all__ = ["PetitionAdmin"]
