"""Refusals: one page, one API shape; what nobody expected stays a failure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from core import constraints
from core.errors import InvalidInputError
from core.models import User
from tests.core.urls import REFUSALS

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.urls")]


@pytest.fixture
def known_constraint() -> Iterator[None]:
    constraints.register("reminder_claimed_once", "已经提醒过。")
    yield
    constraints.MESSAGES.pop("reminder_claimed_once")


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_refusal_is_a_page_with_its_status_and_sentence(client: Client, code: str):
    response = client.get(f"/refuse/{code}/")

    assert response.status_code == REFUSALS[code].status
    assert "不行：&lt;b&gt;" in response.content.decode()
    assert next(template.name for template in response.templates) == "error.html"


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_refusal_of_the_api_is_code_message_extra(client: Client, code: str):
    response = client.get(f"/api/refuse/{code}/")

    assert response.status_code == REFUSALS[code].status
    body = response.json()
    assert set(body) == {"code", "message", "extra"}
    assert (body["code"], body["message"]) == (code, f"不行：<b>{code}</b>")


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_rate_limit_says_when_to_come_back(client: Client, prefix: str):
    response = client.get(f"{prefix}/refuse/too_many_requests/")

    assert response["Retry-After"] == "7"


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_known_constraint_becomes_a_refusal(client: Client, known_constraint: None, prefix: str):
    response = client.get(f"{prefix}/twice/claim/")

    assert response.status_code == 409
    assert "已经提醒过。" in response.content.decode()


def test_constraint_may_stand_for_another_refusal(client: Client, known_constraint: None):
    constraints.register("reminder_claimed_once", "不对。", InvalidInputError)

    assert client.get("/twice/claim/").status_code == 422


@pytest.mark.parametrize("prefix", ["", "/api"])
@pytest.mark.parametrize("field", ["claim", "password"])
def test_unknown_constraint_stays_a_failure(client: Client, superuser: User, prefix: str, field: str):
    with pytest.raises(IntegrityError):
        client.get(f"{prefix}/twice/{field}/")


@pytest.mark.parametrize(
    ("name", "status", "code", "message"),
    [
        ("validation", 422, "invalid_input", "太长"),
        ("list", 422, "invalid_input", "不可以"),
        ("missing", 404, "not_found", None),
        ("anonymous", 403, "not_allowed", None),
        ("forbidden", 403, "not_allowed", None),
        ("throttled", 429, "too_many_requests", None),
        ("method", 405, "method_not_allowed", None),
    ],
)
def test_errors_of_the_framework_have_the_same_shape(
    client: Client, name: str, status: int, code: str, message: str | None
):
    response = client.get(f"/api/drf/{name}/")

    body = response.json()
    assert (response.status_code, body["code"], set(body)) == (status, code, {"code", "message", "extra"})
    assert body["message"]
    assert message is None or body["message"] == message


def test_validation_names_every_field(client: Client):
    extra = client.get("/api/drf/validation/").json()["extra"]

    assert extra == {"fields": {"text": ["太长"], "items": [{"phone": ["不对"]}]}}


class TestApiPages:
    @pytest.fixture(autouse=True)
    def people(self, db: None) -> None:
        User.objects.bulk_create(User(username=f"u{n:03d}") for n in range(45))

    def test_links_lead_through_everything_and_back(self, client: Client):
        names: list[str] = []
        url: str | None = "/api/users/?page_size=10"
        while url:
            body = client.get(url).json()
            names += [user["username"] for user in body["results"]]
            url, previous = body["next"], body["previous"]

        assert names == sorted(names)
        assert len(names) == 45
        assert client.get(previous).json()["results"][-1]["username"] == "u039"

    @pytest.mark.parametrize(
        ("asked", "given"), [("", 20), ("5", 5), ("0", 20), ("-3", 20), ("9999", 45), ("x", 20)]
    )
    def test_page_size_is_bounded(self, client: Client, asked: str, given: int):
        assert len(client.get(f"/api/users/?page_size={asked}").json()["results"]) == given

    def test_page_costs_one_statement(self, client: Client, django_assert_num_queries: Any):
        with django_assert_num_queries(1):
            client.get("/api/users/?cursor=last")
