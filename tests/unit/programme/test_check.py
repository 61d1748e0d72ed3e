"""`check_pack`: every semantic fault with its whole message, at its place in the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from jiqun.programme.check import check_pack

Spoil = Callable[[str, str, str], None]


def faults(pack_dir: Path) -> list[str]:
    return [str(problem) for problem in check_pack(pack_dir).problems]


def test_a_sound_pack_has_no_faults_and_is_counted(pack_dir: Path) -> None:
    report = check_pack(pack_dir)
    assert report.problems == ()
    assert report.counts is not None
    assert asdict(report.counts) == {
        "tasks": 1, "targets": 1, "indicators": 4, "registers": 1, "ladders": 1, "rungs": 1, "criteria": 3,
        "pending": 1, "policies": 1, "benefits": 1, "kinds": 0, "cases": 4, "cases_passed": 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "rule: 营业收入 >= 1000万元",
            "rule: 营业收人 >= 1000万元",
            "ladders/leaders.yaml 第 19 行 第 21 列：没有“营业收人”这个名称。您是否要写 营业收入？\n"
            "  营业收人 >= 1000万元\n  ＾＾＾＾",
        ),
        (
            "rule: 营业收入 >= 1000万元",
            "rule: '营业收入 >= 1000人'",
            "ladders/leaders.yaml 第 19 行 第 22 列：比较两边单位不同：左边是金额，右边是人数。请检查单位，或改用同一单位的指标\n"
            "  营业收入 >= 1000人\n  ＾＾＾＾^^^^^^^^＾",
        ),
        (
            "rule: 营业收入 >= 1000万元",
            "rule: |\n                营业收入 >= 1000万元\n                且 从业人员 > 十人",
            "ladders/leaders.yaml 第 21 行 第 26 列：没有“十人”这个名称\n  且 从业人员 > 十人\n  　 　　　　   ＾＾",
        ),
        (
            "rule: 营业收入 >= 1000万元",
            "rule: >-\n                营业收入 >= 1000万元\n                且 从业人员 >",
            "ladders/leaders.yaml 第 21 行 第 25 列：条文没有写完。此处可以是一个数、名称或括号\n"
            "  营业收入 >= 1000万元 且 从业人员 >\n  　　　　        　　 　 　　　　  ^",
        ),
    ],
    ids=["name", "unit", "block scalar", "folded scalar"],
)
def test_a_faulty_rule_is_shown_with_a_caret(pack_dir: Path, spoil: Spoil, old: str, new: str, message: str) -> None:
    spoil("ladders/leaders.yaml", old, new)
    assert faults(pack_dir) == [message]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        # references
        (
            "targets.yaml",
            "task: t01",
            "task: t10",
            ["targets.yaml 第 4 行 第 11 列：没有任务“t10”。您是否要写 t01？"],
        ),
        (
            "registers/firm.yaml",
            "task: t01",
            "task: none",
            ["registers/firm.yaml 第 5 行 第 11 列：没有任务“none”。现有：t01"],
        ),
        (
            "registers/firm.yaml",
            "unique: []",
            "unique: [类型]",
            ["registers/firm.yaml 第 9 行 第 14 列：没有字段“类型”。您是否要写 类别？"],
        ),
        (
            "programme.yaml",
            "action: 1",
            "action: 2",
            ["programme.yaml 第 14 行 第 34 列：没有行动“2”。现有：1"],
        ),
        (
            "programme.yaml",
            "cards: [leaders-new]",
            "cards: [leader-new]",
            ["programme.yaml 第 15 行 第 9 列：没有目标“leader-new”。您是否要写 leaders-new？"],
        ),
        (
            "programme.yaml",
            'code: "130100"',
            'code: "130000"',
            ["programme.yaml 第 9 行 第 14 列：城市代码不在 places.csv 中（现为“130000”）"],
        ),
        (
            "indicators/firm.yaml",
            "{name: 研发费用, unit: 元}",
            "{name: 研发费用, unit: 圆}",
            [
                "indicators/firm.yaml 第 3 行 第 24 列：没有单位“圆”。现有：元、千元、万元、亿元、人、名、万人、年、个月、月、天、日"
            ],
        ),
        (
            "indicators/firm.yaml",
            "{name: 研发费用, unit: 元}",
            "{name: 研发费用, unit: 万元}",
            [
                "indicators/firm.yaml 第 3 行 第 24 列：金额的基本单位应为 元（现为“万元”）。"
                "请写 元；规则和页面会换算成万元、亿元"
            ],
        ),
        # dates
        (
            "policies/p1.yaml",
            "{from: 2025-07-22, until: 2027-12-31}",
            "{from: 2025-07-22, until: 2025-07-21}",
            [
                "policies/p1.yaml 第 11 行 第 46 列：截止日早于起始日（现为“2025-07-21”）。起始日为 2025-07-22，请改正其一",
            ],
        ),
        (
            "policies/p1.yaml",
            "value: 20%",
            "value: [{from: 2026-01-01, value: 20%}, {from: 2026-01-01, value: 25%}]",
            [
                "policies/p1.yaml 第 14 行 第 43 列：参数“比例”在施行期开始时没有取值（现为“2026-01-01”）。"
                "施行期自 2025-07-22 起，请补上此前的取值",
                "policies/p1.yaml 第 14 行 第 75 列：取值的起始日重复或颠倒（现为“2026-01-01”）。"
                "前一取值自 2026-01-01 起，请按日期先后排列，每日只写一个",
            ],
        ),
        (
            "targets.yaml",
            "due: 2027-12-31",
            "due: 2024-12-31",
            ["targets.yaml 第 13 行 第 10 列：到期日早于起算日（现为“2024-12-31”）。起算日为 2025-01-01，请改正其一"],
        ),
        (
            "targets.yaml",
            "on: 2026-12-31",
            "on: 2028-12-31",
            [
                "targets.yaml 第 16 行 第 14 列：节点不在起算日与到期日之间（现为“2028-12-31”）。应在 2025-01-01 至 2027-12-31 之间"
            ],
        ),
        (
            "targets.yaml",
            "on: 2026-12-31",
            "on: 2025-12-31",
            [
                "targets.yaml 第 16 行 第 14 列：节点的日期重复或颠倒（现为“2025-12-31”）。上一节点为 2025-12-31，请按先后排列"
            ],
        ),
        (
            "targets.yaml",
            "targets:\n",
            "pace: {ahead: 5家, behind: 20%}\ntargets:\n",
            [
                "targets.yaml 第 1 行 第 15 列：应为 0 与 100% 之间的比率（现为“5家”）。请写成如 5%",
                "targets.yaml 第 1 行 第 27 列：“滞后”的界限高于“严重滞后”的界限（现为“20%”）。请使 behind 不高于 far_behind",
            ],
        ),
        # quantities
        (
            "targets.yaml",
            "goal: 20家",
            "goal: 20人",
            ["targets.yaml 第 10 行 第 11 列：目标“leaders-new”的度量是个数，此处是人数（现为“20人”）。请写成如 100家"],
        ),
        (
            "targets.yaml",
            "value: 13家",
            "value: 13%",
            [
                "targets.yaml 第 16 行 第 33 列：目标“leaders-new”的度量是个数，此处是比率或纯数（现为“13%”）。请写成如 100家"
            ],
        ),
        (
            "targets.yaml",
            "goal: 20家",
            "goal: 二十家",
            ["targets.yaml 第 10 行 第 11 列：没有“二十家”这个名称\n  二十家\n  ＾＾＾"],
        ),
        (
            "targets.yaml",
            "unit: 家",
            "unit: 万元",
            ["targets.yaml 第 8 行 第 11 列：显示单位与度量不合，度量是个数（现为“万元”）。请改正单位或度量"],
        ),
        (
            "targets.yaml",
            'measure: 计数(企业, 认定("领跑者企业", 2025 至 本年))',
            "measure: 存在(企业)",
            [
                "targets.yaml 第 9 行 第 14 列：此处应为数，现为是/否（条件）\n  存在(企业)\n  ＾＾^＾＾^",
            ],
        ),
        (
            "ladders/leaders.yaml",
            "valid_for: 3年",
            "valid_for: 3家",
            ["ladders/leaders.yaml 第 10 行 第 18 列：应为时长（现为“3家”）。请写成如 3年、6个月"],
        ),
        (
            "policies/p1.yaml",
            "amount: 取小(四舍五入(比例 * 合计(设备更新.金额, 年度 = 上年), 2), 上限)",
            "amount: 比例 * 从业人员 + 0 * 上限 / 1万元",
            [
                "policies/p1.yaml 第 17 行 第 17 列：加减两边单位不同：左边是人数，右边是比率或纯数。请检查单位，或改用同一单位的指标\n"
                "  比例 * 从业人员 + 0 * 上限 / 1万元\n  ＾＾^^^＾＾＾＾^^^^^^^＾＾^^^^＾＾"
            ],
        ),
        (
            "policies/p1.yaml",
            "amount: 取小(四舍五入(比例 * 合计(设备更新.金额, 年度 = 上年), 2), 上限)",
            "amount: 若 上限 > 1元 则 比例 否则 0%",
            [
                "policies/p1.yaml 第 17 行 第 17 列：此处应为精确的金额，现为比率或纯数。请检查单位，如 10万元\n"
                "  若 上限 > 1元 则 比例 否则 0%\n  ＾^＾＾^^^^＾^＾^＾＾^＾＾^^^"
            ],
        ),
        # parameters and names
        (
            "policies/p1.yaml",
            "rate: {name: 比例, value: 20%}",
            "rate: {name: 比例, value: 20%}\n          extra: {name: 多余, value: 1}",
            ["policies/p1.yaml 第 15 行 第 11 列：参数“多余”没有用到。请在条件或金额中使用它，或删除它"],
        ),
        (
            "policies/p1.yaml",
            "value: 500万元",
            "value: 营业收入",
            [
                "policies/p1.yaml 第 13 行 第 38 列：全市没有指标“营业收入”。“营业收入”是企业的指标，"
                "可写成 所属集群.营业收入、所属县.营业收入 或放进集合里\n  营业收入\n  ＾＾＾＾"
            ],
        ),
        (
            "policies/p1.yaml",
            "value: 20%",
            "value: 上限 / 上限 * 比例",
            ["policies/p1.yaml 第 14 行 第 35 列：参数互相引用，成环：比例 → 比例。请改写其中一个，去掉循环"],
        ),
        (
            "ladders/leaders.yaml",
            "requires: 规模 且 (研发 或 人员)",
            "requires: 规模 且 (研发 或 人手)",
            [
                "ladders/leaders.yaml 第 15 行 第 32 列：没有“人手”这个名称。您是否要写 人员？\n"
                "  规模 且 (研发 或 人手)\n  　　 　  　　 　 ＾＾"
            ],
        ),
        (
            "ladders/leaders.yaml",
            "rule: 研发费用 / 营业收入 >= 3%",
            'rule: 持有("高新技术")',
            [
                'ladders/leaders.yaml 第 22 行 第 24 列：没有称号“高新技术”。您是否要写 高新技术企业？\n  持有("高新技术")\n  　　 ^＾＾＾＾^'
            ],
        ),
        (
            "ladders/leaders.yaml",
            "rule: 研发费用 / 营业收入 >= 3%",
            "rule: 存在(设备)",
            [
                "ladders/leaders.yaml 第 22 行 第 24 列：没有集合或台账“设备”。您是否要写 设备更新？\n  存在(设备)\n  　　 ＾＾"
            ],
        ),
        # cases
        (
            "ladders/leaders.cases.yaml",
            "研发费用: {2025: 30万元}",
            "研发费用: {2025: 29万元}",
            [
                "ladders/leaders.cases.yaml 第 7 行 第 13 列：用例“恰好达到”没有通过：预期 符合，"
                "实为 待定（缺少 待补充：人员要求）"
            ],
        ),
        (
            "ladders/leaders.cases.yaml",
            "missing: [人员要求]",
            "missing: [人员要求, 面积]",
            [
                "ladders/leaders.cases.yaml 第 13 行 第 13 列：用例“缺人员要求”没有通过：缺失事项中应有 面积，"
                "实为 待补充：人员要求"
            ],
        ),
        (
            "policies/p1.cases.yaml",
            "amount: 20万元",
            "amount: 20.01万元",
            [
                "policies/p1.cases.yaml 第 14 行 第 13 列：用例“施行当日认定，补助两成”没有通过："
                "预期 符合 20.01万元，实为 符合 20万元"
            ],
        ),
        (
            "policies/p1.cases.yaml",
            "outcome: 符合, amount: 20万元",
            "outcome: 符合",
            ["policies/p1.cases.yaml 第 14 行 第 13 列：缺少预期金额 amount。请写上如 amount: 10万元"],
        ),
        (
            "policies/p1.cases.yaml",
            "amount: 20万元",
            "amount: 二十万",
            ["policies/p1.cases.yaml 第 14 行 第 35 列：预期金额不是金额（现为“二十万”）。请写成如 10万元"],
        ),
        (
            "policies/p1.cases.yaml",
            "{outcome: 不符合}",
            "{outcome: 不符合, amount: 1元, missing: [甲]}",
            [
                "policies/p1.cases.yaml 第 7 行 第 36 列：只有符合的奖补事项才有预期金额（现为“1元”）。请删除 amount",
                "policies/p1.cases.yaml 第 7 行 第 49 列：只有待定才有缺失事项。请删除 missing，或改结论",
            ],
        ),
        (
            "policies/p1.cases.yaml",
            "awarded_on: 2025-07-21",
            "awarded_on: 2025-07-20",
            [
                "policies/p1.yaml 第 8 行 第 13 列：奖补事项“equipment”没有施行前一日的用例。请加一个日期为 2025-07-21 的用例"
            ],
        ),
        (
            "policies/p1.cases.yaml",
            "awarded_on: 2025-07-21",
            "awarded_on: 2025-07-21, valid_until: 2025-07-01",
            ["policies/p1.cases.yaml 第 6 行 第 68 列：有效期止于认定之前（现为“2025-07-01”）。认定日期为 2025-07-21"],
        ),
    ],
)
def test_semantic_faults(pack_dir: Path, spoil: Spoil, file: str, old: str, new: str, message: list[str]) -> None:
    spoil(file, old, new)
    assert faults(pack_dir) == message


def test_versions_that_overlap(pack_dir: Path) -> None:
    path = pack_dir / "ladders" / "leaders.yaml"
    text = path.read_text(encoding="utf-8")
    head, tail = text.split("titles:\n")
    version = head[head.index("        - from: 2025-01-01") :]
    later = version.replace("from: 2025-01-01", "from: 2026-04-01")
    path.write_text(f"{head}{later}titles:\n{tail}", encoding="utf-8")
    assert faults(pack_dir) == [
        "ladders/leaders.yaml 第 26 行 第 17 列：梯级“leader”的两个版本施行期重叠：第 12 行的版本自 2025-01-01 起，没有截止日"
        "（现为“2026-04-01”）。请写上前一版本的截止日，早于后一版本的起始日"
    ]
    text = path.read_text(encoding="utf-8").replace("until: null", "until: 2026-03-31", 1)
    path.write_text(text, encoding="utf-8")
    assert faults(pack_dir) == []


def test_parameters_that_refer_to_each_other(pack_dir: Path, spoil: Spoil) -> None:
    spoil("policies/p1.yaml", "value: 500万元", "value: 比例 * 1万元")
    spoil("policies/p1.yaml", "value: 20%", "value: 上限 / 2500万元")
    assert faults(pack_dir) == [
        "policies/p1.yaml 第 13 行 第 38 列：参数互相引用，成环：上限 → 比例 → 上限。请改写其中一个，去掉循环"
    ]


def test_a_parameter_may_use_another(pack_dir: Path, spoil: Spoil) -> None:
    spoil("policies/p1.yaml", "value: 20%", "value: 上限 / 2500万元")
    assert faults(pack_dir) == []


def test_criteria_that_refer_to_each_other(pack_dir: Path, spoil: Spoil) -> None:
    spoil("ladders/leaders.yaml", "rule: 营业收入 >= 1000万元", "rule: 营业收入 >= 1000万元 且 研发")
    spoil("ladders/leaders.yaml", "rule: 研发费用 / 营业收入 >= 3%", "rule: 研发费用 > 0元 且 (规模 或 人员)")
    assert faults(pack_dir) == [
        "ladders/leaders.yaml 第 19 行 第 21 列：条件互相引用，成环：规模 → 研发 → 规模。请改写其中一条，去掉循环"
    ]


def test_every_rule_has_cases(pack_dir: Path) -> None:
    (pack_dir / "ladders" / "leaders.cases.yaml").unlink()
    (pack_dir / "policies" / "p1.cases.yaml").unlink()
    assert faults(pack_dir) == [
        "ladders/leaders.yaml 第 7 行 第 11 列：梯级“leader”没有用例。请在梯度文件旁的 .cases.yaml 中写上事实和预期",
        "policies/p1.yaml 第 8 行 第 13 列：奖补事项“equipment”没有用例。请在政策文件旁的 .cases.yaml 中写上事实和预期",
    ]


def test_facts_of_a_case_that_the_pack_does_not_know(pack_dir: Path) -> None:
    text = """\
