"""The site as production has it, saying in a header how long each request took in the server, and how long it computed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from jiqun.web.config.wsgi import application as site


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI; pages are rendered whole before the response starts, so the time holds all of the work."""
    start, worked = time.perf_counter(), time.thread_time()

    def timed(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        taken, busy = (time.perf_counter() - start) * 1000, (time.thread_time() - worked) * 1000
        timing = ("Server-Timing", f"app;dur={taken:.2f}, cpu;dur={busy:.2f}")
        return start_response(status, [*headers, timing], *more)

    return site(environ, timed)
