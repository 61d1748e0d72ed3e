"""What the interface offers, as its page lists it: read from the same declaration as /api/v1/openapi.json."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jiqun.web.api.site import api


@dataclass(frozen=True)
class Offered:
    """One address: what it gives and what may be asked of it."""

    path: str
    summary: str
    parameters: tuple[str, ...]


@cache
def offered() -> tuple[Offered, ...]:
    """Every address in the order of the declaration; all are read with GET."""
    paths = api.get_openapi_schema()["paths"]
    return tuple(
        Offered(path, act["summary"], tuple(p["name"] for p in act.get("parameters", ()) if p["in"] == "query"))
        for path, acts in paths.items()
        for act in acts.values()
    )
