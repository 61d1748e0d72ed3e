"""Addresses of the portal."""

from django.urls import path

from jiqun.web.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("clusters/", views.clusters, name="clusters"),
    path("clusters/<str:code>/", views.cluster, name="cluster"),
    path("policies/", views.policies, name="policies"),
]
