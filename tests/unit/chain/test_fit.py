"""Land, energy and environment of a county beside what a node needs, out of a pack and its facts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jiqun.chain.analysis import analyse
from jiqun.chain.facts import clusters_of
from jiqun.chain.fit import chain_faults, fits, offered
from jiqun.programme.load import load_pack
from tests.unit.evaluation.conftest import PACK, City

INDICATORS = (
    PACK["indicators/all.yaml"]
    + """\
  - {name: 可供用地, unit: 平方米, subjects: [place]}
  - {name: 用能余量, unit: 吨标准煤, subjects: [place]}
  - {name: 集群用水, unit: 吨, subjects: [cluster]}
"""
)
CHAIN = """\
chain:
  id: leather
  name: 皮革产业链
  chains: [皮革]
  source: 例
  stages: [{id: up, name: 原料}, {id: mid, name: 制造}]
  nodes:
    - {id: hides, name: 毛皮, stage: up, codes: [C1351], needs: {land: 30亩, energy: 0吨标准煤, water: 4吨}}
    - {id: tanning, name: 鞣制, stage: mid, codes: [C1910], needs: {land: 60000平方米, energy: 10吨标准煤}}
    - {id: bags, name: 箱包, stage: mid, codes: [C1922]}
  links: [{from: hides, to: tanning}]
  offers:
    - {id: land, name: 用地, measure: 可供用地}
    - {id: energy, name: 用能, measure: 用能余量}
    - {id: water, name: 用水, measure: 集群用水, subject: cluster}
"""


@pytest.fixture
def leather(city: City, tmp_path: Path) -> City:
    city.write("indicators/all.yaml", INDICATORS)
    (city.pack / "chains").mkdir()
    city.write("chains/leather.yaml", CHAIN)
    with (city.pack.parent / "facts" / "observation.csv").open("a", encoding="utf-8") as file:
        file.write("place,990101,可供用地,2025,15000,approved\ncluster,a,集群用水,2025,3,approved\n")
    return City(city.pack, city.rebuilt(tmp_path / "again"))


def test_the_scarcest_known_offer_decides(leather: City) -> None:
    pack = leather.load()
    assert chain_faults(pack) == []
    chain, cluster = pack.chains["leather"], clusters_of(leather.snapshot)[0]
    had = offered(leather.snapshot, pack, chain, cluster, date(2026, 9, 30))
    assert had == {"land": 15000.0, "energy": None, "water": 3.0}
    found = fits(chain, had)
    # 30 亩 are 20,000 m²; none of energy is needed; of bags nothing is said.
    assert found["hides"].parts == {"land": pytest.approx(0.75), "energy": 1.0, "water": 0.75}
    assert found["tanning"].parts == {"land": 0.25, "energy": None, "water": None}
    assert (found["tanning"].value, found["tanning"].unknown) == (0.25, ("energy", "water"))
    assert found["bags"].value is None


def test_the_analysis_says_what_is_unknown_of_the_fit(leather: City) -> None:
    found = analyse(leather.snapshot, leather.load(), "a", date(2026, 9, 30))
    assert {p.node: p.fit for p in found.priorities} == {"hides": pytest.approx(0.75), "tanning": 0.25, "bags": None}
    order = {p.node: i for i, p in enumerate(found.priorities)}
    pair = "、".join(sorted(("鞣制", "箱包"), key=lambda name: order[{"鞣制": "tanning", "箱包": "bags"}[name]]))
    assert found.notes[:3] == (
        "用地的适配有 1 个节点待补充，这些节点按其余各项排序：箱包",
        f"用能的适配有 2 个节点待补充，这些节点按其余各项排序：{pair}",
        f"用水的适配有 2 个节点待补充，这些节点按其余各项排序：{pair}",
    )


def test_every_fault_of_offers_and_needs_has_its_place(leather: City) -> None:
    text = CHAIN.replace("measure: 可供用地", "measure: 可供用").replace("id: water", "id: energy")
    text = text.replace("land: 30亩, energy: 0吨标准煤", "lnad: 30亩, energy: 5亩").replace(
        "energy: 10吨标准煤", "energy: -10吨标准煤"
    )
    leather.write("chains/leather.yaml", text)
    told = [(p.message, p.found, p.place.line) for p in chain_faults(load_pack(leather.pack))]
    assert ("要素编号重复", "energy", 15) in told
    assert ("没有这个要素", "lnad", 8) in told and ("没有这个要素", "water", 8) in told
    assert ("需求的单位与要素不同", "5亩", 8) in told
    assert ("应为不小于 0 的数量", "-10吨标准煤", 9) in told
    assert any("可供用" in message and line == 13 for message, _, line in told)
