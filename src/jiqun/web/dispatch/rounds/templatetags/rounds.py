"""What waits to be filled in, for the pages of other desks."""

from __future__ import annotations

from typing import Any

from django import template

from jiqun.web.dispatch.rounds.permissions import FILLERS, assignments_of, fillable
from jiqun.web.dispatch.rounds.progress import tasks_of

register = template.Library()


@register.inclusion_tag("rounds/_tasks.html", takes_context=True)
def my_tasks(context: dict[str, Any]) -> dict[str, Any]:
    """The assignments that wait for the reader; nothing for those who fill none."""
    user = context["request"].user
    if getattr(user, "role", None) not in FILLERS:
        return {}
    return {"tasks": tasks_of(fillable(user, assignments_of(user)))}
