"""The board over the small plan: what stands in a line, what filters leave, and what a download holds."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.web.budgets import BUDGETS

if TYPE_CHECKING:
    from django.test import Client

    from jiqun.programme.pack import Pack
    from jiqun.web.registry.models import Publication

SignIn = Callable[[str], "Client"]


def test_the_course_of_new_ones(pack: Pack, published: Publication) -> None:
    """One title of 2025-08-01: none on the two first quarter ends of the programme, then one; too few years before."""
    from jiqun.web.dispatch.written import forecasts, history

    assert [(p.on, p.actual) for p in history(published)["example-new"]] == [
        (date(2024, 12, 31), 0), (date(2025, 3, 31), 0), (date(2025, 6, 30), 0), (date(2025, 9, 30), 1),
        (date(2025, 12, 31), 1), (date(2026, 3, 31), 1), (date(2026, 6, 30), 1), (date(2026, 9, 30), 1),
    ]  # fmt: skip
    found = forecasts(published)["example-new"]
    # Seven quarters with one in all: (1 + ½)/7 a quarter, five quarters to go.
    assert (found.model, found.points) == ("counts", 7)
    assert found.end is not None
    assert found.end.mean == pytest.approx(1 + 5 * 1.5 / 7)
    assert found.outlook == "有风险"


def test_a_target_without_forecast_says_why(pack: Pack, published: Publication) -> None:
    """Revenue is known from 2024 on, and one firm had enough of it all the time."""
    from jiqun.web.dispatch.written import forecasts, history

    known = [p for p in history(published)["big-firms"] if p.actual is not None]
    assert [(p.on, p.actual) for p in (known[0], known[-1])] == [(date(2025, 3, 31), 1), (date(2026, 9, 30), 1)]
    found = forecasts(published)["big-firms"]
    assert (found.outlook, found.path, found.reason) == (None, (), "7 个季末值没有变化，不作外推")


def test_the_board_shows_every_target(sign_in: SignIn, published: Publication) -> None:
    """Each target once, grouped by task, with its forecast in words."""
    text = sign_in("city").get("/board/").text
    assert text.count('class="lead-cell"') == 6
    assert "发展目标" in text
    assert "2.1家（1家～4家）" in text
    assert 'class="spark"' in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [("state=严重滞后", {"千万元企业", "每年更新设备"}), ("kind=coverage", {"重点集群覆盖率", "县覆盖率"}),
     ("lead=市工业和信息化局", {"千万元企业"}), ("outlook=有风险", {"新培育示例企业", "示例企业营业收入占比"}),
     ("task=goals", {"千万元企业", "示例企业营业收入占比"}), ("state=无此状态&kind=x&sort=y", None)],
)  # fmt: skip
def test_filters(sign_in: SignIn, published: Publication, query: str, shown: set[str] | None) -> None:
    """A filter leaves what it names; what is unknown asks for nothing."""
    rows = _csv(sign_in("city").get(f"/board/export.csv?{query}"))
    assert shown is None or {row[0] for row in rows[1:]} == shown
    assert shown is not None or len(rows) == 7


@pytest.mark.parametrize("sort", ["state", "gap", "progress", "chance", "due"])
def test_sorted_in_one_list(sign_in: SignIn, published: Publication, sort: str) -> None:
    """Sorted otherwise than the plan, all stand in one list."""
    text = sign_in("city").get(f"/board/?sort={sort}").text
    assert text.count('class="lead-cell"') == 6
    assert 'class="group"' not in text


def test_one_county_beside_the_city(sign_in: SignIn, published: Publication) -> None:
    """甲县 has the one firm with the title; a coverage of counties means nothing for one of them."""
    text = sign_in("city").get("/board/?county=990102").text
    assert '<td class="n" data-label="甲县">1家</td>' in text
    assert '<td class="n" data-label="甲县">—</td>' in text


def test_the_workbook_says_where_it_comes_from(sign_in: SignIn, published: Publication) -> None:
    """The note names day and snapshot; numbers are numbers and days are days."""
    answer = sign_in("city").get("/board/export.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    rows: list[Any] = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == f"数据截至 2026-09-30，数据快照 {published.snapshot_id[:12]}，方案包第 1 版"
    first = dict(zip(rows[1], rows[2], strict=True))
    assert (first["目标"], first["当前值"], first["起点到目标的进度"]) == ("新培育示例企业", "1家", 0.5)
    assert first["到期日"].date() == date(2027, 12, 31)
    assert sign_in("city").get("/board/export.pdf").status_code == 404


def test_nothing_published(sign_in: SignIn, published: Publication) -> None:
    """The board says so, the download is not there."""
    published.delete()
    city = sign_in("city")
    assert "还没有发布过测算结果" in city.get("/board/").text
    assert city.get("/board/export.csv").status_code == 404
    assert "还没有发布过测算结果" in city.get("/board/coverage/").text


def test_results_made_before_there_were_forecasts(sign_in: SignIn, published: Publication, tmp_path: Any) -> None:
    """Older results lack the files: the board shows what there is."""
    (tmp_path / "targets.parquet").write_bytes((published.results / "targets.parquet").read_bytes())
    published.results_folder = str(tmp_path)
    published.save()
    text = sign_in("city").get("/board/").text
    assert "本次发布没有预测" in text
    assert 'class="spark"' not in text


def test_the_board_asks_the_database_little(
    sign_in: SignIn, published: Publication, django_assert_max_num_queries: Any
) -> None:
    """All figures come from the written results: the queries are the session, the person and the publication."""
    city = sign_in("city")
    city.get("/board/")
    with django_assert_max_num_queries(BUDGETS["board:board"]):
        city.get("/board/?county=990102")


def _csv(answer: Any) -> list[list[str]]:
    return list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
