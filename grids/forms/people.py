"""Who takes over a post in a grid, and whose hands its households are put into."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.admin.post import StaffField
from community.duties import IN_THE_FIELD, Employment
from community.models import Place, Post
from community.models.place import PlaceKind
from community.querysets import below
from grids.models import Grid
from grids.selectors.homes import uncharged


def _choices(posts: Iterable[Post]) -> list[tuple[str, str]]:
    return [(str(post.pk), f"{post.get_duty_display()} {post.user}") for post in posts]


def _posts(grid: Grid, day: date) -> Any:
    """Posts in their own right that go on, or begin, after a day."""
    rows = Post.objects.filter(place=grid.pk, deputises=None).filter(Q(ends_on=None) | Q(ends_on__gte=day))
    return rows.select_related("user").order_by("duty", "starts_on")


class HandOverForm(forms.Form):
    """One post of the grid, who takes it over, and from when."""

    post = forms.TypedChoiceField(label=_("任职"), coerce=int)
    username = StaffField(label=_("接任人用户名"), max_length=60, help_text=_("新人先到“账号”里邀请。"))
    employment = forms.ChoiceField(
        label=_("接任人专职或兼职"),
        required=False,
        choices=[("", _("未注明")), *Employment.choices],
        help_text=_("网格长、网格员和辅助网格员填写。"),
    )
    first_day = forms.DateField(label=_("从哪天起"), widget=AdminDateWidget)

    def __init__(self, *args: Any, grid: Grid, day: date) -> None:
        super().__init__(*args)
        self.fields["post"].choices = _choices(_posts(grid, day))  # type: ignore[attr-defined]
        self.fields["first_day"].initial = day + timedelta(days=1)


class ChargeForm(forms.Form):
    """A worker of the grid, and buildings, entrances, or everything that is in nobody's hands."""

    post = forms.TypedChoiceField(label=_("网格员"), coerce=int)
    places = forms.ModelMultipleChoiceField(
        Place.objects.none(),
        label=_("楼栋或单元"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 12}),
        help_text=_("可以选多个：按住 Ctrl（苹果电脑按 Command）再点。"),
    )
    rest = forms.BooleanField(label=_("还没有人包的住户"), required=False)
    starts_on = forms.DateField(label=_("从哪天起"), widget=AdminDateWidget)

    def __init__(self, *args: Any, grid: Grid, day: date) -> None:
        super().__init__(*args)
        self.grid, self.day = grid, day
        posts = _posts(grid, day).filter(duty__in=IN_THE_FIELD)
        self.fields["post"].choices = _choices(posts)  # type: ignore[attr-defined]
        held = list(grid.buildings.values_list("place__path", flat=True))
        rows = Place.objects.filter(below(held), kind__in=(PlaceKind.BUILDING, PlaceKind.ENTRANCE))
        places: Any = self.fields["places"]
        places.queryset = rows.select_related("parent__parent").order_by("path")
        places.label_from_instance = lambda place: place.long_name
        self.fields["starts_on"].initial = day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        doors: list[int] = []
        if given.get("rest"):
            path = self.grid.community.place.path
            doors = [pk for pk, grid_id in uncharged(path, self.day) if grid_id == self.grid.pk]
        return {**given, "households": doors}
