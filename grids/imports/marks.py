"""信息册: marks of residents, each made by the same action as on the person's page (G-10)."""

from __future__ import annotations

from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.models import Community
from community.sheet_kinds import Column, ImportKind, Row, Writer, day_of, one_by_one
from core.errors import InvalidInputError
from grids.actions.registers.tagging import tag_set
from grids.imports.people import WHO, WHO_NOTE, resident_named, who_gaps
from grids.models import Effect, SchemeColour, SchemeKind


def _colour(community: Community, word: str) -> SchemeColour:
    known = SchemeColour.objects.filter(
        scheme__community=community, scheme__kind=SchemeKind.REGISTER, is_active=True
    )
    words = {one.word: one for one in known}
    if word not in words:
        raise InvalidInputError(_("信息册里没有“%(word)s”，只有：%(known)s。") % _known(word, words))
    return words[word]


def _known(word: str, words: dict[str, SchemeColour]) -> dict[str, str]:
    return {"word": word, "known": _("、").join(words) or _("无")}


def _write(writer: Writer, row: Row) -> bool:
    """A mark that is there is left as it is."""
    resident, colour = resident_named(writer.community, row), _colour(writer.community, row["word"])
    if row["recheck_on"] is not None and colour.effect != Effect.TENANT:
        raise InvalidInputError(_("只有租户的标记才填租期。"))
    if resident.tags.in_force().filter(colour=colour).exists():
        return False
    tag_set(
        resident_id=resident.pk,
        colour_id=colour.pk,
        since_on=row["since_on"] or timezone.localdate(writer.at),
        recheck_on=row["recheck_on"],
        note=row["note"],
        actor=writer.actor,
        at=writer.at,
    )
    return True


MARKS: Final = ImportKind(
    code="marks",
    label=gettext_lazy("信息册（居民标记）"),
    power=Power.REGISTER_KEEP,
    columns=(
        *WHO,
        Column("word", "标记", 20, needed=True),
        Column("since_on", "起", 24, parse=day_of),
        Column("recheck_on", "租期到", 24, parse=day_of),
        Column("note", "说明", 100),
    ),
    key=("door", "name", "phone", "word"),
    write=one_by_one(_write),
    gaps=who_gaps,
    notes=(
        WHO_NOTE,
        gettext_lazy("标记写信息册里的含义，如“租户”；起留空是今天，租期到只给租户填。"),
        gettext_lazy("标为已故或搬离的人，导入后不再收到提醒，也不再列入走访和统计。"),
    ),
    example=("翠微小区 3号楼 1单元 301", "张三", "", "租户", "2026-01-01", "2026-12-31", "在东门上班"),
)
