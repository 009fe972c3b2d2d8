"""Pages that need no account: file, track, judge, read the walls."""

from __future__ import annotations

from django.urls import path

from petitions.views import asking, filing, judging, own, photos, polls, sessions, sheets, tracking, walls

urlpatterns = [
    path("track/", tracking.petition_track, name="track"),
    path("track/lost/", tracking.code_lost, name="code_lost"),
    path("mine/", tracking.petitions_mine, name="mine"),
    path("kept/<str:token>.jpg", filing.photo_kept, name="photo_kept"),
    path("photos/<uuid:image_id>/<str:size>.jpg", photos.photo, name="photo"),
    path("p/<str:token>/", tracking.ticket, name="ticket"),
    path("p/<str:token>/receipt/", tracking.receipt, name="receipt"),
    path("p/<str:token>/receipt.pdf", tracking.receipt_print, name="receipt_pdf"),
    path("p/<str:token>/answer/", tracking.ticket_answer, name="ticket_answer"),
    path("p/<str:token>/add/", tracking.ticket_add, name="ticket_add"),
    path("p/<str:token>/correct/", tracking.ticket_correct, name="ticket_correct"),
    path("p/<str:token>/withdraw/", tracking.ticket_withdraw, name="ticket_withdraw"),
    path("p/<str:token>/photos/<uuid:image_id>/<str:size>.jpg", photos.ticket_photo, name="ticket_photo"),
    path("p/<str:token>/own/", own.own, name="own"),
    path("p/<str:token>/own/data/", own.own_data, name="own_data"),
    path("p/<str:token>/own/data.zip", own.own_file, name="own_file"),
    path("p/<str:token>/own/erase/", own.own_erase, name="own_erase"),
    path("j/<str:token>/", judging.judgement, name="judgement"),
    path("s/<str:code>/", sessions.session_sign_in, name="session_sign_in"),
    path("<slug:slug>/sessions/", sessions.sessions_calendar, name="sessions"),
    path("<slug:slug>/sessions.ics", sessions.sessions_feed, name="sessions_feed"),
    path("<slug:slug>/sessions/past/", sessions.sessions_past, name="sessions_past"),
    path("<slug:slug>/sessions/<int:pk>/", sessions.session, name="session"),
    path("<slug:slug>/sessions/<int:pk>/propose/", sessions.session_propose, name="session_propose"),
    path("<slug:slug>/sessions/<int:pk>/join/", sessions.session_join, name="session_join"),
    path("<slug:slug>/guide/<int:item_id>/help/", asking.assistance_ask, name="ask"),
    path("<slug:slug>/polls/", polls.polls, name="polls"),
    path("<slug:slug>/polls/<int:pk>/", polls.poll, name="poll"),
    path("<slug:slug>/polls/<int:pk>/vote/", polls.poll_vote, name="poll_vote"),
    path("<slug:slug>/file/", filing.petition_file, name="file"),
    path("<slug:slug>/q/<str:token>/", filing.petition_file_at, name="file_at"),
    path("<slug:slug>/track/", tracking.petition_track, name="track_here"),
    path("<slug:slug>/qr-sheets/", sheets.qr_sheets, name="qr_sheets"),
    path("<slug:slug>/qr-sheets.pdf", sheets.qr_sheets_pdf, name="qr_sheets_pdf"),
    path("<slug:slug>/privacy/", filing.privacy, name="privacy"),
    path("<slug:slug>/wall/", walls.echo_wall, name="echo_wall"),
    path("<slug:slug>/problems/", walls.problem_wall, name="problem_wall"),
    path("<slug:slug>/matters/<str:number>/", walls.matter, name="matter"),
    path("<slug:slug>/matters/<str:number>/join/", filing.petition_join, name="join"),
    path("<slug:slug>/matters/<str:number>/joined/", filing.petition_joined, name="joined"),
]
