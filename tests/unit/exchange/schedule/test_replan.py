"""Re-planning: counted by hand, never more disturbed than allowed, what has happened untouched."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.exchange.schedule.checker import check
from jiqun.exchange.schedule.control import Control
from jiqun.exchange.schedule.faults import ScheduleError
from jiqun.exchange.schedule.live import Live
from jiqun.exchange.schedule.problem import (
    Alternative,
    Assignment,
    Calendar,
    Job,
    Machine,
    Operation,
    Problem,
    Span,
    plain_problem,
)
from jiqun.exchange.schedule.promise import promise
from jiqun.exchange.schedule.replan import replan
from jiqun.exchange.schedule.replan_events import Breakdown, Delay, Order
from jiqun.exchange.schedule.rich.search import solve_rich
from jiqun.exchange.schedule.sample import rich_problem
from jiqun.exchange.schedule.solution import solution_of
from jiqun.exchange.schedule.solve import solve

QUICK = Control(iterations=400, threads=1)


def _two_machines() -> Live:
    """M1 does A1 0—4, B 4—8; M2 does C 0—6, then A2 6—9; B may be done by M2 in 5."""
    problem = plain_problem([[[(0, 4)], [(1, 3)]], [[(0, 4), (1, 5)]], [[(1, 6)]]], 2)
    rows = (
        Assignment("J1", "1", "M1", 0, 4), Assignment("J1", "2", "M2", 6, 9),
        Assignment("J2", "1", "M1", 4, 8), Assignment("J3", "1", "M2", 0, 6),
    )  # fmt: skip
    return Live(problem, solution_of(problem, rows))


def test_work_of_a_broken_machine_goes_to_another() -> None:
    # M1 is down from 4 to 14: waiting, B would end at 18; on M2 it and A2 end at 14, whichever is first.
    done = replan(_two_machines(), 4, [Breakdown("M1", 4, 14)], QUICK)
    assert check(done.after) == []
    assert (int(done.repaired.end.max()), int(done.after.end.max())) == (18, 14)
    assert [(m.job, m.old_machine, m.new_machine) for m in done.difference.machine] == [("J2", "M1", "M2")]
    # C and A1 have begun, B is what the event is about: A2 alone is left, and may not move with a share of 5 %.
    assert (done.untouched, done.disturbed) == (frozenset({1}), 0)


def test_a_machine_that_is_down_later_is_planned_around() -> None:
    # M1 is shut from 5 to 15 only: B begins at 4, pauses, and would end at 18; M2 has it done at 14.
    done = replan(_two_machines(), 3, [Breakdown("M1", 5, 15)], QUICK)
    assert check(done.after) == []
    assert (int(done.repaired.end.max()), int(done.after.end.max())) == (18, 14)


def test_work_under_way_goes_on_where_it_was_broken_off() -> None:
    # A1 has done 3 of its 4 when M1 stops from 3 to 13: 13—14.
    done = replan(_two_machines(), 3, [Breakdown("M1", 3, 13)], QUICK)
    assert check(done.after) == []
    assert done.after.assignments[0] == Assignment("J1", "1", "M1", 0, 14)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([0.0, 0.1, 0.4]), st.booleans())
def test_no_more_is_disturbed_than_allowed(seed: int, share: float, rich: bool) -> None:
    if rich:
        problem = rich_problem(50, seed)
        plan = solve_rich(problem, Control(iterations=500, threads=1, seed=seed))
    else:
        jobs = [
            [[((j + o + k) % 5, 3 + (seed + 7 * j + 3 * o + k) % 11) for k in range(3)] for o in range(5)]
            for j in range(10)
        ]
        problem = plain_problem(jobs, 5)
        plan = solve(problem, Control(iterations=300, threads=1, seed=seed))
    now = int(plan.start.max()) // 2
    down = problem.machines[seed % len(problem.machines)].name
    new = Order(Job("急单", problem.jobs[0].operations, problem.jobs[0].release))
    events = [Breakdown(down, now, now + int(plan.end.max()) // 4), Delay(problem.jobs[-1].name, now + 5), new]
    done = replan(Live(problem, plan), now, events, QUICK, share)
    assert check(done.after) == []
    assert done.disturbed <= share * len(done.untouched)
    assert done.after.problem.objective == problem.objective
    assert done.after.value <= done.repaired.value
    assert {a for a in plan.assignments if a.end <= now} <= set(done.after.assignments)


def test_a_share_out_of_range_is_refused() -> None:
    with pytest.raises(ScheduleError) as caught:
        replan(_two_machines(), 4, [Breakdown("M1", 4, 14)], QUICK, 1.5)
    assert [str(p) for p in caught.value.problems] == ["可变动工序的比例须在 0 至 1 之间（现为“1.5”）"]


def test_every_fault_of_the_events_at_once() -> None:
    bad = Job("J1", (Operation("1", (Alternative("X", 3),)),))
    with pytest.raises(ScheduleError) as caught:
        replan(_two_machines(), 4, [Breakdown("X", 9, 2), Delay("Y", 3), Order(bad), Order(bad)], QUICK)
    assert [str(p) for p in caught.value.problems] == [
        "“故障 X”：没有这台机器",
        "“故障 X”：恢复时间（2）不晚于故障时间（9）",
        "“故障 X”：恢复时间（2）已过，现为 4。只写还在影响计划的故障",
        "“延误 Y”：没有这个工件",
        "“延误 Y”：可开工时间（3）已过，现为 4",
        "“工件 J1”：名称已被占用。请换一个名称",
        "“工件 J1 / 工序 1”：机器 X 不存在",
        "“工件 J1 / 工序 1”：没有机器能做。请给出至少一台机器和它的时长",
        "“工件 J1”：名称已被占用。请换一个名称",
        "“工件 J1 / 工序 1”：机器 X 不存在",
        "“工件 J1 / 工序 1”：没有机器能做。请给出至少一台机器和它的时长",
    ]


def test_the_buffer_of_a_promise_counted_by_hand() -> None:
    # Open 0—10 of every 20. The order takes 3 on M, then 4 on N, behind work that ends at 2: 2—5, 5—9. Each may overrun by
    # a half: √(1.5² + 2²) = 2.5, so 3 units in hand, of which one fits before closing and two from 20 on.
    problem = Problem(
        (Job("J", (Operation("1", (Alternative("M", 2),)),)),), (Machine("M", calendar="c"), Machine("N", calendar="c")),
        (Calendar("c", (Span(0, 10),), 20),),
    )  # fmt: skip
    live = Live(problem, solution_of(problem, (Assignment("J", "1", "M", 0, 2),)))
    order = Job(
        "K", (Operation("1", (Alternative("M", 3),)), Operation("2", (Alternative("N", 4),))), due=20
    )  # fmt: skip
    given_ = promise(live, 0, order, 0.5)
    assert (given_.finish, given_.buffer, given_.date, given_.late) == (9, 3, 22, 2)
    plain = promise(live, 0, order)
    assert (plain.finish, plain.buffer, plain.date, plain.late) == (9, 0, 9, 0)


@pytest.mark.parametrize("slack", [-0.1, 10.5])
def test_a_slack_out_of_range_is_refused(slack: float) -> None:
    with pytest.raises(ScheduleError) as caught:
        promise(_two_machines(), 0, Job("K", (Operation("1", (Alternative("M1", 3),)),)), slack)
    assert [str(p) for p in caught.value.problems] == [f"缓冲比例须在 0 至 10 之间（现为“{slack}”）"]
