"""Tables that only grow: the database itself refuses UPDATE and DELETE.

On SQLite a later migration that remakes such a table drops its triggers with it: add `append_only` again after it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.migrations import RunPython

ACTS = ("UPDATE", "DELETE")


def append_only(table: str) -> RunPython:
    """The migration that makes a table append-only, on SQLite and PostgreSQL."""
    return RunPython(_running(lambda vendor: guards(vendor, table)), _running(lambda vendor: openings(vendor, table)))


def guards(vendor: str, table: str) -> list[str]:
    """The statements that put the triggers in place."""
    if vendor == "sqlite":
        return [
            f'CREATE TRIGGER {_name(table, act)} BEFORE {act} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for act in ACTS
        ]
    function = f"{table}_refuse"
    body = f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation';"
    return [
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        *(
            f'CREATE TRIGGER {_name(table, act)} BEFORE {act} ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION {function}()'
            for act in ACTS
        ),
    ]


def openings(vendor: str, table: str) -> list[str]:
    """The statements that take the triggers away again."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {_name(table, act)}" for act in ACTS]
    drops = [f'DROP TRIGGER IF EXISTS {_name(table, act)} ON "{table}"' for act in ACTS]
    return [*drops, f"DROP FUNCTION IF EXISTS {table}_refuse()"]


def _name(table: str, act: str) -> str:
    return f"{table}_no_{act.lower()}"


def _running(statements: Callable[[str], list[str]]) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        for statement in statements(schema_editor.connection.vendor):
            schema_editor.execute(statement)

    return run
