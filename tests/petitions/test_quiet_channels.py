"""A channel that is silent for a month is looked after (P-15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.models import InboxItem
from petitions.actions.quiet import quiet_channels_tell
from tests.cast import NOW
from tests.parallel import at_once
from tests.petitions.loop import file, person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told(user) -> list[str]:
    return list(
        InboxItem.objects.filter(user=user, kind="petition.channels_quiet").values_list("body", flat=True)
    )


@pytest.fixture
def town(fuxi, secretary_of_another_community):
    """府西: five channels; the hotline rang today, everything else was last heard of long ago."""
    file(fuxi, at=NOW - 60 * DAY)
    file(fuxi, at=NOW - DAY, channel="hotline", who=person(phone="13700000002"))
    return fuxi


def test_secretary_hears_which_channels_are_silent_and_not_the_others(town, secretary_of_another_community):
    assert quiet_channels_tell(at=NOW) == 1

    body = told(secretary_of_another_community)[0]
    assert "微信群" in body
    assert "网上填报" in body
    assert "电话热线" not in body
    assert "说事点" not in body


def test_it_is_told_once_a_month(town, secretary_of_another_community):
    for days in (0, 1, 2):
        quiet_channels_tell(at=NOW + days * DAY)
    assert len(told(secretary_of_another_community)) == 1

    quiet_channels_tell(at=NOW + 15 * DAY)

    assert len(told(secretary_of_another_community)) == 2


def test_a_young_community_is_left_in_peace(diecui, secretary):
    file(diecui, at=NOW - 2 * DAY)

    assert quiet_channels_tell(at=NOW) == 0
    assert not told(secretary)


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_tell_once(town, secretary_of_another_community):
    at_once([lambda: quiet_channels_tell(at=NOW)] * 3)

    assert len(told(secretary_of_another_community)) == 1
