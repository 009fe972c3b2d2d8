"""Pages of grid workers: today's list, one page per matter, and one tap to claim."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community.models import Household
from community.workflow import Stage
from core.models import AuditEntry
from grids.actions import standing_set
from grids.actions.registers.care import care_open
from grids.actions.registers.schemes import Meaning, SchemeDraft, scheme_save
from grids.models import Hazard
from petitions.models import Petition
from tests.cast import make_resident
from tests.grids.errands import finish, take
from tests.grids.needs import report
from tests.grids.registers import mark
from tests.grids.test_hazards import in_hand
from tests.petitions.loop import Loop, file, person


@pytest.fixture
def now():
    """Pages ask the wall clock; what they show was made shortly before."""
    return timezone.now()


@pytest.fixture
def claimable(diecui, secretary, grid_worker, now) -> Petition:
    petition = file(diecui, at=now)
    Loop(petition, desk=secretary, worker=grid_worker, at=now).triage()
    petition.refresh_from_db()
    return petition


def step(petition: Petition, name: str) -> str:
    return reverse("petitions:work_step", args=[petition.number, name])


def test_today_sends_strangers_to_sign_in(client, db):
    response = client.get(reverse("petitions:today"))

    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/?next=/today/")


def test_today_is_refused_without_a_post(client, outsider):
    client.force_login(outsider)

    response = client.get(reverse("petitions:today"))

    assert response.status_code == 403


def test_today_lists_what_can_be_claimed(client, claimable, grid_worker):
    client.force_login(grid_worker)

    response = client.get(reverse("petitions:today"))

    assert response.status_code == 200
    assert [petition.pk for petition in response.context["today"].unclaimed] == [claimable.pk]
    assert step(claimable, "claim") in response.content.decode()


def test_claim_in_one_tap_is_mine_and_leads_to_the_matter(client, claimable, grid_worker):
    client.force_login(grid_worker)

    response = client.post(step(claimable, "claim"))

    claimable.refresh_from_db()
    assert response.status_code == 302
    assert response["Location"] == reverse("petitions:work", args=[claimable.number])
    assert (claimable.stage, claimable.assignee) == (Stage.IN_PROGRESS, grid_worker)


def test_second_claim_is_told_who_was_first(client, claimable, grid_worker, grid_leader):
    client.force_login(grid_worker)
    client.post(step(claimable, "claim"))
    client.force_login(grid_leader)

    response = client.post(step(claimable, "claim"))

    claimable.refresh_from_db()
    assert response.status_code == 409
    assert "王网格" in response.content.decode()
    assert claimable.assignee == grid_worker


def test_second_tap_of_the_same_claim_does_no_harm(client, claimable, grid_worker):
    client.force_login(grid_worker)
    client.post(step(claimable, "claim"))

    response = client.post(step(claimable, "claim"))

    assert response.status_code == 302
    assert claimable.events.filter(event="claimed").count() == 1


def test_second_tap_of_a_progress_note_writes_it_once(client, claimable, grid_worker):
    client.force_login(grid_worker)
    client.post(step(claimable, "claim"))

    first, second = (client.post(step(claimable, "progress"), {"note": "已联系电工"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert claimable.events.filter(event="progressed").count() == 1


def test_resolve_takes_the_matter_to_the_answer(client, claimable, grid_worker):
    client.force_login(grid_worker)
    client.post(step(claimable, "claim"))

    response = client.post(step(claimable, "resolve"), {"outcome": "换了新灯。"})

    claimable.refresh_from_db()
    assert response.status_code == 302
    assert claimable.stage == Stage.RESOLVED


def test_refused_form_keeps_what_was_typed(client, claimable, grid_worker):
    client.force_login(grid_worker)
    client.post(step(claimable, "claim"))

    response = client.post(step(claimable, "pause"), {"reason": "等" * 201})

    assert response.status_code == 422
    assert "等" * 201 in response.content.decode()
    assert not claimable.events.filter(event="paused").exists()


@pytest.mark.parametrize("name", ["work", "work_step", "work_phones"])
def test_guessed_number_of_another_grid_is_not_found(client, claimable, worker_of_another_grid, name):
    args = [claimable.number, "claim"] if name == "work_step" else [claimable.number]
    client.force_login(worker_of_another_grid)
    before = Petition.objects.get(pk=claimable.pk).changed_at

    send = client.get if name == "work" else client.post
    response = send(reverse(f"petitions:{name}", args=args))

    assert response.status_code == 404
    assert Petition.objects.get(pk=claimable.pk).changed_at == before
    assert not AuditEntry.objects.filter(actor=worker_of_another_grid).exists()


def test_administrator_sees_no_petition(client, claimable, administrator):
    client.force_login(administrator)

    response = client.get(reverse("petitions:work", args=[claimable.number]))

    assert response.status_code == 403


def test_phone_is_masked_until_asked_for_and_the_look_is_on_the_trail(client, claimable, grid_worker):
    client.force_login(grid_worker)

    page = client.get(reverse("petitions:work", args=[claimable.number])).content.decode()
    shown = client.post(reverse("petitions:work_phones", args=[claimable.number])).content.decode()

    assert "139****5678" in page
    assert "13912345678" not in page
    assert "tel:13912345678" in shown
    assert AuditEntry.objects.filter(event="petition.contact_seen", actor=grid_worker).count() == 1


def test_work_page_costs_a_fixed_number_of_statements(
    client, claimable, grid_worker, django_assert_num_queries
):
    client.force_login(grid_worker)
    address = reverse("petitions:work", args=[claimable.number])
    client.get(address)

    with django_assert_num_queries(5):
        few = client.get(address)
    for number in range(30):
        client.post(step(claimable, "progress"), {"note": f"第{number}次"})
    with django_assert_num_queries(5):
        many = client.get(address)

    assert (few.status_code, many.status_code) == (200, 200)


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("role", ["grid_worker", "grid_leader"])
def test_today_costs_six_statements_however_much_there_is(
    client, diecui, secretary, request, now, count, role, django_assert_num_queries
):
    user = request.getfixturevalue(role)
    five = scheme_save(
        community=diecui.community, draft=SchemeDraft("五色", {"red": Meaning("急", 3)}), actor=None, at=now
    )
    for number in range(count):
        petition = file(diecui, at=now, who=person(phone=f"139000000{number:02}"))
        Loop(petition, desk=secretary, worker=user, at=now).triage()
        grids_work(diecui, user, five, number, now)
    client.force_login(user)
    client.get(reverse("petitions:today"))

    with django_assert_num_queries(6):
        response = client.get(reverse("petitions:today"))

    assert len(response.context["today"].unclaimed) == count
    shown = response.content.decode()
    for words in ("关爱走访", "隐患台账", "入户走访", "代办", "需求和事件", "信息册"):
        assert words in shown


def grids_work(town, user, scheme, number, now):
    """Somebody behind a door of the grid who is cared for and marked, whose door is due, and what they need."""
    door = Household.objects.create(place=town.entrances[0], room=f"9{number:02}")
    elder = make_resident(door, f"老人{number}", f"138100000{number:02}")
    before = now - timedelta(days=20)
    care_open(resident_id=elder.pk, colour_id=scheme.colours.get().pk, reason="独居", actor=None, at=before)
    standing_set(household_id=door.pk, every_days=7, reason="独居", actor=user, at=before)
    mark(elder, "租户", user, before, recheck_on=before.date())
    report(door, user, at=now)
    finish(take(door, user, at=before), user, before + timedelta(hours=1))
    hazard = in_hand(town.buildings[0], user, user, at=now)
    Hazard.objects.filter(pk=hazard.pk).update(rectify_by=before.date())
