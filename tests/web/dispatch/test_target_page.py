"""The page of one target: plan line, counties, and the records behind the figure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from jiqun.web.dispatch.queries import RecordQuery, all_records, records, target_page
from jiqun.web.dispatch.shapes import Milestone, Record, Section, Share
from tests.web.plan import A1, A2, B1

if TYPE_CHECKING:
    from jiqun.programme.pack import Pack
    from jiqun.web.dispatch.shapes import TargetPage
    from jiqun.web.registry.models import Publication

NAMES = {"990102": "甲县", "990103": "乙县", "9901A1": "甲县开发区"}


def _page(pack: Pack, published: Publication, target: str) -> TargetPage:
    found = target_page(pack, published, target)
    assert found is not None
    return found


def _share(code: str, value: float | None, text: str, base: str | None = None, open_: int = 0) -> Share:
    return Share(code, NAMES[code], value, text, base, open_)


def test_a_count(pack: Pack, published: Publication) -> None:
    page = _page(pack, published, "example-new")
    assert page.plan == (Milestone(date(2025, 1, 1), 0), Milestone(date(2027, 12, 31), 2))
    assert page.point == Milestone(date(2026, 9, 30), 1)
    assert page.shares == (_share("990102", 1, "1家"), _share("990103", 0, "0家"), _share("9901A1", 0, "0家"))
    assert page.sections == (Section("counted", "计入的记录", 1),)
    assert (page.pace_text, page.baseline, page.measure, page.note) == (
        "2家", "0家", '计数(企业, 认定("示例称号", 2025 至 本年))', "只计方案期内认定的。",
    )  # fmt: skip
    assert page.query is not None
    assert page.query.startswith("WITH") or page.query.startswith("SELECT")


def test_a_count_with_a_firm_that_cannot_be_told(pack: Pack, published: Publication) -> None:
    page = _page(pack, published, "big-firms")
    assert page.plan == (
        Milestone(date(2025, 1, 1), 1), Milestone(date(2025, 12, 31), 2), Milestone(date(2027, 12, 31), 3),
    )  # fmt: skip
    assert page.shares == (
        _share("990102", 1, "1家"), _share("990103", 0, "0家"), _share("9901A1", 0, "0家", open_=1),
    )  # fmt: skip
    assert page.sections == (
        Section("counted", "计入的记录", 1), Section("open", "待定：缺少资料，不能判断", 1),
    )  # fmt: skip


def test_a_coverage_of_clusters(pack: Pack, published: Publication) -> None:
    page = _page(pack, published, "cluster-coverage")
    assert page.shares == (
        _share("990102", 100, "100.0%", "1/1"), _share("990103", 0, "0.0%", "0/1"), _share("9901A1", None, "不涉及", "0/0"),
    )  # fmt: skip
    assert page.sections == (Section("counted", "已计入", 1), Section("base", "尚未覆盖", 1))
    assert (page.share_unit, page.yes_or_no) == ("%", False)


def test_a_coverage_of_the_counties_themselves(pack: Pack, published: Publication) -> None:
    page = _page(pack, published, "county-coverage")
    assert page.shares == (_share("990102", 1, "已计入"), _share("990103", 0, "未计入"))
    assert page.yes_or_no


def test_a_share_of_a_sum_and_a_yearly_count(pack: Pack, published: Publication) -> None:
    share = _page(pack, published, "revenue-share")
    assert share.shares == (
        _share("990102", 100, "100.0%"), _share("990103", 0, "0.0%"), _share("9901A1", None, "待定", open_=1),
    )  # fmt: skip
    yearly = _page(pack, published, "equipment")
    assert yearly.plan == (Milestone(date(2026, 1, 1), 0), Milestone(date(2026, 12, 31), 4))
    assert yearly.repeats


def test_an_unknown_target_has_no_page(pack: Pack, published: Publication) -> None:
    assert target_page(pack, published, "nothing") is None
    assert records(pack, published, "nothing", RecordQuery(), 1) is None
    assert all_records(pack, published, "nothing", RecordQuery()) is None


def _record(code: str, key: str, county: str, **more: object) -> Record:
    cluster = {"a": "a集群", "b": "b集群"}[key[0]]
    return Record(f"{key}示例公司", code, f"/firms/{code}/", county, cluster, **more)  # type: ignore[arg-type]


def _rows(pack: Pack, published: Publication, target: str, part: str = "counted", **asked: object) -> list[Record]:
    found = records(pack, published, target, RecordQuery(part, **asked), 1)  # type: ignore[arg-type]
    assert found is not None
    return list(found.rows)


def test_records_of_titles_carry_the_day_of_the_award(pack: Pack, published: Publication) -> None:
    assert _rows(pack, published, "example-new") == [_record(A1, "a1", "甲县", on=date(2025, 8, 1))]


def test_records_of_figures_carry_the_figure_and_open_ones_what_is_missing(pack: Pack, published: Publication) -> None:
    listed = records(pack, published, "big-firms", RecordQuery(), 1)
    assert listed is not None
    assert (listed.value_label, listed.has_dates, listed.has_clusters) == ("营业收入（2025年）", False, True)
    assert list(listed.rows) == [_record(A1, "a1", "甲县", value="1,200万元")]
    assert _rows(pack, published, "big-firms", "open") == [_record(A2, "a2", "甲县开发区", missing=("营业收入[2025]",))]


def test_records_of_a_register_belong_to_their_firm(pack: Pack, published: Publication) -> None:
    assert _rows(pack, published, "equipment") == [
        _record(B1, "b1", "乙县", on=date(2025, 6, 1)), _record(A1, "a1", "甲县", on=date(2025, 5, 1)),
    ]  # fmt: skip


def test_records_of_clusters_and_counties(pack: Pack, published: Publication) -> None:
    assert _rows(pack, published, "cluster-coverage") == [
        Record("a集群", "cluster-a", "/clusters/cluster-a/", "甲县", None)
    ]
    assert _rows(pack, published, "cluster-coverage", "base") == [
        Record("b集群", "cluster-b", "/clusters/cluster-b/", "乙县", None)
    ]
    assert _rows(pack, published, "county-coverage", "base") == [Record("乙县", "990103", None, "乙县", None)]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"q": "b1"}, ["b1示例公司"]),
        ({"q": "%"}, []),
        ({"county": "990102"}, ["a1示例公司"]),
        ({"places": frozenset({"990102", "9901A1"})}, ["a1示例公司"]),
        ({"places": frozenset({"990102"}), "county": "990103"}, []),
        ({"places": frozenset()}, []),
    ],
)
def test_filters_and_the_readers_places(
    pack: Pack, published: Publication, asked: dict[str, object], names: list[str]
) -> None:
    assert [r.name for r in _rows(pack, published, "equipment", **asked)] == names
    title, rows = all_records(pack, published, "equipment", RecordQuery(**asked)) or ("", iter(()))  # type: ignore[arg-type]
    assert (title, [r.name for r in rows]) == ("每年更新设备", names)
