"""`jiqun schema`: JSON Schema files of the pack format."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("schema", options_metavar="[选项]")
@click.option("--out", "folder", required=True, metavar="文件夹", type=click.Path(file_okay=False, path_type=Path),
              help="写到这个文件夹")  # fmt: skip
@click.option("--plan", metavar="文件", type=click.Path(dir_okay=False, path_type=Path),
              help="另把 jiqun rank --plan 所用评价方案的 JSON Schema 写到这个文件")  # fmt: skip
def command(folder: Path, plan: Path | None) -> None:
    """写出方案包各类文件的 JSON Schema，供编辑器补全和提示。"""
    from jiqun.evaluation.planfile import write_plan_schema
    from jiqun.programme.schema import write_schemas

    written = write_schemas(folder)
    if plan is not None:
        write_plan_schema(plan)
        written.append(plan)
    for path in written:
        click.echo(f"已写出 {path}")
