"""Addresses of the inbox."""

from django.urls import path

from jiqun.web.inbox import views

app_name = "inbox"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read-all/", views.read_all, name="read-all"),
    path("inbox/<int:pk>/", views.open_message, name="open"),
]
