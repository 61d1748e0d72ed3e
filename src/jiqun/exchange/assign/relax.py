"""What to give up where not all conditions can hold: least total weight, then least amounts, proven by CP-SAT."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from jiqun.exchange.assign.model import UNBOUNDED, Ints, Model
from jiqun.exchange.assign.plan import GivenUp


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
    made, slack, given = _sat_model(model, fixed)
    weights = _weights(model)
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
    first = _read(model, solver, slack, given, proven)
    made.add(cost <= round(solver.objective_value))
    made.minimize(sum(slack.values(), start=cp_model.LinearExpr.sum([])))
    if solver.solve(made) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return first
    return _read(model, solver, slack, given, proven)


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


def _read(
    model: Model,
    solver: cp_model.CpSolver,
    slack: dict[int, cp_model.IntVar],
    given: dict[int, cp_model.IntVar],
    proven: bool,
) -> Relaxation:
    amounts = np.zeros(len(model.parts), np.int64)
    for number, variable in slack.items():
        amounts[number] = solver.value(variable)
    by_condition = dict.fromkeys(sorted(given), 0)
    for number, amount in enumerate(amounts.tolist()):
        if amount:
            by_condition[model.owner[number]] += amount
    named = tuple(
        GivenUp(model.conditions[c].text, model.conditions[c].objects, amount, model.conditions[c].weight)
        for c, amount in by_condition.items()
        if amount
    )
    return Relaxation(named, amounts, proven)
