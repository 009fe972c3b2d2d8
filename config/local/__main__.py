"""`python -m config.local COMMAND`: what the Makefile calls."""

from __future__ import annotations

import sys

from config.local.errors import LocalError
from config.local.guard import guard

COMMANDS = {"guard": guard}


def main() -> int:
    command = COMMANDS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if command is None:
        print(f"usage: python -m config.local {{{','.join(COMMANDS)}}}", file=sys.stderr)
        return 2
    try:
        return command()
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
