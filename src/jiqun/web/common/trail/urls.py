"""Addresses of the trail."""

from django.urls import path

from jiqun.web.common.trail import views

app_name = "trail"
urlpatterns = [
    path("trail/acts/", views.acts, name="acts"),
    path("trail/acts.csv", views.acts_file, name="acts-file"),
    path("trail/reads/", views.reads, name="reads"),
    path("trail/reads.csv", views.reads_file, name="reads-file"),
    path("trail/own/", views.own, name="own"),
]
