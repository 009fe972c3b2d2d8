"""The file of somebody in care as it is read: each section as it stands, its earlier versions, the visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from grids.models import CareFile, CareFileEntry, CareSubject, CareVisit, FileSection

VISITS: int = 20


@dataclass(slots=True)
class Section:
    """One of eight: what it says now, and said before."""

    code: str
    label: str
    now: CareFileEntry | None = None
    before: list[CareFileEntry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A whole file."""

    completeness: str
    stale_on: date | None
    sections: Sequence[Section]
    visits: Sequence[CareVisit]

    def is_stale(self, today: date) -> bool:
        return self.stale_on is not None and self.stale_on <= today


def file_of(subject: CareSubject) -> ShownFile:
    """The file of a subject, empty where nobody has written any of it; three statements."""
    sections = {code: Section(code, str(label)) for code, label in FileSection.choices}
    file = CareFile.objects.filter(pk=subject.pk).first()
    entries = CareFileEntry.objects.filter(file=subject.pk).select_related("by").order_by("-version")
    for entry in entries:
        section = sections[entry.section]
        if section.now is None:
            section.now = entry
        else:
            section.before.append(entry)
    return ShownFile(
        completeness=(file or CareFile()).completeness,
        stale_on=file.stale_on if file else None,
        sections=list(sections.values()),
        visits=list(subject.visits.select_related("by")[:VISITS]),
    )


def section_text(subject: CareSubject, section: FileSection) -> str:
    """What a section says now; empty where it says nothing yet."""
    rows = CareFileEntry.objects.filter(file=subject.pk, section=section).order_by("-version")
    return rows.values_list("text", flat=True).first() or ""
