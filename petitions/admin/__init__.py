"""The desk: queues, one page per matter, and lists, in the stock admin."""

from petitions.admin.figures import FiguresAdmin
from petitions.admin.mediation import MediationTeamAdmin
from petitions.admin.petition import PetitionAdmin
from petitions.admin.poll import PollAdmin
from petitions.admin.project import ProjectAdmin
from petitions.admin.schedule import ScheduleAdmin
from petitions.admin.session import SessionAdmin

__all__ = [
    "FiguresAdmin",
    "MediationTeamAdmin",
    "PetitionAdmin",
    "PollAdmin",
    "ProjectAdmin",
    "ScheduleAdmin",
    "SessionAdmin",
]
