"""Addresses below `/api/v1/petitions/`. A number is digits, so that nothing else reaches the database."""

from __future__ import annotations

from django.urls import path, re_path

from petitions.api.filing import PetitionFileApi
from petitions.api.reading import PetitionDetailApi, PetitionHistoryApi, PetitionListApi

app_name = "petitions_api"


class PetitionsApi(PetitionListApi, PetitionFileApi):
    """One address, two operations: GET lists, POST files."""


NUMBER = r"(?P<number>H?[0-9]{8}-[0-9]{4,12})"
urlpatterns = [
    path("", PetitionsApi.as_view(), name="petitions"),
    re_path(rf"^{NUMBER}/$", PetitionDetailApi.as_view(), name="petition"),
    re_path(rf"^{NUMBER}/history/$", PetitionHistoryApi.as_view(), name="petition_history"),
]
