"""Who only looks after grids sees which needs and errands are late or have climbed, and nobody's name or words."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from community.duties import Duty
from core import outbox
from core.display import absolute
from core.models import InboxItem
from core.outbox import Message
from grids.actions.needs_sweeping import needs_sweep
from grids.models import Need
from tests.cast import make_resident, make_staff
from tests.grids.errands import finish, take, tell
from tests.grids.needs import close, report
from tests.petitions.pages import statements

pytestmark = pytest.mark.django_db
PAGE, WATCH = "/work/watch/late/", "/work/watch/"
SECRET = "张奶奶夜里喘不上气。"
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def late(diecui, grid_worker, now) -> Need:
    make_resident(diecui.households[0], "孤老张", "13900000031")
    return report(diecui.households[0], grid_worker, SECRET, at=now - 9 * DAY)


@pytest.fixture
def untold(diecui, grid_worker, now):
    errand = take(diecui.households[0], grid_worker, SECRET, at=now - 4 * DAY)
    return finish(errand, grid_worker, now - 3 * DAY)


@pytest.fixture
def area_officer(grid):
    return make_staff("officer", "包片干部", Duty.AREA_OFFICER, grid.place)


def told_of(user, page: str) -> str:
    """Where a notice about this page leads somebody."""
    message = Message(
        "need.climbed", f"{user.pk}.{page}", "题", "文", timezone.now(), user_id=user.pk, url=absolute(page)
    )
    outbox.send([message])
    found = urlsplit(InboxItem.objects.get(user=user, dedupe_key=message.dedupe_key).url)
    return f"{found.path}?{found.query}" if found.query else found.path


@pytest.mark.parametrize("who", ["supervisor", "area_officer"])
def test_list_says_kind_place_and_with_whom_and_neither_words_nor_door(
    client, request, late, untold, grid_worker, grid_leader, diecui, who
):
    client.force_login(request.getfixturevalue(who))

    shown = client.get(PAGE).content.decode()

    assert "1号楼" in shown
    assert f"tel:{grid_worker.phone}" in shown  # who took the errand
    assert f"tel:{grid_leader.phone}" in shown  # on whose tier the need is
    assert "还没有人响应" in shown
    assert "办好了，还没有告知住户" in shown
    for hidden in (SECRET, "孤老张", diecui.households[0].long_name, "101"):
        assert hidden not in shown


def test_numbers_lead_to_the_list_of_that_grid(client, late, untold, grid, supervisor):
    client.force_login(supervisor)

    shown = client.get(WATCH).content.decode()

    assert shown.count(f'href="{PAGE}?grid={grid.pk}"') == 2
    assert "还没有人响应" in client.get(f"{PAGE}?grid={grid.pk}").content.decode()
    assert "还没有人响应" not in client.get(f"{PAGE}?grid={grid.pk + 1}").content.decode()


def test_what_is_in_time_told_or_over_is_not_listed(client, diecui, grid_worker, supervisor, now):
    home = diecui.households[0]
    report(home, grid_worker, at=now)
    over = report(home, grid_worker, at=now - 9 * DAY)
    close(over, grid_worker, at=now - DAY)
    tell(
        finish(take(home, grid_worker, at=now - 4 * DAY), grid_worker, now - 3 * DAY), grid_worker, now - DAY
    )
    finish(take(home, grid_worker, at=now - DAY), grid_worker, now)
    client.force_login(supervisor)

    assert "没有超期的事" in client.get(PAGE).content.decode()


def test_notice_leads_to_what_it_is_about(client, late, untold, supervisor, grid_worker):
    need, errand = reverse("grids:need", args=[late.pk]), reverse("grids:errand", args=[untold.pk])

    assert told_of(grid_worker, need) == need
    assert told_of(supervisor, need) == f"{PAGE}?need={late.pk}"
    assert told_of(supervisor, errand) == f"{PAGE}?errand={untold.pk}"
    client.force_login(supervisor)
    for address in (f"{PAGE}?need={late.pk}", f"{PAGE}?errand={untold.pk}"):
        assert client.get(address).content.decode().count("通知里说的") == 1


def test_need_that_a_vacant_tier_passed_on_is_shown_though_it_is_in_time(client, diecui, supervisor, now):
    """Nobody leads the grid and there is no secretary: the subdistrict has it from the first hour on."""
    worker = make_staff("w", "小网格员", Duty.GRID_WORKER, diecui.grids[0].place)
    need = report(diecui.households[0], worker, SECRET, at=now - timedelta(minutes=5))

    needs_sweep(at=now)
    notice = InboxItem.objects.get(user=supervisor, kind="need.reported")
    client.force_login(supervisor)
    shown = client.get(notice.url).content.decode()

    assert notice.url.endswith(f"{PAGE}?need={need.pk}")
    assert "点开可以看到" in notice.body
    assert SECRET not in notice.body
    assert diecui.households[0].room not in notice.body
    assert "通知里说的" in shown
    assert SECRET not in shown


@pytest.mark.parametrize("who", ["grid_worker", "administrator", "resident", "outsider"])
def test_others_open_no_such_list(client, request, late, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(PAGE).status_code == 403


def test_whoever_looks_after_other_grids_sees_none_of_it(
    client, late, untold, secretary_of_another_community
):
    client.force_login(secretary_of_another_community)

    for query in (
        "",
        f"?need={late.pk}",
        f"?errand={untold.pk}",
        f"?grid={late.place_id}",
        "?need=x&grid=%00",
    ):
        assert "没有超期的事" in client.get(PAGE + query).content.decode()


def test_chosen_one_stands_first_and_is_not_cut_off(
    client, monkeypatch, diecui, grid_worker, supervisor, now
):
    monkeypatch.setattr("grids.selectors.watch_late.SHOWN", 2)
    home = diecui.households[0]
    needs = [report(home, grid_worker, at=now - n * DAY) for n in (12, 11, 10, 9)]
    client.force_login(supervisor)

    shown = client.get(f"{PAGE}?need={needs[-1].pk}").content.decode()

    assert shown.count("card__title") == 2
    assert shown.index("通知里说的") < shown.index("还没有人响应")


def test_page_takes_the_same_statements_with_few_and_with_many(client, diecui, grid_worker, supervisor, now):
    client.force_login(supervisor)

    def cost() -> int:
        with statements() as made:
            assert client.get(PAGE).status_code == 200
        return len(made)

    report(diecui.households[0], grid_worker, at=now - 9 * DAY)
    finish(take(diecui.households[0], grid_worker, at=now - 4 * DAY), grid_worker, now - 3 * DAY)
    cost()
    few = cost()
    for _turn in range(6):
        report(diecui.households[1], grid_worker, at=now - 9 * DAY)
        finish(take(diecui.households[1], grid_worker, at=now - 4 * DAY), grid_worker, now - 3 * DAY)
    assert cost() == few
