"""Fixtures for every test."""

from __future__ import annotations

from tests.cast import *  # noqa: F403
from tests.database import let_flush_clean_the_audit_trail

let_flush_clean_the_audit_trail()
