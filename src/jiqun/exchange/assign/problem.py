"""What is to be assigned: agents (teams, experts) to tasks (clusters, needs), under duties, quotas and conflicts.

Scores are whole ten-thousandths of a point (`SCALE`), so that sums are exact. A condition has a weight: what giving it
up costs when not all can hold; None says that it may never be given up. Fields, qualifications and recusals are of
that kind always: an unqualified pair is no candidate at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

SCALE = 10_000
"""Units of score in a point."""
MAX_SCORE = 10**9
"""The largest score of a pair, in units: 100,000 points."""
DEFAULT_WEIGHT = 1


@dataclass(frozen=True)
class Agent:
    """Someone to be assigned: takes `min` to `max` tasks, of which it leads at most `lead_max` (0: may not lead)."""

    id: str
    name: str = ""
    fields: frozenset[str] = frozenset()
    qualifications: frozenset[str] = frozenset()
    min: int = 0
    max: int = 1
    lead_max: int = 0
    weight: int | None = DEFAULT_WEIGHT


@dataclass(frozen=True)
class Task:
    """Something that gets `min` to `max` agents, one of them as lead where `lead` says so (1+N: the lead counts too).

    An agent fits where it has at least one of `fields` (any, where there are none) and all `qualifications`.
    """

    id: str
    name: str = ""
    fields: frozenset[str] = frozenset()
    qualifications: frozenset[str] = frozenset()
    min: int = 0
    max: int = 1
    lead: bool = False
    group: str = ""
    weight: int | None = DEFAULT_WEIGHT


@dataclass(frozen=True)
class Quota:
    """Between `min` and `max` assignments of agents with `field` to tasks of `group`; in each task or in all together.

    An empty field or group stands for all; `max` None is without limit.
    """

    name: str
    min: int = 0
    max: int | None = None
    field: str = ""
    group: str = ""
    each: bool = False
    weight: int | None = DEFAULT_WEIGHT


@dataclass(frozen=True)
class Conflict:
    """Two agents that never share a task or, with `tasks`, two tasks that never share an agent."""

    first: str
    second: str
    tasks: bool = False
    reason: str = ""
    weight: int | None = DEFAULT_WEIGHT


@dataclass(frozen=True)
class Recusal:
    """An agent that must not get a task, whatever the score."""

    agent: str
    task: str
    reason: str = ""


@dataclass(frozen=True)
class Fairness:
    """`spread` units of score are lost for each task between the busiest and the idlest agent (of those with any
    candidate); the score of the worst served task counts `floor` times more.
    """

    spread: int = 0
    floor: int = 0


@dataclass(frozen=True, eq=False)
class Pairs:
    """Candidate pairs in columns: positions of agent and task, score, and the extra score where the agent leads."""

    agent: NDArray[np.int32]
    task: NDArray[np.int32]
    score: NDArray[np.int64]
    lead: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.agent)

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int, int]]) -> Pairs:
        """Pairs from rows of agent, task, score, extra score as lead."""
        columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
        return cls(columns[0].astype(np.int32), columns[1].astype(np.int32), columns[2], columns[3])

    def keep(self, mask: NDArray[np.bool_]) -> Pairs:
        """The pairs where the mask is true."""
        return Pairs(self.agent[mask], self.task[mask], self.score[mask], self.lead[mask])


@dataclass(frozen=True)
class Words:
    """How the two sides are called in answers."""

    agent: str = "团队"
    task: str = "集群"


@dataclass(frozen=True, eq=False)
class Problem:
    """An assignment problem; raises `AssignError` with every fault when built.

    `pairs` may hold unfit or recused pairs: `candidates` are what remains without them.
    """

    agents: tuple[Agent, ...]
    tasks: tuple[Task, ...]
    pairs: Pairs
    quotas: tuple[Quota, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    recusals: tuple[Recusal, ...] = ()
    fairness: Fairness = field(default_factory=Fairness)
    words: Words = field(default_factory=Words)

    def __post_init__(self) -> None:
        from jiqun.exchange.assign.faults import AssignError, faults

        found = faults(self)
        if len(found):
            raise AssignError(found)

    @cached_property
    def agent_at(self) -> dict[str, int]:
        """The position of each agent."""
        return {a.id: i for i, a in enumerate(self.agents)}

    @cached_property
    def task_at(self) -> dict[str, int]:
        """The position of each task."""
        return {t.id: i for i, t in enumerate(self.tasks)}

    @cached_property
    def candidates(self) -> Pairs:
        """The pairs that are fit and not recused, in the order given."""
        recused = {(self.agent_at[r.agent], self.task_at[r.task]) for r in self.recusals}
        plain = not recused and not any(t.fields or t.qualifications for t in self.tasks)
        if plain:
            return self.pairs
        both = zip(self.pairs.agent.tolist(), self.pairs.task.tolist())
        fit = [(a, t) not in recused and not unfit(self.agents[a], self.tasks[t]) for a, t in both]
        return self.pairs.keep(np.array(fit, dtype=bool))

    @property
    def capacities_only(self) -> bool:
        """Whether only capacities bind: then a minimum-cost flow finds the optimum."""
        bound = any(a.min for a in self.agents) or any(t.min or t.lead for t in self.tasks)
        return not (bound or self.quotas or self.conflicts or self.fairness.spread or self.fairness.floor)


def unfit(agent: Agent, task: Task) -> list[str]:
    """Why the agent may not take the task, in Chinese; empty where it fits."""
    reasons = []
    if task.fields and not task.fields & agent.fields:
        has = "、".join(sorted(agent.fields)) or "无"
        reasons.append(f"领域不符：需要 {'、'.join(sorted(task.fields))} 之一，现有 {has}")
    if lacking := task.qualifications - agent.qualifications:
        reasons.append(f"缺少资质：{'、'.join(sorted(lacking))}")
    return reasons


def best_pairs(scores: NDArray[np.int64], k: int) -> Pairs:
    """The `k` best tasks of every agent from a table of scores (agents × tasks, units of score), best first."""
    count, width = scores.shape
    k = min(k, width)
    near = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    value = np.take_along_axis(scores, near, 1)
    order = np.lexsort((near, -value), axis=1)
    near, value = np.take_along_axis(near, order, 1), np.take_along_axis(value, order, 1)
    agent = np.repeat(np.arange(count, dtype=np.int32), k)
    return Pairs(agent, near.ravel().astype(np.int32), value.ravel(), np.zeros(count * k, np.int64))


def best_of_both(scores: NDArray[np.int64], per_agent: int, per_task: int) -> Pairs:
    """The best tasks of every agent and the best agents of every task, each pair once, by agent, then task."""
    mine, theirs = best_pairs(scores, per_agent), best_pairs(np.ascontiguousarray(scores.T), per_task)
    width = scores.shape[1]
    keys = np.unique(np.concatenate([
        mine.agent.astype(np.int64) * width + mine.task, theirs.task.astype(np.int64) * width + theirs.agent,
    ]))  # fmt: skip
    agent, task = np.divmod(keys, width)
    score = scores[agent, task].astype(np.int64)
    return Pairs(agent.astype(np.int32), task.astype(np.int32), score, np.zeros(len(keys), np.int64))
