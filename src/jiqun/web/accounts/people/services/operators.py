"""The safeguard that somebody can always manage the site."""

from __future__ import annotations

from django.db.models import QuerySet

from jiqun.base.errors import Problems
from jiqun.web.accounts.models import Role, User


def keep_an_operator(problems: Problems, leaving: QuerySet[User]) -> None:
    """Add a problem where no active operator would remain; operators' rows stay locked to the end of the act."""
    active = User.objects.filter(role=Role.OPERATOR, is_active=True, organisation__is_active=True)
    operators = set(active.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    if operators and operators <= set(leaving.values_list("pk", flat=True)):
        problems.add("至少应保留一名有效的超级管理员", mend="请先另设一名超级管理员")
