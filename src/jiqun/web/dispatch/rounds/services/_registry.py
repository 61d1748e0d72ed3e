"""Approved figures become facts of the registry."""

from __future__ import annotations

from collections.abc import Sequence

from jiqun.web.dispatch.rounds.models import Cell, ItemKind, Round
from jiqun.web.registry.models import Observation, RecordState

SOURCE = "round"


def write_approved(round_: Round, cells: Sequence[Cell]) -> None:
    """Write figures that the city approved; one approved as missing takes an earlier figure out of the count."""
    kind = round_.subject_kind
    figures = {
        (getattr(cell.line, f"{kind}_id"), cell.item.name, cell.item.period): cell
        for cell in cells
        if cell.item.kind == ItemKind.INDICATOR
    }
    known = _known(kind, figures)
    for key, row in known.items():
        value = figures[key].value
        row.state = RecordState.APPROVED if value else RecordState.RETURNED
        row.value, row.source = value or row.value, SOURCE
    Observation.objects.bulk_update(known.values(), ["value", "state", "source"], batch_size=200)
    Observation.objects.bulk_create(
        (
            Observation(
                **{f"{kind}_id": key[0]}, indicator=key[1], period=key[2], value=cell.value,
                state=RecordState.APPROVED, source=SOURCE,
            )
            for key, cell in figures.items()
            if key not in known and cell.value
        ),
        batch_size=1000,
    )  # fmt: skip


Key = tuple[int, str, str]


def _known(kind: str, figures: dict[Key, Cell]) -> dict[Key, Observation]:
    """The rows that the registry has for these figures."""
    ids = sorted({pk for pk, _, _ in figures})
    names, periods = {name for _, name, _ in figures}, {period for _, _, period in figures}
    found: dict[Key, Observation] = {}
    for start in range(0, len(ids), 500):
        rows = Observation.objects.filter(
            **{f"{kind}__in": ids[start : start + 500]}, indicator__in=names, period__in=periods
        )
        keyed = (((getattr(row, f"{kind}_id"), row.indicator, row.period), row) for row in rows)
        found |= {key: row for key, row in keyed if key in figures}
    return found
