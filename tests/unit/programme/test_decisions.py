"""Decision rules: what is in force on a day, and what is decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from jiqun.base.errors import InputError
from jiqun.base.periods import Period
from jiqun.programme.cases import differs, run_case, world_of
from jiqun.programme.decisions import Decision, decide, decision_rule, decision_rules
from jiqun.programme.load import load_pack
from jiqun.programme.models import Expect
from jiqun.rules.facts import Entry, Recognition, Subject, World

Spoil = Callable[[str, str, str], None]
DAY = date(2026, 6, 30)


def test_every_rule_of_a_pack(pack_dir: Path) -> None:
    benefit, rung = decision_rules(load_pack(pack_dir), DAY)
    assert (benefit.id, benefit.kind, benefit.subject, benefit.payee) == ("equipment", "benefit", "party", "self")
    assert benefit.effective == (date(2025, 7, 22), date(2027, 12, 31))
    assert benefit.eligible.text == '认定("领跑者企业", 施行期)'
    assert [c.condition.name for c in benefit.conditions] == ["称号"]
    assert (rung.id, rung.kind, rung.amount, rung.effective) == ("leader", "rung", None, None)
    assert [(c.condition.name, c.rule.text, c.decides) for c in rung.conditions] == [
        ("规模", "营业收入 >= 1000万元", True),
        ("研发", "研发费用 / 营业收入 >= 3%", True),
        ("人员", "", True),
    ]
    assert rung.version is not None and rung.version.from_ == date(2025, 1, 1)


def firm(revenue: int | None = None, research: int | None = None, kind: str = "enterprise") -> World:
    year = Period.year(2025)
    figures = {("营业收入", year): revenue, ("研发费用", year): research}
    observations = {key: Decimal(value) for key, value in figures.items() if value is not None}
    return World([Subject("party", "甲", {"kind": kind}, observations=observations)])


@pytest.mark.parametrize(
    ("world", "decision"),
    [
        (firm(10_000_000, 300_000), Decision("符合")),
        (firm(9_999_999, 300_000), Decision("不符合")),
        (firm(10_000_000, 299_999), Decision("待定", missing=("待补充：人员要求",))),
        (firm(10_000_000), Decision("待定", missing=("研发费用[2025]", "待补充：人员要求"))),
        (firm(), Decision("待定", missing=("营业收入[2025]", "研发费用[2025]", "待补充：人员要求"))),
        (firm(10_000_000, 300_000, kind="lab"), Decision("不符合")),
    ],
)
def test_a_rung(pack_dir: Path, world: World, decision: Decision) -> None:
    rule = decision_rule(load_pack(pack_dir), "leader", DAY)
    assert decide(rule, world, "甲", DAY) == decision


def test_a_rung_without_criteria_in_force_is_undecided(pack_dir: Path) -> None:
    rule = decision_rule(load_pack(pack_dir), "leader", date(2024, 12, 31))
    assert rule.version is None
    missing = ("待补充：领跑者企业在2024-12-31没有施行中的认定条件",)
    assert decide(rule, firm(), "甲", date(2024, 12, 31)) == Decision("待定", missing=missing)


def test_a_rung_with_nothing_but_references_is_undecided(pack_dir: Path) -> None:
    path = pack_dir / "ladders" / "leaders.yaml"
    text = path.read_text(encoding="utf-8").replace("requires: 规模 且 (研发 或 人员)", "requires: null")
    path.write_text(
        text.replace("              text:", "              role: reference\n              text:"), encoding="utf-8"
    )
    rule = decision_rule(load_pack(pack_dir), "leader", DAY)
    assert [c.decides for c in rule.conditions] == [False, False, False]
    assert decide(rule, firm(), "甲", DAY) == Decision("待定", missing=("待补充：领跑者企业的认定条件",))


def test_without_requires_all_criteria_that_decide_must_hold(pack_dir: Path, spoil: Spoil) -> None:
    spoil("ladders/leaders.yaml", "requires: 规模 且 (研发 或 人员)", "requires: null")
    spoil("ladders/leaders.yaml", "pending: true", "pending: true\n              role: quota")
    rule = decision_rule(load_pack(pack_dir), "leader", DAY)
    assert decide(rule, firm(10_000_000, 300_000), "甲", DAY) == Decision("符合")
    assert decide(rule, firm(10_000_000, 299_999), "甲", DAY) == Decision("不符合")


def leader(awarded: date, *amounts: str | None) -> World:
    entries = tuple(
        Entry(date(2025, 5, 1), {"类别": "生产", "金额": None if a is None else Decimal(a)}) for a in amounts
    )
    recognitions = {"领跑者企业": (Recognition(awarded),)}
    return World(
        [Subject("party", "甲", {"kind": "enterprise"}, recognitions=recognitions, entries={"设备更新": entries})]
    )


@pytest.mark.parametrize(
    ("world", "decision"),
    [
        (leader(date(2025, 7, 22), "1000000"), Decision("符合", Decimal("200000.00"))),
        (leader(date(2025, 7, 21), "1000000"), Decision("不符合")),
        (leader(date(2025, 7, 22), "0.12", "0.01"), Decision("符合", Decimal("0.03"))),
        (leader(date(2025, 7, 22), "30000000"), Decision("符合", Decimal("5000000.00"))),
        (leader(date(2025, 7, 22)), Decision("符合", Decimal("0.00"))),
        (leader(date(2025, 7, 22), "1000000", None), Decision("待定", missing=("设备更新.金额",))),
    ],
)
def test_a_benefit(pack_dir: Path, world: World, decision: Decision) -> None:
    assert decide(decision_rule(load_pack(pack_dir), "equipment", DAY), world, "甲", DAY) == decision


def test_a_dated_parameter_takes_the_value_of_the_day(pack_dir: Path, spoil: Spoil) -> None:
    spoil("policies/p1.yaml", "value: 20%", "value: [{from: 2025-07-22, value: 20%}, {from: 2026-07-01, value: 30%}]")
    pack = load_pack(pack_dir)
    world = leader(date(2025, 7, 22), "1000000")
    amounts = {
        day: decide(decision_rule(pack, "equipment", day), world, "甲", day).amount
        for day in (date(2026, 6, 30), date(2026, 7, 1))
    }
    assert amounts == {date(2026, 6, 30): Decimal("200000.00"), date(2026, 7, 1): Decimal("300000.00")}
    before = date(2025, 7, 21)
    assert "参数“比例”在2025-07-21没有取值" in str(decision_rule(pack, "equipment", before).amount)


def test_a_faulty_clause_is_refused_with_its_place(pack_dir: Path, spoil: Spoil) -> None:
    spoil("ladders/leaders.yaml", "rule: 营业收入 >= 1000万元", "rule: 营业收人 >= 1000万元")
    pack = load_pack(pack_dir)
    assert decision_rule(pack, "equipment", DAY).id == "equipment"
    for read in (lambda: decision_rule(pack, "leader", DAY), lambda: decision_rules(pack, DAY)):
        with pytest.raises(InputError) as caught:
            read()
        assert [(str(p.place), p.message) for p in caught.value.problems] == [
            ("ladders/leaders.yaml 第 19 行 第 21 列", "没有“营业收人”这个名称")
        ]


def test_a_case_makes_its_cluster_county_and_members(pack_dir: Path) -> None:
    text = """\
