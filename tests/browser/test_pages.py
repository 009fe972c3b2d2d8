"""Every page of the portal, as everybody who may open it, in both modes and sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser import addresses
from tests.browser.flaws import desk_flaws, flaws
from tests.browser.people import client_of

pytestmark = pytest.mark.urls("tests.browser.urls")

MODES = pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
FRONT = ("admin:index", "admin:petitions_petition_changelist", "admin:petitions_petition_change")
"""What looks different to each role."""


def walk(page: Page, paths: Iterable[str], look: Callable[[Page], list[str]]) -> str:
    """Open each page once and look at it; what is wrong with which, a line each."""
    wrong = []
    for path in paths:
        page.goto(path, wait_until="load")
        wrong += [f"{path} {flaw}" for flaw in look(page)]
    return "\n".join(wrong)


@MODES
def test_pages_of_strangers_are_sound(sit, world, large):
    page = sit(large=large)
    paths = [reverse(name, args=args) for name, known in addresses.strangers(world).items() for args in known]

    wrong = walk(page, [*paths, "/no/such/page/"], lambda page: flaws(page, large=large))

    assert not wrong, wrong


@MODES
def test_pages_of_residents_are_sound(sit, world, resident, large):
    page = sit(resident, large=large)

    wrong = walk(page, addresses.residents(), lambda page: flaws(page, large=large))

    assert not wrong, wrong


@MODES
@pytest.mark.parametrize("role", ["grid_worker", "grid_leader", "secretary"])
def test_pages_of_those_who_handle_are_sound(sit, world, request, role, large):
    user = request.getfixturevalue(role)
    page = sit(user, large=large)

    wrong = walk(page, addresses.handling(user), lambda page: flaws(page, large=large))

    assert not wrong, wrong


def test_pages_of_the_desk_are_sound(sit, world, secretary):
    page = sit(secretary, desk=True)

    wrong = walk(page, addresses.desk(client_of(secretary)).values(), desk_flaws)

    assert not wrong, wrong


@pytest.mark.parametrize("role", ["grid_worker", "grid_leader", "clerk", "supervisor", "administrator"])
def test_what_another_role_finds_on_its_desk_is_sound(sit, world, secretary, request, role):
    user = request.getfixturevalue(role)
    known = set(addresses.desk(client_of(secretary))) - {*FRONT}
    page = sit(user, desk=True)

    found = addresses.desk(client_of(user))
    wrong = walk(page, [path for name, path in found.items() if name not in known], desk_flaws)

    assert not wrong, wrong


def test_sign_in_of_staff_is_sound(sit, secretary):
    page = sit(desk=True)

    wrong = walk(page, [reverse("admin:login")], desk_flaws)
    page.fill("#id_username", secretary.username)
    page.fill("#id_password", "wrong")
    page.press("#id_password", "Enter")
    page.locator(".errornote").wait_for()

    assert not wrong, wrong
    assert not desk_flaws(page)


def test_every_page_without_arguments_is_on_the_list(world, resident, grid_worker, secretary, administrator):
    clients = [client_of(user) for user in (None, resident, grid_worker, secretary, administrator)]
    listed = {*addresses.ELSEWHERE, *addresses.strangers(world), *addresses.OF_RESIDENTS, *addresses.OF_STAFF}
    for user in (secretary, administrator):
        listed |= set(addresses.desk(client_of(user)))

    left = addresses.argless() - listed

    assert {name for name in left if any(_is_page(client, name) for client in clients)} == set()


def _is_page(client: Client, name: str) -> bool:
    answer = client.get(reverse(name))
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