cases:
  - name: 写错的事实
    rule: equipment
    as_of: 2025-07-21
    subject:
      attributes: {成立日: 2015-03-01, 规上: 对, 企业规模: 巨型, 成立日期: 去年, 县: 东区}
      indicators:
        营业收人: {2025: 1}
        研发费用: {2025Q1: 1, 去年: 2, 2024: 三百, 2023: 3人, 2022: 2025-01-01}
      titles: [{title: 领跑企业, awarded_on: 2025-07-21}]
      reviews: [{title: 高新企业, reviewed_on: 2025-07-21, outcome: 通过}]
      entries:
        设备: [{on: 2025-05-01}]
        设备更新: [{on: 5月, 类型: 生产, 类别: 办公}]
    expect: {outcome: 不符合}
  - name: 没有的规则
    rule: equipments
    as_of: 2025-07-21
    subject: {}
    expect: {outcome: 不符合}
"""
    (pack_dir / "policies" / "more.cases.yaml").write_text(text, encoding="utf-8")
    where = "policies/more.cases.yaml 第"
    assert faults(pack_dir) == [
        f"{where} 6 行 第 20 列：没有属性“成立日”。您是否要写 成立日期？",
        f"{where} 6 行 第 41 列：“规上”应为 是 或 否（现为“对”）。请写 是 或 否",
        f"{where} 6 行 第 50 列：“企业规模”不在可选值中（现为“巨型”）。您是否要写 微型、小型、大型？可写：大型、中型、小型、微型",
        f"{where} 6 行 第 60 列：“成立日期”应为日期（现为“去年”）。请写成 2025-07-22 的形式，不加引号",
        f"{where} 8 行 第 9 列：没有指标“营业收人”。您是否要写 营业收入？",
        f"{where} 9 行 第 16 列：指标“研发费用”按年度填报（现为“2025Q1”）。请改写期间",
        f"{where} 9 行 第 27 列：不是期间（现为“去年”）。请写成 2025、2025Q3 或 2025-09",
        f"{where} 9 行 第 40 列：“研发费用”应为数（现为“三百”）。请写成如 100元",
        f"{where} 9 行 第 50 列：“研发费用”应为金额，现为人数（现为“3人”）。请写成如 100元",
        f"{where} 9 行 第 60 列：“研发费用”应为数（现为“2025-01-01”）。请写成如 100元",
        f"{where} 10 行 第 24 列：没有称号“领跑企业”。您是否要写 领跑者企业、高新技术企业？",
        f"{where} 11 行 第 25 列：没有称号“高新企业”。您是否要写 高新技术企业？",
        f"{where} 13 行 第 9 列：没有台账“设备”。您是否要写 设备更新？",
        f"{where} 14 行 第 21 列：“on”应为日期（现为“5月”）。请写成 2025-07-22 的形式，不加引号",
        f"{where} 14 行 第 25 列：台账“设备更新”没有字段“类型”。您是否要写 类别？",
        f"{where} 14 行 第 37 列：“类别”不在可选值中（现为“办公”）。可写：生产、其他",
        f"{where} 17 行 第 11 列：没有奖补事项或梯级“equipments”。您是否要写 equipment？",
    ]


def test_faults_of_form_and_of_meaning_at_once_without_their_echoes(pack_dir: Path, spoil: Spoil) -> None:
    # Lost with its wrong flag: the rules and cases that mention it are not to blame.
    spoil("indicators/firm.yaml", "{name: 研发费用, unit: 元}", "{name: 研发费用, unit: 元, cumulative: 1}")
    spoil("registers/firm.yaml", "    unique: []", "    uniqe: []")
    spoil("ladders/leaders.yaml", "valid_for: 3年", "valid_for: 3家")
    spoil("policies/p1.yaml", "value: 20%", "value: 20本")
    spoil("policies/p1.yaml", "rule: '认定", "rule: '认订")
    spoil("targets.yaml", "goal: 20家", "goal: 20人")
    assert faults(pack_dir) == [
        "indicators/firm.yaml 第 3 行 第 39 列：“cumulative”应为 true 或 false（现为“1”）。请写 true 或 false",
        "ladders/leaders.yaml 第 10 行 第 18 列：应为时长（现为“3家”）。请写成如 3年、6个月",
        "policies/p1.yaml 第 14 行 第 37 列：此处不应出现“本”。此处可以是单位、比较（如 >=、不低于）、“且”、“或”、“属于”、"
        "“不属于”、“[”、“.”、“+”或“-”、“*”或“/”、结束\n  20本\n    ＾",
        'policies/p1.yaml 第 16 行 第 45 列：没有函数“认订”。您是否要写 认定日期？\n  认订("领跑者企业", 施行期)\n  ＾＾',
        "registers/firm.yaml 第 9 行 第 5 列：不认识的键“uniqe”。您是否要写 unique？可写的键：name、title、subject、task、"
        "definition、fields、unique、note",
        "targets.yaml 第 10 行 第 11 列：目标“leaders-new”的度量是个数，此处是人数（现为“20人”）。请写成如 100家",
    ]


def test_a_pack_whose_programme_cannot_be_read_is_still_checked(pack_dir: Path, spoil: Spoil) -> None:
    spoil("programme.yaml", 'version: "1"', 'version: "1" 版')
    spoil("targets.yaml", "goal: 20家", "goal: 20人")
    assert faults(pack_dir) == [
        "programme.yaml 第 3 行 第 14 列：缩进不齐，或引号后还有多余内容。同一级的键要对齐；含引号的文本请整段加引号",
        "targets.yaml 第 10 行 第 11 列：目标“leaders-new”的度量是个数，此处是人数（现为“20人”）。请写成如 100家",
    ]


def test_the_map_is_compared_with_the_places(pack_dir: Path, spoil: Spoil) -> None:
    spoil("programme.yaml", "places: places.csv", "places: places.csv\nmap: map.geojson")
    features = '{"features": [{"properties": {"code": "130102"}}, {"properties": {"code": "130109"}}]}'
    (pack_dir / "map.geojson").write_text(features, encoding="utf-8")
    assert faults(pack_dir) == ["map.geojson：地图第 2 个要素的代码不在 places.csv 中（现为“130109”）"]
    (pack_dir / "map.geojson").write_text("{}", encoding="utf-8")
    assert faults(pack_dir) == [
        "map.geojson：不是正确的 GeoJSON 地图。应为 FeatureCollection，每个要素有 properties.code 和 name"
    ]
