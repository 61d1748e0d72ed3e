"""Filtering and sorting the targets of the overview."""

from __future__ import annotations

from django.http import QueryDict

from jiqun.web.dispatch.shapes import (
    Filter,
    Group,
    Overview,
    TargetRow,
    counts_by_state,
)
from jiqun.web.dispatch.tables import target_list


def _row(order: int, action: int | None, progress: float | None, pace: float | None, state: str) -> TargetRow:
    return TargetRow(
        f"t{order}", f"目标{order}", action, "一", "家", "20家", None, progress, pace, state, None, (), order
    )


ROWS = (
    _row(0, None, 0.9, 0.5, "超前"),
    _row(1, None, 0.4, 0.5, "滞后"),
    _row(2, 1, 0.1, 0.5, "严重滞后"),
    _row(3, 1, None, 0.5, "待定"),
    _row(4, 2, 1.0, 0.5, "已达标"),
)
PAGE = Overview(
    cards=(),
    groups=(Group(None, "发展目标", ROWS[:2]), Group(1, "行动一", ROWS[2:4]), Group(2, "行动二", ROWS[4:])),
    states=counts_by_state(ROWS),
    alerts=(),
    metrics=(),
    areas=(),
)


def _shown(query: str) -> list[tuple[str, list[str]]]:
    listed = target_list(PAGE, Filter.of(QueryDict(query)))
    return [(group.title, [row.id for row in group.rows]) for group in listed["groups"]]


def test_without_a_filter_all_stand_under_their_action() -> None:
    assert _shown("") == [("发展目标", ["t0", "t1"]), ("行动一", ["t2", "t3"]), ("行动二", ["t4"])]
    assert PAGE.total == 5
    assert [(s.state, s.count) for s in PAGE.states] == [
        ("超前", 1), ("正常", 0), ("滞后", 1), ("严重滞后", 1), ("已达标", 1), ("待定", 1),
    ]  # fmt: skip
    assert [group.late for group in PAGE.groups] == [1, 1, 0]


def test_states_add_up_and_an_empty_action_disappears() -> None:
    assert _shown("state=滞后&state=严重滞后") == [("发展目标", ["t1"]), ("行动一", ["t2"])]
    assert _shown("action=1") == [("行动一", ["t2", "t3"])]
    assert _shown("action=goals&state=超前") == [("发展目标", ["t0"])]
    assert _shown("state=正常") == []


def test_sorting_puts_them_in_one_list() -> None:
    assert _shown("sort=state") == [("", ["t2", "t1", "t3", "t0", "t4"])]
    assert _shown("sort=gap") == [("", ["t2", "t1", "t0", "t4", "t3"])]
    assert _shown("sort=progress") == [("", ["t2", "t1", "t0", "t4", "t3"])]
    assert _shown("sort=gap&state=正常") == []


def test_what_the_address_gets_wrong_is_left_out() -> None:
    assert Filter.of(QueryDict("state=坏&action=x&sort=y")) == Filter()


def test_a_chip_switches_its_state_and_keeps_the_rest() -> None:
    chips = {c.state: c for c in target_list(PAGE, Filter.of(QueryDict("state=滞后&action=1&sort=gap")))["chips"]}
    assert (chips["滞后"].active, chips["滞后"].query) == (True, "?action=1&sort=gap")
    added = QueryDict(chips["超前"].query[1:])
    assert (sorted(added.getlist("state")), added["action"], added["sort"]) == (["滞后", "超前"], "1", "gap")
