"""Assignment against enumeration of everything on tiny problems, and hand-made examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from jiqun.exchange.assign import relax
from jiqun.exchange.assign import solve as solving
from jiqun.exchange.assign.explain import why_not
from jiqun.exchange.assign.faults import AssignError
from jiqun.exchange.assign.plan import Assigned, GivenUp, Plan, check, worth
from jiqun.exchange.assign.problem import (
    Agent,
    Conflict,
    Fairness,
    Pairs,
    Problem,
    Quota,
    Recusal,
    Task,
    best_of_both,
    best_pairs,
)
from jiqun.exchange.assign.solve import solve


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """At most three agents, three tasks and seven pairs, with every kind of condition."""
    counts = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    weight = st.one_of(st.none(), st.integers(1, 3))

    def limits() -> dict[str, int]:
        most = draw(st.integers(1, 3))
        return {"max": most, "min": draw(st.integers(0, min(most, 2)))}

    fields = st.frozensets(st.sampled_from("甲乙"))
    agents = tuple(
        Agent(f"A{i}", fields=draw(fields), lead_max=draw(st.integers(0, 2)), weight=draw(weight), **limits())
        for i in range(counts[0])
    )
    tasks = tuple(
        Task(f"T{i}", lead=draw(st.booleans()), group=draw(st.sampled_from("GH")), weight=draw(weight), **limits())
        for i in range(counts[1])
    )
    every = list(product(range(counts[0]), range(counts[1])))
    chosen = draw(st.lists(st.sampled_from(every), max_size=7, unique=True))
    pairs = Pairs.of([(a, t, draw(st.integers(0, 9)), draw(st.sampled_from((0, 0, 3)))) for a, t in chosen])
    known = sorted({f for a in agents for f in a.fields}) or [""]
    quotas = tuple(
        Quota(f"Q{i}", draw(st.integers(0, 2)), draw(st.integers(2, 3)), draw(st.sampled_from(known)), each=draw(st.booleans()), weight=draw(weight))
        for i in range(draw(st.integers(0, 2)))
    )  # fmt: skip
    conflicts: tuple[Conflict, ...] = ()
    if counts[0] > 1 and draw(st.booleans()):
        conflicts += (Conflict("A0", "A1", weight=draw(weight)),)
    if counts[1] > 1 and draw(st.booleans()):
        conflicts += (Conflict("T0", "T1", tasks=True, weight=draw(weight)),)
    fairness = Fairness(draw(st.sampled_from((0, 2))), draw(st.sampled_from((0, 1))))
    return Problem(agents, tasks, pairs, quotas, conflicts, fairness=fairness)


def plans(problem: Problem) -> Iterator[Plan]:
    """Every choice of pairs, with every choice of at most one lead for each led task."""
    pairs = problem.candidates
    everything = range(len(pairs))
    for taken in chain.from_iterable(combinations(everything, n) for n in range(len(pairs) + 1)):
        leads: list[list[int | None]] = [
            [None, *(p for p in taken if pairs.task[p] == t and problem.agents[pairs.agent[p]].lead_max)]
            if task.lead
            else [None]
            for t, task in enumerate(problem.tasks)
        ]
        for lead in product(*leads):
            rows = (
                Assigned(problem.agents[pairs.agent[p]].id, problem.tasks[pairs.task[p]].id, p in lead, 0.0)
                for p in taken
            )
            yield Plan("feasible", tuple(rows))


def broken(problem: Problem, plan: Plan) -> tuple[int, int]:
    """The number of hard and the weight of soft conditions that a plan breaks, counted one by one."""
    weights: list[int | None] = []
    agents = {a.id: a for a in problem.agents}
    by_agent, by_task = Counter(r.agent for r in plan.rows), Counter(r.task for r in plan.rows)
    for a in problem.agents:
        weights += [a.weight] * ((by_agent[a.id] < a.min) + (by_agent[a.id] > a.max))
        weights += [a.weight] * (sum(r.lead for r in plan.rows if r.agent == a.id) > a.lead_max)
    for t in problem.tasks:
        weights += [t.weight] * ((by_task[t.id] < t.min) + (by_task[t.id] > t.max))
        weights += [t.weight] * (t.lead and not any(r.lead for r in plan.rows if r.task == t.id))
    for q in problem.quotas:
        counts = [
            sum(r.task == t.id and (not q.field or q.field in agents[r.agent].fields) for r in plan.rows)
            for t in problem.tasks
        ]
        for n in counts if q.each else [sum(counts)]:
            weights += [q.weight] * ((n < q.min) + (q.max is not None and n > q.max))
    for c in problem.conflicts:
        first, second = (
            {r.agent if c.tasks else r.task for r in plan.rows if (r.task if c.tasks else r.agent) == name}
            for name in (c.first, c.second)
        )
        weights += [c.weight] * bool(first & second)
    return sum(w is None for w in weights), sum(w or 0 for w in weights)


@given(problems())
@settings(max_examples=80, deadline=None)
def test_the_solver_equals_enumeration(problem: Problem) -> None:
    every = list(plans(problem))
    allowed = [p for p in every if not check(problem, p)]
    found = solve(problem)
    if allowed:
        assert found.status == "optimal" and check(problem, found) == []
        assert found.value == found.bound == worth(problem, found) == max(worth(problem, p) for p in allowed)
        return
    assert found.status == "infeasible" and found.minimal and found.given_up
    hard = sum(g.weight is None for g in found.given_up)
    assert (hard, sum(g.weight or 0 for g in found.given_up)) == min(broken(problem, p) for p in every)
    assert broken(problem, found) == (hard, sum(g.weight or 0 for g in found.given_up))


@given(problems())
@settings(max_examples=40, deadline=None)
def test_pricing_first_gives_the_same(problem: Problem) -> None:
    if problem.capacities_only or not len(problem.candidates):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "LARGE", 0)
        large = solve(problem, gap=0.0)
    whole = solve(problem)
    assert (large.status, large.value) == (whole.status, whole.value)


@given(problems())
@settings(max_examples=40, deadline=None)
def test_a_rounded_relaxation_holds_all_but_what_it_gives_up(problem: Problem) -> None:
    whole = solve(problem)
    if whole.status != "infeasible" or not len(problem.candidates):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relax, "LARGE", 0)
        patch.setattr(solving, "LARGE", 0)
        rounded = solve(problem)

    def weighed(plan: Plan) -> tuple[int, int]:
        return sum(g.weight is None for g in plan.given_up), sum(g.weight or 0 for g in plan.given_up)

    least, found = weighed(whole), weighed(rounded)
    assert rounded.status == "infeasible"
    assert broken(problem, rounded) <= found
    # What may never be given up is given up only where it must be; the rest may weigh more unless it is proven.
    assert (found[0] > 0) == (least[0] > 0)
    assert found == least if rounded.minimal else found >= least


@given(st.integers(0, 10_000), st.integers(1, 7), st.integers(1, 7))
@settings(max_examples=40, deadline=None)
def test_one_to_one_equals_the_hungarian_method(seed: int, agents: int, tasks: int) -> None:
    scores = np.random.default_rng(seed).integers(0, 50, (agents, tasks))
    made = Problem(
        tuple(Agent(f"A{i}") for i in range(agents)),
        tuple(Task(f"T{i}") for i in range(tasks)),
        best_pairs(scores, tasks),
    )
    rows, columns = linear_sum_assignment(scores, maximize=True)
    found = solve(made)
    assert found.value == scores[rows, columns].sum() and check(made, found) == []


def test_best_pairs_of_both_sides() -> None:
    scores = np.array([[5, 9, 1], [4, 8, 0]])
    assert [*zip(*(c.tolist() for c in vars(best_pairs(scores, 1)).values()))] == [(0, 1, 9, 0), (1, 1, 8, 0)]
    both = best_of_both(scores, 1, 1)
    assert [*zip(both.agent.tolist(), both.task.tolist())] == [(0, 0), (0, 1), (0, 2), (1, 1)]


def test_one_lead_and_others() -> None:
    """X needs 1+1, only A may lead: A's better place at Y is given up only as far as it must."""
    problem = Problem(
        (Agent("A", lead_max=1, max=1, weight=5), Agent("B"), Agent("C")),
        (Task("X", min=2, max=2, lead=True), Task("Y")),
        Pairs.of([(0, 0, 10, 0), (0, 1, 90, 0), (1, 0, 50, 0), (2, 1, 30, 0), (2, 0, 1, 0)]),
    )
    plan = solve(problem)
    assert [(r.agent, r.task, r.lead) for r in plan.rows] == [("A", "X", True), ("B", "X", False), ("C", "Y", False)]
    assert (plan.status, plan.value, plan.gap) == ("optimal", 90, 0.0)
    why = why_not(problem, plan, "A", "Y")
    assert (why.kind, why.text) == ("impossible", "若派，须放弃：集群“X”须有一个牵头团队")
    why = why_not(problem, plan, "C", "X")
    assert (why.kind, why.loss) == ("worse", 79)
    assert why.text == "若派，总分由 0.009 降为 0.0011（少 0.0079），须改动 1 处新派、2 处撤下"


