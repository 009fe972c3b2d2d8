"""组织机构: committees, companies, partners."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from community.actions.roll import record_save
from community.duties import Power
from community.imports.places import place_named
from community.models import Organisation
from community.models.people import OrganisationKind
from community.sheet_kinds import Column, ImportKind, Row, Writer, one_by_one

KINDS: Final = {
    "居委会": OrganisationKind.RESIDENTS_COMMITTEE.value,
    "业委会": OrganisationKind.OWNERS_COMMITTEE.value,
    "物管会": OrganisationKind.PROPERTY_MGMT_COMMITTEE.value,
    "物业服务企业": OrganisationKind.PROPERTY_COMPANY.value,
    "司法所": OrganisationKind.JUDICIAL_OFFICE.value,
    "职能部门": OrganisationKind.DEPARTMENT.value,
    "共建单位": OrganisationKind.PARTNER_UNIT.value,
    "其他": OrganisationKind.OTHER.value,
}


def _write(writer: Writer, row: Row) -> bool:
    """One of this name is left as it is."""
    if Organisation.objects.filter(community=writer.community, name=row["name"]).exists():
        return False
    made = Organisation(
        community=writer.community,
        place=place_named(writer.community, row["place"]) if row["place"] else None,
        kind=row["kind"],
        name=row["name"],
        phone=row["phone"],
    )
    record_save(row=made, actor=writer.actor, at=writer.at)
    return True


ORGANISATIONS: Final = ImportKind(
    code="organisations",
    label=_("组织机构"),
    power=Power.PLACE_MANAGE,
    columns=(
        Column("name", "名称", needed=True),
        Column("kind", "类型", 10, needed=True, choices=tuple(KINDS), parse=KINDS.__getitem__),
        Column("place", "地点", 200),
        Column("phone", "电话", 30),
    ),
    key=("name",),
    write=one_by_one(_write),
    notes=(_("名称相同的算同一个。地点可以不填；要填就写本社区已有的小区、楼栋或网格。"),),
    example=("翠微物业", "物业服务企业", "翠微小区", "0359-5020001"),
)
