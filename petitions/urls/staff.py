"""Pages of grid workers and staff."""

from __future__ import annotations

from django.urls import path

from petitions.views import hazards, intake, persuasion, promoting, resolutions, stool, today, visits, work

urlpatterns = [
    path("today/", today.today, name="today"),
    path("staff/", today.staff_home, name="staff_home"),
    path("work/new/", intake.work_new, name="work_new"),
    path("work/search/", work.work_search, name="work_search"),
    path("work/stool/", stool.stool_new, name="stool_new"),
    path("work/stool/<int:pk>/", stool.stool, name="stool"),
    path("work/stool/<int:pk>/notes/<int:item_id>/", stool.stool_note, name="stool_note"),
    path("work/stool/<int:pk>/reviewed/", stool.stool_reviewed, name="stool_reviewed"),
    path("work/visits/", visits.visits, name="visits"),
    path("work/resolutions/", resolutions.resolutions_mine, name="resolutions"),
    path("work/resolutions/<int:pk>/", resolutions.resolution, name="resolution"),
    path("work/resolutions/<int:pk>/urge/", resolutions.resolution_press, name="resolution_urge"),
    path("work/persuasion/<int:pk>/", persuasion.persuasion, name="persuasion"),
    path("work/persuasion/<int:pk>/notes/", persuasion.persuasion_notes, name="persuasion_notes"),
    path("work/persuasion/<int:pk>/<slug:step>/", persuasion.persuasion_step, name="persuasion_step"),
    path("work/new/diary/<int:entry_id>/", promoting.diary_petition, name="diary_petition"),
    path("work/new/hazard/<int:hazard_id>/", hazards.hazard_petition, name="hazard_petition"),
    path("work/<str:number>/filed/", intake.work_filed, name="work_filed"),
    path("work/<str:number>/", work.work, name="work"),
    path("work/<str:number>/notes/", work.work_notes, name="work_notes"),
    path("work/<str:number>/phones/", work.work_phones, name="work_phones"),
    path("work/<str:number>/photos/<int:photo_id>/", work.work_photo, name="work_photo"),
    path("work/<str:number>/<slug:step>/", work.work_step, name="work_step"),
]
