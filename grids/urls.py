"""Addresses of grid workers and their leaders."""

from __future__ import annotations

from django.urls import path

from grids.views import entries, errands, hazards, homes, needs, patrol, phone, registers, responsible, team

app_name = "grids"
urlpatterns = [
    path("sw.js", phone.service_worker, name="service_worker"),
    path("manifest.webmanifest", phone.manifest, name="manifest"),
    path("account/responsible/", responsible.responsible, name="responsible"),
    path("work/waiting/", phone.waiting, name="waiting"),
    path("work/entries/", entries.entries_sync, name="entries"),
    path("work/entries/left/", entries.entries_left, name="entries_left"),
    path("work/homes/", homes.homes, name="homes"),
    path("work/homes/visit/", homes.visit, name="visit_new"),
    path("work/homes/<int:household_id>/", homes.home, name="home"),
    path("work/homes/<int:household_id>/visit/", homes.visit, name="visit"),
    path("work/homes/<int:household_id>/notes/", homes.notes, name="home_notes"),
    path("work/homes/<int:household_id>/gifts/<int:pack_id>/", homes.gift, name="gift"),
    path("work/homes/<int:household_id>/standing/", homes.standing, name="standing"),
    path("work/homes/<int:household_id>/wishes/<int:resident_id>/", homes.wish, name="wish"),
    path("work/register/", registers.register, name="register"),
    path("work/register/<int:resident_id>/", registers.person, name="person"),
    path("work/register/<int:resident_id>/mark/", registers.tag_new, name="tag_new"),
    path("work/register/marks/<int:tag_id>/<slug:step>/", registers.tag_step, name="tag_step"),
    path("work/errands/", errands.errands, name="errands"),
    path("work/errands/new/", errands.errand_new, name="errand_new"),
    path("work/errands/<int:errand_id>/", errands.errand, name="errand"),
    path("work/errands/<int:errand_id>/done/", errands.errand_done, name="errand_done"),
    path("work/errands/<int:errand_id>/told/", errands.errand_told, name="errand_told"),
    path("work/needs/", needs.needs, name="needs"),
    path("work/needs/new/", needs.need_new, name="need_new"),
    path("work/needs/<int:need_id>/", needs.need, name="need"),
    path("work/needs/<int:need_id>/<slug:step>/", needs.need_step, name="need_step"),
    path("work/patrol/", patrol.patrol, name="patrol"),
    path("work/patrol/start/", patrol.patrol_start, name="patrol_start"),
    path("work/patrol/checkin/", patrol.patrol_check_in, name="patrol_check_in"),
    path("work/patrol/end/", patrol.patrol_end, name="patrol_end"),
    path("work/team/", team.team, name="team"),
    path("work/held/", entries.held_list, name="held_list"),
    path("work/held/<uuid:entry_id>/", entries.held, name="held"),
    path("work/held/<uuid:entry_id>/photos/<int:photo_id>/", entries.held_photo, name="held_photo"),
    path("work/hazards/", hazards.hazards, name="hazards"),
    path("work/hazards/new/", hazards.hazard_new, name="hazard_new"),
    path("work/hazards/<int:hazard_id>/", hazards.hazard, name="hazard"),
    path("work/hazards/<int:hazard_id>/photos/<int:photo_id>/", hazards.hazard_photo, name="hazard_photo"),
    path("work/hazards/<int:hazard_id>/<slug:step>/", hazards.hazard_step, name="hazard_step"),
]
