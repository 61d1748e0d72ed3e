"""How an act of a page ends: a word of success, or every fault, and back to the page."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from jiqun.base.errors import InputError


def act(request: HttpRequest, back: str, done: str, do: Callable[[], object]) -> HttpResponseBase:
    """Do it; a refusal is told with its reasons."""
    try:
        do()
    except InputError as error:
        messages.error(request, f"{error.title}：{'；'.join(str(p) for p in error.problems)}")
    else:
        messages.success(request, done)
    return redirect(back)
