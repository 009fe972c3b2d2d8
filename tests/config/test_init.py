"""`make init`: a community of one's own, from answers in the environment, once."""

from __future__ import annotations

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from community.duties import Duty
from community.models import Community, Place, Post
from core.models import User
from tests.config.conftest import Portal

ANSWERS = {
    "INIT_COUNTY": "清河县",
    "INIT_SUBDISTRICT": "河东街道",
    "INIT_COMMUNITY": "槐树社区",
    "INIT_SLUG": "huaishu",
    "INIT_BRAND": "fuxi",
    "INIT_BRAND_NAME": "槐树夜话",
    "INIT_ADMIN": "wang",
    "INIT_ADMIN_PASSWORD": "Quiet-Locust-Tree-9",
}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in ANSWERS.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def init() -> str:
    out = io.StringIO()
    call_command("init_portal", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_init_makes_community_brand_and_an_administrator_who_can_sign_in(answers):
    said = init()

    community = Community.objects.select_related("profile").get()
    post = Post.objects.select_related("user", "place").get()
    assert (community.slug, community.name, community.profile.brand_name) == (
        "huaishu",
        "槐树社区",
        "槐树夜话",
    )
    assert (post.user.username, post.duty, post.place.name) == ("wang", Duty.ADMINISTRATOR, "清河县")
    assert "Quiet-Locust" not in said
    assert Client().login(username="wang", password="Quiet-Locust-Tree-9")
    assert Client().get("/huaishu/").status_code == 200


@pytest.mark.django_db
def test_second_init_changes_nothing(answers):
    init()
    answers.setenv("INIT_COMMUNITY", "另一个社区")

    said = init()

    assert "槐树社区" in said
    assert Community.objects.get().name == "槐树社区"
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_password_that_was_not_given_is_set_by_a_link_that_works_once(answers):
    answers.delenv("INIT_ADMIN_PASSWORD")

    said = init()

    found = re.search(r"(/account/set-password/\S+)\s*$", said)
    assert found
    assert not User.objects.get().has_usable_password()
    chosen = {"new_password1": "Quiet-Locust-Tree-9", "new_password2": "Quiet-Locust-Tree-9"}
    assert [Client().post(found[1], chosen).status_code for _n in range(2)] == [302, 410]
    assert Client().login(username="wang", password="Quiet-Locust-Tree-9")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [("INIT_BRAND", "nobody"), ("INIT_SLUG", "admin"), ("INIT_SLUG", "A B"), ("INIT_ADMIN_PASSWORD", "123")],
)
def test_answer_that_cannot_be_used_leaves_nothing_behind(answers, name: str, value: str):
    answers.setenv(name, value)

    with pytest.raises(CommandError):
        init()

    assert not Place.objects.exists()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_missing_answers_are_named_where_nobody_can_be_asked(answers):
    answers.delenv("INIT_COUNTY")
    answers.delenv("INIT_SLUG")

    with pytest.raises(CommandError, match="INIT_COUNTY、INIT_SLUG"):
        init()


def test_init_ends_with_a_portal_without_demo_that_stays_so(data):
    portal = Portal(data, **ANSWERS)
    portal.start("init")
    assert portal.ready(), portal.said()
    assert portal.answers("/huaishu/")
    assert portal.stop() == 0

    portal.start("run")

    assert portal.ready(), portal.said()
    assert portal.answers("/huaishu/")
    assert "demo" not in portal.said().lower()
    assert portal.stop() == 0
