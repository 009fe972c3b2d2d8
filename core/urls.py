"""Addresses of the ground floor."""

from django.urls import path

from core import views

app_name = "core"
urlpatterns = [
    path("display/", views.display_set, name="display_set"),
    path("language/", views.language_set, name="language_set"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.inbox_read, name="inbox_read"),
    path("inbox/<int:item_id>/", views.inbox_open, name="inbox_open"),
]
