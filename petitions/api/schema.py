"""What the API promises: the shape of every answer, for OpenAPI and for people who read it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from community.duties import Duty
from community.models import HandlingMode
from community.workflow import Category, Channel, Limit, Route, Severity, Stage, Topic
from petitions.models import Origin, PhotoKind
from petitions.workflow import Audience, Event


class PlaceOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    within = serializers.CharField()


class PhotoOutput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=PhotoKind.choices)
    is_public = serializers.BooleanField()
    url = serializers.CharField(help_text=_("照片地址，读取权限与诉求相同。"))
    added_at = serializers.DateTimeField()


class PetitionOutput(serializers.Serializer[Any]):
    """A matter in a list. Codes are canonical in every community; `stage_label` is the community's word."""

    number = serializers.CharField()
    community = serializers.SlugField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    stage_label = serializers.CharField()
    severity = serializers.ChoiceField(choices=Severity.choices, allow_blank=True)
    route = serializers.ChoiceField(choices=Route.choices, allow_blank=True)
    topic = serializers.ChoiceField(choices=Topic.choices)
    category = serializers.ChoiceField(choices=Category.choices, allow_blank=True)
    channel = serializers.ChoiceField(choices=Channel.choices)
    origin = serializers.ChoiceField(choices=Origin.choices)
    public_title = serializers.CharField(allow_blank=True)
    place = PlaceOutput()
    grid = serializers.CharField(allow_null=True)
    is_private = serializers.BooleanField()
    is_assigned = serializers.BooleanField()
    is_paused = serializers.BooleanField()
    is_spam = serializers.BooleanField()
    reporters_count = serializers.IntegerField(help_text=_("含并入的诉求的反映人，每人计一次。"))
    follow_on_of = serializers.CharField(allow_null=True, help_text=_("接着哪一件提出。"))
    merged_into = serializers.CharField(allow_null=True, help_text=_("并案后在哪一件里办理。"))
    round = serializers.IntegerField()
    due_at = serializers.DateTimeField(allow_null=True)
    due_is_provisional = serializers.BooleanField()
    promise_at = serializers.DateTimeField(allow_null=True)
    filed_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    changed_at = serializers.DateTimeField()


class AssistanceOutput(serializers.Serializer[Any]):
    """帮办: an item of the service guide, and how it is handled. An empty mode is at the window."""

    item = serializers.CharField()
    is_application = serializers.BooleanField()
    mode = serializers.ChoiceField(choices=HandlingMode.choices, allow_blank=True)
    slot = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    was_on_time = serializers.BooleanField(allow_null=True)


class PetitionFullOutput(PetitionOutput):
    """A matter on its own. The people behind it are not part of it; their number is."""

    text = serializers.CharField()
    spot = serializers.CharField(allow_blank=True)
    scale = serializers.IntegerField(allow_null=True)
    difficulty = serializers.IntegerField(allow_null=True)
    social_impact = serializers.IntegerField(allow_null=True)
    severity_reason = serializers.CharField(allow_blank=True)
    is_approved = serializers.BooleanField()
    tier = serializers.ChoiceField(choices=Duty.choices, allow_blank=True)
    clock = serializers.ChoiceField(choices=Limit.choices, allow_blank=True)
    pause_reason = serializers.CharField(allow_blank=True)
    pause_ends_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.CharField(allow_blank=True)
    handed_on_to = serializers.CharField(allow_blank=True)
    triaged_at = serializers.DateTimeField(allow_null=True)
    claimed_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    fed_back_at = serializers.DateTimeField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    satisfied_count = serializers.IntegerField()
    dissatisfied_count = serializers.IntegerField()
    awaits_decision = serializers.BooleanField()
    needs_prevention = serializers.BooleanField()
    is_tracked = serializers.BooleanField()
    urge_count = serializers.IntegerField()
    assistance = AssistanceOutput(allow_null=True)
    photos = PhotoOutput(many=True)


class EventOutput(serializers.Serializer[Any]):
    """One line of the history: which post acted, never which person."""

    at = serializers.DateTimeField()
    event = serializers.ChoiceField(choices=Event.choices)
    event_label = serializers.CharField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    stage_label = serializers.CharField()
    round = serializers.IntegerField()
    duty = serializers.ChoiceField(choices=Duty.choices, allow_blank=True)
    post_place = serializers.CharField(allow_blank=True)
    audience = serializers.ChoiceField(choices=Audience.choices)
    note = serializers.CharField(allow_blank=True)


class ReceiptOutput(serializers.Serializer[Any]):
    """What was filed. `is_new` is false when the same key had been sent before."""

    number = serializers.CharField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    stage_label = serializers.CharField()
    promise_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField()
    is_new = serializers.BooleanField()
