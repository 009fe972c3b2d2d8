"""`make check` refuses a catalogue that is not complete."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Catalog, Message

from config.local import messages
from config.local.messages import flaws, translation_flaws


def catalogue(**words: str) -> Catalog:
    made = Catalog(locale="en")
    for source, english in words.items():
        made.add(source, english)
    return made


def wrong(source: str, english: str) -> list[str]:
    return list(translation_flaws(Message(source, english)))


def test_complete_catalogue_has_no_flaw():
    assert list(flaws(catalogue(首页="Home"), catalogue(首页="Home"))) == []


def test_word_of_the_source_that_is_missing_is_named():
    assert "not in the catalogue" in next(flaws(catalogue(首页="", 登录=""), catalogue(首页="Home")))


def test_word_without_english_is_named():
    assert "not translated" in next(flaws(catalogue(首页=""), catalogue(首页="")))


def test_fuzzy_word_is_named():
    known = Catalog(locale="en")
    known.add("首页", "Home", flags=["fuzzy"])

    assert "not translated" in next(flaws(catalogue(首页=""), known))


def test_word_that_left_the_source_is_named():
    assert "no longer in the source" in next(flaws(catalogue(), catalogue(首页="Home")))


def test_obsolete_entry_is_named():
    known = catalogue(首页="Home")
    known.obsolete["登录"] = Message("登录", "Sign in")

    assert "obsolete" in next(flaws(catalogue(首页=""), known))


@pytest.mark.parametrize(
    ("source", "english"),
    [
        ("共 %(n)s 项", "items"),
        ("共 %(n)s 项", "%(m)s items"),
        ("最多 %d 个字。", "At most %s characters."),
        ("%s 在 %s 登录", "%s signs in"),
        ("已选 {n} 张", "chosen"),
    ],
)
def test_other_placeholders_are_a_flaw(source: str, english: str):
    assert wrong(source, english)


@pytest.mark.parametrize(
    ("source", "english"),
    [
        ("%(a)s 和 %(b)s", "%(b)s and %(a)s"),
        ("用了 %(n)d%%", "%(n)d%% used"),
        ("，", ", "),
        (" · %d人反映", " · %d reported"),
        ("只能填“是”或“否”。", "Only 是 (yes) or 否 (no)."),
    ],
)
def test_sound_translations_pass(source: str, english: str):
    assert wrong(source, english) == []


def test_chinese_left_in_english_is_a_flaw():
    assert wrong("回音壁", "回音壁 wall")
    assert wrong("请填写。", "Please fill in。")


def test_words_of_python_are_found_under_any_name():
    source = (
        "from django.utils.translation import gettext as said\n"
        "from core.language import gettext as kept\n"
        "said('一'); kept('二'); other('三')\n"
    )

    assert [words for _context, words in messages.in_python(source)] == [("一",), ("二",)]


def test_words_of_templates_are_found():
    source = (
        '{% load i18n %}{% translate "一" %}{% include "a.html" with x=_("二") %}\n'
        "  {% blocktranslate with n=3 %}三 {{ n }}{% endblocktranslate %}"
    )

    assert [words[0] for _context, words in messages.in_template(source)] == ["一", "二", "三 %(n)s"]


def test_unmarked_chinese_of_a_template_is_found():
    assert messages.unmarked_in('<p>一</p>{# 二 #}{% translate "三" %}') == ["<p>一</p>"]
