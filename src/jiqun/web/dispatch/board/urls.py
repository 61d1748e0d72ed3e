"""Addresses of the board."""

from django.urls import path

from jiqun.web.dispatch.board.views import board, coverage, shares

app_name = "board"
urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/export.<str:form>", board.export, name="board-export"),
    path("board/coverage/", coverage.coverage, name="coverage"),
    path("board/coverage/<slug:target_id>/<str:cluster>/", coverage.cell, name="coverage-cell"),
    path("board/shares/<slug:target_id>/", shares.city, name="shares"),
    path("board/shares/<slug:target_id>/<str:code>/", shares.county, name="shares-county"),
]
