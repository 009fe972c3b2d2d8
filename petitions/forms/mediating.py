"""调解: to a team, the sides, who visits when, notes in confidence, the end, and the looks afterwards."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as now_said
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from community.forms.inputs import DayInput
from community.models import Organisation
from core.models import User
from core.workdays import ZONE
from petitions.actions.mediation import beginning, ending
from petitions.forms.step import PersonField, StepForm, person, words
from petitions.models import MediationOutcome, MediationTeam
from petitions.selectors.mediation import evening_only
from petitions.selectors.people import people_over
from petitions.selectors.steps import Step

DAYTIME = tuple(time(hour) for hour in range(9, 18))
EVENINGS = (time(18, 30), time(19), time(19, 30), time(20), time(20, 30), time(21))


def _team_named(team: MediationTeam) -> str:
    return now_said("%(name)s（%(more)s）") % {"name": team.name, "more": team.get_kind_display()}


class SidesForm(StepForm):
    """The sides: people or households by name, one a line, and offices."""

    names = words(_("当事人（一行一个）"), 400, rows=3, required=False)
    organisations = forms.ModelMultipleChoiceField(
        label=_("单位"),
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies: Any = self.fields["organisations"]
        known = Organisation.objects.filter(community=self.petition.community_id, is_active=True)
        bodies.queryset = known.order_by("name")

    @property
    def sides(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"names": given["names"].split("\n"), "organisations": list(given["organisations"])}


class MediateForm(SidesForm):
    step = Step.MEDIATE
    hint = _("转调解后这件事不公开。当事方至少两方，司法所等单位也可以参加。")
    done = _("已转调解，调解队会收到通知。")
    team = forms.ModelChoiceField(MediationTeam.objects.none(), label=_("调解队"), widget=forms.RadioSelect)
    field_order = ("team", "names", "organisations")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team: Any = self.fields["team"]
        team.empty_label = None
        own = MediationTeam.objects.filter(community=self.petition.community_id, is_active=True)
        team.queryset = own.order_by("pk")
        team.label_from_instance = _team_named

    def act(self) -> None:
        beginning.mediation_begin(
            petition_id=self.petition.pk,
            actor=self.actor,
            team=self.cleaned_data["team"],
            at=self.at,
            **self.sides,
        )


class MediationPartyForm(SidesForm):
    step = Step.MEDIATION_PARTY
    done = _("当事方已增加。")

    def act(self) -> None:
        beginning.mediation_add(petition_id=self.petition.pk, actor=self.actor, at=self.at, **self.sides)


class MediationVisitForm(StepForm):
    step = Step.MEDIATION_VISIT
    done = _("已约定上门，两位同事会收到通知。")
    day = forms.DateField(label=_("日期"), widget=DayInput)
    slot = forms.TypedChoiceField(label=_("时间"), coerce=time.fromisoformat)
    first = PersonField(label=_("上门人"))
    second = PersonField(label=_("同行人"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.evenings = evening_only(self.petition)
        fields: Any = self.fields
        slots = EVENINGS if self.evenings else (*DAYTIME, *EVENINGS)
        fields["slot"].choices = [(f"{one:%H:%M}", f"{one:%H:%M}") for one in slots]
        fields["day"].initial = timezone.localdate(self.at) + timedelta(days=1)
        for name in ("first", "second"):
            fields[name].choices = self._people

    @property
    def hint(self) -> Any:  # type: ignore[override]
        if self.evenings:
            return _("家庭邻里纠纷约在晚上，两人同行。")
        return _("两人同行。")

    def _people(self) -> list[tuple[Any, str]]:
        view = self.matter.mediation
        members = User.objects.filter(pk__in=view.members if view else ()).order_by("pk")
        known = {one.pk: str(one) for one in members}
        for one in people_over(self.petition.scope, Power.PETITION_HANDLE, at=self.at):
            known.setdefault(one.user_id, one.label)
        return [("", str(_("请选择"))), *known.items()]

    def act(self) -> None:
        given = self.cleaned_data
        first, second = person(given["first"]), person(given["second"])
        assert isinstance(first, User)
        assert isinstance(second, User)
        beginning.mediation_visit(
            petition_id=self.petition.pk,
            actor=self.actor,
            first=first,
            second=second,
            starts_at=datetime.combine(given["day"], given["slot"], ZONE),
            at=self.at,
        )


class MediationNoteForm(StepForm):
    step = Step.MEDIATION_NOTE
    hint = _("只有调解队和社区书记能看，每次查看都留痕；不进导出和公开页面。")
    done = _("笔记已保存。")
    text = words(_("内容"), 1000, rows=5)

    def act(self) -> None:
        ending.mediation_note(
            petition_id=self.petition.pk, actor=self.actor, text=self.cleaned_data["text"], at=self.at
        )


class MediationEndForm(StepForm):
    step = Step.MEDIATION_END
    hint = _("达成协议的，7 天和 30 天各回访一次，最后一次回访后才能归档。")
    done = _("调解结果已记下。")
    outcome = forms.ChoiceField(label=_("结果"), choices=MediationOutcome.choices, widget=forms.RadioSelect)
    terms = words(_("协议内容或没有谈成的原因"), 1000, rows=4)

    def act(self) -> None:
        ending.mediation_end(
            petition_id=self.petition.pk,
            actor=self.actor,
            outcome=MediationOutcome(self.cleaned_data["outcome"]),
            terms=self.cleaned_data["terms"],
            at=self.at,
        )


class MediationCheckForm(StepForm):
    step = Step.MEDIATION_CHECK
    hint = _("协议没有履行的，重新调解。")
    done = _("回访已记下。")
    holds = forms.TypedChoiceField(
        label=_("协议履行了吗"),
        choices=[("yes", _("在履行")), ("no", _("没有履行"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    remarks = words(_("回访情况"), 500)

    def act(self) -> None:
        ending.mediation_follow_up(
            petition_id=self.petition.pk,
            actor=self.actor,
            holds=self.cleaned_data["holds"],
            words=self.cleaned_data["remarks"],
            at=self.at,
        )


FORMS: tuple[type[StepForm], ...] = (
    MediateForm,
    MediationPartyForm,
    MediationVisitForm,
    MediationNoteForm,
    MediationEndForm,
    MediationCheckForm,
)
