"""Faults of an evaluation: each names the column or unit, what was found, and the mend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from jiqun.base.errors import InputError, Problem

MANY = 5
"""Names that a message spells out before it counts the rest."""


class EvaluationError(InputError):
    """The figures or the plan do not allow what was asked; `columns` and `units` say where."""

    def __init__(self, problems: Iterable[Problem], columns: Sequence[str] = (), units: Sequence[str] = ()) -> None:
        super().__init__(list(problems), "评价无法计算")
        self.columns, self.units = tuple(columns), tuple(units)

    def renamed(self, names: Mapping[str, str]) -> EvaluationError:
        """The same with columns and units called by their names, for readers who do not know the codes."""

        def told(message: str) -> str:
            for word, codes in (("指标", self.columns), ("单位", self.units)):
                message = message.replace(
                    f"{word} {listed(codes)}", f"{word} {listed([names.get(code, code) for code in codes])}"
                )
            return message

        problems = [replace(problem, message=told(problem.message)) for problem in self.problems]
        return EvaluationError(problems, self.columns, self.units)


def fault(message: str, mend: str, *, columns: Sequence[str] = (), units: Sequence[str] = ()) -> EvaluationError:
    """One fault; columns and units are named in the message where there are any."""
    where = []
    if columns:
        where.append(f"指标 {listed(columns)}")
    if units:
        where.append(f"单位 {listed(units)}")
    text = f"{message}（{'；'.join(where)}）" if where else message
    return EvaluationError([Problem(text, mend=mend)], columns, units)


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    shown = "、".join(names[:MANY])
    return shown if len(names) <= MANY else f"{shown} 等 {len(names)} 个"
