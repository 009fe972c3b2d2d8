"""Every step of a project at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from petitions.forms import blocks, drawings, project_links, project_money, project_plan, project_works
from petitions.forms.project_base import ProjectForm

FORMS: Final[Mapping[str, type[ProjectForm]]] = {
    "edit": project_plan.EditForm,
    "publish": project_plan.PublishProjectForm,
    "phase": project_plan.PhaseForm,
    "move-phase": project_plan.MovePhaseForm,
    "hand-phase": project_plan.HandPhaseForm,
    "finish-phase": project_plan.FinishPhaseForm,
    "drop-phase": project_plan.DropPhaseForm,
    "part": project_plan.PartForm,
    "count": project_plan.CountForm,
    "budget": project_money.BudgetForm,
    "adjust": project_money.AdjustForm,
    "price": project_money.PriceForm,
    "session": project_links.LinkSessionForm,
    "unlink-session": project_links.UnlinkSessionForm,
    "poll": project_links.LinkPollForm,
    "unlink-poll": project_links.UnlinkPollForm,
    "matter": project_links.LinkMatterForm,
    "unlink-matter": project_links.UnlinkMatterForm,
    "follow": project_links.FollowForm,
    "drawing": drawings.PutDrawingForm,
    "answer": drawings.AnswerForm,
    "block": blocks.BlockForm,
    "say": blocks.SayForm,
    "clear": blocks.ClearForm,
    "persuade": blocks.PersuadeForm,
    "before": project_works.BeforeForm,
    "start": project_works.StartForm,
    "finish": project_works.FinishForm,
    "stop": project_works.StopForm,
}
"""Every step of the desk, by the word in its address."""
