"""The desk's side column is kept by powers, and never shows what somebody may not open."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from community.duties import Duty
from community.models import Post
from core.models import User

LIST = "admin:community_place_changelist"
CAST = ("grid_worker", "grid_leader", "clerk", "dispatcher", "secretary", "supervisor", "administrator")


def column(client, user: User, name: str = LIST) -> str:
    client.force_login(User.objects.get(pk=user.pk))
    page = client.get(reverse(name)).content.decode()
    return re.search(r'<nav class="sticky" id="nav-sidebar".*?</nav>', page, re.DOTALL).group()


def links(column: str) -> set[str]:
    return set(re.findall(r'<th scope="row"[^>]*><a href="([^"]+)"', column))


def may_open(rf, user: User) -> set[str]:
    request = rf.get("/admin/")
    request.user = User.objects.get(pk=user.pk)
    found = admin.site.get_app_list(request)
    return {model["admin_url"] for app in found for model in app["models"] if model["admin_url"]}


@pytest.fixture
def cast(request, diecui):
    return [request.getfixturevalue(name) for name in CAST]


def test_column_shows_what_each_may_open_whoever_came_before(client, rf, cast):
    can = [user for user in cast if reverse(LIST) in may_open(rf, user)]

    for user in [*can, *reversed(can)]:
        assert links(column(client, user)) == may_open(rf, user)
    assert len({frozenset(may_open(rf, user)) for user in can}) > 1


def test_column_marks_the_table_of_the_page(client, secretary):
    for name in (LIST, "admin:community_post_changelist", LIST):
        marked = re.findall(r'href="([^"]+)" aria-current="page"', column(client, secretary, name))

        assert marked == [reverse(name)]


def test_column_is_in_the_language_of_the_page(client, secretary):
    chinese = column(client, secretary)
    client.post(reverse("core:language_set"), {"language": "en", "next": "/"})

    assert "地点" in chinese
    assert "地点" not in column(client, secretary)


def test_column_follows_the_posts_of_the_moment(client, rf, secretary):
    before = links(column(client, secretary))
    Post.objects.filter(user=secretary).update(duty=Duty.CLERK)

    assert links(column(client, secretary)) == may_open(rf, secretary) < before
