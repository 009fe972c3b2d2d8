"""行动方案: how far they are, for staff; what is to be done, for whoever speaks for a lead."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from community.permissions import Scope, has_power
from core.models import User
from grids.forms.action_plans import TaskDoneForm
from grids.selectors import action_plans as reading
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(Power.PETITION_READ)
def action_plans(request: FieldRequest) -> HttpResponseBase:
    """Every plan with what is done of it."""
    plans = reading.plans_shown(request.user, at=request.at)
    return render(request, "grids/action_plans.html", {"plans": plans, "field_home": settings.FIELD_HOME})


@require_safe
@field_page(Power.PETITION_READ)
def action_plan(request: FieldRequest, plan_id: int) -> HttpResponseBase:
    """One plan: measures, tasks, who leads, what is late."""
    progress, measures = reading.plan_shown(request.user, plan_id, at=request.at)
    scope = Scope(progress.plan.community.place.path)
    context = {
        "progress": progress,
        "measures": measures,
        "may_report": has_power(request.user, Power.GRID_RUN, scope, at=request.at),
    }
    return render(request, "grids/action_plan.html", context)


@never_cache
@login_required
@require_safe
def action_tasks(request: HttpRequest) -> HttpResponseBase:
    """What the bodies that one speaks for have to do."""
    user = cast("User", request.user)
    today = timezone.localdate()
    tasks = [(task, task.is_late(today)) for task in reading.tasks_of(user)]
    return render(request, "grids/action_tasks.html", {"tasks": tasks})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def action_task_done(request: HttpRequest, task_id: int) -> HttpResponseBase:
    """Report one as done."""
    user, at = cast("User", request.user), timezone.now()
    task, is_own = reading.task_to_report(user, task_id, at=at)
    form = TaskDoneForm(request.POST if request.method == "POST" else None)
    back = redirect("grids:action_tasks") if is_own else redirect("grids:action_plan", task.measure.plan_id)
    if form.is_bound and form.submit(task, actor=user, at=at):
        messages.success(request, str(form.said))
        return back
    context = {"form": form, "task": task, "back": back.url}
    return render(request, "grids/action_task_done.html", context, status=form.status)
