"""Where only capacities bind: the optimum by minimum-cost flow (OR-Tools' cost-scaling push-relabel)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from jiqun.exchange.assign.problem import Pairs


def best_flow(pairs: Pairs, agent_max: NDArray[np.int64], task_max: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which pairs to take for the largest total score, each agent and task at most as often as given.

    A pair that adds nothing is not taken. Exact: scores are whole numbers. After Goldberg, "An efficient
    implementation of a scaling minimum-cost flow algorithm" (Journal of Algorithms, 1997).
    """
    agents, tasks, count = len(agent_max), len(task_max), len(pairs)
    if not count:
        return np.zeros(0, bool)
    source, sink = agents + tasks, agents + tasks + 1
    total = int(min(agent_max.sum(), task_max.sum()))
    ends = _arcs(pairs, agents, tasks, source, sink)
    capacity = np.concatenate([np.ones(count, np.int64), agent_max, task_max, [total]])
    cost = np.concatenate([-pairs.score, np.zeros(agents + tasks + 1, np.int64)])
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(*ends, capacity, cost)
    flow.set_nodes_supplies(np.array([source, sink], np.int32), np.array([total, -total], np.int64))
    status = flow.solve()
    if status != flow.OPTIMAL:  # pragma: no cover - the bypass from source to sink makes it feasible always
        raise RuntimeError(f"minimum-cost flow ended with {status}")
    taken = flow.flows(np.arange(count, dtype=np.int32)) > 0
    return np.asarray(taken & (pairs.score > 0), bool)


def _arcs(pairs: Pairs, agents: int, tasks: int, source: int, sink: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Pairs, source to agents, tasks to sink, and the bypass for what stays unassigned."""
    start: list[Any] = [pairs.agent, np.full(agents, source), agents + np.arange(tasks), [source]]
    end: list[Any] = [agents + pairs.task, np.arange(agents), np.full(tasks, sink), [sink]]
    return np.concatenate(start).astype(np.int32), np.concatenate(end).astype(np.int32)
