"""Small snapshots written by hand, to load from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.rules.vocabulary import Field, Indicator, Register, Title, Vocabulary
from tests.web.world import uscc

VOCABULARY = Vocabulary.of(
    indicators=[Indicator("营业收入", unit="元", subjects=frozenset({"party", "cluster"}))],
    titles=[Title("示例称号")],
    registers=[
        Register("设备", "party", (Field("类别"), Field("金额", "number", "元"), Field("比例", "number", "%"))),
        Register("活动", "place", (Field("完成", "flag"), Field("结束", "date"))),
        Register("空台账", "party"),
    ],
)
Rows = list[dict[str, Any]]


def facts() -> dict[str, Rows]:
    """A city, a county and a zone; one cluster; two firms; a row at least of everything, with things missing."""
    one, two = uscc(1), uscc(2)
    return {
        "place": [
            {"code": "990100", "name": "示例市", "parent": None, "kind": "city"},
            {"code": "990102", "name": "甲县", "parent": "990100", "kind": "county"},
            {"code": "9901A1", "name": "甲县开发区", "parent": "990102", "kind": "zone"},
        ],
        "cluster": [
            {"id": "c1", "name": "泵阀集群", "county": "990102", "chain": "装备", "provincial_key": True},
            {"id": "c2", "name": "未定集群", "county": None, "chain": None, "provincial_key": None},
        ],
        "party": [
            {"uscc": one, "name": "一号公司", "kind": "enterprise", "cluster": "c1", "county": "9901A1",
             "industry": "C3441", "founded_on": date(2015, 3, 1), "size_class": "小型", "above_size": True},
            {"uscc": two, "name": "二号公司", "kind": "lab", "cluster": None, "county": None,
             "industry": None, "founded_on": None, "size_class": None, "above_size": None},
        ],
        "observation": [
            {"subject_kind": "cluster", "subject": "c1", "indicator": "营业收入", "period": "2024", "value": "9.5", "state": "submitted"},
            {"subject_kind": "party", "subject": one, "indicator": "营业收入", "period": "2023", "value": None, "state": "returned"},
            {"subject_kind": "party", "subject": one, "indicator": "营业收入", "period": "2024", "value": "12345678901.25", "state": "approved"},
            {"subject_kind": "place", "subject": "990102", "indicator": "营业收入", "period": "2024", "value": "0", "state": "approved"},
        ],
        "recognition": [
            {"subject_kind": "cluster", "subject": "c1", "title": "示例称号", "awarded_on": date(2024, 1, 1), "valid_until": None},
            {"subject_kind": "party", "subject": one, "title": "示例称号", "awarded_on": date(2023, 12, 1), "valid_until": date(2026, 12, 1)},
        ],
        "review": [
            {"subject_kind": "party", "subject": one, "title": "示例称号", "reviewed_on": date(2025, 8, 1), "outcome": "通过"},
        ],
        "entry/设备": [
            {"subject_kind": "party", "subject": one, "on": date(2025, 5, 1), "类别": "生产", "金额": 123456789012345, "比例": 0.35},
            {"subject_kind": "party", "subject": two, "on": date(2025, 5, 2), "类别": None, "金额": None, "比例": None},
        ],
        "entry/活动": [
            {"subject_kind": "place", "subject": "990102", "on": date(2025, 6, 1), "完成": False, "结束": date(2025, 6, 30)},
        ],
    }  # fmt: skip


def write_snapshot(folder: Path, rows: Mapping[str, Rows], *, id: str = "f" * 64, demo: object = None) -> Path:
    """A snapshot folder with these rows (money in fen, as snapshots have it)."""
    for name, items in rows.items():
        path = folder / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(items), path)
    (folder / "manifest.json").write_text(json.dumps({"id": id, "demo": demo}), encoding="utf-8")
    return folder
