"""Only actions, migrations and demo data write to the database: a reading of the source finds the rest.

A call counts as a write by its name and by what it is called on. A line that only looks like one, such as
saving a picture, says so with the comment `# not the database`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from config.local.folder import CHECKOUT

APPS = ("core", "community", "points", "grids", "petitions", "volunteers", "canteen", "config")
WRITERS = re.compile(r"/(actions|migrations|demo|local)(/|\.py)|/management/commands/\w*demo\w*\.py")
GROUND_FLOOR = {
    f"core/{name}.py"
    for name in (
        "audit",
        "batches",
        "rows",
        "outbox",
        "reminders",
        "uploads",
        "cache",
        "ratelimits",
        "models/account",
    )
}
"""What every action writes through; it holds the statements that are shared by all."""
ALWAYS = {
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "save",
    "acreate",
    "aupdate",
    "adelete",
    "asave",
}
ON_QUERYSETS = {"create", "update", "delete"}
HELPERS = {"rows_update", "rows_insert", "row_update"}
QUERYSET = re.compile(
    r"\bobjects\b|_manager\b|\.(filter|exclude|all|order_by|select_for_update|locked)\(|queryset|_set\b"
)
STATEMENT = re.compile(r"^\s*(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO)\b")
FILES = {"book", "workbook", "default_storage"}
"""Names that are only ever given to files."""
EXCUSE = "# not the database"


def writes() -> int:
    """Name every write in the wrong place; 1 if there is one."""
    found = [line for app in APPS for line in _in_app(CHECKOUT / app)]
    for line in found:
        print(line)
    return 1 if found else 0


def _in_app(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(CHECKOUT).as_posix()
        if not WRITERS.search(name) and name not in GROUND_FLOOR:
            yield from (f"{name}:{number}: {what}" for number, what in in_source(path.read_text()))


def in_source(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each write in a module's source."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if _is_write(node) and EXCUSE not in lines[node.lineno - 1]:  # type: ignore[attr-defined]
            yield node.lineno, lines[node.lineno - 1].strip()  # type: ignore[attr-defined]


def _is_write(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return bool(STATEMENT.match(node.value)) and len(node.value.split()) > 3
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in HELPERS
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    called, receiver = node.func.attr, ast.unparse(node.func.value)
    if called in ON_QUERYSETS:
        bare = called == "delete" and not node.args and not node.keywords
        return bare or bool(QUERYSET.search(receiver))
    return (
        called in ALWAYS
        and receiver not in FILES
        and not any(ast.unparse(word) == "commit=False" for word in node.keywords)
    )
