"""What an English page leaves behind is in the community's language: others will read it."""

from __future__ import annotations

import pytest
from django.utils import translation

from core.language import LANGUAGE_COOKIE
from core.models import InboxItem, OutboxMessage
from petitions.actions import handling
from petitions.models import Petition, PetitionEvent
from tests.english import CHINESE, english_among, kept_texts
from tests.petitions.loop import Loop, file
from tests.petitions.pages import send

pytestmark = pytest.mark.django_db


def test_receipt_of_an_english_page_is_a_chinese_message(client, diecui, clerk):
    client.cookies[LANGUAGE_COOKIE] = "en"

    response = send(client, diecui)

    assert "Petition received" not in OutboxMessage.objects.values_list("title", flat=True)
    assert OutboxMessage.objects.filter(title="诉求已收到", body__startswith="您反映的事已收到").exists()
    assert "Received, please keep the receipt" in client.get(response.url).content.decode()
    assert english_among(kept_texts()) == []


def test_refusal_on_an_english_page_is_in_english(client, diecui):
    client.cookies[LANGUAGE_COOKIE] = "en"

    page = send(client, diecui, text="").content.decode()

    assert "Please write what it is about." in page
    assert not Petition.objects.exists()


def test_whole_round_by_people_with_english_pages_leaves_chinese_records(diecui, secretary, grid_worker):
    with translation.override("en"):
        loop = Loop(file(diecui), desk=secretary, worker=grid_worker)
        loop.triage()
        loop.claim()
        handling.petition_pause(petition_id=loop.pk, actor=grid_worker, reason="等材料", at=loop.at)

    assert english_among(kept_texts()) == []
    assert "等材料" in PetitionEvent.objects.values_list("note", flat=True)
    assert all(CHINESE.search(title) for title in InboxItem.objects.values_list("title", flat=True))
