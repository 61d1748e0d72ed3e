"""What every check works on: the pack, where faults go, and which names are excused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from jiqun.base.errors import Place, Problem, Problems, did_you_mean
from jiqun.programme.pack import Pack


@dataclass(frozen=True)
class Check:
    """A check of one pack; `broken` are names in parts that were refused, grown as the check goes on."""

    pack: Pack
    problems: Problems
    broken: set[str] = field(default_factory=set)

    def excuse(self, name: str) -> None:
        """Blame nothing that mentions this name: the fault is in what it names, and was recorded."""
        self.broken.add(name)

    def add(self, message: str, place: Place, *, found: object = None, mend: str | None = None) -> None:
        """Record a fault, once."""
        problem = Problem(message, place, None if found is None else str(found), mend)
        if problem not in self.problems:
            self.problems.extend([problem])

    def unknown(self, what: str, name: object, known: Iterable[str], place: Place) -> None:
        """Record that a name is not known, unless the part that defines it was refused itself."""
        known = list(known)
        if str(name) not in self.broken:
            mend = did_you_mean(str(name), known) or (f"现有：{'、'.join(known[:12])}" if known else None)
            self.add(f"没有{what}“{name}”", place, mend=mend)
