"""Addresses of the site; each desk brings its own."""

from django.urls import include, path

from jiqun.web.common.views import health

urlpatterns = [
    path("healthz", health, name="health"),
    path("accounts/", include("allauth.urls")),
    path("", include("jiqun.web.cultivation.urls")),
    path("", include("jiqun.web.dispatch.rounds.urls")),
    path("", include("jiqun.web.dispatch.board.urls")),
    path("", include("jiqun.web.dispatch.publishing.urls")),
    path("", include("jiqun.web.accounts.people.urls")),
    path("", include("jiqun.web.common.trail.urls")),
    path("", include("jiqun.web.dispatch.supervision.urls")),
    path("", include("jiqun.web.dispatch.urls")),
    path("", include("jiqun.web.inbox.urls")),
    path("", include("jiqun.web.jobs.urls")),
    path("", include("jiqun.web.registry.intake.urls")),
    path("", include("jiqun.web.api.urls")),
    path("", include("jiqun.web.portal.urls")),
    path("", include("jiqun.web.registry.urls")),
]
