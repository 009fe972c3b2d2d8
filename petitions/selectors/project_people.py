"""Who hears of a project: everybody behind the matters that are linked to it."""

from __future__ import annotations

from django.db.models import Q

from petitions.models import PetitionReporter, Project


def people_of_project(project: Project) -> list[PetitionReporter]:
    """Each person once, by phone or account, also of matters merged into a linked one: one statement."""
    linked = project.matters.values("petition_id")
    mine = Q(petition_id__in=linked) | Q(petition__merged_into_id__in=linked)
    rows = PetitionReporter.objects.filter(mine, erased_at=None, petition__spam_marked_at=None)
    found: dict[object, PetitionReporter] = {}
    for reporter in rows.order_by("pk"):
        if reporter.is_reachable:
            key = f"account {reporter.user_id}" if reporter.user_id else reporter.phone
            found.setdefault(key, reporter)
    return list(found.values())
