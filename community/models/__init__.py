"""Places, people, posts and brands."""

from community.models.account import SignInGuard
from community.models.community import Channel, Community, CommunityFact, PortalBoard
from community.models.estate import Estate
from community.models.guide import HandlingMode, ServiceFamily, ServiceItem, ServiceItemUse
from community.models.list_export import ListExport
from community.models.people import Household, Organisation, Resident
from community.models.place import Place, ServicePlace, TalkPoint
from community.models.post import Post
from community.models.profile import CategorySetting, WorkflowProfile
from community.models.roll_import import RollImport

__all__ = [
    "CategorySetting",
    "Channel",
    "Community",
    "CommunityFact",
    "Estate",
    "HandlingMode",
    "Household",
    "ListExport",
    "Organisation",
    "Place",
    "PortalBoard",
    "Post",
    "Resident",
    "RollImport",
    "ServiceFamily",
    "ServiceItem",
    "ServiceItemUse",
    "ServicePlace",
    "SignInGuard",
    "TalkPoint",
    "WorkflowProfile",
]
