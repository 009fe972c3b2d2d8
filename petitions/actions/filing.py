"""收事: a matter is filed, by a resident or by staff for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from community.duties import Duty, Power
from community.models import Channel, Community, Place, ServiceItem, TalkPoint
from community.permissions import Scope, require_power
from community.workflow import Channel as ChannelKind
from community.workflow import Clock, Duration, Limit, Mode, Route, Severity, Stage, Topic
from core import ratelimits
from core.errors import InvalidInputError
from core.language import gettext as _
from core.models import StoredImage, User
from core.phones import phone_of
from core.prepared import Prepared
from core.rows import rows_insert
from grids.selectors import grid_key_of
from petitions import deadlines, notices
from petitions.actions.base import Work, text_of
from petitions.actions.snapping import snap_begin
from petitions.actions.walls import problems_changed
from petitions.models import ConsentWay, Origin, Petition, PetitionReporter, PhotoKind
from petitions.models.petition import TEXT_MAX
from petitions.selectors.holders import INTAKE
from petitions.workflow import Audience, Event

MAX_PHOTOS = 6
ENTERED_WITHIN = timedelta(days=31)
KNOWN: Final = Prepared(
    lambda key: PetitionReporter.objects.filter(joining_key=key).order_by().values_list("pk"), key=UUID(int=0)
)


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported: the words, where, and how it came in."""

    text: str
    place: Place
    channel: str = ChannelKind.WEB_FORM
    spot: str = ""
    topic: str = Topic.OTHER
    is_private: bool = False
    photos: Sequence[StoredImage] = ()
    intake: Channel | None = None
    talk_point: TalkPoint | None = None
    origin: str = Origin.REPORTED
    received_at: datetime | None = None
    follow_on_of: Petition | None = None
    digest: str = ""
    """Of what a program sent, so that the same sent later is known for the same."""
    service: ServiceItem | None = None
    scope: Scope | None = None
    """Where the place lies, if that has been read for this request."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who reports: as much as they choose to say. `address` is the network address, for limits only."""

    name: str = ""
    phone: str = ""
    user: User | None = None
    on_behalf_of: str = ""
    has_consented: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """The outcome of filing. `is_new` is False when the same form had been sent before."""

    petition: Petition
    reporter: PetitionReporter
    is_new: bool


def petition_file(
    *, community: Community, report: Report, person: Person, key: UUID, actor: User | None, at: datetime
) -> Filed:
    """File a matter: number, clock, promise, receipt; the same key again gives the same receipt.

    `actor` is the member of staff who enters it for somebody; None when people file themselves.
    Source: P-05, P-06, P-15, P-26, P-39.

    Raises:
        InvalidInputError: text missing or too long, a place of another community, no consent, 随手拍
            without a photo.
        NotAllowedError: `actor` may not enter matters there.
        TooManyRequestsError: too many from one phone or address.
    """
    again = filed_before(key)
    if again is not None:
        return again
    if actor is None:
        limit_floods(person)
    try:
        with transaction.atomic():
            return _file(community, report, person, key, actor, at)
    except IntegrityError:
        again = filed_before(key)
        if again is None:
            raise
        return again


def petition_file_within(
    *, community: Community, report: Report, person: Person, key: UUID, actor: User, at: datetime
) -> Filed:
    """The same by staff, in the transaction of a caller who answers for a twin: with a key that is known it
    fails with `IntegrityError`."""
    return _file(community, report, person, key, actor, at)


def filed_before(key: UUID) -> Filed | None:
    """What was filed under this key, if anything: the same form gives the same receipt."""
    if not KNOWN.rows(key=key):
        return None
    known = PetitionReporter.objects.select_related("petition__community__profile", "petition__place").get(
        joining_key=key
    )
    return Filed(known.petition, known, is_new=False)


def limit_floods(person: Person) -> None:
    """Floods: at most so many for one phone and network a day, and from one address an hour."""
    if person.phone:
        phone = phone_of(person.phone)
        limit = settings.FILINGS_PER_PHONE_PER_DAY
        ratelimits.hit_from(
            *("petition.phone", phone, person.address),
            limit=limit,
            seconds=86400,
            ceiling=5 * limit,
            slow_seconds=3600,
        )
    if person.address:
        ratelimits.hit(
            "petition.address", person.address, limit=settings.FILINGS_PER_ADDRESS_PER_HOUR, seconds=3600
        )


def _file(
    community: Community, report: Report, person: Person, key: UUID, actor: User | None, at: datetime
) -> Filed:
    _check(community, report, person, actor)
    if report.received_at is not None and report.received_at < at - ENTERED_WITHIN:
        raise InvalidInputError(_("收到时间太早，只能补登 %d 天以内的诉求。") % ENTERED_WITHIN.days)
    known = report.scope
    scope = known if known and known.place_path == report.place.path else _scope_of(report.place)
    held = require_power(actor, Power.PETITION_ENTER, scope, at=at) if actor else None
    started = min(report.received_at or at, at)
    petition = Petition(
        number=_number(at),
        filing_key=key,
        filing_digest=report.digest,
        community=community,
        place=report.place,
        place_path=scope.place_path,
        grid_id=int(scope.grid_path.strip("/").rpartition("/")[2]) if scope.grid_path else None,
        grid_path=scope.grid_path,
        spot=text_of(report.spot, limit=100, name=_("具体位置"), required=False),
        channel=report.channel,
        intake=report.intake,
        talk_point=report.talk_point,
        origin=report.origin,
        entered_by=actor,
        text=text_of(report.text, limit=TEXT_MAX, name=_("诉求内容")),
        is_private=report.is_private,
        is_unverified=report.channel == ChannelKind.SNAP_REPORT,
        service_minutes=report.service.limit_minutes if report.service else None,
        topic=report.topic,
        reporters_count=1,
        follow_on_of=report.follow_on_of,
        filed_at=started,
        changed_at=at,
    )
    work = Work(petition, actor, held, at)
    holder = _begin(work, report, started)
    rows_insert([petition])
    if petition.is_unverified:
        snap_begin(work, started)
    reporter = work.reporter = reporter_add(petition, person, key, is_first=True, at=at)
    work.attach(report.photos, PhotoKind.BEFORE)
    work.tell(notices.received(reporter, petition, at=at))
    body = _("%s 等待处理。") % petition.number
    work.tell(notices.to_staff([holder], petition, "filed", _("有新诉求"), body, at=at))
    work.tell(notices.to_group(petition, "filed", _("有新诉求"), body, at=at))
    work.record(["filed"])
    problems_changed(community.pk)
    return Filed(petition, reporter, is_new=True)


