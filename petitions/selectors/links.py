"""The addresses that go into messages: a reporter's own page, and the page on which to judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from community.models import Community, TalkPoint
from core import tokens
from core.errors import GoneError
from core.prepared import PreparedModel
from petitions.models import (
    DeliberationSession,
    Evaluation,
    Participant,
    PersuasionTask,
    Petition,
    PetitionReporter,
    Project,
    Resolution,
)
from petitions.selectors.following import follow

TICKET: Final = "petitions.ticket"
INVITATION: Final = "petitions.invitation"
JUDGEMENT: Final = "petitions.judgement"

_REPORTER: Final = PreparedModel(
    lambda pk, version: PetitionReporter.objects.select_related(
        "petition__community__profile",
        "petition__place__parent__parent",
        "petition__grid",
        "petition__assistance__item",
    ).filter(pk=pk, code_version=version),
    pk=-1,
    version=32_101,
)


def tracking_code(reporter: PetitionReporter) -> str:
    """The eight digits on this person's receipt."""
    return tokens.code_for(TICKET, reporter.pk, reporter.code_version)


def code_fits(reporter: PetitionReporter, code: str) -> bool:
    """Whether a typed code is this person's."""
    return tokens.code_matches(code, TICKET, reporter.pk, reporter.code_version)


def ticket_token(reporter: PetitionReporter) -> str:
    """What opens the reporter's own pages."""
    return tokens.link_for(TICKET, reporter.pk, reporter.code_version)


def ticket_path(reporter: PetitionReporter) -> str:
    """The reporter's own page of the matter."""
    return reverse("petitions:ticket", args=[ticket_token(reporter)])


def receipt_path(reporter: PetitionReporter) -> str:
    """The receipt, where filing ends."""
    return reverse("petitions:receipt", args=[ticket_token(reporter)])


def joined_path(petition: Petition) -> str:
    """Where joining ends for whoever typed a phone: the same page for everybody."""
    return reverse("petitions:joined", args=[petition.community.slug, petition.number])


def receipt_of(reporter: PetitionReporter, petition: Petition) -> dict[str, Any]:
    """What staff tell or print for a person whose matter they entered."""
    return {
        "petition": petition,
        "reporter": reporter,
        "code": tracking_code(reporter),
        "receipt_path": receipt_path(reporter),
    }


def judgement_path(evaluation: Evaluation) -> str:
    """The page on which this person judges this round."""
    version = 1 if evaluation.reporter is None else evaluation.reporter.code_version
    token = tokens.link_for(JUDGEMENT, evaluation.pk, version)
    return reverse("petitions:judgement", args=[token])


def code_sheet_path(community: Community, points: Sequence[TalkPoint]) -> str:
    """The codes of these spots on one PDF to print."""
    chosen = urlencode([("point", point.pk) for point in points])
    return f"{reverse('petitions:qr_sheets_pdf', args=[community.slug])}?{chosen}"


def work_path(petition: Petition) -> str:
    """The page of the matter for the people who handle it."""
    return reverse("petitions:work", args=[petition.number])


def reporter_of(token: str) -> PetitionReporter:
    """The person a ticket link belongs to, behind the matter in which theirs runs now.

    Raises:
        GoneError: forged, or an earlier link of somebody whose number was corrected since.
    """
    pk, version = tokens.link_read(TICKET, token)
    found = _REPORTER.first(pk=pk, version=version)
    if found is None:
        raise _gone()
    return follow(found)


def evaluation_of(token: str) -> Evaluation:
    """The judgement a link asks for, answered or not.

    Raises:
        GoneError: forged, or an earlier link of somebody whose number was corrected since.
    """
    pk, version = tokens.link_read(JUDGEMENT, token)
    found = (
        Evaluation.objects.select_related(
            "reporter",
            "participant",
            "petition__community__profile",
            "petition__place__parent__parent",
            "petition__grid",
        )
        .filter(Q(reporter__code_version=version) | Q(reporter=None), pk=pk)
        .first()
    )
    if found is None:
        raise _gone()
    if found.reporter is not None:
        if found.reporter.petition_id != found.petition_id:
            found.reporter.is_first = False
        found.reporter.petition = found.petition
    return found


def session_path(session: DeliberationSession) -> str:
    """The public page of a session. Reads `community`."""
    return reverse("petitions:session", args=[session.community.slug, session.pk])


def invitation_path(person: Participant) -> str:
    """Where somebody on the list says whether they come."""
    return reverse("petitions:invitation", args=[tokens.link_for(INVITATION, person.pk, 1)])


def invitation_of(token: str) -> Participant:
    """The line of the list a link belongs to, with its session.

    Raises:
        GoneError: forged, or the line was struck off.
    """
    pk, _version = tokens.link_read(INVITATION, token)
    rows = Participant.objects.select_related("session__community__profile", "session__community__place")
    found = rows.filter(pk=pk, session__community__is_active=True).first()
    if found is None:
        raise GoneError(_("这份邀请已经失效。"))
    return found


def session_code_path(session: DeliberationSession) -> str:
    """Where the printed code leads on the day."""
    return reverse("petitions:session_sign_in", args=[session.code])


def session_desk_path(session: DeliberationSession) -> str:
    """The session at the desk."""
    return reverse("admin:petitions_deliberationsession_change", args=[session.pk])


def stool_path(session: DeliberationSession) -> str:
    """The notes of a stool council, on the phone of whoever took them."""
    return reverse("petitions:stool", args=[session.pk])


def resolution_path(resolution: Resolution) -> str:
    """The resolution for those who carry it out or watch over it."""
    return reverse("petitions:resolution", args=[resolution.pk])


def project_path(project: Project) -> str:
    """The public page of a project. Reads `community`."""
    return reverse("petitions:project", args=[project.community.slug, project.pk])


def persuasion_path(task: PersuasionTask) -> str:
    """The talks with a household, for the posts that answer for them."""
    return reverse("petitions:persuasion", args=[task.pk])


def project_desk_path(project: Project) -> str:
    """The project at the desk."""
    return reverse("admin:petitions_project_change", args=[project.pk])


def _gone() -> GoneError:
    return GoneError(_("链接已失效，请用编号和查询码查询，或请社区重新发送。"))
