"""A chain of the pack over firms that can be worked out by hand: places, states, critical nodes, whom to attract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jiqun.base.errors import InputError
from jiqun.chain.attract import priorities, read_candidates, relatedness_of, score_candidates
from jiqun.chain.coverage import NodeState, node_states
from jiqun.chain.critical import cascade, critical_links, critical_nodes
from jiqun.chain.errors import ChainError
from jiqun.chain.fit import Fit
from jiqun.chain.graph import ChainGraph
from jiqun.chain.members import Firm, best_node, place_firms
from jiqun.chain.merge import mergers
from jiqun.chain.national import national_table, sector_of
from jiqun.programme.models import Chain
from jiqun.rules.geo import Point

LINKS = [
    {"from": "hides", "to": "tanning", "weight": 1.0, "substitutable": 0.5},
    {"from": "chemicals", "to": "tanning", "weight": 0.5, "substitutable": 0.0},
    {"from": "tanning", "to": "bags", "weight": 0.8, "substitutable": 0.25},
    {"from": "tanning", "to": "shoes", "weight": 1.0, "substitutable": 0.0},
]


def chain(**changed: Any) -> Chain:
    """Hides and chemicals → tanning → bags and shoes."""
    body: dict[str, Any] = {
        "id": "leather", "name": "皮革", "chains": ["皮革"], "source": "例",
        "stages": [{"id": "up", "name": "原料"}, {"id": "mid", "name": "制造"}, {"id": "end", "name": "成品"}],
        "nodes": [
            {"id": "hides", "name": "毛皮原料", "stage": "up", "codes": ["C1351"]},
            {"id": "chemicals", "name": "皮化", "stage": "up", "codes": ["C2669", "C266"], "words": ["皮化"]},
            {"id": "tanning", "name": "鞣制", "stage": "mid", "codes": ["C1910"], "words": ["制革"]},
            {"id": "bags", "name": "箱包", "stage": "end", "codes": ["C1922"]},
            {"id": "shoes", "name": "皮鞋", "stage": "end", "codes": ["C195"]},
        ],
        "links": LINKS, **changed,
    }  # fmt: skip
    return Chain.model_validate(body, strict=False)


GRAPH = ChainGraph(chain())


def firm(id: str, industry: str, revenue: float | None = None, name: str = "某公司", **more: Any) -> Firm:
    return Firm(id, name, industry, revenue=revenue, **more)


FIRMS = [
    firm("a", "C1910", 60e6), firm("b", "C1910", 30e6), firm("c", "C1910", 10e6), firm("d", "C1910", None),
    firm("e", "C1922", 200e6), firm("f", "C2669", 5e6),
]  # fmt: skip


def test_a_firm_goes_where_its_code_and_its_name_fit_best() -> None:
    found = {
        (industry, name): (m.node, round(m.confidence, 3), m.reason)
        if (m := best_node(GRAPH, firm("x", industry, name=name)))
        else None
        for industry, name in [("C2669", "甲皮化厂"), ("C2661", "乙厂"), ("C2710", "丙制革厂"), ("C2710", "丁厂")]
    }
    assert found == {
        ("C2669", "甲皮化厂"): ("chemicals", 0.95, "行业代码 C2669 属于 C2669（其他专用化学产品制造）；名称含“皮化”"),
        ("C2661", "乙厂"): ("chemicals", 0.7, "行业代码 C2661 属于 C266（专用化学产品制造）"),
        ("C2710", "丙制革厂"): ("tanning", 0.5, "名称含“制革”"),
        ("C2710", "丁厂"): None,
    }


def test_states_by_hand() -> None:
    states = {
        s.node: s for s in node_states(GRAPH, place_firms(GRAPH, FIRMS), place_firms(GRAPH, [firm("z", "C1952")]))
    }
    tanning = states["tanning"]
    assert (tanning.firms, tanning.capacity, tanning.unknown, tanning.largest) == (4, 100e6, 1, 0.6)
    assert tanning.hhi == pytest.approx(0.36 + 0.09 + 0.01)
    # Sector 08 (apparel and leather) sells itself a share of its output; only bags buy, for there are no shoes.
    table, eight = national_table(), sector_of("C1922")
    assert eight is not None and table.imports is not None
    own = (table.flows[eight, eight] + table.imports[eight, eight]) / table.output[eight]
    assert tanning.demand == pytest.approx(200e6 * own)
    assert states["bags"].demand is None and states["bags"].gap is None
    assert {n: s.weak for n, s in states.items()} == {
        "hides": ("missing",), "chemicals": ("thin", "single"), "tanning": ("concentrated",), "bags": ("thin", "single"),
        "shoes": ("missing",),
    }  # fmt: skip
    assert (states["shoes"].elsewhere, states["hides"].elsewhere) == (1, 0)
    assert states["hides"].capacity == 0.0 and states["hides"].short == 1.0


def test_nobodys_revenue_is_known() -> None:
    states = {s.node: s for s in node_states(GRAPH, place_firms(GRAPH, [firm("d", "C1910")]))}
    assert (states["tanning"].capacity, states["tanning"].hhi, states["tanning"].largest) == (None, None, None)
    assert states["hides"].demand is None  # what its only buyer makes is unknown


def test_a_buyer_that_is_missing_too_says_nothing_of_demand() -> None:
    states = {s.node: s for s in node_states(GRAPH, place_firms(GRAPH, [firm("f", "C2669", 5e6)]))}
    assert (states["tanning"].demand, states["tanning"].gap) == (None, None)
    assert (states["chemicals"].demand, states["chemicals"].short) == (None, None)  # tanning is missing
    assert states["tanning"].weak == ("missing",)


def test_a_lost_node_must_be_of_the_chain() -> None:
    with pytest.raises(ChainError) as error:
        cascade(GRAPH, "ghost")
    assert [(p.message, p.mend) for p in error.value.problems] == [
        ("没有这个节点", "可用 hides、chemicals、tanning、bags、shoes")
    ]


def test_what_stops_when_a_node_is_lost() -> None:
    # Chemicals: tanning loses 0.5 × (1 − 0) = 0.5; bags 0.8 × 0.75 × 0.5 = 0.3; shoes 0.5.
    # Upstream: hides sell to tanning alone and lose 0.5.
    assert cascade(GRAPH, "chemicals") == {
        "hides": 0.5, "chemicals": 1.0, "tanning": 0.5, "bags": pytest.approx(0.3), "shoes": 0.5,
    }  # fmt: skip
    # Shoes: tanning sells 1.0 of its 1.8 there; hides and chemicals lose what tanning does not take.
    found = cascade(GRAPH, "shoes")
    assert found["tanning"] == pytest.approx(1 / 1.8) and found["hides"] == pytest.approx(1 / 1.8)
    assert found["bags"] == 0.0


def test_critical_nodes_and_links() -> None:
    output = {"tanning": 100.0, "bags": 100.0}
    nodes = {c.node: c for c in critical_nodes(GRAPH, output)}
    assert [n for n, c in nodes.items() if c.cut] == ["tanning"]
    assert nodes["tanning"].loss == pytest.approx((100 + 60) / 200)
    assert nodes["tanning"].betweenness == pytest.approx(4 / 12)  # 2 suppliers × 2 buyers of 4 × 3 pairs
    # 鞣制 is of sector 08: without it the nation lacks what hypothetical extraction says.
    table, eight = national_table(), sector_of("C1910")
    left = [i for i in range(42) if i != eight]
    without = np.linalg.solve(np.eye(41) - table.a[np.ix_(left, left)], table.final[left]).sum()
    assert nodes["tanning"].extraction == pytest.approx(1 - without / table.output.sum())
    links = critical_links(GRAPH, output)
    assert not any(link.cut for link in links)
    one = ChainGraph(
        chain(
            links=LINKS[:1] + LINKS[3:],
            nodes=[n.model_dump(by_alias=True) for n in chain().nodes if n.id in ("hides", "tanning", "shoes")],
        )
    )
    assert {(li.supplier, li.buyer): li.cut for li in critical_links(one, {})} == {
        ("hides", "tanning"): True, ("tanning", "shoes"): True,
    }  # fmt: skip
    assert critical_nodes(one, {})[0].loss == 0.0


def test_what_to_fill_first() -> None:
    states = node_states(GRAPH, place_firms(GRAPH, FIRMS))
    suits = {"shoes": Fit({"land": 0.4, "energy": 1.0}), "bags": Fit({"land": None, "energy": 0.9})}
    found = priorities(GRAPH, states, {"shoes": 0.5, "hides": 0.1}, suits)
    by_node = {p.node: p for p in found}
    shoes, bags, hides = by_node["shoes"], by_node["bags"], by_node["hides"]
    # All four parts are known of shoes: the fourth root of their product. The scarcest offer is its fit.
    assert shoes.fit == 0.4 and shoes.linkage is not None
    assert shoes.score == pytest.approx((1.0 * 0.5 * shoes.linkage * 0.4) ** (1 / 4)) and shoes.unknown == ()
    # Bags are few but their demand is unknown: half missing; nothing is known of how near they lie, nor of the land.
    assert bags.linkage is not None and bags.score == pytest.approx((0.5 * bags.linkage * 0.9) ** (1 / 3))
    assert bags.unknown == ("relatedness", "land") and hides.unknown == ("fit",) and "tanning" not in by_node
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)


def test_what_is_unknown_lowers_no_score() -> None:
    states = node_states(GRAPH, place_firms(GRAPH, FIRMS))
    nothing = {p.node: p for p in priorities(GRAPH, states, {}, {})}
    beside = {p.node: p for p in priorities(GRAPH, states, {"hides": 0.01}, {"hides": Fit({"land": 0.0})})}
    assert beside["shoes"].score == nothing["shoes"].score and beside["hides"].score == 0.0


def test_a_node_without_a_sector_has_no_linkage() -> None:
    body = chain().model_dump(by_alias=True)
    body["nodes"][4]["codes"] = ["C99"]  # no division of the classification, and so no sector
    graph = ChainGraph.__new__(ChainGraph)
    object.__setattr__(graph, "chain", Chain.model_validate(body, strict=False))
    states = [NodeState("shoes", 0, 0.0, 0, None, None, None, None, ("missing",))]
    (found,) = priorities(graph, states, {"shoes": 0.25}, {})
    assert found.linkage is None and found.score == pytest.approx(0.25**0.5) and "linkage" in found.unknown


def test_relatedness_is_the_density_of_the_county() -> None:
    # 东县 makes leather and bags; wherever there is leather there are shoes too, elsewhere textiles.
    firms = [
        firm("1", "C1910", 10.0, county="东县"), firm("2", "C1922", 10.0, county="东县"),
        firm("3", "C1910", 10.0, county="西县"), firm("4", "C1952", 10.0, county="西县"),
        firm("5", "C1711", 30.0, county="南县"),
    ]  # fmt: skip
    found = relatedness_of(GRAPH, firms, "东县")
    # Groups 191, 192, 195, 171. Present: 东 {191, 192}, 西 {191, 195}, 南 {171}. φ(191,192) = φ(191,195) = 1/2, φ(192,195) = 0.
    assert found["shoes"] == pytest.approx(0.5 / 1.5)
    assert found["tanning"] == pytest.approx(1.5 / 2.0)
    assert relatedness_of(GRAPH, firms, "北县") == {}


def test_candidates_are_ranked_with_intervals_and_reasons(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "name,industry,revenue,growth,research_share,profit_rate,debt_share\n"
        "甲鞋业,C1952,300000000,12%,2%,6%,45%\n乙箱包,C1922,600000000,3%,1%,2%,70%\n丙药业,C2720,900000000,,,,\n",
        encoding="utf-8",
    )
    ranked = priorities(GRAPH, node_states(GRAPH, place_firms(GRAPH, FIRMS)), {}, {})
    found, why = score_candidates(GRAPH, ranked, read_candidates(file))
    assert why is None and [c.firm.name for c in found] == ["甲鞋业", "乙箱包"]
    first = found[0]
    assert first.rank_low == 1 and first.node == "shoes" and first.reasons[0] == "可补“皮鞋”"
    assert found[1].firm.research_share == 0.01
    assert score_candidates(GRAPH, ranked, read_candidates(file)[:1]) == (
        (),
        "名单中属于本产业链的企业不足 2 家，无法比较",
    )


def test_a_listed_firm_of_unknown_figures_says_what_stood_in() -> None:
    ranked = priorities(GRAPH, node_states(GRAPH, place_firms(GRAPH, FIRMS)), {}, {})
    listed = (firm("1", "C1952", 5.0), firm("2", "C1922", 9.0), firm("3", "C1922"))
    found, why = score_candidates(GRAPH, ranked, listed)
    assert why is None
    assert [c.reasons[-1] for c in found if c.firm.id == "3"] == ["营业收入待补充，按名单中位数计"]
    assert not any("待补充" in reason for c in found if c.firm.id != "3" for reason in c.reasons)


def test_every_fault_of_a_list(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("name,industry,revenue\n甲,C1952,三亿\n乙,X99,1\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_candidates(file)
    assert [(p.message, p.found, p.place.row) for p in error.value.problems] == [
        ("应为数", "三亿", 2), ("行业代码不存在", "X99", 3),
    ]  # fmt: skip


PLACES = {"东县": Point(114.6, 38.0), "西县": Point(114.6, 38.5)}


def test_mergers_go_from_large_to_small_among_neighbours() -> None:
    firms = [
        firm("big", "C1910", 100.0, county="东县", profit_rate=0.1, debt_share=0.4),
        firm("small", "C1910", 20.0, county="东县", profit_rate=-0.1),
        firm("bag", "C1922", 50.0, county="西县"),
        firm("far", "C1351", 10.0),
        firm("owing", "C1910", 90.0, debt_share=0.9),
    ]
    found = mergers(GRAPH, place_firms(GRAPH, firms), PLACES)
    pairs = {(m.buyer.firm.id, m.target.firm.id): m for m in found}
    assert ("owing", "small") not in pairs and ("bag", "far") not in pairs  # too much debt; not neighbours
    same = pairs["big", "small"]
    assert same.reasons == (
        "规模是对方的 5.0 倍",
        "同在“鞣制”",
        "同在一县",
        "并购方利润率 10.0%",
        "对方亏损，整合后有改善余地",
    )
    # Size in full (2), one node half of 3, one county (1), a tenth of profit of 15 % (1), a loss (1): of 8.5 in all.
    assert same.score == pytest.approx((2 + 1.5 + 1 + 1 + 1) / 8.5) and same.distance == 0
    # Shares of 210: 100, 20, 90. HHI 0.4195; 2 × 100 × 20 / 210² = 0.0907 more.
    assert same.warning == "合并后占本节点 57%，集中度（HHI）由 0.42 升至 0.51，请先评估"
    # Half a degree north: 55.6 km. Twice the size counts half; the target's profit is known of one pair alone, a loss.
    apart = pairs["big", "bag"]
    assert apart.warning is None and apart.distance == pytest.approx(55_597.5, abs=1)
    assert apart.score == pytest.approx((1 + 3 + (1 - 0.555975) + 1 + 1) / 8.5, rel=1e-5)
    assert apart.reasons[2] == "两县中心相距 56 公里" and apart.reasons[-1] == "对方利润率待补充，按中位数计"


def test_no_firm_fills_the_list() -> None:
    firms = [firm("big", "C1910", 100.0), *(firm(f"s{i}", "C1922", 20.0 + i) for i in range(6))]
    assert len(mergers(GRAPH, place_firms(GRAPH, firms))) == 3


def test_a_county_that_is_not_on_the_map_has_no_distance() -> None:
    firms = [firm("big", "C1910", 100.0, county="新区"), firm("small", "C1910", 20.0, county="东县")]
    (found,) = mergers(GRAPH, place_firms(GRAPH, firms), PLACES)
    assert found.distance is None and found.reasons[2:] == (
        "距离待补充，按中位数计", "并购方利润率待补充，按中位数计", "对方利润率待补充，按中位数计",
    )  # fmt: skip
    assert found.score == pytest.approx((2 + 1.5) / 5)  # size and one node; nothing else is known of any pair


def test_every_fault_of_a_chain() -> None:
    nodes = [n.model_dump(by_alias=True) for n in chain().nodes]
    nodes[0]["codes"] = ["C9999"]
    nodes[1]["stage"] = "nowhere"
    circle = [*LINKS, {"from": "bags", "to": "hides"}, {"from": "ghost", "to": "bags"}, LINKS[0]]
    with pytest.raises(ChainError) as error:
        ChainGraph(chain(nodes=nodes, links=circle))
    assert [(p.message, p.found) for p in error.value.problems] == [
        ("行业代码不存在", "C9999"),
        ("没有这个环节", "nowhere"),
        ("没有这个节点", "ghost"),
        ("供应关系重复", "hides → tanning"),
        ("供应关系成环", "毛皮原料 → 鞣制 → 箱包 → 毛皮原料"),
    ]


def test_the_national_sectors_hold_every_division_once() -> None:
    assert [sector_of(code) for code in ("A0111", "C1910", "1910", "C4190", "S9610", "T9700", "C99")] == [
        0, 7, 7, 21, 41, 41, None,
    ]  # fmt: skip
    assert len(national_table().codes) == 42 and np.isfinite(national_table().leontief).all()