def _scope_of(place: Place) -> Scope:
    grid = grid_key_of(place.kind, place.path)
    return Scope(place.path, grid[1] if grid else "")


def _begin(work: Work, report: Report, started: datetime) -> int | None:
    """First line, first clock, first holder; passes 理事 by itself where the profile says so."""
    petition, profile = work.petition, work.profile
    petition.promise_at = deadlines.promise(profile, started, work.clock)
    work.note(Event.FILED, audience=Audience.PUBLIC)
    if report.service is not None:
        return _take_at_once(work, report.service)
    if profile.mode(Stage.TRIAGED) == Mode.AUTO:
        petition.severity, petition.route = Severity.BLUE, Route.SELF_HELP
        petition.triaged_at = work.at
        petition.stage = Stage.TRIAGED
        petition.neglect_at = work.at
        work.note(Event.PASSED, audience=Audience.PUBLIC)
        work.run_clock()
        return work.hold(Duty.GRID_WORKER)
    intake = work.holders.first(petition.scope, INTAKE)
    petition.tier, petition.assignee_id = intake.duty, intake.user_id
    limit = profile.limits[Limit.ACCEPT]
    if report.intake is not None and report.intake.round_the_clock:
        limit = Duration(limit.minutes, Clock.WALL)
    deadlines.clock_start(petition, Limit.ACCEPT, limit, at=started, clock=work.clock)
    return intake.user_id


def _take_at_once(work: Work, service: ServiceItem) -> int | None:
    """接诉即办: whose it is and how long it may take, the guide has said already; nothing is left to sort."""
    petition = work.petition
    petition.severity, petition.route = Severity.BLUE, Route.SELF_HELP
    petition.scale = petition.difficulty = petition.social_impact = 1
    petition.public_title = service.title
    petition.triaged_at = work.at
    petition.stage = Stage.TRIAGED
    work.note(Event.PASSED, audience=Audience.PUBLIC)
    work.run_clock()
    limit = work.profile.limits[Limit.FEED_BACK]
    assert petition.due_at is not None
    petition.promise_at = deadlines.after(petition.due_at, limit.minutes, limit.clock, work.clock).at
    return work.hold(Duty(service.handler))


def _check(community: Community, report: Report, person: Person, actor: User | None) -> None:
    if not report.place.path.startswith(community.place.path):
        raise InvalidInputError(_("这个地点不属于本社区，请重新选择。"))
    if not report.place.is_active:
        raise InvalidInputError(_("这个地点已停用，请重新选择。"))
    check_photos(report.photos)
    if report.channel == ChannelKind.SNAP_REPORT and not report.photos:
        raise InvalidInputError(_("随手拍须有照片，请先上传。"))
    if actor is None and not person.has_consented:
        raise InvalidInputError(_("请先阅读并同意个人信息使用说明。"))


def check_photos(photos: Sequence[StoredImage]) -> None:
    if len(photos) > MAX_PHOTOS:
        raise InvalidInputError(_("最多上传 %d 张照片。") % MAX_PHOTOS)


def reporter_add(
    petition: Petition, person: Person, key: UUID, *, is_first: bool, at: datetime, words: str = ""
) -> PetitionReporter:
    reporter = PetitionReporter(
        petition=petition,
        joining_key=key,
        is_first=is_first,
        user=person.user,
        name=text_of(person.name, limit=40, name=_("称呼"), required=False),
        phone=phone_of(person.phone) if person.phone else "",
        on_behalf_of=text_of(person.on_behalf_of, limit=40, name=_("代谁反映"), required=False),
        words=text_of(words, limit=TEXT_MAX, name=_("补充的话"), required=False),
        consented_at=at if person.has_consented else None,
        consent_way=_consent_way(petition, person, is_first=is_first),
        consent_notice=petition.community.privacy_notice if person.has_consented else "",
        joined_at=at,
    )
    rows_insert([reporter])
    return reporter


def _consent_way(petition: Petition, person: Person, *, is_first: bool) -> str:
    """Whoever fills in the form ticks the box; for others, staff tell them and ask."""
    if not person.has_consented:
        return ConsentWay.NONE
    return ConsentWay.VOICE if is_first and petition.entered_by_id else ConsentWay.FORM


def _number(at: datetime) -> str:
    """The next number: the local day, and one running count for the whole portal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('petitions_number')")
        return f"{timezone.localdate(at):%Y%m%d}-{cursor.fetchone()[0]:04d}"
