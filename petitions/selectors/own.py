"""What matters hold about a person: rows, words, judgements, photos, and who looked at their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Duty
from core.models import AuditEntry
from core.registries import DataSubject
from petitions.models import Evaluation, Petition, PetitionEvent, PetitionPhoto, PetitionReporter
from petitions.selectors.places import public_place

Row = Mapping[str, Any]
ROW: Final = "petitions.reporter"
LOOKED: Final = "petition.contact_seen"
MATTER: Final = {
    "number": gettext_lazy("编号"),
    "joined_at": gettext_lazy("反映时间"),
    "stage": gettext_lazy("阶段"),
    "place": gettext_lazy("地点"),
    "spot": gettext_lazy("具体位置"),
    "text": gettext_lazy("您写的"),
    "name": gettext_lazy("称呼"),
    "phone": gettext_lazy("手机号"),
    "on_behalf_of": gettext_lazy("替谁反映"),
    "consented_at": gettext_lazy("同意时间"),
    "consent": gettext_lazy("怎样同意的"),
    "erasure": gettext_lazy("删除"),
}
WORDS: Final = {"at": gettext_lazy("时间"), "number": gettext_lazy("编号"), "text": gettext_lazy("您写的")}
JUDGED: Final = {
    "at": gettext_lazy("时间"),
    "number": gettext_lazy("编号"),
    "is_satisfied": gettext_lazy("满意"),
    "comment": gettext_lazy("评价"),
}
PHOTO: Final = {"at": gettext_lazy("时间"), "number": gettext_lazy("编号"), "file": gettext_lazy("文件")}
LOOK: Final = {"at": gettext_lazy("时间"), "post": gettext_lazy("岗位")}


def subject_of_reporter(reporter: PetitionReporter) -> DataSubject:
    """One person behind one matter, found by code and number."""
    return DataSubject(row=f"{ROW}:{reporter.pk}")


def reporters_of(subject: DataSubject) -> QuerySet[PetitionReporter]:
    """Everything this person reported or joined."""
    kind, _colon, key = subject.row.partition(":")
    mine = Q(pk=int(key)) if kind == ROW else Q(pk=None)
    if subject.user_id is not None:
        mine |= Q(user_id=subject.user_id)
    if subject.phone:
        mine |= Q(phone=subject.phone)
    return PetitionReporter.objects.filter(mine).order_by("-pk")


def matters(subject: DataSubject) -> Sequence[Row]:
    rows = reporters_of(subject).select_related("petition__community__profile", "petition__place__parent")
    return [_matter(reporter, reporter.petition) for reporter in rows]


def _matter(reporter: PetitionReporter, petition: Petition) -> Row:
    return {
        "number": petition.number,
        "joined_at": reporter.joined_at,
        "stage": petition.stage_label,
        "place": public_place(petition.place),
        "spot": petition.spot if reporter.is_first else "",
        "text": petition.text if reporter.is_first else reporter.words,
        "name": reporter.name,
        "phone": reporter.phone,
        "on_behalf_of": reporter.on_behalf_of,
        "consented_at": reporter.consented_at,
        "consent": _consent(reporter),
        "erasure": _("办结后删除") if reporter.erasure_asked_at else "",
    }


def _consent(reporter: PetitionReporter) -> str:
    if not reporter.consent_way:
        return ""
    version = _("说明第 %s 版") % reporter.consent_notice
    return f"{reporter.get_consent_way_display()}{_('，')}{version}"


def words(subject: DataSubject) -> Sequence[Row]:
    lines = PetitionEvent.objects.filter(reporter__in=reporters_of(subject).order_by()).exclude(note="")
    found = lines.order_by("-pk").values_list("at", "petition__number", "note")
    return [{"at": at, "number": number, "text": note} for at, number, note in found]


def judgements(subject: DataSubject) -> Sequence[Row]:
    given = Evaluation.objects.filter(
        reporter__in=reporters_of(subject).order_by(), answered_at__isnull=False
    ).order_by("-pk")
    names = ("answered_at", "petition__number", "is_satisfied", "comment")
    return [dict(zip(JUDGED, row, strict=True)) for row in given.values_list(*names)]


def photos(subject: DataSubject) -> Sequence[Row]:
    return [
        {"at": photo.added_at, "number": photo.petition.number, "file": _name(photo)}
        for photo in _photos(subject)
    ]


def photo_files(subject: DataSubject) -> Sequence[tuple[str, str]]:
    """Name in the archive and place on the disk of each photo that the person sent."""
    return [(_name(photo), str(photo.image.file.name)) for photo in _photos(subject)]


def _photos(subject: DataSubject) -> QuerySet[PetitionPhoto]:
    mine = PetitionPhoto.objects.filter(reporter__in=reporters_of(subject).order_by())
    return mine.select_related("image", "petition").order_by("-pk")


def _name(photo: PetitionPhoto) -> str:
    return f"photos/{photo.petition.number}-{photo.pk}.jpg"


def looks(subject: DataSubject) -> Sequence[Row]:
    """When somebody opened the number, and in which post; never who."""
    mine = Petition.objects.filter(reporters__in=reporters_of(subject).order_by())
    seen = AuditEntry.objects.filter(
        event=LOOKED,
        subject_type="petitions.petition",
        subject_id__in=mine.annotate(key=Cast("pk", CharField())).values("key"),
    )
    return [{"at": at, "post": _post(post)} for at, post in seen.order_by("-pk").values_list("at", "post")]


def _post(trace: str) -> str:
    """The duty alone, as `duty@place-id` keeps it."""
    duty = trace.partition("@")[0]
    return str(Duty(duty).label) if duty in Duty.values else duty
