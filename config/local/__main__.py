"""`python -m config.local COMMAND`: what the Makefile calls."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from config.local.errors import LocalError

COMMANDS: Final = {
    "run": "run",
    "init": "run",
    "prepare": "prepare",
    "manage": "attach",
    "backup": "archive",
    "restore": "archive",
    "check": "check",
    "writes": "writes",
    "messages": "messages",
    "messages_check": "messages",
    "clean": "clean",
    "guard": "guard",
}
"""The module of each command; only that one is imported."""
WITH_ARGUMENTS: Final = {"manage"}


def main(arguments: Sequence[str]) -> int:
    name = arguments[0] if arguments else ""
    if name not in COMMANDS:
        print(f"usage: python -m config.local {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    command = getattr(import_module(f"config.local.{COMMANDS[name]}"), name)
    try:
        return int(command(arguments[1:]) if name in WITH_ARGUMENTS else command())
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
