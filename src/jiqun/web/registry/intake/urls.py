"""Addresses of the import."""

from django.urls import path

from jiqun.web.registry.intake import views

app_name = "intake"
urlpatterns = [
    path("intake/", views.index, name="index"),
    path("intake/prepare/", views.prepare, name="prepare"),
    path("intake/template/", views.template, name="template"),
    path("intake/<int:pk>/", views.upload, name="upload"),
    path("intake/<int:pk>/confirm/", views.act, {"verb": "confirm"}, name="confirm"),
    path("intake/<int:pk>/drop/", views.act, {"verb": "drop"}, name="drop"),
    path("intake/<int:pk>/resume/", views.act, {"verb": "resume"}, name="resume"),
    path("intake/<int:pk>/file/", views.download, {"which": "original"}, name="original"),
    path("intake/<int:pk>/marked/", views.download, {"which": "marked"}, name="marked"),
]
