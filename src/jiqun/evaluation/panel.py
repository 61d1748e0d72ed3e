"""The figures of an evaluation: units by indicators at one time, with what they are divided by and grouped by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from jiqun.base.errors import Problem
from jiqun.evaluation.errors import EvaluationError, fault
from jiqun.evaluation.framework import Floats, Framework, Ints

Groups = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Panel:
    """`values` is units × columns, NaN where a figure is missing; infinite figures are refused."""

    units: tuple[str, ...]
    columns: tuple[str, ...]
    values: Floats
    names: tuple[str, ...] = ()
    denominators: Mapping[str, Floats] = field(default_factory=dict)
    groups: Groups = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = []
        shape = (len(self.units), len(self.columns))
        if self.values.shape != shape:
            raise fault(f"数据是 {self.values.shape}，应是 {shape[0]} 个单位 × {shape[1]} 个指标", "请核对数据的行列数")
        for what, names in (("单位", self.units), ("指标", self.columns)):
            repeated = [name for name, count in Counter(names).items() if count > 1]
            problems += [Problem(f"{what}“{name}”重复", mend="请只保留一个") for name in repeated]
        infinite = np.isinf(self.values)
        for row, column in np.argwhere(infinite):
            where = f"{self.units[row]} 的 {self.columns[column]}"
            problems.append(Problem(f"{where} 是无穷大", mend="请改为实际数值，未知则留空"))
        if problems:
            raise EvaluationError(problems)

    def of(self, framework: Framework) -> Floats:
        """The columns of the framework's indicators, in their order; EvaluationError where one is missing."""
        at = {column: i for i, column in enumerate(self.columns)}
        missing = [code for code in framework.leaves if code not in at]
        if missing:
            raise fault("数据里没有这些指标", "请补上这些列，或从评价体系中删去", columns=missing)
        return self.values[:, [at[code] for code in framework.leaves]].astype(float)

    def only(self, rows: Sequence[int] | Ints) -> Panel:
        """The same panel with some of its units."""
        index = np.asarray(rows, np.int64)
        return Panel(
            tuple(self.units[i] for i in index),
            self.columns,
            self.values[index],
            tuple(self.names[i] for i in index) if self.names else (),
            {name: column[index] for name, column in self.denominators.items()},
            {name: tuple(column[i] for i in index) for name, column in self.groups.items()},
        )

    def name(self, row: int) -> str:
        """What a unit is called."""
        return self.names[row] if self.names else self.units[row]
