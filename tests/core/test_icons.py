"""Icons are the library's, drawn once."""

from __future__ import annotations

import pytest
from django.template import engines
from lucide.templatetags.lucide import lucide as original

from core.templatetags.icons import lucide


def test_icon_is_the_librarys_own_with_its_attributes():
    assert lucide("bell", size=22, aria_hidden="true") == original("bell", size=22, aria_hidden="true")


def test_icon_is_not_escaped_in_a_page():
    page = engines["django"].from_string('{% load lucide %}{% lucide "bell" %}').render()

    assert page.startswith("<svg")


def test_attribute_from_a_page_is_escaped():
    page = (
        engines["django"]
        .from_string('{% load lucide %}{% lucide "bell" title=x %}')
        .render({"x": '"><script>'})
    )

    assert "<script>" not in page


def test_unknown_icon_is_an_error_every_time():
    for _ in range(2):
        with pytest.raises(Exception, match="nowhere"):
            lucide("nowhere")
