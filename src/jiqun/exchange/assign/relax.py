"""What to give up where not all conditions can hold: least total weight, then least amounts, proven by CP-SAT.

Large problems get a linear relaxation that is rounded in place of the proof.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, hstack, vstack

from jiqun.exchange.assign.model import UNBOUNDED, Ints, Model, open_ends
from jiqun.exchange.assign.plan import GivenUp

LARGE = 5_000
"""Columns from which on the relaxation is rounded in place of a proof."""
_WHOLE = 1e-6


@dataclass(frozen=True)
class Relaxation:
    """The conditions to give up, by how much every row yields, and whether nothing less is possible."""

    given_up: tuple[GivenUp, ...]
    slack: Ints
    proven: bool

    @property
    def amounts(self) -> dict[str, int]:
        """By how much each condition (its text) yields in all."""
        return {g.text: g.amount for g in self.given_up}


def least_relaxation(model: Model, time_limit: float, fixed: Ints | None = None) -> Relaxation | None:
    """The least weight of conditions to give up; None where the time limit (seconds) ends before any is found.

    Minimum-weight relaxation of a partitioned constraint set (as weighted MaxSAT; Li & Manyà 2009). A condition that
    may never be given up weighs more than all others together, so that it is named only where those contradict.
    """
    weights = _weights(model)
    if len(model.upper) >= LARGE:
        near = _elastic(model, weights, time_limit, fixed)
        # Something has to be given up: where it is of the least weight, nothing weighs less.
        return near if near is None else _relaxation(
            model, near, sum(weights[c] for c in _yielding(model, near)) <= min(weights)
        )  # fmt: skip
    made, slack, given = _sat_model(model, fixed)
    cost = sum((weights[c] * g for c, g in given.items()), start=cp_model.LinearExpr.sum([]))
    made.minimize(cost)
    solver = cp_model.CpSolver()
    # One worker and interleaving leave nothing to chance; the time limit is the only thing that could.
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = time_limit
    status = solver.solve(made)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    proven = status == cp_model.OPTIMAL
    first = _read(model, solver, slack, proven)
    if not proven:
        return first
    made.add(cost <= round(solver.objective_value))
    made.minimize(sum(slack.values(), start=cp_model.LinearExpr.sum([])))
    if solver.solve(made) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return first
    return _read(model, solver, slack, proven)


@dataclass(frozen=True)
class _Elastic:
    """A model whose rows of conditions (`owned`) may yield, each at its price; its columns come first."""

    model: Model
    owned: NDArray[np.intp]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    goal: NDArray[np.float64]
    rows: csr_matrix
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def of(cls, model: Model, weights: list[int], fixed: Ints | None) -> _Elastic:
        """All rows may yield; the pairs `fixed` are taken."""
        owned, lower = np.flatnonzero(np.array(model.owner) >= 0), np.zeros(len(model.upper))
        if fixed is not None:
            lower[fixed] = 1
        goal = np.append(np.zeros(len(lower)), [_price(model, weights, r) for r in owned.tolist()])
        rows = hstack([model.matrix(), _yields(model, owned)]).tocsr()
        ends = (open_ends(np.array(values)) for values in (model.low, model.high))
        return cls(model, owned, lower, open_ends(model.upper), goal, rows, *ends)

    def with_yields(self, values: NDArray[np.float64], yields: float) -> NDArray[np.float64]:
        """Bounds of the columns, and one for how much rows yield."""
        return np.append(values, np.full(len(self.owned), yields))

    def divisible(self, time_limit: float) -> NDArray[np.float64] | None:
        """The best values where columns may be divided (HiGHS, dual simplex)."""
        below, above = np.isfinite(self.high), np.isfinite(self.low)
        bounds = (self.with_yields(self.lower, 0), self.with_yields(self.upper, np.inf))
        found = linprog(
            self.goal, vstack([self.rows[below], -self.rows[above]]).tocsc(),
            np.append(self.high[below], -self.low[above]), bounds=np.column_stack(bounds), method="highs-ds",
            options={"time_limit": time_limit},
        )  # fmt: skip
        return found.x if found.status == 0 else None

    def whole(self, kept: NDArray[np.float64], fix: NDArray[np.bool_], time_limit: float) -> NDArray[np.float64] | None:
        """The best values with whole columns, those in `fix` as they are in `kept`."""
        lower, upper = np.where(fix, kept, self.lower), np.where(fix, kept, self.upper)
        found: NDArray[np.float64] | None = milp(
            self.goal, integrality=self.with_yields(np.ones(len(fix)), 0),
            bounds=Bounds(self.with_yields(lower, 0), self.with_yields(upper, np.inf)),
            constraints=LinearConstraint(self.rows.tocsc(), self.low, self.high), options={"time_limit": time_limit},
        ).x  # fmt: skip
        return found


def _elastic(model: Model, weights: list[int], time_limit: float, fixed: Ints | None) -> Ints | None:
    """The slack of every row, near the least weight: the linear relaxation of the least weight, then rounded.

    A row that yields costs its condition's weight by the share of the most it could yield, so that few conditions yield
    far rather than many a little. Columns that the relaxation leaves whole stay as they are; branch and cut settles the
    few others (relaxation-enforced neighbourhood search; Berthold 2014), or all, before what may never yield does.
    """
    elastic, count = _Elastic.of(model, weights, fixed), len(model.upper)
    found = elastic.divisible(time_limit)
    if found is None:
        return None
    kept, owned = np.rint(found[:count]), elastic.owned
    may = _never_yields(model, found[count:] > _WHOLE, owned)
    rounded = None
    for fix in (np.abs(found[:count] - kept) < _WHOLE, np.zeros(count, np.bool_)):
        rounded = elastic.whole(kept, fix, time_limit)
        if rounded is not None and (may or not _never_yields(model, rounded[count:] > _WHOLE, owned)):
            break
    if rounded is None:
        return None
    # Whole columns make whole rows, and so whole slack.
    slack = np.zeros(len(model.parts), np.int64)
    slack[owned] = np.rint(rounded[count:])
    return slack


def _never_yields(model: Model, yields: NDArray[np.bool_], owned: NDArray[np.intp]) -> bool:
    """Whether a condition yields that may never be given up."""
    return any(model.conditions[model.owner[r]].weight is None for r in owned[yields].tolist())


def _yields(model: Model, owned: NDArray[np.intp]) -> csr_matrix:
    """The columns by which rows of conditions yield: up to their minimum, down to their maximum."""
    sign = np.where(np.array(model.low)[owned] > 0, 1, -1)
    return csr_matrix((sign, (owned, np.arange(len(owned)))), shape=(len(model.parts), len(owned)))


def _price(model: Model, weights: list[int], row: int) -> float:
    """What a unit of slack costs; where a condition may never be given up, more than all others together."""
    owner = model.owner[row]
    return weights[owner] / (1 if model.conditions[owner].weight is None else _most(model, row))


def _most(model: Model, row: int) -> int:
    """The most by which a row can be missed: it counts pairs, a minimum by all of it, a maximum by all the others."""
    low = model.low[row]
    return low if low > 0 else max(1, len(model.parts[row][0]) - model.high[row])


def _yielding(model: Model, slack: Ints) -> set[int]:
    """The conditions of which some row yields."""
    return {model.owner[r] for r in np.flatnonzero(slack).tolist()}


def _sat_model(
    model: Model, fixed: Ints | None
) -> tuple[cp_model.CpModel, dict[int, cp_model.IntVar], dict[int, cp_model.IntVar]]:
    made = cp_model.CpModel()
    taken = set() if fixed is None else set(fixed.tolist())
    columns = [made.new_int_var(int(n in taken), min(upper, 2**40), "") for n, upper in enumerate(model.upper.tolist())]
    slack: dict[int, cp_model.IntVar] = {}
    given: dict[int, cp_model.IntVar] = {}
    for number, (indexes, coefficients) in enumerate(model.parts):
        owner, low, high = model.owner[number], model.low[number], model.high[number]
        terms = cp_model.LinearExpr.weighted_sum([columns[i] for i in indexes.tolist()], coefficients.tolist())
        if owner < 0:
            made.add_linear_constraint(terms, low, high)
            continue
        most = _most(model, number)
        slack[number] = made.new_int_var(0, most, "")
        given.setdefault(owner, made.new_bool_var(""))
        made.add(slack[number] <= most * given[owner])
        if low > -UNBOUNDED:
            made.add(terms + slack[number] >= low)
        if high < UNBOUNDED:
            made.add(terms - slack[number] <= high)
    return made, slack, given


def _weights(model: Model) -> list[int]:
    never = 1 + sum(c.weight or 0 for c in model.conditions)
    return [never if c.weight is None else c.weight for c in model.conditions]


def _read(model: Model, solver: cp_model.CpSolver, slack: dict[int, cp_model.IntVar], proven: bool) -> Relaxation:
    amounts = np.zeros(len(model.parts), np.int64)
    for number, variable in slack.items():
        amounts[number] = solver.value(variable)
    return _relaxation(model, amounts, proven)


def _relaxation(model: Model, amounts: Ints, proven: bool) -> Relaxation:
    by_condition = dict.fromkeys(sorted(_yielding(model, amounts)), 0)
    for number in np.flatnonzero(amounts).tolist():
        by_condition[model.owner[number]] += int(amounts[number])
    conditions = model.conditions
    named = tuple(
        GivenUp(conditions[c].text, conditions[c].objects, amount, conditions[c].weight)
        for c, amount in by_condition.items()
    )
    return Relaxation(named, amounts, proven)
