"""The pack's places as the facts' place table, with what firms need to know of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from jiqun.programme.places import PlaceRow


@dataclass(frozen=True)
class Places:
    """All places in the order of the pack, the city among them."""

    rows: tuple[PlaceRow, ...]

    @cached_property
    def index(self) -> dict[str, int]:
        """The position of each code."""
        return {row.code: i for i, row in enumerate(self.rows)}

    @cached_property
    def regions(self) -> list[str]:
        """A six-digit code for each place; a zone whose code has letters takes its city's."""
        city = next((r.code for r in self.rows if r.kind == "city"), "000000")
        return [r.code if r.code.isdigit() else city for r in self.rows]

    def table(self) -> pa.Table:
        """The place table of the facts."""
        columns = ("code", "name", "parent", "kind")
        return pa.table({c: pa.array([getattr(r, c) for r in self.rows], pa.string()) for c in columns})
