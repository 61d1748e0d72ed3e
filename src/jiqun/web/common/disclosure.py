"""Small cells: which aggregates of others stay unpublished, so that no single firm's figure can be read from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

LEAST = 3
"""A cell of fewer firms is not published."""
HIDDEN = "<3家，不公布"


def hidden_cells(firms: Mapping[str, int], *, own: Collection[str] = (), least: int = LEAST) -> frozenset[str]:
    """The cells of a published total that a reader must not see; `firms` is how many firms stand behind each.

    Hidden are cells of 1 to `least - 1` firms; cells of none say so. Because the total is published and the reader
    knows the `own` cells, what is hidden could be computed back as the rest: so further cells, the smallest first, are
    hidden until at least two are, with `least` firms or more behind them together. Where even all foreign cells do not
    reach that, all of them are hidden. (Complementary suppression: Hundepool and others, Statistical Disclosure
    Control, 2012, chapter 4.)
    """
    foreign = {cell: count for cell, count in firms.items() if cell not in own}
    hidden = {cell for cell, count in foreign.items() if 0 < count < least}
    others = sorted(foreign.keys() - hidden, key=lambda cell: (foreign[cell] == 0, foreign[cell], cell))
    for cell in others:
        if not hidden or (len(hidden) > 1 and sum(foreign[c] for c in hidden) >= least):
            break
        hidden.add(cell)
    return frozenset(hidden)
