"""What every page of the desk shares: rows within one's posts, and writes through actions."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ForeignKey, Model, Q, QuerySet
from django.forms.widgets import MediaDefiningClass, Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.exporting import ExportMixin
from community.backends import GRANTS
from community.duties import Power
from community.forms.action import ActionForm, StaffRequest, attempt
from community.models import Community
from community.models.place import PlaceKind
from community.permissions import held_posts
from community.querysets import below
from core.admin_lists import AnyModelAdmin, Orderings, SavedFiltersMixin

WITHIN_ONE: Final = frozenset({PlaceKind.ESTATE, PlaceKind.BUILDING, PlaceKind.ENTRANCE, PlaceKind.GRID})
"""Places that lie in a community."""
SAMPLE: Final = "-community-"


def paths_for(request: HttpRequest, powers: frozenset[Power]) -> list[str]:
    """The paths under which the person holds one of these powers now."""
    posts = held_posts(request.user, at=timezone.now())
    return [post.place_path for post in posts if powers & post.powers]


class CommunityFilter(admin.SimpleListFilter):
    """The communities within the person's posts."""

    title = _("社区")
    parameter_name = "community"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: ScopedAdmin) -> None:
        self.scope_field = model_admin.scope_field
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        posts = held_posts(request.user, at=timezone.now())
        wide = {post.place_path: post.place_kind for post in posts if post.place_kind not in WITHIN_ONE}
        if not wide or list(wide.values()) == [PlaceKind.COMMUNITY]:
            return []  # one community: nothing to choose
        within = Community.objects.filter(below(wide, "place__path"))
        return [(str(pk), name) for pk, name in within.order_by("name").values_list("pk", "name")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """As the stock filter offers them; a county's hundred addresses are put together once."""
        name, chosen = self.parameter_name, self.value()
        yield next(super().choices(changelist))
        before, after = changelist.get_query_string({name: SAMPLE}).split(SAMPLE)
        for key, title in self.lookup_choices:
            yield {"selected": chosen == key, "query_string": f"{before}{key}{after}", "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        if not (chosen.isascii() and chosen.isdigit()):
            return queryset
        found = Community.objects.filter(pk=int(chosen)).values_list("place__path", flat=True).first()
        return queryset.filter(below([found], self.scope_field)) if found else queryset.none()


class ScopedAdmin(SavedFiltersMixin, ExportMixin, AnyModelAdmin):
    """Shows what lies under the person's posts; choices of other tables are scoped alike. As it is narrowed a
    list may be kept under a name, and taken along."""

    scope_field: ClassVar[str] = "place__path"
    keyset_orderings: ClassVar[Orderings] = {
        "new": (_("最新在前"), ("-pk",)),
        "old": (_("最早在前"), ("pk",)),
    }
    actions: Any = None

    class Media:
        js = (Script("js/desk-names.js", type="module"),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        grant = GRANTS[self.opts.label_lower]
        return super().get_queryset(request).filter(self.scope(paths_for(request, grant.view)))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Where the person's posts lie in one community, it is chosen already."""
        initial: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        if "community" in {field.name for field in self.opts.fields}:
            within = Community.objects.filter(below(paths_for(request, frozenset(Power)), "place__path"))
            found = list(within.values_list("pk", flat=True)[:2])
            initial = {**({"community": found[0]} if len(found) == 1 else {}), **initial}
        return initial

    def scope(self, paths: list[str]) -> Q:
        return below(paths, self.scope_field)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        other = self.admin_site._registry.get(db_field.related_model)
        if isinstance(other, ScopedAdmin):
            kwargs["queryset"] = other.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AbstractAdmins(MediaDefiningClass, ABCMeta):
    """Lets a desk leave methods to its children: one that lacks them cannot be registered."""


class ActionAdmin(ScopedAdmin, metaclass=AbstractAdmins):
    """Adds and changes through `perform`. A page that is shown again has changed nothing."""

    form = ActionForm

    @abstractmethod
    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> Model:
        """Call the action for a form that is valid; the saved row."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        return type(made.__name__, (made,), {"desk": self, "request": request})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form has performed the action."""

    def _changeform_view(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: Any
    ) -> HttpResponse:
        response: HttpResponse = super()._changeform_view(  # type: ignore[misc]
            request, object_id, form_url, extra_context
        )
        shown_again = isinstance(response, TemplateResponse) and "adminform" in (response.context_data or {})
        if request.method == "POST" and shown_again:
            transaction.set_rollback(True)
        return response


class Step:
    """One thing that can be done to a row on a page of its own: address, words, form, action."""

    def __init__(
        self,
        code: str,
        label: Any,
        perform: Callable[[StaffRequest, Any, dict[str, Any]], Any],
        *,
        form: type[forms.Form] = forms.Form,
        hint: Any = "",
        done: Any = "",
        offered: Callable[[Any], bool] = lambda _row: True,
        danger: bool = False,
    ) -> None:
        self.code, self.label, self.perform, self.form = code, label, perform, form
        self.hint, self.done, self.offered, self.danger = hint, done, offered, danger


class StepsMixin(ScopedAdmin):
    """Buttons on a row's page, each leading to a page that asks and then calls an action."""

    steps: ClassVar[tuple[Step, ...]] = ()
    change_form_template = "admin/community/steps_change_form.html"

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(
                f"<path:object_id>/{step.code}/",
                self.admin_site.admin_view(self.step_view),
                {"code": step.code},
                name=f"{self.opts.app_label}_{self.opts.model_name}_{step.code}",
            )
            for step in self.steps
        ]
        return [*pages, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        offered = [
            {"label": step.label, "danger": step.danger, "url": self.step_url(row, step), "code": step.code}
            for step in self.steps
            if row is not None and self.may_step(request, row, step) and step.offered(row)
        ]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "steps": offered})

    def step_view(self, request: StaffRequest, object_id: str, code: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        step = next(step for step in self.steps if step.code == code)
        if not self.may_step(request, row, step) or not step.offered(row):
            raise PermissionDenied
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = self.step_form(step, row, *sent)
        if form.is_valid():
            result = attempt(form, lambda: step.perform(request, row, form.cleaned_data) or row)
            if isinstance(result, HttpResponse):
                return result
            if form.is_valid():
                messages.success(request, step.done or _("已完成。"))
                return HttpResponseRedirect(self.back_url(request, row))
        context = {
            **self.admin_site.each_context(request),
            "title": step.label,
            "step": step,
            "form": form,
            "original": row,
            "opts": self.opts,
            "back_url": self.back_url(request, row),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/community/step.html", context)

    def may_step(self, request: HttpRequest, row: Any, _step: Step) -> bool:
        """Whether the person may take a step; the action asks again."""
        return bool(self.has_change_permission(request, row))

    def step_form(self, step: Step, row: Any, data: Any, files: Any) -> forms.Form:
        """The form of a step, where it offers what depends on the row."""
        return step.form(data, files)

    def step_url(self, row: Any, step: Step) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{step.code}", args=[row.pk])

    def back_url(self, request: HttpRequest, row: Any) -> str:
        """The row's page, or the list once the row is gone."""
        base = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if self.get_queryset(request).filter(pk=row.pk).exists():
            return reverse(f"{base}_change", args=[row.pk])
        return reverse(f"{base}_changelist")
