"""Addresses of grid workers and their leaders."""

from __future__ import annotations

from django.urls import path

from grids.views import entries, phone

app_name = "grids"
urlpatterns = [
    path("sw.js", phone.service_worker, name="service_worker"),
    path("manifest.webmanifest", phone.manifest, name="manifest"),
    path("work/waiting/", phone.waiting, name="waiting"),
    path("work/entries/", entries.entries_sync, name="entries"),
    path("work/entries/left/", entries.entries_left, name="entries_left"),
    path("work/held/", entries.held_list, name="held_list"),
    path("work/held/<uuid:entry_id>/", entries.held, name="held"),
    path("work/held/<uuid:entry_id>/photos/<int:photo_id>/", entries.held_photo, name="held_photo"),
]
