"""督办 from a phone and at the desk: the handler is urged with one tap, and what was found is written down."""

from __future__ import annotations

from django.urls import reverse
from playwright.sync_api import expect

from petitions.models import Petition, SupervisionCheck
from petitions.selectors import links
from tests.browser.world import World


def test_supervisor_looks_urges_and_the_person_who_asked_reads_of_it(
    sit, world: World, secretary, supervisor
):
    page, at_home = sit(supervisor), sit()
    page.goto(reverse("petitions:work", args=[world.number("urged")]))

    page.get_by_role("button", name="催办").click()
    expect(page.get_by_text("2 次")).to_be_visible()
    page.get_by_role("link", name="记督办").click()
    page.get_by_label("督办情况").fill("清运车今天下午到")
    page.get_by_role("button", name="记下督办情况").click()
    expect(page.get_by_text("清运车今天下午到").first).to_be_visible()
    at_home.goto(links.ticket_path(world.reporter("urged")))

    expect(at_home.get_by_text("全程跟踪，直到归档，已催办 2 次")).to_be_visible()
    expect(at_home.get_by_text("清运车今天下午到")).to_have_count(0)
    assert Petition.objects.get(pk=world.matters["urged"].pk).urge_count == 2
    assert SupervisionCheck.objects.filter(finding="清运车今天下午到").count() == 1


def test_what_is_supervised_is_a_list_at_the_desk(sit, world: World, secretary):
    page = sit(secretary, desk=True)

    page.goto(reverse("admin:petitions_petition_changelist"))
    page.get_by_role("link", name="全程跟踪").click()

    expect(page.get_by_role("link", name="垃圾桶没有人清运")).to_be_visible()
    expect(page.get_by_text(world.number("looked_after"))).to_have_count(0)
