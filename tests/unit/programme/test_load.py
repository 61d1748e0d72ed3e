"""Loading: what a sound pack gives, and every structural fault with its whole message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from jiqun.base.errors import InputError, Place
from jiqun.programme.load import kind_of, load_pack, read_pack
from jiqun.rules.vocabulary import Field, Indicator, Register, Title

Spoil = Callable[[str, str, str], None]


def faults(pack_dir: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_pack(pack_dir)
    assert caught.value.title == "方案包有误"
    return [str(problem) for problem in caught.value.problems]


def test_a_sound_pack(pack_dir: Path) -> None:
    pack = load_pack(pack_dir)
    assert pack.programme.title == "示范市行动方案"
    assert (pack.programme.from_, pack.programme.until) == (date(2025, 1, 1), date(2027, 12, 31))
    assert list(pack.tasks) == ["t01"]
    assert list(pack.targets) == ["leaders-new"]
    assert list(pack.benefits) == ["equipment"]
    assert list(pack.rungs) == ["leader"]
    assert pack.policy_of["equipment"].id == "policy-1"
    assert pack.ladder_of["leader"].id == "leaders"
    assert [case.name for case in pack.cases] == ["恰好达到", "缺人员要求", "施行前一日认定", "施行当日认定，补助两成"]
    assert [(p.code, p.parent, p.counted) for p in pack.places] == [("130100", None, True), ("130102", "130100", True)]
    assert set(pack.vocabulary.indicators) == {"营业收入", "研发费用", "从业人员", "协作明显"}
    assert pack.vocabulary.indicator("销售收入") == Indicator("营业收入", unit="元", aliases=("销售收入",))
    assert pack.vocabulary.title("领跑者") == Title("领跑者企业", aliases=("“领跑者”",))
    assert pack.vocabulary.title("高新技术企业") == Title("高新技术企业")
    assert pack.vocabulary.registers["设备更新"] == Register(
        "设备更新",
        "party",
        (Field("类别", "text", None, ("生产", "其他"), True), Field("金额", "number", "元", (), True)),
    )


def test_parts_know_where_they_were_written(pack_dir: Path) -> None:
    pack = load_pack(pack_dir)
    benefit = pack.benefits["equipment"]
    assert benefit.place("amount") == Place("policies/p1.yaml", 17, 17)
    assert benefit.parameters["rate"].place("value") == Place("policies/p1.yaml", 14, 35)
    assert benefit.key_place("parameters", "rate") == Place("policies/p1.yaml", 14, 11)
    assert pack.programme.place("from") == Place("programme.yaml", 7, 7)


def test_where_a_part_is_written_is_no_part_of_it(pack_dir: Path, spoil: Spoil) -> None:
    before = load_pack(pack_dir)
    spoil("targets.yaml", "targets:\n", "# moved\n\ntargets:\n")
    after = load_pack(pack_dir)
    assert before.targets["leaders-new"] == after.targets["leaders-new"]
    assert before.digest != after.digest


def test_the_digest_depends_on_contents_alone(pack_dir: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    pack_dir.rename(copy)
    first = load_pack(copy).digest
    assert load_pack(copy).digest == first
    (copy / "places.csv").write_text("code,name,parent,kind,counted\n130100,别名市,,city,true\n", encoding="utf-8")
    assert load_pack(copy).digest != first


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("programme.yaml", "programme"),
        ("indicators/a.yaml", "indicators"),
        ("ladders/a.yaml", "ladder"),
        ("ladders/a.cases.yaml", "cases"),
        ("policies/a.cases.yaml", "cases"),
        ("targets.yaml", "targets"),
        ("target.yaml", None),
        ("ladders/old/a.yaml", None),
    ],
)
def test_what_kind_of_file(file: str, schema: str | None) -> None:
    kind = kind_of(file)
    assert (kind.schema if kind else None) == schema


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "targets.yaml",
            "    goal: 20家",
            "    goals: 20家",
            [
                "targets.yaml 第 2 行 第 5 列：目标缺少必填的键“goal”。请补上 goal（目标值，如 20家、40%）",
                "targets.yaml 第 10 行 第 5 列：不认识的键“goals”。您是否要写 goal？可写的键：id、title、task、clause、"
                "text、kind、unit、measure、goal、comparison、baseline、from、due、repeats、milestones、lead、supporting、matrix、note",
            ],
        ),
        (
            "indicators/firm.yaml",
            "{name: 研发费用, unit: 元}",
            "{name: 研发费用, unti: 元, unit: 元}",
            [
                "indicators/firm.yaml 第 3 行 第 18 列：不认识的键“unti”。您是否要写 unit、definition？可写的键：name、kind、unit、period、"
                "subjects、cumulative、aliases、choices、definition、source、note、checks"
            ],
        ),
        (
            "policies/p1.yaml",
            "{name: 上限, value: 500万元}",
            "{name: 上限, valve: 500万元}",
            [
                "policies/p1.yaml 第 13 行 第 20 列：参数缺少必填的键“value”。"
                "请补上 value（取值，如 500万元、20%；或分期：[{from: 2025-07-22, value: 500万元}]）",
                "policies/p1.yaml 第 13 行 第 31 列：不认识的键“valve”。您是否要写 value？可写的键：name、value、note",
            ],
        ),
        (
            "targets.yaml",
            "kind: new-count",
            "kind: new-counts",
            [
                "targets.yaml 第 7 行 第 11 列：“kind”的值不对（现为“new-counts”）。"
                "只能写 growth、stock、new-count、share、coverage，您是否要写 new-count？"
            ],
        ),
        (
            "programme.yaml",
            'version: "1"',
            "version: 1",
            [
                'programme.yaml 第 3 行 第 10 列：“version”应为文本（现为“1”）。请写成文本；数和日期作文本时加引号，如 "1"'
            ],
        ),
        (
            "programme.yaml",
            "issued_on: 2025-07-22",
            "issued_on: 2025-02-30",
            ["programme.yaml 第 6 行 第 12 列：“issued_on”应为日期（现为“2025-02-30”）。请写成 2025-07-22 的形式"],
        ),
        (
            "programme.yaml",
            "issued_on: 2025-07-22",
            "issued_on: 20250722",
            ["programme.yaml 第 6 行 第 12 列：“issued_on”应为日期（现为“20250722”）。请写成 2025-07-22 的形式"],
        ),
        (
            "programme.yaml",
            "number: 1, title: 培优行动",
            "number: 一, title: 培优行动",
            ["programme.yaml 第 12 行 第 14 列：“number”应为整数（现为“一”）。请写整数，不加引号和单位"],
        ),
        (
            "programme.yaml",
            "cards: [leaders-new]",
            "cards: leaders-new",
            [
                "programme.yaml 第 15 行 第 8 列：“cards”应为列表（现为“leaders-new”）。请写成 [甲, 乙]，或每项一行并以“- ”开头"
            ],
        ),
        (
            "programme.yaml",
            'city: {code: "130100", name: 示范市}',
            "city: 示范市",
            ["programme.yaml 第 9 行 第 7 列：“city”应为“键: 值”的映射（现为“示范市”）。请写成“键: 值”，每个键一行"],
        ),
        (
            "programme.yaml",
            "id: demo-town",
            "id: Demo Town",
            [
                "programme.yaml 第 2 行 第 5 列：“id”的写法不对（现为“Demo Town”）。应由小写字母、数字和连字符组成，如 leader-equipment"
            ],
        ),
        (
            "policies/p1.yaml",
            "ceiling: true",
            "ceiling: 是",
            ["policies/p1.yaml 第 18 行 第 18 列：“ceiling”应为 true 或 false（现为“是”）。请写 true 或 false"],
        ),
        (
            "policies/p1.yaml",
            "ceiling: {name",
            "Ceiling 1: {name",
            [
                "policies/p1.yaml 第 13 行 第 11 列：键“Ceiling 1”的写法不对。应由小写字母、数字和连字符组成，如 leader-equipment"
            ],
        ),
        (
            "policies/p1.yaml",
            "value: 20%",
            "value: [{from: 2025-07-22, valu: 20%}]",
            [
                "policies/p1.yaml 第 14 行 第 36 列：分期取值缺少必填的键“value”。请补上 value（取值，如 500万元）",
                "policies/p1.yaml 第 14 行 第 55 列：不认识的键“valu”。您是否要写 value？可写的键：from、value",
            ],
        ),
        (
            "policies/p1.yaml",
            "value: 20%",
            "value: []",
            ["policies/p1.yaml 第 14 行 第 35 列：“value”不能为空。请至少写一项"],
        ),
        (
            "indicators/firm.yaml",
            "{name: 从业人员, unit: 人}",
            "{name: 5G 人员, unit: 人}",
            [
                "indicators/firm.yaml 第 4 行 第 12 列：“name”的写法不对（现为“5G 人员”）。名称由汉字、字母、数字和下划线组成，不以数字开头，不含空格和标点"
            ],
        ),
        (
            "indicators/firm.yaml",
            "{name: 从业人员, unit: 人}",
            "{name: 从业人员}",
            ["indicators/firm.yaml 第 4 行 第 5 列：数值指标“从业人员”缺少单位 unit"],
        ),
        (
            "indicators/firm.yaml",
            "kind: flag}",
            "kind: flag, unit: 个}",
            ["indicators/firm.yaml 第 5 行 第 5 列：指标“协作明显”不是数（kind: flag），不能有单位 unit"],
        ),
        (
            "ladders/leaders.yaml",
            "              pending: true\n",
            "",
            ["ladders/leaders.yaml 第 23 行 第 15 列：条件“人员”缺少规则 rule；来源没有给出的写 pending: true"],
        ),
        (
            "ladders/leaders.yaml",
            "              pending: true\n",
            "              pending: true\n              rule: 从业人员 >= 10人\n",
            ["ladders/leaders.yaml 第 23 行 第 15 列：条件“人员”既有规则 rule 又标为待补充 pending，只能取其一"],
        ),
        (
            "ladders/leaders.cases.yaml",
            "outcome: 符合}",
            "outcome: 通过}",
            ["ladders/leaders.cases.yaml 第 7 行 第 23 列：“outcome”的值不对（现为“通过”）。只能写 符合、不符合、待定"],
        ),
        (
            "ladders/leaders.cases.yaml",
            "{2025: 1000万元}, 研发费用: {2025: 30万元}}",
            "{2025: [1]}, 研发费用: {2025: 30万元}}",
            ["ladders/leaders.cases.yaml 第 6 行 第 33 列：应为一个值（数、文本、日期或 是/否）"],
        ),
        (
            "targets.yaml",
            "    goal: 20家",
            "    goal:\n",
            ['targets.yaml 第 10 行 第 10 列：“goal”应为文本（现为“空”）。请写成文本；数和日期作文本时加引号，如 "1"'],
        ),
    ],
)
def test_faults_of_form(pack_dir: Path, spoil: Spoil, file: str, old: str, new: str, message: list[str]) -> None:
    spoil(file, old, new)
    assert faults(pack_dir) == message


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "targets.yaml",
            "id: leaders-new",
            "id: equipment",
            "targets.yaml 第 2 行 第 9 列：目标编号“equipment”重复，已用于奖补事项编号（policies/p1.yaml 第 8 行 第 13 列）",
        ),
        (
            "programme.yaml",
            "actions:\n",
            "actions:\n  - {number: 1, title: 又一}\n",
            "programme.yaml 第 13 行 第 14 列：行动序号“1”重复，已用于行动序号（programme.yaml 第 12 行 第 14 列）",
        ),
        (
            "indicators/firm.yaml",
            "aliases: [销售收入]",
            "aliases: [研发费用]",
            "indicators/firm.yaml 第 3 行 第 12 列：指标名称“研发费用”重复，已用于指标别名（indicators/firm.yaml 第 2 行 第 37 列）",
        ),
        (
            "indicators/firm.yaml",
            "name: 从业人员",
            "name: 成立日期",
            "indicators/firm.yaml 第 4 行 第 12 列：指标名称“成立日期”重复，是语言中的属性",
        ),
        (
            "registers/firm.yaml",
            "name: 设备更新",
            "name: 研发费用",
            "registers/firm.yaml 第 2 行 第 11 列：台账名称“研发费用”重复，已用于指标名称（indicators/firm.yaml 第 3 行 第 12 列）",
        ),
        (
            "registers/firm.yaml",
            "{name: 类别,",
            "{name: 年度,",
            "registers/firm.yaml 第 7 行 第 16 列：字段“年度”重复，是语言中的字段",
        ),
        (
            "ladders/leaders.yaml",
            "{name: 高新技术企业}",
            "{name: 领跑者 企业}",
            "ladders/leaders.yaml 第 27 行 第 12 列：称号“领跑者 企业”重复，已用于称号（ladders/leaders.yaml 第 8 行 第 14 列）",
        ),
        (
            "ladders/leaders.yaml",
            "- name: 研发\n",
            "- name: 规模\n",
            "ladders/leaders.yaml 第 20 行 第 21 列：条件名称“规模”重复，已用于条件名称（ladders/leaders.yaml 第 17 行 第 21 列）",
        ),
        (
            "policies/p1.yaml",
            "name: 比例,",
            "name: 上限,",
            "policies/p1.yaml 第 14 行 第 24 列：参数名称“上限”重复，已用于参数名称（policies/p1.yaml 第 13 行 第 27 列）",
        ),
        (
            "ladders/leaders.cases.yaml",
            "name: 缺人员要求",
            "name: 恰好达到",
            "ladders/leaders.cases.yaml 第 8 行 第 11 列：用例名称“恰好达到”重复，已用于用例名称（ladders/leaders.cases.yaml 第 2 行 第 11 列）",
        ),
    ],
)
def test_what_may_occur_once(pack_dir: Path, spoil: Spoil, file: str, old: str, new: str, message: str) -> None:
    spoil(file, old, new)
    assert faults(pack_dir) == [f"{message}。请改用别的写法，或删除其中一个"]


def test_duplicates_over_files(pack_dir: Path) -> None:
    text = "indicators:\n  - {name: 研发费用, unit: 元}\n"
    (pack_dir / "indicators" / "more.yaml").write_text(text, encoding="utf-8")
    assert faults(pack_dir) == [
        "indicators/more.yaml 第 2 行 第 12 列：指标名称“研发费用”重复，已用于指标名称"
        "（indicators/firm.yaml 第 3 行 第 12 列）。请改用别的写法，或删除其中一个"
    ]


def test_every_fault_at_once(pack_dir: Path, spoil: Spoil) -> None:
    spoil("programme.yaml", "until: 2027-12-31", "until: 2027年底")
    spoil("programme.yaml", "issuer: 示范市人民政府\n", "")
    spoil("targets.yaml", "    due:", "    dua:")
    spoil("indicators/firm.yaml", "  - {name: 研发费用, unit: 元}", "  - {name: 研发费用, unit: 元\n")
    spoil("registers/firm.yaml", "    title: 设备更新台账\n", "    title: 一\n    title: 二\n")
    (pack_dir / "places.csv").write_text("code,name,parent,kind,counted\n1301,城,,town,也许\n", encoding="utf-8")
    found = faults(pack_dir)
    assert found == [
        "indicators/firm.yaml 第 5 行 第 5 列：花括号 { 没有正确结束，或各项之间缺少逗号。请检查 { } 和逗号",
        "programme.yaml 第 1 行 第 1 列：行动方案缺少必填的键“issuer”。请补上 issuer（印发机关）",
        "programme.yaml 第 7 行 第 8 列：“until”应为日期（现为“2027年底”）。请写成 2025-07-22 的形式",
        "registers/firm.yaml 第 4 行 第 5 列：键“title”重复，已在第 3 行写过。同一处只能写一次，请删除或合并其中一个",
        "targets.yaml 第 2 行 第 5 列：目标缺少必填的键“due”。请补上 due（到期日）",
        "targets.yaml 第 13 行 第 5 列：不认识的键“dua”。您是否要写 due、id？可写的键：id、title、task、clause、text、kind、"
        "unit、measure、goal、comparison、baseline、from、due、repeats、milestones、lead、supporting、matrix、note",
        "places.csv 第 2 行 “code”：代码应为六位行政区划代码（现为“1301”）",
        "places.csv 第 2 行 “kind”：类型不对（现为“town”）。可写：city（设区市）、district（市辖区）、county（县）、"
        "county-city（县级市）、zone（功能区）",
        "places.csv 第 2 行 “counted”：应为 true 或 false（现为“也许”）",
    ]
    assert not any(word in text for text in found for word in ("Input", "valid", "Field", "expected"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "places.csv 第 1 行：表头不对（现为“空文件”）。表头应为 code,name,parent,kind,counted"),
        (
            "code,name\n130100,城\n",
            "places.csv 第 1 行：表头不对（现为“code,name”）。表头应为 code,name,parent,kind,counted",
        ),
        (
            "code,name,parent,kind,counted\n130100,城,,city\n",
            "places.csv 第 2 行：列数不对，有 4 列。应为 5 列：code、name、parent、kind、counted",
        ),
        (
            "code,name,parent,kind,counted\n130100,城,,city,true\n130100,城,,city,true\n",
            "places.csv 第 3 行 “code”：代码重复，已在第 2 行写过（现为“130100”）。请删除其中一行",
        ),
        (
            "code,name,parent,kind,counted\n130100,城,,city,true\n130102,区,130101,district,true\n",
            "places.csv 第 3 行 “parent”：上级代码不在表中（现为“130101”）。您是否要写 130100、130102？",
        ),
        (
            "code,name,parent,kind,counted\n130100,,,city,true\n",
            "places.csv 第 2 行 “name”：缺少名称。请填写名称",
        ),
    ],
)
def test_faults_of_places(pack_dir: Path, text: str, message: str) -> None:
    (pack_dir / "places.csv").write_text(text, encoding="utf-8")
    assert faults(pack_dir) == [message]


def test_files_that_are_not_there(pack_dir: Path, spoil: Spoil) -> None:
    spoil("programme.yaml", "places: places.csv", "places: place.csv\nmap: map.geojson")
    assert faults(pack_dir) == [
        "programme.yaml 第 10 行 第 9 列：找不到文件（现为“place.csv”）。路径从方案包文件夹算起",
        "programme.yaml 第 11 行 第 6 列：找不到文件（现为“map.geojson”）。路径从方案包文件夹算起",
    ]


def test_files_of_no_kind(pack_dir: Path) -> None:
    (pack_dir / "policies").rename(pack_dir / "polices")
    (pack_dir / "source").mkdir()
    (pack_dir / "source" / "anything.yaml").write_text("[", encoding="utf-8")
    (pack_dir / "demo.yaml").write_text("[", encoding="utf-8")
    kinds = (
        "方案包中的 YAML 文件：programme.yaml、indicators/*.yaml、registers/*.yaml、exchange/*.cases.yaml、*/*.cases.yaml、"
        "ladders/*.yaml、policies/*.yaml、targets.yaml、supervision.yaml、evaluation.yaml、chains/*.yaml、exchange/*.yaml、briefings/*.yaml、demo.yaml"
    )
    assert faults(pack_dir) == [
        f"polices/p1.yaml：方案包中没有这种文件。您是否要写 policies/p1.yaml？{kinds}",
    ]


def test_no_pack_at_all(tmp_path: Path) -> None:
    assert faults(tmp_path / "none") == [f"{tmp_path / 'none'}：找不到方案包文件夹。请检查路径"]
    assert faults(tmp_path) == ["programme.yaml：方案包缺少这个文件。请检查方案包路径，或补上这个文件"]


def test_what_is_lost_is_named(pack_dir: Path, spoil: Spoil) -> None:
    spoil("indicators/firm.yaml", "{name: 研发费用, unit: 元}", "{name: 研发费用, unit: 元, cumulative: 1}")
    spoil("policies/p1.yaml", "rule: '认定", "rules: '认定")
    reading = read_pack(pack_dir)
    assert reading.pack is not None
    assert [i.name for i in reading.pack.indicators] == ["营业收入", "从业人员", "协作明显"]
    # The one condition is lost, so its benefit is, which leaves the policy without any.
    assert reading.pack.every_benefit == ()
    assert {"研发费用", "称号", "equipment", "policy-1"} <= reading.broken
