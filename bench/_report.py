"""What the benchmarks share: the machine in words, table rows, and the place of a script in docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "benchmarks.md"


def machine() -> str:
    """What this ran on."""
    file = Path("/proc/cpuinfo")
    cpu = re.search(r"model name\s*: (.*)", file.read_text()) if file.exists() else None
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    name = cpu[1] if cpu else platform.processor()
    return f"{os.cpu_count()} cores of {name}, {memory:.0f} GiB, Python {platform.python_version()}"


def median(action: Callable[[], object], repeat: int, *, warm_up: bool = True) -> float:
    """Seconds; with `warm_up` after one run that is not counted."""
    if warm_up:
        action()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def row(*cells: object) -> str:
    """A line of a Markdown table."""
    return "| " + " | ".join(map(str, cells)) + " |"


def publish(script: str, lines: list[str]) -> None:
    """Put a report between its script's marks in docs/benchmarks.md; a new script's goes to the end."""
    begin, end = f"<!-- {script} -->", f"<!-- /{script} -->"
    text = REPORT.read_text(encoding="utf-8")
    body = "\n".join([begin, f"## {script}", "", *lines, end])
    if begin in text:
        text = re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: body, text, flags=re.S)
    else:
        text = text.rstrip() + f"\n\n{body}\n"
    REPORT.write_text(text, encoding="utf-8")
