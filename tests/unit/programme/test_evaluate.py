"""From a facts folder to decisions and targets of the Shijiazhuang pack: a handful of firms worked out by hand."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jiqun.base.codes import uscc_check_digit
from jiqun.base.errors import InputError
from jiqun.programme.evaluate import DECISIONS, evaluate
from jiqun.programme.load import load_pack
from jiqun.programme.pack import Pack
from jiqun.programme.simulate import read_changes, simulate
from jiqun.programme.targets import TARGETS, read_targets
from jiqun.snapshot.build import PackMark, build
from jiqun.snapshot.engines import open_engine

PACK = Path(__file__).resolve().parents[3] / "programmes" / "shijiazhuang-2025"
AS_OF = date(2026, 9, 30)


def code(number: int) -> str:
    """A valid code of a firm that does not exist."""
    first = f"91130100MA{number:07d}"
    return first + uscc_check_digit(first)


PAID, CAPPED, OPEN, OUTSIDE = (code(n) for n in (1, 2, 3, 4))
FACTS: Mapping[str, Sequence[Mapping[str, object]]] = {
    "place": [
        {"code": "130100", "name": "石家庄市", "parent": "", "kind": "city"},
        {"code": "130183", "name": "晋州市", "parent": "130100", "kind": "county-city"},
    ],
    "cluster": [
        {"id": "C1", "name": "晋州市纺织产业集群", "county": "130183", "chain": "纺织", "provincial_key": "true"},
    ],
    "party": [
        {"uscc": uscc, "name": f"测试企业{i}", "kind": "enterprise", "cluster": cluster, "county": "130183",
         "industry": "C1711", "founded_on": "2010-01-01", "size_class": "中型", "above_size": "true"}
        for i, (uscc, cluster) in enumerate([(PAID, "C1"), (CAPPED, "C1"), (OPEN, "C1"), (OUTSIDE, "")])
    ],
    "observation": [
        {"subject_kind": "party", "subject": uscc, "indicator": "协作协同作用明显", "period": "2025", "value": "是",
         "state": "approved"}
        for uscc in (PAID, CAPPED)
    ],
    "recognition": [
        *({"subject_kind": "party", "subject": uscc, "title": "领跑者企业", "awarded_on": "2024-05-01", "valid_until": ""}
          for uscc in (PAID, CAPPED, OPEN)),
        {"subject_kind": "party", "subject": OUTSIDE, "title": "L1级共享工厂", "awarded_on": "2025-07-22", "valid_until": ""},
        {"subject_kind": "party", "subject": OUTSIDE, "title": "先进级智能工厂", "awarded_on": "2026-01-01", "valid_until": ""},
        {"subject_kind": "party", "subject": PAID, "title": "卓越级智能工厂", "awarded_on": "2025-07-21", "valid_until": ""},
        {"subject_kind": "cluster", "subject": "C1", "title": "省级中小企业特色产业集群", "awarded_on": "2026-02-01",
         "valid_until": ""},
    ],
    "review": [
        {"subject_kind": "party", "subject": PAID, "title": "领跑者企业", "reviewed_on": "2025-07-22", "outcome": "通过"},
        {"subject_kind": "party", "subject": CAPPED, "title": "领跑者企业", "reviewed_on": "2025-08-01", "outcome": "不通过"},
        {"subject_kind": "party", "subject": CAPPED, "title": "领跑者企业", "reviewed_on": "2026-08-01", "outcome": "通过"},
    ],
    "entry/设备更新": [
        {"subject_kind": "party", "subject": PAID, "on": "2025-03-01", "类别": "生产", "金额": "100.03"},
        {"subject_kind": "party", "subject": PAID, "on": "2025-12-31", "类别": "检测", "金额": "0.01"},
        {"subject_kind": "party", "subject": PAID, "on": "2025-06-01", "类别": "其他", "金额": "999"},
        {"subject_kind": "party", "subject": PAID, "on": "2024-12-31", "类别": "生产", "金额": "999"},
        {"subject_kind": "party", "subject": CAPPED, "on": "2025-03-01", "类别": "研发", "金额": "25000000.01"},
        {"subject_kind": "party", "subject": OPEN, "on": "2025-03-01", "类别": "研发", "金额": "10000"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The real pack."""
    return load_pack(PACK)


