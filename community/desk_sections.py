"""How the desk's index and side column group what staff may open: by what it is for, not by app."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

SECTIONS: Final = (
    (_("人员与职务"), ("core.User", "community.Post", "community.Organisation")),
    (
        _("地点与住户"),
        (
            *("community.Place", "community.Estate", "community.Household"),
            *("community.Resident", "community.SheetImport"),
        ),
    ),
    (
        _("网格"),
        (
            *("grids.Grid", "grids.DutyList", "grids.GridNorm", "grids.PatrolPlan"),
            *("grids.Checkpoint", "grids.Patrol", "grids.Visit", "grids.VisitPurpose"),
            *("grids.FestivalVisitRule", "grids.GiftCampaign", "grids.Hazard", "grids.HazardType"),
        ),
    ),
    (
        _("社区门户"),
        (
            *("community.Community", "community.WorkflowProfile", "community.PortalBoard"),
            *(
                "community.Channel",
                "community.TalkPoint",
                "community.ServicePlace",
                "community.CommunityFact",
            ),
        ),
    ),
    (
        _("系统"),
        ("core.DayOverride", "core.OutboxMessage", "core.AuditEntry", "community.ListExport"),
    ),
)
"""Headings with the tables below them, in this order. An app that is not named here keeps its own heading."""


def sectioned(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The admin's list of apps, with the tables named above under their headings, the upper apps first."""
    tables = {f"{app['app_label']}.{model['object_name']}": model for app in found for model in app["models"]}
    named = {name for _heading, names in SECTIONS for name in names}
    own = [
        {**app, "models": models}
        for app in found
        if (models := [m for m in app["models"] if f"{app['app_label']}.{m['object_name']}" not in named])
    ]
    sections = [
        {
            "name": heading,
            "app_label": f"section-{number}",
            "app_url": "",
            "has_module_perms": True,
            "models": [tables[name] for name in names if name in tables],
        }
        for number, (heading, names) in enumerate(SECTIONS, 1)
    ]
    return [*own, *(section for section in sections if section["models"])]
