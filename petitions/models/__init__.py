"""Petitions, the people behind them, their history, and the answers."""

from petitions.models.deliberation import Deliberation, PetitionParty, Question
from petitions.models.desk import ExportJob, ExportState, SavedFilter
from petitions.models.evaluation import Evaluation, ReturnVisit, VisitWay
from petitions.models.event import PetitionEvent
from petitions.models.figures import CommunityFigures
from petitions.models.petition import Origin, Petition
from petitions.models.photo import PetitionPhoto, PhotoKind
from petitions.models.reporter import ConsentWay, PetitionReporter
from petitions.models.wall import WallPost
from petitions.models.words import PetitionWords, WallWords

__all__ = [
    "CommunityFigures",
    "ConsentWay",
    "Deliberation",
    "Evaluation",
    "ExportJob",
    "ExportState",
    "Origin",
    "Petition",
    "PetitionEvent",
    "PetitionParty",
    "PetitionPhoto",
    "PetitionReporter",
    "PetitionWords",
    "PhotoKind",
    "Question",
    "ReturnVisit",
    "SavedFilter",
    "VisitWay",
    "WallPost",
    "WallWords",
]
