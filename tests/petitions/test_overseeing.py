"""A decision without a supervisor is given one afterwards, and handling may begin (P-17)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from community.duties import Duty
from core.errors import ConflictError, GateClosedError, NotAllowedError
from petitions.actions import deliberating
from petitions.actions.overseeing import decision_supervise
from petitions.models import Deliberation
from tests.cast import make_staff
from tests.petitions.loop import Loop, file
from tests.petitions.test_handling import minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk_here(fuxi):
    return make_staff("clerk-fuxi", "卫干事", Duty.CLERK, fuxi.place)


@pytest.fixture
def stuck(fuxi, secretary_of_another_community, clerk_here) -> Loop:
    """A matter of 府西 that was talked about once without a supervisor."""
    loop = Loop(file(fuxi), desk=secretary_of_another_community, worker=secretary_of_another_community)
    loop.triage()
    deliberating.petition_deliberate(petition_id=loop.pk, actor=loop.desk, minutes=minutes(), at=loop._next())
    with pytest.raises(GateClosedError):
        loop.claim()
    return loop


def supervise(loop, supervisor, actor=None):
    decision_supervise(
        petition_id=loop.pk,
        actor=actor or loop.desk,
        deliberation_id=Deliberation.objects.get(petition_id=loop.pk).pk,
        supervisor=supervisor,
        at=loop._next(),
    )


def test_a_supervisor_given_afterwards_opens_the_gate(stuck, clerk_here):
    supervise(stuck, clerk_here)

    stuck.claim()

    assert stuck.refresh().stage == "in_progress"


def test_a_supervisor_is_given_once_and_by_those_who_sort(stuck, clerk_here, outsider, secretary):
    for actor, supervisor in ((secretary, clerk_here), (stuck.desk, outsider)):
        with pytest.raises(NotAllowedError):
            supervise(stuck, supervisor, actor)
    supervise(stuck, clerk_here)
    with pytest.raises(ConflictError):
        supervise(stuck, stuck.desk)


def test_the_step_is_a_button_while_a_supervisor_is_missing(client, stuck, clerk_here):
    client.force_login(stuck.desk)
    page = reverse("petitions:work_step", args=[stuck.petition.number, "supervisor"])
    assert client.get(page).status_code == 200

    decision = Deliberation.objects.get(petition_id=stuck.pk)
    answer = client.post(page, {"decision": decision.pk, "supervisor": clerk_here.pk})

    assert answer.status_code == 302, answer.content.decode()
    decision.refresh_from_db()
    assert decision.supervisor == clerk_here
    assert client.get(page).status_code == 302
