"""诉求 at the desk."""

from __future__ import annotations

from django.contrib import admin

from petitions.admin.bulk import BulkActions
from petitions.admin.colours import ColourPages
from petitions.admin.export import ExportPages
from petitions.admin.intake import IntakePages
from petitions.admin.lists import PetitionList
from petitions.admin.matter import MatterPages
from petitions.models import Petition


@admin.register(Petition)
class PetitionAdmin(BulkActions, ColourPages, ExportPages, IntakePages, MatterPages, PetitionList):
    """Everything about matters at the desk; nothing is added, changed or deleted but by actions."""
