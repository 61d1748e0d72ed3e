"""What a new plan changes in an old one, operation by operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from jiqun.exchange.schedule.problem import Assignment
from jiqun.exchange.schedule.solution import Solution


class Move(NamedTuple):
    """An operation (or lot) that is done by another machine or at another time than before."""

    job: str
    operation: str
    old_machine: str
    new_machine: str
    old_start: int
    new_start: int
    reordered: bool
    """on its old machine, but at another place in its order"""


@dataclass(frozen=True)
class Difference:
    """Moves by what changed most about them; `kept` rows are as they were, `added` are of operations not planned before."""

    machine: tuple[Move, ...]
    order: tuple[Move, ...]
    shifted: tuple[Move, ...]
    kept: int
    added: tuple[Assignment, ...]
    old_end: int
    new_end: int

    @property
    def disturbed(self) -> int:
        """How many changed their machine or their place in its order."""
        return len(self.machine) + len(self.order)

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "machine": [m._asdict() for m in self.machine],
            "order": [m._asdict() for m in self.order],
            "shifted": [m._asdict() for m in self.shifted],
            "kept": self.kept,
            "added": [a._asdict() for a in self.added],
            "old_end": self.old_end,
            "new_end": self.new_end,
        }


def difference(old: Solution, new: Solution) -> Difference:
    """Compare a plan with the one that follows it; lots are matched in the order of their starts."""
    before: dict[tuple[str, str, int], Assignment] = {}
    for key, row in _numbered(old):
        before[key] = row
    _, moved = new.disturbed
    operations = [(job.name, op.name) for job, op in new.problem.operations]
    reordered = {operations[o] for o in moved}
    machine, order, shifted, added, kept = [], [], [], [], 0
    for key, row in _numbered(new):
        was = before.get(key)
        if was is None:
            added.append(row)
            continue
        turned = key[:2] in reordered
        move = Move(row.job, row.operation, was.machine, row.machine, was.start, row.start, turned)
        if was.machine != row.machine:
            machine.append(move)
        elif turned:
            order.append(move)
        elif was.start != row.start or was.end != row.end:
            shifted.append(move)
        else:
            kept += 1
    ends = [int(s.end.max(initial=0)) for s in (old, new)]
    return Difference(tuple(machine), tuple(order), tuple(shifted), kept, tuple(added), *ends)


def _numbered(solution: Solution) -> list[tuple[tuple[str, str, int], Assignment]]:
    seen: dict[tuple[str, str], int] = {}
    found = []
    for row in solution.assignments:
        nth = seen.get((row.job, row.operation), 0)
        seen[row.job, row.operation] = nth + 1
        found.append(((row.job, row.operation, nth), row))
    return found