@pytest.fixture(scope="module")
def snapshot(pack: Pack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The snapshot of the firms above."""
    folder = tmp_path_factory.mktemp("facts")
    (folder / "entry").mkdir()
    for name, rows in FACTS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    out = folder.parent / "snapshot"
    build(folder, out, pack.vocabulary, PackMark(pack.programme.id, pack.programme.version))
    return out


@pytest.fixture(scope="module")
def results(pack: Pack, snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything evaluated."""
    out = tmp_path_factory.mktemp("results") / "out"
    evaluate(snapshot, pack, AS_OF, out)
    return out


def test_every_subject_and_rule_has_one_decision(pack: Pack, results: Path) -> None:
    rows = pq.read_table(results / DECISIONS).to_pylist()
    by_kind = {
        "party": [b.id for b in pack.benefits.values() if b.beneficiary == "party"]
        + [r.id for r in pack.rungs.values() if pack.ladder_of[r.id].subject == "party"],
        "cluster": [b.id for b in pack.benefits.values() if b.beneficiary == "cluster"]
        + [r.id for r in pack.rungs.values() if pack.ladder_of[r.id].subject == "cluster"],
    }
    subjects = {"party": [PAID, CAPPED, OPEN, OUTSIDE], "cluster": ["C1"]}
    expected = {(k, s, r) for k in subjects for s in subjects[k] for r in by_kind[k]}
    assert len(rows) == len(expected)
    assert {(r["subject_kind"], r["subject"], r["rule"]) for r in rows} == expected


def test_benefits_are_decided_to_the_fen(pack: Pack, results: Path) -> None:
    rows = pq.read_table(results / DECISIONS).to_pylist()
    found = {
        (r["subject"], r["rule"]): (r["outcome"], r["amount"], r["payee_kind"], r["payee"], r["missing"])
        for r in rows
        if r["rule"] in pack.benefits and r["outcome"] != "不符合"
    }
    county = ("place", "130183")
    assert found == {
        (PAID, "leader-first-review"): ("符合", Decimal("100000.00"), "party", PAID, []),
        # 20 % of 100.04 is 20.008: half up to 20.01
        (PAID, "leader-equipment"): ("符合", Decimal("20.01"), "party", PAID, []),
        (CAPPED, "leader-equipment"): ("符合", Decimal("5000000.00"), "party", CAPPED, []),
        (OPEN, "leader-equipment"): ("待定", None, "party", OPEN, ["协作协同作用明显[2025]"]),
        (OUTSIDE, "shared-l1"): ("符合", Decimal("100000.00"), "party", OUTSIDE, []),
        ("C1", "cluster-provincial"): ("符合", Decimal("500000.00"), *county, []),
    }


def test_columns_are_plain_types(results: Path) -> None:
    schema = pq.read_table(results / DECISIONS).schema
    assert [(f.name, str(f.type)) for f in schema] == [
        ("subject_kind", "string"), ("subject", "string"), ("rule", "string"), ("outcome", "string"),
        ("amount", "decimal128(18, 2)"), ("payee_kind", "string"), ("payee", "string"),
        ("missing", "list<element: string>"),
    ]  # fmt: skip


def test_targets_count_what_the_plan_counts(results: Path) -> None:
    targets = read_targets(results / TARGETS)
    assert targets["clusters-provincial-new"].actual == 1.0
    assert targets["clusters-provincial-new"].state == "严重滞后"  # 2.33 of 4 should be there
    assert targets["leaders-new"].actual == 0.0  # awarded before the plan began
    assert targets["leaders-cluster-coverage"].actual == 1.0
    assert targets["leaders-cluster-coverage"].state == "已达标"
    assert targets["revenue-growth"].actual is None
    assert targets["revenue-growth"].state == "待定"


def test_the_same_evaluation_gives_the_same_bytes(pack: Pack, snapshot: Path, results: Path, tmp_path: Path) -> None:
    evaluate(snapshot, pack, AS_OF, tmp_path / "again")
    for name in (DECISIONS, TARGETS):
        assert (tmp_path / "again" / name).read_bytes() == (results / name).read_bytes()


def test_results_do_not_overwrite_other_files(pack: Pack, snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        evaluate(snapshot, pack, AS_OF, tmp_path)
    assert [p.message for p in caught.value.problems] == ["这里已有别的文件，不能写入结果"]
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_a_raised_ceiling_pays_the_capped_firm_more(pack: Pack, snapshot: Path) -> None:
    changes = read_changes(pack, ["benefit.leader-equipment.ceiling=600万元"])
    found = simulate(open_engine(snapshot), snapshot, pack, changes, AS_OF)
    [line] = found.benefits
    # 20 % of 25,000,000.01 is 5,000,000.002: 5,000,000.00, no more than before
    assert (line.before, line.after, line.gain, line.lose) == (Decimal("5000020.01"), Decimal("5000020.01"), 0, 0)
    changes = read_changes(pack, ["benefit.leader-equipment.上限=400万元"])
    found = simulate(open_engine(snapshot), snapshot, pack, changes, AS_OF)
    [line] = found.benefits
    assert (line.after, line.gain, line.lose) == (Decimal("4000020.01"), 0, 1)
    assert [(x.name, x.difference) for x in found.by["county"]] == [("130183", Decimal("-1000000.00"))]
    assert found.movers == (
        {"subject": CAPPED, "name": "测试企业1", "rule": "leader-equipment", "before": Decimal("5000000.00"),
         "after": Decimal("4000000.00")},
    )  # fmt: skip


def test_wrong_changes_are_all_named(pack: Pack) -> None:
    with pytest.raises(InputError) as caught:
        read_changes(pack, ["ceiling=1", "benefit.leader-equipmen.ceiling=1元", "benefit.leader-equipment.ceiling=8家"])
    assert [str(p) for p in caught.value.problems] == [
        "“ceiling=1”：写法不对。应写成 benefit.事项编号.参数=值，如 benefit.leader-equipment.ceiling=800万元",
        "“benefit.leader-equipmen.ceiling=1元”：没有奖补事项“leader-equipmen”。您是否要写 leader-equipment？",
        "“benefit.leader-equipment.ceiling=8家”：参数“上限”的单位不符（现为“8家”）。原值为 500万元",
    ]
