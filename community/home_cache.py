"""The cached part of a community's home, and how it is thrown away when something on it changes."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.core.cache import cache
from django.core.cache.utils import make_template_fragment_key
from django.db import transaction

FRAGMENT = "community_home"


def home_forget(community_id: int) -> None:
    """Let the next visitor see a community's home afresh, once the running transaction has committed."""
    transaction.on_commit(partial(_drop, community_id), robust=True)


def _drop(community_id: int) -> None:
    codes = (code for code, _name in settings.LANGUAGES)
    cache.delete_many([make_template_fragment_key(FRAGMENT, [community_id, code]) for code in codes])
