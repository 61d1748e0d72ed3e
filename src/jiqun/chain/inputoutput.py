"""Input-output analysis of domestic flows: coefficients, Leontief and Ghosh inverses, linkages, extraction, imports.

Notation of Miller & Blair, Input-Output Analysis (2nd ed. 2009): Z flows (row sells to column), x output, f final use.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from jiqun.chain.errors import fault

Floats = npt.NDArray[np.float64]
TOLERANCE = 1e-6
"""Share of output by which sales and output may differ."""

NOTHING = 1e-12
"""What counts as no more than rounding, relative to the largest entry of an inverse."""


@dataclass(frozen=True)
class Sectors:
    """A table of n sectors in money of one unit.

    `flows` (n × n) are domestic intermediate sales, `output` (n) gross output, `imports` (n × n) imported inputs by
    the sector that they are like; missing where the table has none.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    flows: Floats
    output: Floats
    imports: Floats | None = None

    def __post_init__(self) -> None:
        n = len(self.codes)
        for what, array, shape in (("流量", self.flows, (n, n)), ("总产出", self.output, (n,))):
            if array.shape != shape:
                raise fault(f"{what}是 {array.shape}，应是 {shape}", "请核对投入产出表的行列")
            if not np.isfinite(array).all():
                raise fault(f"{what}里有缺失或无穷大", "请补全投入产出表")
        bad = [self.names[i] for i in np.flatnonzero(self.output < 0)]
        if bad:
            raise fault(f"部门总产出为负：{'、'.join(bad)}", "请核对投入产出表", *bad)
        idle = np.flatnonzero((self.output == 0) & (self.flows.any(axis=0) | self.flows.any(axis=1)))
        if len(idle):
            names = [self.names[i] for i in idle]
            raise fault(f"部门总产出为 0 却有往来：{'、'.join(names)}", "请补上总产出，或把往来归到其他部门", *names)

    @classmethod
    def of_competitive(
        cls,
        codes: tuple[str, ...],
        names: tuple[str, ...],
        flows: Floats,
        output: Floats,
        imports: Floats,
        exports: Floats,
    ) -> Sectors:
        """A table whose flows hold domestic and imported goods together, split by the import proportionality assumption.

        Of every domestic use of a good the share m = imports / (output − exports + imports) is taken to be imported
        (Miller & Blair 2009, section 4.3).
        """
        use = output - exports + imports
        share = np.divide(imports, use, out=np.zeros_like(output), where=use > 0)[:, None]
        return cls(codes, names, flows * (1 - share), output, flows * share)

    @cached_property
    def a(self) -> Floats:
        """Input coefficients Z x̂⁻¹; zero for a sector without output."""
        return _per(self.flows, self.output[None, :])

    @cached_property
    def b(self) -> Floats:
        """Allocation coefficients x̂⁻¹ Z."""
        return _per(self.flows, self.output[:, None])

    @cached_property
    def leontief(self) -> Floats:
        """(I − A)⁻¹: output of the row sector for one unit of final use of the column sector."""
        return _inverse(self.a, "直接消耗系数", self.names)

    @cached_property
    def ghosh(self) -> Floats:
        """(I − B)⁻¹: output of the column sector that one unit of primary input of the row sector enables."""
        return _inverse(self.b, "直接分配系数", self.names)

    @cached_property
    def final(self) -> Floats:
        """Final use x − Z·1."""
        use: Floats = self.output - self.flows.sum(axis=1)
        return use


