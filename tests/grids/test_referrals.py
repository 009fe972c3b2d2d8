"""纳入保障 is counted, climbs while nobody decides, and no page about it names somebody without a line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from core.models import AuditEntry, InboxItem
from grids.actions.registers.referrals import referral_decide, referral_raise, referrals_tell
from grids.models import CareSubject, ProtectionReferral
from grids.selectors.registers.referrals import referral_figures
from tests.cast import NOW, make_resident
from tests.grids.registers import mark
from tests.grids.test_care import child_officer, elder, five, four, take  # noqa: F401
from tests.petitions.pages import statements

# ruff: noqa: F811

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def child(elder, four):
    return take(elder, four)


def raised(subject, relief: str, ago: int = 0) -> ProtectionReferral:
    return referral_raise(
        subject_id=subject.pk, relief=relief, grounds="困难。", actor=None, at=NOW - ago * DAY
    )


def decide(referral, actor, *, yes: bool) -> None:
    referral_decide(referral_id=referral.pk, is_approved=yes, words="符合。", actor=actor, at=NOW)


# Figures.


def test_referrals_are_counted_by_relief_age_and_decision(child, secretary):
    raised(child, "低保", 3)
    raised(child, "医疗救助", 8)
    raised(child, "临时救助", 20)
    for relief, yes in (("助学", True), ("残补", False)):
        decide(raised(child, relief, 30), secretary, yes=yes)
    decide(raised(child, "旧的", 500), secretary, yes=True)

    shown = referral_figures(CareSubject.objects.all(), at=NOW)

    whole = shown.whole
    assert (whole.opened, whole.open, whole.fresh, whole.aged, whole.fortnight) == (5, 3, 1, 1, 1)
    assert (whole.approved, whole.declined) == (1, 1)
    assert {(one.relief, one.opened, one.approved) for one in shown.lines} == {
        *((relief, 1, 0) for relief in ("低保", "医疗救助", "临时救助", "残补")),
        ("助学", 1, 1),
    }


def test_whoever_is_silent_stands_in_no_figure(child, grid_worker):
    raised(child, "低保", 3)
    mark(child.resident, "搬离", grid_worker)

    assert referral_figures(CareSubject.objects.all(), at=NOW).whole.opened == 0


def test_figures_take_one_statement_and_stand_on_the_page_of_care(client, child, secretary):
    for number in range(5):
        raised(child, f"保障{number}", 15)
    with statements() as made:
        referral_figures(CareSubject.objects.all(), at=NOW)
    client.force_login(secretary)

    shown = client.get(reverse("admin:grids_caresubject_figures")).content.decode()

    assert len(made) == 1
    assert "两周以上" in shown
    assert "保障3" in shown
    assert str(child.resident) not in shown


# The ladder.


def test_after_two_weeks_whoever_stands_above_hears_how_many_and_no_name(
    client, child, secretary, supervisor, child_officer
):
    raised(child, "低保")
    assert referrals_tell(TODAY + 7 * DAY, NOW + 7 * DAY) == 1
    assert not InboxItem.objects.filter(user=supervisor).exists()

    assert referrals_tell(TODAY + 14 * DAY, NOW + 14 * DAY) == 1
    assert referrals_tell(TODAY + 15 * DAY, NOW + 15 * DAY) == 0

    notice = InboxItem.objects.get(user=supervisor)
    assert (notice.kind, "1 件" in notice.body) == ("referral.left", True)
    assert str(child.resident) not in notice.body + notice.title
    client.force_login(supervisor)
    assert client.get(notice.url).status_code == 200
    assert InboxItem.objects.filter(kind="referral.waiting", user=secretary).count() == 2


def test_where_nobody_decides_whoever_stands_above_hears_at_the_first_week(child, supervisor):
    raised(child, "低保")

    referrals_tell(TODAY + 7 * DAY, NOW + 7 * DAY)

    assert InboxItem.objects.get(user=supervisor).kind == "referral.left"


def test_what_is_decided_climbs_no_further(child, secretary, supervisor):
    decide(raised(child, "低保"), secretary, yes=True)

    referrals_tell(TODAY + 14 * DAY, NOW + 14 * DAY)

    assert not InboxItem.objects.filter(user=supervisor).exists()


def test_numbers_of_what_waits_stand_on_the_page_of_who_looks_after_grids(client, child, supervisor):
    raised(child, "低保", 20)
    client.force_login(supervisor)

    shown = client.get(reverse("grids:watch")).content.decode()

    assert "两周没有决定的保障提请" in shown
    assert str(child.resident) not in shown


# Every reading leaves a line.


@pytest.mark.parametrize("name", ["decide", "change", "history"])
def test_page_of_one_referral_that_names_somebody_is_on_the_trail(client, child, secretary, name):
    referral = raised(child, "低保")
    client.force_login(secretary)

    answer = client.get(reverse(f"admin:grids_protectionreferral_{name}", args=[referral.pk]))

    assert child.resident.name in answer.content.decode()
    line = AuditEntry.objects.get(event="register.read", actor=secretary)
    assert (line.subject_id, line.audience) == (str(child.resident_id), "charge")


def test_decision_that_is_refused_shows_the_name_again_and_is_noted(client, child, secretary):
    referral = raised(child, "低保")
    client.force_login(secretary)
    step = reverse("admin:grids_protectionreferral_decide", args=[referral.pk])

    client.post(step, {"is_approved": "1", "words": ""})
    assert AuditEntry.objects.filter(event="register.read").count() == 1
    assert client.post(step, {"is_approved": "1", "words": "符合。"}).status_code == 302

    assert AuditEntry.objects.filter(event="register.read").count() == 1


def test_whoever_may_not_decide_reads_no_name_there(client, child, clerk):
    referral = raised(child, "低保")
    client.force_login(clerk)

    assert client.get(reverse("admin:grids_protectionreferral_decide", args=[referral.pk])).status_code == 403
    assert not AuditEntry.objects.filter(event="register.read").exists()


@pytest.mark.parametrize(("model", "field"), [("carefile", "subject"), ("protectionreferral", "subject")])
def test_address_that_offers_names_to_forms_offers_none_of_a_register(client, child, secretary, model, field):
    client.force_login(secretary)
    asked = {"app_label": "grids", "model_name": model, "field_name": field, "term": child.resident.name[:1]}

    answer = client.get(reverse("admin:autocomplete"), asked)

    assert answer.json()["results"] == []


def test_marks_and_care_name_somebody_in_their_history_with_a_line(client, child, secretary, diecui):
    other = mark(make_resident(diecui.households[1], "王标记", "13900000077"), "特殊人群", secretary)
    client.force_login(secretary)

    for model, row in (("caresubject", child), ("residenttag", other)):
        assert client.get(reverse(f"admin:grids_{model}_history", args=[row.pk])).status_code == 200

    assert AuditEntry.objects.filter(event="register.read", actor=secretary).count() == 2
