"""One matter of the demo, from filing to its end, step by step by the actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from community.workflow import Profile
from core.models import StoredImage, User
from petitions import workflow
from petitions.demo.stage import World
from petitions.demo.texts import Case, phrases
from petitions.demo.town import Town
from petitions.models import Petition, PetitionReporter

if TYPE_CHECKING:
    from community.models import Resident

STEP: Final = 30


@dataclass
class Options:
    """What is special about one matter. `stop` is the stage it stands at now; empty means the end."""

    stop: str = ""
    last_at: datetime | None = None
    private: bool = False
    joiners: int = 0
    echoes: int = 0
    """So many others report the same thing on their own, and are merged into it."""
    channel: str = ""
    detour: str = ""
    late: bool = False
    resident: Resident | None = None


class Matter:
    """One matter and its own time: a step yields the moment at which it happens, and is then taken."""

    def __init__(self, world: World, town: Town, case: Case, at: datetime, options: Options) -> None:
        self.world, self.town, self.case, self.at, self.options = world, town, case, at, options
        self.random = world.random
        self.private = options.private or case.private
        self.pk = 0
        self.triaged = at
        self.found_by = town.desk
        self.phones: set[str] = set()

    first: PetitionReporter

    @cached_property
    def profile(self) -> Profile:
        """The town's profile as it applies to this matter."""
        return workflow.for_matter(self.town.profile, private=self.private)

    @property
    def petition(self) -> Petition:
        """The row as it stands now."""
        return Petition.objects.get(pk=self.pk)

    @property
    def past(self) -> bool:
        return self.options.last_at is None

    def say(self, kind: str) -> str:
        return self.random.choice(phrases(kind))

    def wait(self, least: int, most: int) -> datetime:
        """Office time goes by: as given for what is long past, short steps for what is still open."""
        minutes = self.random.randint(least, most) if self.past else STEP
        self.at = self.town.clock.add(self.at, minutes).at + timedelta(seconds=self.random.randint(1, 50))
        return self.at

    def reach(self, stage: str, least: int, most: int) -> datetime:
        """As `wait`, but the step that brings a matter to where it stands now has its own moment."""
        moment = self.wait(least, most)
        if self.options.stop == stage and self.options.last_at is not None:
            self.at = moment = max(moment, self.options.last_at)
        return moment

    def actor(self) -> User:
        """Who holds the matter."""
        assignee_id = Petition.objects.values_list("assignee_id", flat=True).get(pk=self.pk)
        return self.world.people[assignee_id] if assignee_id else self.town.secretary

    def photos(self, *, after: bool, share: float = 1.0) -> list[StoredImage]:
        if self.random.random() >= share:
            return []
        return [self.world.photo(self.case.picture, after=after, at=self.at)]
