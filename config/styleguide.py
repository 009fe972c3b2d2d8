"""`/styleguide/` and `/styleguide/desk/`: every component, only under DEBUG or DEMO. Nothing is real."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.charts import bars

STEPS: Final = (
    {"label": _("收事"), "state": "done", "note": "11月16日"},
    {"label": _("理事"), "state": "done", "note": "11月16日"},
    {"label": _("议事"), "state": "done", "note": "11月18日"},
    {"label": _("办事"), "state": "now", "note": ""},
    {"label": _("晒事"), "state": "todo", "note": ""},
    {"label": _("评事"), "state": "todo", "note": ""},
)
EVENTS: Final = (
    {
        "at": "11月19日(周四)09:12",
        "title": _("开始办理"),
        "who": _("网格员 李师傅"),
        "text": _("已联系电工，周五上午换灯。"),
    },
    {
        "at": "11月18日(周三)15:40",
        "title": _("议事会商定"),
        "who": _("翠微站议事会"),
        "text": _("整栋换成声控灯。"),
    },
    {"at": "11月16日(周一)08:05", "title": _("收到诉求"), "who": _("网上填报"), "text": ""},
)
KINDS: Final = ((_("家庭邻里"), 70), (_("小区内部"), 79), (_("外部"), 47))


class SampleForm(forms.Form):
    """One field of each kind that residents meet."""

    topic = forms.ChoiceField(
        label=_("是哪方面的事"),
        choices=(
            ("lamp", _("路灯楼道灯")),
            ("leak", _("漏水渗水")),
            ("road", _("道路")),
            ("other", _("其他")),
        ),
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("说说是什么事"),
        help_text=_("在哪里、什么时候、影响谁，想到什么写什么。"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    building = forms.ChoiceField(label=_("哪一栋"), choices=(("", _("请选择")), ("3", _("翠微小区 3号楼"))))
    photos = forms.FileField(label=_("拍张照片"), help_text=_("最多3张。"), required=False)
    phone = forms.CharField(
        label=_("手机号"), required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    private = forms.BooleanField(label=_("不公开"), help_text=_("只有办理的人能看到。"), required=False)


def styleguide_desk(request: HttpRequest) -> HttpResponse:
    """Show the components of the staff's desk."""
    context = {"title": _("7号楼外墙砖松动"), "steps": STEPS, "events": EVENTS}
    return render(request, "styleguide_desk.html", context)


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component, with words as long as real ones."""
    messages.success(request, _("已收到，办理时限已开始计算。"))
    context = {
        "form": SampleForm(),
        "refused": SampleForm({"topic": "lamp", "phone": "138"}, prefix="refused"),
        "steps": STEPS,
        "events": EVENTS,
        "page": SimpleNamespace(next="b", previous="a", last="last"),
        "large": "large" in request.GET,
        "chart": bars(str(_("已答复的事分几类")), "", [(str(name), str(n), n, "") for name, n in KINDS]),
    }
    return render(request, "styleguide.html", context)
