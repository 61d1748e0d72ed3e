"""Faults of a pool's terms, and refusals of an event: every one at once, each with its object and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from jiqun.base.errors import InputError, Place, Problem, Problems


class PoolError(InputError):
    """Terms or an event were refused; the state before it stands."""

    def __init__(self, problems: Iterable[Problem], title: str = "集采集销规则有误") -> None:
        super().__init__(list(problems), title)


def refuse(found: Problems, what: str) -> None:
    """Raise what was found about an event, if anything was."""
    if len(found):
        raise PoolError(found, f"{what}未受理")


def at(what: str) -> Place:
    """The place of an object in messages."""
    return Place(field=what)
