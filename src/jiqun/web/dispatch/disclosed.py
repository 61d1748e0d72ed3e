"""What a county may see of the others' figures: small cells are hidden (see `common.disclosure`)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from jiqun.web.accounts.scope import Scope
from jiqun.web.common.disclosure import HIDDEN, hidden_cells
from jiqun.web.dispatch.measures import Measured
from jiqun.web.dispatch.shapes import TargetPage


def own_codes(scope: Scope) -> frozenset[str] | None:
    """The codes of the places that the reader may open; None for one who sees all."""
    return None if scope.sees_all else frozenset(scope.own_places().values_list("code", flat=True))


def hidden_places(opened: Measured, own: Collection[str] | None) -> frozenset[str]:
    """The places whose value of this measure the reader must not see; none where the measure is not about firms."""
    if own is None or all(part.subject != "party" for part in opened.sets):
        return frozenset()
    firms = {code: tally.counted + tally.base for code, tally in opened.tallies.items() if code}
    return hidden_cells(firms, own=own)


def disclosed(page: TargetPage, opened: Measured, own: Collection[str] | None) -> TargetPage:
    """The page with the small cells of the counties' shares hidden."""
    hidden = hidden_places(opened, own)
    shares = tuple(
        replace(share, value=None, text=HIDDEN, base=None, undetermined=0, pace=None, state=None)
        if share.place in hidden
        else share
        for share in page.shares
    )
    return replace(page, shares=shares)
