"""`jiqun serve`: it prepares, answers, and ends cleanly when told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiqun.commands.serve import _is_loopback

PACK = Path(__file__).parents[1] / "pack"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a new data folder, with its address, once it answers."""
    port = _free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("JIQUN_", "DJANGO_")) and k != "DATABASE_URL"}
    process = subprocess.Popen(
        [sys.executable, "-m", "jiqun.cli", "serve", "--port", str(port), "--home", str(tmp_path / "home"),
         "--pack", str(PACK), "--workers", "1"],
        env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _await(process, address)
        yield process, address
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _await(process: subprocess.Popen[str], address: str) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
            return
        except OSError:  # refused, or not yet quick enough
            time.sleep(0.1)
    raise AssertionError(f"the server did not answer: {process.stdout.read() if process.poll() is not None else ''}")


def test_it_serves_pages_and_hashed_files_and_ends_when_told(
    server: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, address = server
    with urllib.request.urlopen(f"{address}/accounts/login/", timeout=30) as page:
        text = page.read().decode()
        assert page.status == 200 and "示例市产业集群调度平台" in text
    sheet = next(part for part in text.split('"') if part.startswith("/static/") and part.endswith(".css"))
    with urllib.request.urlopen(address + sheet, timeout=30) as file:
        assert "immutable" in file.headers["Cache-Control"]
    assert (tmp_path / "home" / "jiqun.sqlite3").stat().st_size > 0
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert f"平台已启动：{address}/" in output and "平台已停止。" in output and "Traceback" not in output
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{address}/healthz", timeout=2)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("10.1.2.3", False), ("city", False)],
)
def test_plain_http_is_for_loopback_addresses_only(host: str, loopback: bool) -> None:
    assert _is_loopback(host) is loopback
