"""A pack of another, tiny city, and the facts that are invented for it and for the real pack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pcsv
import pytest

from jiqun.programme.load import load_pack
from jiqun.programme.pack import Pack
from jiqun.sample.generate import Sample, generate

ROOT = Path(__file__).resolve().parents[3]
PACK = {
    "programme.yaml": """
format: 1
id: example-city
version: "1"
title: 示例市行动方案
site_title: 示例市调度平台
office: 示例市工信局
issuer: 示例市人民政府
number: null
issued_on: 2025-01-01
from: 2025-01-01
until: 2027-12-31
city: {code: "990100", name: 示例市}
places: places.csv
actions: [{number: 1, title: 行动}]
tasks: [{id: t01, number: 1, action: 1, title: 任务, clause: 一, text: 原文, lead: null, supporting: []}]
cards: []
""",
    "places.csv": """code,name,parent,kind,counted
990100,示例市,,city,true
990101,甲区,990100,district,true
990102,乙县,990100,county,true
9901Z1,丙开发区,990100,zone,true
""",
    "indicators/all.yaml": """
indicators:
  - {name: 营业收入, unit: 元, subjects: [party, cluster], definition: 一, source: 一}
  - {name: 研发费用, unit: 元, definition: 一, source: 一}
  - {name: 有平台, kind: flag, definition: 一, source: 一}
  - {name: 月度收入, unit: 元, period: month, subjects: [cluster], cumulative: true, definition: 一, source: 一}
""",
    "registers/all.yaml": """
registers:
  - name: 项目
    title: 项目台账
    subject: party
    task: t01
    definition: 一
    fields:
      - {name: 名称, kind: text, required: true}
      - {name: 阶段, kind: text, choices: [签约, 开工], required: true}
      - {name: 投资额, kind: number, unit: 元}
      - {name: 完成额, kind: number, unit: 元}
      - {name: 开工日期, kind: date}
    unique: [名称]
""",
    "ladders/firms.yaml": """
ladder:
  id: firms
  title: 梯度
  subject: party
  rungs:
    - id: low
      title: 初级企业
      level: 市级
      issuer: 市局
      valid_for: 3年
      review_every: 3年
      process: []
      versions: []
    - id: high
      title: 高级企业
      level: 省级
      issuer: 省厅
      valid_for: 3年
      review_every: 3年
      process: []
      versions: []
""",
    "demo.yaml": """
format: 1
marker: 演示数据
note: 全部虚构
seed: 7
years: [2022, 2025]
until: 2026-06-30
names:
  first: 甲乙丙
  second: 丁戊
  forms: {有限公司: 1}
  prefixes:
    district: {示例: 1}
    county: {"{place}": 1}
    zone: {示例: 1}
firms:
  reference: 100
  anchor_year: 2024
  spread: 1.0
  revenue_per_head: 50万元
  founded: [2000, 2023]
  size_classes: [{name: 大型, employees: 300, revenue: 1亿元}, {name: 小型, employees: 20, revenue: 300万元}]
  smallest_class: 微型
  above_size: 2000万元
  full: 50%
  states: {approved: 90, draft: 10}
clusters:
  - id: A
    name: 乙县灯具产业集群
    short: 乙县灯具
    county: "990102"
    chain: 灯具
    key: true
    revenue: 40亿元
    growth: 10%
    firms: 3
    trades: [{industry: C3872, word: 灯具}, {industry: C3351, word: 五金}]
  - id: B
    name: 丙区软件产业集群
    short: 丙区软件
    county: 9901Z1
    chain: 软件
    revenue: 10亿元
    firms: 1
    trades: [{industry: I6513, word: 软件}]
outside:
  share: 10%
  mean_revenue: 1000万元
  places: {"990101": 1, "990102": 1}
  trades: [{industry: C3399, word: 制品}]
organisations:
  - {kind: lab, name: "{short}检测中心", per: cluster, entity: "2"}
  - {kind: bank, name: 示例银行}
figures:
  - {indicator: 营业收入, base: {of: revenue}, reporters: all, to: 100}
  - {indicator: 研发费用, part: {of: 营业收入, median: 4%}, to: 100}
  - {indicator: 有平台, flag: {probability: 20%, given: {高级企业: 100%}}, from_year: 2025}
cluster_figures:
  - {indicator: 营业收入, base: {of: revenue}, complete: true}
  - {indicator: 月度收入, run: {of: 营业收入, first: 2025-01, last: 2026-03}, complete: true}
titles:
  - title: 初级企业
    awards: {2021: 12, 2022: 12, 2023: 6, 2025: 4}
    valid_years: 3
    review: {after_months: 36, outcomes: {通过: 60, 不通过: 40}}
  - title: 高级企业
    awards: {2024: 3, 2026: 2}
    among: {holds: [初级企业]}
entries:
  - register: 项目
    per_year: {2024: 20, 2025: 30, 2026: 10}
    fields:
      名称: {text: ["{trade}项目{n}"]}
      完成额: {part: {of: 投资额, share: [10%, 90%]}}
      开工日期: {days_after: [30, 400], only: {阶段: [开工]}}
      投资额: {amount: 500万元}
      阶段: {choice: {签约: 1, 开工: 1}}
  - register: 项目
    follows: 高级企业
    fields:
      名称: {text: ["{name}升级项目"]}
      阶段: {choice: {签约: 1}}
""",
}


@dataclass(frozen=True)
class Written:
    """A facts folder and its tables; every cell is text, an empty one None."""

    sample: Sample

    def table(self, name: str) -> pa.Table:
        """One table."""
        file = self.sample.out / f"{name}.csv"
        names = file.read_text(encoding="utf-8").splitlines()[0].replace('"', "").split(",")
        options = pcsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
        )
        return pcsv.read_csv(file, convert_options=options)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of one table."""
        return self.table(name).to_pylist()

    @cached_property
    def parties(self) -> dict[str, dict[str, Any]]:
        """Party rows by code."""
        return {row["uscc"]: row for row in self.rows("party")}

    @cached_property
    def values(self) -> dict[tuple[str, str, str], str]:
        """(subject, indicator, period) -> value."""
        return {(r["subject"], r["indicator"], r["period"]): r["value"] for r in self.rows("observation")}


def write_pack(root: Path, **changed: str) -> Path:
    """The tiny pack, with files replaced by name (slashes as double underscores, no suffix for YAML)."""
    for name, text in PACK.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(name.removesuffix(".yaml"), text), encoding="utf-8")
    return root


@pytest.fixture
def tiny_pack(tmp_path: Path) -> Callable[..., Pack]:
    """Makes the tiny pack, with replaced files."""
    return lambda **changed: load_pack(write_pack(tmp_path / "pack", **changed))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Facts of 200 firms of the tiny city."""
    folder = tmp_path_factory.mktemp("tiny")
    return Written(generate(load_pack(write_pack(folder / "pack")), 200, folder / "facts"))


@pytest.fixture(scope="session")
def city_pack() -> Pack:
    """The pack of the plan."""
    return load_pack(ROOT / "programmes" / "shijiazhuang-2025")


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory, city_pack: Pack) -> Written:
    """The demonstration facts as people see them: 3,000 firms."""
    return Written(generate(city_pack, 3000, tmp_path_factory.mktemp("city") / "facts"))
