"""Pages of long lists without counting them: one row more than a page tells whether there is a next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PAGE = 50
COUNT_LIMIT = 10_000
LAST_PAGE = 2_000
"""Beyond it a reader should narrow the search; an offset costs more the deeper it is."""


@dataclass(frozen=True)
class Page:
    """One page of a list, as the pager shows it."""

    rows: Sequence[Any]
    number: int
    has_next: bool
    count_text: str
    pages: int | None = None

    @property
    def has_previous(self) -> bool:
        """Whether there is a page before."""
        return self.number > 1

    @property
    def previous(self) -> int:
        """The number of the page before."""
        return self.number - 1

    @property
    def next(self) -> int:
        """The number of the page after."""
        return self.number + 1


def page_number(text: str | None) -> int:
    """A page number from a query string; whatever is no number means the first."""
    return min(max(int(text), 1), LAST_PAGE) if text and text.isascii() and text.isdigit() else 1


def page_of(rows: Sequence[Any], number: int, *, total: int | None, size: int = PAGE, noun: str = "条") -> Page:
    """The page made of `rows`, which hold one more than `size` where there is a next; `total` None means very many."""
    shown = f"共 {total:,} {noun}" if total is not None else f"超过 {COUNT_LIMIT:,} {noun}"
    pages = max(1, -(-total // size)) if total is not None else None
    return Page(rows[:size], number, len(rows) > size and number < LAST_PAGE, shown, pages)
