"""Small cells: what is hidden cannot be computed back from what is published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun.web.common.disclosure import LEAST, hidden_cells

CELLS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 6), max_size=8)


@pytest.mark.parametrize(
    ("firms", "own", "hidden"),
    [
        ({"a": 5, "b": 4, "c": 9}, "", ""),
        ({"a": 2, "b": 4, "c": 9}, "", "ab"),  # a alone would be the total less b and c
        ({"a": 2, "b": 1, "c": 9}, "", "ab"),
        ({"a": 1, "b": 1, "c": 9}, "", "abc"),  # two firms together: each could be told
        ({"a": 2, "b": 4, "c": 9}, "b", "ac"),  # the reader knows b
        ({"a": 2, "b": 4, "c": 9}, "a", ""),
        ({"a": 2, "b": 0, "c": 0}, "", "abc"),  # even the empty ones, for the total is 2
        ({"a": 0, "b": 7}, "", ""),
        ({}, "", ""),
    ],
)
def test_by_hand(firms: dict[str, int], own: str, hidden: str) -> None:
    assert hidden_cells(firms, own=own) == set(hidden)


@given(CELLS, st.sets(st.text("abcdefgh", min_size=1, max_size=2), max_size=3))
def test_no_hidden_cell_follows_from_the_total(firms: dict[str, int], own: set[str]) -> None:
    hidden = hidden_cells(firms, own=own)
    foreign = firms.keys() - own
    assert {cell for cell in foreign if 0 < firms[cell] < LEAST} <= hidden <= foreign
    known = {cell: count for cell, count in firms.items() if cell not in hidden}
    rest = sum(firms.values()) - sum(known.values())
    if hidden and hidden != foreign:
        # The rest is shared by two cells or more and three firms or more: each may be anything from none to all of it.
        assert len(hidden) > 1
        assert rest >= LEAST
