"""What a phone is told to keep: pages of its worker's posts, and none whose reading is noted (ADR 0026)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from community import actions
from community.duties import Duty
from community.models import Post
from community.permissions import forget_posts
from core.models import AuditEntry
from grids.selectors.kept import posts_mark
from tests.cast import make_resident, put_in_post
from tests.grids.registers import mark
from tests.grids.visits import visit
from tests.petitions.loop import *  # noqa: F403
from tests.petitions.loop import Loop

pytestmark = pytest.mark.django_db
SYNC = "/work/entries/"


@pytest.mark.parametrize("who", ["grid_worker", "grid_leader", "clerk", "secretary"])
def test_no_page_is_kept_whose_reading_leaves_a_line_on_the_trail(
    request, client, loop: Loop, diecui, grid_worker, who
):
    loop.triage().claim()
    mark(make_resident(diecui.households[0], "孤老", "13900000031"), "特殊人群", grid_worker)
    visit(diecui.households[0], grid_worker, note="最近血压高。")
    client.force_login(request.getfixturevalue(who))
    keep = client.get(SYNC).json()["keep"]
    before = AuditEntry.objects.count()
    pages = {path: client.get(path) for path in keep}

    assert keep
    assert {page.status_code for page in pages.values()} == {200}
    assert AuditEntry.objects.count() == before
    assert not [path for path in keep if "register" in path or "notes" in path or "phones" in path]
    assert not [path for path, page in pages.items() if "最近血压高" in page.content.decode()]


def test_mark_of_the_posts_is_another_one_for_other_posts(diecui, grid_worker, grid_leader, other_grid):
    at = timezone.now()
    marks = [posts_mark(grid_worker, at=at), posts_mark(grid_leader, at=at)]
    put_in_post(grid_worker, Duty.GRID_WORKER, other_grid.place)
    forget_posts(grid_worker)
    marks.append(posts_mark(grid_worker, at=at))
    first = Post.objects.filter(user=grid_worker).earliest("pk")
    yesterday = timezone.localdate(at) - timedelta(days=1)
    actions.post_end(post_id=first.pk, last_day=yesterday, actor=None, at=at)
    forget_posts(grid_worker)
    marks.append(posts_mark(grid_worker, at=at))

    assert len(set(marks)) == 4
    assert posts_mark(grid_worker, at=at) == marks[-1]


def test_every_page_of_a_worker_carries_the_mark(client, grid_worker):
    client.force_login(grid_worker)
    told = client.get(SYNC).json()["posts"]

    for path in ("/today/", "/work/new/", "/work/homes/", "/work/hazards/"):
        assert f'data-field-posts="{told}"' in client.get(path).content.decode()


def test_whoever_has_one_grid_keeps_each_form_once(client, grid_worker):
    client.force_login(grid_worker)

    assert not [path for path in client.get(SYNC).json()["keep"] if "?" in path]


def test_whoever_has_two_grids_keeps_the_pages_of_both(client, grid_worker, grid, other_grid):
    put_in_post(grid_worker, Duty.GRID_WORKER, other_grid.place)
    client.force_login(grid_worker)
    keep = client.get(SYNC).json()["keep"]

    for form in ("/work/homes/", "/work/homes/visit/", "/work/needs/new/", "/work/errands/new/"):
        assert {form, f"{form}?grid={grid.pk}", f"{form}?grid={other_grid.pk}"} <= set(keep)
    assert len(keep) == len(set(keep))


def test_whoever_has_two_communities_keeps_the_forms_of_both(client, diecui, fuxi, grid_worker):
    put_in_post(grid_worker, Duty.GRID_WORKER, fuxi.grids[0].place)
    client.force_login(grid_worker)
    keep = set(client.get(SYNC).json()["keep"])

    for form in ("/work/hazards/new/", "/work/diary/new/", "/work/new/"):
        assert {f"{form}?community={slug}" for slug in ("diecui", "fuxi")} <= keep


def test_errand_is_entered_for_the_grid_that_was_chosen(client, grid_worker, other_grid, grid):
    put_in_post(grid_worker, Duty.GRID_WORKER, other_grid.place)
    client.force_login(grid_worker)
    page = client.get(f"/work/errands/new/?grid={other_grid.pk}").content.decode()

    assert f'href="?grid={grid.pk}"' in page
    assert "2号楼" in page
    assert "1号楼 " not in page
