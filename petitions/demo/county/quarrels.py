"""Mediation teams of the county, and what each mediation leaves in its tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from petitions.demo.county.copying import Heap
from petitions.demo.county.history import HOUR
from petitions.demo.county.lived import Lived
from petitions.demo.county.places import Town
from petitions.demo.county.talking import HELD, Quarrel, Team
from petitions.models import (
    MediationCase,
    MediationFollowUp,
    MediationNote,
    MediationOutcome,
    MediationParty,
    MediationTeam,
    MediationVisit,
    TeamKind,
)

MODELS: Final = (
    *(MediationTeam, MediationTeam.members.through, MediationCase, MediationParty),
    *(MediationVisit, MediationNote, MediationFollowUp),
)
TEAMS: Final = (("小微矛盾调解队", TeamKind.GENERAL), ("好姐妹巾帼调解队", TeamKind.WOMEN))
TERMS: Final = {
    MediationOutcome.AGREED: (
        "责任一方出材料费，物业免人工费；十日内修好，社区到场看验收。",
        "双方约定晚上十点以后不出声响，椅脚加垫，遇事先打电话。",
        "费用按商定的三七分担，当面结清，今后不再提。",
    ),
    MediationOutcome.FAILED: (
        "一方不愿再谈，已告诉双方可以到司法所或走诉讼。",
        "双方对费用差得太远，建议先请专业机构鉴定。",
    ),
}
NOTES: Final = ("一方愿意出材料费，可以从这里谈。", "老人担心丢面子，下次请老党员同去。")


def teams_make(towns: Sequence[Town], heap: Heap) -> dict[int, Team]:
    """Two teams in each community; the first of them by community."""
    found: dict[int, Team] = {}
    for town in towns:
        for name, kind in TEAMS:
            pk = heap.add(MediationTeam, community_id=town.pk, name=name, kind=kind)
            for member in dict.fromkeys([town.secretary_id, town.clerk_id, town.patches[0].leader_id]):
                heap.add(MediationTeam.members.through, mediationteam_id=pk, user_id=member)
            found.setdefault(town.pk, Team(pk, name))
    heap.write()
    return found


def quarrel_rows(m: Lived, quarrel: Quarrel, heap: Heap, at: datetime) -> None:
    """The rows of one mediation, as far as it has come."""
    clerk, secretary = m.town.clerk_id, m.town.secretary_id
    ended = quarrel.outcome is not None
    heap.add(
        MediationCase,
        petition_id=m.pk,
        team_id=quarrel.team.pk,
        started_at=quarrel.began_at,
        started_by_id=clerk,
        outcome=quarrel.outcome or "",
        terms=_pick(TERMS[quarrel.outcome], m.pk) if quarrel.outcome else "",
        ended_at=quarrel.ended_at,
        ended_by_id=clerk if ended else None,
    )
    for name in (f"{m.pk % 6 + 1}01 住户", f"{m.pk % 6 + 1}02 住户"):
        heap.add(MediationParty, petition_id=m.pk, name=name)
    if quarrel.visit_at is not None:
        pair = {"first_id": clerk, "second_id": secretary}
        heap.add(MediationVisit, petition_id=m.pk, starts_at=quarrel.visit_at, **pair)
        if quarrel.visit_at + HOUR < at and m.pk % 2:
            note = {"author_id": clerk, "written_at": quarrel.visit_at + HOUR, "text": _pick(NOTES, m.pk)}
            heap.add(MediationNote, petition_id=m.pk, **note)
    for days, due_at, done_at in quarrel.looks:
        look = {"petition_id": m.pk, "days": days, "due_at": due_at}
        if done_at <= at:
            look |= {"done_at": done_at, "done_by_id": clerk, "holds": True, "words": f"上门看过，{HELD}。"}
        heap.add(MediationFollowUp, **look, sweep_at=due_at if due_at > at else None)


def _pick(words: Sequence[str], number: int) -> str:
    return words[number % len(words)]
