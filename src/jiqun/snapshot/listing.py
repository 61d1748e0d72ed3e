"""One kind of fault in one file: the first places are named, the rest counted."""

from __future__ import annotations

from collections.abc import Callable

from jiqun.base.errors import Place, Problem

LISTED = 20
"""How many places of one kind of fault are named."""


class Listing:
    """Collects places of one kind of fault."""

    def __init__(self, file: str, field: str | None = None, mend: str | None = None) -> None:
        self.file, self.field, self.mend = file, field, mend
        self.total = 0
        """How many places there are; counts itself where every place is added."""
        self._listed: list[tuple[int | None, str, str | None, str | None]] = []

    def add(self, row: int | None, message: str, *, found: str | None = None, mend: str | None = None) -> None:
        """One more place; those beyond the limit are only counted."""
        self.total += 1
        if len(self._listed) < LISTED:
            self._listed.append((row, message, found, mend))

    def problems(self, row_of: Callable[[int], int] = int) -> list[Problem]:
        """The named places, and one problem more that says how many are not named."""
        named = [
            Problem(message, self._place(None if row is None else row_of(row)), found, mend or self.mend)
            for row, message, found, mend in self._listed
        ]
        if (more := self.total - len(self._listed)) > 0:
            named.append(Problem(f"还有 {more} 处同类问题没有列出", self._place(None), mend=self.mend))
        return named

    def _place(self, row: int | None) -> Place:
        return Place(self.file, row=row, field=self.field)
