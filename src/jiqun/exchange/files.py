"""One YAML or JSON file read into one model: every fault of form with its line and column."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from jiqun.base.errors import InputError, Place, Problems
from jiqun.programme.diagnose import problems_of
from jiqun.programme.models.base import Part
from jiqun.programme.source import Document, read_document

P = TypeVar("P", bound=Part)


def document_of(path: Path, found: Problems) -> Document | None:
    """The content of a file with the places of its parts; None, with the faults in `found`, where it cannot be read."""
    if not path.is_file():
        found.add("文件不存在", Place(str(path)))
        return None
    return read_document(path, path.name, found)


def time_of(text: str, field: str, example: str, found: Problems) -> datetime | None:
    """A time written as `example` (2026-11-03 08:00); None, with the fault in `found`, where it is not."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M")
    except ValueError:
        found.add(f"时间应写成 {example}", Place(field=field), found=text)
        return None


def read_part(path: Path, model: type[P], title: str) -> P:
    """The model of a file; raises `InputError` with every fault of form."""
    found = Problems()
    document = document_of(path, found)
    found.raise_if_any(title)
    assert document is not None
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        raise InputError(problems_of(error, document, model), title) from None
