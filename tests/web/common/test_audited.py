"""Every change is audited: each public atomic function of every `services` module leads to `audit.record`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[3] / "src" / "jiqun" / "web"
UNAUDITED = {
    "jobs.services.running": {"claim"},  # a worker takes a job that a person started
    "api.services.webhooks": {"emit", "end_delivery"},  # tellings of acts that are audited themselves
    "dispatch.publishing.services": {"ask_for_draft"},  # `jobs.start` writes the row
    "inbox.services": {"notify", "mark_read", "mark_all_read"},  # messages to a person, and that he read them
}


def _modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(WEB.rglob("*.py")):
        parts = path.relative_to(WEB).with_suffix("").parts
        if "services" in parts and "migrations" not in parts:
            yield ".".join(parts), path


def _functions(path: Path) -> dict[str, ast.FunctionDef]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def _named(node: ast.AST) -> set[str]:
    """The functions that a function names, and `audit.record`."""
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return found | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


ALL = {name: _functions(path) for name, path in _modules()}
BY_NAME: dict[str, list[ast.FunctionDef]] = {}
for functions in ALL.values():
    for function in functions.values():
        BY_NAME.setdefault(function.name, []).append(function)


def _audits(function: ast.FunctionDef, seen: frozenset[str] = frozenset()) -> bool:
    names = _named(function)
    if {"audit", "record"} <= names:
        return True
    further = (f for name in names - seen for f in BY_NAME.get(name, ()))
    return any(_audits(f, seen | names) for f in further)


def _is_atomic(function: ast.FunctionDef) -> bool:
    return any("atomic" in _named(decorator) for decorator in function.decorator_list)


PUBLIC = [
    (module, name)
    for module, functions in ALL.items()
    for name, function in functions.items()
    if not name.startswith("_") and _is_atomic(function) and name not in UNAUDITED.get(module, ())
]


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_a_service_writes_its_audit_row(module: str, name: str) -> None:
    assert _audits(ALL[module][name]), f"{module}.{name} changes something without audit.record"


def test_services_are_found() -> None:
    assert ("accounts.services", "create_account") in PUBLIC
