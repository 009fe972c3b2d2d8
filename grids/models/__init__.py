"""Grids, what they hold, what their people do, and which household is in whose hands."""

from grids.models.action_plan import ActionMeasure, ActionPlan, ActionTask
from grids.models.application import ApplicationResult, ApplicationStep, AssistedApplication, StepTold
from grids.models.boundary import BoundaryMark, GridBoundary
from grids.models.campaign import Campaign, EBike, Violation
from grids.models.care import CareMiss, CareMonth, CareSubject, CareVisit, ColourChange, HelperPairing
from grids.models.care_file import CareFile, CareFileEntry, FileSection
from grids.models.census import CensusEntry, CensusRound, CensusState, Half
from grids.models.charge import HouseholdCharge
from grids.models.colour import SILENCING, Colour, ColourScheme, Effect, SchemeColour, SchemeKind
from grids.models.diary import OpinionDiaryEntry, Settled
from grids.models.duty_list import DutyItem, DutyList
from grids.models.emergency import Drill, DrillFinding, EmergencyPlan, EmergencyTeam, PlanClass
from grids.models.entry import EntryState, FieldEntry, FieldEntryPhoto
from grids.models.errand import Errand, ErrandKind, ErrandState, ToldHow
from grids.models.festival import (
    Festival,
    FestivalVisit,
    FestivalVisitRule,
    GiftCampaign,
    GiftDelivery,
    GiftPack,
)
from grids.models.grid import Grid, GridBuilding
from grids.models.ground import GroundChange
from grids.models.hand_over import HandOver
from grids.models.hazard import Hazard, HazardEvent, HazardEventKind, HazardPhoto, HazardState, HazardType
from grids.models.lead import LeadResult, PartnerLead
from grids.models.meter import MeterCycle, MeterKind, MeterReading
from grids.models.mode import GridEmergency
from grids.models.need import Need, NeedKind, NeedResult, NeedState, NeedTier
from grids.models.norm import GridNorm
from grids.models.patrol import CheckIn, Doubt, Patrol, PatrolRound, PatrolTally
from grids.models.patrol_note import NoteKind, PatrolNote
from grids.models.patrol_plan import Checkpoint, Part, PatrolPlan, Window
from grids.models.referral import ProtectionReferral, ReferralState
from grids.models.sweep import StopResult, Sweep, SweepStop, SweepWalker
from grids.models.tag import ResidentTag
from grids.models.visit import Outcome, StandingVisit, Trigger, Visit, VisitPurpose, VisitWish
from grids.models.whistle import Answer, ReportingMember, Whistle, WhistleResponse
from grids.models.winter import CoalHousehold, Device, SafetyVisit, WinterPlan

__all__ = [
    "SILENCING",
    "ActionMeasure",
    "ActionPlan",
    "ActionTask",
    "Answer",
    "ApplicationResult",
    "ApplicationStep",
    "AssistedApplication",
    "BoundaryMark",
    "Campaign",
    "CareFile",
    "CareFileEntry",
    "CareMiss",
    "CareMonth",
    "CareSubject",
    "CareVisit",
    "CensusEntry",
    "CensusRound",
    "CensusState",
    "CheckIn",
    "Checkpoint",
    "CoalHousehold",
    "Colour",
    "ColourChange",
    "ColourScheme",
    "Device",
    "Doubt",
    "Drill",
    "DrillFinding",
    "DutyItem",
    "DutyList",
    "EBike",
    "Effect",
    "EmergencyPlan",
    "EmergencyTeam",
    "EntryState",
    "Errand",
    "ErrandKind",
    "ErrandState",
    "Festival",
    "FestivalVisit",
    "FestivalVisitRule",
    "FieldEntry",
    "FieldEntryPhoto",
    "FileSection",
    "GiftCampaign",
    "GiftDelivery",
    "GiftPack",
    "Grid",
    "GridBoundary",
    "GridBuilding",
    "GridEmergency",
    "GridNorm",
    "GroundChange",
    "Half",
    "HandOver",
    "Hazard",
    "HazardEvent",
    "HazardEventKind",
    "HazardPhoto",
    "HazardState",
    "HazardType",
    "HelperPairing",
    "HouseholdCharge",
    "LeadResult",
    "MeterCycle",
    "MeterKind",
    "MeterReading",
    "Need",
    "NeedKind",
    "NeedResult",
    "NeedState",
    "NeedTier",
    "NoteKind",
    "OpinionDiaryEntry",
    "Outcome",
    "Part",
    "PartnerLead",
    "Patrol",
    "PatrolNote",
    "PatrolPlan",
    "PatrolRound",
    "PatrolTally",
    "PlanClass",
    "ProtectionReferral",
    "ReferralState",
    "ReportingMember",
    "ResidentTag",
    "SafetyVisit",
    "SchemeColour",
    "SchemeKind",
    "Settled",
    "StandingVisit",
    "StepTold",
    "StopResult",
    "Sweep",
    "SweepStop",
    "SweepWalker",
    "ToldHow",
    "Trigger",
    "Violation",
    "Visit",
    "VisitPurpose",
    "VisitWish",
    "Whistle",
    "WhistleResponse",
    "Window",
    "WinterPlan",
]
