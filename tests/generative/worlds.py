"""Small worlds by seed: ten firms, three clusters, three counted places, and facts with many gaps."""

from __future__ import annotations

import functools
import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from jiqun.base.industries import section_name
from jiqun.base.periods import Period
from jiqun.rules.facts import Entry, Recognition, Review, Subject, Value, World
from jiqun.rules.geo import Point
from jiqun.rules.vocabulary import Field, Indicator
from tests.rules_vocabulary import UNCOUNTED, VOCABULARY

_MONEY = [Decimal(x) for x in ("0.00", "1.00", "100.00", "33.33", "10000000.00", "10000000.30", "-5000.01", "-100.00")]
_FLOATS = [0.0, 1.0, 10.0, 0.5, 0.03, 0.25, 300.0, -2.0, 7.5]
_DAYS = [date(2020, 2, 29), date(2023, 1, 1), date(2024, 2, 29), date(2025, 5, 1), date(2025, 8, 31), date(2026, 9, 30)]


@functools.cache
def world(seed: int) -> World:
    """The world of a seed."""
    r = random.Random(seed)
    places = [
        Subject("place", code, {"name": name, "kind": kind}, county=None, **_facts(r, "place"))
        for code, name, kind in [
            ("130100", "市", "city"), ("130121", "东县", "county"), ("130102", "中区", "district"),
            ("130199", "外区", "zone"),
        ]
    ]  # fmt: skip
    clusters = [
        Subject(
            "cluster", f"c{i}",
            {"name": f"集群{i}", "chain": r.choice([None, "装备", "食品"]), "provincial_key": r.choice([True, False, None])},
            county=r.choice(["130121", "130102", "130199"]), **_facts(r, "cluster"),
        )
        for i in range(3)
    ]  # fmt: skip
    firms = [
        Subject(
            "party", f"f{i}",
            {
                "name": f"企业{i}", "kind": "enterprise" if i < 8 else r.choice(["lab", "bank"]),
                **_industry(r.choice([None, "1711", "35", "E47"])), "founded_on": _maybe(r, _day(r)),
                "size_class": r.choice([None, "中型", "小型", "微型"]), "above_size": r.choice([True, True, False, None]),
            },
            cluster=r.choice([None, "c0", "c1", "c1"]), county=r.choice([None, "130121", "130102", "130199"]),
            **_facts(r, "party"),
        )
        for i in range(10)
    ]  # fmt: skip
    pairs = [Subject("pair", f"p{i:02}", _sides(r)) for i in range(12)]
    return World([*places, *clusters, *firms, *pairs], UNCOUNTED)


def _industry(code: str | None) -> dict[str, Value]:
    return {"industry": code, "industry_section": section_name(code)}


def _maybe(r: random.Random, value: Value) -> Value:
    return value if r.random() < 0.7 else None


def _day(r: random.Random) -> date:
    return r.choice(_DAYS) if r.random() < 0.6 else date(2019, 1, 1) + timedelta(days=r.randrange(3000))


def _value(r: random.Random, fact: Indicator | Field) -> Value:
    if fact.kind == "number":
        if fact.is_money:
            return r.choice(_MONEY) if r.random() < 0.6 else Decimal(r.randrange(-(10**10), 10**11)).scaleb(-2)
        return r.choice(_FLOATS)
    if fact.kind == "flag":
        return r.random() < 0.6
    return _day(r) if fact.kind == "date" else r.choice(fact.choices or ("甲", "乙"))


def _sides(r: random.Random) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for side, fields in VOCABULARY.sides.items():
        for field in fields.values():
            if r.random() < 0.75:
                found[f"{side}.{field.name}"] = _side_value(r, field)
    return found


def _side_value(r: random.Random, field: Field) -> Value:
    if field.kind == "point":
        return Point(r.choice([114.5, 114.51, -60.0]), r.choice([38.0, 38.4, -38.0]))
    if field.kind == "set":
        return frozenset(m for m in ("碳钢", "不锈钢", "铝合金") if r.random() < 0.5)
    if field.name == "说明":
        return r.choice(["不锈钢车削", "车削不锈钢零件", "检", "——", "五轴加工中心，铝合金"])
    return _value(r, field)


def _facts(r: random.Random, kind: str) -> dict[str, Any]:
    observations: dict[tuple[str, Period], Value] = {}
    for indicator in VOCABULARY.indicators.values():
        if kind in indicator.subjects:
            last = Period.last_complete(date(2026, 12, 31), indicator.grain)
            for back in range({"year": 6, "quarter": 6, "month": 15}[indicator.grain]):
                if r.random() < 0.8:
                    observations[indicator.name, last.shift(1 - back)] = _value(r, indicator)
    recognitions, reviews = {}, {}
    for title in VOCABULARY.titles.values():
        if kind in title.subjects:
            recognitions[title.name] = tuple(
                Recognition(day, _maybe(r, day + timedelta(days=r.choice([365, 1000, 1096]))))
                for day in (_day(r) for _ in range(r.choice([0, 1, 1, 2])))
            )
            reviews[title.name] = tuple(
                Review(_day(r), r.choice(["通过", "通过", "不通过", "整改"])) for _ in range(r.choice([0, 1, 1, 2, 3]))
            )
    entries = {
        register.name: tuple(
            Entry(_maybe(r, _day(r)), {f.name: _maybe(r, _value(r, f)) for f in register.fields})
            for _ in range(r.choice([0, 0, 1, 2, 4]))
        )
        for register in VOCABULARY.registers.values()
        if register.subject == kind
    }
    return {"observations": observations, "recognitions": recognitions, "reviews": reviews, "entries": entries}
