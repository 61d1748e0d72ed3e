"""`jiqun schema`: JSON Schema files of the pack format."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("schema", options_metavar="[选项]")
@click.option("--out", "folder", required=True, metavar="文件夹", type=click.Path(file_okay=False, path_type=Path),
              help="写到这个文件夹")  # fmt: skip
def command(folder: Path) -> None:
    """写出方案包各类文件的 JSON Schema，供编辑器补全和提示。"""
    from jiqun.programme.schema import write_schemas

    for path in write_schemas(folder):
        click.echo(f"已写出 {path}")
