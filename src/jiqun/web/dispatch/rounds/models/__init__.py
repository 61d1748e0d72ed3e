"""A module per entity."""

from jiqun.web.dispatch.rounds.models.assignment import Assignment, AssignmentState, Line
from jiqun.web.dispatch.rounds.models.cell import Cell, CellState, Worst
from jiqun.web.dispatch.rounds.models.event import Act, CellEvent
from jiqun.web.dispatch.rounds.models.round import Chain, ItemKind, Round, RoundItem, RoundState

__all__ = [
    "Act",
    "Assignment",
    "AssignmentState",
    "Cell",
    "CellEvent",
    "CellState",
    "Chain",
    "ItemKind",
    "Line",
    "Round",
    "RoundItem",
    "RoundState",
    "Worst",
]
