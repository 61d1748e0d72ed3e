"""Recognitions, reviews and entries of registers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.unit.snapshot.folder import RECOGNITION, RENEWAL, REVIEW, A, B, faults, snapshot, table


def test_events_are_sorted_typed_and_titled_canonically(tmp_path: Path) -> None:
    snap = snapshot(
        tmp_path,
        {
            "recognition.csv": RECOGNITION
            + f"party,{B},领跑者,2024/5/1,\n"
            + f"party,{A},专精特新小巨人企业,2023-01-01,2026-01-01\n"
            + f"party,{A},「领跑者」,2022-01-01,\n"
            + "cluster,C2,省级中小企业特色产业集群,2021年1月2日,2024.1.2\n",
            "review.csv": REVIEW + f"party,{A},领跑者企业,2025-07-21,通过\nparty,{A},领跑者企业,2024-07-21,整改\n",
            "entry/设备更新.csv": RENEWAL
            + f"party,{B},2025-05-01,生产,1000.005,是,1.5,2025-06-01\nparty,{A},,研发,0,,,\n",
            "entry/活动.csv": "subject,on,subject_kind\n130102,2025-01-01,place\n",
        },
    )
    assert table(snap, "recognition") == [
        {"subject_kind": "cluster", "subject": "C2", "row": 1, "title": "省级中小企业特色产业集群",
         "awarded_on": date(2021, 1, 2), "valid_until": date(2024, 1, 2)},
        {"subject_kind": "party", "subject": A, "row": 0, "title": "专精特新“小巨人”企业",
         "awarded_on": date(2023, 1, 1), "valid_until": date(2026, 1, 1)},
        {"subject_kind": "party", "subject": A, "row": 0, "title": "领跑者企业", "awarded_on": date(2022, 1, 1), "valid_until": None},
        {"subject_kind": "party", "subject": B, "row": 1, "title": "领跑者企业", "awarded_on": date(2024, 5, 1), "valid_until": None},
    ]  # fmt: skip
    assert table(snap, "review") == [
        {"subject_kind": "party", "subject": A, "row": 0, "title": "领跑者企业", "reviewed_on": date(2024, 7, 21), "outcome": "整改"},
        {"subject_kind": "party", "subject": A, "row": 0, "title": "领跑者企业", "reviewed_on": date(2025, 7, 21), "outcome": "通过"},
    ]  # fmt: skip
    assert table(snap, "entry/设备更新") == [
        {"subject_kind": "party", "subject": A, "row": 0, "on": None, "类别": "研发", "金额": 0, "国产": None, "功率": None, "验收": None},
        {"subject_kind": "party", "subject": B, "row": 1, "on": date(2025, 5, 1), "类别": "生产", "金额": 100_001, "国产": True,
         "功率": 1.5, "验收": date(2025, 6, 1)},
    ]  # fmt: skip
    assert table(snap, "entry/活动") == [
        {"subject_kind": "place", "subject": "130102", "row": 1, "on": date(2025, 1, 1), "主题": None}
    ]
    assert snap.manifest["rounded"] == {"entry/设备更新.金额": 1}


def test_tables_that_are_absent_are_empty_ones(tmp_path: Path) -> None:
    snap = snapshot(tmp_path, {})
    assert {name: snap.rows(name) for name in snap.tables} == {
        "place": 2, "cluster": 2, "party": 3, "observation": 0, "recognition": 0, "review": 0, "entry/设备更新": 0, "entry/活动": 0,
    }  # fmt: skip
    assert [(c.name, c.type) for c in snap.columns("entry/设备更新")] == [
        ("subject_kind", "string"), ("subject", "string"), ("row", "int64"), ("on", "date32[day]"), ("类别", "string"),
        ("金额", "int64"), ("国产", "bool"), ("功率", "double"), ("验收", "date32[day]"),
    ]  # fmt: skip


def test_all_faults_of_events_are_told_at_once(tmp_path: Path) -> None:
    recognition = (
        f"party,{A},领跑企业,2024-01-01,\n"
        f"party,{A},领跑者,2024-01-01,2023-01-01\n"
        f"party,{A},领跑者企业,2024/1/1,2023-01-01\n"
        f"party,{A},省级中小企业特色产业集群,2024-01-01,\n"
        "cluster,C1,省级中小企业特色产业集群,,\n"
        "cluster,C3,省级中小企业特色产业集群,2024-01-01,\n"
        "place,130105,领跑者,2024-01-01,\n"
    )
    renewal = f"cluster,C1,2024-01-01,生产,1,,,\nparty,{A},2024-01-01,,x,,,\nparty,{A},昨天,制造,5万元,y,z,w\n"
    files = {
        "recognition.csv": RECOGNITION + recognition,
        "review.csv": REVIEW + f"party,{A},领跑者,2024-01-01,合格\n",
        "entry/设备更新.csv": RENEWAL + renewal,
    }
    assert faults(tmp_path, files) == [
        "recognition.csv 第 7 行 “subject”：集群表里没有这个主体（现为“C3”）。您是否要写 C2、C1？",
        "recognition.csv 第 8 行 “subject”：区划表里没有这个主体（现为“130105”）。您是否要写 130100、130102？",
        "recognition.csv 第 6 行 “awarded_on”：不能为空。请补填",
        "recognition.csv 第 2 行 “title”：方案包里没有这个称号（现为“领跑企业”）。您是否要写 领跑者企业、专精特新“小巨人”企业？",
        "recognition.csv 第 5 行 “title”：这个称号不授予这类主体（现为“省级中小企业特色产业集群”）。请核对 subject_kind 和 title",
        "recognition.csv 第 8 行 “title”：这个称号不授予这类主体（现为“领跑者”）。请核对 subject_kind 和 title",
        "recognition.csv 第 3 行 “valid_until”：有效期止早于认定日期（现为“2023-01-01”）。请核对两个日期",
        "recognition.csv 第 4 行 “valid_until”：有效期止早于认定日期（现为“2023-01-01”）。请核对两个日期",
        f"recognition.csv 第 4 行：与前面的一行完全相同，已见于第 3 行（现为“{A}”）。请只保留一行",
        "review.csv 第 2 行 “outcome”：不在可选范围内（现为“合格”）。可填：通过、不通过、整改",
        "entry/设备更新.csv 第 4 行 “on”：不是有效的日期（现为“昨天”）。请写成 2025-07-22",
        "entry/设备更新.csv 第 3 行 “类别”：不能为空。请补填",
        "entry/设备更新.csv 第 4 行 “类别”：不在可选范围内（现为“制造”）。可填：生产、研发",
        "entry/设备更新.csv 第 3 行 “金额”：金额应为数字（现为“x”）。请只写以元为单位的数字，不带单位；没有数据请留空",
        "entry/设备更新.csv 第 4 行 “金额”：金额应为数字（现为“5万元”）。请写以元为单位的数字：50000",
        "entry/设备更新.csv 第 4 行 “国产”：应为是或否（现为“y”）。请写 是 或 否",
        "entry/设备更新.csv 第 4 行 “功率”：应为数字（现为“z”）。请只写数字，如 1234.5；没有数据请留空",
        "entry/设备更新.csv 第 4 行 “验收”：不是有效的日期（现为“w”）。请写成 2025-07-22",
        "entry/设备更新.csv 第 2 行 “subject_kind”：主体类别与台账不符（现为“cluster”）。这个台账登记的是企业，应填 party",
    ]


def test_numbers_outside_the_limits_of_their_field(tmp_path: Path) -> None:
    rows = f"party,{A},2024-01-01,研发,0,,9000,\nparty,{A},2024-01-01,研发,-0.01,,9000.5,\n"
    assert faults(tmp_path, {"entry/设备更新.csv": RENEWAL + rows}) == [
        "entry/设备更新.csv 第 3 行 “金额”：超出允许的范围（现为“-0.01”）。应不小于 0元；请核对数值和单位",
        "entry/设备更新.csv 第 3 行 “功率”：超出允许的范围（现为“9000.5”）。应不大于 9000千瓦；请核对数值和单位",
    ]
