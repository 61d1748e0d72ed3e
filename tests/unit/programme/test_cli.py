"""`jiqun check` and `jiqun schema` as a person and as a program call them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jiqun.cli import COMMANDS, main, program
from jiqun.commands import _chinese

Spoil = Callable[[str, str, str], None]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call the program with click speaking Chinese, for this test only."""
    import importlib

    for name in _chinese._MODULES:
        module = importlib.import_module(f"click.{name}")
        for lookup in ("_", "ngettext"):
            if hasattr(module, lookup):
                monkeypatch.setattr(module, lookup, getattr(module, lookup))
    _chinese.speak_chinese()
    return lambda *args: CliRunner().invoke(program, [str(a) for a in args], prog_name="jiqun")


def test_a_sound_pack(run: Callable[..., Result], pack_dir: Path) -> None:
    result = run("check", pack_dir)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [" ".join(line.split()) for line in result.stdout.splitlines()] == [
        "方案包检查通过 示范市行动方案",
        "demo-town 版本 1 2025-01-01 至 2027-12-31",
        "任务 1",
        "目标 1",
        "指标 4",
        "台账 1",
        "梯度 1 1 个梯级",
        "认定条件 3 其中 1 条待补充",
        "政策 1 1 个奖补事项",
        "供需种类 0",
        "用例 4 4 个通过",
    ]


def test_a_sound_pack_for_a_program(run: Callable[..., Result], pack_dir: Path) -> None:
    result = run("check", pack_dir, "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert len(report.pop("digest")) == 64
    assert report == {
        "pack": "demo-town",
        "version": "1",
        "title": "示范市行动方案",
        "counts": {
            "tasks": 1, "targets": 1, "indicators": 4, "registers": 1, "ladders": 1, "rungs": 1, "criteria": 3,
            "pending": 1, "policies": 1, "benefits": 1, "kinds": 0, "cases": 4, "cases_passed": 4,
        },
    }  # fmt: skip


def test_a_faulty_pack(run: Callable[..., Result], pack_dir: Path, spoil: Spoil) -> None:
    spoil("ladders/leaders.yaml", "rule: 营业收入 >= 1000万元", "rule: 营业收人 >= 1000万元")
    spoil("targets.yaml", "goal: 20家", "goal: 20人")
    result = run("check", pack_dir)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "方案包有误，共 2 处：\n"
        "1. ladders/leaders.yaml 第 19 行 第 21 列：没有“营业收人”这个名称。您是否要写 营业收入？\n"
        "  营业收人 >= 1000万元\n"
        "  ＾＾＾＾\n"
        "2. targets.yaml 第 10 行 第 11 列：目标“leaders-new”的度量是个数，此处是人数（现为“20人”）。请写成如 100家\n"
    )


def test_a_faulty_pack_for_a_program(run: Callable[..., Result], pack_dir: Path, spoil: Spoil) -> None:
    spoil("targets.yaml", "goal: 20家", "goal: 20人")
    result = run("check", pack_dir, "--json")
    assert (result.exit_code, result.stderr) == (2, "")
    assert json.loads(result.stdout) == {
        "errors": [
            {
                "message": "目标“leaders-new”的度量是个数，此处是人数",
                "found": "20人",
                "mend": "请写成如 100家",
                "file": "targets.yaml",
                "line": 10,
                "column": 11,
            }
        ]
    }


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (["chek"], "错误：没有命令 chek。 您是否要写 'check', 'schema' 之一？"),
        (["check"], "错误：缺少参数 '方案包'."),
        (["check", "a", "b"], "错误：多余的参数：b"),
        (["check", "a", "--jso"], "错误：没有选项 --jso。 您是否要写 '--json'？"),
        (["schema", "--out"], "错误：选项 --out 缺少值。"),
        (["schema"], "错误：缺少选项 '--out'."),
        (["schema", "--out", __file__], f"错误：'--out' 的值不对：{__file__} 是文件，不是文件夹。"),
    ],
)
def test_wrong_calls_are_answered_in_chinese(run: Callable[..., Result], args: list[str], error: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == error
    assert not any(word in result.stderr for word in ("Usage", "Error", "Try", "Missing"))


def test_schema_writes_one_file_for_each_kind(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("schema", "--out", tmp_path / "new")
    assert result.exit_code == 0
    names = [
        "briefing", "cases", "chain", "evaluation", "exchange-cases", "exchange", "indicators", "ladder", "policies", "programme", "registers",
        "supervision", "targets",
    ]  # fmt: skip
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == [f"{n}.schema.json" for n in names]
    assert sorted(result.stdout.splitlines()) == [f"已写出 {tmp_path / 'new' / n}.schema.json" for n in names]


def test_help_is_chinese_and_imports_no_engine() -> None:
    code = (
        "import sys\nfrom jiqun.cli import main\ntry:\n    main(['--help'])\nfinally:\n"
        "    heavy = {'django', 'duckdb', 'ibis', 'pyarrow', 'pydantic', 'lark', 'yaml', 'rich'} & set(sys.modules)\n"
        "    print('imported:', sorted(heavy))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = result.stdout.splitlines()
    assert lines[-1] == "imported: []"
    assert lines[0] == "用法: jiqun [选项] 命令 [参数]…"
    assert ["check", COMMANDS["check"]] in [line.split() for line in lines]
    assert not any(word in result.stdout for word in ("Options", "Commands", "Usage", "Show"))


def test_main_ends_with_the_exit_code(pack_dir: Path, run: Callable[..., Result]) -> None:
    for args, code in ((["check", str(pack_dir)], 0), (["check", "nowhere"], 2), (["chek"], 2)):
        with pytest.raises(SystemExit) as caught:
            main(args)
        assert caught.value.code == code
