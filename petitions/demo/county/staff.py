"""Accounts and posts of a plain county: everybody holds their post since 2020 without end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from community.duties import Duty
from community.models import Post, TalkPoint
from community.models.place import TalkPointKind
from core.models import User
from petitions.demo.county.copying import Table, next_id
from petitions.demo.county.places import County, Town

MODELS: Final = (User, Post, TalkPoint)
RESIDENTS_PER_COMMUNITY: Final = 40
SINCE: Final = date(2020, 1, 1)
NO_PASSWORD: Final = "!bench"  # noqa: S105 - nobody signs in with it


class Staff:
    """Collects accounts, posts and talk points, and writes them together."""

    def __init__(self) -> None:
        self.users: list[tuple[object, ...]] = []
        self.posts: list[tuple[object, ...]] = []
        """Key, person, duty, place, and whether full-time or part-time."""
        self.points: list[tuple[object, ...]] = []
        self.next, self.next_post = next_id(User), next_id(Post)

    def user(self, username: str | None, phone: str, name: str, password: str = NO_PASSWORD) -> int:
        pk = self.next
        self.next += 1
        self.users.append((pk, username, phone, username is None, name, username is not None, password))
        return pk

    def give(self, user_id: int, duty: str, place_id: int, employment: str = "") -> int:
        self.posts.append((self.next_post, user_id, duty, place_id, employment))
        self.next_post += 1
        return user_id

    def points_of(self, town: Town) -> None:
        """A code to scan at every building."""
        buildings = [spot for spot in town.spots if spot.is_building]
        for n, spot in enumerate(buildings):
            kind = TalkPointKind.BUILDING
            self.points.append((town.pk, spot.place_id, kind, spot.name, f"{town.slug}-{n}"))

    def write(self, at: datetime, since: date = SINCE) -> None:
        names = ("id", "username", "phone", "phone_verified", "display_name", "is_staff", "password")
        Table(User, *names, "date_joined").write((*row, at) for row in self.users)
        posts = Table(Post, "id", "user_id", "duty", "place_id", "employment", "starts_on")
        posts.write((*row, since) for row in self.posts)
        points = Table(TalkPoint, "community_id", "place_id", "kind", "name", "token")
        points.write(self.points)


def appoint(county: County, at: datetime) -> None:
    """Two people for each grid, four for each community, a supervisor above, and some residents."""
    staff = Staff()

    def post(username: str, duty: str, place_id: int) -> int:
        return staff.give(staff.user(username, f"1390{staff.next:07d}", username), duty, place_id)

    for town in county.towns:
        for n, patch in enumerate(town.patches, start=1):
            patch.worker_id = post(f"{town.slug}-worker-{n}", Duty.GRID_WORKER, patch.place_id)
            patch.leader_id = post(f"{town.slug}-leader-{n}", Duty.GRID_LEADER, patch.place_id)
        town.secretary_id = post(f"{town.slug}-secretary", Duty.SECRETARY, town.pk)
        town.clerk_id = post(f"{town.slug}-clerk", Duty.CLERK, town.pk)
        town.dispatcher_id = post(f"{town.slug}-dispatcher", Duty.DISPATCHER, town.pk)
        for _ in range(RESIDENTS_PER_COMMUNITY):
            town.residents.append(staff.user(None, f"1370{staff.next:07d}", "居民"))
        staff.points_of(town)
    post("county-supervisor", Duty.SUPERVISOR, county.place_id)
    for n, subdistrict in enumerate(county.subdistricts):
        post(f"supervisor-{n}", Duty.SUPERVISOR, subdistrict.pk)
    staff.write(at)
