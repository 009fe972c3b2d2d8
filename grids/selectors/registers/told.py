"""Who is told of somebody in care: staff of the community, for children also who answers for them."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from community.duties import Duty
from community.models import Post
from grids.models import CareSubject
from grids.selectors.doors import scope_of


def care_staff(subject: CareSubject, *, at: datetime) -> list[int]:
    """The leader of the grid and the secretary; of a child the posts for children instead of the leader."""
    scope = scope_of(subject.resident.household)[0]
    ids = {int(part) for path in (scope.place_path, scope.grid_path) for part in path.split("/") if part}
    first = Duty.CHILD_OFFICER if subject.scheme.for_children else Duty.GRID_LEADER
    posts = Post.objects.held_on(timezone.localdate(at)).filter(
        place_id__in=ids, duty__in=(first, Duty.SECRETARY), user__is_active=True
    )
    return sorted(set(posts.values_list("user_id", flat=True)))
