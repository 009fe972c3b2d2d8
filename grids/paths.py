"""The ways of assisted applications: steps, agencies, days for each (G-14). Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApplicationKind(models.TextChoices):
    """What is applied for."""

    DISABILITY = "disability_certificate", _("残疾证")
    WHEELCHAIR = "wheelchair", _("轮椅等辅具")
    SUBSISTENCE = "subsistence_allowance", _("低保")
    OLD_AGE = "old_age_allowance", _("高龄津贴")


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step: what is done, with whom, within how many days after the one before."""

    name: str
    agency: str
    days: int


PATHS: Final[Mapping[str, tuple[PathStep, ...]]] = {
    ApplicationKind.DISABILITY: (
        PathStep("上门了解", "网格", 3),
        PathStep("核实情况", "社区", 5),
        PathStep("联系残联和医保", "残联、医保", 7),
        PathStep("上门评定", "残联、医院", 20),
        PathStep("发证", "残联", 20),
    ),
    ApplicationKind.WHEELCHAIR: (
        PathStep("填申请表", "社区", 3),
        PathStep("适配评估", "残联", 15),
        PathStep("领取", "残联", 30),
    ),
    ApplicationKind.SUBSISTENCE: (
        PathStep("上门填申请表", "网格", 1),
        PathStep("社区核实、公示", "社区", 10),
        PathStep("街道审核", "街道民政", 15),
        PathStep("区县审批", "民政局", 20),
    ),
    ApplicationKind.OLD_AGE: (
        PathStep("收材料", "社区", 3),
        PathStep("街道审核", "街道民政", 10),
        PathStep("发放", "民政局", 30),
    ),
}
"""As seen in the field; the names are kept with each application, so that a change here touches none."""
FOLLOWED_BY: Final[Mapping[str, str]] = {ApplicationKind.DISABILITY: ApplicationKind.WHEELCHAIR}
"""What is offered once an application is granted."""
