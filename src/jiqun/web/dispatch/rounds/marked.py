"""Marked-up copies of uploads with faults, kept for a day for whoever uploaded."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core import signing

from jiqun.base.errors import Problem
from jiqun.workbook import write_marked

KEPT_SECONDS = 24 * 3600
_SALT = "rounds.marked"


def keep_marked(data: bytes, name: str, problems: Sequence[Problem], *, assignment: int, user: int) -> tuple[str, str]:
    """Write the marked copy; the token that opens it, and what was done in words."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    file = f"{secrets.token_hex(16)}.xlsx"
    marked = write_marked(data, problems, folder / file, name=name)
    return signing.dumps([file, assignment, user], salt=_SALT), marked.note


def marked_copy(token: str, *, assignment: int, user: int) -> Path | None:
    """The copy that a token opens; None where the token is another's, or the copy is gone."""
    try:
        file, of_assignment, of_user = signing.loads(token, salt=_SALT, max_age=KEPT_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    path = _folder() / str(file)
    return path if (of_assignment, of_user) == (assignment, user) and path.is_file() else None


def _folder() -> Path:
    return Path(settings.HOME) / "rounds" / "marked"


def _sweep(folder: Path) -> None:
    for path in folder.glob("*.xlsx"):
        if path.stat().st_mtime < time.time() - KEPT_SECONDS:
            path.unlink(missing_ok=True)
