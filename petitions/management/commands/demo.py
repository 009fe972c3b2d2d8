"""`manage.py demo`: fill an empty portal with made-up life; `--sign-ins`: say who can sign in to it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.utils import OperationalError
from django.utils import timezone
from psycopg2.errors import QueryCanceled

from community.models import Community, Post, TalkPoint
from community.models.place import TalkPointKind
from core.errors import ConflictError
from core.models import User
from grids.models import GridBuilding
from petitions.demo.build import demo_build
from petitions.demo.county.build import county_build
from petitions.demo.county.scale import PETITIONS, county_scale
from petitions.demo.plan import PASSWORD, RESIDENT_PHONE, SIGN_INS

VILLAGE, COUNTY = "village", "county"
MATTERS = {VILLAGE: 300, COUNTY: PETITIONS}
STOPPED = (
    "Stopped. Nothing was kept: the county is written whole or not at all. Begin again on the empty portal."
)


class Stop:
    """Ctrl-C and a supervisor's SIGTERM both end the work with a sentence instead of killing it.

    Python drops what is raised while it tidies up after an object: `heed` raises it again.
    """

    def __init__(self) -> None:
        self.is_asked = False

    def __call__(self, *_signal: Any) -> None:
        self.is_asked = True
        raise KeyboardInterrupt

    def heed(self) -> None:
        if self.is_asked:
            raise KeyboardInterrupt


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Both signals are heard meanwhile, in the main thread."""
    signals, stop = (signal.SIGINT, signal.SIGTERM), Stop()
    before = [signal.signal(name, stop) for name in signals] if _is_main() else []
    try:
        yield stop
    finally:
        for name, handler in zip(signals, before, strict=False):
            signal.signal(name, handler)


def _is_stop(error: BaseException) -> bool:
    """Whether somebody stopped it; while rows are copied the database driver says so in its own way."""
    return isinstance(error, KeyboardInterrupt) or isinstance(error.__cause__, QueryCanceled)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


class Command(BaseCommand):
    help = (
        "Fills an empty portal: five communities with three hundred matters over two years, or with "
        "--scale county 120 communities, 12,406 grids, 200,000 households and a million matters over four, "
        "with a year of sessions, polls and projects."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", choices=(VILLAGE, COUNTY), default=VILLAGE)
        parser.add_argument("--matters", type=int, help="how many matters (300; 1,000,000 in a county)")
        parser.add_argument("--one-in", type=int, default=1, help="a county so many times smaller")
        parser.add_argument("--sign-ins", action="store_true", help="only print who can sign in")

    def handle(self, *_args: Any, **options: Any) -> None:
        matters = options["matters"] or MATTERS[options["scale"]]
        if options["sign_ins"]:
            self.stdout.write(self._sign_ins())
        elif options["scale"] == COUNTY:
            self._county(matters, max(1, options["one_in"]))
        elif Community.objects.exists():
            self.stdout.write("There are communities already; nothing was changed.")
        elif User.objects.filter(username__in=[name for _role, name in SIGN_INS]).exists():
            raise CommandError("Some of the demo's accounts exist already. The demo needs an empty portal.")
        else:
            demo_build(at=timezone.now(), matters=matters)
            self.stdout.write(self._sign_ins())

    def _county(self, matters: int, one_in: int) -> None:
        scale = county_scale(petitions=matters, one_in=one_in)
        try:
            with stoppable() as stop:
                county_build(scale, at=timezone.now(), say=self._say, heed=stop.heed)
        except ConflictError as refused:
            raise CommandError(str(refused)) from refused
        except (KeyboardInterrupt, OperationalError) as stopped:
            if not _is_stop(stopped):
                raise
            raise CommandError(STOPPED, returncode=130) from stopped
        self.stdout.write(self._sign_ins())

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _sign_ins(self) -> str:
        lines = [f"  {role}\t{name}\t{PASSWORD}\t{_where(name)}".rstrip() for role, name in SIGN_INS]
        return "\n".join(
            [
                "Staff, at /admin/login/ (role, user name, password, where):",
                *lines,
                f"Resident, at /account/login/: phone {RESIDENT_PHONE}; the page shows the code.",
                *_snap_doors(),
            ]
        )


def _snap_doors() -> list[str]:
    """Behind the riders' code, as who scans it finds it."""
    points = TalkPoint.objects.filter(kind=TalkPointKind.SNAP, is_active=True).select_related("community")
    return [
        f"Riders' code ({point.name}), no account: /{point.community.slug}/q/{point.token}/"
        for point in points.order_by("pk")[:1]
    ]


def _where(username: str) -> str:
    """The place of somebody's post; of a grid also its buildings, so that a matter can be filed for them."""
    post = Post.objects.filter(user__username=username).select_related("place").first()
    if post is None:
        return ""
    held = GridBuilding.objects.filter(grid_id=post.place_id).select_related("place__parent__parent")
    names = "、".join(building.place.long_name for building in held)
    return f"{post.place.name}：{names}" if names else post.place.name
