"""并案 from a matter's page: similar ones are offered, any other is named by its number."""

from __future__ import annotations

import re
import unicodedata
from abc import abstractmethod
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.workflow import Stage
from petitions import workflow
from petitions.actions.merging import AT_ONCE, petition_unmerge, petitions_merge
from petitions.forms.step import ReasonForm, StepForm, words
from petitions.models import Petition
from petitions.querysets import PetitionQuerySet
from petitions.selectors.progress import headline
from petitions.selectors.similar import similar_at_desk
from petitions.selectors.steps import Step

NUMBER = re.compile(r"[0-9]{8}-[0-9]{4,10}")


class NumbersField(forms.CharField):
    """Numbers of matters, however they are separated."""

    def __init__(self, **options: Any) -> None:
        attrs = {"autocomplete": "off", "placeholder": "20261122-0042"}
        super().__init__(max_length=800, required=False, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> list[str]:
        typed = unicodedata.normalize("NFKC", super().clean(value))
        found = NUMBER.findall(typed)
        if typed.strip() and not found:
            raise ValidationError(_("编号像 20261122-0042 这样，请照页面上的编号填写。"))
        return list(dict.fromkeys(found))[:AT_ONCE]


class MergingForm(StepForm):
    """Matters that may be the same, to tick, and a line for the numbers of others."""

    numbers = NumbersField(label=gettext_lazy("其他编号"), help_text=gettext_lazy("没有列出的，填它的编号。"))
    stages: frozenset[Stage]
    field_order = ("chosen", "numbers")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = self._offered  # type: ignore[attr-defined]

    def _rows(self) -> PetitionQuerySet:
        rows = Petition.objects.visible_to(self.actor, at=self.at)
        return self.narrowed(rows.filter(stage__in=sorted(self.stages)))

    @abstractmethod
    def narrowed(self, rows: PetitionQuerySet) -> PetitionQuerySet:
        """What may be offered beside a public matter, or beside a private one."""

    def _offered(self) -> list[tuple[str, str]]:
        return [(str(one.pk), self._told(one)) for one in similar_at_desk(self.petition, self._rows())]

    def _told(self, one: Petition) -> str:
        where = " ".join(part.name for part in (one.place.parent, one.place) if part is not None)
        people = _("%d人") % one.reporters_count
        return f"{headline(one)} · {one.number} · {where} · {one.stage_label} · {people}"

    def clean_chosen(self) -> list[int]:
        given = self.cleaned_data["chosen"]
        return [int(pk) for pk in (given if isinstance(given, list) else [given]) if pk]

    def clean(self) -> dict[str, Any]:
        """The keys of what was ticked and typed, in `cleaned["found"]`."""
        cleaned: dict[str, Any] = super().clean() or {}
        typed = cleaned.get("numbers") or []
        visible = Petition.objects.visible_to(self.actor, at=self.at)
        known = dict(visible.filter(number__in=typed).values_list("number", "pk")) if typed else {}
        for number in typed:
            if number not in known:
                self.add_error("numbers", _("没有找到 %s。") % number)
        cleaned["found"] = [*(cleaned.get("chosen") or []), *known.values()]
        if not cleaned["found"] and not self.errors:
            raise ValidationError(_("请选择一件，或填写编号。"))
        return cleaned


class MergeInForm(MergingForm):
    step = Step.MERGE_IN
    hint = gettext_lazy("说的是同一件事的，并到这里一起办；每一位诉求人都会收到通知，进展和评价也都有他们。")
    done = gettext_lazy("已并入，并告诉了诉求人。")
    button = gettext_lazy("并入这一件")
    chosen = forms.MultipleChoiceField(
        label=gettext_lazy("相似的诉求"), required=False, widget=forms.CheckboxSelectMultiple
    )
    stages = workflow.SIDE_FROM[Stage.MERGED]

    def narrowed(self, rows: PetitionQuerySet) -> PetitionQuerySet:
        return rows.filter(is_private=True) if self.petition.is_private else rows

    def act(self) -> None:
        petitions_merge(
            petition_ids=self.cleaned_data["found"],
            into_id=self.petition.pk,
            actor=self.actor,
            at=self.at,
        )


class MergeForm(MergingForm):
    step = Step.MERGE
    hint = gettext_lazy("这一件并到另一件里一起办；诉求人会收到通知，原来的查询码照常使用。以后可以拆出来。")
    done = gettext_lazy("已并案，并告诉了诉求人。")
    button = gettext_lazy("并到所选的一件")
    chosen = forms.ChoiceField(label=gettext_lazy("并到哪一件"), required=False, widget=forms.RadioSelect)
    stages = workflow.UNANSWERED

    def narrowed(self, rows: PetitionQuerySet) -> PetitionQuerySet:
        return rows if self.petition.is_private else rows.filter(is_private=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if len(cleaned["found"]) > 1:
            raise ValidationError(_("只能并到一件里，请只选一件。"))
        return cleaned

    def act(self) -> None:
        petitions_merge(
            petition_ids=[self.petition.pk],
            into_id=self.cleaned_data["found"][0],
            actor=self.actor,
            at=self.at,
        )


class UnmergeForm(ReasonForm):
    step = Step.UNMERGE
    hint = gettext_lazy("回到并案前的阶段，接着原来剩下的时限办；诉求人会收到通知。")
    done = gettext_lazy("已拆出，恢复单独办理。")
    reason = words(gettext_lazy("拆出原因"), 200, rows=2)
    action = staticmethod(petition_unmerge)


FORMS: tuple[type[StepForm], ...] = (MergeInForm, MergeForm, UnmergeForm)
