"""The report's page from an analysis."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from jiqun.base.money import show_money
from jiqun.chain.analysis import Analysis
from jiqun.chain.coverage import WORDS, NodeState
from jiqun.programme.pack import Pack

PAGE = "chain.html"
COLOURS = {
    "missing": "#c62828",
    "thin": "#b85c00",
    "single": "#8a6d00",
    "imports": "#7b52ab",
    "concentrated": "#8d6e63",
}
SOUND = "#2e7d5b"
COLUMN, LINE = 230, 92
"""Distance of stages and of nodes within a stage, in pixels."""


def write_report(
    found: Analysis, pack: Pack, folder: Path, *, snapshot_id: str, demonstration: bool, echarts: str
) -> None:
    """Write the page into the folder; `echarts` is the library's script, put into the page."""
    environment = Environment(
        loader=PackageLoader("jiqun.chain.report", "templates"), autoescape=select_autoescape(default=True),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["money"] = lambda value: "待补充" if value is None else show_money(value)
    environment.filters["share"] = lambda value: "—" if value is None else f"{value:.0%}"
    page = environment.get_template("chain.html").render(
        programme=pack.programme, found=found, nodes=found.graph.nodes, words=WORDS, colours=COLOURS, sound=SOUND,
        snapshot=snapshot_id, demonstration=demonstration, map=_map(found), echarts=echarts,
        points=_points(found),
        count={s.node: s.firms for s in found.states}, stage={s.id: s.name for s in found.graph.chain.stages},
    )  # fmt: skip
    (folder / PAGE).write_text(page, encoding="utf-8")


def _points(found: Analysis) -> list[str]:
    """What to take away first: what is missing or weak, what to fill, what the chain hangs on."""
    names = {id_: node.name for id_, node in found.graph.nodes.items()}
    weak = {word: [names[s.node] for s in found.states if word in s.weak] for word in WORDS}
    parts = [f"{WORDS[word]} {len(nodes)} 个（{'、'.join(nodes)}）" for word, nodes in weak.items() if nodes]
    points = [f"{len(names)} 个节点中{'，'.join(parts)}。" if parts else f"{len(names)} 个节点均完备。"]
    if found.priorities:
        points.append(f"优先招引：{'、'.join(names[p.node] for p in found.priorities[:3])}。")
    there = {s.node for s in found.states if s.firms}
    main = next((c for c in found.critical if c.node in there and c.loss > 0), None)
    if main is not None:
        points.append(f"本集群现有节点中，{names[main.node]}停产影响最大，链上 {main.loss:.0%} 的产能随之停产。")
    return points


def _map(found: Analysis) -> dict[str, Any]:
    """Nodes in columns of stages and the links between them; the page draws them as wide as it is."""
    graph, columns = found.graph, defaultdict[int, list[NodeState]](list)
    for state in found.states:
        columns[graph.stage(state.node)].append(state)
    tallest = max(len(states) for states in columns.values())
    data = []
    for column, states in columns.items():
        shift = (tallest - len(states)) / 2
        for line, state in enumerate(states):
            data.append(_node(found, state, column * COLUMN, (line + shift) * LINE))
    cuts = {(link.supplier, link.buyer) for link in found.links if link.cut}
    links = [
        {"from": a, "to": b, "width": 1 + 2.5 * edge["weight"], "type": "dashed" if (a, b) in cuts else "solid"}
        for a, b, edge in graph.graph.edges(data=True)
    ]
    return {
        "data": data, "links": links, "height": max(1, tallest - 1) * LINE + 76, "width": (len(columns) - 0.4) * COLUMN,
        "span": max(1, len(columns) - 1) * COLUMN, "fall": max(1, tallest - 1) * LINE,
    }  # fmt: skip


def _node(found: Analysis, state: NodeState, x: float, y: float) -> dict[str, Any]:
    node = found.graph.nodes[state.node]
    colour = next((COLOURS[w] for w in COLOURS if w in state.weak), SOUND)
    lines = [node.name, f"{state.firms} 家" if state.firms else "缺失"]
    tip = [
        node.name, f"产品：{'、'.join(node.products) or '待补充'}", f"企业 {state.firms} 家，本市其他地方 {state.elsewhere} 家",
        f"产能（营业收入） {'待补充' if state.capacity is None else show_money(state.capacity)}",
        f"链内需求 {'—' if state.demand is None else show_money(state.demand)}",
        f"弱点：{'、'.join(WORDS[w] for w in state.weak) or '无'}",
    ]  # fmt: skip
    return {
        "id": state.node, "name": "\n".join(lines), "x": x, "y": y, "tip": "\n".join(tip),
        "itemStyle": {"color": "#fff" if state.firms == 0 else colour, "borderColor": colour, "borderWidth": 2,
                      "borderType": "dashed" if state.firms == 0 else "solid"},
        "label": {"color": colour if state.firms == 0 else "#fff"},
    }  # fmt: skip
