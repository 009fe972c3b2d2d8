"""Residents sign in by phone and code; nothing tells a known number from an unknown one (C-44)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community import actions
from community.models import Resident
from core.models import OutboxMessage, User
from tests.cast import make_user

LOGIN = reverse("account_login")
CONFIRM = reverse("account_confirm_login_code")
HOME = reverse("account_email")
PHONE = "13911112222"


def sent_code(phone=PHONE):
    """The code in the newest message to a number."""
    message = OutboxMessage.objects.filter(phone=phone).latest("pk")
    return re.search(r"\d{6}", message.body).group()


def ask(client, phone=PHONE, **extra):
    return client.post(LOGIN, {"phone": phone, **extra})


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.mark.django_db
def test_code_signs_in_and_opens_the_account(client):
    ask(client)

    response = client.post(CONFIRM, {"code": sent_code()})

    user = User.objects.get(phone=PHONE)
    assert response.status_code == 302
    assert response.url == HOME
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.phone_verified
    assert not user.has_usable_password()


@pytest.mark.django_db
def test_number_typed_in_many_ways_is_one_account(client):
    ask(client, "+86 139-1111 2222")

    client.post(CONFIRM, {"code": sent_code()})

    assert User.objects.get().phone == PHONE


@pytest.mark.django_db
def test_known_and_unknown_numbers_get_the_same_answer(client, resident, django_assert_num_queries):
    known = ask(client, resident.phone)
    unknown = ask(client, PHONE)
    client.get(CONFIRM)

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url) == (302, CONFIRM)


@pytest.mark.django_db
def test_staff_number_looks_the_same_and_gets_no_code(client):
    clerk = make_user("clerk", phone=PHONE)

    response = ask(client)

    message = OutboxMessage.objects.get(phone=PHONE)
    assert (response.status_code, response.url) == (302, CONFIRM)
    assert not re.search(r"\d{6}", message.body)
    for code in ("000000", "123456"):
        client.post(CONFIRM, {"code": code})
    assert "_auth_user_id" not in client.session
    assert list(User.objects.all()) == [clerk]


@pytest.mark.django_db
def test_wrong_code_signs_nobody_in(client):
    ask(client)

    response = client.post(CONFIRM, {"code": wrong(sent_code())})

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_third_wrong_code_ends_the_attempt(client):
    ask(client)
    code = sent_code()
    for _ in range(3):
        client.post(CONFIRM, {"code": wrong(code)})

    client.post(CONFIRM, {"code": code})

    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "is_in"), [(170, True), (181, False)])
def test_code_expires_after_three_minutes(client, age, is_in):
    ask(client)
    session = client.session
    session["account_login"]["state"]["stages"]["login_by_code"]["data"]["at"] -= age
    session.save()

    client.post(CONFIRM, {"code": sent_code()})

    assert ("_auth_user_id" in client.session) is is_in


@pytest.mark.django_db
def test_code_is_used_up_by_signing_in(client):
    ask(client)
    code = sent_code()
    client.post(CONFIRM, {"code": code})
    client.post(reverse("account_logout"))

    client.post(CONFIRM, {"code": code})

    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_code_of_one_session_is_worthless_in_another(client):
    from django.test import Client

    ask(client)
    other = Client()
    ask(other, "13911113333")

    other.post(CONFIRM, {"code": sent_code(PHONE)})

    assert "_auth_user_id" not in other.session


@pytest.mark.django_db
def test_session_does_not_hold_the_code(client):
    ask(client)

    assert sent_code() not in str(dict(client.session))


@pytest.mark.django_db
def test_second_code_within_a_minute_is_refused(client):
    ask(client)

    ask(client)

    assert OutboxMessage.objects.filter(phone=PHONE).count() == 1


@pytest.mark.django_db
def test_limit_holds_for_every_process(client):
    """The count is in the shared cache, so a client that another process serves meets it too."""
    from django.test import Client

    ask(client)

    response = ask(Client())

    assert response.status_code == 200
    assert OutboxMessage.objects.filter(phone=PHONE).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("phone", ["", "12345", "1391111222a", "029-8888888", "<script>alert(1)</script>"])
def test_no_number_no_message(client, phone):
    response = ask(client, phone)

    assert response.status_code == 200
    assert not OutboxMessage.objects.exists()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_message_is_secret_and_urgent(client):
    ask(client)

    message = OutboxMessage.objects.get()
    assert message.secret
    assert message.urgent


@pytest.mark.django_db
def test_demo_shows_the_code_on_the_page(client, settings):
    settings.DEMO = True
    ask(client)

    page = client.get(CONFIRM).content.decode()

    assert sent_code() in page


@pytest.mark.django_db
def test_another_number_may_be_given_after_a_mistype(client):
    ask(client)

    client.post(reverse("account_logout"), {"next": LOGIN})

    assert ask(client, "13911113333").url == CONFIRM
    assert OutboxMessage.objects.filter(phone="13911113333").exists()


@pytest.mark.django_db
def test_page_does_not_show_the_code_otherwise(client):
    ask(client)

    page = client.get(CONFIRM).content.decode()

    assert sent_code() not in page
    assert PHONE not in page


@pytest.mark.django_db
def test_after_signing_in_the_person_goes_on_to_where_they_were(client):
    ask(client, next="/diecui/")

    response = client.post(CONFIRM, {"code": sent_code(), "next": "/diecui/"})

    assert response.url == "/diecui/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_foreign_target_is_never_followed(client, target):
    client.post(f"{LOGIN}?next={target}", {"phone": PHONE, "next": target})

    response = client.post(f"{CONFIRM}?next={target}", {"code": sent_code(), "next": target})

    assert response.url == HOME


@pytest.mark.django_db
def test_verified_number_joins_the_account_to_the_roll(client, diecui):
    resident = Resident.objects.create(household=diecui.households[0], name="张三", phone=PHONE)
    ask(client)

    client.post(CONFIRM, {"code": sent_code()})

    resident.refresh_from_db()
    assert resident.user == User.objects.get(phone=PHONE)


def test_unverified_number_joins_nothing(client, diecui):
    resident = Resident.objects.create(household=diecui.households[0], name="张三", phone=PHONE)

    ask(client)

    resident.refresh_from_db()
    assert resident.user is None


def test_number_of_two_residents_joins_neither(diecui, at):
    for household in diecui.households[:2]:
        Resident.objects.create(household=household, name="张三", phone=PHONE)
    user = actions.resident_account_open(phone=PHONE)

    actions.resident_account_verify(user=user, phone=PHONE, at=at)

    assert not Resident.objects.filter(user=user).exists()


def test_account_nobody_came_back_to_is_swept_after_a_day(db):
    user = actions.resident_account_open(phone=PHONE)

    assert actions.resident_accounts_sweep(at=user.date_joined + timedelta(hours=23)) == 0
    assert actions.resident_accounts_sweep(at=user.date_joined + timedelta(hours=25)) == 1
    assert not User.objects.filter(phone=PHONE).exists()


def test_sweep_keeps_residents_and_staff(resident, clerk, outsider):
    actions.resident_accounts_sweep(at=timezone.now() + timedelta(days=9))

    assert set(User.objects.filter(pk__in=[resident.pk, clerk.pk, outsider.pk])) == {
        resident,
        clerk,
        outsider,
    }


def test_page_about_oneself_asks_anonymous_to_sign_in(client, db):
    assert client.get(HOME).url == f"{LOGIN}?next={HOME}"


def test_page_about_oneself_shows_the_door_and_a_masked_number(
    client, resident, django_assert_max_num_queries
):
    client.force_login(resident)

    with django_assert_max_num_queries(8):
        page = client.get(HOME).content.decode()

    assert "139****0001" in page
    assert "13900000001" not in page
    assert "101" in page


@pytest.mark.django_db
def test_there_is_no_form_for_signing_up(client):
    assert client.get(reverse("account_signup")).url == LOGIN


@pytest.mark.django_db
def test_pages_carry_no_inline_script_or_style(client):
    for url in (LOGIN, CONFIRM):
        ask(client)
        page = client.get(url).content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)


@pytest.mark.django_db
def test_stranger_who_asks_for_codes_leaves_the_owner_theirs(client):
    from django.test import Client

    stranger = Client(REMOTE_ADDR="203.0.113.7")
    ask(stranger)

    ask(client)

    assert OutboxMessage.objects.filter(phone=PHONE).count() == 2


@pytest.mark.django_db
def test_codes_asked_for_from_everywhere_become_slow_and_never_end(client, shared_cache):
    from django.test import Client

    for number in range(40):
        ask(Client(REMOTE_ADDR=f"203.0.113.{number}"))

    ask(client)
    sent = OutboxMessage.objects.filter(phone=PHONE).count()

    for key in shared_cache.scan_iter("*sign_in_code.minute*"):
        shared_cache.delete(key)
    ask(client)

    assert sent == 41
    assert OutboxMessage.objects.filter(phone=PHONE).count() == sent
