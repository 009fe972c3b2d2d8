"""敏感信息查看: who looked at what is sensitive, in which post and when, for the person in charge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from community.admin.base import paths_for
from community.admin.exporting import ExportMixin
from community.backends import GRANTS
from community.duties import Duty
from community.models import Place, Post
from community.querysets import below
from core.admin import ReadOnlyAdmin
from core.admin_lists import Orderings
from core.models import Audience, SensitiveAccess, User
from core.registries import access_kinds, subject_names

NAMES: Final = "_subject_names"
PLACES: Final = "_post_places"


class KindFilter(admin.SimpleListFilter):
    """Looks at numbers, exports, erasures."""

    title = _("类别")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(access_kinds.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(event=self.value()) if self.value() else queryset


class TimeFilter(admin.SimpleListFilter):
    """The last day, week or month."""

    title = _("时间")
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("24 小时内")), ("7", _("7 天内")), ("30", _("30 天内"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        days = self.value()
        if days not in {"1", "7", "30"}:
            return queryset
        return queryset.filter(at__gte=timezone.now() - timedelta(days=int(days)))


@admin.register(SensitiveAccess)
class SensitiveAccessAdmin(ExportMixin, ReadOnlyAdmin):
    """Under one's own posts; what has no place counts where its actor is in post."""

    keyset_orderings: ClassVar[Orderings] = {"new": (_("最新在前"), ("-id",))}
    list_display = ("at", "who", "post_held", "kind", "matter")
    list_display_links = None
    list_select_related = ("actor",)
    list_filter = (KindFilter, TimeFilter)
    search_fields = ("actor",)
    search_help_text = _("按人查找：姓名或用户名")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        paths = paths_for(request, GRANTS["core.sensitiveaccess"].view)
        staff = Post.objects.filter(below(paths, "place__path")).values("user_id")
        within = below(paths, "scope_path") | Q(scope_path="", actor_id__in=staff)
        return super().get_queryset(request).filter(within, audience=Audience.CHARGE)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The lines of the people who are called so."""
        term = search_term.strip()
        people = User.objects.filter(Q(display_name__contains=term) | Q(username=term), is_staff=True)
        return (queryset.filter(actor_id__in=people.values("pk")) if term else queryset), False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The rows of the page with the names of what they are about; one statement for each kind."""
        found = super().get_changelist_instance(request)
        _name(list(found.result_list))
        return found

    def prepare_rows(self, rows: Sequence[Any]) -> None:
        _name(list(rows))

    @admin.display(description=_("谁"))
    def who(self, row: SensitiveAccess) -> str:
        return str(row.actor) if row.actor_id else str(_("本人或系统"))

    @admin.display(description=_("当时任职"))
    def post_held(self, row: SensitiveAccess) -> str:
        duty, _at, place = row.post.partition("@")
        if not duty:
            return "-"
        label = Duty(duty).label if duty in Duty.values else duty
        return f"{getattr(row, PLACES, {}).get(place, '')} {label}".strip()

    @admin.display(description=_("类别"))
    def kind(self, row: SensitiveAccess) -> str:
        return str(access_kinds.get(row.event) or row.event)

    @admin.display(description=_("哪件事"))
    def matter(self, row: SensitiveAccess) -> str:
        name, url = getattr(row, NAMES, {}).get((row.subject_type, row.subject_id), ("-", ""))
        return format_html('<a href="{}">{}</a>', url, name) if url else name


def _name(rows: list[SensitiveAccess]) -> None:
    """Put on each row how its subject and the place of its post are called."""
    names: dict[tuple[str, str], tuple[str, str]] = {}
    for kind in {row.subject_type for row in rows}:
        known = subject_names.get(kind)
        found = known([row.subject_id for row in rows if row.subject_type == kind]) if known else {}
        names |= {(kind, key): name for key, name in found.items()}
    places = _places(row.post.partition("@")[2] for row in rows)
    for row in rows:
        setattr(row, NAMES, names)
        setattr(row, PLACES, places)


def _places(keys: Iterable[str]) -> dict[str, str]:
    wanted = {int(key) for key in keys if key}
    return {str(pk): name for pk, name in Place.objects.filter(pk__in=wanted).values_list("pk", "name")}
