"""A city of three clusters whose ranking can be worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from jiqun.programme.load import load_pack
from jiqun.programme.pack import Pack
from jiqun.snapshot.build import PackMark, build

PACK = {
    "programme.yaml": """\
format: 1
id: example-town
version: "1"
title: 示例市行动方案
issuer: 示例市人民政府
issued_on: 2025-01-01
from: 2025-01-01
until: 2027-12-31
city: {code: "990100", name: 示例市}
places: places.csv
actions: [{number: 1, title: 行动}]
tasks: [{id: t01, number: 1, action: 1, title: 任务, clause: 一, text: 原文}]
cards: []
""",
    "places.csv": "code,name,parent,kind,counted\n990100,示例市,,city,true\n990101,东县,990100,county,true\n",
    "indicators/all.yaml": """\
indicators:
  - {name: 营业收入, unit: 元, subjects: [cluster]}
  - {name: 利润总额, unit: 元, subjects: [cluster]}
  - {name: 能耗, unit: 吨, subjects: [cluster]}
""",
    "evaluation.yaml": """\
id: example-index
title: 示例评价
source: 示例市行动方案
pillars:
  - id: scale
    name: 规模
    indicators:
      - {id: revenue, name: 营业收入, measure: 营业收入, unit: 元}
      - {id: profit, name: 利润率, measure: 利润总额 / 营业收入, unit: "%"}
    judgements:
      - {one: revenue, other: profit, times: 3}
  - id: green
    name: 绿色
    indicators:
      - {id: energy, name: 能耗, measure: 能耗, unit: 吨, less_is_better: true}
judgements:
  - {one: scale, other: green, times: 4}
method: {winsorise: 0}
""",
}
FACTS = {
    "place": PACK["places.csv"].replace(",counted", "").replace(",true", ""),
    "cluster": "id,name,county,chain,provincial_key\na,甲集群,990101,皮革,true\nb,乙集群,990101,纺织,false\nc,丙集群,990101,陶瓷,false\n",
    "party": "uscc,name,kind,cluster,county,industry,founded_on,size_class,above_size\n",
    "observation": "subject_kind,subject,indicator,period,value,state\n"
    + "".join(
        f"cluster,{cluster},{name},{year},{value},approved\n"
        for name, years in {
            "营业收入": {2024: (100, 300, 200), 2025: (400, 300, 200)},
            "利润总额": {2024: (10, 30, 20), 2025: (40, 60, 20)},
            "能耗": {2024: (5, 9, 7), 2025: (5, 9, 7)},
        }.items()
        for year, values in years.items()
        for cluster, value in zip("abc", values, strict=True)
    ),
}


@dataclass(frozen=True)
class City:
    """Its pack and the snapshot of its facts."""

    pack: Path
    snapshot: Path

    def load(self) -> Pack:
        """The pack as it stands."""
        return load_pack(self.pack)

    def rebuilt(self, out: Path) -> Path:
        """A snapshot of the facts as they stand now."""
        pack = self.load()
        build(self.pack.parent / "facts", out, pack.vocabulary, PackMark(pack.programme.id, pack.programme.version))
        return out

    def write(self, file: str, text: str) -> None:
        """Change a file of the pack."""
        (self.pack / file).write_text(text, encoding="utf-8")


@pytest.fixture
def city(tmp_path: Path) -> City:
    pack, facts = tmp_path / "pack", tmp_path / "facts"
    for file, text in PACK.items():
        (pack / file).parent.mkdir(parents=True, exist_ok=True)
        (pack / file).write_text(text, encoding="utf-8")
    facts.mkdir()
    for table, text in FACTS.items():
        (facts / f"{table}.csv").write_text(text, encoding="utf-8")
    made = City(pack, tmp_path / "snapshot")
    loaded = made.load()
    build(facts, made.snapshot, loaded.vocabulary, PackMark(loaded.programme.id, loaded.programme.version))
    return made
