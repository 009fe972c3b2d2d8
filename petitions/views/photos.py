"""Photos: public ones to everybody, the others to who sent them and to staff who may read the matter."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.uploads import image_response
from petitions.models import Petition, PetitionPhoto
from petitions.selectors.ticket import photos_for
from petitions.views.visitor import TicketRequest, ticket_page

SMALL = "small"


@require_safe
def photo(request: HttpRequest, image_id: UUID, size: str) -> HttpResponseBase:
    """A published photo, or any photo of a matter that a post of this person covers; else 404."""
    known = PetitionPhoto.objects.select_related("image", "petition")
    found = get_object_or_404(known, image_id=image_id)
    if not (found.is_public and found.petition.is_shown_to_strangers):
        visible = Petition.objects.visible_to(request.user, at=timezone.now())
        get_object_or_404(visible.only("pk"), pk=found.petition_id)
    return image_response(found.image, thumbnail=size == SMALL, request=request)


@require_safe
@ticket_page
def ticket_photo(request: TicketRequest, image_id: UUID, size: str) -> HttpResponseBase:
    """A photo of the matter that this reporter may see; 404 for any other."""
    allowed = [photo.pk for photo in photos_for(request.reporter)]
    found = get_object_or_404(
        PetitionPhoto.objects.select_related("image"), image_id=image_id, pk__in=allowed
    )
    return image_response(found.image, thumbnail=size == SMALL, request=request)
