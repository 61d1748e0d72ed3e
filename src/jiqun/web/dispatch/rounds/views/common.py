"""What the views share: fetching within the scope, and saying what a service refused."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from jiqun.base.errors import InputError
from jiqun.web.dispatch.rounds.models import Assignment, Cell, Round
from jiqun.web.dispatch.rounds.permissions import assignments_of, may_fill, may_steer, rounds_of

SHOWN = 8


def round_or_404(request: HttpRequest, pk: int) -> Round:
    """A round that the person sees."""
    return get_object_or_404(rounds_of(request.user), pk=pk)


def steered_or_404(request: HttpRequest, pk: int) -> Round:
    """A round that the person steers."""
    if not may_steer(request.user):
        raise Http404("not theirs to steer")
    return round_or_404(request, pk)


def assignment_or_404(request: HttpRequest, pk: int) -> Assignment:
    """An assignment that the person sees."""
    return get_object_or_404(assignments_of(request.user), pk=pk)


def own_or_404(request: HttpRequest, pk: int) -> Assignment:
    """An assignment that the person fills."""
    assignment = assignment_or_404(request, pk)
    if not may_fill(request.user, assignment):
        raise Http404("not theirs to fill")
    return assignment


def cell_or_404(request: HttpRequest, pk: int) -> Cell:
    """A cell that the person sees."""
    seen = assignments_of(request.user).order_by().values("pk")
    cells = Cell.objects.select_related(
        "item", "line__assignment__round", "line__assignment__place", "line__assignment__party",
        "line__party", "line__cluster", "line__place",
    )  # fmt: skip
    return get_object_or_404(cells.filter(line__assignment__in=seen), pk=pk)


def refuse(request: HttpRequest, error: InputError) -> None:
    """Tell the person at the head of the next page what was refused and why."""
    told = "；".join(str(problem) for problem in error.problems[:SHOWN])
    more = f"……共 {len(error.problems)} 处" if len(error.problems) > SHOWN else ""
    messages.error(request, f"{error.title}：{told}{more}")
