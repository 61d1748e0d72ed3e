"""Who may open the pages of the bureaus."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from jiqun.web.portal.shell import is_bureau

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def bureau_only(view: View[P]) -> View[P]:
    """Sign-in first; then 403 for whoever does not work for the programme."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_bureau(request.user):
            raise PermissionDenied("这一页供市、县两级主管部门使用。")
        return view(request, *args, **kwargs)

    return guarded
