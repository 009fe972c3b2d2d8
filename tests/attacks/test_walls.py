"""What is hidden or marked as spam stands on no wall, whatever stage it has reached."""

from __future__ import annotations

import pytest

from core.errors import ConflictError
from petitions.actions.hiding import petition_hide, spam_mark
from petitions.models import Petition
from petitions.selectors.asked import NOTHING
from petitions.selectors.walls import echo_page
from tests.cast import NOW


@pytest.fixture
def shown(loop, at) -> Petition:
    """On the wall, and past the stage of publication."""
    loop.triage().claim().resolve().feed_back().publish()
    Petition.objects.update(stage="evaluated")
    return loop.refresh()


def test_matter_on_the_wall_is_not_hidden_before_it_is_taken_down(shown, secretary):
    with pytest.raises(ConflictError):
        petition_hide(petition_id=shown.pk, actor=secretary, reason="涉及个人", at=NOW)

    shown.refresh_from_db()
    assert not shown.is_private


def test_answer_to_spam_leaves_the_wall(shown, secretary, community):
    spam_mark(petition_id=shown.pk, actor=secretary, reason="造假", at=NOW)

    cards, _page = echo_page(community, "", NOTHING, None, NOW)

    assert cards == []
