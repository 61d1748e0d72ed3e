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


def _elastic(model: Model, weights: list[int], time_limit: float, fixed: Ints | None) -> Ints | None:
    """The slack of every row, near the least weight: the linear relaxation of the least weight, then rounded.

    A row that yields costs its condition's weight by the share of the most it could yield, so that few conditions yield
    far rather than many a little. Columns that the relaxation leaves whole stay as they are; branch and cut settles the
    few others (relaxation-enforced neighbourhood search; Berthold 2014), or all, before what may never yield does.
    """
    owned, count = np.flatnonzero(np.array(model.owner) >= 0), len(model.upper)
    none, endless = np.zeros(len(owned)), np.full(len(owned), np.inf)
    lower, upper = np.zeros(count), open_ends(model.upper)
    if fixed is not None:
        lower[fixed] = 1
    goal = np.append(np.zeros(count), [_price(model, weights, r) for r in owned.tolist()])
    rows = hstack([model.matrix(), _yields(model, owned)]).tocsr()
    low, high = open_ends(np.array(model.low)), open_ends(np.array(model.high))
    below, above = np.isfinite(high), np.isfinite(low)
    found = linprog(
        goal, vstack([rows[below], -rows[above]]).tocsc(), np.append(high[below], -low[above]),
        bounds=np.column_stack([np.append(lower, none), np.append(upper, endless)]), method="highs-ds",
        options={"time_limit": time_limit},
    )  # fmt: skip
    if found.status != 0:
        return None
    kept = np.rint(found.x[:count])
    whole = np.abs(found.x[:count] - kept) < _WHOLE
    may = _never_yields(model, found.x[count:] > _WHOLE, owned)
    for fix in (whole, np.zeros(count, np.bool_)):
        rounded = milp(
            goal, integrality=np.append(np.ones(count), none),
            bounds=Bounds(np.append(np.where(fix, kept, lower), none), np.append(np.where(fix, kept, upper), endless)),
            constraints=LinearConstraint(rows.tocsc(), low, high), options={"time_limit": time_limit},
        )  # fmt: skip
        if rounded.x is not None and (may or not _never_yields(model, rounded.x[count:] > _WHOLE, owned)):
            break
    if rounded.x is None:
        return None
    # Whole columns make whole rows, and so whole slack.
    slack = np.zeros(len(model.parts), np.int64)
    slack[owned] = np.rint(rounded.x[count:])
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
