"""A rule of a small pack explained for a firm of a small snapshot, from the folder to the command."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from jiqun.base.errors import InputError
from jiqun.base.periods import Period
from jiqun.cli import program
from jiqun.programme.explain import explain_rule, explain_subject, rules_on, snapshot_facts
from jiqun.programme.facts import SnapshotFacts
from jiqun.programme.load import load_pack
from jiqun.programme.pack import Pack
from jiqun.rules import parse_rule
from jiqun.rules.facts import Recognition
from jiqun.rules.vocabulary import SubjectKind
from jiqun.snapshot.build import PackMark, build
from jiqun.snapshot.open import Snapshot
from tests.unit.snapshot.folder import OBSERVATION, PARTY_HEADER, RECOGNITION, uscc, write

ROOT = Path(__file__).resolve().parents[3]
SHIJIAZHUANG = ROOT / "programmes" / "shijiazhuang-2025"
AS_OF = date(2026, 9, 30)
FIRM, OTHER = uscc(1), uscc(2)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(SHIJIAZHUANG)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, pack: Pack) -> Path:
    """Two firms: the first holds the title, cooperates and renewed equipment of 10 million in 2025."""
    root = tmp_path_factory.mktemp("snapshot")
    files = {
        "place.csv": "code,name,parent,kind\n130102,长安区,,district\n",
        "cluster.csv": "id,name,county,chain,provincial_key\nC1,集群,130102,,\n",
        "party.csv": PARTY_HEADER
        + f"{FIRM},甲厂,企业,C1,130102,,2015-01-01,小型,是\n{OTHER},乙厂,企业,,130102,,2015-01-01,小型,否\n",
        "observation.csv": OBSERVATION
        + f"party,{FIRM},协作协同作用明显,2025,是,\nparty,{FIRM},研发费用,2025,210000,\nparty,{FIRM},营业收入,2025,1,\n",
        "recognition.csv": RECOGNITION + f"party,{FIRM},领跑者企业,2023-12-01,2026-12-31\n",
        "entry/设备更新.csv": "subject_kind,subject,on,类别,金额\n"
        + f"party,{FIRM},2025-03-01,生产,6000000\nparty,{FIRM},2025-09-01,检测,4000000\nparty,{FIRM},2025-05-01,其他,9000000\n",
        "entry/科技奖励.csv": f"subject_kind,subject,on,奖项,级别,企业排名\nparty,{FIRM},2025-03-01,某奖,市级,1\n",
    }
    build(write(root / "facts", files), root / "snapshot", pack.vocabulary, PackMark("示例", "1"))
    return root / "snapshot"


@pytest.fixture(scope="module")
def facts(folder: Path, pack: Pack) -> SnapshotFacts:
    return snapshot_facts(folder, pack, AS_OF)


def test_the_world_of_a_firm_has_money_in_yuan_and_no_other_firm(folder: Path, pack: Pack) -> None:
    vocabulary = pack.vocabulary
    world = SnapshotFacts(Snapshot.open(folder), vocabulary, vocabulary.indicators, vocabulary.registers).world(
        "party", FIRM
    )
    assert world is not None
    assert sorted(world.subjects) == [("cluster", "C1"), ("party", FIRM), ("place", "130102")]
    firm = world.subjects["party", FIRM]
    year = Period.year(2025)
    assert firm.observations == {
        ("协作协同作用明显", year): True, ("研发费用", year): Decimal("210000.00"), ("营业收入", year): Decimal("1.00"),
    }  # fmt: skip
    assert [e.fields["金额"] for e in firm.entries["设备更新"]] == [
        Decimal(6_000_000),
        Decimal(9_000_000),
        Decimal(4_000_000),
    ]
    assert list(firm.entries) == ["设备更新", "科技奖励"]
    assert firm.attributes == {
        "uscc": FIRM, "name": "甲厂", "kind": "enterprise", "cluster": "C1", "county": "130102", "industry": None,
        "industry_section": None, "founded_on": date(2015, 1, 1), "size_class": "小型", "above_size": True,
    }  # fmt: skip
    assert firm.recognitions == {"领跑者企业": (Recognition(date(2023, 12, 1), date(2026, 12, 31)),)}


def test_only_what_the_rules_mention_is_read(folder: Path, pack: Pack) -> None:
    rule = parse_rule("研发费用 > 0元 且 存在(设备更新, 金额 > 0元)", pack.vocabulary, subject="party")
    facts = SnapshotFacts.read_by([rule.node], folder, pack.vocabulary)
    world = facts.world("party", FIRM)
    assert world is not None
    firm = world.subjects["party", FIRM]
    assert (list(firm.observations), list(firm.entries)) == ([("研发费用", Period.year(2025))], ["设备更新"])


@pytest.mark.parametrize(("kind", "id"), [("cluster", "C1"), ("place", "130102")])
def test_the_world_of_a_cluster_or_a_county_has_its_firms(
    kind: SubjectKind, id: str, facts: SnapshotFacts, folder: Path
) -> None:
    world = facts.world(kind, id)
    assert world is not None
    firms = {"C1": [FIRM], "130102": [FIRM, OTHER]}[id]
    assert sorted(s.id for s in world.of_kind("party")) == sorted(firms)
    assert len(world.subjects["party", FIRM].entries["设备更新"]) == 3
    assert ("place", "130102") in world.subjects and (("cluster", "C1") in world.subjects) == (kind == "cluster")


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
