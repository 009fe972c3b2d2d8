"""What is kept of the walls is thrown away when something on them changes."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from community.home_cache import home_forget
from petitions.selectors.walls import walls_forget


def walls_changed(community_id: int) -> None:
    """Let the next visitor see walls and home afresh, once the running transaction has committed."""
    problems_changed(community_id)
    home_forget(community_id)


def problems_changed(community_id: int) -> None:
    """Let the next visitor see the walls afresh; the home shows nothing of an open matter."""
    transaction.on_commit(partial(walls_forget, community_id), robust=True)
