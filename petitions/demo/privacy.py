"""Personal data at the end of their time: one community keeps matters shorter, one person asked."""

from __future__ import annotations

from community.actions import community_update
from community.workflow import CLOSED
from core.actions import audit_seal
from petitions.actions.contact import reporters_contact
from petitions.actions.erasing import petitions_anonymise, reporter_erase
from petitions.demo.stage import World
from petitions.models import Petition, PetitionReporter

OFFICERS = {"diecui": "社区副书记 王女士", "xijiao": "社区书记"}


def privacy_play(world: World) -> None:
    """Set the page on personal data, end what is over, look at one phone, and seal the trail."""
    for slug, town in world.towns.items():
        changes = {"privacy_officer": OFFICERS.get(slug, ""), "keep_matters_months": 36}
        if slug == "xijiao":
            changes["keep_matters_months"] = 18
        community_update(community_id=town.community.pk, changes=changes, actor=None, at=world.now)
    while petitions_anonymise(world.now):
        pass
    left = PetitionReporter.objects.filter(petition__stage__in=sorted(CLOSED), erased_at=None, user=None)
    asked = left.exclude(petition__stage="archived").order_by("pk").first()
    if asked is not None:
        reporter_erase(reporter=asked, at=world.now)
    _look_at_a_phone(world)
    audit_seal(at=world.now)


def _look_at_a_phone(world: World) -> None:
    """The desk called the resident whom visitors of the demo can be."""
    town = next(iter(world.towns.values()))
    mine = Petition.objects.filter(reporters__user=town.residents[0].user).order_by("pk").first()
    if mine is not None:
        reporters_contact(petition=mine, actor=town.desk, at=world.now)
