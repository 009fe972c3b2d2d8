"""`python -m bench`: servers, databases, floors, cases, report. Always ends with 0: times are no test.

`BENCH_SCALE=small` or `--petitions N` makes it short; `--rounds`, `--only WORD` narrow it.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from bench.servers import Bench
from config.local.folder import CHECKOUT

FULL, SMALL = 1_000_000, 20_000


def arguments() -> argparse.Namespace:
    small = os.environ.get("BENCH_SCALE") == "small"
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--petitions", type=int, default=SMALL if small else FULL)
    parser.add_argument("--rounds", type=int, default=2 if small else 5)
    parser.add_argument("--repeats", type=int, default=5 if small else 20)
    parser.add_argument("--share", type=float, default=0.5, help="0.5 is the median; less sees past noise")
    parser.add_argument("--only", default="", help="measure only cases whose name holds this word")
    parser.add_argument("--no-sweep", action="store_true")
    parser.add_argument("--folder", type=Path, default=CHECKOUT / ".data" / "bench")
    parser.add_argument("--results", type=Path, default=CHECKOUT / "bench" / "results" / "latest.md")
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    bench = Bench(chosen.folder)
    with bench.running():
        os.environ.update(bench.environment("postgres"))
        import django

        django.setup()
        from bench import run

        run.run(bench, chosen)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
