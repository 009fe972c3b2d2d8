"""Telling words of the interface from what people have written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from babel.messages.pofile import read_po
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from config.local.messages import ENGLISH, PLACEHOLDER

CHINESE = re.compile("[\u3400-\u9fff]+")


def english_among(texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that the catalogue has made: all of the text by itself, or a phrase of two words in it."""
    with ENGLISH.open("rb") as file:
        found = [message.string for message in read_po(file, locale="en") if isinstance(message.id, str)]
    parts = {part.strip() for words in found for part in PLACEHOLDER.split(words)}
    phrases = [part for part in parts if " " in part and len(part) > 8]
    return [
        (model, text)
        for model, text in texts
        if (text in parts and text[:1].isupper() and len(text) > 3)
        or (re.search("[a-z] [a-z]", text) and any(phrase in text for phrase in phrases))
    ]


def kept_texts() -> Iterator[tuple[str, str]]:
    """Every text that the database holds, with its model."""
    for model in apps.get_models():
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField | ArrayField)
        ]
        for row in model._base_manager.values_list(*names).distinct() if names else ():
            for value in row:
                if value:
                    text = (
                        value
                        if isinstance(value, str)
                        else json.dumps(value, ensure_ascii=False, default=str)
                    )
                    yield model._meta.label, text


class _Shown(HTMLParser):
    """What a reader sees or hears of a page."""

    SPOKEN = ("alt", "title", "placeholder", "aria-label", "value", "content")

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        self.texts += [value for name, value in attrs if value and self._is_spoken(name, dict(attrs))]

    def _is_spoken(self, name: str, known: dict[str, str | None]) -> bool:
        hidden = known.get("type") in {"hidden", "checkbox", "radio"}
        return (name in self.SPOKEN and not hidden) or name.startswith("data-")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)


def chinese_shown(html: str) -> set[str]:
    """Every run of Chinese on a page."""
    shown = _Shown()
    shown.feed(html)
    return {run for text in shown.texts for run in CHINESE.findall(text)}
