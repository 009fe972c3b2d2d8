"""A community's workflow profile: read from its row, checked, and the nine that are shipped (C-08)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from community.models import WorkflowProfile
from community.shipped import SHIPPED, ShippedProfile
from community.workflow import (
    DEFAULT_LIMITS,
    DEFAULT_MODES,
    LOOP,
    MODES,
    Channel,
    Clock,
    Duration,
    Gate,
    Limit,
    Mode,
    Profile,
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "SHIPPED",
    "ShippedProfile",
    "contrast_on_white",
    "duration_from",
    "profile_check",
    "profile_from_row",
    "profile_of",
]

LABEL_LENGTH: Final = 12
MIN_CONTRAST: Final = 4.5
MAX_MINUTES: Final = 366 * 24 * 60
ACCENT: Final = re.compile(r"#[0-9a-fA-F]{6}")
NEEDS: Final[Mapping[Gate, tuple[Stage, frozenset[Mode]]]] = {
    Gate.ROUTE_AT_TRIAGE: (Stage.TRIAGED, frozenset({Mode.ON})),
    Gate.CRITERIA_AT_TRIAGE: (Stage.TRIAGED, frozenset({Mode.ON})),
    Gate.DEADLINE_AND_RESPONSIBLE: (Stage.TRIAGED, frozenset({Mode.ON})),
    Gate.APPROVAL_BEFORE_DISPATCH: (Stage.TRIAGED, frozenset({Mode.ON})),
    Gate.MINUTES_FOR_JOINT_MEETING: (Stage.DELIBERATING, frozenset({Mode.OPTIONAL, Mode.ON})),
    Gate.SUPERVISOR_ON_DECISION: (Stage.DELIBERATING, frozenset({Mode.OPTIONAL, Mode.ON})),
    Gate.TEXT_AND_PHOTO_TO_PUBLISH: (Stage.PUBLISHED, frozenset({Mode.OPTIONAL, Mode.ON})),
    Gate.RETURN_VISIT_BEFORE_ARCHIVE: (Stage.FOLLOWED_UP, frozenset({Mode.ON})),
    Gate.EVALUATION_BEFORE_ARCHIVE: (Stage.EVALUATED, frozenset({Mode.ON})),
}
"""The stage a gate stands at, and the modes of that stage under which it can be passed at all."""


def profile_of(community_id: int) -> Profile:
    """The frozen profile of a community: one statement by primary key.

    Raises:
        WorkflowProfile.DoesNotExist: the community has none.
    """
    return profile_from_row(WorkflowProfile.objects.select_related("community").get(pk=community_id))


def profile_from_row(row: WorkflowProfile) -> Profile:
    """The frozen profile of a row whose `community` is joined. What the row leaves out takes the default."""
    return Profile(
        slug=row.community.slug,
        brand=row.brand_name,
        labels={stage: row.stage_labels.get(stage.value) or str(stage.label) for stage in LOOP},
        modes={stage: Mode(row.stage_modes.get(stage.value, DEFAULT_MODES[stage])) for stage in LOOP},
        gates=frozenset(_known(Gate, row.gates)),
        limits={limit: duration_from(row.limits, limit) for limit in Limit},
        channels=frozenset(_known(Channel, row.channels)),
        slogan=row.slogan,
    )


def label_from_row(row: WorkflowProfile, stage: str) -> str:
    """The community's word for a stage, without the rest of its profile."""
    return row.stage_labels.get(stage) or str(Stage(stage).label)


def duration_from(limits: Mapping[str, Any], limit: Limit) -> Duration:
    """The duration kept as `[minutes, clock]`, or the default."""
    kept = limits.get(limit.value)
    return Duration(int(kept[0]), Clock(kept[1])) if kept else DEFAULT_LIMITS[limit]


def _known(choices: Any, values: Iterable[str]) -> list[Any]:
    """The values that are still choices; a code that a later version dropped is left out."""
    members = choices._value2member_map_
    return [members[value] for value in values if value in members]


def profile_check(row: WorkflowProfile) -> list[str]:
    """Every reason, in words for staff, why this row is no usable profile; empty when it is sound."""
    return [
        *_label_problems(row.stage_labels),
        *_mode_problems(row.stage_modes),
        *_gate_problems(row),
        *_limit_problems(row.limits),
        *_brand_problems(row),
    ]


def _label_problems(labels: Mapping[str, str]) -> list[str]:
    unknown = [_("没有“%s”这个阶段。") % key for key in labels if key not in LOOP]
    shown = [(stage, labels[stage.value]) for stage in LOOP if stage.value in labels]
    empty = [_("“%s”的名称不能为空。") % stage.label for stage, label in shown if not label.strip()]
    long = [
        _("“%(stage)s”的名称不能超过 %(limit)d 个字。") % {"stage": stage.label, "limit": LABEL_LENGTH}
        for stage, label in shown
        if len(label) > LABEL_LENGTH
    ]
    return [*unknown, *empty, *long]


def _mode_problems(modes: Mapping[str, str]) -> list[str]:
    unknown = [_("没有“%s”这个阶段。") % key for key in modes if key not in LOOP]
    wrong = [
        _("“%s”不能这样设置。") % stage.label
        for stage in LOOP
        if stage.value in modes and modes[stage.value] not in MODES[stage]
    ]
    return [*unknown, *wrong]


def _gate_problems(row: WorkflowProfile) -> list[str]:
    unknown = [_("没有“%s”这个必备条件。") % gate for gate in row.gates if gate not in Gate.values]
    unmet = []
    for gate in _known(Gate, row.gates):
        stage, modes = NEEDS.get(gate, (Stage.RECEIVED, frozenset({Mode.ON})))
        if row.stage_modes.get(stage.value, DEFAULT_MODES[stage]) not in modes:
            unmet.append(
                _("必备条件“%(gate)s”要求“%(stage)s”设为%(modes)s。")
                % {
                    "gate": gate.label,
                    "stage": stage.label,
                    "modes": _("、").join(sorted(str(mode.label) for mode in modes)),
                }
            )
    return [*unknown, *unmet]


def _limit_problems(limits: Mapping[str, Any]) -> list[str]:
    unknown = [_("没有“%s”这个时限。") % key for key in limits if key not in Limit.values]
    wrong = [
        _("“%s”的时限必须大于零。") % limit.label
        for limit in Limit
        if limit.value in limits and not _is_duration(limits[limit.value])
    ]
    return [*unknown, *wrong]


def _is_duration(kept: Any) -> bool:
    return (
        isinstance(kept, list | tuple)
        and len(kept) == 2
        and isinstance(kept[0], int)
        and not isinstance(kept[0], bool)
        and 0 < kept[0] <= MAX_MINUTES
        and kept[1] in Clock.values
    )


def _brand_problems(row: WorkflowProfile) -> list[str]:
    problems = []
    if not row.brand_name.strip():
        problems.append(_("品牌名不能为空。"))
    if not ACCENT.fullmatch(row.accent):
        problems.append(_("主色须写成 #RRGGBB。"))
    elif contrast_on_white(row.accent) < MIN_CONTRAST:
        problems.append(_("主色太浅，在白底上看不清（对比度须达到 4.5:1）。"))
    if not _known(Channel, row.channels):
        problems.append(_("至少开放一个渠道。"))
    if len(_known(Channel, row.channels)) != len(row.channels):
        problems.append(_("有不认识的渠道。"))
    return problems


def contrast_on_white(accent: str) -> float:
    """The WCAG contrast of `#RRGGBB` against white, from 1 to 21."""
    red, green, blue = (_linear(int(accent[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
