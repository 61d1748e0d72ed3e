"""A small sound pack, written anew for each test, and a way to spoil one line of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FILES = {
    "programme.yaml": """\
format: 1
id: demo-town
version: "1"
title: 示范市行动方案
issuer: 示范市人民政府
issued_on: 2025-07-22
from: 2025-01-01
until: 2027-12-31
city: {code: "130100", name: 示范市}
places: places.csv
actions:
  - {number: 1, title: 培优行动}
tasks:
  - {id: t01, number: 1, action: 1, title: 培育企业, clause: 二1, text: 培育领跑者企业20家。}
cards: [leaders-new]
""",
    "places.csv": """\
code,name,parent,kind,counted
130100,示范市,,city,true
130102,东区,130100,district,true
""",
    "indicators/firm.yaml": """\
indicators:
  - {name: 营业收入, unit: 元, aliases: [销售收入]}
  - {name: 研发费用, unit: 元}
  - {name: 从业人员, unit: 人}
  - {name: 协作明显, kind: flag}
""",
    "registers/firm.yaml": """\
registers:
  - name: 设备更新
    title: 设备更新台账
    subject: party
    task: t01
    fields:
      - {name: 类别, kind: text, choices: [生产, 其他], required: true}
      - {name: 金额, kind: number, unit: 元, required: true}
    unique: []
""",
    "ladders/leaders.yaml": """\
ladder:
  id: leaders
  title: 领跑者梯度
  subject: party
  scope: 类型 = "企业"
  rungs:
    - id: leader
      title: 领跑者企业
      aliases: [“领跑者”]
      valid_for: 3年
      versions:
        - from: 2025-01-01
          until: null
          source: {document: 认定办法, number: null, year: 2025}
          requires: 规模 且 (研发 或 人员)
          criteria:
            - name: 规模
              text: 上年营业收入1000万元以上
              rule: 营业收入 >= 1000万元
            - name: 研发
              text: 研发费用占比3%以上
              rule: 研发费用 / 营业收入 >= 3%
            - name: 人员
              text: 人员要求
              pending: true
titles:
  - {name: 高新技术企业}
""",
    "ladders/leaders.cases.yaml": """\
cases:
  - name: 恰好达到
    rule: leader
    as_of: 2026-06-30
    subject:
      indicators: {营业收入: {2025: 1000万元}, 研发费用: {2025: 30万元}}
    expect: {outcome: 符合}
  - name: 缺人员要求
    rule: leader
    as_of: 2026-06-30
    subject:
      indicators: {营业收入: {2025: 1000万元}, 研发费用: {2025: 29万元}}
    expect: {outcome: 待定, missing: [人员要求]}
""",
    "policies/p1.yaml": """\
policies:
  - id: policy-1
    number: 1
    title: 设备补助
    clause: 三1
    text: 按20%补助，最高500万元。
    benefits:
      - id: equipment
        title: 设备更新补助
        text: 按20%补助，最高500万元。
        effective: {from: 2025-07-22, until: 2027-12-31}
        parameters:
          ceiling: {name: 上限, value: 500万元}
          rate: {name: 比例, value: 20%}
        conditions:
          - {name: 称号, text: 施行期内认定, rule: '认定("领跑者企业", 施行期)'}
        amount: 取小(四舍五入(比例 * 合计(设备更新.金额, 年度 = 上年), 2), 上限)
        ceiling: true
        one_off: true
""",
    "policies/p1.cases.yaml": """\
cases:
  - name: 施行前一日认定
    rule: equipment
    as_of: 2026-06-30
    subject:
      titles: [{title: 领跑者企业, awarded_on: 2025-07-21}]
    expect: {outcome: 不符合}
  - name: 施行当日认定，补助两成
    rule: equipment
    as_of: 2026-06-30
    subject:
      titles: [{title: 领跑者企业, awarded_on: 2025-07-22}]
      entries: {设备更新: [{on: 2025-05-01, 类别: 生产, 金额: 100万元}]}
    expect: {outcome: 符合, amount: 20万元}
""",
    "targets.yaml": """\
targets:
  - id: leaders-new
    title: 新培育领跑者企业
    task: t01
    clause: 二1
    text: 培育领跑者企业20家。
    kind: new-count
    unit: 家
    measure: 计数(企业, 认定("领跑者企业", 2025 至 本年))
    goal: 20家
    baseline: 0家
    from: 2025-01-01
    due: 2027-12-31
    milestones:
      - {on: 2025-12-31, value: 6家}
      - {on: 2026-12-31, value: 13家}
""",
}


@pytest.fixture
def pack_dir(tmp_path: Path) -> Path:
    """The folder of the sound pack."""
    for file, text in FILES.items():
        path = tmp_path / "pack" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "pack"


@pytest.fixture
def spoil(pack_dir: Path) -> Callable[[str, str, str], None]:
    """Replace the one occurrence of a text in a file of the pack."""

    def replace(file: str, old: str, new: str) -> None:
        path = pack_dir / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replace
