"""Addresses of the registry desk."""

from django.urls import path

from jiqun.web.registry.approval.views import waiting
from jiqun.web.registry.views import lists, merging, parties, records, search

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
    path("registry/parties/<str:uscc>/rename/", merging.rename, name="rename"),
    path("registry/waiting/", waiting, name="waiting"),
    path("registry/duplicates/", merging.duplicates, name="duplicates"),
    path("registry/merge/<str:kept>/<str:gone>/", merging.merge, name="merge"),
    path("registry/lists/<str:key>/new/", records.create, name="create"),
    path("registry/records/<str:key>/<int:pk>/edit/", records.edit, name="edit"),
    path("registry/records/<str:key>/<int:pk>/delete/", records.delete, name="delete"),
    path("registry/attachments/<int:pk>/", records.attachment, name="attachment"),
]
