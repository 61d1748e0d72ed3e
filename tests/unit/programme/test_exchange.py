"""Kinds of supply and demand: what a check says of their fields, clauses and cases; the plan's words."""

from __future__ import annotations

from pathlib import Path

from jiqun.programme.check import check_pack
from jiqun.programme.load import load_pack

KIND = """\
kind:
  id: machine
  name: 设备
  task: t01
  clause: 二1
  source: 培育领跑者企业20家。
  process: book
  confirms: offer
  offer:
    - {name: 能力, kind: set, required: true}
    - {name: 公差, kind: number, unit: 毫米}
  need:
    - {name: 能力, required: true}
    - {name: 公差, kind: number, unit: 毫米}
  conditions:
    - {name: 能力, rule: '包含(供.能力, 需.能力)'}
    - {name: 公差, rule: 供.公差 <= 需.公差}
  score:
    - {name: 精度, weight: 100%, rule: 1 - 供.公差 / 需.公差}
"""
CASES = """\
cases:
  - name: 合
    kind: machine
    as_of: 2026-01-01
    need: {能力: 车, 公差: 0.02}
    offer: {能力: [车, 铣], 公差: 0.02毫米}
    expect: {outcome: 符合}
  - name: 不合
    kind: machine
    as_of: 2026-01-01
    need: {能力: 磨, 公差: 0.01}
    offer: {能力: [车, 铣], 公差: 0.02}
    expect: {outcome: 不符合, failed: [能力, 公差]}
  - name: 缺数
    kind: machine
    as_of: 2026-01-01
    need: {能力: 车, 公差: 0.01}
    offer: {能力: [车, 铣]}
    expect: {outcome: 待定, missing: [供.公差]}
"""


def told(pack: Path, kind: str = KIND, cases: str = CASES) -> list[str]:
    """What the check says."""
    (pack / "exchange").mkdir()
    (pack / "exchange" / "machine.yaml").write_text(kind, encoding="utf-8")
    (pack / "exchange" / "machine.cases.yaml").write_text(cases, encoding="utf-8")
    return [f"{p.message}（{p.found}）{p.mend}" for p in check_pack(pack).problems]


def test_a_sound_kind(pack_dir: Path) -> None:
    assert told(pack_dir) == []


def test_an_unknown_key(pack_dir: Path) -> None:
    faults = told(pack_dir, KIND.replace("confirms:", "confirm:"))
    assert faults[1].startswith(
        "不认识的键“confirm”（None）您是否要写 confirms？可写的键：id、name、task、clause、source、process"
    )
    assert (
        "供需种类缺少必填的键“confirms”（None）请补上 confirms（由谁确认：供方 offer、需方 need、双方 both、县级 county、市级 city）"
        in faults
    )


def test_faults_of_clauses(pack_dir: Path) -> None:
    kind = (
        KIND.replace("供.公差 <= 需.公差", "公差 <= 需.公查")
        .replace("1 - 供.公差 / 需.公差", "供.公差")
        .replace("100%", "90%")
    )
    assert told(pack_dir, kind) == [
        "“公差”没有写明是哪一方的（None）请写成 需.公差 或 供.公差",
        "需方没有字段“公查”（None）您是否要写 公差？",
        "各得分项的权重之和应为 100%（90%）请改写权重，或全部不写",
        "得分应为 0 到 1 的比率（供.公差）请除以同单位的量，如 1 - 供.单价 / 需.最高单价",
    ]


def test_faults_of_cases(pack_dir: Path) -> None:
    cases = CASES.replace("能力: 磨, 公差: 0.01", "能力: 磨, 公茶: 0.01").replace(
        "failed: [能力, 公差]", "failed: [能力]"
    )
    cases = cases.replace("outcome: 待定, missing: [供.公差]", "outcome: 符合")
    assert told(pack_dir, cases=cases) == [
        "没有字段“公茶”（None）您是否要写 公差？",
        "用例“缺数”没有通过：预期 符合，实为 待定（缺少 供.公差）（None）None",
    ]


def test_a_kind_needs_cases(pack_dir: Path) -> None:
    assert told(pack_dir, cases="cases: []\n") == [
        f"供需种类“设备”没有结论为“{outcome}”的用例（None）请在种类文件旁的 .cases.yaml 中写上一条需求和一条供给"
        for outcome in ("符合", "不符合")
    ]


def test_the_plan_has_every_kind_in_its_own_words() -> None:
    pack = load_pack(Path(__file__).parents[3] / "programmes" / "shijiazhuang-2025")
    text = (pack.root / "source" / "方案.txt").read_text(encoding="utf-8")
    assert {k.name for k in pack.every_kind} == set(
        [
            "关键设备",
            "生产工序",
            "检验检测",
            "产品设计",
            "技术需求",
            "稀缺技术",
            "原料集采",
            "产品集销",
            "物流仓储",
            "人才岗位",
            "授信",
            "厂房土地",
            "展位",
            "海外服务",
            "联合攻关",
        ]
    )
    for kind in pack.every_kind:
        assert kind.source in text, kind.id
        assert kind.source in pack.tasks[kind.task].text and pack.tasks[kind.task].clause == kind.clause, kind.id
