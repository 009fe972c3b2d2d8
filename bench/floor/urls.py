"""The floor's addresses."""

from django.urls import path

from bench.floor import views

urlpatterns = [
    path("hello/", views.hello),
    path("insert/", views.insert),
    path("five/", views.five_inserts),
    path("read/<int:pk>/", views.read),
    path("encode/", views.encode),
    path("items/", views.Items.as_view()),
]
