"""The rows of every list of the desk are what the stock admin would write."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import items_for_result

from community.admin.exporting import request_of
from core import audit
from core.admin_lists import KeysetAdminMixin
from core.admin_rows import rows_of
from core.models import AuditEntry, OutboxMessage, User
from tests.cast import NOW
from tests.petitions.projects import published
from tests.petitions.sessions import planned

pytestmark = pytest.mark.django_db
OWN_PAGE = {"petitions.petition"}
"""Lists whose rows are lines of another kind."""


def stock(changes: Any) -> list[str]:
    return ["".join(items_for_result(changes, row, None)) for row in changes.result_list]


def written(changes: Any) -> list[str]:
    return ["".join(row) for row in rows_of(changes)]


def changes_of(desk: Any, user: User, query: str = "") -> Any:
    return desk.get_changelist_instance(request_of(user, query))


@pytest.fixture
def filled(diecui, clerk, secretary, grid_worker, administrator):
    published(diecui, clerk)
    planned(diecui)
    for number, title in enumerate(("", " ", "<b>&amp;\"'</b>")):
        OutboxMessage.objects.create(
            channel="sms", kind="k", phone="13800000001", title=title, created_at=NOW, next_attempt_at=NOW,
            dedupe_key=str(number),
        )  # fmt: skip
    audit.record(event="x", actor=clerk, subject=clerk, at=NOW, scope_path=diecui.place.path)
    assert AuditEntry.objects.exists()
    return User.objects.get(pk=administrator.pk), User.objects.get(pk=secretary.pk)


def test_rows_are_those_of_the_stock_admin(filled):
    looked_at = set()
    for model, desk in admin.site._registry.items():
        if not isinstance(desk, KeysetAdminMixin) or model._meta.label_lower in OWN_PAGE:
            continue
        for user in filled:
            changes = changes_of(desk, user)
            assert written(changes) == stock(changes), model
            if changes.result_list:
                looked_at.add(model._meta.label_lower)

    assert {"petitions.project", "petitions.deliberationsession", "core.outboxmessage"} <= looked_at
    assert len(looked_at) > 10


def test_a_row_leads_back_to_the_list_as_it_was_filtered(filled):
    changes = changes_of(admin.site.get_model_admin(User), filled[0], "is_active__exact=1")
    changes.preserved_filters = "_changelist_filters=is_active__exact%3D1%26o%3Dold"

    assert "is_active__exact%3D1%26o%3Dold" in written(changes)[0]
    assert written(changes) == stock(changes)


def test_a_box_to_choose_from_is_left_to_the_stock_admin(filled):
    changes = changes_of(admin.site.get_model_admin(User), filled[0], "_popup=1")

    assert "data-popup-opener" in written(changes)[0]
