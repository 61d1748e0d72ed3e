"""The answer to an assignment problem, and a check of it that shares nothing with the solvers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from jiqun.exchange.assign.problem import SCALE, Problem, unfit

Status = Literal["optimal", "feasible", "infeasible", "timed_out"]
STATUS_WORDS: dict[Status, str] = {
    "optimal": "已证明最优",
    "feasible": "可行（时限内未证明最优）",
    "infeasible": "条件不能同时满足",
    "timed_out": "时限内没有结果",
}


@dataclass(frozen=True)
class Assigned:
    """One agent given to one task; score in points."""

    agent: str
    task: str
    lead: bool
    score: float


@dataclass(frozen=True)
class GivenUp:
    """A condition that cannot hold together with the others, and by how much it has to yield."""

    text: str
    objects: tuple[str, ...]
    amount: int
    weight: int | None


@dataclass(frozen=True)
class Plan:
    """Who gets what: `value` and `bound` in units of score (fairness included); no plan is better than `bound`.

    An infeasible problem has in `given_up` the conditions of least total weight to give up (`minimal` where that is
    proven), and in `rows` the best plan without them.
    """

    status: Status
    rows: tuple[Assigned, ...] = ()
    value: int = 0
    bound: int = 0
    given_up: tuple[GivenUp, ...] = ()
    minimal: bool = True

    @property
    def gap(self) -> float:
        """How far the value may be from the best, as a share of the bound."""
        return 0.0 if self.bound <= self.value else (self.bound - self.value) / max(abs(self.bound), 1)


def check(problem: Problem, plan: Plan) -> list[str]:
    """What in a plan breaks the problem, in Chinese; empty where nothing does."""
    agents, tasks = {a.id: a for a in problem.agents}, {t.id: t for t in problem.tasks}
    listed = set(zip(problem.pairs.agent.tolist(), problem.pairs.task.tolist()))
    recused = {(r.agent, r.task) for r in problem.recusals}
    pairs = [(r.agent, r.task) for r in plan.rows]
    found = [f"{a}—{t} 分派了 {n} 次" for (a, t), n in Counter(pairs).items() if n > 1]
    for a, t in pairs:
        if (problem.agent_at[a], problem.task_at[t]) not in listed or (a, t) in recused or unfit(agents[a], tasks[t]):
            found.append(f"{a}—{t} 不是候选")
    led = Counter(r.task for r in plan.rows if r.lead)
    leading = Counter(r.agent for r in plan.rows if r.lead)
    for side, counts in ((agents, Counter(a for a, _ in pairs)), (tasks, Counter(t for _, t in pairs))):
        found += [f"{k} 有 {counts[k]} 个" for k, x in side.items() if not x.min <= counts[k] <= x.max]
    found += [f"{t.id} 有 {led[t.id]} 个牵头" for t in problem.tasks if led[t.id] != int(t.lead)]
    found += [f"{a.id} 牵头 {leading[a.id]} 个" for a in problem.agents if leading[a.id] > a.lead_max]
    for c in problem.conflicts:
        at = 1 if c.tasks else 0
        both = {p[1 - at] for p in pairs if p[at] == c.first} & {p[1 - at] for p in pairs if p[at] == c.second}
        found += [f"{c.first} 与 {c.second} 同在 {x}" for x in sorted(both)]
    for q in problem.quotas:
        counts = Counter(t for a, t in pairs if not q.field or q.field in agents[a].fields)
        chosen = [t.id for t in problem.tasks if not q.group or t.group == q.group]
        sums = [counts[t] for t in chosen] if q.each else [sum(counts[t] for t in chosen)]
        found += [f"名额 {q.name} 为 {n}" for n in sums if n < q.min or (q.max is not None and n > q.max)]
    return found


def worth(problem: Problem, plan: Plan) -> int:
    """The value of a plan's rows in units of score, counted anew from the problem."""
    score = {
        (a, t): (s, e)
        for a, t, s, e in zip(*(c.tolist() for c in (problem.pairs.agent, problem.pairs.task, problem.pairs.score, problem.pairs.lead)))
    }  # fmt: skip
    total, by_task, load = 0, Counter[int](), Counter[int]()
    for row in plan.rows:
        a, t = problem.agent_at[row.agent], problem.task_at[row.task]
        total += score[a, t][0] + row.lead * score[a, t][1]
        by_task[t] += score[a, t][0]
        load[a] += 1
    usable = set(problem.candidates.agent.tolist())
    if problem.fairness.spread and usable:
        total -= problem.fairness.spread * (max(load[a] for a in usable) - min(load[a] for a in usable))
    if problem.fairness.floor:
        total += problem.fairness.floor * min(by_task[t] for t in range(len(problem.tasks)))
    return total


def points(units: int) -> str:
    """Units of score as a person reads points: 12.5."""
    return f"{units / SCALE:,.4f}".rstrip("0").rstrip(".")
