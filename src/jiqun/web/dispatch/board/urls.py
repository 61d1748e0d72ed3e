"""Addresses of the board."""

from django.urls import path

from jiqun.web.dispatch.board.views import board

app_name = "board"
urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/export.<str:form>", board.export, name="board-export"),
]
