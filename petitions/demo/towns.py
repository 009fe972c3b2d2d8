"""Builds the places, people and posts of the demo."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from django.contrib.auth.hashers import make_password

from community import actions
from community.clocks import clock_of
from community.duties import CREW, Duty, Employment
from community.models import (
    CategorySetting,
    Channel,
    Estate,
    Organisation,
    Place,
    ServicePlace,
)
from community.models.people import OrganisationKind
from community.models.place import PlaceKind, TalkPointKind
from community.workflow import Channel as ChannelKind
from core.models import User
from grids.demo import GridPlans
from grids.models import Grid
from grids.models.grid import Tier
from petitions.demo.people import people_create
from petitions.demo.plan import ADMINISTRATOR, PASSWORD, RESIDENT_PHONE, SUPERVISORS, EstatePlan, TownPlan
from petitions.demo.town import Town


class Builder:
    """Makes the towns in one go; accounts are shared between them."""

    def __init__(self, random: Random, *, since: datetime) -> None:
        self.random, self.at, self.day = random, since, since.date()
        self.password = make_password(PASSWORD)
        self.users: dict[str, User] = {}
        self.places: dict[str, Place] = {}
        self._staff_phones = count(13800000001)
        self._phones = count(int(RESIDENT_PHONE))

    def town(self, plan: TownPlan) -> Town:
        """One community, from its place in the tree to its residents."""
        subdistrict = self._subdistrict(plan)
        community = actions.community_create(
            name=plan.name,
            slug=plan.slug,
            parent=subdistrict,
            shipped=plan.slug,
            hotline=plan.hotline,
            address=plan.address,
            introduction=plan.introduction,
            founded_on=plan.founded_on,
            at=self.at,
        )
        town = Town(plan, community, clock_of(community))
        self._bodies(town)
        by_grid: dict[int, list[Place]] = {}
        for estate in plan.estates:
            by_grid.setdefault(estate.grid, []).extend(self._estate(town, estate))
        self._grids(town, by_grid)
        self._staff(town, subdistrict)
        self._ways_in(town)
        self._facts(town)
        town.residents = people_create(
            homes=town.homes, random=self.random, phones=self._phones, since=self.at
        )
        self._in_charge(town)
        self._companies(town)
        town.categories = list(CategorySetting.objects.filter(profile_id=community.pk))
        return town

    def user(self, username: str, name: str) -> User:
        """An account of staff, made once; all share the demo's password."""
        if username not in self.users:
            self.users[username] = User.objects.create(
                username=username,
                display_name=name,
                is_staff=True,
                phone=str(next(self._staff_phones)),
                phone_verified=True,
                password=self.password,
                date_joined=self.at,
            )
        return self.users[username]

    def post(self, user: User, duty: str, place: Place, *, until: date | None = None) -> None:
        """Workers are full-time; leaders and auxiliaries hold their posts beside other work."""
        employment = ""
        if duty in CREW:
            employment = Employment.FULL if duty == Duty.GRID_WORKER else Employment.PART
        actions.post_give(
            user=user,
            duty=duty,
            place=place,
            starts_on=self.day,
            ends_on=until,
            employment=employment,
            at=self.at,
        )

    def _subdistrict(self, plan: TownPlan) -> Place:
        if plan.county not in self.places:
            county = actions.place_create(kind=PlaceKind.COUNTY, name=plan.county, parent=None, at=self.at)
            self.places[plan.county] = county
            self.post(self.user(*ADMINISTRATOR), Duty.ADMINISTRATOR, county)
        if plan.subdistrict not in self.places:
            parent = self.places[plan.county]
            place = actions.place_create(
                kind=PlaceKind.SUBDISTRICT, name=plan.subdistrict, parent=parent, at=self.at
            )
            self.places[plan.subdistrict] = place
            self.post(self.user(*SUPERVISORS[plan.subdistrict]), Duty.SUPERVISOR, place)
        return self.places[plan.subdistrict]

    def _estate(self, town: Town, plan: EstatePlan) -> list[Place]:
        estate = actions.place_create(
            kind=PlaceKind.ESTATE, name=plan.name, parent=town.community.place, at=self.at
        )
        company = next((body for body in town.bodies if body.name == plan.company), None)
        Estate.objects.update_or_create(
            place=estate,
            defaults={"property_company": company, "renewal": plan.renewal, "use_mix": plan.use_mix},
        )
        town.estates.append(estate)
        made = [self._building(town, estate, number) for number in range(1, plan.buildings + 1)]
        for number in range(1, plan.villas + 1):
            villa = actions.place_create(
                kind=PlaceKind.BUILDING,
                name=f"别墅{number}号",
                parent=estate,
                building_kind="villa",
                at=self.at,
            )
            town.homes.append(villa)
            made.append(villa)
        return made

    def _building(self, town: Town, estate: Place, number: int) -> Place:
        building = actions.place_create(
            kind=PlaceKind.BUILDING,
            name=f"{number}号楼",
            parent=estate,
            building_kind="apartment",
            order=number,
            at=self.at,
        )
        for entrance in range(1, 3):
            town.homes.append(
                actions.place_create(
                    kind=PlaceKind.ENTRANCE, name=f"{entrance}单元", parent=building, at=self.at
                )
            )
        town.buildings.append(building)
        return building

    def _bodies(self, town: Town) -> None:
        town.bodies = Organisation.objects.bulk_create(
            Organisation(
                community=town.community,
                kind=kind,
                name=name,
                phone=f"139000088{number:02}" if kind == OrganisationKind.DEPARTMENT else "",
            )
            for number, (kind, name) in enumerate(town.plan.bodies)
        )

    def _grids(self, town: Town, by_grid: dict[int, list[Place]]) -> None:
        town.nets = nets = GridPlans(town.community, self.at)
        above = None
        if town.plan.tiers:
            above = nets.grid(f"{town.plan.name}一级网格", [])
            nets.draw(above, 0, 1, wide=4)
            self._crew(town, above, *town.plan.tiers[0])
            nets.set_in_force(above)
        for number, (name, *crew) in enumerate(town.plan.grids, start=1):
            tier = Tier.LEVEL_2 if above else Tier.LEVEL_1
            grid = nets.grid(name, by_grid.get(number, []), tier=tier, parent=above)
            nets.draw(grid, number, 0)
            town.grids.append(grid)
            self._crew(town, grid, *crew)
            nets.set_in_force(grid)
        if above:
            small = nets.grid("荔园三号楼网格", by_grid[1][-1:], tier=Tier.LEVEL_3, parent=town.grids[0])
            market = nets.grid("同州农贸市场专属网格", [], tier=Tier.DEDICATED)
            nets.draw(market, 5, 0)
            for grid, members in zip((small, market), town.plan.tiers[1:], strict=True):
                self._crew(town, grid, *members)
                nets.set_in_force(grid)
            self._unfinished(town, nets)

    def _unfinished(self, town: Town, nets: GridPlans) -> None:
        """Grids stuck on their way through 四定: without ground, without a worker, without duties."""
        nets.grid("同州物流园专属网格", [], tier=Tier.DEDICATED)
        school = nets.grid("同州小学专属网格", [], tier=Tier.DEDICATED)
        clinic = nets.grid("同州卫生院专属网格", [], tier=Tier.DEDICATED, is_tasked=False)
        for number, grid in enumerate((school, clinic), start=6):
            nets.draw(grid, number, 0)
        self.post(self.user(f"{town.slug}-clinic", "蒲远志"), Duty.GRID_WORKER, clinic.place)

    def _crew(
        self, town: Town, grid: Grid, worker: str, worker_name: str, leader: str, leader_name: str
    ) -> None:
        for duty, username, person in (
            (Duty.GRID_WORKER, worker, worker_name),
            (Duty.GRID_LEADER, leader, leader_name),
        ):
            if username:
                town.staff[username] = self.user(username, person)
                self.post(town.staff[username], duty, grid.place)
        if not worker:  # left again: the grid stays in force and is vacant
            gone = self.user(f"{town.slug}-left", "卓远行")
            self.post(gone, Duty.GRID_WORKER, grid.place, until=self.day + timedelta(days=20))

    def _in_charge(self, town: Town) -> None:
        """包片 and 包户: a cadre for every grid but the last, an auxiliary in the first."""
        first, *_others, last = town.grids
        for number, grid in enumerate(grid for grid in town.grids if grid != last):
            self.post(town.deputies[number % len(town.deputies)], Duty.AREA_OFFICER, grid.place)
        helper = town.staff[f"{town.slug}-aux"] = self.user(f"{town.slug}-aux", "桑晚晴")
        before = self.user(f"{town.slug}-aux-before", "温如故")
        self.post(before, Duty.GRID_AUXILIARY, first.place)
        assert town.nets is not None
        town.nets.share_doors(town.grids)
        town.nets.hand_over(before, helper)
        town.nets.set_norm(households=30)

    def _companies(self, town: Town) -> None:
        """Somebody for the first company, at each of its estates."""
        held = Estate.objects.filter(place__in=town.estates, property_company__isnull=False)
        estates = list(held.select_related("place", "property_company").order_by("place__order", "pk"))
        theirs = [estate for estate in estates if estate.property_company == estates[0].property_company]
        for estate in theirs:
            town.rep = self.user("property" if town.slug == "diecui" else f"{town.slug}-property", "安守正")
            self.post(town.rep, Duty.PROPERTY_REP, estate.place)

    def _staff(self, town: Town, subdistrict: Place) -> None:
        for username, name, duty in town.plan.staff:
            town.staff[username] = self.user(username, name)
            self.post(town.staff[username], duty, town.community.place)
        town.supervisor = self.users[SUPERVISORS[subdistrict.name][0]]

    def _ways_in(self, town: Town) -> None:
        """Channels with their names, numbered chat groups, talk points, a code for every building."""
        community = town.community
        own = Channel.objects.filter(community=community)
        own.filter(kind=ChannelKind.HOTLINE).update(name=f"社区热线 {town.plan.hotline}")
        if town.plan.chat_groups:
            own.filter(kind=ChannelKind.CHAT_GROUP).delete()
            Channel.objects.bulk_create(
                Channel(
                    community=community,
                    kind=ChannelKind.CHAT_GROUP,
                    number=number,
                    name=f"小区说事微信群 {number} 群",
                    estate=town.estates[(number - 1) % len(town.estates)],
                    round_the_clock=True,
                )
                for number in range(1, town.plan.chat_groups + 1)
            )
        for channel in Channel.objects.filter(community=community):
            town.channels.setdefault(channel.kind, []).append(channel)
        for kind, name, estate in town.plan.points:
            place = town.estates[estate]
            town.points.append(
                actions.talk_point_create(community=community, place=place, kind=kind, name=name, at=self.at)
            )
        for building in town.buildings:
            assert building.parent is not None
            town.codes[building.pk] = actions.talk_point_create(
                community=community,
                place=building,
                kind=TalkPointKind.BUILDING,
                name=f"{building.parent.name}{building.name}",
                at=self.at,
            )
        ServicePlace.objects.bulk_create(
            ServicePlace(
                community=community,
                place=community.place if estate is None else town.estates[estate],
                kind=kind,
                name=name,
                address=town.plan.address if estate is None else f"{town.estates[estate].name}内",
                phone=town.plan.hotline if estate is None else "",
                hours="工作日 8:30–12:00、14:30–18:00" if estate is None else "每天 8:00–20:00",
            )
            for kind, name, estate in town.plan.stations
        )

    def _facts(self, town: Town) -> None:
        for order, fact in enumerate(town.plan.facts, start=1):
            actions.fact_record(
                community=town.community,
                code=fact.code,
                label=fact.label,
                value=Decimal(fact.value),
                unit=fact.unit,
                qualifier=fact.qualifier,
                beside=fact.beside,
                goes_on=fact.goes_on,
                as_of=date(2025, 12, 31),
                source=town.plan.source,
                order=order,
                at=self.at,
            )
