"""Places, people, posts and brands."""

from community.models.community import Channel, Community, CommunityFact, PortalBoard
from community.models.people import Household, Organisation, Resident
from community.models.place import Place, ServicePlace, TalkPoint
from community.models.post import Post
from community.models.profile import CategorySetting, WorkflowProfile

__all__ = [
    "CategorySetting",
    "Channel",
    "Community",
    "CommunityFact",
    "Household",
    "Organisation",
    "Place",
    "PortalBoard",
    "Post",
    "Resident",
    "ServicePlace",
    "TalkPoint",
    "WorkflowProfile",
]
