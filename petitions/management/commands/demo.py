"""`manage.py demo`: fill an empty portal with made-up life; `--sign-ins`: say who can sign in to it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from community.models import Community, Post
from core.models import User
from grids.models import GridBuilding
from petitions.demo.build import demo_build
from petitions.demo.plan import PASSWORD, RESIDENT_PHONE, SIGN_INS


class Command(BaseCommand):
    help = "Fills an empty portal with three communities and three hundred matters over two years."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--matters", type=int, default=300, help="how many matters (300)")
        parser.add_argument("--sign-ins", action="store_true", help="only print who can sign in")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["sign_ins"]:
            self.stdout.write(self._sign_ins())
        elif Community.objects.exists():
            self.stdout.write("There are communities already; nothing was changed.")
        elif User.objects.filter(username__in=[name for _role, name in SIGN_INS]).exists():
            raise CommandError("Some of the demo's accounts exist already. The demo needs an empty portal.")
        else:
            demo_build(at=timezone.now(), matters=options["matters"])
            self.stdout.write(self._sign_ins())

    def _sign_ins(self) -> str:
        lines = [f"  {role}\t{name}\t{PASSWORD}\t{_where(name)}".rstrip() for role, name in SIGN_INS]
        return "\n".join(
            [
                "Staff, at /admin/login/ (role, user name, password, where):",
                *lines,
                f"Resident, at /account/login/: phone {RESIDENT_PHONE}; the page shows the code.",
            ]
        )


def _where(username: str) -> str:
    """The place of somebody's post; of a grid also its buildings, so that a matter can be filed for them."""
    post = Post.objects.filter(user__username=username).select_related("place").first()
    if post is None:
        return ""
    held = GridBuilding.objects.filter(grid_id=post.place_id).select_related("place__parent__parent")
    names = "、".join(building.place.long_name for building in held)
    return f"{post.place.name}：{names}" if names else post.place.name
