"""Addresses of the registry desk."""

from django.urls import path

from jiqun.web.registry.views import lists, parties, search

app_name = "registry"
urlpatterns = [
    path("registry/", lists.home, name="home"),
    path("registry/search/", search.search, name="search"),
    path("registry/lists/<str:key>/", lists.rows, name="list"),
    path("registry/lists/<str:key>/views/", lists.keep_view, name="keep_view"),
    path("registry/lists/<str:key>/export.<str:form>", lists.file, name="file"),
    path("registry/views/<int:pk>/drop/", lists.forget_view, name="drop_view"),
    path("registry/parties/<str:uscc>/", parties.party, name="party"),
    path("registry/records/<str:key>/<int:pk>/", parties.record, name="record"),
]
