"""Petitions, the people behind them, their history, and the answers."""

from petitions.models.assistance import Assistance, Exchange, Explanation
from petitions.models.block import (
    BlockKind,
    PersuasionNote,
    PersuasionResult,
    PersuasionTask,
    ProjectBlock,
)
from petitions.models.deliberation import Deliberation, PetitionParty, Question
from petitions.models.desk import ExportJob, ExportState
from petitions.models.drawing import CommentState, Drawing, DrawingComment
from petitions.models.evaluation import Evaluation, ReturnVisit, VisitWay
from petitions.models.event import PetitionEvent
from petitions.models.figures import CommunityFigures, MonthFigures
from petitions.models.imported import Origin
from petitions.models.mediation import (
    MediationCase,
    MediationFollowUp,
    MediationNote,
    MediationOutcome,
    MediationParty,
    MediationTeam,
    MediationVisit,
    TeamKind,
)
from petitions.models.merging import PetitionMerger
from petitions.models.petition import Petition
from petitions.models.photo import PetitionPhoto, PhotoKind
from petitions.models.poll import Majority, Poll, PollHousehold, PollState, PollTally, PollTick, VoteWay
from petitions.models.prevention import Every, PreventionCheck, PreventionMeasure
from petitions.models.project import (
    MatterKind,
    Mechanism,
    Project,
    ProjectMatter,
    ProjectPart,
    ProjectState,
)
from petitions.models.project_money import BudgetLine, ProjectPrice
from petitions.models.project_phase import PhaseMove, ProjectPhase
from petitions.models.promotion import DiaryPromotion
from petitions.models.reporter import ConsentWay, PetitionReporter
from petitions.models.resolution import (
    AgendaItem,
    AgendaSource,
    AgendaState,
    Resolution,
    ResolutionState,
)
from petitions.models.schedule import DeliberationSchedule
from petitions.models.service import ServiceBorn, ServiceKind
from petitions.models.session import DeliberationSession, Participant, SessionState, SignInWay
from petitions.models.snap import SnapReport
from petitions.models.source import PetitionSource
from petitions.models.supervision import NeglectSignal, SupervisionCheck
from petitions.models.wall import WallPost
from petitions.models.words import PetitionWords, WallWords

__all__ = [
    "AgendaItem",
    "AgendaSource",
    "AgendaState",
    "Assistance",
    "BlockKind",
    "BudgetLine",
    "CommentState",
    "CommunityFigures",
    "ConsentWay",
    "Deliberation",
    "DeliberationSchedule",
    "DeliberationSession",
    "DiaryPromotion",
    "Drawing",
    "DrawingComment",
    "Evaluation",
    "Every",
    "Exchange",
    "Explanation",
    "ExportJob",
    "ExportState",
    "Majority",
    "MatterKind",
    "Mechanism",
    "MediationCase",
    "MediationFollowUp",
    "MediationNote",
    "MediationOutcome",
    "MediationParty",
    "MediationTeam",
    "MediationVisit",
    "MonthFigures",
    "NeglectSignal",
    "Origin",
    "Participant",
    "PersuasionNote",
    "PersuasionResult",
    "PersuasionTask",
    "Petition",
    "PetitionEvent",
    "PetitionMerger",
    "PetitionParty",
    "PetitionPhoto",
    "PetitionReporter",
    "PetitionSource",
    "PetitionWords",
    "PhaseMove",
    "PhotoKind",
    "Poll",
    "PollHousehold",
    "PollState",
    "PollTally",
    "PollTick",
    "PreventionCheck",
    "PreventionMeasure",
    "Project",
    "ProjectBlock",
    "ProjectMatter",
    "ProjectPart",
    "ProjectPhase",
    "ProjectPrice",
    "ProjectState",
    "Question",
    "Resolution",
    "ResolutionState",
    "ReturnVisit",
    "ServiceBorn",
    "ServiceKind",
    "SessionState",
    "SignInWay",
    "SnapReport",
    "SupervisionCheck",
    "TeamKind",
    "VisitWay",
    "VoteWay",
    "WallPost",
    "WallWords",
]
