"""A patrol on the phone: the position when it is asked for, and the whole walk where there is no signal."""

from __future__ import annotations

from playwright.sync_api import expect

from grids.models import CheckIn, Patrol
from tests.browser.phones import open_once, until
from tests.grids.patrols import HERE, planned, point

WAITING = "[data-waiting-list] > li"


def test_check_in_takes_the_position_that_the_phone_gives(sit, grid, grid_worker):
    planned(grid)
    gate = point(grid)
    page = sit(grid_worker)
    page.context.grant_permissions(["geolocation"])
    where = {"longitude": HERE.longitude, "latitude": HERE.latitude, "accuracy": HERE.accuracy}
    page.context.set_geolocation(where)
    page.goto("/work/patrol/")
    page.get_by_role("link", name="开始巡查").click()
    page.get_by_role("button", name="开始巡查").click()
    page.wait_for_url("**/work/patrol/")

    page.get_by_role("button", name="记下路线").click()
    expect(page.locator("[data-track]")).to_contain_text("1 个位置")

    page.goto(f"/work/patrol/checkin/?code={gate.code}")
    page.get_by_role("button", name="取手机位置").click()
    expect(page.locator("[data-position-status]")).to_contain_text("已取得位置")
    page.get_by_role("button", name="打卡").click()
    page.wait_for_url("**/work/patrol/")

    assert CheckIn.objects.get().metres < 20
    page.get_by_role("link", name="结束巡查").click()
    page.fill("[name=note]", "一切正常。")
    page.get_by_role("button", name="结束巡查").click()
    page.wait_for_url("**/work/patrol/")
    patrol = Patrol.objects.get()
    assert (patrol.note, patrol.track) == ("一切正常。", [[HERE.longitude, HERE.latitude]])


def test_whole_patrol_without_signal_goes_up_in_its_order(phone, grid, grid_worker):
    planned(grid)
    gate = point(grid)
    page = phone(grid_worker)
    open_once(page)
    until(page, "caches.open('field-pages').then((one) => one.match('/work/patrol/end/')).then(Boolean)")
    page.context.set_offline(True)

    page.goto("/work/patrol/start/")
    page.get_by_role("button", name="开始巡查").click()
    page.wait_for_url("**/work/waiting/")
    page.goto(f"/work/patrol/checkin/?code={gate.code}")
    expect(page.locator("[name=code]")).to_have_value(gate.code)
    page.get_by_role("button", name="打卡").click()
    page.wait_for_url("**/work/waiting/")
    page.goto("/work/patrol/note/")
    page.get_by_label("收集社情民意").check()
    page.fill("[name=text]", "几位居民希望凉亭旁装一盏灯。")
    page.get_by_role("button", name="记下").click()
    page.wait_for_url("**/work/waiting/")
    page.goto("/work/patrol/end/")
    page.fill("[name=note]", "楼道通畅。")
    page.get_by_role("button", name="结束巡查").click()
    page.wait_for_url("**/work/waiting/")
    expect(page.locator(WAITING)).to_have_count(4)
    assert not Patrol.objects.exists()

    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator(WAITING)).to_have_count(0)
    patrol = Patrol.objects.get()
    assert (patrol.note, patrol.check_ins.get().checkpoint) == ("楼道通畅。", gate)
    assert patrol.notes.get().text == "几位居民希望凉亭旁装一盏灯。"
    assert patrol.started_at <= patrol.check_ins.get().happened_at <= patrol.ended_at
