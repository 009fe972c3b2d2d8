"""Each line of the trail says where it belongs, so that those who keep the place can read it."""

from __future__ import annotations

import pytest

from community import actions
from community.selectors.accounts import password_link
from core.actions import personal
from core.models import AuditEntry
from petitions.actions import desk
from tests.cast import NOW, make_user

LIST = "/admin/core/auditentry/"


def scope_of(event: str) -> str:
    return AuditEntry.objects.get(event=event).scope_path


def test_password_of_a_colleague_belongs_where_their_post_is(diecui, clerk, secretary):
    user = actions.account_reset_password(user_id=clerk.pk, actor=secretary, at=NOW)
    token = password_link(user).rstrip("/").rpartition("/")[2]

    actions.password_set(token=token, password="Brick-Lantern-77", at=NOW)
    actions.password_change(user=clerk, password="Paper-Harbour-31", at=NOW)

    assert scope_of("account.password_set") == scope_of("account.password_changed") == diecui.place.path


def test_slowed_account_belongs_where_its_post_is(diecui, clerk):
    for number in range(61):
        actions.sign_in_try(user=clerk, address=f"203.0.113.{number}", at=NOW)

    assert scope_of("account.slowed") == diecui.place.path


def test_verified_phone_belongs_to_the_door_on_the_roll(diecui):
    from community.models import Resident

    Resident.objects.create(household=diecui.households[0], name="王婶", phone="13955550000")
    user = make_user("", staff=False, phone="13955550000")

    actions.resident_account_verify(user=user, phone="13955550000", at=NOW)

    assert scope_of("account.phone_verified") == diecui.entrances[0].path


def test_export_belongs_where_the_reader_stands(diecui, secretary):
    desk.export_ask(owner=secretary, params={}, at=NOW)

    entry = AuditEntry.objects.get(event="petition.export_asked")
    assert (entry.scope_path, entry.post) == (diecui.place.path, f"community_secretary@{diecui.place.pk}")


def test_own_export_and_erasure_belong_to_the_door_on_the_roll(diecui):
    from community.models import Resident

    user = make_user("", staff=False, phone="13955550001")
    Resident.objects.create(household=diecui.households[0], name="王婶", phone="13955550001", user=user)

    personal.personal_export_ask(owner=user, at=NOW)
    personal.account_erase(user=user, at=NOW)

    door = diecui.entrances[0].path
    assert scope_of("account.export_asked") == scope_of("account.erased") == door


def test_own_export_of_staff_belongs_where_their_post_is(diecui, clerk):
    personal.personal_export_ask(owner=clerk, at=NOW)

    assert scope_of("account.export_asked") == diecui.place.path


def test_account_on_no_roll_belongs_nowhere(db):
    personal.personal_export_ask(owner=make_user("", staff=False, phone="13955550002"), at=NOW)

    assert scope_of("account.export_asked") == ""


@pytest.mark.parametrize(("who", "reads"), [("administrator", True), ("secretary", False)])
def test_line_that_binds_all_is_read_by_posts_over_all(
    client, who, reads, diecui, fuxi, administrator, request
):
    client.force_login(administrator)
    client.post("/admin/core/dayoverride/add/", {"date": "2027-01-01", "name": "元旦"})
    client.force_login(request.getfixturevalue(who))

    page = client.get(LIST).content.decode()

    assert ("day_override_save" in page) is reads
