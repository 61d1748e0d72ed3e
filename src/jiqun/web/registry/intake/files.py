"""The files of uploads under the data folder: random names, written whole, removed after a time."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File

from jiqun.base.errors import InputError, Place, Problem
from jiqun.web.registry.intake.models import Upload
from jiqun.workbook import Cell, Limits

KEEP = timedelta(days=30)
"""Uploads and marked copies are removed after this; the record of what was changed stays."""
LIMITS = Limits()


def store(file: File[bytes]) -> tuple[str, str, int]:
    """Put an uploaded file into a new folder: (folder, SHA-256, size); InputError where it is too large."""
    folder = secrets.token_hex(16)
    root = Path(settings.HOME) / "media" / "intake"
    place = root / folder
    place.mkdir(parents=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    target = place / f"original{Path(file.name or '').suffix.lower()}"
    try:
        with target.open("xb") as out:
            for chunk in file.chunks():
                size += len(chunk)
                if size > LIMITS.size:
                    problem = Problem(f"文件超过上限 {LIMITS.size >> 20} MB", Place(file.name), mend="请拆成几个文件")
                    raise InputError([problem], "文件没有接收")
                digest.update(chunk)
                out.write(chunk)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return folder, digest.hexdigest(), size


def write_problems(upload: Upload, problems: Iterable[Problem]) -> None:
    """Keep the faults beside the file."""
    rows = [
        {"sheet": p.place.file, "row": p.place.row, "column": p.place.column, "field": p.place.field,
         "message": p.message, "found": p.found, "mend": p.mend}
        for p in problems
    ]  # fmt: skip
    part = upload.problems.with_suffix(".part")
    part.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    part.rename(upload.problems)


def read_problems(upload: Upload) -> Sequence[Problem]:
    """The faults of an upload; none where they were removed."""
    if not upload.problems.is_file():
        return ()
    rows: list[dict[str, Any]] = json.loads(upload.problems.read_text(encoding="utf-8"))
    return [
        Problem(r["message"], Cell(file=r["sheet"], row=r["row"], column=r["column"], field=r["field"]), r["found"], r["mend"])
        for r in rows
    ]  # fmt: skip


def remove(upload: Upload) -> None:
    """Remove the files, except the record of what was changed."""
    for path in (upload.original, upload.marked_copy, upload.problems):
        path.unlink(missing_ok=True)
    if upload.state != "loaded":
        shutil.rmtree(upload.path, ignore_errors=True)
