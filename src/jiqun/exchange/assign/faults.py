"""What can be wrong with an assignment problem: every fault at once, each with its object and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from jiqun.base.errors import InputError, Place, Problems, did_you_mean
from jiqun.base.errors import Problem as Fault
from jiqun.exchange.assign.problem import MAX_SCORE, SCALE, Agent, Conflict, Quota, Task

if TYPE_CHECKING:
    from jiqun.exchange.assign.problem import Problem


class AssignError(InputError):
    """A problem or a question about it was refused; `problems` lists every fault."""

    def __init__(self, problems: Iterable[Fault]) -> None:
        super().__init__(list(problems), "分派问题有误")


def faults(problem: Problem) -> Problems:
    """Every fault of a problem, in the order agents, tasks, pairs, quotas, conflicts, recusals, fairness."""
    found = Problems()
    words = problem.words
    for side, word in ((problem.agents, words.agent), (problem.tasks, words.task)):
        _side(side, word, found)
    _pairs(problem, found)
    for quota in problem.quotas:
        _quota(problem, quota, found)
    for conflict in problem.conflicts:
        _conflict(problem, conflict, found)
    _recusals(problem, found)
    for name, value in (("工作量差距", problem.fairness.spread), ("最低得分", problem.fairness.floor)):
        if value < 0:
            found.add(f"{name}的分值为负", Place(field="公平"), found=value, mend="须为零或正数")
    return found


def _side(side: tuple[Agent, ...] | tuple[Task, ...], word: str, found: Problems) -> None:
    if not side:
        found.add(f"没有{word}", mend=f"请至少写一个{word}")
    for name, count in Counter(x.id for x in side).items():
        if count > 1:
            found.add(f"编号出现 {count} 次", Place(field=f"{word} {name}"), mend="编号不得重复")
    for item in side:
        place = Place(field=f"{word} {item.id}")
        limits(item.min, item.max, place, found)
        if isinstance(item, Agent) and item.lead_max < 0:
            found.add("牵头数为负", place, found=item.lead_max, mend="须为零（不牵头）或正整数")
        _weight(item.weight, place, found)


def limits(least: int, most: int | None, place: Place, found: Problems) -> None:
    """Note a negative minimum, a quota of zero, and a minimum above the maximum."""
    if least < 0:
        found.add("至少数为负", place, found=least, mend="须为零或正整数")
    if most is not None and most < 1:
        word = "名额为零" if most == 0 else "名额为负"
        found.add(word, place, found=most, mend="至多数须为正整数；不分派的请删去")
    elif most is not None and least > most:
        found.add(f"至少 {least} 大于至多 {most}", place, mend="请改小至少数，或改大至多数")


def _weight(weight: int | None, place: Place, found: Problems) -> None:
    if weight is not None and not 1 <= weight <= 1_000_000:
        found.add("放弃代价须为 1 至 1000000", place, found=weight, mend="不可放弃的条件请写 never")


def _pairs(problem: Problem, found: Problems) -> None:
    pairs, words = problem.pairs, problem.words
    for column, side, word in ((pairs.agent, problem.agents, words.agent), (pairs.task, problem.tasks, words.task)):
        wrong = (column < 0) | (column >= len(side))
        if wrong.any():
            found.add(f"配对中有 {int(wrong.sum())} 个不存在的{word}", mend=f"请先登记该{word}")
    if len({len(c) for c in (pairs.agent, pairs.task, pairs.score, pairs.lead)}) > 1:
        found.add("配对的各列长度不一")
        return
    keys = pairs.agent.astype(np.int64) * (len(problem.tasks) + 1) + pairs.task
    values, counts = np.unique(keys, return_counts=True)
    for key in values[counts > 1][:20].tolist():
        a, t = divmod(key, len(problem.tasks) + 1)
        if 0 <= a < len(problem.agents) and 0 <= t < len(problem.tasks):
            found.add("配对写了不止一次", _pair(problem, a, t), mend="每对只写一行")
    for points, word in ((pairs.score, "分值"), (pairs.lead, "牵头加分")):
        for p in np.flatnonzero((points < 0) | (points > MAX_SCORE))[:20].tolist():
            place = _pair(problem, int(pairs.agent[p]), int(pairs.task[p]))
            found.add(f"{word}须为 0 至 {MAX_SCORE // SCALE} 分", place, found=f"{points[p] / SCALE:g}")


def _pair(problem: Problem, agent: int, task: int) -> Place:
    return Place(field=f"配对 {problem.agents[agent].id}—{problem.tasks[task].id}")


def _quota(problem: Problem, quota: Quota, found: Problems) -> None:
    place = Place(field=f"名额 {quota.name}")
    limits(quota.min, quota.max, place, found)
    _weight(quota.weight, place, found)
    fields = {f for a in problem.agents for f in a.fields}
    groups = {t.group for t in problem.tasks} - {""}
    for name, known, what in (
        (quota.field, fields, f"没有{problem.words.agent}属于领域 {quota.field}"),
        (quota.group, groups, f"没有{problem.words.task}属于分组 {quota.group}"),
    ):
        if name and name not in known:
            found.add(what, place, mend=did_you_mean(name, sorted(known)) or "请核对名称")
    if quota.min == 0 and quota.max is None:
        found.add("既无至少也无至多", place, mend="请写 min 或 max，或删去该条")


def _conflict(problem: Problem, conflict: Conflict, found: Problems) -> None:
    word, known = (problem.words.task, problem.task_at) if conflict.tasks else (problem.words.agent, problem.agent_at)
    place = Place(field=f"冲突 {conflict.first}—{conflict.second}")
    for name in sorted({conflict.first, conflict.second}):
        if name not in known:
            found.add(f"没有{word} {name}", place, mend=did_you_mean(name, known))
    if conflict.first == conflict.second:
        found.add("与自己冲突", place, mend="请写两个不同的编号")
    _weight(conflict.weight, place, found)


def _recusals(problem: Problem, found: Problems) -> None:
    for recusal in problem.recusals:
        place = Place(field=f"回避 {recusal.agent}—{recusal.task}")
        sides = ((recusal.agent, problem.agent_at, problem.words.agent), (recusal.task, problem.task_at, problem.words.task))  # fmt: skip
        for name, known, word in sides:
            if name not in known:
                found.add(f"没有{word} {name}", place, mend=did_you_mean(name, known))
