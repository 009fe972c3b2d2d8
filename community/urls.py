"""Addresses of the communities' own pages. `/<slug>/` catches every single word, so it comes last."""

from django.urls import path

from community import views

app_name = "community"
urlpatterns = [
    path("", views.chooser, name="chooser"),
    path("brand/<slug:slug>.css", views.brand_css, name="brand_css"),
    path("<slug:slug>/", views.home, name="home"),
    path("<slug:slug>/about/", views.about, name="about"),
    path("<slug:slug>/guide/", views.guide, name="guide"),
    path("<slug:slug>/guide/<int:item_id>/", views.guide_item, name="guide_item"),
    path("<slug:slug>/estates/", views.estates, name="estates"),
    path("<slug:slug>/estates/<int:estate_id>/", views.estate, name="estate"),
]
