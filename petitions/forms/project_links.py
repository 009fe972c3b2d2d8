"""What belongs to a project, at the desk: sessions, polls, matters, topics that follow."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.display import day
from petitions.actions.projects import linking
from petitions.forms.fields import WordsField
from petitions.forms.project_base import ProjectForm, chosen
from petitions.models import DeliberationSession, MatterKind, Petition, Poll, ProjectMatter
from petitions.selectors.project_desk import polls_offered, sessions_coming, sessions_offered

NOTHING = _("请选择")


class LinkSessionForm(ProjectForm):
    """A session that was about it."""

    title = _("关联议事会")
    done = _("已关联。")
    chosen_one = forms.TypedChoiceField(label=_("议事会"), coerce=int)

    def prepare(self) -> None:
        self.offered = sessions_offered(self.project)
        field: Any = self.fields["chosen_one"]
        field.choices = [
            ("", NOTHING),
            *((one.pk, f"{day(one.starts_at)} {one.title}") for one in self.offered),
        ]

    def act(self) -> None:
        session = chosen(self.offered, self.cleaned_data["chosen_one"])
        linking.session_link(session=session, **self.where)


class UnlinkSessionForm(ProjectForm):
    """It was linked by mistake."""

    title = _("取消关联议事会")
    done = _("已取消关联。")
    rows = DeliberationSession
    row_of = "projects"

    def act(self) -> None:
        linking.session_unlink(session=self.row, **self.where)


class LinkPollForm(ProjectForm):
    """A poll that was about it."""

    title = _("关联表决")
    done = _("已关联。")
    chosen_one = forms.TypedChoiceField(label=_("住户表决"), coerce=int)

    def prepare(self) -> None:
        self.offered = polls_offered(self.project)
        field: Any = self.fields["chosen_one"]
        field.choices = [
            ("", NOTHING),
            *((one.pk, f"{day(one.closes_at)} {one.question}") for one in self.offered),
        ]

    def act(self) -> None:
        poll = chosen(self.offered, self.cleaned_data["chosen_one"])
        linking.poll_link(poll=poll, **self.where)


class UnlinkPollForm(ProjectForm):
    """It was linked by mistake."""

    title = _("取消关联表决")
    done = _("已取消关联。")
    rows = Poll
    row_of = "projects"

    def act(self) -> None:
        linking.poll_unlink(poll=self.row, **self.where)


class LinkMatterForm(ProjectForm):
    """A matter, by its number."""

    title = _("关联诉求")
    hint = _("诉求的人会收到这个工程的进展。投诉只在公开页面计数，不写内容。")
    done = _("已关联。")
    number = forms.CharField(label=_("诉求编号"), max_length=20)
    kind = forms.ChoiceField(
        label=_("关系"), choices=MatterKind.choices, initial=MatterKind.CAUSE, widget=forms.RadioSelect
    )

    def clean_number(self) -> Petition:
        number = self.cleaned_data["number"].strip()
        visible = Petition.objects.visible_to(self.actor, at=self.at)
        found = visible.filter(community=self.project.community_id, number=number).first()
        if found is None:
            raise ValidationError(_("本社区没有这个编号的诉求。"))
        return found

    def act(self) -> None:
        given = self.cleaned_data
        linking.matter_link(petition=given["number"], kind=MatterKind(given["kind"]), **self.where)


class UnlinkMatterForm(ProjectForm):
    """It was linked by mistake."""

    title = _("取消关联诉求")
    done = _("已取消关联。")
    rows = ProjectMatter

    def act(self) -> None:
        linking.matter_unlink(link_id=self.row.pk, actor=self.actor, at=self.at)


class FollowForm(ProjectForm):
    """What people want to talk about next."""

    title = _("后续议题")
    hint = _("例如充电桩建好以后议停车。已经登记成诉求的，用“关联诉求”选“后续的事”。")
    done = _("议题已列入那次议事会的议程。")
    chosen_one = forms.TypedChoiceField(label=_("议事会"), coerce=int)
    topic = WordsField(label=_("议题"), max_length=60)
    is_public = forms.BooleanField(label=_("在公开页面显示"), required=False, initial=True)

    def prepare(self) -> None:
        self.offered = sessions_coming(self.project, self.at)
        field: Any = self.fields["chosen_one"]
        field.choices = [
            ("", NOTHING),
            *((one.pk, f"{day(one.starts_at)} {one.title}") for one in self.offered),
        ]

    def act(self) -> None:
        given = self.cleaned_data
        linking.topic_follow(
            session=chosen(self.offered, given["chosen_one"]),
            title=given["topic"],
            is_public=given["is_public"],
            **self.where,
        )
