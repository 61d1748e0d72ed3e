"""The calendar's sources: an app contributes what is due in `<app>/calendar_items.py`.

    @agenda.source("填报任务")
    def items(user, start, end):
        yield Item(on=…, title=…, url=…, state=…)

A source gives what the person may see, between two days, both included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.module_loading import autodiscover_modules

from jiqun.web.accounts.models import User


@dataclass(frozen=True)
class Item:
    """Something on a day."""

    on: date
    title: str
    url: str = ""
    state: str = ""
    kind: str = ""


Source = Callable[[User, date, date], Iterable[Item]]
_SOURCES: dict[str, Source] = {}


def source(kind: str) -> Callable[[Source], Source]:
    """Register a source under the kind of its items."""

    def register(function: Source) -> Source:
        _SOURCES[kind] = function
        return function

    return register


def discover() -> None:
    """Import the sources of all apps."""
    autodiscover_modules("calendar_items")


def kinds() -> list[str]:
    """The kinds of items."""
    return list(_SOURCES)


def items(user: User, start: date, end: date) -> list[Item]:
    """Everything that the person has between two days, by day."""
    found = (
        Item(item.on, item.title, item.url, item.state, kind)
        for kind, give in _SOURCES.items()
        for item in give(user, start, end)
    )
    return sorted(found, key=lambda item: (item.on, item.kind, item.title))
