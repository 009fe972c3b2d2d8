"""The person in charge reads who looked at what is sensitive; nobody else does, and nobody is named beyond need."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.models import User
from petitions.actions.contact import reporters_contact
from petitions.actions.desk import export_ask
from tests.cast import Town
from tests.petitions.loop import file, person
from tests.petitions.pages import statements

pytestmark = pytest.mark.django_db
LIST = "/admin/core/sensitiveaccess/"


@pytest.fixture
def looked(diecui: Town, grid_worker: User, clerk: User) -> str:
    """A worker opened a number an hour ago, a clerk nine days ago and took a list along; the matter's number."""
    now = timezone.now()
    petition = file(diecui, who=person(phone="13912345678"), at=now)
    reporters_contact(petition=petition, actor=grid_worker, at=now - timedelta(hours=1))
    reporters_contact(petition=petition, actor=clerk, at=now - timedelta(days=9))
    export_ask(owner=clerk, params={}, at=now - timedelta(days=9))
    return petition.number


def page_of(client: Client, user: User, query: str = "") -> str:
    client.force_login(user)
    return client.get(LIST + query).content.decode().partition('id="changelist"')[2]


def test_secretary_reads_who_in_which_post_when_what_and_of_which_matter(
    client: Client, secretary: User, grid_worker: User, looked: str
):
    page = page_of(client, secretary)

    assert grid_worker.display_name in page
    assert "第1网格 网格员" in page
    assert "查看手机号" in page
    assert "导出诉求" in page
    assert looked in page
    assert "13912345678" not in page
    assert "林阿姨" not in page


def test_supervisor_above_reads_it_too(client: Client, supervisor: User, looked: str):
    assert looked in page_of(client, supervisor)


def test_secretary_of_another_community_reads_nothing_of_it(
    client: Client, secretary_of_another_community: User, looked: str
):
    page = page_of(client, secretary_of_another_community)

    assert looked not in page
    assert "周干事" not in page


@pytest.mark.parametrize("who", ["grid_worker", "clerk", "outsider"])
def test_page_is_closed_to_others(client: Client, looked: str, request: Any, who: str):
    client.force_login(request.getfixturevalue(who))

    assert client.get(LIST).status_code in {302, 403}


def test_page_is_closed_to_strangers(client: Client):
    assert client.get(LIST).status_code == 302


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("?kind=petition.contact_seen", ["王网格", "周干事"], ['<td class="field-kind">导出诉求']),
        ("?kind=petition.export_asked", ["周干事"], ["王网格"]),
        ("?days=7", ["王网格"], ["周干事"]),
        ("?q=周干事", ["周干事"], ["王网格"]),
        ("?q=worker", ["王网格"], ["周干事"]),
    ],
)
def test_list_is_filtered_by_kind_time_and_person(
    client: Client, secretary: User, looked: str, query: str, seen: list[str], unseen: list[str]
):
    page = page_of(client, secretary, query)

    assert [word for word in seen if word not in page] == []
    assert [word for word in unseen if word in page] == []


@pytest.mark.parametrize("rows", [3, 30])
def test_list_costs_the_same_with_few_and_with_many(
    client: Client, diecui: Town, secretary: User, grid_worker: User, rows: int
):
    petition = file(diecui, at=timezone.now())
    for _ in range(rows):
        reporters_contact(petition=petition, actor=grid_worker, at=timezone.now())
    page_of(client, secretary)

    with statements() as used:
        client.get(LIST)

    assert len(used) <= 8, used
