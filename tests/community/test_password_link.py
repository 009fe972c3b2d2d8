"""A password is set by its owner alone, by a link that works once and for three days."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from community import actions
from community.selectors.accounts import password_link
from core.models import AuditEntry, User
from tests.cast import PASSWORD
from tests.parallel import at_once

CHOSEN = {"new_password1": "Brick-Lantern-77", "new_password2": "Brick-Lantern-77"}
OTHER = {"new_password1": "Paper-Harbour-31", "new_password2": "Paper-Harbour-31"}


@pytest.fixture
def reset(clerk, secretary, at) -> User:
    clerk.set_password(PASSWORD)
    clerk.save()
    return actions.account_reset_password(user_id=clerk.pk, actor=secretary, at=at)


def test_link_sets_a_password_with_which_its_owner_signs_in(client, reset):
    answer = client.post(password_link(reset), CHOSEN)

    assert answer.url == reverse("admin:login")
    assert client.login(username="clerk", password="Brick-Lantern-77")
    entry = AuditEntry.objects.get(event="account.password_set")
    assert (entry.actor_id, entry.fields) == (reset.pk, ["password"])


def test_former_password_is_worth_nothing_after_a_reset(client, reset):
    assert not client.login(username="clerk", password=PASSWORD)


def test_used_link_is_gone_and_changes_nothing(client, reset):
    link = password_link(reset)
    client.post(link, CHOSEN)

    answers = [client.get(link), client.post(link, OTHER)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert User.objects.get(pk=reset.pk).check_password("Brick-Lantern-77")


def test_later_reset_makes_an_earlier_link_void(client, reset, secretary, at):
    earlier = password_link(reset)

    later = actions.account_reset_password(user_id=reset.pk, actor=secretary, at=at)

    assert client.get(earlier).status_code == 410
    assert client.get(password_link(later)).status_code == 200


def test_link_expires(client, reset, settings):
    link = password_link(reset)
    settings.PASSWORD_RESET_TIMEOUT = -1

    assert client.get(link).status_code == 410


def test_link_of_a_closed_account_is_gone(client, reset, secretary, at):
    link = password_link(reset)
    actions.account_close(user_id=reset.pk, actor=secretary, at=at)

    assert client.post(link, CHOSEN).status_code == 410
    assert not User.objects.get(pk=reset.pk).has_usable_password()


@pytest.mark.parametrize("token", ["", "x", "1.x-y", "zzzzzzzz.abc-def", "-1.a-b", "１.a-b", "0.0-0"])
def test_forged_link_is_answered_like_a_used_one(client, db, token):
    answer = client.get(f"/account/set-password/{token or 'none'}/")

    assert answer.status_code == 410


def test_link_of_somebody_else_does_not_fit(client, reset, secretary):
    path = re.search(r"(/account/.*)/$", password_link(reset)).group(1)
    _pk, secret = path.rpartition("/")[2].split(".", 1)
    own = password_link(secretary).rpartition("set-password/")[2].split(".")[0]

    assert client.get(f"/account/set-password/{own}.{secret}/").status_code == 410


def test_resident_has_no_password_to_set(client, resident):
    assert client.get(password_link(resident)).status_code == 410


def test_weak_password_is_refused_and_the_link_still_works(client, reset):
    refused = client.post(password_link(reset), {"new_password1": "12345678", "new_password2": "12345678"})

    assert refused.status_code == 422
    assert client.post(password_link(reset), CHOSEN).status_code == 302


def test_page_is_kept_nowhere_and_names_the_account(client, reset):
    answer = client.get(password_link(reset))

    assert "clerk" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_of_two_uses_at_once_one_wins(transactional_db, reset):
    link = password_link(reset)

    answers = at_once([lambda chosen=chosen: Client().post(link, chosen) for chosen in (CHOSEN, OTHER)])

    assert sorted(answer.status_code for answer in answers) == [302, 410]


def test_three_days_are_what_the_page_promises(settings):
    assert timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT) == timedelta(days=3)
