"""A rule of a small pack explained for a firm of a small snapshot, from the folder to the command."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from jiqun.base.errors import InputError
from jiqun.base.periods import Period
from jiqun.cli import program
from jiqun.programme.explain import SnapshotFacts, explain_rule, explain_subject, rules_on
from jiqun.programme.load import load_pack
from jiqun.programme.pack import Pack

ROOT = Path(__file__).resolve().parents[3]
SHIJIAZHUANG = ROOT / "programmes" / "shijiazhuang-2025"
AS_OF = date(2026, 9, 30)
FIRM, OTHER = "91130100MA0000001A", "91130100MA0000002B"


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(SHIJIAZHUANG)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two firms: the first holds the title, cooperates and renewed equipment of 10 million in 2025."""
    root = tmp_path_factory.mktemp("snapshot")
    (root / "entry").mkdir()
    firms = {
        "row": [0, 1], "uscc": [FIRM, OTHER], "name": ["甲厂", "乙厂"], "kind": ["enterprise"] * 2,
        "cluster": ["C1", None], "county": ["130102", "130102"], "founded_on": [date(2015, 1, 1)] * 2,
        "size_class": ["小型", "小型"], "above_size": [True, False],
        "协作协同作用明显@2025": [True, None], "研发费用@2025": pa.array([21_000_000, None], pa.int64()),
    }  # fmt: skip
    pq.write_table(pa.table(firms), root / "party.parquet")
    pq.write_table(
        pa.table({"row": [0], "id": ["C1"], "name": ["集群"], "county": ["130102"]}), root / "cluster.parquet"
    )
    pq.write_table(pa.table({"row": [0], "code": ["130102"], "name": ["长安区"]}), root / "place.parquet")
    who = {"subject_kind": ["party"], "subject": [FIRM], "row": [0]}
    until = pa.array([date(2026, 12, 31)], pa.date32())
    award = {**who, "title": ["领跑者企业"], "awarded_on": [date(2023, 12, 1)], "valid_until": until}
    pq.write_table(pa.table(award), root / "recognition.parquet")
    entries = {
        "subject_kind": ["party"] * 3, "subject": [FIRM] * 3, "row": [0] * 3,
        "on": [date(2025, 3, 1), date(2025, 9, 1), date(2025, 5, 1)], "类别": ["生产", "检测", "其他"],
        "金额": pa.array([600_000_000, 400_000_000, 900_000_000], pa.int64()),
    }  # fmt: skip
    pq.write_table(pa.table(entries), root / "entry" / "设备更新.parquet")
    return root


@pytest.fixture(scope="module")
def facts(folder: Path, pack: Pack) -> SnapshotFacts:
    return SnapshotFacts(folder, pack)


def test_the_world_of_a_firm_has_money_in_yuan_and_no_other_firm(facts: SnapshotFacts) -> None:
    world = facts.world("party", FIRM)
    assert world is not None
    assert sorted(world.subjects) == [("cluster", "C1"), ("party", FIRM), ("place", "130102")]
    firm = world.subjects["party", FIRM]
    year = Period.year(2025)
    assert firm.observations == {("协作协同作用明显", year): True, ("研发费用", year): Decimal("210000.00")}
    assert [e.fields["金额"] for e in firm.entries["设备更新"]] == [
        Decimal(6_000_000),
        Decimal(4_000_000),
        Decimal(9_000_000),
    ]


def test_a_benefit_that_holds_tells_its_amount_and_what_was_counted(pack: Pack, facts: SnapshotFacts) -> None:
    found = explain_rule(pack, facts, "leader-equipment", FIRM, AS_OF)
    assert (found.outcome, found.amount, found.ceiling, found.path) == ("符合", Decimal("2000000.00"), True, None)
    assert [(c.name, c.explanation.outcome) for c in found.conditions] == [
        ("施行期内", "符合"), ("称号有效", "符合"), ("协作协同", "符合"), ("上年有更新", "符合"),
    ]  # fmt: skip
    counted = found.conditions[3].explanation
    assert (counted.actual, counted.operator, counted.threshold) == ("1,000万元", "＞", "0元")
    assert [r[:10] for r in counted.records] == ["2025-03-01", "2025-09-01"]


def test_a_benefit_that_does_not_hold_tells_the_way(pack: Pack, facts: SnapshotFacts) -> None:
    found = explain_rule(pack, facts, "leader-equipment", OTHER, AS_OF)
    assert (found.outcome, found.amount) == ("不符合", None)
    assert found.path is not None
    assert [s.text for s in found.path.steps][:2] == ["取得“领跑者企业”认定", "补报“协作协同作用明显[2025]”"]
    assert found.path.counts_on == date(2027, 1, 1)


def test_a_missing_relation_is_part_of_the_way(pack: Pack, facts: SnapshotFacts) -> None:
    found = explain_rule(pack, facts, "factory-5g", OTHER, AS_OF)
    assert found.path is not None
    assert [s.text for s in found.path.steps] == ["取得“国家级5G工厂”认定", "加入集群"]


def test_every_rule_about_firms_is_explained_and_agrees_with_the_decision(pack: Pack, facts: SnapshotFacts) -> None:
    found = explain_subject(pack, facts, "party", FIRM, AS_OF)
    assert [f.id for f in found] == [r.id for r in rules_on(pack, AS_OF).values() if r.subject == "party"]
    for each in found:
        assert bool(each.missing) == (each.outcome == "待定")
        json.dumps(each.as_dict(), ensure_ascii=False)


def test_unknown_rule_and_unknown_subject_are_told(pack: Pack, facts: SnapshotFacts) -> None:
    with pytest.raises(InputError, match=r"没有这条规则（现为“leader-equip”）。您是否要写 leader-equipment"):
        explain_rule(pack, facts, "leader-equip", FIRM, AS_OF)
    with pytest.raises(InputError, match="快照中没有这个主体（现为“C1”）。这条规则的对象是企业"):
        explain_rule(pack, facts, "leader-equipment", "C1", AS_OF)


def test_the_command_prints_a_tree_or_json(folder: Path) -> None:
    call = ["explain", str(folder), "--pack", str(SHIJIAZHUANG), "--rule", "leader-equipment", "--subject", FIRM]
    call += ["--as-of", "2026-09-30"]
    plain = CliRunner().invoke(program, call)
    assert plain.exit_code == 0, plain.output
    assert "符合  不超过 200万元" in plain.output and "✓ 称号有效" in plain.output
    read = json.loads(CliRunner().invoke(program, [*call, "--json"]).output)
    assert (read["outcome"], read["amount"]) == ("符合", "2000000.00")