@dataclass(frozen=True)
class Linkages:
    """How a sector draws on and feeds the others; arrays of n."""

    backward_direct: Floats
    """Σ of its input coefficients."""
    forward_direct: Floats
    """Σ of its allocation coefficients."""
    backward: Floats
    """Column sums of the Leontief inverse (Rasmussen 1956)."""
    forward: Floats
    """Row sums of the Ghosh inverse (Jones 1976)."""
    forward_leontief: Floats
    """Row sums of the Leontief inverse, the older convention."""
    backward_index: Floats
    """Backward linkage over the mean of all."""
    forward_index: Floats
    """Forward (Ghosh) linkage over the mean of all."""
    backward_spread: Floats
    """Coefficient of variation of its column of the Leontief inverse (n − 1)."""
    forward_spread: Floats
    """Coefficient of variation of its row of the Leontief inverse (n − 1)."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """key: both indices at least 1; backward, forward: one; weak: none."""
        words = {(True, True): "key", (True, False): "backward", (False, True): "forward", (False, False): "weak"}
        pairs = zip(self.backward_index >= 1, self.forward_index >= 1, strict=True)
        return tuple(words[bool(b), bool(f)] for b, f in pairs)


def linkages(table: Sectors) -> Linkages:
    """All linkages of a table."""
    l_, g = table.leontief, table.ghosh
    backward, forward = l_.sum(axis=0), g.sum(axis=1)
    return Linkages(
        table.a.sum(axis=0), table.b.sum(axis=1), backward, forward, l_.sum(axis=1), backward / backward.mean(),
        forward / forward.mean(), l_.std(axis=0, ddof=1) / l_.mean(axis=0), l_.std(axis=1, ddof=1) / l_.mean(axis=1),
    )  # fmt: skip


def extraction_loss(table: Sectors) -> Floats:
    """Loss of the economy's output if a sector vanished altogether: its sales, inputs and final use (n).

    Total hypothetical extraction (Dietzenbacher, van der Linden & Steenge 1993), own output included. Computed for all
    sectors at once from the Leontief inverse: what is left is x_j − L_jk x_k / L_kk.
    """
    l_ = table.leontief
    lost: Floats = l_.sum(axis=0) * table.output / np.diag(l_)
    return lost


@dataclass(frozen=True)
class ImportContent:
    """How far a sector leans on imports; arrays of n."""

    of_inputs: Floats
    """Imported share of its intermediate inputs."""
    of_final: Floats
    """Imports in one unit of its final use, all rounds (vertical specialisation; Hummels, Ishii & Yi 2001)."""
    of_use: Floats
    """Imported share of the intermediate use of its own kind of good."""


def import_content(table: Sectors) -> ImportContent:
    """Import content of every sector; ChainError where the table has no imports."""
    if table.imports is None:
        raise fault("投入产出表没有进口部分", "请使用区分国产与进口的投入产出表")
    inputs = table.imports.sum(axis=0)
    sold = table.imports.sum(axis=1)
    return ImportContent(
        _per(inputs, inputs + table.flows.sum(axis=0)),
        _per(table.imports, table.output[None, :]).sum(axis=0) @ table.leontief,
        _per(sold, sold + table.flows.sum(axis=1)),
    )


def _per(values: Floats, by: Floats) -> Floats:
    result: Floats = np.divide(values, by, out=np.zeros(np.broadcast_shapes(values.shape, by.shape)), where=by != 0)
    return result


def _inverse(coefficients: Floats, what: str, names: tuple[str, ...]) -> Floats:
    n = len(coefficients)
    try:
        inverse: Floats = np.asarray(np.linalg.solve(np.eye(n) - coefficients, np.eye(n)), np.float64)
    except np.linalg.LinAlgError:
        inverse = np.full((n, n), np.nan)
    if n and not _productive(coefficients, inverse):
        worst = names[int(coefficients.sum(axis=0).argmax())]
        raise fault(f"{what}过大，求不出逆矩阵（如 {worst}）", "请核对该部门的中间投入是否大于总产出", worst)
    return inverse


def _productive(coefficients: Floats, inverse: Floats) -> bool:
    """Whether the spectral radius is below one, so that the rounds of inputs add up to the inverse.

    Of non-negative coefficients it is exactly where the inverse is non-negative (Berman & Plemmons 1994, theorem 6.2.3);
    others are asked themselves.
    """
    if (coefficients >= 0).all():
        return bool((inverse >= -NOTHING * max(1.0, float(np.abs(inverse).max()))).all())
    return float(np.abs(np.linalg.eigvals(coefficients)).max()) < 1
