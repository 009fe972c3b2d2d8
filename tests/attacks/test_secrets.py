"""What opens a matter, or an account, stays with whom it was sent to."""

from __future__ import annotations

import json
import logging
from uuid import NAMESPACE_URL, uuid5

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from community.backends import GRANTS
from core.admin_lists import OwnFiltersMixin
from core.models import OutboxMessage, StoredImage
from petitions.models import Petition
from petitions.selectors import links
from tests.cast import PASSWORD
from tests.petitions.loop import file, person
from tests.petitions.pages import filed_now, picture, send

MESSAGES = "/admin/core/outboxmessage/"


@pytest.mark.parametrize("who", ["administrator", "secretary"])
def test_keeper_of_messages_reads_neither_code_nor_link_nor_words(client, diecui, resident, who, request):
    keeper = request.getfixturevalue(who)
    reporter = filed_now(diecui, who=person(user=resident, phone="13900000001"))
    client.force_login(keeper)
    message = OutboxMessage.objects.get(kind="petition.received")

    pages = [client.get(MESSAGES), client.get(f"{MESSAGES}{message.pk}/change/")]

    assert [page.status_code for page in pages] == [200, 200]
    for page in pages:
        text = page.content.decode()
        assert links.tracking_code(reporter) not in text
        assert "/p/" not in text
        assert reporter.petition.number not in text


@pytest.mark.parametrize(
    "guess",
    [
        *("core/outboxmessage/?url__contains=/p/", "core/outboxmessage/?body__contains=1"),
        *("core/outboxmessage/?phone__startswith=139", "core/user/?password__startswith=argon2"),
        *("core/user/?phone__startswith=1", "community/resident/?phone__startswith=1"),
        *("community/talkpoint/?token__startswith=a", "community/resident/export/?phone__startswith=1"),
    ],
)
def test_what_a_list_hides_cannot_be_guessed_letter_by_letter(client, diecui, administrator, guess):
    client.force_login(administrator)

    response = client.get(f"/admin/{guess}")

    assert response.status_code in {400, 422}


def test_no_list_of_the_desk_takes_another_filter_than_its_own():
    desks = [desk for model, desk in admin.site._registry.items() if model._meta.label_lower in GRANTS]

    open_lists = [str(desk) for desk in desks if not isinstance(desk, OwnFiltersMixin)]

    assert len(desks) > 20
    assert open_lists == []


def test_key_of_a_program_cannot_be_guessed_to_reach_its_receipt(client, diecui, secretary, settings):
    client.force_login(secretary)
    given = {"community": "diecui", "place": diecui.buildings[0].pk, "text": "热线：二单元灯不亮。"}
    client.post(
        "/api/v1/petitions/",
        json.dumps(given),
        content_type="application/json",
        headers={"Idempotency-Key": "1"},
    )
    client.logout()
    guess = uuid5(NAMESPACE_URL, f"{settings.PUBLIC_URL}/api/v1/petitions/{secretary.pk}/1")

    send(client, diecui, key=str(guess), decision="new")

    assert Petition.objects.count() == 2


def test_account_without_a_post_leaves_no_photo_behind(client, diecui, resident):
    client.force_login(resident)
    given = {"community": "diecui", "place": diecui.buildings[0].pk, "text": "灯不亮", "photos": [picture()]}

    response = client.post("/api/v1/petitions/", given)

    assert response.status_code == 403
    assert not StoredImage.objects.exists()


def test_codes_are_written_to_no_log(client, diecui, caplog):
    with caplog.at_level(logging.DEBUG):
        send(client, diecui)
        reporter = Petition.objects.get().reporters.get()
        code = links.tracking_code(reporter)
        client.post("/track/", {"number": reporter.petition.number, "code": code})
        client.post("/account/login/", {"phone": "13900000077"})

    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert code not in logged
    body = OutboxMessage.objects.get(phone="13900000077").body
    assert body[6:12].isdigit()
    assert body[6:12] not in logged


def test_session_before_sign_in_is_worthless_afterwards(client, secretary):
    secretary.set_password(PASSWORD)
    secretary.save(update_fields=["password"])
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies["sessionid"] = session.session_key
    before = session.session_key

    response = client.post(reverse("admin:login"), {"username": "secretary", "password": PASSWORD})

    assert response.status_code == 302
    assert client.cookies["sessionid"].value != before


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nothing_leads_away_from_the_portal(client, secretary, target):
    secretary.set_password(PASSWORD)
    secretary.save(update_fields=["password"])

    answers = [
        client.post("/display/", {"large": "1", "next": target}),
        client.post(
            f"{reverse('admin:login')}?next={target}",
            {"username": "secretary", "password": PASSWORD, "next": target},
        ),
        client.get(f"{reverse('admin:login')}?next={target}"),
    ]

    for answer in answers:
        assert answer.status_code == 302
        assert "evil" not in answer["Location"]
        assert "javascript" not in answer["Location"]


def test_page_for_one_person_is_kept_by_no_cache(client, diecui, secretary, grid_worker):
    petition = file(diecui, at=timezone.now())
    client.force_login(secretary)

    for path in (
        "/today/",
        f"/work/{petition.number}/",
        "/inbox/",
        "/mine/",
        "/account/",
        reverse("admin:petitions_petition_change", args=[petition.pk]),
        reverse("admin:index"),
    ):
        response = client.get(path)
        assert "no-store" in response.get("Cache-Control", ""), path


def test_wall_kept_for_everybody_carries_nothing_of_the_visitor(client, diecui, secretary):
    file(diecui, at=timezone.now())
    client.cookies["large"] = "1"
    client.force_login(secretary)
    walls = [f"/diecui/{name}" for name in ("wall/", "problems/", "")]
    for path in walls:
        client.get(path)
    client.logout()
    client.cookies.clear()

    pages = [client.get(path).content.decode() for path in walls]

    for page in pages:
        assert 'class="large"' not in page
        assert reverse("core:inbox") not in page
        main = page.partition("<main")[2].partition("</main>")[0]
        assert "csrfmiddlewaretoken" not in main
