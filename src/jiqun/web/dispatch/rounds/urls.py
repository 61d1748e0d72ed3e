"""Addresses of the reporting rounds."""

from django.urls import path

from jiqun.web.dispatch.rounds.views import excel, filling, reviewing, rounds

app_name = "rounds"
urlpatterns = [
    path("rounds/", rounds.index, name="index"),
    path("rounds/new/", rounds.new, name="new"),
    path("rounds/new/deadline/", rounds.deadline, name="deadline"),
    path("rounds/<int:pk>/", rounds.show, name="round"),
    path("rounds/<int:pk>/open/", rounds.open_, name="open"),
    path("rounds/<int:pk>/discard/", rounds.discard, name="discard"),
    path("rounds/<int:pk>/extend/", rounds.extend, name="extend"),
    path("rounds/<int:pk>/remind/", rounds.remind, name="remind"),
    path("rounds/<int:pk>/close/", rounds.close, name="close"),
    path("rounds/<int:pk>/progress.csv", rounds.progress_csv, name="progress-csv"),
    path("rounds/<int:pk>/review/", reviewing.review, name="review"),
    path("rounds/units/<int:pk>/", filling.fill, name="fill"),
    path("rounds/units/<int:pk>/save/", filling.save, name="save"),
    path("rounds/units/<int:pk>/submit/", filling.submit, name="submit"),
    path("rounds/units/<int:pk>/template.xlsx", excel.template, name="template"),
    path("rounds/units/<int:pk>/upload/", excel.upload, name="upload"),
    path("rounds/units/<int:pk>/apply/", excel.apply, name="apply"),
    path("rounds/units/<int:pk>/marked.xlsx", excel.marked, name="marked"),
    path("rounds/cells/<int:pk>/", filling.panel, name="cell"),
    path("rounds/cells/<int:pk>/explain/", filling.explain, name="explain"),
    path("rounds/cells/<int:pk>/comment/", filling.comment, name="comment"),
    path("rounds/cells/<int:pk>/unlock/", reviewing.unlock, name="unlock"),
]
