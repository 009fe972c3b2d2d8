"""The agenda at the desk: matters chosen, topics decided, a matter settled at the table, another day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import User
from petitions.actions.sessions import agenda, calling, settling
from petitions.forms.base import PhotoForm, Visitor
from petitions.forms.fields import WordsField
from petitions.forms.personal import PersonalDataMixin
from petitions.forms.session_base import SessionForm, WhenForm
from petitions.models import AgendaItem, AgendaState
from petitions.selectors.session_desk import matters_offered
from petitions.selectors.session_people import people_in


class MoveForm(WhenForm):
    """Another day, hour or place."""

    title = _("改期")
    hint = _("已邀请和报名的人会收到通知。")
    done = _("已改期，并通知了要来的人。")
    reason = WordsField(label=_("原因"), max_length=60)

    def prepare(self) -> None:
        local = timezone.localtime(self.session.starts_at)
        self.initial = {"day": local.date(), "time": local.time(), "venue": self.session.venue}

    def act(self) -> None:
        given = self.cleaned_data
        calling.session_move(
            session_id=self.session.pk,
            actor=self.actor,
            starts_at=self.starts_at,
            venue=given["venue"],
            reason=given["reason"],
            at=self.at,
        )


class CancelForm(SessionForm):
    """It does not take place."""

    title = _("取消")
    hint = _("已邀请和报名的人会收到通知；后面的期号自动前移。")
    done = _("已取消，并通知了要来的人。")
    danger = True
    reason = WordsField(label=_("原因"), max_length=100)

    def act(self) -> None:
        reason = self.cleaned_data["reason"]
        calling.session_cancel(session_id=self.session.pk, actor=self.actor, reason=reason, at=self.at)


class TakeForm(SessionForm):
    """Open matters of the estate or the community, to choose from."""

    title = _("选诉求进议程")
    hint = _("这里列出本小区（社区）在办的诉求，快到期的在前。没有核定公开标题的，只在会上议，不公开。")
    matters = forms.TypedMultipleChoiceField(
        label=_("在办诉求"), coerce=int, widget=forms.CheckboxSelectMultiple, choices=()
    )

    def prepare(self) -> None:
        offered = matters_offered(self.session, self.actor, at=self.at)
        field: Any = self.fields["matters"]
        field.choices = [(one.pk, f"{one.number} {agenda.matter_title(one)}") for one in offered]

    def act(self) -> None:
        chosen = self.cleaned_data["matters"]
        agenda.agenda_take(session_id=self.session.pk, actor=self.actor, petition_ids=chosen, at=self.at)


class AddTopicForm(SessionForm):
    """A topic of the community's own."""

    title = _("加一个议题")
    topic = WordsField(label=_("议题"), max_length=60)
    is_public = forms.BooleanField(label=_("在公开页面显示"), required=False, initial=True)

    def act(self) -> None:
        given = self.cleaned_data
        agenda.agenda_add(
            session_id=self.session.pk,
            actor=self.actor,
            title=given["topic"],
            is_public=given["is_public"],
            at=self.at,
        )


class DecideTopicForm(PersonalDataMixin, SessionForm):
    """Choose or decline a topic, under words that may be public."""

    title = _("定议题")
    guarded = ("topic",)
    rows = AgendaItem
    topic = WordsField(label=_("公开的写法"), max_length=60)
    state = forms.ChoiceField(
        label=_("怎么定"),
        choices=[
            (AgendaState.CHOSEN.value, AgendaState.CHOSEN.label),
            (AgendaState.DECLINED.value, AgendaState.DECLINED.label),
        ],
        widget=forms.RadioSelect,
        initial=AgendaState.CHOSEN,
    )
    is_public = forms.BooleanField(label=_("在公开页面显示"), required=False)

    def prepare(self) -> None:
        petition = self.row.petition
        may_be_public = petition is None or petition.is_shown_to_strangers
        self.initial = {"topic": self.row.title, "is_public": self.row.is_public and may_be_public}
        if not may_be_public:
            del self.fields["is_public"]

    def act(self) -> None:
        given = self.cleaned_data
        agenda.agenda_decide(
            item_id=self.row.pk,
            actor=self.actor,
            is_chosen=given["state"] == AgendaState.CHOSEN,
            title=given["topic"],
            is_public=bool(given.get("is_public")),
            at=self.at,
        )


class SettleTopicForm(PhotoForm, SessionForm):
    """A matter settled at the table."""

    title = _("当场办结")
    hint = _("议事、办理、办结、答复一次写完，时间按顺序记录；反映的人会马上收到答复。")
    done = _("已当场办结，并答复了反映的人。")
    rows = AgendaItem
    outcome = WordsField(label=_("办理结果（也是给反映人的答复）"), max_length=1000, rows=4)
    supervisor = forms.TypedChoiceField(label=_("监督人"), coerce=int, empty_value=None, required=False)
    field_order = ("outcome", "supervisor", "photos")

    def __init__(self, *args: Any, actor: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, at=at, visitor=Visitor(actor, "", at), **kwargs)

    def prepare(self) -> None:
        people = [(one.user_id, one.label) for one in people_in(self.session.community, at=self.at)]
        field: Any = self.fields["supervisor"]
        field.choices = [("", _("不设")), *people]

    def act(self) -> None:
        given = self.cleaned_data
        settling.agenda_settle(
            item_id=self.row.pk,
            actor=self.actor,
            outcome=given["outcome"],
            supervisor=User.objects.filter(pk=given["supervisor"] or 0).first(),
            photos=self.kept,
            at=self.at,
        )
