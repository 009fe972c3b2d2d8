"""Every page of the portal, as everybody who may open it, in both modes and sizes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser import addresses
from tests.browser.flaws import PHONE, flaws

pytestmark = pytest.mark.urls("tests.browser.urls")

MODES = pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])


def walk(page: Page, paths: list[str], *, large: bool = False, thumb: bool = True) -> list[str]:
    """Open each page once, look at it on a phone and on a desk; what is wrong with which, a line each."""
    wrong = []
    for path in paths:
        page.set_viewport_size(PHONE)
        page.goto(path, wait_until="load")
        wrong += [f"{path} {flaw}" for flaw in flaws(page, large=large, thumb=thumb)]
    return wrong


@MODES
def test_pages_of_strangers_are_sound(sit, world, large):
    page = sit(large=large)
    paths = [reverse(name, args=args) for name, known in addresses.strangers(world).items() for args in known]

    wrong = walk(page, [*paths, "/no/such/page/"], large=large)

    assert not wrong, "\n".join(wrong)


@MODES
def test_pages_of_residents_are_sound(sit, world, resident, large):
    page = sit(resident, large=large)

    wrong = walk(page, addresses.residents(), large=large)

    assert not wrong, "\n".join(wrong)


@MODES
@pytest.mark.parametrize("role", ["grid_worker", "grid_leader", "secretary"])
def test_pages_of_those_who_handle_are_sound(sit, world, request, role, large):
    user = request.getfixturevalue(role)
    page = sit(user, large=large)

    wrong = walk(page, addresses.handling(world, user), large=large)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ["grid_worker", "grid_leader", "secretary", "supervisor", "administrator"])
def test_pages_of_the_desk_are_sound(sit, world, request, role):
    user = request.getfixturevalue(role)
    client = Client()
    client.force_login(user)
    page = sit(user, desk=True)

    wrong = walk(page, list(addresses.desk(client).values()), thumb=False)

    assert not wrong, "\n".join(wrong)


def test_every_page_without_arguments_is_on_the_list(world, administrator):
    client = Client()
    client.force_login(administrator)
    listed = {
        *addresses.strangers(world),
        *addresses.SECOND_FACTOR,
        *addresses.OF_EVERYBODY,
        *addresses.NO_PAGE,
    }
    listed |= {"petitions:today", "petitions:mine", *addresses.desk(client)}

    assert addresses.argless() - listed == set()
