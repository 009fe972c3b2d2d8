"""Codes and links: right, wrong, outlived."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import tokens
from core.errors import GoneError


def test_code_is_eight_digits_and_matches_however_it_is_typed():
    code = tokens.code_for("track", 17, 1)

    assert len(code) == 8
    assert code.isdigit()
    assert tokens.code_matches(f" {code[:4]}-{code[4:]} ", "track", 17, 1)


@pytest.mark.parametrize("other", [("judge", 17, 1), ("track", 18, 1), ("track", 17, 2), ("track", 171, 1)])
def test_code_of_something_else_does_not_match(other: tuple[str, int, int]):
    code = tokens.code_for("track", 17, 1)

    assert not tokens.code_matches(code, *other)


@pytest.mark.parametrize("typed", ["", "1234567", "１２３４５６７８", "00000000" * 20])
def test_nonsense_is_no_code(typed: str):
    assert not tokens.code_matches(typed, "track", 17, 1)


def test_codes_are_spread():
    codes = {tokens.code_for("track", pk, 1) for pk in range(2000)}

    assert len(codes) > 1995


def test_link_names_its_subject_and_version():
    token = tokens.link_for("judge", 17, 3)

    assert tokens.link_read("judge", token) == (17, 3)
    assert tokens.link_read("judge", token, max_age=timedelta(hours=1)) == (17, 3)


def test_link_is_short_enough_for_a_text():
    assert len(tokens.link_for("judge", 1_000_000, 3)) <= 40


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: "1" + t, lambda t: t.split(".")[0], lambda t: "", lambda t: "...."]
)
def test_spoilt_link_is_gone(spoil: Any):
    token = tokens.link_for("judge", 17, 3)

    with pytest.raises(GoneError):
        tokens.link_read("judge", spoil(token))


def test_link_for_another_purpose_is_gone():
    with pytest.raises(GoneError):
        tokens.link_read("judge", tokens.link_for("track", 17, 3))


def test_old_link_is_gone():
    token = tokens.link_for("judge", 17, 3)

    with pytest.raises(GoneError, match="过期"):
        tokens.link_read("judge", token, max_age=timedelta(seconds=-1))


def test_codes_and_links_outlive_a_change_of_the_secret_key(settings: Any):
    code, token = tokens.code_for("track", 17, 1), tokens.link_for("judge", 17, 3)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "new" * 20

    assert tokens.code_matches(code, "track", 17, 1)
    assert tokens.link_read("judge", token) == (17, 3)
    assert tokens.code_for("track", 17, 1) != code


def test_codes_and_links_of_a_dropped_key_are_void(settings: Any):
    code, token = tokens.code_for("track", 17, 1), tokens.link_for("judge", 17, 3)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [], "new" * 20

    assert not tokens.code_matches(code, "track", 17, 1)
    with pytest.raises(GoneError):
        tokens.link_read("judge", token)
