"""Chinese sentences carry Chinese punctuation: no comma, stop or bracket of half width between Chinese signs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
APPS: Final = (
    "canteen",
    "community",
    "config",
    "core",
    "grids",
    "petitions",
    "points",
    "volunteers",
)
SIGN: Final = "[\u3400-\u9fff\u3001\u3002\u300a-\u300f\u2018-\u201d\uff01-\uff1f]"
HALF: Final = re.compile(
    rf"(?<={SIGN})\s*[,;!?](?={SIGN}|\s*$|\s+{SIGN})"  # 好,坏
    rf"|(?<={SIGN})\s*[,;:!?]\s*(?=[%{{]?\(?\w*\)?[sd}}]*{SIGN})"  # 好:%s件
    rf"|(?<={SIGN})\.(?=\s|$|{SIGN})"  # 好.
    rf"|(?<={SIGN})\((?!周)[^()]*{SIGN}[^()]*\)"  # 好(坏), but 日(周日) stays narrow
)
ALLOWED: Final = re.compile(r"^满意,不满意$|^[\w\u3400-\u9fff]+(,[\w\u3400-\u9fff]+){1,2}$")
COMMENTS: Final = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->", re.DOTALL)


def faults(text: str) -> list[str]:
    """What stands around each half-width sign in a Chinese sentence."""
    if ALLOWED.match(text) or "(?:" in text:  # values of `yesno`; patterns
        return []
    return [text[max(0, found.start() - 8) : found.end() + 8] for found in HALF.finditer(text)]


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """The strings of a module but its docstrings, with their lines."""
    tree = ast.parse(path.read_text())
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


def words(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a template or script without its comments and values of filters."""
    text = COMMENTS.sub("", path.read_text())
    for number, line in enumerate(text.splitlines(), 1):
        yield number, re.sub(r'yesno:_?\(?"[^"]*"', "", line)


@pytest.mark.parametrize(
    ("text", "is_fault"),
    [
        ("已收到,谢谢。", True),
        ("原因:太晚了", True),
        ("请选择!", True),
        ("网格长(代理)", True),
        ("已收到，谢谢。", False),
        ("共 1,000 件，10:30 开始", False),
        ("请打开 https://example.org/a?b 查看", False),
        ("按 A(甲)处理", False),
    ],
)
def test_rule_finds_half_width_signs_between_chinese_ones_alone(text, is_fault):
    assert bool(faults(text)) is is_fault


@pytest.mark.parametrize("app", APPS)
def test_words_in_the_code_carry_full_width_punctuation(app):
    found = [
        f"{path.relative_to(ROOT)}:{line} {fault}"
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
        for line, text in strings(path)
        for fault in faults(text)
    ]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("folder", ["templates", "static/js"])
def test_words_on_the_pages_carry_full_width_punctuation(folder):
    found = [
        f"{path.relative_to(ROOT)}:{line} {fault}"
        for kind in ("*.html", "*.txt", "*.js")
        for path in sorted((ROOT / folder).rglob(kind))
        for line, text in words(path)
        for fault in faults(text)
    ]

    assert not found, "\n".join(found)
