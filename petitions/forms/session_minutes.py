"""Minutes, resolutions and what becomes public of them, at the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.forms.inputs import DayInput
from core.models import User
from petitions.actions.sessions import minutes, resolving
from petitions.forms.fields import WordsField
from petitions.forms.personal import PersonalDataMixin
from petitions.forms.session_base import SessionForm
from petitions.models import Petition, Resolution, ResolutionState
from petitions.selectors.session_people import people_in


class MinutesForm(SessionForm):
    """The minutes: what was said, and how many were there."""

    title = _("写会议记录")
    done = _("会议记录已保存。")
    headcount = forms.IntegerField(label=_("到会人数"), min_value=1, max_value=2000)
    minutes = WordsField(label=_("会议记录"), max_length=4000, rows=10, help_text=_("只有工作人员看得到。"))

    def prepare(self) -> None:
        there = self.session.participants.filter(signed_in_at__isnull=False).count()
        headcount = self.session.headcount or there or None
        self.initial = {"headcount": headcount, "minutes": self.session.minutes}

    def act(self) -> None:
        given = self.cleaned_data
        session = minutes.session_minutes(
            session_id=self.session.pk,
            actor=self.actor,
            minutes=given["minutes"],
            headcount=given["headcount"],
            at=self.at,
        )
        if not session.is_quorate:
            self.said = str(_("会议记录已保存。应到各方没有到齐，决议保留为草案。"))


class DecisionForm(SessionForm):
    """What was decided, by whom, until when, watched over by whom."""

    text = WordsField(label=_("决议"), max_length=500, rows=3)
    responsible = forms.TypedChoiceField(label=_("责任人"), coerce=int, empty_value=None, required=False)
    supervisor = forms.TypedChoiceField(label=_("监督人"), coerce=int, empty_value=None, required=False)
    due_on = forms.DateField(label=_("完成期限"), widget=DayInput, required=False)
    petition = forms.TypedChoiceField(label=_("对应诉求"), coerce=int, empty_value=None, required=False)

    def prepare(self) -> None:
        people = [(one.user_id, one.label) for one in people_in(self.session.community, at=self.at)]
        for name in ("responsible", "supervisor"):
            field: Any = self.fields[name]
            field.choices = [("", _("以后再定")), *people]
        items = self.session.agenda.filter(petition__isnull=False).select_related("petition")
        petition: Any = self.fields["petition"]
        petition.choices = [("", _("没有")), *((item.petition_id, item.title) for item in items)]

    def decision(self) -> resolving.Decision:
        given = self.cleaned_data
        ids = [pk for pk in (given["responsible"], given["supervisor"]) if pk]
        people = User.objects.in_bulk(ids)
        return resolving.Decision(
            text=given["text"],
            responsible=people.get(given["responsible"]),
            supervisor=people.get(given["supervisor"]),
            due_on=given["due_on"],
            petition=Petition.objects.filter(pk=given["petition"] or 0).first(),
        )


class AddResolutionForm(DecisionForm):
    """A new decision."""

    title = _("记一条决议")
    hint = _("责任人、期限、监督人都填好，并且会议各方到齐，决议才算定下；否则保留为草案。")

    def act(self) -> None:
        resolving.resolution_add(
            session_id=self.session.pk, actor=self.actor, decision=self.decision(), at=self.at
        )


class CompleteResolutionForm(DecisionForm):
    """A draft completed."""

    title = _("补全决议")
    rows = Resolution

    def prepare(self) -> None:
        super().prepare()
        names = ("text", "due_on")
        ids = {name: getattr(self.row, f"{name}_id") for name in ("responsible", "supervisor", "petition")}
        self.initial = {**{name: getattr(self.row, name) for name in names}, **ids}

    def act(self) -> None:
        resolving.resolution_complete(
            resolution_id=self.row.pk, actor=self.actor, decision=self.decision(), at=self.at
        )


class SettleResolutionForm(SessionForm):
    """Done, or given up."""

    title = _("了结决议")
    rows = Resolution
    outcome = forms.ChoiceField(
        label=_("结果"),
        choices=[
            (ResolutionState.DONE.value, ResolutionState.DONE.label),
            (ResolutionState.DROPPED.value, ResolutionState.DROPPED.label),
        ],
        widget=forms.RadioSelect,
    )
    note = WordsField(label=_("落实情况"), max_length=300, rows=3)

    def act(self) -> None:
        given = self.cleaned_data
        resolving.resolution_settle(
            resolution_id=self.row.pk,
            actor=self.actor,
            is_done=given["outcome"] == ResolutionState.DONE,
            note=given["note"],
            at=self.at,
        )


class PublishForm(PersonalDataMixin, SessionForm):
    """The edited text that everybody may read, and the public wording of each resolution."""

    title = _("公开结果")
    hint = _("只公开这里写的文字；到会的人和提议题的人会收到通知。")
    done = _("结果已公开。")
    summary = WordsField(label=_("议了什么"), max_length=2000, rows=6)

    def prepare(self) -> None:
        self.decided = list(self.session.resolutions.exclude(state=ResolutionState.DROPPED))
        for one in self.decided:
            words = WordsField(label=_("决议：%s") % one.text[:40], max_length=500, rows=2, required=False)
            words.help_text = _("留空就不公开这一条。")
            self.fields[f"resolution_{one.pk}"] = words
            self.initial[f"resolution_{one.pk}"] = one.public_text or one.text
        self.initial["summary"] = self.session.summary
        self.guarded = ("summary", *(f"resolution_{one.pk}" for one in self.decided))  # type: ignore[misc]
        self.order_fields([*self.guarded, "confirmed"])

    def act(self) -> None:
        given = self.cleaned_data
        minutes.session_publish(
            session_id=self.session.pk,
            actor=self.actor,
            summary=given["summary"],
            resolutions={one.pk: given[f"resolution_{one.pk}"] for one in self.decided},
            at=self.at,
        )