def test_what_to_give_up() -> None:
    problem = Problem(
        (Agent("A", "甲队"), Agent("B", "乙队")),
        (Task("X", "皮革", min=2, max=3, weight=None), Task("Y", "陶瓷", min=1, max=2, weight=5)),
        Pairs.of([(0, 0, 1, 0), (1, 0, 1, 0), (0, 1, 1, 0)]),
        conflicts=(Conflict("A", "B", reason="同一课题竞标"),),
    )
    plan = solve(problem)
    assert plan.status == "infeasible" and plan.minimal
    assert plan.given_up == (
        GivenUp("团队“甲队”至多 1 个集群", ("A",), 1, 1),
        GivenUp("团队“甲队”与团队“乙队”不能派到同一集群（同一课题竞标）", ("A", "B"), 1, 1),
    )
    assert why_not(problem, plan, "B", "Y").text == "不在候选配对中：没有这一对的分值"


def test_why_not_without_a_search() -> None:
    problem = Problem(
        (
            Agent("A", fields=frozenset({"皮革"})),
            Agent("B", fields=frozenset({"陶瓷"}), qualifications=frozenset({"CMA"})),
        ),
        (Task("X", fields=frozenset({"陶瓷"}), qualifications=frozenset({"CMA"})), Task("Y")),
        Pairs.of([(0, 0, 9, 0), (1, 0, 5, 0), (0, 1, 1, 0), (1, 1, 1, 0)]),
        recusals=(Recusal("B", "Y", "股东"),),
    )
    plan = solve(problem)
    assert why_not(problem, plan, "A", "X").text == "领域不符：需要 陶瓷 之一，现有 皮革；缺少资质：CMA"
    assert why_not(problem, plan, "B", "Y").text == "须回避：股东"
    assert why_not(problem, plan, "B", "X").text == "已分派"
    with pytest.raises(AssignError) as error:
        why_not(problem, plan, "C", "X")
    assert [str(p) for p in error.value.problems] == ["“为何未派”：没有团队 C"]


