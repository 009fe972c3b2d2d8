"""Who agreed to what, how and when, stands with everybody behind a matter."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from community import actions
from petitions.actions import joining
from petitions.models import ConsentWay, PetitionReporter
from tests.cast import NOW, Town
from tests.petitions.loop import file, person
from tests.petitions.pages import send

pytestmark = pytest.mark.django_db


def test_consent_on_the_form_is_kept_with_version_and_moment(client: Any, diecui: Town):
    send(client, diecui)

    reporter = PetitionReporter.objects.get()
    assert (reporter.consent_way, reporter.consent_notice) == (ConsentWay.FORM, "1.1")
    assert reporter.consented_at is not None


def test_neighbour_who_joins_agrees_likewise(diecui: Town):
    petition = file(diecui)

    joining.petition_join(
        petition_id=petition.pk, person=person(phone="13900000009"), words="", key=uuid4(), at=NOW
    )

    joined = PetitionReporter.objects.get(is_first=False)
    assert (joined.consent_way, joined.consent_notice, joined.consented_at) == (ConsentWay.FORM, "1.1", NOW)


@pytest.mark.parametrize(("told", "way", "notice"), [(True, "voice", "1.1"), (False, "", "")])
def test_matter_entered_by_staff_says_whether_consent_was_told_by_voice(
    diecui: Town, clerk: Any, told: bool, way: str, notice: str
):
    file(diecui, actor=clerk, who=person(has_consented=told))

    reporter = PetitionReporter.objects.get()
    assert (reporter.consent_way, reporter.consent_notice) == (way, notice)


def test_changed_period_makes_a_new_version_and_leaves_earlier_consents(diecui: Town):
    before = file(diecui)
    changes = {"keep_matters_months": 24}

    actions.community_update(community_id=diecui.community.pk, changes=changes, actor=None, at=NOW)
    diecui.community.refresh_from_db()
    after = file(diecui, who=person(phone="13900000009"))

    assert before.reporters.get().consent_notice == "1.1"
    assert after.reporters.get().consent_notice == "1.2"


def test_changed_hotline_is_the_same_version(diecui: Town):
    changes = {"hotline": "0359-5020002"}

    changed = actions.community_update(community_id=diecui.community.pk, changes=changes, actor=None, at=NOW)

    assert changed.privacy_notice == "1.1"


def test_form_says_in_one_sentence_what_for_how_long_and_who_sees_it(client: Any, diecui: Town):
    page = client.get("/diecui/file/").content.decode()

    assert "办结后最多留 3 年" in page
    assert "/diecui/privacy/" in page
