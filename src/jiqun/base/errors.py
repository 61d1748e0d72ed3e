"""Problems with a place: what failed, where, what was found, how to mend it.

Everything that can be wrong with an input is collected as `Problem`s and raised once as `InputError`, so that a
person sees every fault at once. Texts are Chinese because people read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from rapidfuzz import process as fuzzy


@dataclass(frozen=True)
class Place:
    """Where in an input a problem stands; lines, columns and rows count from 1."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    row: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        parts = [self.file] if self.file else []
        if self.row is not None:
            parts.append(f"第 {self.row} 行")
        elif self.line is not None:
            parts.append(f"第 {self.line} 行")
        if self.field:
            parts.append(f"“{self.field}”")
        elif self.column is not None:
            parts.append(f"第 {self.column} 列")
        return " ".join(parts)


@dataclass(frozen=True)
class Problem:
    """One fault: `message` says what is wrong, `found` what stood there, `mend` what to do."""

    message: str
    place: Place = field(default_factory=Place)
    found: str | None = None
    mend: str | None = None
    excerpt: str | None = None
    """The source line with a caret under the fault, for rule texts."""

    def __str__(self) -> str:
        where = str(self.place)
        text = f"{where}：{self.message}" if where else self.message
        if self.found is not None:
            text += f"（现为“{self.found}”）"
        if self.mend:
            text += f"。{self.mend}"
        if self.excerpt:
            text += "\n" + self.excerpt
        return text

    def as_dict(self) -> dict[str, Any]:
        """The same facts as attributes, for programs."""
        place = {k: v for k, v in vars(self.place).items() if v is not None}
        return {"message": self.message, "found": self.found, "mend": self.mend, **place}


class InputError(Exception):
    """An input was refused; `problems` lists every fault found, in the order of the input."""

    def __init__(self, problems: Iterable[Problem], title: str = "输入有误") -> None:
        self.problems = tuple(problems)
        self.title = title
        super().__init__(f"{title}，共 {len(self.problems)} 处：\n" + "\n".join(map(str, self.problems)))


class Problems:
    """Collects problems while a check goes on; `raise_if_any` ends it."""

    def __init__(self) -> None:
        self._items: list[Problem] = []

    def add(
        self,
        message: str,
        place: Place | None = None,
        *,
        found: object = None,
        mend: str | None = None,
        excerpt: str | None = None,
    ) -> None:
        """Record one problem."""
        shown = None if found is None else str(found)
        self._items.append(Problem(message, place or Place(), shown, mend, excerpt))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Record the problems of a part."""
        self._items.extend(problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def raise_if_any(self, title: str = "输入有误") -> None:
        """Raise `InputError` with everything collected, if anything was."""
        if self._items:
            raise InputError(self._items, title)


def nearest(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """The known names most like `name`, best first; none where nothing is close."""
    pool = list(known)
    found = [m[0] for m in fuzzy.extract(name, pool, limit=limit, score_cutoff=60)]
    return found or get_close_matches(name, pool, n=limit, cutoff=0.5)


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A mend that names the nearest known names, or None."""
    near = nearest(name, known)
    return f"您是否要写 {'、'.join(near)}？" if near else None
