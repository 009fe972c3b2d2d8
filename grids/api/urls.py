"""Addresses below `/api/v1/hazards/`. An id is digits, so that nothing else reaches the database."""

from __future__ import annotations

from django.urls import path, re_path

from grids.api.hazards import HazardDetailApi, HazardDoneApi, HazardListApi

app_name = "hazards_api"
HAZARD = r"(?P<hazard_id>[0-9]{1,18})"
urlpatterns = [
    path("", HazardListApi.as_view(), name="hazards"),
    re_path(rf"^{HAZARD}/$", HazardDetailApi.as_view(), name="hazard"),
    re_path(rf"^{HAZARD}/done/$", HazardDoneApi.as_view(), name="hazard_done"),
]
