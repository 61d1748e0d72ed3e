"""`jiqun sample`: invented facts for demonstrations and benchmarks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import click
from rich.console import Console
from rich.progress import Progress, TaskID

from jiqun.programme.load import load_pack
from jiqun.sample.exchange import generate_exchange
from jiqun.sample.generate import Sample, generate
from jiqun.sample.write import Format

TABLES = {
    "place": "行政区划",
    "cluster": "集群",
    "party": "企业和机构",
    "recognition": "认定",
    "review": "复核",
    "observation": "指标数据",
}


@click.command("sample", help="按方案包的 demo.yaml 生成演示数据（全部虚构）")
@click.option("--firms", required=True, type=click.IntRange(1, 9_000_000), help="企业数")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="写到哪个文件夹")
@click.option(
    "--pack",
    default=Path("programmes/shijiazhuang-2025"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="方案包文件夹",
)
@click.option("--seed", default=None, type=click.IntRange(0), help="随机种子（默认取 demo.yaml 中的）")
@click.option(
    "--format",
    "form",
    default=None,
    type=click.Choice(["csv", "parquet"]),
    help="文件格式（默认 2 万家企业以内为 csv，以上为 parquet）",
)
@click.option(
    "--exchange",
    default=None,
    type=click.Path(path_type=Path),
    help="另写供需演示数据（各种类的供给和需求）到哪个文件夹",
)
@click.option("--replace", is_flag=True, help="替换该文件夹中原有的演示数据")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果")
def command(
    firms: int, out: Path, pack: Path, seed: int | None, form: str | None, exchange: Path | None, replace: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Write the facts, showing progress on standard error."""
    loaded = load_pack(pack)
    with Progress(console=Console(stderr=True), transient=True, disable=as_json) as bar:
        task = bar.add_task("准备", total=1.0)
        sample = generate(
            loaded,
            firms,
            out,
            seed=seed,
            format=cast("Format | None", form),
            replace=replace,
            progress=lambda step, share: _show(bar, task, step, share),
        )
    pairs = {} if exchange is None else generate_exchange(loaded, firms, exchange, seed=seed, replace=replace)
    if as_json:
        facts = _facts(sample)
        click.echo(json.dumps({**facts, "exchange": pairs} if exchange is not None else facts, ensure_ascii=False))
        return
    click.echo(_summary(sample))
    if exchange is not None:
        click.echo(f"供需演示数据 {len(pairs) // 2} 种，{sum(pairs.values()):,} 条：{exchange}")


def _show(bar: Progress, task: TaskID, step: str, share: float) -> None:
    bar.update(task, description=step, completed=share)


def _facts(sample: Sample) -> dict[str, object]:
    return {
        "out": str(sample.out),
        "seed": sample.seed,
        "firms": sample.firms,
        "format": sample.format,
        "rows": sample.rows,
    }


def _summary(sample: Sample) -> str:
    entries = {name: n for name, n in sample.rows.items() if name.startswith("entry/")}
    lines = [f"已生成演示数据（全部虚构）：{sample.out}"]
    lines += [f"  {title} {sample.rows[name]:,} 行" for name, title in TABLES.items()]
    lines.append(f"  台账 {len(entries)} 种，{sum(entries.values()):,} 行")
    lines.append(f"种子 {sample.seed}，格式 {sample.format}；同样的方案包、企业数和种子生成同样的数据。")
    return "\n".join(lines)


if __name__ == "__main__":
    command()
