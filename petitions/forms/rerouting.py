"""Back to the reporter, on to another office, or to another place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from community.models import Community
from petitions.actions import rerouting
from petitions.forms.step import ReasonForm, StepForm, words
from petitions.selectors import places
from petitions.selectors.steps import Step


class ReturnForm(ReasonForm):
    step = Step.RETURN
    hint = _("诉求人会看到退回的原因。")
    done = _("已退回，并告诉了诉求人。")
    danger = True
    reason = words(_("退回原因"), 300)
    action = staticmethod(rerouting.petition_return)


class HandOnForm(StepForm):
    step = Step.HAND_ON
    hint = _("不归本社区管的事，转给12345或别的单位；诉求人会看到转往哪里。")
    done = _("已转出，并告诉了诉求人。")
    danger = True
    to = forms.CharField(label=_("转往单位"), max_length=80)
    reason = words(_("说明"), 200, rows=2, required=False)

    def act(self) -> None:
        rerouting.petition_hand_on(
            petition_id=self.petition.pk,
            actor=self.actor,
            to=self.cleaned_data["to"],
            reason=self.cleaned_data["reason"],
            at=self.at,
        )


class RerouteForm(StepForm):
    """Which community first, then which of its places; both on one page, without any script."""

    step = Step.REROUTE
    hint = _("更正以后，由新地点的人员办理；诉求人会看到。")
    done = _("地点已更正。")
    leaves = True
    community = forms.ModelChoiceField(
        label=_("社区"), queryset=Community.objects.none(), to_field_name="slug", empty_label=None
    )
    place = forms.ChoiceField(label=_("小区和楼栋"))
    reason = words(_("说明"), 200, rows=2)
    extra_button = ("list", _("换社区，列出它的小区和楼栋"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Community.objects.active().select_related("place").order_by("name")
        self.fields["community"].queryset = known  # type: ignore[attr-defined]
        self.fields["community"].initial = self.petition.community.slug
        self.fields["place"].choices = self._options(known)  # type: ignore[attr-defined]
        self.is_listing = self.is_bound and "list" in self.data

    def _options(self, known: Iterable[Community]) -> list[places.Option]:
        slug = self.data.get("community") if self.is_bound else self.petition.community.slug
        chosen = next((one for one in known if one.slug == slug), None)
        return [] if chosen is None else places.options(chosen)

    @property
    def status(self) -> int:
        return 200 if self.is_listing else super().status

    def full_clean(self) -> None:
        """Another community was chosen: nothing is checked yet, its places are listed."""
        super().full_clean()
        if self.is_bound and "list" in self.data:
            self._errors = self.error_class()

    def run(self) -> bool:
        return not self.is_listing and super().run()

    def clean_place(self) -> Any:
        community = self.cleaned_data.get("community")
        found = places.offered(community, self.cleaned_data["place"]) if community else None
        if found is None:
            raise ValidationError(_("请选择这个社区的小区或楼栋。"))
        return found

    def act(self) -> None:
        rerouting.petition_reroute(
            petition_id=self.petition.pk,
            actor=self.actor,
            community=self.cleaned_data["community"],
            place=self.cleaned_data["place"],
            reason=self.cleaned_data["reason"],
            at=self.at,
        )


FORMS: tuple[type[StepForm], ...] = (ReturnForm, HandOnForm, RerouteForm)