def test_every_fault_at_once() -> None:
    with pytest.raises(AssignError) as error:
        Problem(
            (Agent("A", min=-1), Agent("A", max=0), Agent("B", min=3, max=2, weight=0)),
            (Task("X", max=-1),),
            Pairs.of([(0, 0, -5, 0), (0, 0, 1, 0), (2, 3, 1, 0)]),
            (Quota("q", field="皮"), Quota("r", min=2, max=1, group="东")),
            (Conflict("B", "B"), Conflict("A", "Z")),
            (Recusal("N", "X"),),
            Fairness(-1),
        )
    assert [str(p) for p in error.value.problems] == [
        "“团队 A”：编号出现 2 次。编号不得重复",
        "“团队 A”：至少数为负（现为“-1”）。须为零或正整数",
        "“团队 A”：名额为零（现为“0”）。至多数须为正整数；不分派的请删去",
        "“团队 B”：至少 3 大于至多 2。请改小至少数，或改大至多数",
        "“团队 B”：放弃代价须为 1 至 1000000（现为“0”）。不可放弃的条件请写 never",
        "“集群 X”：名额为负（现为“-1”）。至多数须为正整数；不分派的请删去",
        "配对中有 1 个不存在的集群。请先登记该集群",
        "“配对 A—X”：配对写了不止一次。每对只写一行",
        "“配对 A—X”：分值须为 0 至 100000 分（现为“-0.0005”）",
        "“名额 q”：没有团队属于领域 皮。请核对名称",
        "“名额 q”：既无至少也无至多。请写 min 或 max，或删去该条",
        "“名额 r”：至少 2 大于至多 1。请改小至少数，或改大至多数",
        "“名额 r”：没有集群属于分组 东。请核对名称",
        "“冲突 B—B”：与自己冲突。请写两个不同的编号",
        "“冲突 A—Z”：没有团队 Z",
        "“回避 N—X”：没有团队 N",
        "“公平”：工作量差距的分值为负（现为“-1”）。须为零或正数",
    ]


def test_the_check_sees_every_breach() -> None:
    problem = Problem(
        (Agent("A", fields=frozenset({"甲"})), Agent("B", min=1)), (Task("X", lead=True), Task("Y")),
        Pairs.of([(0, 0, 1, 0), (0, 1, 1, 0), (1, 0, 1, 0)]),
        (Quota("q", max=1, field="甲"),), (Conflict("A", "B"),), (Recusal("B", "X"),),
    )  # fmt: skip
    rows = (Assigned("A", "X", True, 1), Assigned("A", "Y", False, 1), Assigned("B", "X", False, 1))
    assert check(problem, Plan("feasible", rows)) == [
        "B—X 不是候选", "A 有 2 个", "X 有 2 个", "A 牵头 1 个", "A 与 B 同在 X", "名额 q 为 2",
    ]  # fmt: skip
    assert check(problem, replace(Plan("feasible"), rows=())) == ["B 有 0 个", "X 有 0 个牵头"]
