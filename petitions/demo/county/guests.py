"""Who came to the sessions of the county: invited, signed up, signed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

from community.meetings import Body
from community.models import Organisation
from community.models.people import OrganisationKind
from petitions.actions.sessions.attending import ROLES
from petitions.demo.county.copying import Heap
from petitions.demo.county.diary import Sitting
from petitions.demo.county.folk import Folk
from petitions.demo.county.history import HOUR
from petitions.models import Participant, SignInWay


class Guests:
    """Writes the people of one session after the other: each person, phone, body and name once."""

    def __init__(self, people: Folk, heap: Heap, at: datetime) -> None:
        self.people, self.heap, self.at = people, heap, at
        self.random = Random(71)  # noqa: S311 - made-up life
        self.bodies: dict[int, list[Organisation]] = defaultdict(list)
        for body in Organisation.objects.order_by("pk"):
            self.bodies[body.community_id].append(body)

    def write(self, sitting: Sitting) -> None:
        if self.at < sitting.announced_at:
            return
        if sitting.schedule.quorum_bodies:
            self._bodies(sitting)
        held = sitting.minutes_at is not None
        for name, role in _officials(sitting) if held else ():
            self._guest(sitting, name, role, **self._by_clerk(sitting))
        known: set[str] = set()
        wanted = self.random.randint(5, 9) if held else self.random.randint(0, 4)
        for who in self.random.sample(sitting.town.people, min(wanted, len(sitting.town.people))):
            name, phone = self.people.name(who), self.people.phone(who)
            if not known & {name, phone or name}:
                known |= {name, phone or name}
                self._resident(sitting, name, phone, self.people.account(who))

    def _bodies(self, sitting: Sitting) -> None:
        """A joint meeting is for everybody who has a part in it."""
        for body in self.bodies[sitting.town.pk]:
            role = ROLES.get(OrganisationKind(body.kind), Body.PARTNER)
            self._guest(sitting, body.name[:40], role, organisation_id=body.pk, invited_at=sitting.created_at)

    def _resident(self, sitting: Sitting, name: str, phone: str, account: int | None) -> None:
        """Half of those who come have signed up before; a code is scanned, or the clerk writes them down."""
        held = sitting.minutes_at is not None
        more: dict[str, Any] = {}
        signed_up = sitting.announced_at + HOUR * self.random.uniform(1, 20)
        if signed_up < self.at and (not held or self.random.random() < 0.5):
            more["signed_up_at"] = signed_up
        if held and account is not None:
            more |= {"signed_in_at": sitting.starts_at - HOUR / 6, "way": SignInWay.CODE}
        elif held:
            more |= self._by_clerk(sitting)
        if more:
            self._guest(sitting, name, Body.RESIDENT, user_id=account, phone=phone, **more)

    def _by_clerk(self, sitting: Sitting) -> dict[str, Any]:
        at = sitting.starts_at + HOUR * self.random.uniform(-0.3, 0.2)
        return {"signed_in_at": at, "way": SignInWay.CLERK, "recorded_by_id": sitting.town.clerk_id}

    def _guest(self, sitting: Sitting, name: str, role: str, **more: Any) -> None:
        self.heap.add(Participant, session_id=sitting.pk, name=name, role=role, **more)


def _officials(sitting: Sitting) -> Iterator[tuple[str, str]]:
    """Somebody of the property company and of the stairs; at a joint meeting the branch and the owners."""
    if not sitting.schedule.quorum_bodies or sitting.is_quorate:
        yield "物业值班员", Body.PROPERTY
    yield "楼长代表", Body.REPRESENTATIVE
    if sitting.schedule.quorum_bodies:
        yield "小区党支部书记", Body.BRANCH
        yield "业委会主任", Body.OWNERS
