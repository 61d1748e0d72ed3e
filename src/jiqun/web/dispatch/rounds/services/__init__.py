"""What may be done in a reporting round: one keyword-only atomic function per verb, each audited."""

from jiqun.web.dispatch.rounds.services.filling import Edit, Saved, save_cells
from jiqun.web.dispatch.rounds.services.opening import Asked, Selection, discard_round, draft_round, open_round
from jiqun.web.dispatch.rounds.services.reviewing import (
    CITY_LEVEL,
    Conflict,
    Pick,
    Reviewed,
    approve_cells,
    comment_cell,
    return_cells,
    unlock_cell,
)
from jiqun.web.dispatch.rounds.services.steering import close_round, extend_deadline, remind
from jiqun.web.dispatch.rounds.services.submitting import submit

__all__ = [
    "CITY_LEVEL",
    "Asked",
    "Conflict",
    "Edit",
    "Pick",
    "Reviewed",
    "Saved",
    "Selection",
    "approve_cells",
    "close_round",
    "comment_cell",
    "discard_round",
    "draft_round",
    "extend_deadline",
    "open_round",
    "remind",
    "return_cells",
    "save_cells",
    "submit",
    "unlock_cell",
]
