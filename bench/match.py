"""Matching 100,000 needs with 100,000 offers of shared equipment: the fast way beside the query of DuckDB.

uv run python -m bench.match [--rows 100000] [--codes 600] [--repeat 3] [--seed 0]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from bench._report import ROOT, machine, publish, row
from jiqun.exchange.match.matcher import FastMatcher
from jiqun.exchange.match.query import duckdb_tables, matching_query, rules_nodes
from jiqun.exchange.match.reasons import reasons_of
from jiqun.exchange.match.results import Matches
from jiqun.exchange.match.sides import SideTable, with_signatures
from jiqun.programme.exchange import KindRules, kind_rules
from jiqun.programme.load import load_pack

KIND, AS_OF, TOP, THREADS = "关键设备", date(2026, 9, 30), 10, 2
MATERIALS = [f"材料{i:02}" for i in range(40)]
COUNTIES = [f"{i:02}县" for i in range(26)]
WORDS = ["高精度", "小批量", "大批量", "快速打样", "急单", "复杂曲面", "薄壁", "深孔", "异形", "五轴", "三轴", "数控", "来图加工", "带检测报告", "出口标准", "去毛刺", "碳钢", "不锈钢", "铝合金", "铜合金", "钛合金", "铸铁", "模具钢", "汽车", "模具", "航空", "医疗器械", "电子", "家电", "机床", "农机", "轨道交通", "新能源", "液压", "阀门", "轴承", "紧固件", "光学", "车削", "铣削", "磨削", "线切割", "电火花", "激光切割", "折弯", "冲压", "焊接", "热处理", "钻孔", "镗孔", "滚齿", "珩磨", "抛光"]  # fmt: skip
Random = np.random.Generator


def weights(count: int, power: float) -> np.ndarray[Any, Any]:
    """Shares that fall with the rank."""
    w = 1 / np.arange(1, count + 1) ** power
    return w / w.sum()


def gaps(random: Random, values: pa.Array, share: float) -> pa.Array:
    """The values with a share of them missing."""
    return pa.array(values.to_pylist() if isinstance(values, pa.ListArray) else values, values.type, mask=None) if share == 0 else (
        pa.array([None if gone else v for v, gone in zip(values.to_pylist(), random.random(len(values)) < share, strict=True)], values.type)
    )  # fmt: skip


def dates(days: np.ndarray[Any, Any]) -> pa.Array:
    """Days from the as-of date."""
    base = (AS_OF - date(1970, 1, 1)).days
    return pa.array((base + days).astype(np.int32)).cast(pa.date32())


def sets(random: Random, names: list[str], count: int, low: int, high: int, power: float) -> pa.Array:
    """Sets of names."""
    sizes = random.integers(low, high + 1, count)
    drawn = random.choice(len(names), size=(count, high), p=weights(len(names), power))
    made = [sorted({names[c] for c in codes[:size]}) for codes, size in zip(drawn, sizes, strict=True)]
    return pa.array(made, pa.list_(pa.string()))


def texts(random: Random, count: int) -> pa.Array:
    """Eight words in a row."""
    drawn = random.integers(0, len(WORDS), (count, 8))
    return pa.array(["".join(WORDS[w] for w in words) for words in drawn])


def market(rules: KindRules, rows: int, codes: int, seed: int) -> tuple[SideTable, SideTable]:
    """Needs and offers; capabilities and materials are unevenly popular, some figures are missing."""
    r = np.random.default_rng(seed)
    names = [f"能力{i:03}" for i in range(codes)]

    def place() -> tuple[pa.Array, pa.Array]:
        return pa.array(r.uniform(113.5, 115.5, rows)), pa.array(r.uniform(37.4, 38.8, rows))

    def number(median: float, spread: float, digits: int) -> pa.Array:
        return pa.array(np.round(np.exp(r.normal(np.log(median), spread, rows)), digits))

    def choice(values: list[str], power: float) -> pa.Array:
        return pa.array(values).take(pa.array(r.choice(len(values), rows, p=weights(len(values), power))))

    start = r.integers(0, 60, rows)
    need = {
        "能力": choice(names, 0.7), "公差": gaps(r, number(0.05, 0.8, 3), 0.1),
        "长": number(150, 0.8, 0), "宽": number(100, 0.8, 0), "高": number(60, 0.8, 0),
        "材料": choice(MATERIALS, 0.6), "最早开始": dates(start), "最晚结束": dates(start + r.integers(3, 45, rows)),
        "所需天数": pa.array(r.integers(1, 8, rows).astype(float)), "最高单价": gaps(r, number(110, 0.5, 0), 0.1),
        "所在地": place(), "最远距离": gaps(r, number(90, 0.5, 0), 0.3),
        "可接受地区": gaps(r, sets(r, COUNTIES, rows, 2, 8, 0.0), 0.5), "说明": texts(r, rows),
    }  # fmt: skip
    start = r.integers(0, 60, rows)
    offer = {
        "能力": sets(r, names, rows, 1, 4, 0.7), "公差": gaps(r, number(0.03, 0.8, 3), 0.05),
        "最大长": number(500, 0.7, 0), "最大宽": number(350, 0.7, 0), "最大高": number(300, 0.7, 0),
        "材料": sets(r, MATERIALS, rows, 3, 10, 0.6), "可用自": dates(start), "可用至": dates(start + r.integers(2, 60, rows)),
        "单价": number(90, 0.5, 1), "所在地": place(), "所在县": choice(COUNTIES, 0.0),
        "好评率": pa.array(np.round(r.beta(8, 2, rows), 4)), "说明": texts(r, rows),
    }  # fmt: skip
    needs = SideTable.of_columns("需", rules.need, [f"N{i:06}" for i in range(rows)], need)
    return needs, SideTable.of_columns("供", rules.offer, [f"O{i:06}" for i in range(rows)], offer)


def median(action: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    """Seconds, after one run to warm up, and what came out."""
    result, times = action(), []
    for _ in range(repeat):
        start = time.perf_counter()
        result = action()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def by_duckdb(rules: KindRules, needs: SideTable, offers: SideTable, repeat: int) -> tuple[float, Matches]:
    """The join of DuckDB on tables that it holds already, without a run to warm up."""
    nodes = rules_nodes(rules)
    ready = {"needs": with_signatures(needs, nodes).table, "offers": with_signatures(offers, nodes).table}
    with duckdb_tables(**ready) as (connection, tables):
        connection.raw_sql(f"SET threads = {THREADS}")
        query = matching_query(rules, tables["needs"], tables["offers"], AS_OF, TOP)
        times = []
        for _ in range(repeat):
            start = time.perf_counter()
            found = connection.to_pyarrow(query)
            times.append(time.perf_counter() - start)
    return statistics.median(times), Matches.of_table(found, len(rules.terms))


def live(matcher: FastMatcher, needs: SideTable, count: int, action: Callable[[Any], Any]) -> tuple[float, float]:
    """Milliseconds for one need: the median and the 99th percentile."""
    values = [needs.values(int(i)) for i in np.random.default_rng(1).integers(0, len(needs), count)]
    action(values[0])
    times = []
    for one in values:
        start = time.perf_counter()
        action(one)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3, float(np.percentile(times, 99)) * 1e3


def main() -> None:
    """Run and publish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--codes", type=int, default=600)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dry", action="store_true", help="print, do not publish")
    given = parser.parse_args()
    rules = kind_rules(load_pack(ROOT / "programmes" / "shijiazhuang-2025"), KIND)
    needs, offers = market(rules, given.rows, given.codes, given.seed)
    start = time.perf_counter()
    matcher = FastMatcher(rules, offers, AS_OF)
    prepared = time.perf_counter() - start
    start = time.perf_counter()
    ready = matcher.ready(needs)
    asked = time.perf_counter() - start
    fast, found = median(lambda: matcher.all_of(ready, TOP), given.repeat)
    slow, oracle = by_duckdb(rules, needs, offers, given.repeat)
    same = "identical" if found.same(oracle) else "DIFFERENT"
    one = live(matcher, needs, 3000, lambda values: matcher.one(values, TOP))
    why = live(matcher, needs, 200, lambda values: reasons_of(matcher, values))
    lines = [
        f"{machine()}; {given.rows:,} needs × {given.rows:,} offers of the pack's kind {KIND} "
        f"({len(rules.conditions)} conditions, {len(rules.terms)} terms), {given.codes} capability codes, top {TOP}, "
        f"{THREADS} threads; medians of {given.repeat}, Numba compiled before.",
        "", row("work", "time"), row("---", "---:"),
        row("offers made ready (columns, sets, signatures of texts, lists by code)", f"{prepared:.2f} s"),
        row("needs made ready", f"{asked:.2f} s"),
        row(f"**all needs, the fast way** ({len(found):,} matches)", f"**{fast:.2f} s**"),
        row(f"all needs, DuckDB join of the same clauses ({len(oracle):,} matches, {same} offers, scores and order)", f"{slow:.2f} s"),
        row("one need, from its values to its best offers: median / p99", f"{one[0]:.2f} / {one[1]:.2f} ms"),
        row("one need with the reasons of every refusal and the cheapest changes: median / p99", f"{why[0]:.1f} / {why[1]:.1f} ms"),
        "", f"The query takes {slow / fast:.1f} times as long as the fast way.",
    ]  # fmt: skip
    print("\n".join(lines))
    if not given.dry:
        publish("bench/match.py", lines)


if __name__ == "__main__":
    main()
