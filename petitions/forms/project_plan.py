"""A project is set up; its phases and parts are planned and told on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from community.forms.inputs import DayInput
from community.models import Community, Organisation, Place
from community.models.place import PlaceKind
from community.permissions import paths_with
from community.querysets import below
from community.workflow import Topic
from core.forms import RefusableForm
from core.models import User
from petitions.actions.projects import phases, planning
from petitions.forms.fields import SeenField, WordsField
from petitions.forms.personal import PersonalDataMixin
from petitions.forms.project_base import LinesField, ProjectForm, RunnerField, account
from petitions.models import Mechanism, Project, ProjectPart, ProjectPhase
from petitions.models.project import NAME_MAX, PART_MAX, REASON_MAX, SUMMARY_MAX, TITLE_MAX


class WordsOfProject(PersonalDataMixin):
    """What a project is called, what it is about, where, and with whom."""

    title_words = WordsField(label=_("名称"), max_length=TITLE_MAX)
    summary = WordsField(label=_("做什么，为什么"), max_length=SUMMARY_MAX, rows=5)
    topic = forms.ChoiceField(label=_("事项"), choices=Topic.choices, initial=Topic.OTHER)
    mechanisms = forms.MultipleChoiceField(
        label=_("推动方式"),
        choices=Mechanism.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("可以选几项；合计时只算一个工程。"),
    )
    estates = forms.ModelMultipleChoiceField(
        Place.objects.none(),
        label=_("小区"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("小区和楼栋都不选，就是全社区。"),
    )
    buildings = forms.ModelMultipleChoiceField(Place.objects.none(), label=_("楼栋"), required=False)
    partners = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("参与单位"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    needs_budget = forms.BooleanField(label=_("开工前须公布预算"), required=False, initial=True)
    needs_price = forms.BooleanField(label=_("开工前须公布收费标准"), required=False)
    guarded = ("title_words", "summary")

    def offer(self, paths: Any) -> None:
        """Places and bodies under these paths."""
        places = Place.objects.active().filter(below(paths)).select_related("parent__parent")
        fields: Any = self.fields
        fields["estates"].queryset = places.filter(kind=PlaceKind.ESTATE)
        fields["buildings"].queryset = places.filter(kind=PlaceKind.BUILDING).order_by(
            "parent_id", "order", "pk"
        )
        fields["buildings"].label_from_instance = lambda place: place.long_name
        bodies = Organisation.objects.filter(below(paths, "community__place__path"), is_active=True)
        fields["partners"].queryset = bodies.order_by("kind", "name")

    @property
    def draft(self) -> planning.Draft:
        given = self.cleaned_data
        names = ("summary", "topic", "mechanisms", "partners", "needs_budget", "needs_price")
        return planning.Draft(
            title=given["title_words"],
            places=[*given["estates"], *given["buildings"]],
            **{name: given[name] for name in names},
        )


class CreateForm(WordsOfProject, RefusableForm):
    """A new project."""

    title = _("新建工程")
    hint = _("先在这里建好、排好阶段，再公布；公布以前居民看不到。")
    button_label = _("建立工程")
    danger: ClassVar[bool] = False
    extra_button: ClassVar[None] = None
    community = forms.ModelChoiceField(Community.objects.none(), label=_("社区"))

    def __init__(self, data: Any = None, *, actor: User, at: datetime) -> None:
        super().__init__(data, label_suffix="")
        self.actor, self.at = actor, at
        paths = paths_with(actor, Power.PROJECT_RUN, at=at)
        own = Community.objects.active().filter(below(paths, "place__path")).select_related("place")
        community: Any = self.fields["community"]
        community.queryset = own
        self.offer(paths)
        self.order_fields(["community", *(name for name in self.fields if name != "confirmed"), "confirmed"])
        found = list(own[:2])
        if len(found) == 1:
            community.initial = found[0].pk

    def submit(self) -> Project | None:
        """Set it up; None when that was refused, and then the form says why."""
        community = self.cleaned_data["community"]
        return self.attempt(
            lambda: planning.project_create(
                community=community, actor=self.actor, draft=self.draft, at=self.at
            )
        )


class EditForm(WordsOfProject, ProjectForm):
    """The same once it is there."""

    title = _("改名称和说明")

    def prepare(self) -> None:
        project = self.project
        self.offer([project.community.place.path])
        self.order_fields([*(name for name in self.fields if name != "confirmed"), "confirmed"])
        places = list(project.places.all())
        names = ("summary", "topic", "mechanisms", "needs_budget", "needs_price")
        self.initial = {
            **{name: getattr(project, name) for name in names},
            "title_words": project.title,
            "partners": list(project.partners.all()),
            "estates": [place for place in places if place.kind == PlaceKind.ESTATE],
            "buildings": [place for place in places if place.kind == PlaceKind.BUILDING],
        }

    def act(self) -> None:
        planning.project_edit(draft=self.draft, **self.where)


class PublishProjectForm(ProjectForm):
    """From now on everybody sees it."""

    title = _("公布工程")
    hint = _("公布后居民看得到名称、说明、阶段和进度；每个阶段到期前会提醒责任人。")
    done = _("工程已公布。")

    def act(self) -> None:
        planning.project_publish(**self.where)


class PhaseForm(ProjectForm):
    """A phase: its days, and who answers for it."""

    title = _("排一个阶段")
    done = _("阶段已排好。")
    name = WordsField(label=_("阶段"), max_length=NAME_MAX, help_text=_("例如：入户查看、图纸、施工、验收。"))
    begins_on = forms.DateField(label=_("开始"), widget=DayInput)
    due_on = forms.DateField(label=_("完成期限"), widget=DayInput)
    responsible = RunnerField(label=_("责任人"))
    is_works = forms.BooleanField(
        label=_("施工阶段"), required=False, help_text=_("施工阶段开工以后才能记完成。")
    )

    def prepare(self) -> None:
        today = timezone.localdate(self.at)
        self.initial = {"begins_on": today, "due_on": today + timedelta(days=30)}
        responsible: Any = self.fields["responsible"]
        responsible.offer(self)

    def act(self) -> None:
        given = self.cleaned_data
        plan = phases.Plan(
            name=given["name"],
            begins_on=given["begins_on"],
            due_on=given["due_on"],
            responsible=account(given["responsible"]),
            is_works=given["is_works"],
        )
        phases.phase_add(plan=plan, **self.where)


class PhaseRowForm(ProjectForm):
    """A step of one phase."""

    rows = ProjectPhase

    @property
    def which(self) -> dict[str, Any]:
        return {"phase_id": self.row.pk, "actor": self.actor, "at": self.at}


class MovePhaseForm(PersonalDataMixin, PhaseRowForm):
    """Other days; later ones with a reason that everybody reads."""

    title = _("改期")
    hint = _("延后须写原因；原因公开，相关诉求的人会收到通知。")
    done = _("已改期。")
    begins_on = forms.DateField(label=_("开始"), widget=DayInput)
    due_on = forms.DateField(label=_("完成期限"), widget=DayInput)
    reason = WordsField(label=_("延期原因"), max_length=REASON_MAX, rows=2, required=False)
    guarded = ("reason",)

    def prepare(self) -> None:
        self.initial = {"begins_on": self.row.begins_on, "due_on": self.row.due_on}
        self.order_fields(["begins_on", "due_on", "reason", "confirmed"])

    def act(self) -> None:
        given = self.cleaned_data
        names = ("begins_on", "due_on", "reason")
        phases.phase_move(**self.which, **{name: given[name] for name in names})


class HandPhaseForm(PhaseRowForm):
    """Somebody else answers for it."""

    title = _("换责任人")
    done = _("已换，新的责任人会收到通知。")
    responsible = RunnerField(label=_("责任人"))

    def prepare(self) -> None:
        responsible: Any = self.fields["responsible"]
        responsible.offer(self)

    def act(self) -> None:
        phases.phase_hand_over(responsible=account(self.cleaned_data["responsible"]), **self.which)


class FinishPhaseForm(PhaseRowForm):
    """It is done."""

    title = _("完成阶段")
    hint = _("记为完成后不能改回；相关诉求的人会在站内看到。")
    done = _("阶段已记为完成。")

    def act(self) -> None:
        phases.phase_finish(**self.which)


class DropPhaseForm(PhaseRowForm):
    """It was planned by mistake, and nobody has seen it."""

    title = _("删去阶段")
    done = _("已删去。")
    danger = True

    def act(self) -> None:
        phases.phase_drop(**self.which)


class PartForm(ProjectForm):
    """Something to count."""

    title = _("加一项进度")
    hint = _("按数目算的，例如：电梯 4 部、巷道 9 条、充电桩 40 个。")
    name = WordsField(label=_("做什么"), max_length=NAME_MAX)
    unit = WordsField(label=_("单位"), max_length=4, help_text=_("部、条、个……"))
    total = forms.IntegerField(label=_("一共"), min_value=1, max_value=PART_MAX)
    themes = LinesField(
        label=_("各自的主题"), rows=3, required=False, help_text=_("一行一个，例如一巷一主题；可以不写。")
    )

    def act(self) -> None:
        planning.part_add(part=planning.Part(**self.cleaned_data), **self.where)


class CountForm(ProjectForm):
    """So many are done."""

    title = _("记进度")
    rows = ProjectPart
    seen = SeenField()
    done_now = forms.IntegerField(label=_("已完成"), min_value=0, max_value=PART_MAX)
    total = forms.IntegerField(label=_("一共"), min_value=1, max_value=PART_MAX)
    themes = LinesField(label=_("各自的主题"), rows=3, required=False, help_text=_("一行一个；可以不写。"))

    def prepare(self) -> None:
        self.initial = {
            "seen": self.row.done,
            "done_now": self.row.done,
            "total": self.row.total,
            "themes": "\n".join(self.row.themes),
        }

    def act(self) -> None:
        given = self.cleaned_data
        planning.part_count(
            part_id=self.row.pk,
            actor=self.actor,
            seen=given["seen"],
            count=planning.Count(given["done_now"], given["total"], given["themes"]),
            at=self.at,
        )
