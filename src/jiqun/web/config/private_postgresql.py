"""A PostgreSQL server of one's own in a temporary folder, for tests and benchmarks.

It is made from the binaries that the system has (Debian keeps them in /usr/lib/postgresql/<version>/bin), listens on
a Unix socket in its own folder only, and is gone when it is stopped.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""For tests only: a crash of the machine may lose the data, which is thrown away anyhow."""


def binaries() -> Path | None:
    """The folder of the newest installed server's programs; None where there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    whole = [path for path in found if (path / "postgres").exists()]
    return max(whole, key=lambda path: [int(n) for n in path.parent.name.split(".") if n.isdigit()], default=None)


@dataclass
class PrivatePostgresql:
    """A running server; `url` is a DATABASE_URL."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where Django finds it."""
        return f"postgresql://jiqun@/postgres?host={quote(str(self.folder), safe='')}"

    @classmethod
    def start(cls, *, durable: bool = False, settings: tuple[str, ...] = ()) -> PrivatePostgresql:
        """Make and start one; RuntimeError where the programs are missing or the server does not answer."""
        programs = binaries()
        if programs is None:
            raise RuntimeError("no PostgreSQL server programs are installed")
        folder = Path(tempfile.mkdtemp(prefix="jiqun-pg-"))
        who = _as_whom()
        if who:
            os.chown(folder, who["user"], who["group"])
        data, log = folder / "data", folder / "log"
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "jiqun", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, **who,
        )  # fmt: skip
        options = ["listen_addresses=", f"unix_socket_directories={folder}", *settings, *(() if durable else _FAST)]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *(part for option in options for part in ("-c", option))],
                stdout=output, stderr=output, cwd=folder, start_new_session=True, **who,
            )  # fmt: skip
        server = cls(folder, process)
        try:
            server._wait()
        except RuntimeError:
            server.stop()
            raise
        return server

    def _wait(self, seconds: float = 30) -> None:
        until = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(host=str(self.folder), user="jiqun", dbname="postgres").close()
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > until or self.process.poll() is not None:
                    said = (self.folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start: {error}\n{said}") from error
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # a fast shutdown: sessions are ended
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(timeout=20)
        shutil.rmtree(self.folder)


@contextmanager
def private_postgresql(*, durable: bool = False, settings: tuple[str, ...] = ()) -> Iterator[PrivatePostgresql]:
    """A server for the length of a block."""
    server = PrivatePostgresql.start(durable=durable, settings=settings)
    try:
        yield server
    finally:
        server.stop()


def _as_whom() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as its own user, or as nobody."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
