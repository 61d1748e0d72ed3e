"""`jiqun sample` on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from jiqun.commands.sample import command
from jiqun.programme.pack import Pack


def test_it_tells_what_was_written(tiny_pack: Callable[..., Pack], tmp_path: Path) -> None:
    out = tmp_path / "facts"
    result = CliRunner().invoke(command, ["--firms", "100", "--out", str(out), "--pack", str(tiny_pack().root)])
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[:5] == [
        f"已生成演示数据（全部虚构）：{out}",
        "  行政区划 4 行",
        "  集群 2 行",
        "  企业和机构 103 行",
        "  认定 39 行",
    ]
    assert result.stdout.splitlines()[-1] == "种子 7，格式 csv；同样的方案包、企业数和种子生成同样的数据。"


def test_json_for_programs(tiny_pack: Callable[..., Pack], tmp_path: Path) -> None:
    out = tmp_path / "facts"
    arguments = [
        "--firms",
        "50",
        "--out",
        str(out),
        "--pack",
        str(tiny_pack().root),
        "--seed",
        "9",
        "--format",
        "parquet",
    ]
    result = CliRunner().invoke(command, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["out"], told["seed"], told["firms"], told["format"]) == (str(out), 9, 50, "parquet")
    assert told["rows"]["party"] == 53
    assert (out / "entry" / "项目.parquet").is_file()
