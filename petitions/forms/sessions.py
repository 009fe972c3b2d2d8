"""What residents fill in around a session: a topic, their name on the list, their name on the sheet."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from community.meetings import Body
from core.errors import RepeatedError
from core.forms import RefusableForm
from petitions.actions.sessions import agenda, answering, attending
from petitions.forms.base import Visitor
from petitions.forms.fields import PageKeyField, PhoneField, WordsField
from petitions.models import AgendaItem, DeliberationSession, Participant

ROLES = (Body.RESIDENT, Body.REPRESENTATIVE, Body.PROPERTY, Body.OWNERS, Body.BRANCH, Body.PARTNER)


class ProposeForm(RefusableForm):
    """A topic: what it is about, and more if one likes."""

    title = WordsField(label=_("议题"), max_length=60, missing=_("请写一下想议什么事。"))
    text = WordsField(
        label=_("说明"),
        max_length=500,
        rows=4,
        required=False,
        help_text=_("这里写的只有社区工作人员看得到。私事请用“我要说事”。"),
    )
    name = WordsField(label=_("称呼"), max_length=40, required=False)
    phone = PhoneField(label=_("手机号"), required=False, help_text=_("只用来告诉您结果。"))
    key = PageKeyField(initial=uuid4)

    def submit(self, session: DeliberationSession, visitor: Visitor) -> AgendaItem | None:
        """Put it forward; None when that was refused, and then the form says why."""
        given = self.cleaned_data
        proposal = agenda.Proposal(
            title=given["title"],
            text=given["text"],
            name=given["name"],
            phone=given["phone"],
            user=visitor.user,
            address=visitor.address,
        )
        return self.attempt(
            lambda: agenda.agenda_propose(
                session_id=session.pk, proposal=proposal, key=given["key"], at=visitor.at
            )
        )


class AttendingForm(RefusableForm):
    """Who somebody is: nothing to fill in with an account, a name without."""

    name = WordsField(label=_("姓名"), max_length=40, missing=_("请填写姓名。"))
    phone = PhoneField(label=_("手机号"), required=False, help_text=_("只用来提醒您这次议事和告诉您结果。"))

    def __init__(self, data: Any = None, *, visitor: Visitor) -> None:
        super().__init__(data)
        self.visitor = visitor
        self.said = ""
        if visitor.user is not None:
            del self.fields["name"], self.fields["phone"]

    def attendee(self) -> attending.Attendee:
        given, visitor = self.cleaned_data, self.visitor
        return attending.Attendee(
            name=given.get("name", ""),
            phone=given.get("phone", ""),
            role=given.get("role") or Body.RESIDENT,
            user=visitor.user,
            address=visitor.address,
        )

    def run(self, action: Any, session: DeliberationSession) -> Participant | None:
        """Do it; somebody who is on the list already is told so, and that is no failure."""
        attendee = self.attendee()
        found: Participant | None = self.attempt(
            lambda: action(session_id=session.pk, attendee=attendee, at=self.visitor.at)
        )
        if isinstance(self.refusal, RepeatedError):
            self.said = str(self.refusal.message)
        return found


class SignUpForm(AttendingForm):
    """I shall come."""

    def submit(self, session: DeliberationSession) -> Participant | None:
        return self.run(attending.session_sign_up, session)


class AnswerForm(RefusableForm):
    """Coming or not: two buttons."""

    coming = forms.ChoiceField(choices=[("yes", _("来")), ("no", _("不来"))])

    def submit(self, person: Participant, at: datetime) -> Participant | None:
        is_coming = self.cleaned_data["coming"] == "yes"
        return self.attempt(
            lambda: answering.invitation_answer(participant_id=person.pk, is_coming=is_coming, at=at)
        )


class SignInForm(AttendingForm):
    """I am here."""

    role = forms.ChoiceField(
        label=_("身份"),
        choices=[(role.value, role.label) for role in ROLES],
        initial=Body.RESIDENT,
        widget=forms.RadioSelect,
    )
    field_order = ("name", "role", "phone")

    def submit(self, session: DeliberationSession) -> Participant | None:
        return self.run(attending.session_sign_in, session)
