"""What to give up where not all conditions can hold: least total weight, then least amounts, proven by CP-SAT."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, hstack

from jiqun.exchange.assign.model import UNBOUNDED, Ints, Model, open_ends
from jiqun.exchange.assign.plan import GivenUp

LARGE = 5_000
"""Columns from which on the search starts at the least amounts."""


@dataclass(frozen=True)
class Relaxation:
    """The conditions to give up, by how much every row yields, and whether nothing less is possible."""

    given_up: tuple[GivenUp, ...]
    slack: Ints
    proven: bool


def least_relaxation(model: Model, time_limit: float, fixed: Ints | None = None) -> Relaxation | None:
    """The least weight of conditions to give up; None where the time limit (seconds) ends before any is found.

    Minimum-weight relaxation of a partitioned constraint set (as weighted MaxSAT; Li & Manyà 2009). A condition that
    may never be given up weighs more than all others together, so that it is named only where those contradict.
    """
    weights = _weights(model)
    start = _least_amounts(model, weights, time_limit, fixed) if len(model.upper) >= LARGE else None
    if start is not None and sum(weights[c] for c in _yielding(model, start[1])) <= min(weights):
        # Something has to be given up, and nothing weighs less.
        return _relaxation(model, start[1], True)
    made, slack, given = _sat_model(model, fixed)
    cost = sum((weights[c] * g for c, g in given.items()), start=cp_model.LinearExpr.sum([]))
    made.minimize(cost)
    solver = cp_model.CpSolver()
    # One worker and interleaving leave nothing to chance; the time limit is the only thing that could.
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = time_limit
    if start is not None:
        _hint(made, model, start, slack, given)
    status = solver.solve(made)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None if start is None else _relaxation(model, start[1], False)
    proven = status == cp_model.OPTIMAL
    first = _read(model, solver, slack, proven)
    if not proven:
        return first
    made.add(cost <= round(solver.objective_value))
    made.minimize(sum(slack.values(), start=cp_model.LinearExpr.sum([])))
    if solver.solve(made) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return first
    return _read(model, solver, slack, proven)


def _least_amounts(model: Model, weights: list[int], time_limit: float, fixed: Ints | None) -> tuple[Ints, Ints] | None:
    """Columns and slack of every row for the least weighted amounts (HiGHS): near the least weight, and soon found."""
    owned = np.flatnonzero(np.array(model.owner) >= 0)
    low, high = open_ends(np.array(model.low)), open_ends(np.array(model.high))
    sign = np.where(np.isfinite(low[owned]), 1, -1)
    count, rows = len(model.upper), len(model.parts)
    yields = csr_matrix((sign, (owned, np.arange(len(owned)))), shape=(rows, len(owned)))
    lower = np.zeros(count + len(owned))
    if fixed is not None:
        lower[fixed] = 1
    found = milp(
        np.concatenate([np.zeros(count), [weights[model.owner[r]] for r in owned.tolist()]]),
        integrality=np.ones(count + len(owned)),
        bounds=Bounds(lower, np.concatenate([open_ends(model.upper), np.full(len(owned), np.inf)])),
        constraints=LinearConstraint(hstack([model.matrix(), yields]).tocsc(), low, high),
        options={"time_limit": time_limit},
    )
    if found.x is None:
        return None
    values = np.rint(found.x).astype(np.int64)
    slack = np.zeros(rows, np.int64)
    slack[owned] = values[count:]
    return values[:count], slack


def _hint(
    made: cp_model.CpModel,
    model: Model,
    start: tuple[Ints, Ints],
    slack: dict[int, cp_model.IntVar],
    given: dict[int, cp_model.IntVar],
) -> None:
    """Begin at a relaxation; the columns come first in the model."""
    columns, amounts = start
    for number, value in enumerate(columns.tolist()):
        made.add_hint(made.get_int_var_from_proto_index(number), value)
    for row, variable in slack.items():
        made.add_hint(variable, int(amounts[row]))
    yielding = _yielding(model, amounts)
    for condition, variable in given.items():
        made.add_hint(variable, condition in yielding)


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
        # Rows of conditions count pairs: they can miss a minimum by all of it, a maximum by all the others.
        most = low if low > 0 else len(indexes) - high
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
