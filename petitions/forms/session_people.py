"""The list of a session at the desk: invited, there, struck off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.meetings import Body
from community.models import Organisation
from core.models import User
from petitions.actions.sessions import answering, attending
from petitions.forms.fields import PhoneField, WordsField
from petitions.forms.session_base import SessionForm
from petitions.models import Participant
from petitions.selectors.session_people import people_in


class InviteForm(SessionForm):
    """People in post and bodies of the community."""

    title = _("邀请")
    done = _("已邀请。")
    people = forms.TypedMultipleChoiceField(
        label=_("人员"), coerce=int, widget=forms.CheckboxSelectMultiple, choices=(), required=False
    )
    organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.none(), label=_("单位"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def prepare(self) -> None:
        known = list(self.session.participants.values_list("user_id", "organisation_id"))
        users, bodies = {user for user, _b in known}, {body for _u, body in known if body}
        people: Any = self.fields["people"]
        offered = people_in(self.session.community, at=self.at)
        people.choices = [(one.user_id, one.label) for one in offered if one.user_id not in users]
        organisations: Any = self.fields["organisations"]
        rows = Organisation.objects.filter(community=self.session.community, is_active=True)
        organisations.queryset = rows.exclude(pk__in=bodies).order_by("kind", "name")

    def act(self) -> None:
        given = self.cleaned_data
        users = User.objects.filter(pk__in=given["people"]).order_by("pk")
        attending.session_invite(
            session_id=self.session.pk,
            actor=self.actor,
            people=[attending.Attendee(user=user, role=Body.STAFF) for user in users],
            organisations=list(given["organisations"]),
            at=self.at,
        )


class EnterForm(SessionForm):
    """The clerk writes down who is there."""

    title = _("登记签到")
    done = _("已签到。")
    name = WordsField(label=_("姓名"), max_length=40)
    role = forms.ChoiceField(label=_("代表哪一方"), choices=Body.choices, initial=Body.RESIDENT)
    phone = PhoneField(label=_("手机号"), required=False)

    def act(self) -> None:
        given = self.cleaned_data
        attendee = attending.Attendee(name=given["name"], phone=given["phone"], role=given["role"])
        attending.session_enter(session_id=self.session.pk, attendee=attendee, actor=self.actor, at=self.at)


class HereForm(SessionForm):
    """Somebody on the list is there."""

    title = _("到会")
    hint = _("确认这个人（单位）已经到会。")
    done = _("已签到。")
    rows = Participant

    def act(self) -> None:
        attending.participant_enter(participant_id=self.row.pk, actor=self.actor, at=self.at)


class NotComingForm(SessionForm):
    """Somebody told the desk that they do not come."""

    title = _("不来")
    hint = _("这个人（单位）已经说不来：不再提醒，席位空出来。改变主意的，到场照样可以签到。")
    done = _("已记下。")
    rows = Participant

    def act(self) -> None:
        answering.participant_decline(participant_id=self.row.pk, actor=self.actor, at=self.at)


class StrikeForm(SessionForm):
    """A line that was entered by mistake."""

    title = _("划去")
    hint = _("从名单上划去这一行。")
    danger = True
    rows = Participant

    def act(self) -> None:
        attending.participant_strike(participant_id=self.row.pk, actor=self.actor, at=self.at)
