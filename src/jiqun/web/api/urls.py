"""Addresses of the interface and of its desk."""

from django.urls import include, path

from jiqun.web.api import views
from jiqun.web.api.site import api

desk = [
    path("", views.home, name="home"),
    path("tokens/", views.create_token, name="token-create"),
    path("tokens/<int:pk>/revoke/", views.revoke_token, name="token-revoke"),
    path("webhooks/", views.create_webhook, name="webhook-create"),
    path("webhooks/<int:pk>/", views.change_webhook, name="webhook-change"),
]
urlpatterns = [path("api/v1/", api.urls), path("interface/", include((desk, "interface")))]
