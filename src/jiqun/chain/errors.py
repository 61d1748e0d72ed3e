"""Faults of a chain, a table of sectors or a matrix of places: each names its object, what was found, and the mend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jiqun.base.errors import InputError, Place, Problem


class ChainError(InputError):
    """What was given does not make a chain or a table; `objects` says which parts."""

    def __init__(self, problems: Iterable[Problem], objects: Sequence[str] = ()) -> None:
        super().__init__(list(problems), "产业链无法分析")
        self.objects = tuple(objects)


def fault(message: str, mend: str, *objects: str, found: str | None = None, place: Place | None = None) -> ChainError:
    """One fault with the objects it is about."""
    return ChainError([Problem(message, place or Place(), found=found, mend=mend)], objects)
