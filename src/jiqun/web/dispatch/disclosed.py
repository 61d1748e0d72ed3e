"""What a county may see of the others' figures: small cells are hidden (see `common.disclosure`)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from jiqun.programme.pack import Pack
from jiqun.web.common.disclosure import HIDDEN, hidden_cells
from jiqun.web.dispatch.shapes import TargetPage
from jiqun.web.dispatch.written import tallies
from jiqun.web.registry.models import Publication


def hidden_places(pack: Pack, publication: Publication, measure: str, own: Collection[str] | None) -> frozenset[str]:
    """The places whose value of this measure the reader must not see; none where the measure is not about firms.

    Where nothing was written of how many firms stand behind it, all places of others.
    """
    if own is None:
        return frozenset()
    found = tallies(publication).get(measure)
    if found is None:
        return frozenset(place.code for place in pack.places if place.code not in own)
    return hidden_cells(found.firms, own=own)


def disclosed(page: TargetPage, hidden: Collection[str]) -> TargetPage:
    """The page with the hidden cells of the counties' shares blanked."""
    shares = tuple(
        replace(share, value=None, text=HIDDEN, base=None, undetermined=0, pace=None, state=None)
        if share.place in hidden
        else share
        for share in page.shares
    )
    return replace(page, shares=shares)
