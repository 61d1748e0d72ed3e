"""One thread of linear algebra, for matrices so small that its threads only wait for each other."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[Any]:
    """Within it the linear algebra libraries use one thread."""
    limits: AbstractContextManager[Any] = _libraries().limit(limits=1, user_api="blas")
    return limits


@cache
def _libraries() -> ThreadpoolController:
    """What is loaded; looked up once, for looking takes longer than the work."""
    return ThreadpoolController()
