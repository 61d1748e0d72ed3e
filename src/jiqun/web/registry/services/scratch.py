"""A folder to work in beside the data, so that what was made there can be moved without a copy.

Its process holds a lock on it, which ends with the process however that ends: what a killed one left behind is removed
by the next that makes such a folder.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX, LOCK = ".work-", "lock"


@contextmanager
def scratch(home: Path) -> Iterator[Path]:
    """The folder for the length of a block."""
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home / ".lock"):
        _sweep(home)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
        lock = (folder / LOCK).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        lock.close()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(home: Path) -> None:
    for folder in home.glob(f"{PREFIX}*/"):
        with (folder / LOCK).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # somebody works there
            shutil.rmtree(folder)
