"""A session all the way on a phone: chosen topics, the code on the wall, minutes, what everybody reads (P-03).

A resident finds the next session and puts a topic forward; on the day somebody signs in by the code; the desk
writes minutes and a resolution and publishes; the responsible person says that it is done.
"""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from petitions.models import DeliberationSession, Resolution, ResolutionState
from tests.petitions.sessions import HOUR, planned

SUMMARY = "大家商量了北门照明，一周内换灯。"


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_session_goes_from_topic_to_what_was_done(sit, diecui, clerk, secretary, grid_worker, large):
    now = timezone.now()
    session = planned(diecui, at=now)
    resident, guest, desk, worker = (
        sit(large=large),
        sit(large=large),
        sit(clerk, large=large),
        sit(grid_worker, large=large),
    )

    resident.goto("/diecui/")
    resident.get_by_role("link", name="下次议事").click()
    resident.get_by_role("link", name=session.title).first.click()
    resident.get_by_role("link", name="我要提议题").click()
    resident.get_by_label("议题").fill("北门夜里太暗")
    resident.get_by_role("button", name="提交议题").click()
    expect(resident.locator("main")).to_contain_text("我要提议题")

    session = _begun(session)
    guest.goto(f"/s/{session.code}/")
    guest.get_by_label("姓名").fill("王芳")
    guest.get_by_role("button", name="我到了").click()
    expect(guest.locator("main")).to_contain_text("看这次议事")

    desk.goto(f"/admin/petitions/deliberationsession/{session.pk}/change/")
    desk.get_by_role("link", name="定议题").click()
    desk.get_by_label("在公开页面显示").check()
    desk.get_by_role("button", name="定议题").click()
    desk.get_by_role("link", name="写会议记录").click()
    desk.get_by_label("会议记录").fill("居民说北门灯坏了两盏，物业答应换。")
    desk.get_by_role("button", name="写会议记录").click()
    desk.get_by_role("link", name="记一条决议").click()
    desk.get_by_label("决议", exact=False).first.fill("换北门两盏灯")
    desk.get_by_label("责任人").select_option(str(grid_worker.pk))
    desk.get_by_label("监督人").select_option(str(secretary.pk))
    desk.get_by_label("完成期限").fill(timezone.localdate().isoformat())
    desk.get_by_role("button", name="记一条决议").click()
    desk.get_by_role("link", name="公开结果").click()
    desk.get_by_label("议了什么").fill(SUMMARY)
    desk.get_by_role("button", name="公开结果").click()

    guest.get_by_role("link", name="看这次议事").click()
    main = guest.locator("main")
    for words in (SUMMARY, "换北门两盏灯", "北门夜里太暗"):
        expect(main).to_contain_text(words)
    expect(main).not_to_contain_text("王芳")

    worker.goto("/today/")
    worker.get_by_role("link", name="我负责的决议").click()
    worker.get_by_role("link", name="换北门两盏灯").click()
    worker.get_by_label("落实情况").fill("两盏都换了。")
    worker.get_by_role("button", name="已落实").click()
    expect(worker.locator("main")).to_contain_text("两盏都换了")
    assert Resolution.objects.get().state == ResolutionState.DONE


def _begun(session: DeliberationSession) -> DeliberationSession:
    """The day has come: it began an hour ago."""
    now = timezone.now()
    session.starts_at, session.ends_at = now - HOUR, now + HOUR
    session.save()
    return session
