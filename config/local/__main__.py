"""`python -m config.local COMMAND`: what the Makefile calls."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from config.local.errors import LocalError


def _command(name: str) -> Callable[[Sequence[str]], int] | None:
    """The function of a command; each imports only what it needs."""
    if name == "run":
        from config.local.run import run

        return lambda _: run()
    if name == "init":
        from config.local.run import init

        return lambda _: init()
    if name == "prepare":
        from config.local.prepare import prepare

        return lambda _: prepare()
    if name == "guard":
        from config.local.guard import guard

        return lambda _: guard()
    if name == "manage":
        from config.local.attach import manage

        return manage
    return None


def main(arguments: Sequence[str]) -> int:
    command = _command(arguments[0] if arguments else "")
    if command is None:
        print("usage: python -m config.local run|init|manage|guard|prepare", file=sys.stderr)
        return 2
    try:
        return command(arguments[1:])
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
