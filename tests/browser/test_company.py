"""A property company's representative on a phone: told of a hazard, it is put right, said with a photo."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from community.duties import Duty
from community.models import Estate, Organisation
from grids.actions.hazards.filing import Answerable, hazard_file
from grids.models import Hazard, HazardState
from tests.browser.flaws import flaws
from tests.browser.test_pages import MODES, walk
from tests.browser.world import drawing
from tests.cast import Town, make_staff
from tests.grids.hazards import DAY, found, photo

pytestmark = pytest.mark.urls("tests.browser.urls")


@pytest.fixture
def hazard(diecui: Town, grid_worker) -> Hazard:
    company = Organisation.objects.create(
        community=diecui.community, kind="property_company", name="安居物业"
    )
    Estate.objects.update_or_create(place=diecui.estate, defaults={"property_company": company})
    at = timezone.now()
    seen = found(diecui.buildings[0], is_public_area=True, photos=[photo(at)])
    day = timezone.localdate(at) + 7 * DAY
    return hazard_file(found=seen, answerable=Answerable(day), key=uuid4(), actor=grid_worker, at=at)


@MODES
def test_company_reports_a_hazard_done(sit, diecui, hazard, large):
    page = sit(make_staff("rep", "物业代表", Duty.PROPERTY_REP, diecui.estate), large=large)
    listed = reverse("grids:company_hazards")
    own = reverse("grids:company_hazard", args=[hazard.pk])
    form = reverse("grids:company_done", args=[hazard.pk])

    wrong = walk(page, [listed, own, form], lambda page: flaws(page, large=large))
    page.goto(listed)
    page.click(f'a[href="{own}"]')
    page.click("text=报整改完成")
    page.fill("[name=note]", "线已拆除。")
    page.set_input_files("[name=photos]", {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": drawing()})
    page.click("button[type=submit] >> text=报整改完成")
    page.wait_for_url(f"**{own}")

    hazard.refresh_from_db()
    assert not wrong, wrong
    assert hazard.state == HazardState.DONE
