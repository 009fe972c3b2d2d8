"""What a phone keeps for a stairwell without signal, and what it never keeps: looked up in its own store."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from community import actions
from community.duties import Duty
from community.models import Place, Post
from core.models import AuditEntry, User
from grids.actions.registers.files import file_write
from grids.models import Hazard
from tests.browser.people import picture
from tests.browser.phones import is_kept, is_not_kept, open_once, submit
from tests.cast import make_resident, put_in_post
from tests.grids.test_care import elder, four, take  # noqa: F401
from tests.grids.test_hazards import a_type
from tests.grids.test_sweeps import planned
from tests.grids.visits import visit

# ruff: noqa: F811

SECRET = "祖母照看，一日三餐在学校。"
HOLDER = """async (words) => {
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            const kept = await cache.match(request, { ignoreVary: true });
            if ((await kept.text()).includes(words)) return request.url;
        }
    }
    return '';
}"""
FORGET_WHEN = """async () => {
    const open = indexedDB.open('outbox');
    const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
    const facts = db.transaction('facts', 'readwrite').objectStore('facts');
    facts.put({ name: 'kept', value: 0 });
    await new Promise((done) => { facts.transaction.oncomplete = done; });
    db.close();
}"""


def where(page: Page, words: str) -> str:
    """The address of a kept page or file that holds these words; empty if none does."""
    return page.evaluate(HOLDER, words)


def leave(user: User, place: Place) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    for post in Post.objects.filter(user=user, place=place):
        actions.post_end(post_id=post.pk, last_day=yesterday, actor=None, at=timezone.now())


@pytest.fixture
def of_both_grids(grid_worker: User, other_grid) -> User:
    put_in_post(grid_worker, Duty.GRID_WORKER, other_grid.place)
    return grid_worker


class TestNeverKept:
    def test_register_and_care_file_are_read_with_signal_only(self, phone, diecui, elder, four, secretary):
        child = take(elder, four)
        file_write(subject_id=child.pk, section="life", text=SECRET, actor=secretary, at=timezone.now())
        page = phone(secretary)
        open_once(page)
        file = f"/work/register/care/{child.pk}/file/"
        read = ("/work/register/?mark=all", f"/work/register/{elder.pk}/", file, f"{file}life/")
        for address in read:
            page.goto(address)
            expect(page.locator("main")).to_contain_text("孤老")
        page.goto(file)
        expect(page.locator("main")).to_contain_text(SECRET)
        page.goto("/today/")
        lines = AuditEntry.objects.filter(audience="charge").count()

        assert (where(page, SECRET), where(page, "孤老")) == ("", "")
        page.context.set_offline(True)
        for address in read:
            page.goto(address)
            expect(page.get_by_role("heading", name="手机里的记录")).to_be_visible()
        assert AuditEntry.objects.filter(audience="charge").count() == lines

    def test_personal_notes_of_visits_stay_with_the_server(self, phone, diecui, grid_worker):
        door = diecui.households[0]
        visit(door, grid_worker, note=SECRET)
        page = phone(grid_worker)
        open_once(page)
        page.goto(f"/work/homes/{door.pk}/")
        page.locator(f"form[action$='/{door.pk}/notes/'] button").click()
        expect(page.locator("main")).to_contain_text(SECRET)
        page.goto("/today/")

        assert where(page, SECRET) == ""

    def test_page_that_the_server_does_not_list_is_not_kept(self, phone, diecui, grid_worker):
        door = diecui.households[0]
        make_resident(door, "住户韩", "13900000032")
        page = phone(grid_worker)
        open_once(page)
        page.goto(f"/work/homes/{door.pk}/")
        expect(page.locator("main")).to_contain_text("住户韩")
        page.goto("/today/")

        assert where(page, "住户韩") == ""


class TestPosts:
    def test_doors_of_a_grid_that_somebody_left_go_and_the_others_stay(
        self, phone, of_both_grids, grid, other_grid
    ):
        page = phone(of_both_grids)
        open_once(page)
        is_kept(page, f"/work/homes/?grid={grid.pk}")
        is_kept(page, f"/work/homes/visit/?grid={other_grid.pk}")
        assert where(page, "第1网格")
        leave(of_both_grids, grid.place)
        page.goto("/today/")

        is_not_kept(page, f"/work/homes/?grid={grid.pk}")
        is_kept(page, "/work/homes/")
        assert where(page, "第1网格") == ""
        page.context.set_offline(True)
        page.goto("/work/homes/")
        expect(page.locator(".lead")).to_contain_text("第2网格")

    def test_refusal_in_the_same_posts_takes_nothing_away(self, phone, grid_worker):
        page = phone(grid_worker)
        open_once(page)
        is_kept(page, "/work/homes/")
        assert page.goto("/work/held/").status == 403
        page.context.set_offline(True)
        page.goto("/work/homes/")

        expect(page.locator("[data-kept-note]")).to_be_visible()

    def test_page_that_the_list_names_no_more_goes(self, phone, loop, grid_worker):
        petition = loop.triage().claim().refresh()
        page = phone(grid_worker)
        open_once(page)
        is_kept(page, f"/work/{petition.number}/progress/")
        loop.resolve()
        petition.refresh_from_db()
        type(petition).objects.filter(pk=petition.pk).update(assignee=None)
        page.evaluate(FORGET_WHEN)
        page.goto("/work/patrol/")

        is_not_kept(page, f"/work/{petition.number}/progress/")
        is_kept(page, "/work/new/")


class TestSeveral:
    def test_each_grid_has_its_own_pages_without_signal(self, phone, of_both_grids, grid, other_grid):
        page = phone(of_both_grids)
        open_once(page)
        for form in ("/work/homes/", "/work/homes/visit/", "/work/needs/new/", "/work/errands/new/"):
            for one in (grid, other_grid):
                is_kept(page, f"{form}?grid={one.pk}")
        page.context.set_offline(True)

        page.goto("/work/homes/")
        for one, other in ((other_grid, grid), (grid, other_grid)):
            page.get_by_role("link", name=one.name).click()
            expect(page.locator(".lead")).to_contain_text(one.name)
            expect(page.locator(".lead")).not_to_contain_text(other.name)
        page.goto(f"/work/needs/new/?grid={other_grid.pk}")
        expect(page.locator("form [name=grid]")).to_have_value(str(other_grid.pk))
        page.goto("/work/homes/?grid=99999")
        expect(page.get_by_role("heading", name="手机里的记录")).to_be_visible()

    def test_each_community_has_its_own_forms_without_signal(self, phone, fuxi, grid_worker):
        put_in_post(grid_worker, Duty.GRID_WORKER, fuxi.grids[0].place)
        page = phone(grid_worker)
        open_once(page)
        forms = ("/work/hazards/new/", "/work/diary/new/", "/work/new/")
        for form in forms:
            is_kept(page, f"{form}?community=fuxi")
        page.context.set_offline(True)

        for form in forms:
            for slug in ("fuxi", "diecui"):
                page.goto(f"{form}?community={slug}")
                expect(page.locator("form[data-entry] [name=community]")).to_have_value(slug)


class TestStops:
    def test_hazard_found_at_a_stop_without_signal_belongs_to_it(self, phone, diecui, secretary, grid_worker):
        sweep = planned(
            diecui.estate,
            secretary,
            [grid_worker],
            at=timezone.now(),
            shops=["老韩面馆", "东院"],
            name="店铺",
        )
        stop = sweep.stops.get(name="老韩面馆")
        page = phone(grid_worker)
        open_once(page)
        is_kept(page, f"/work/sweeps/{sweep.pk}/")
        is_kept(page, "/work/hazards/new/")
        page.context.set_offline(True)
        page.goto(f"/work/sweeps/{sweep.pk}/")
        page.get_by_role("link", name="登记隐患 一号小区 老韩面馆").click()
        expect(page.locator("[data-kept-note]")).to_be_visible()
        page.check(f"[name=type][value='{a_type().pk}']")
        page.select_option("[name=place]", str(diecui.estate.pk))
        page.set_input_files("[name=photos]", [picture()])
        expect(page.locator("[data-photos-previews] canvas").first).to_be_visible()
        page.fill("[name=text]", "胶管老化。")
        page.fill("[name=name]", "店主")
        submit(page)
        page.wait_for_url("**/work/waiting/")
        page.context.set_offline(False)
        page.get_by_role("button", name="现在上传").click()

        expect(page.locator("[data-waiting-list] > li")).to_have_count(0)
        assert Hazard.objects.get().stop == stop

    def test_stop_that_the_address_names_is_chosen_on_a_kept_form(
        self, phone, diecui, secretary, grid_worker
    ):
        sweep = planned(diecui.estate, secretary, [grid_worker], at=timezone.now())
        last = sweep.stops.last()
        page = phone(grid_worker)
        open_once(page)
        is_kept(page, f"/work/sweeps/{sweep.pk}/record/")
        page.context.set_offline(True)
        page.goto(f"/work/sweeps/{sweep.pk}/record/?stop={last.pk}")

        expect(page.locator("[name=stop]")).to_have_value(str(last.pk))

    def test_with_signal_a_stop_with_a_hazard_leads_to_its_form(self, phone, diecui, secretary, grid_worker):
        sweep = planned(diecui.estate, secretary, [grid_worker], at=timezone.now())
        stop = sweep.stops.first()
        page = phone(grid_worker)
        page.goto(f"/work/sweeps/{sweep.pk}/record/?stop={stop.pk}")
        page.check("[name=result][value=hazard]")
        page.get_by_role("button", name="记下").click()

        page.wait_for_url(f"**/work/hazards/new/?stop={stop.pk}")
        expect(page.locator(".notices")).to_contain_text("请接着登记隐患")
        expect(page.locator("form [name=stop]")).to_have_value(str(stop.pk))
