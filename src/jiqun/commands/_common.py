"""What several commands share: the option of a day, and a bar that services move along."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

AS_OF = click.DateTime(["%Y-%m-%d"])
"""A day such as 2026-09-30."""


@contextmanager
def progress_bar(first: str, *, disable: bool = False) -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error; call what it gives with each stage and the share of the whole that is done."""
    # Here, so that commands which only want the option do not pay for it.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    percent = TextColumn("{task.percentage:>3.0f}%")
    columns = (TextColumn("{task.description}"), BarColumn(), percent, TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=disable) as bar:
        task = bar.add_task(first, total=1.0)

        def show(stage: str, share: float) -> None:
            bar.update(task, description=stage, completed=share)

        yield show
