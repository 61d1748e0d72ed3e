"""An assignment problem as linear rows over integer columns, for any solver; every condition knows its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from jiqun.exchange.assign.problem import Conflict, Pairs, Problem, Quota

Ints = NDArray[np.int64]
UNBOUNDED = 2**40
"""Beyond any sum of a row."""


@dataclass(frozen=True)
class Condition:
    """A condition in Chinese with its objects; weight None: never to be given up."""

    text: str
    objects: tuple[str, ...]
    weight: int | None


@dataclass
class Model:
    """Columns: one of each pair (assigned or not), one of each leading pair, then those of fairness."""

    problem: Problem
    candidates: Pairs
    objective: Ints
    upper: Ints
    leaders: Ints
    """The pairs that have a column as lead, in the order of these columns."""
    conditions: list[Condition] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    """The condition of each row; -1 where the row is what the columns mean."""
    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)
    parts: list[tuple[Ints, Ints]] = field(default_factory=list)

    @property
    def pairs(self) -> int:
        """How many candidate pairs there are."""
        return len(self.candidates)

    def slack(self, amounts: Mapping[str, int]) -> Ints:
        """By how much each row may yield where conditions, by their texts, yield so much."""
        given = [amounts.get(self.conditions[o].text, 0) if o >= 0 else 0 for o in self.owner]
        return np.array(given, np.int64)

    def row(self, columns: Ints, low: int, high: int, owner: int = -1, coefficients: Ints | None = None) -> None:
        """Demand that low ≤ Σ coefficient · column ≤ high."""
        self.parts.append((columns, np.ones(len(columns), np.int64) if coefficients is None else coefficients))
        self.low.append(low)
        self.high.append(high)
        self.owner.append(owner)

    def condition(self, text: str, objects: tuple[str, ...], weight: int | None) -> int:
        """A new condition; its number."""
        self.conditions.append(Condition(text, objects, weight))
        return len(self.conditions) - 1

    def matrix(self) -> csr_matrix:
        """The coefficients, rows × columns."""
        lengths = [len(columns) for columns, _ in self.parts]
        start = np.concatenate([[0], np.cumsum(lengths)])
        nothing = np.zeros(0, np.int64)
        columns = np.concatenate([nothing, *(c for c, _ in self.parts)])
        values = np.concatenate([nothing, *(v for _, v in self.parts)])
        return csr_matrix((values, columns, start), shape=(len(self.parts), len(self.upper)))


def model_of(problem: Problem, *, lead_columns: bool = True, only: NDArray[np.bool_] | None = None) -> Model:
    """The rows of a problem, over `only` some of its candidates where that is given.

    Without `lead_columns` a led task only has to get some agent that may lead: a smaller model with the same optimum
    wherever the leads can be shared out among what it assigns (see `solve`), if leading adds no score.
    """
    pairs = problem.candidates if only is None else problem.candidates.keep(only)
    leaders = leading_pairs(problem, pairs) if lead_columns else np.zeros(0, np.int64)
    extra = 2 * bool(problem.fairness.spread) + bool(problem.fairness.floor)
    objective = np.concatenate([pairs.score, pairs.lead[leaders], np.zeros(extra, np.int64)])
    upper = np.concatenate([np.ones(len(pairs) + len(leaders), np.int64), np.full(extra, UNBOUNDED, np.int64)])
    model = Model(problem, pairs, objective, upper, leaders)
    by_agent = groups(pairs.agent, len(problem.agents))
    by_task = groups(pairs.task, len(problem.tasks))
    _capacities(model, by_agent, by_task)
    if lead_columns:
        _leads(model, by_task)
    else:
        _some_leader(model, by_task)
    for quota in problem.quotas:
        _quota(model, quota, by_task)
    for conflict in problem.conflicts:
        _conflict(model, conflict, by_agent, by_task)
    _fairness(model, by_agent, by_task)
    return model


def leading_pairs(problem: Problem, pairs: Pairs) -> Ints:
    """The pairs whose agent may lead and whose task is led."""
    may_lead = np.array([a.lead_max > 0 for a in problem.agents], bool)
    led = np.array([t.lead for t in problem.tasks], bool)
    return np.flatnonzero(may_lead[pairs.agent] & led[pairs.task]).astype(np.int64)


def open_ends(values: Ints) -> NDArray[np.float64]:
    """Bounds of rows or columns with infinity where there is none."""
    shown = values.astype(float)
    shown[values >= UNBOUNDED // 2] = np.inf
    shown[values <= -UNBOUNDED // 2] = -np.inf
    return shown


def groups(keys: NDArray[np.int32], count: int) -> list[Ints]:
    """The positions of each key 0 … count-1."""
    order = np.argsort(keys, kind="stable")
    cuts = np.searchsorted(keys[order], np.arange(1, count))
    return [part.astype(np.int64) for part in np.split(order, cuts)]


def named(word: str, item_id: str, name: str) -> str:
    """团队“甲”, by name where there is one."""
    return f"{word}“{name or item_id}”"


def _capacities(model: Model, by_agent: list[Ints], by_task: list[Ints]) -> None:
    words = model.problem.words
    for agent, columns in zip(model.problem.agents, by_agent, strict=True):
        who = named(words.agent, agent.id, agent.name)
        _between(model, columns, agent.min, agent.max, who, f"个{words.task}", (agent.id,), agent.weight)
    for task, columns in zip(model.problem.tasks, by_task, strict=True):
        who = named(words.task, task.id, task.name)
        _between(model, columns, task.min, task.max, who, f"个{words.agent}", (task.id,), task.weight)


def _between(
    model: Model, columns: Ints, low: int, high: int | None, who: str, unit: str, objects: tuple[str, ...], weight: int | None
) -> None:  # fmt: skip
    """Two conditions, so that one may be given up without the other; none where it always holds."""
    if low > 0:
        model.row(columns, low, UNBOUNDED, model.condition(f"{who}至少 {low} {unit}", objects, weight))
    if high is not None and high < len(columns):
        model.row(columns, -UNBOUNDED, high, model.condition(f"{who}至多 {high} {unit}", objects, weight))


def _leads(model: Model, by_task: list[Ints]) -> None:
    problem, words = model.problem, model.problem.words
    pairs, leaders = model.candidates, model.leaders
    lead = model.pairs + np.arange(len(leaders))
    for column, pair in zip(lead.tolist(), leaders.tolist()):
        model.row(np.array([column, pair]), -UNBOUNDED, 0, coefficients=np.array([1, -1]))
    tasks = groups(pairs.task[leaders], len(problem.tasks))
    for task, mine in zip(problem.tasks, tasks, strict=True):
        if task.lead:
            text = f"{named(words.task, task.id, task.name)}须有一个牵头{words.agent}"
            model.row(lead[mine], 1, UNBOUNDED, model.condition(text, (task.id,), task.weight))
            model.row(lead[mine], -UNBOUNDED, 1)
    for agent, mine in zip(problem.agents, groups(pairs.agent[leaders], len(problem.agents)), strict=True):
        if agent.lead_max < len(mine):
            text = f"{named(words.agent, agent.id, agent.name)}至多牵头 {agent.lead_max} 个{words.task}"
            model.row(lead[mine], -UNBOUNDED, agent.lead_max, model.condition(text, (agent.id,), agent.weight))


def _some_leader(model: Model, by_task: list[Ints]) -> None:
    problem = model.problem
    leaders = leading_pairs(problem, model.candidates)
    for task, mine in zip(problem.tasks, groups(model.candidates.task[leaders], len(problem.tasks)), strict=True):
        if task.lead:
            model.row(leaders[mine], 1, UNBOUNDED)


def _quota(model: Model, quota: Quota, by_task: list[Ints]) -> None:
    problem, words = model.problem, model.problem.words
    has = np.array([not quota.field or quota.field in a.fields for a in problem.agents], bool)
    mine = [c[has[model.candidates.agent[c]]] for c in by_task]
    chosen = [i for i, t in enumerate(problem.tasks) if not quota.group or t.group == quota.group]
    if quota.each:
        for i in chosen:
            task = problem.tasks[i]
            who = f"名额“{quota.name}”：{named(words.task, task.id, task.name)}"
            _between(model, mine[i], quota.min, quota.max, who, f"个{words.agent}", (quota.name, task.id), quota.weight)
        return
    columns = np.concatenate([np.zeros(0, np.int64), *(mine[i] for i in chosen)])
    _between(model, columns, quota.min, quota.max, f"名额“{quota.name}”：", "次分派", (quota.name,), quota.weight)


def _conflict(model: Model, conflict: Conflict, by_agent: list[Ints], by_task: list[Ints]) -> None:
    problem, words = model.problem, model.problem.words
    pairs, names = model.candidates, (conflict.first, conflict.second)
    if conflict.tasks:
        at, items, groups_of, other = problem.task_at, problem.tasks, by_task, pairs.agent
        rule = f"不能派同一{words.agent}"
    else:
        at, items, groups_of, other = problem.agent_at, problem.agents, by_agent, pairs.task  # type: ignore[assignment]
        rule = f"不能派到同一{words.task}"
    first, second = (groups_of[at[name]] for name in names)
    word = words.task if conflict.tasks else words.agent
    who = "与".join(named(word, name, items[at[name]].name) for name in names)
    text = f"{who}{rule}" + (f"（{conflict.reason}）" if conflict.reason else "")
    number = model.condition(text, names, conflict.weight)
    there = {int(other[p]): p for p in second.tolist()}
    for p in first.tolist():
        if (q := there.get(int(other[p]))) is not None:
            model.row(np.array([p, q]), -UNBOUNDED, 1, number)


def _fairness(model: Model, by_agent: list[Ints], by_task: list[Ints]) -> None:
    fairness, column = model.problem.fairness, model.pairs + len(model.leaders)
    if fairness.spread:
        top, bottom = column, column + 1
        model.objective[[top, bottom]] = -fairness.spread, fairness.spread
        model.upper[[top, bottom]] = max(a.max for a in model.problem.agents) + model.pairs
        # Agents without any candidate are left out: nothing could be given to them.
        for mine in (c for c in by_agent if len(c)):
            ones = np.ones(len(mine), np.int64)
            model.row(np.append(mine, top), -UNBOUNDED, 0, coefficients=np.append(ones, -1))
            model.row(np.append(mine, bottom), 0, UNBOUNDED, coefficients=np.append(ones, -1))
        column += 2
    if fairness.floor:
        model.objective[column] = fairness.floor
        score = model.candidates.score
        for mine in by_task:
            model.row(np.append(mine, column), 0, UNBOUNDED, coefficients=np.append(score[mine], -1))
