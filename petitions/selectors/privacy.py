"""How long matters are kept, in words for the page on personal data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from community.models import Community
from petitions.models import Petition, Project


def kept_matters(community: Community) -> str:
    """Three years after the end, or as the community has set it."""
    return _("办结后 %s；到期抹去个人信息，只留编号、阶段、日期、事项和楼栋") % community.matters_kept


def kept_sessions(community: Community) -> str:
    """As long as matters, counted from the day of the session."""
    return _("会后 %s；到期抹去姓名、手机号和会议记录，只留公开的内容和人数") % community.matters_kept


def kept_projects(community: Community) -> str:
    """As long as matters, counted from the end of the project."""
    return _("工程结束后 %s；到期抹去，只留改过的公开文字和答复") % community.matters_kept


def until_closed(_community: Community) -> str:
    return _("办结当天夜里删除")


def kept_uploads(_community: Community) -> str:
    return _("2 天")


def kept_exports(_community: Community) -> str:
    return _("1 天")


def projects(keys: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """The title of each of these projects, and its page at the desk."""
    wanted = [int(key) for key in keys if key.isdecimal()]
    found = Project.objects.filter(pk__in=wanted).values_list("pk", "title")
    return {str(pk): (title, reverse("admin:petitions_project_change", args=[pk])) for pk, title in found}


def numbers(keys: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """The number of each of these matters, and its page at the desk."""
    wanted = [int(key) for key in keys if key.isdecimal()]
    found = Petition.objects.filter(pk__in=wanted).values_list("pk", "number")
    return {str(pk): (number, reverse("admin:petitions_petition_change", args=[pk])) for pk, number in found}
