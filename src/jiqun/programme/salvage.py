"""What is left of a faulty file when its faulty items are taken out, so that one check finds every error.

Nothing read this way is ever used for a decision: `load_pack` refuses a pack with any fault. Salvage only lets the
semantic check go on, and names what was lost, so that whoever mentions it is not blamed.
"""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import date
from typing import Any

from pydantic import ValidationError

from jiqun.programme.models import CaseFile, PairCaseFile, Part, Programme
from jiqun.programme.source import Loc, Tree

_ROUNDS = 20
_NAMING_KEYS = ("id", "name", "title", "aliases")
_CASE_KEYS: dict[type[Part], tuple[str, ...]] = {CaseFile: ("rule",), PairCaseFile: ("kind",)}
"""A case that was lost excuses nobody but the check for cases of its rule."""
_NAMED = re.compile(r"\b(?:id|name|title|rule):\s*[\"']?([^\"',}\]\n#]+)|aliases:\s*\[([^\]\n]*)\]")
_STAND_IN: dict[str, Any] = {
    "format": 1, "id": "pack", "version": "0", "title": "—", "issuer": "—", "issued_on": date.min, "from": date.min,
    "until": date.max, "city": {"code": "000000", "name": "—"}, "places": "places.csv",
}  # fmt: skip


def stand_in_programme() -> Programme:
    """A programme that says nothing, for a pack whose programme.yaml cannot be read."""
    return Programme.model_validate(_STAND_IN)


def salvage(value: Tree, model: type[Part], error: ValidationError) -> tuple[Part | None, set[str]]:
    """The model of the sound rest of a file (None where nothing is left), and the names that were lost."""
    tree = deepcopy(value)
    keys = _CASE_KEYS.get(model, _NAMING_KEYS)
    lost: set[str] = set()
    for _ in range(_ROUNDS):
        if not _prune(tree, error, lost, keys, model is Programme):
            break
        try:
            return model.model_validate(tree), lost
        except ValidationError as next_error:
            error = next_error
    _collect(value, keys, lost)
    return None, lost


def names_in_text(content: bytes) -> set[str]:
    """Everything that looks like an id, name or title in a file that is no YAML."""
    lost: set[str] = set()
    for single, several in _NAMED.findall(content.decode("utf-8", errors="replace")):
        lost.update(part.strip().strip("\"'") for part in (several.split(",") if several else [single]))
    return lost - {""}


def _prune(tree: Any, error: ValidationError, lost: set[str], keys: tuple[str, ...], is_programme: bool) -> bool:
    """Take the faults out of the tree; False where that is not possible."""
    unknown: list[Loc] = []
    faulty: set[Loc] = set()
    for detail in error.errors(include_url=False, include_input=False):
        loc: Loc = tuple(detail["loc"])
        path = _real(tree, loc[:-1] if detail["type"] in ("missing", "extra_forbidden") else loc)
        if detail["type"] == "extra_forbidden":
            unknown.append((*path, loc[-1]))
        elif item := _enclosing_item(path):
            faulty.add(item)
        elif is_programme and loc and isinstance(tree, dict):
            tree[str(loc[0])] = _STAND_IN.get(str(loc[0]))
            if tree[str(loc[0])] is None:
                del tree[str(loc[0])]
        else:
            return False
    for path in unknown:
        _at(tree, path[:-1]).pop(path[-1], None)
    for path in sorted(faulty, key=lambda p: [(str(type(s)), s) for s in p], reverse=True):
        _collect(_at(tree, path), keys, lost)
        _collect_owners(tree, path, lost)
        del _at(tree, path[:-1])[path[-1]]
    return True


def _real(tree: Any, loc: Loc) -> Loc:
    """The steps of a path that exist in the tree (a validator's tags and `[key]` do not)."""
    path: list[str | int] = []
    for step in loc:
        if (isinstance(tree, dict) and step in tree) or (isinstance(tree, list) and isinstance(step, int)):
            path.append(step)
            tree = _at(tree, (step,))
    return tuple(path)


def _enclosing_item(path: Loc) -> Loc | None:
    """The innermost list item on a path."""
    last = max((i for i, step in enumerate(path) if isinstance(step, int)), default=None)
    return None if last is None else path[: last + 1]


def _at(tree: Any, path: Loc) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def _collect_owners(tree: Any, path: Loc, lost: set[str]) -> None:
    """What contains the lost item is itself incomplete: its id counts as lost."""
    for step in path:
        if isinstance(tree, dict) and isinstance(tree.get("id"), str):
            lost.add(tree["id"])
        tree = tree[step]


def _collect(tree: Tree, keys: tuple[str, ...], lost: set[str]) -> None:
    """Every text under one of the keys, anywhere in the tree (also the texts of a list there)."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key in keys:
                lost.update(item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str))
            _collect(value, keys, lost)
    elif isinstance(tree, list):
        for item in tree:
            _collect(item, keys, lost)
