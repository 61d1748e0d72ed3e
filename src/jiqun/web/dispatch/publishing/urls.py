"""Addresses of the publishing desk."""

from django.urls import path

from jiqun.web.dispatch.publishing import views

app_name = "publishing"
urlpatterns = [
    path("releases/", views.releases, name="releases"),
    path("releases/draft/", views.draft, name="draft"),
    path("releases/<int:pk>/", views.release, name="release"),
    path("releases/<int:pk>/act/", views.act, name="act"),
    path("releases/<int:pk>/briefings/<slug:template>.<slug:form>", views.briefing, name="briefing"),
]
