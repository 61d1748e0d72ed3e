"""Folders that appear whole or not at all, and folders to work in that no killed process leaves behind for long."""

from __future__ import annotations

import fcntl
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from glob import escape
from pathlib import Path
from typing import IO

from jiqun.base.errors import InputError, Place, Problem

LOCK, DRAFT, OLD = "lock", "draft", "old"
_SUFFIX = ".part"
_MADE = re.compile(rf"\w{{8}}{re.escape(_SUFFIX)}")
"""What `mkdtemp` and we put behind a prefix."""


@contextmanager
def work_folder(
    home: Path, prefix: str = ".work-", ending: Callable[[Path], None] = lambda folder: None
) -> Iterator[Path]:
    """A folder in `home` for the length of a block, so that what was made there can be moved without a copy.

    Its process holds a lock on it, which ends with the process however that ends: what a killed one left behind is
    removed by the next that makes such a folder with the same prefix. `ending` sees it before it goes, either way.
    """
    home.mkdir(parents=True, exist_ok=True)
    for left in home.glob(f"{escape(prefix)}*{_SUFFIX}/"):
        if _MADE.fullmatch(left.name.removeprefix(prefix)):
            _sweep(left, ending)
    folder, lock = _locked(home, prefix)
    with lock:
        try:
            yield folder
        finally:
            _end(folder, ending)


def _locked(home: Path, prefix: str) -> tuple[Path, IO[str]]:
    """A new folder and its lock; made again where another process swept it before it was locked."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, suffix=_SUFFIX, dir=home))
        with suppress(FileNotFoundError):
            lock = (folder / LOCK).open("a")
            fcntl.flock(lock, fcntl.LOCK_EX)
            if (folder / LOCK).exists():
                return folder, lock
            lock.close()


def _sweep(left: Path, ending: Callable[[Path], None]) -> None:
    """Remove a folder unless somebody works there, it is another user's, or it has gone."""
    with suppress(OSError), (left / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _end(left, ending)


def _end(folder: Path, ending: Callable[[Path], None]) -> None:
    ending(folder)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def draft_folder(out: Path) -> Iterator[Path]:
    """A draft beside `out` that takes its place when all went well, whatever was there, and vanishes otherwise."""
    with work_folder(out.parent, f".{out.name}.", partial(_put_back, out)) as folder:
        draft = folder / DRAFT
        draft.mkdir()
        yield draft
        _put_in_place(draft, out)


def _put_in_place(draft: Path, out: Path) -> None:
    """Swap by renames, so that `out` is the old or the new folder, never half of one."""
    if out.exists():
        out.rename(draft.with_name(OLD))
    draft.rename(out)


def _put_back(out: Path, folder: Path) -> None:
    """What was at `out`, where the swap was cut off in its middle."""
    if (folder / OLD).exists() and not out.exists():
        (folder / OLD).rename(out)


@contextmanager
def whole_folder(out: Path, marks: tuple[str, ...]) -> Iterator[Path]:
    """A draft folder of results; an existing `out` with all `marks` (names of files) in it is replaced.

    A folder with anything else is refused with InputError before any work is done.
    """
    if out.exists() and not (out.is_dir() and (_all_in(out, marks) or not any(out.iterdir()))):
        mend = "请换一个不存在的文件夹，或空文件夹"
        raise InputError([Problem("这里已有别的文件，不能写入结果", Place(str(out)), mend=mend)], "结果无法写出")
    with draft_folder(out) as draft:
        yield draft


def _all_in(folder: Path, marks: tuple[str, ...]) -> bool:
    return all((folder / mark).is_file() for mark in marks)
