"""晒事: an edited public text and chosen photos on the echo wall; and down again with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from community.duties import Power
from community.models import Place
from community.permissions import require_power
from community.workflow import Stage
from core.errors import ConflictError, IllegalMoveError, InvalidInputError
from core.language import gettext as _
from core.models import User
from petitions.actions.base import Work, text_of, work_on
from petitions.actions.locking import lock
from petitions.actions.settling import invite
from petitions.actions.walls import walls_changed
from petitions.models import Petition, PetitionPhoto, WallPost
from petitions.models.petition import TITLE_MAX
from petitions.selectors.places import public_place
from petitions.workflow import Audience, Event


@dataclass(frozen=True, slots=True)
class PublicText:
    """What neighbours will read, edited by staff; never the raw words."""

    title: str
    question: str
    answer: str
    before: PetitionPhoto | None = None
    after: PetitionPhoto | None = None


@transaction.atomic
def petition_publish(*, petition_id: int, actor: User, text: PublicText, at: datetime) -> WallPost:
    """Put question and answer on the echo wall, and ask everybody who asked to judge (P-07, P-47).

    Raises:
        InvalidInputError: a photo of another matter.
        GateClosedError: the profile wants text and photo.
        IllegalMoveError: it has not been answered, or is private.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_PUBLISH, at=at)
    petition = work.petition
    photos = [photo for photo in (text.before, text.after) if photo is not None]
    if any(photo.petition_id != petition.pk for photo in photos):
        raise InvalidInputError(_("所选照片不属于这件诉求。"))
    answer = text_of(text.answer, limit=1000, name=_("公开答复"))
    facts = {"has_public_text": bool(answer), "has_public_photo": bool(photos)}
    again = petition.published_at is not None and petition.stage != Stage.FED_BACK
    if again:
        _refuse_private(petition)
        _refuse_shown(petition)
        work.note(Event.PUBLISHED, audience=Audience.PUBLIC)
    else:
        work.move(Stage.PUBLISHED, Event.PUBLISHED, facts=facts)
        if not petition.evaluations.filter(round=petition.round).exists():
            invite(work)
    petition.published_at = at
    post = _post(work, actor, text, answer)
    PetitionPhoto.objects.filter(pk__in=[photo.pk for photo in photos]).update(is_public=True)
    work.finish(["stage"])
    walls_changed(petition.community_id)
    return post


@transaction.atomic
def wall_post_take_down(*, post_id: int, actor: User, reason: str, at: datetime) -> WallPost:
    """Take a published text down with a reason; its photos are private again. Also after archiving.

    Raises:
        NotAllowedError: no post of `actor` allows it here.
        ConflictError: it is down already.
    """
    post = WallPost.objects.get(pk=post_id)
    petition = lock(post.petition_id)
    held = require_power(actor, Power.PETITION_PUBLISH, petition.scope, at=at)
    post.refresh_from_db()
    if post.taken_down_at is not None:
        raise ConflictError(_("这条内容已撤下。"))
    post.taken_down_at, post.taken_down_by = at, actor
    post.taken_down_reason = text_of(reason, limit=200, name=_("撤下理由"))
    post.save(update_fields=["taken_down_at", "taken_down_by", "taken_down_reason"])
    petition.photos.filter(is_public=True).update(is_public=False)
    work = Work(petition, actor, held, at)
    work.note(Event.TAKEN_DOWN, post.taken_down_reason)
    work.record(["wall"])
    walls_changed(petition.community_id)
    return post


def _refuse_private(petition: Petition) -> None:
    if petition.is_private:
        raise IllegalMoveError(_("这件诉求不公开，不能上回音壁。"))


def _refuse_shown(petition: Petition) -> None:
    if petition.wall_posts.filter(taken_down_at=None).exists():
        raise ConflictError(_("这件诉求已在回音壁上，请先撤下再重新发布。"))


def _post(work: Work, actor: User, text: PublicText, answer: str) -> WallPost:
    petition = work.petition
    place = Place.objects.select_related("parent").get(pk=petition.place_id)
    return WallPost.objects.create(
        petition=petition,
        community=petition.community,
        title=text_of(text.title, limit=TITLE_MAX, name=_("标题")),
        question=text_of(text.question, limit=500, name=_("公开问题")),
        answer=answer,
        place_name=public_place(place),
        topic=petition.topic,
        before=text.before,
        after=text.after,
        published_at=work.at,
        published_by=actor,
    )
