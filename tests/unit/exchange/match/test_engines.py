"""Every way of matching against the reference evaluator, pair by pair; every change told really lets offers in."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiqun.base.errors import Problems
from jiqun.exchange.match.matcher import FastMatcher, match_all
from jiqun.exchange.match.query import match_by_query
from jiqun.exchange.match.reasons import reasons_of
from jiqun.exchange.match.results import UNIT
from jiqun.exchange.match.sides import SideTable
from jiqun.programme.clauses import ClauseReader
from jiqun.programme.exchange import KindRules, judge, kind_rules, read_kind
from jiqun.programme.load import load_pack
from jiqun.programme.models import ExchangeKind
from jiqun.programme.side_values import place_points, read_side_value
from jiqun.rules.facts import Value
from jiqun.rules.geo import Point
from jiqun.rules.vocabulary import Field

AS_OF, TOP = date(2026, 9, 30), 3
PACK = load_pack(Path(__file__).parents[4] / "programmes" / "shijiazhuang-2025")
Row = dict[str, Value]


def expected(rules: KindRules, needs: list[Row], offers: list[Row]) -> list[tuple[int, int, int]]:
    """Need, offer, score in whole units: each pair judged, the best kept."""
    found = []
    for i, need in enumerate(needs):
        scores = [
            (-round((j.score or 0.0) * UNIT), o)
            for o, offer in enumerate(offers)
            if (j := judge(rules, need, offer, AS_OF)).outcome == "符合"
        ]
        found += [(i, o, -score) for score, o in sorted(scores)[:TOP]]
    return found


def tables(rules: KindRules, needs: list[Row], offers: list[Row]) -> tuple[SideTable, SideTable]:
    """Both sides in columns."""
    return (
        SideTable.of_rows("需", rules.need, [f"N{i}" for i in range(len(needs))], needs),
        SideTable.of_rows("供", rules.offer, [f"O{i}" for i in range(len(offers))], offers),
    )


def check(rules: KindRules, needs: list[Row], offers: list[Row]) -> None:
    """All engines against the reference: matches and scores, states of conditions, counts, changes."""
    own, offered = tables(rules, needs, offers)
    want = expected(rules, needs, offers)
    matcher = FastMatcher(rules, offered, AS_OF)
    fast, query = matcher.all(own, TOP), match_by_query(rules, own, offered, AS_OF, TOP)
    for found in (fast, query):
        assert list(zip(found.need.tolist(), found.offer.tolist(), found.scores.tolist(), strict=True)) == want
    np.testing.assert_allclose(fast.terms, query.terms, atol=1e-12)
    for i, need in enumerate(needs):
        one = matcher.one(need, TOP)
        assert one.offer.tolist() == fast.offer[fast.of_need(i)].tolist()
        judged = [judge(rules, need, offer, AS_OF) for offer in offers]
        reasons = reasons_of(matcher, need)
        for got, value_ in ((reasons.failed, False), (reasons.unknown, None)):
            assert got.tolist() == [
                sum(1 << c for c, a in enumerate(j.conditions) if a.value is value_) for j in judged
            ]
        for fix in reasons.fixes:
            changed = {**need, **{c.field: c.value for c in fix.changes}}
            now = {o for o, offer in enumerate(offers) if judge(rules, changed, offer, AS_OF).outcome == "符合"}
            assert fix.admits and set(fix.admits) <= now, fix.text
            assert all(judged[o].outcome == "不符合" for o in fix.admits)


@pytest.mark.parametrize("kind", PACK.every_kind, ids=lambda k: k.id)
def test_every_kind_of_the_pack_on_its_cases(kind: ExchangeKind) -> None:
    rules, points = kind_rules(PACK, kind.id), place_points(PACK)
    cases = [c for c in PACK.pair_cases if c.kind == kind.id]
    needs = [{n: read_side_value(v, rules.need[n], points) for n, v in c.need.items()} for c in cases]
    offers = [{n: read_side_value(v, rules.offer[n], points) for n, v in c.offer.items()} for c in cases]
    check(rules, needs, offers)


# --- generated kinds and tables -------------------------------------------------------------------------------

NEED = [
    {"name": "码"}, {"name": "码集", "kind": "set"}, {"name": "数", "kind": "number", "unit": "毫米"},
    {"name": "钱", "kind": "number", "unit": "元"}, {"name": "要", "kind": "flag"}, {"name": "说"},
    {"name": "起", "kind": "date"}, {"name": "止", "kind": "date"}, {"name": "天数", "kind": "number", "unit": "天"},
    {"name": "地", "kind": "point"}, {"name": "远", "kind": "number", "unit": "公里"},
]  # fmt: skip
CONDITIONS = [
    "供.码 = 需.码", "包含(供.码集, 需.码)", "包含(供.码集, 需.码集)", "有交集(供.码集, 需.码集)", "包含(需.码集, 供.码)",
    "供.数 <= 需.数", "需.数 < 供.数", "供.钱 <= 需.钱", "20% * 供.钱 >= 需.钱", "供.要 = 需.要", "供.码 != 需.码",
    "非 已知(需.数) 或 供.数 <= 需.数", "需.要 或 供.要", "非 需.要 或 供.要", "非 已知(供.码集) 或 包含(供.码集, 需.码)",
    "重叠天数(需.起, 需.止, 供.起, 供.止) >= 需.天数", "距离(需.地, 供.地) <= 需.远", "相近(需.说, 供.说) >= 30%",
    "供.起 >= 需.起", "供.止 >= 截至", "需.要", "(非 已知(需.数) 或 供.数 <= 需.数) 且 供.钱 <= 需.钱",
    "非 已知(需.远) 或 距离(需.地, 供.地) <= 需.远", "满年数(需.起) >= 0年 或 供.要",
]  # fmt: skip
TERMS = [
    "1 - 供.钱 / 需.钱", "供.数 / 1毫米", "1 - 距离(需.地, 供.地) / 需.远", "相近(需.说, 供.说)",
    "重叠天数(需.起, 需.止, 供.起, 供.止) / 30天", "需.数 / 供.数 - 1", "供.钱 / 100元",
]  # fmt: skip


def kind_of(conditions: list[str], terms: list[str]) -> KindRules:
    """A kind of these clauses over the same fields on both sides."""
    kind = ExchangeKind.model_validate({
        "id": "k", "name": "种类", "task": "t01", "clause": "二", "source": "测试", "process": "book", "confirms": "offer",
        "need": NEED, "offer": NEED, "conditions": [{"name": f"条件{i}", "rule": r} for i, r in enumerate(conditions)],
        "score": [{"name": f"得分{i}", "rule": r} for i, r in enumerate(terms)],
    })  # fmt: skip
    problems = Problems()
    rules = read_kind(ClauseReader(PACK, problems), kind)
    assert rules is not None, [str(p) for p in problems]
    return rules


def value(field: Field) -> st.SearchStrategy[Value]:
    """A value of a field, often missing, with many that are equal or on the edge."""
    by_kind: dict[str, st.SearchStrategy[Value]] = {
        "text": st.sampled_from(["甲", "乙", "丙"]) if field.name == "码" else st.sampled_from(["不锈钢车削", "车削铝件", "检", "——"]),
        "set": st.frozensets(st.sampled_from(["甲", "乙", "丙", "丁"])),
        "flag": st.booleans(),
        "date": st.integers(-3, 3).map(lambda d: AS_OF + timedelta(days=d)),
        "point": st.sampled_from([Point(114.5, 38.0), Point(114.6, 38.1), Point(115.5, 37.5)]),
        "number": st.sampled_from([Decimal(x) for x in ("0.00", "1.00", "20.00", "100.00")])
        if field.is_money
        else st.sampled_from([0.0, 1.0, 2.0, 0.1, 0.3, 15.0, 150.0]),
    }  # fmt: skip
    return st.one_of(st.none(), by_kind[field.kind], by_kind[field.kind], by_kind[field.kind])


@st.composite
def markets(draw: st.DrawFn) -> tuple[KindRules, list[Row], list[Row]]:
    """A kind of a few clauses with needs and offers."""
    conditions = draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=4, unique=True))
    rules = kind_of(conditions, draw(st.lists(st.sampled_from(TERMS), max_size=3, unique=True)))

    def rows(fields: dict[str, Field], most: int) -> list[Row]:
        row = st.fixed_dictionaries({name: value(field) for name, field in fields.items()})
        return draw(st.lists(row, min_size=1, max_size=most))

    return rules, rows(dict(rules.need), 3), rows(dict(rules.offer), 12)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(markets())
def test_generated_kinds(market: tuple[KindRules, list[Row], list[Row]]) -> None:
    check(*market)


def test_a_clause_without_a_shape_goes_by_the_query() -> None:
    rules = kind_of(["供.钱 + 需.钱 <= 100元"], [])
    needs: list[Row] = [{"钱": Decimal("40.00")}]
    offers: list[Row] = [{"钱": Decimal("60.00")}, {"钱": Decimal("60.01")}, {}]
    own, offered = tables(rules, needs, offers)
    found, clause = match_all(rules, own, offered, AS_OF, TOP)
    assert clause == "供.钱 + 需.钱 <= 100元"
    assert found.offer.tolist() == [0]


def test_changes_in_words() -> None:
    rules = kind_of(["供.数 <= 需.数", "包含(供.码集, 需.码)"], [])
    offers: list[Row] = [
        {"数": 0.02, "码集": frozenset({"甲"})}, {"数": 0.02, "码集": frozenset({"甲", "乙"})}, {"数": 0.03, "码集": frozenset({"甲"})},
        {"数": 0.005, "码集": frozenset({"丙"})}, {"码集": frozenset({"甲"})},
    ]  # fmt: skip
    _, offered = tables(rules, [], offers)
    reasons = reasons_of(FastMatcher(rules, offered, AS_OF), {"数": 0.01, "码": "甲"})
    assert [f.text for f in reasons.fixes] == [
        "数放宽到 0.02毫米，即有 2 家", "数放宽到 0.03毫米，即有 3 家", "码改为 丙，即有 1 家",
    ]  # fmt: skip
    assert reasons.counts == {"条件0": 3, "条件1": 1}
    assert (reasons.matched, reasons.refused.tolist(), reasons.pending.tolist()) == (0, [0, 1, 2, 3], [4])
