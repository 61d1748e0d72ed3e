"""The folder: same input, same bytes; whole or not at all; refused names with their places."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest

from jiqun.base.errors import InputError
from jiqun.programme.pack import Pack
from jiqun.sample.generate import generate

from .conftest import PACK

MakePack = Callable[..., Pack]


def digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_same_seed_gives_the_same_bytes(tiny_pack: MakePack, tmp_path: Path, form: str) -> None:
    pack = tiny_pack()
    for name in ("one", "two"):
        generate(pack, 150, tmp_path / name, seed=3, format=form)  # type: ignore[arg-type]
    generate(pack, 150, tmp_path / "three", seed=4, format=form)  # type: ignore[arg-type]
    one, two, three = (digests(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two
    assert {file for file in one if one[file] == three[file]} == {f"place.{form}", f"cluster.{form}"}


def test_csv_and_parquet_say_the_same(tiny_pack: MakePack, tmp_path: Path) -> None:
    pack = tiny_pack()
    sample = generate(pack, 150, tmp_path / "csv", format="csv")
    generate(pack, 150, tmp_path / "parquet", format="parquet")
    for name, count in sample.rows.items():
        parquet = pq.read_table(tmp_path / "parquet" / f"{name}.parquet")
        options = pcsv.ConvertOptions(
            column_types=parquet.schema,
            strings_can_be_null=True,
            null_values=[""],
            true_values=["true"],
            false_values=["false"],
        )
        text = pcsv.read_csv(tmp_path / "csv" / f"{name}.csv", convert_options=options)
        assert text.equals(parquet), name
        assert text.num_rows == count


def test_parquet_beyond_the_limit_of_csv(tiny_pack: MakePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jiqun.sample.generate.CSV_LIMIT", 30)
    assert generate(tiny_pack(), 30, tmp_path / "small").format == "csv"
    assert generate(tiny_pack(), 31, tmp_path / "large").format == "parquet"


def test_chunks_join_without_a_seam(tiny_pack: MakePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jiqun.sample.observations.CHUNK", 64)
    generate(tiny_pack(), 200, tmp_path / "facts", format="parquet")
    table = pq.read_table(tmp_path / "facts" / "observation.parquet")
    firms = table.filter(pa.compute.equal(table["subject_kind"], "party"))["subject"].to_pylist()
    assert firms == sorted(firms, key=lambda code: code[9:16])
    assert len(set(firms)) > 190


def test_the_marker_says_that_all_is_invented(tiny_pack: MakePack, tmp_path: Path) -> None:
    sample = generate(tiny_pack(), 100, tmp_path / "facts", seed=5)
    marker = json.loads((tmp_path / "facts" / "demo.json").read_text(encoding="utf-8"))
    assert marker == {
        "demonstration": True,
        "marker": "演示数据",
        "note": "全部虚构",
        "pack": "example-city",
        "seed": 5,
        "firms": 100,
        "until": "2026-06-30",
        "rows": sample.rows,
    }


def test_a_folder_of_others_is_never_touched(tiny_pack: MakePack, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "party.csv").write_text("uscc\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        generate(tiny_pack(), 20, tmp_path / "mine", replace=True)
    assert str(error.value) == (
        f"无法写出演示数据，共 1 处：\n{tmp_path / 'mine'}：输出位置已有其他内容，不会覆盖。请另选一个文件夹"
    )
    assert digests(tmp_path / "mine").keys() == {"party.csv"}


def test_our_own_folder_is_replaced_only_when_told(tiny_pack: MakePack, tmp_path: Path) -> None:
    pack, out = tiny_pack(), tmp_path / "facts"
    generate(pack, 20, out)
    before = digests(out)
    with pytest.raises(InputError) as error:
        generate(pack, 30, out)
    assert str(error.value) == (
        f"无法写出演示数据，共 1 处：\n{out}：输出文件夹已有演示数据。请另选一个文件夹，或加 --replace 替换它"
    )
    assert digests(out) == before
    generate(pack, 30, out, replace=True)
    assert json.loads((out / "demo.json").read_text(encoding="utf-8"))["firms"] == 30


def test_a_run_that_breaks_off_leaves_nothing(
    tiny_pack: MakePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("out of space")

    monkeypatch.setattr("jiqun.sample.generate.entries", fail)
    (tmp_path / "out").mkdir()
    with pytest.raises(RuntimeError, match="out of space"):
        generate(tiny_pack(), 20, tmp_path / "out" / "facts")
    assert list((tmp_path / "out").iterdir()) == []


def test_every_wrong_name_is_told_at_once(tiny_pack: MakePack, tmp_path: Path) -> None:
    text = PACK["demo.yaml"]
    for right, wrong in (
        ('county: "990102"', 'county: "990109"'),
        ("indicator: 研发费用", "indicator: 研发经费"),
        ("title: 高级企业\n    awards", "title: 高等企业\n    awards"),
        ("      投资额: {amount: 500万元}\n", "      投资额度: {amount: 500万元}\n"),
        ("阶段: {choice: {签约: 1, 开工: 1}}", "阶段: {choice: {签约: 1, 竣工: 1}}"),
    ):
        assert right in text
        text = text.replace(right, wrong)
    with pytest.raises(InputError) as error:
        generate(tiny_pack(demo=text), 20, tmp_path / "facts")
    lines = {n: line for n, line in enumerate(text.splitlines(), start=1)}

    def line_of(part: str) -> int:
        return next(n for n, line in lines.items() if part in line)

    told = [(p.place.line, p.message, p.found, p.mend) for p in error.value.problems]
    assert told == [
        (line_of("990109"), "方案包中没有这个地方代码", "990109", "您是否要写 990100、990101、990102？"),
        (line_of("研发经费"), "方案包中没有这个指标", "研发经费", "您是否要写 研发费用？"),
        (line_of("高等企业"), "方案包中没有这个称号", "高等企业", "您是否要写 高级企业？"),
        (line_of("完成额"), "方案包中没有这个字段", "投资额", "您是否要写 投资额度？"),
        (line_of("投资额度"), "方案包中没有这个字段", "投资额度", "您是否要写 投资额？"),
        (line_of("竣工"), "方案包中没有这个取值", "竣工", "您是否要写 开工？"),
        (line_of("follows"), "方案包中没有这个称号", "高级企业", "您是否要写 初级企业、高等企业？"),
    ]
    assert not (tmp_path / "facts").exists()


def test_wrong_keys_and_values_are_told_at_once(tiny_pack: MakePack, tmp_path: Path) -> None:
    text = PACK["demo.yaml"].replace("seed: 7", "sead: 7").replace("revenue: 40亿元", "revenue: 四十亿")
    text = text.replace("flag: {probability: 20%", "level: {mean: 1, spread: 1}, flag: {probability: 20%")
    with pytest.raises(InputError) as error:
        generate(tiny_pack(demo=text), 20, tmp_path / "facts")
    messages = [problem.message for problem in error.value.problems]
    assert sorted(messages) == sorted(
        [
            "缺少必填的键“seed”",
            "不认识的键“sead”",
            "“四十亿”不是数，应写成 80万元、4% 或 12",
            "指标“有平台”应恰有一种模型（base、part、multiple、margin、quotient、difference、level、count、flag、choice、run），现有 2 种",
        ]
    )


def test_a_pack_without_demo_data_says_so(tiny_pack: MakePack, tmp_path: Path) -> None:
    pack = tiny_pack()
    (pack.root / "demo.yaml").unlink()
    with pytest.raises(InputError) as error:
        generate(pack, 20, tmp_path / "facts")
    assert str(error.value) == (
        "无法生成演示数据，共 1 处：\n"
        "demo.yaml：方案包没有演示数据说明。演示数据由 demo.yaml 说明，写法见 docs/demo-format.md"
    )
