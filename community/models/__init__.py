"""Places, people, posts and brands."""

from community.models.account import SignInGuard
from community.models.community import Channel, Community, CommunityFact, PortalBoard
from community.models.estate import Estate
from community.models.guide import HandlingMode, ServiceFamily, ServiceItem, ServiceItemUse
from community.models.list_export import ListExport
from community.models.look import TalkPointLook
from community.models.people import Household, Organisation, Resident
from community.models.place import Place, ServicePlace, TalkPoint
from community.models.post import Post
from community.models.profile import CategorySetting, WorkflowProfile
from community.models.sheet_import import RowState, SheetImport, SheetRow

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
    "RowState",
    "ServiceFamily",
    "ServiceItem",
    "ServiceItemUse",
    "ServicePlace",
    "SheetImport",
    "SheetRow",
    "SignInGuard",
    "TalkPoint",
    "TalkPointLook",
    "WorkflowProfile",
]