cases:
  - name: 集群内企业
    rule: leader
    as_of: 2026-06-30
    subject:
      attributes: {名称: 甲公司, 类型: 企业, 集群: 示例集群, 县: 东区, 规上: 是, 成立日期: 2015-03-01}
      indicators: {营业收入: {2025: 0.1亿元}, 协作明显: {2025: 否}, 从业人员: {2025: 1200}}
      reviews: [{title: “领跑者”, reviewed_on: 2026-01-05, outcome: 整改}]
      entries: {设备更新: [{类别: 生产}]}
    cluster: {attributes: {省级重点: true}}
    members:
      - {indicators: {营业收入: {2025: 1}}}
    expect: {outcome: 待定}
"""
    (pack_dir / "ladders" / "more.cases.yaml").write_text(text, encoding="utf-8")
    pack = load_pack(pack_dir)
    case = next(c for c in pack.cases if c.name == "集群内企业")
    made = world_of(pack, case)
    assert (made.kind, made.subject_id) == ("party", "甲公司")
    firm_, cluster, member, county = made.world.subjects.values()
    assert (firm_.cluster, firm_.county) == ("示例集群", "东区")
    assert firm_.attributes == {
        "name": "甲公司", "kind": "enterprise", "above_size": True, "founded_on": date(2015, 3, 1), "uscc": "甲公司"
    }  # fmt: skip
    year = Period.year(2025)
    assert firm_.observations == {
        ("营业收入", year): Decimal(10_000_000), ("协作明显", year): False, ("从业人员", year): 1200.0
    }  # fmt: skip
    assert [(r.reviewed_on, r.outcome) for r in firm_.reviews["领跑者企业"]] == [(date(2026, 1, 5), "整改")]
    assert firm_.entries == {"设备更新": (Entry(None, {"类别": "生产"}),)}
    assert (cluster.kind, cluster.id, cluster.county) == ("cluster", "示例集群", "东区")
    assert cluster.attributes["provincial_key"] is True
    assert (member.cluster, member.county, member.observations) == (
        "示例集群",
        "东区",
        {("营业收入", year): Decimal(1)},
    )
    assert (county.kind, county.id, county.attributes["name"]) == ("place", "东区", "东区")


def test_how_a_decision_differs_from_what_was_expected(pack_dir: Path) -> None:
    pack = load_pack(pack_dir)
    assert [run_case(pack, case).difference for case in pack.cases] == [None] * 4
    expect = Expect.model_validate({"outcome": "符合", "amount": "10万元"})
    assert differs(expect, Decision("符合", Decimal("100000.00"))) is None
    assert differs(expect, Decision("符合", Decimal("99999.99"))) == "预期 符合 10万元，实为 符合 99,999.99元"
