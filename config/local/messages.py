"""The English catalogue: made from the source by `make messages`, and judged by `make check`.

Nothing of the system is needed: Django turns a template into what Babel can read, and Babel compiles.
The compiled catalogue is kept beside the text, so that every way of running the portal has it.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from config.local.folder import CHECKOUT
from config.local.writes import APPS

ENGLISH: Final = CHECKOUT / "locale" / "en" / "LC_MESSAGES" / "django.po"
MARKS: Final = {"gettext": 1, "gettext_noop": 1, "ngettext": 2, "pgettext": -1, "npgettext": -2}
"""How many forms of the words a call takes; below zero a context comes before them. Lazy ones alike."""
MODULES: Final = {"django.utils.translation", "core.language"}
IN_TEMPLATES: Final = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
CHINESE: Final = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
KEPT: Final = (
    *("单元楼", "别墅", "商铺", "其他", "是", "否", "漏水", "电梯", "维修资金"),
    *("小微说事", "红色物业"),
)
"""Chinese that an English sentence may hold, with its meaning beside it: what is to be typed, and names."""
OPENERS: Final = "，：；、（）"
"""Marks that need no space beside them in Chinese, and do in English."""
BARE: Final = {"templates/500.html", "templates/_language.html"}
"""What says the same in either language: the page of a broken server, and the names of the languages."""
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sdf]|%[sdf]|\{\w*\}")
NO_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)
HEADER: Final = """\
# English, for the portal's simplified Chinese. `make messages` keeps it in step with the source.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def messages() -> int:
    """Bring the catalogue in step with the source, keep its translations, and compile it."""
    known = _catalogue()
    fresh = _extracted()
    for message in fresh:
        old = known.get(message.id, message.context) if message.id else None
        if old is not None:
            message.string = old.string
    text = io.BytesIO()
    write_po(text, fresh, width=0, omit_header=True, include_lineno=False)
    ENGLISH.write_bytes(HEADER.encode() + text.getvalue())
    ENGLISH.with_suffix(".mo").write_bytes(_compiled(_catalogue()))
    missing = sum(not _is_translated(message) for message in fresh if message.id)
    print(f"{len(fresh)} messages, {missing} without English.")
    return 0


def messages_check() -> int:
    """Name what is wrong with the catalogue, and words that nobody marked; 1 if there is anything."""
    found = [*flaws(_extracted(), _catalogue()), *_unmarked()]
    compiled = ENGLISH.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != _compiled(_catalogue()):
        found.append(f"{compiled.name} is not the compiled {ENGLISH.name}: run make messages.")
    for line in found:
        print(line)
    return 1 if found else 0


def flaws(wanted: Catalog, known: Catalog) -> Iterator[str]:
    """What keeps the known catalogue from being that of the source, a line each."""
    for message in wanted:
        if message.id and known.get(message.id, message.context) is None:
            yield f"not in the catalogue: {_named(message)}"
    for message in known:
        if not message.id:
            continue
        if wanted.get(message.id, message.context) is None:
            yield f"no longer in the source: {_named(message)}"
        elif message.fuzzy or not _is_translated(message):
            yield f"not translated: {_named(message)}"
        else:
            yield from (f"{flaw}: {_named(message)}" for flaw in translation_flaws(message))
    yield from (f"obsolete: {_named(message)}" for message in known.obsolete.values())


def translation_flaws(message: Message) -> Iterator[str]:
    """What is wrong with the English of one message."""
    source = _texts(message.id)[0]
    for english in _texts(message.string):
        if _placeholders(source) != _placeholders(english):
            yield f"other placeholders in “{english}”"
        if CHINESE.search(_without(english, KEPT)):
            yield f"Chinese in “{english}”"
        if not {source[0], source[-1]} & set(OPENERS) and _edges(source) != _edges(english):
            yield f"space around “{english}”"


def _placeholders(text: str) -> list[str]:
    """Named ones in any order and as often as one likes, nameless ones in theirs."""
    found = PLACEHOLDER.findall(text.replace("%%", ""))
    nameless = [one for one in found if one[:2] not in {"%("} and not one.strip("{}").isidentifier()]
    return [*sorted(set(found) - set(nameless)), *nameless]


def _without(text: str, names: tuple[str, ...]) -> str:
    for name in names:
        text = text.replace(name, "")
    return text


def _edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def _texts(words: Any) -> tuple[str, ...]:
    """One text, or the two of a singular and a plural."""
    return tuple(words) if isinstance(words, list | tuple) else (words or "",)


def _is_translated(message: Message) -> bool:
    return all(_texts(message.string))


def _named(message: Message) -> str:
    where = message.locations[0][0] if message.locations else ENGLISH.name
    return f"“{message.id}” ({where})"


def _catalogue() -> Catalog:
    if not ENGLISH.exists():
        return Catalog(locale="en")
    with ENGLISH.open("rb") as text:
        return read_po(text, locale="en")


def _compiled(catalogue: Catalog) -> bytes:
    catalogue.creation_date = catalogue.revision_date = NO_DATE
    target = io.BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def _extracted() -> Catalog:
    """Every marked word of the source, by file; in a template plain ASCII is Django's own."""
    found = Catalog(locale="en")
    for path in _sources():
        name = path.relative_to(CHECKOUT).as_posix()
        source = path.read_text()
        calls = in_python(source) if path.suffix == ".py" else in_template(source)
        for context, words in calls:
            if path.suffix == ".py" or not words[0].isascii():
                key = words if len(words) > 1 else words[0]
                found.add(key, context=context, locations=[(name, 1)])
    return found


def _sources() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((CHECKOUT / app).rglob("*.py")):
            if not {"migrations", "demo"} & set(path.parts):
                yield path
    yield from sorted(path for path in (CHECKOUT / "templates").rglob("*") if path.is_file())


def in_python(source: str) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """Context and words of every marked call, whatever the module calls the function."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: MARKS[alias.name.removesuffix("_lazy")]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in MODULES
        for alias in node.names
        if alias.name.removesuffix("_lazy") in MARKS
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            forms, given = names[node.func.id], [ast.literal_eval(one) for one in node.args if _is_text(one)]
            context = given.pop(0) if forms < 0 and given else None
            if given:
                yield context, tuple(given[: abs(forms)])


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def in_template(source: str) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """The same of a template, of which Django leaves the calls; Babel would stumble over the indents."""
    lines = "\n".join(line.strip() for line in templatize(source).splitlines())
    for _line, name, words, _comments in extract_python(io.BytesIO(lines.encode()), IN_TEMPLATES, [], {}):
        given = (words,) if isinstance(words, str) else tuple(word for word in words if isinstance(word, str))
        context = given[0] if name == "pgettext" else None
        yield context, given[1:] if context else given


TAGS: Final = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
BLOCKS: Final = re.compile(r"\{%\s*blocktrans.*?endblocktrans\w*\s*%\}", re.DOTALL)


def _unmarked() -> Iterator[str]:
    for path in sorted((CHECKOUT / "templates").rglob("*.html")):
        name = path.relative_to(CHECKOUT).as_posix()
        if name not in BARE:
            yield from (
                f"not marked for translation: {text} ({name})" for text in unmarked_in(path.read_text())
            )


def unmarked_in(template: str) -> list[str]:
    """Chinese of a template that no translation would reach, a line each."""
    bare = TAGS.sub("\n", BLOCKS.sub("\n", template)).splitlines()
    return [line.strip() for line in bare if CHINESE.search(line)]
