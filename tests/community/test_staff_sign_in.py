"""Staff sign in by user name and password, with a second factor where it is set up or a must."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community import actions
from community.actions.sign_in import CEILING, MAX_TRIES
from community.models import SignInGuard
from community.selectors.accounts import password_link
from core.models import User
from petitions.models import PetitionPhoto
from tests.cast import PASSWORD, make_user
from tests.petitions.loop import file
from tests.petitions.pages import stored

LOGIN = reverse("admin:login")
DESK = reverse("admin:index")
HOME = reverse("petitions:staff_home")
TWO_FACTOR = reverse("mfa_authenticate")
CHOSEN = {"new_password1": "Brick-Lantern-77", "new_password2": "Brick-Lantern-77"}


@pytest.fixture(autouse=True)
def _cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def officer(clerk):
    """A member of staff in post, with a password."""
    clerk.set_password(PASSWORD)
    clerk.save()
    return clerk


def sign_in(client, user, password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": user.username, "password": password, **extra})


def is_in(client):
    return "_auth_user_id" in client.session


def give_totp(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def totp_code(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_password_opens_the_desk(client, officer):
    response = sign_in(client, officer)

    assert response.url == HOME
    assert is_in(client)
    assert client.get(DESK).status_code == 200


def test_form_asks_for_user_name_and_password(client, db):
    page = client.get(LOGIN).content.decode()

    assert 'name="username"' in page
    assert 'name="password"' in page
    assert "手机号" not in page


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.lower()])
def test_wrong_password_signs_nobody_in(client, officer, password):
    response = sign_in(client, officer, password)

    assert response.status_code == 200
    assert not is_in(client)


def test_unknown_name_reads_like_a_wrong_password(client, officer):
    wrong = sign_in(client, officer, "wrong").context["form"].errors
    unknown = client.post(LOGIN, {"username": "nobody", "password": "wrong"}).context["form"].errors

    assert wrong == unknown


def test_resident_cannot_come_in_by_password(client, resident):
    resident.username = "resident"
    resident.set_password(PASSWORD)
    resident.save()

    sign_in(client, resident)

    assert not is_in(client)


def test_closed_account_cannot_come_in(client, officer):
    officer.is_active = False
    officer.save()

    sign_in(client, officer)

    assert not is_in(client)


def test_account_without_a_post_sees_the_sign_in_page_only(client, outsider):
    client.force_login(outsider)

    response = client.get(DESK)

    assert response.status_code == 302
    assert response.url.startswith(LOGIN)


def test_post_that_ended_yesterday_opens_no_desk(client, officer):
    yesterday = timezone.localdate() - timedelta(days=1)
    officer.posts.update(starts_on=yesterday, ends_on=yesterday)
    client.force_login(officer)

    assert client.get(DESK).status_code == 302


def test_resident_and_anonymous_are_sent_to_the_form(client, resident):
    assert client.get(DESK).url == f"{LOGIN}?next={DESK}"
    client.force_login(resident)
    assert client.get(DESK).url == f"{LOGIN}?next={DESK}"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_foreign_target_is_never_followed(client, officer, target):
    response = client.post(
        f"{LOGIN}?next={target}", {"username": officer.username, "password": PASSWORD, "next": target}
    )

    assert response.url == HOME


def test_own_target_is_followed(client, officer):
    assert sign_in(client, officer, next="/admin/community/place/").url == "/admin/community/place/"


def test_eight_wrong_passwords_close_the_way_from_that_network(client, officer):
    for _ in range(MAX_TRIES):
        sign_in(client, officer, "wrong")

    response = sign_in(client, officer)

    assert response.status_code == 200
    assert not is_in(client)


def test_stranger_who_mistypes_does_not_lock_the_owner_out(client, officer):
    stranger = Client(REMOTE_ADDR="203.0.113.7")
    for _ in range(MAX_TRIES + 1):
        sign_in(stranger, officer, "wrong")

    sign_in(client, officer)

    assert not is_in(stranger)
    assert is_in(client)


def test_tries_from_everywhere_make_the_account_slow_and_never_shut(client, officer, at):
    for number in range(CEILING + 1):
        actions.sign_in_try(user=officer, address=f"203.0.113.{number}", at=at)

    again = [actions.sign_in_try(user=officer, address="203.0.113.200", at=at) for _ in range(2)]

    assert again == [True, False]
    assert SignInGuard.objects.get(user=officer).locked_until > at
    assert actions.sign_in_try(user=officer, address="198.51.100.1", at=at)
    sign_in(client, officer)
    assert is_in(client)


def test_right_password_forgets_wrong_tries(client, officer):
    for _ in range(MAX_TRIES - 1):
        sign_in(client, officer, "wrong")

    sign_in(client, officer)

    assert SignInGuard.objects.get(user=officer).failures == 0


def test_one_address_may_try_only_so_often(client, db):
    for number in range(40):
        client.post(LOGIN, {"username": f"nobody{number}", "password": "x"})

    assert client.post(LOGIN, {"username": "nobody", "password": "x"}).status_code == 429


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_all_count(officer, at):
    """Twenty processes guess at once: no more than the limit reach the password check."""
    passed = []

    def guess():
        passed.append(actions.sign_in_try(user=officer, address="203.0.113.7", at=at))
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(passed) == MAX_TRIES


def test_second_factor_is_asked_where_it_is_set_up(client, officer):
    secret = give_totp(officer)

    response = sign_in(client, officer)
    assert response.url == TWO_FACTOR
    assert not is_in(client)
    assert client.get(TWO_FACTOR).status_code == 200
    response = client.post(TWO_FACTOR, {"code": totp_code(secret)})

    assert response.url == HOME
    assert is_in(client)


def test_wrong_second_factor_signs_nobody_in(client, officer):
    give_totp(officer)
    sign_in(client, officer)

    client.post(TWO_FACTOR, {"code": "000000"})

    assert not is_in(client)


def test_second_factor_alone_signs_nobody_in(client, officer):
    secret = give_totp(officer)

    client.post(TWO_FACTOR, {"code": totp_code(secret)})

    assert not is_in(client)


def test_second_factor_that_is_a_must_comes_before_the_desk(client, officer, settings):
    settings.MFA_REQUIRED_FOR_STAFF = True
    sign_in(client, officer)

    response = client.get(DESK)

    assert response.url == reverse("mfa_activate_totp")
    page = client.post(
        reverse("account_reauthenticate"), {"password": PASSWORD, "next": response.url}, follow=True
    )
    assert page.context["form"].secret


def test_second_factor_may_be_a_must_for_one_account(client, officer, secretary, at):
    actions.account_require_second_factor(user_id=officer.pk, required=True, actor=secretary, at=at)
    sign_in(client, officer)

    assert client.get(DESK).url == reverse("mfa_activate_totp")


@pytest.mark.parametrize("debt", ["password", "second factor"])
def test_posts_give_no_power_on_any_page_until_the_account_has_settled_what_it_owes(
    client, officer, secretary, diecui, at, debt
):
    photo = PetitionPhoto.objects.create(petition=file(diecui), image=stored(), kind="before", added_at=at)
    pages = (
        "/api/v1/petitions/",
        f"/photos/{photo.image_id}/small.jpg",
        f"/{diecui.community.slug}/qr-sheets/",
    )
    client.force_login(officer)
    open_before = [client.get(page).status_code for page in pages]
    client.logout()
    if debt == "password":
        User.objects.filter(pk=officer.pk).update(must_change_password=True)
    else:
        actions.account_require_second_factor(user_id=officer.pk, required=True, actor=secretary, at=at)

    client.force_login(officer)

    assert open_before == [200, 200, 200]
    assert [client.get(page).status_code for page in pages] == [403, 404, 403]
    assert client.get(f"/{diecui.community.slug}/").status_code == 200


def test_desk_opens_once_the_second_factor_is_set_up(client, officer, settings):
    settings.MFA_REQUIRED_FOR_STAFF = True
    give_totp(officer)
    client.force_login(officer)

    assert client.get(DESK).status_code == 200


def test_initial_password_must_be_changed_first(client, officer):
    officer.must_change_password = True
    officer.save()
    sign_in(client, officer)

    assert client.get(DESK).url == reverse("admin:password_change")
    client.post(
        reverse("admin:password_change"),
        {"old_password": PASSWORD, "new_password1": "Brick-Lantern-77", "new_password2": "Brick-Lantern-77"},
    )

    officer.refresh_from_db()
    assert not officer.must_change_password
    assert officer.check_password("Brick-Lantern-77")
    assert client.get(DESK).status_code == 200


def test_weak_password_is_refused(client, officer):
    officer.must_change_password = True
    officer.save()
    sign_in(client, officer)

    client.post(
        reverse("admin:password_change"),
        {"old_password": PASSWORD, "new_password1": "12345678", "new_password2": "12345678"},
    )

    officer.refresh_from_db()
    assert officer.must_change_password


def test_closing_an_account_ends_its_sessions_at_once(client, officer, secretary, at):
    sign_in(client, officer)
    assert client.get(DESK).status_code == 200

    actions.account_close(user_id=officer.pk, actor=secretary, at=at)

    assert client.get(DESK).status_code == 302


def test_resetting_a_password_ends_sessions_and_lifts_a_lock(client, officer, secretary, at):
    sign_in(client, officer)
    SignInGuard.objects.filter(user=officer).update(locked_until=timezone.now() + timedelta(hours=1))

    user = actions.account_reset_password(user_id=officer.pk, actor=secretary, at=at)

    assert client.get(DESK).status_code == 302
    fresh = Client()
    fresh.post(password_link(user), CHOSEN)
    sign_in(fresh, officer, CHOSEN["new_password1"])
    assert is_in(fresh)


def test_lost_second_factor_is_taken_off(client, officer, secretary, at):
    give_totp(officer)

    actions.account_reset_second_factor(user_id=officer.pk, actor=secretary, at=at)

    assert not Authenticator.objects.filter(user=officer).exists()
    sign_in(client, officer)
    assert is_in(client)


def test_signed_in_person_is_not_asked_again(client, officer):
    client.force_login(officer)

    assert client.get(LOGIN).url == HOME


def test_superuser_is_not_needed(officer, db):
    assert not User.objects.filter(is_superuser=True).exists()
    assert not officer.has_perm("community.change_post")
    make_user("x")
