"""The worker's phone in a stairwell: the network is really cut, the browser really killed, nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from community import actions
from community.models import Post
from grids.models import EntryState, FieldEntry, Hazard, HazardState, HazardType, Visit
from petitions.models import Petition, PetitionEvent, PetitionPhoto
from tests.browser.people import picture
from tests.browser.phones import KEPT, TEXT, enter_without_signal, fill, is_kept, open_once, submit, until
from tests.grids.hazards import in_hand
from tests.petitions.loop import Loop


def test_matter_entered_without_signal_goes_up_by_itself(phone, grid_worker):
    page = phone(grid_worker)
    open_once(page)
    page.context.set_offline(True)
    page.goto("/today/")
    expect(page.locator("[data-kept-note]")).to_be_visible()
    enter_without_signal(page)
    expect(page.locator("[data-waiting-list] > li")).to_have_count(1)
    assert not Petition.objects.exists()

    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator("[data-waiting-list] > li")).to_have_count(0)
    petition = Petition.objects.get()
    assert (petition.entered_by, petition.photos.count()) == (grid_worker, 1)


def test_signal_alone_brings_up_what_waits(phone, grid_worker):
    page = phone(grid_worker)
    open_once(page)
    page.context.set_offline(True)
    enter_without_signal(page)
    page.goto("/today/")
    expect(page.locator("[data-outbox]")).to_contain_text("1 条记录待上传")

    page.context.set_offline(False)

    expect(page.locator("[data-outbox]")).to_be_hidden()
    assert Petition.objects.count() == 1


def test_with_signal_the_receipt_comes_at_once(phone, grid_worker):
    page = phone(grid_worker)
    page.goto("/work/new/")
    fill(page)
    submit(page)

    page.wait_for_url("**/filed/")
    assert FieldEntry.objects.get().state == EntryState.LANDED


def test_what_was_entered_with_signal_is_answered_on_the_page_where_it_landed(phone, grid_worker, grid):
    page = phone(grid_worker)
    page.goto("/work/patrol/start/")
    page.get_by_role("button", name="开始巡查").click()

    page.wait_for_url("**/work/patrol/")
    expect(page.locator(".notices")).to_contain_text("巡查开始了")
    page.reload()
    expect(page.locator("main")).not_to_contain_text("巡查开始了")


def test_kept_pages_outlive_a_redirect_and_a_failing_server(phone, grid_worker):
    page = phone(grid_worker)
    open_once(page)
    page.goto("/work/new")
    assert page.url.endswith("/work/new/")
    page.context.route("**/work/entries/", lambda route: route.fulfill(status=502, body="no"))
    page.goto("/work/waiting/")
    expect(page.locator("[data-none]")).to_be_visible()

    page.context.set_offline(True)
    page.goto("/today/")
    expect(page.locator("[data-kept-note]")).to_be_visible()


def test_taps_in_a_hurry_enter_it_once(phone, grid_worker):
    page = phone(grid_worker)
    page.goto("/work/new/")
    fill(page, photo=False)
    page.evaluate(
        "() => { const b = document.querySelector('form[data-entry] button[type=submit]'); b.click(); b.click(); b.click(); }"
    )

    page.wait_for_url("**/filed/")
    assert Petition.objects.count() == 1


def test_answer_that_is_lost_on_the_way_doubles_nothing(phone, grid_worker):
    page = phone(grid_worker)
    open_once(page)
    lost = []

    def lose(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.context.route("**/work/entries/", lose)
    page.goto("/work/new/")
    fill(page)
    submit(page)
    page.wait_for_url(lambda url: "/work/new/" not in url)
    page.goto("/work/waiting/")

    expect(page.locator("[data-none]")).to_be_visible()
    assert (lost, Petition.objects.count()) == ([201], 1)


@pytest.mark.parametrize("status", [403, 404, 409, 422, 500])
def test_what_the_server_refuses_stays_with_a_way_out(phone, grid_worker, status):
    page = phone(grid_worker)
    open_once(page)
    page.context.set_offline(True)
    enter_without_signal(page)
    page.context.route(
        "**/work/entries/",
        lambda route: (
            route.fulfill(status=status, json={"code": "x", "message": "不行。"})
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    row = page.locator("[data-waiting-list] > li")
    expect(row).to_contain_text("不行。")
    assert not Petition.objects.exists()
    page.context.unroute("**/work/entries/")
    if status != 500:
        row.get_by_role("link", name="打开修改").click()
        expect(page.locator("[name=text]")).to_have_value(TEXT)
        expect(page.locator("[data-photos-previews] canvas")).to_have_count(1)
        submit(page)
        page.wait_for_url("**/filed/")
        assert Petition.objects.get().photos.count() == 1


def test_refused_field_is_named_on_the_form_which_keeps_its_words(phone, grid_worker):
    page = phone(grid_worker)
    page.goto("/work/new/")
    fill(page, " ", photo=False)
    page.fill("[name=spot]", "三单元门口")
    submit(page)

    expect(page.locator("[data-entry-refused]")).to_contain_text("请记下是什么事。")
    expect(page.locator("[name=spot]")).to_have_value("三单元门口")
    page.fill("[name=text]", TEXT)
    submit(page)
    page.wait_for_url("**/filed/")
    assert Petition.objects.count() == 1


def test_matter_that_moved_on_meanwhile_is_shown_not_written_over(phone, loop: Loop, grid_worker):
    petition = loop.triage().claim().refresh()
    page = phone(grid_worker)
    open_once(page)
    until(page, f"async () => (await {KEPT}).includes('/work/{petition.number}/progress/')")
    page.context.set_offline(True)
    page.goto(f"/work/{petition.number}/progress/")
    page.fill("[name=note]", "下午换灯。")
    page.get_by_role("button", name="记下进展").click()
    page.wait_for_url("**/work/waiting/")
    loop.resolve()
    before = PetitionEvent.objects.count()

    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator("[data-waiting-list] > li [data-state]")).to_have_text("没有被接收")
    assert PetitionEvent.objects.count() == before


def test_hundreds_of_entries_of_days_without_signal_go_up_each_once(phone, grid_worker):
    page = phone(grid_worker)
    open_once(page)
    page.context.set_offline(True)
    enter_without_signal(page)
    page.evaluate(
        """async () => {
          const open = indexedDB.open('outbox');
          const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
          const store = db.transaction('entries', 'readwrite').objectStore('entries');
          const first = await new Promise((done) => { const all = store.getAll(); all.onsuccess = () => done(all.result[0]); });
          for (let n = 1; n < 300; n += 1) {
            const fields = first.fields.map(([name, value]) => [name, name === 'text' ? `第${n}条` : value]);
            const files = n % 25 ? [] : first.files;
            store.put({ ...first, id: crypto.randomUUID(), title: `第${n}条`, fields, files });
          }
          await new Promise((done) => { store.transaction.oncomplete = done; });
        }"""
    )
    page.context.set_offline(False)
    page.reload()
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator("[data-waiting-list] > li")).to_have_count(0, timeout=240_000)
    texts = Petition.objects.values_list("text", flat=True)
    assert sorted(texts) == sorted([TEXT, *(f"第{number}条" for number in range(1, 300))])
    assert FieldEntry.objects.count() == 300
    assert PetitionPhoto.objects.count() == 12


def test_browser_killed_half_way_goes_on_where_it_was(same_phone, grid_worker):
    first = same_phone(grid_worker)
    page = first.new_page()
    open_once(page)
    first.set_offline(True)
    enter_without_signal(page)
    first.close()

    page = same_phone(grid_worker).new_page()
    page.goto("/today/")
    expect(page.locator("[data-outbox]")).to_be_hidden()
    page.goto("/work/waiting/")
    expect(page.locator("[data-none]")).to_be_visible()
    assert Petition.objects.count() == 1


@pytest.mark.parametrize("days", [1, -1], ids=["ahead", "behind"])
def test_phone_whose_clock_is_a_day_off_is_put_right_and_flagged(phone, grid_worker, days):
    # The service worker keeps the true time, whatever the page is told: here the page alone sends.
    page = phone(grid_worker, service_workers="block")
    page.clock.install(time=timezone.now() + timedelta(days=days))
    page.goto("/work/new/")
    fill(page, photo=False)
    submit(page)

    page.wait_for_url("**/filed/")
    kept = FieldEntry.objects.get()
    assert kept.is_clock_doubtful
    assert abs(kept.captured_at - timezone.now() - timedelta(days=days)) < timedelta(minutes=5)
    assert timedelta() <= timezone.now() - kept.happened_at < timedelta(minutes=5)
    assert timezone.now() - Petition.objects.get().filed_at < timedelta(minutes=5)


def test_two_phones_of_one_worker_bring_each_its_own(phone, grid_worker):
    pages = [phone(grid_worker), phone(grid_worker)]
    for page, words in zip(pages, ("第一台手机记的灯。", "第二台手机记的井盖。"), strict=True):
        open_once(page)
        page.context.set_offline(True)
        enter_without_signal(page, words)
    for page in pages:
        page.context.set_offline(False)
        page.get_by_role("button", name="现在上传").click()
        expect(page.locator("[data-waiting-list] > li")).to_have_count(0)

    assert {petition.text for petition in Petition.objects.all()} == {
        "第一台手机记的灯。",
        "第二台手机记的井盖。",
    }


class TestLeaving:
    def test_signing_out_clears_the_pages_and_keeps_what_waits(self, phone, grid_worker):
        page = phone(grid_worker)
        open_once(page)
        page.context.set_offline(True)
        enter_without_signal(page)
        page.context.set_offline(False)
        page.context.route("**/work/entries/", lambda route: route.abort())
        page.goto("/account/")
        page.get_by_role("button", name="退出登录").click()
        page.wait_for_load_state()
        page.context.unroute("**/work/entries/")
        page.goto("/work/waiting/")

        expect(page.locator("[data-waiting-list] > li")).to_have_count(1)
        expect(page.locator("[data-waiting-list] > li")).to_contain_text("另一位工作人员的记录")
        expect(page.locator("main")).not_to_contain_text(TEXT)
        assert page.evaluate(f"async () => await {KEPT}") == []
        page.context.set_offline(True)
        page.goto("/today/")
        expect(page.get_by_role("heading", name="手机里的记录")).to_be_visible()

    def test_what_waits_after_signing_out_goes_to_the_leader(self, phone, grid_worker, grid_leader):
        page = phone(grid_worker)
        open_once(page)
        page.context.set_offline(True)
        enter_without_signal(page)
        page.context.clear_cookies()
        page.context.set_offline(False)
        page.reload()
        page.get_by_role("button", name="交给网格长处理").click()

        expect(page.locator("[data-waiting-list] > li")).to_have_count(0)
        assert FieldEntry.objects.get().state == EntryState.HELD
        assert not Petition.objects.exists()

    def test_losing_the_post_clears_the_pages_at_the_next_contact(self, phone, grid_worker):
        page = phone(grid_worker)
        open_once(page)
        yesterday = timezone.localdate() - timedelta(days=1)
        for post in Post.objects.filter(user=grid_worker):
            actions.post_end(post_id=post.pk, last_day=yesterday, actor=None, at=timezone.now())
        page.goto("/today/")

        until(page, f"async () => (await {KEPT}).length === 0")
        page.context.set_offline(True)
        page.goto("/today/")
        expect(page.get_by_role("heading", name="手机里的记录")).to_be_visible()

    def test_page_of_yesterday_is_not_shown(self, phone, grid_worker):
        page = phone(grid_worker)
        open_once(page)
        page.evaluate(
            """async () => {
              const cache = await caches.open('field-pages');
              for (const request of await cache.keys()) {
                const kept = await cache.match(request);
                const headers = new Headers(kept.headers);
                headers.set('X-Kept-At', String(Date.now() - 25 * 3600 * 1000));
                await cache.put(request, new Response(await kept.text(), { headers }));
              }
            }"""
        )
        page.context.set_offline(True)
        page.goto("/today/")

        expect(page.get_by_role("heading", name="手机里的记录")).to_be_visible()


def test_hazard_entered_without_signal_goes_up_with_its_photo(phone, grid_worker, building):
    page = phone(grid_worker)
    page.goto("/today/")
    until(page, f"async () => (await {KEPT}).includes('/work/hazards/new/')")
    page.context.set_offline(True)
    page.goto("/work/hazards/new/")
    page.check(f"[name=type][value='{HazardType.objects.get(name='飞线充电').pk}']")
    page.select_option("[name=place]", str(building.pk))
    page.set_input_files("[name=photos]", [picture()])
    expect(page.locator("[data-photos-previews] canvas").first).to_be_visible()
    page.fill("[name=text]", "一楼拉线充电。")
    page.fill("[name=name]", "住户老韩")
    submit(page)
    page.wait_for_url("**/work/waiting/")
    assert not Hazard.objects.exists()

    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator("[data-waiting-list] > li")).to_have_count(0)
    hazard = Hazard.objects.get()
    assert (hazard.found_by, hazard.place, hazard.photos.count()) == (grid_worker, building, 1)


def test_any_door_of_the_kept_list_leads_to_the_form_of_a_visit_there(phone, diecui, grid_worker):
    page, door = phone(grid_worker), diecui.households[1]
    page.goto("/today/")
    is_kept(page, "/work/homes/visit/")
    is_kept(page, "/work/homes/")
    page.context.set_offline(True)
    page.goto("/work/homes/")
    page.get_by_text(door.place.name).first.click()
    page.get_by_role("link", name=door.room, exact=True).click()
    expect(page.locator("[name=household]")).to_have_value(str(door.pk))
    page.get_by_label("日常走访").check()
    page.get_by_role("button", name="记下").click()
    page.wait_for_url("**/work/waiting/")

    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator("[data-waiting-list] > li")).to_have_count(0)
    assert Visit.objects.get().household == door


def test_hazard_put_right_without_signal_goes_up_with_its_photo(phone, grid_worker, grid_leader, building):
    hazard, page = in_hand(building, grid_leader, grid_worker, at=timezone.now()), phone(grid_worker)
    page.goto("/today/")
    is_kept(page, f"/work/hazards/{hazard.pk}/")
    is_kept(page, f"/work/hazards/{hazard.pk}/done/")
    page.context.set_offline(True)
    page.goto(f"/work/hazards/{hazard.pk}/")
    page.get_by_role("link", name="报整改完成").click()
    page.fill("[name=note]", "已清走。")
    page.set_input_files("[name=photos]", [picture()])
    expect(page.locator("[data-photos-previews] canvas").first).to_be_visible()
    page.get_by_role("button", name="报整改完成").click()
    page.wait_for_url("**/work/waiting/")

    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator("[data-waiting-list] > li")).to_have_count(0)
    hazard.refresh_from_db()
    assert (hazard.state, hazard.photos.count()) == (HazardState.DONE, 2)
