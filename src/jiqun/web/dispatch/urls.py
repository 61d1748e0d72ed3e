"""Addresses of the dispatch desk."""

from django.urls import path

from jiqun.web.dispatch import views

app_name = "dispatch"
urlpatterns = [
    path("overview/", views.overview, name="overview"),
    path("map.geojson", views.map_file, name="map"),
    path("targets/<slug:target_id>/", views.target, name="target"),
    path("targets/<slug:target_id>/records/", views.records, name="target-records"),
    path("targets/<slug:target_id>/records.csv", views.export, name="target-export"),
]
