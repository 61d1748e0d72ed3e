"""Why an agent did not get a task: not fit, not a candidate, or what the plan would lose with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from jiqun.base.errors import Place, Problems, did_you_mean
from jiqun.exchange.assign.faults import AssignError
from jiqun.exchange.assign.model import model_of
from jiqun.exchange.assign.plan import Assigned, GivenUp, Plan, points
from jiqun.exchange.assign.problem import Problem, unfit
from jiqun.exchange.assign.solve import TIME_LIMIT, relaxed, search

Kind = Literal["assigned", "unfit", "recused", "no_candidate", "worse", "impossible", "equal", "unknown"]


@dataclass(frozen=True)
class Why:
    """The reason in Chinese; `loss` in units of score with the pair forced, `changes` what else would change then."""

    kind: Kind
    text: str
    loss: int = 0
    gained: tuple[Assigned, ...] = ()
    lost: tuple[Assigned, ...] = ()
    given_up: tuple[GivenUp, ...] = ()


def why_not(problem: Problem, plan: Plan, agent: str, task: str, time_limit: float = TIME_LIMIT) -> Why:
    """Why the plan does not give `task` to `agent`; AssignError where there is no such agent or task."""
    _known(problem, agent, task)
    if any((r.agent, r.task) == (agent, task) for r in plan.rows):
        return Why("assigned", "已分派")
    a, t = problem.agent_at[agent], problem.task_at[task]
    if reasons := unfit(problem.agents[a], problem.tasks[t]):
        return Why("unfit", "；".join(reasons))
    for recusal in problem.recusals:
        if (recusal.agent, recusal.task) == (agent, task):
            return Why("recused", "须回避" + (f"：{recusal.reason}" if recusal.reason else ""))
    at = np.flatnonzero((problem.candidates.agent == a) & (problem.candidates.task == t))
    if not len(at):
        return Why("no_candidate", "不在候选配对中：没有这一对的分值")
    if plan.status not in ("optimal", "feasible"):
        return Why("unknown", "条件不能同时满足，没有可比较的方案")
    return _forced(problem, plan, at, time_limit)


def _forced(problem: Problem, plan: Plan, at: np.ndarray[tuple[int], np.dtype[np.int64]], time_limit: float) -> Why:
    model = model_of(problem)
    other = search(model, time_limit, fixed=at)
    if other.status == "infeasible":
        given_up = relaxed(model, time_limit, at).given_up
        text = "若派，须放弃：" + "；".join(g.text for g in given_up)
        return Why("impossible", text, given_up=given_up)
    if other.status == "timed_out":
        return Why("unknown", "时限内没有算出若派会怎样")
    loss = plan.value - other.value
    gained = tuple(r for r in other.rows if r not in plan.rows)
    lost = tuple(r for r in plan.rows if r not in other.rows)
    change = f"须改动 {len(gained)} 处新派、{len(lost)} 处撤下"
    if loss <= 0:
        return Why("equal", f"改派后总分相同，{change}；现方案与之并列", 0, gained, lost)
    text = f"若派，总分由 {points(plan.value)} 降为 {points(other.value)}（少 {points(loss)}），{change}"
    return Why("worse", text, loss, gained, lost)


def _known(problem: Problem, agent: str, task: str) -> None:
    found = Problems()
    sides = ((agent, problem.agent_at, problem.words.agent), (task, problem.task_at, problem.words.task))
    for name, known, word in sides:
        if name not in known:
            found.add(f"没有{word} {name}", Place(field="为何未派"), mend=did_you_mean(name, known))
    if len(found):
        raise AssignError(found)
