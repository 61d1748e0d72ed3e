"""One YAML or JSON file read into one model: every fault of form with its line and column."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from jiqun.base.errors import InputError, Place, Problems
from jiqun.programme.diagnose import problems_of
from jiqun.programme.models.base import Part
from jiqun.programme.source import read_document

P = TypeVar("P", bound=Part)


def read_part(path: Path, model: type[P], title: str) -> P:
    """The model of a file; raises `InputError` with every fault of form."""
    found = Problems()
    if not path.is_file():
        found.add("文件不存在", Place(str(path)))
        raise InputError(found, title)
    document = read_document(path, path.name, found)
    found.raise_if_any(title)
    assert document is not None
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        raise InputError(problems_of(error, document, model), title) from None
