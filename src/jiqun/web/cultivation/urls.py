"""Addresses of the cultivation desk."""

from django.urls import path

from jiqun.web.cultivation import views

app_name = "cultivation"
urlpatterns = [
    path("firms/", views.firms, name="firms"),
    path("firms/own/", views.own, name="own"),
    path("firms/<str:uscc>/", views.firm, name="firm"),
]
