"""Two reviewers at once, each in a connection of their own: one wins, the other is told, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections

if TYPE_CHECKING:
    from jiqun.programme.pack import Pack
    from jiqun.web.dispatch.rounds.models import Assignment, Cell, Round

pytestmark = pytest.mark.django_db(transaction=True)
CellOf = Callable[[str], "Cell"]


def _at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run the works at the same moment, each in a thread; what they returned, or the exception."""
    start, results = threading.Barrier(len(works)), [None] * len(works)

    def run(index: int, work: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=10)
            results[index] = work()
        except Exception as error:  # noqa: BLE001 - handed back to the test
            results[index] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def test_two_reviewers_act_on_one_cell(
    fill: Callable[..., Any], pack: Pack, unit_a: Assignment, opened: Round, people: Any, cell: CellOf
) -> None:
    from jiqun.web.common.models import AuditRecord
    from jiqun.web.dispatch.rounds import services

    fill(产值="310", 人数="100")
    services.submit(actor=people["county"], pack=pack, assignment=unit_a)
    seen = [services.Pick(cell(name).pk, cell(name).version) for name in ("产值", "人数")]
    results = _at_once(
        lambda: services.approve_cells(actor=people["city"], round_=opened, level=2, picks=seen),
        lambda: services.return_cells(
            actor=people["operator"], round_=opened, level=2, picks=seen[::-1], reason="口径不对"
        ),
    )
    won, lost = sorted(results, key=lambda r: -len(r.done))
    assert (len(won.done), len(lost.done), len(lost.conflicts)) == (2, 0, 2)
    approved = bool(results[0].done)
    assert {cell("产值").state, cell("人数").state} == {"approved" if approved else "returned"}
    who = "city人员" if approved else "operator人员"
    assert all(conflict.what.startswith(f"{who} 已于 ") for conflict in lost.conflicts)
    acts = AuditRecord.objects.filter(action__in=["审核通过", "退回数据"])
    assert [record.action for record in acts] == ["审核通过" if approved else "退回数据"]


def test_two_people_fill_one_cell(pack: Pack, unit_a: Assignment, people: Any, cell: CellOf) -> None:
    from jiqun.web.dispatch.rounds import services

    first = cell("产值")

    def write(text: str) -> Callable[[], Any]:
        edit = services.Edit(first.pk, first.version, text)
        return lambda: services.save_cells(actor=people["county"], pack=pack, assignment=unit_a, edits=[edit])

    results = _at_once(write("210"), write("220"))
    assert sorted(len(r.conflicts) for r in results) == [0, 1]
    kept = "2100000" if not results[0].conflicts else "2200000"
    assert (cell("产值").value, cell("产值").version) == (kept, 2)
