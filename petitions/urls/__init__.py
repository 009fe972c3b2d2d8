"""Addresses of the closed loop: the residents' pages, and the pages of those who handle."""

from petitions.urls import residents, staff

app_name = "petitions"

urlpatterns = [*residents.urlpatterns, *staff.urlpatterns]
