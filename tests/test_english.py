"""The portal in English: what is Chinese on its pages is what people have written, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from community.shipped import SHIPPED
from config.local.messages import KEPT
from core.language import LANGUAGE_COOKIE
from tests.browser import addresses
from tests.browser.people import client_of
from tests.browser.world import *  # noqa: F403
from tests.english import chinese_shown, kept_texts
from tests.petitions.loop import *  # noqa: F403

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.browser.urls")]

SHIPPED_WORDS = [f"{brand.brand_name} {brand.community}" for brand in SHIPPED.values()]
IN_CHINESE = {"api_docs"}
"""The reference for programs is one text for all of them."""
OTHER_LANGUAGE = "中文"
"""The name of the language to go back to."""


def english_client(user=None):
    client = client_of(user)
    client.cookies[LANGUAGE_COOKIE] = "en"
    return client


def left_in_chinese(client, paths):
    """Words of the interface that no translation reached, with a page that shows them."""
    written = "\n".join([*{text for _model, text in kept_texts()}, *KEPT, *SHIPPED_WORDS])
    left = {}
    for path in paths:
        answer = client.get(path)
        if "html" in answer.get("Content-Type", ""):
            assert answer["Content-Language"] == "en", path
            for run in chinese_shown(answer.content.decode()) - {OTHER_LANGUAGE}:
                if run not in written:
                    left.setdefault(run, path)
    return left


def test_every_cached_part_is_kept_by_language():
    tags = [
        (str(path.relative_to(settings.BASE_DIR)), tag)
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for tag in re.findall(r"\{%\s*cache\s[^%]*%\}", path.read_text())
    ]

    assert len(tags) >= 3
    assert [tag for tag in tags if "LANGUAGE_CODE" not in tag[1]] == []


def test_pages_of_strangers_are_in_english(world):
    known = addresses.strangers(world)
    paths = [
        reverse(name, args=args)
        for name, found in known.items()
        if name not in {*IN_CHINESE, "broken"}
        for args in found
    ]

    assert left_in_chinese(english_client(), [*paths, "/no/such/page/"]) == {}


def test_pages_of_residents_are_in_english(world, resident):
    assert left_in_chinese(english_client(resident), addresses.residents()) == {}


@pytest.mark.parametrize("role", ["grid_worker", "secretary"])
def test_pages_of_those_who_handle_are_in_english(world, request, role):
    user = request.getfixturevalue(role)

    assert left_in_chinese(english_client(user), addresses.handling(user)) == {}


@pytest.mark.parametrize("role", ["secretary", "administrator"])
def test_pages_of_the_desk_are_in_english(world, request, role):
    client = english_client(request.getfixturevalue(role))

    assert left_in_chinese(client, [reverse("admin:login"), *addresses.desk(client).values()]) == {}
