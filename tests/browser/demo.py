"""`jiqun demo` played from nothing: what the browser tests and the screenshots look at."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Site:
    """A running demonstration: its address, the password of each demonstration account, its folder."""

    base: str
    passwords: dict[str, str]
    home: Path


@contextmanager
def running_demo(home: Path, firms: int) -> Iterator[Site]:
    """`jiqun demo` with so many firms in the folder, from the time it answers until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "jiqun.cli",
        "demo",
        "--firms",
        str(firms),
        "--home",
        str(home),
        "--port",
        str(port),
    ]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("JIQUN_", "DJANGO_", "DATABASE_"))}
    log = home / "demo.log"
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=inherited)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait(base, process, log)
        passwords = dict(re.findall(r"(demo-\w+)\s*[│|]\s*(\w+)", log.read_text(encoding="utf-8")))
        yield Site(base, passwords, home)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 300
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"jiqun demo ended with {process.returncode}:\n{log.read_text(encoding='utf-8')}")
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError(f"jiqun demo did not answer:\n{log.read_text(encoding='utf-8')}")
