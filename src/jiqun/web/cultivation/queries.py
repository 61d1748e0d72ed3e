"""Reads of the cultivation desk."""

from __future__ import annotations

from jiqun.programme.pack import Pack
from jiqun.web.cultivation.lists import firm_choices, firm_list, is_known_code
from jiqun.web.cultivation.shapes import FirmPage
from jiqun.web.registry.models import Party, Publication

__all__ = ["firm_choices", "firm_list", "firm_page", "is_known_code"]


def firm_page(pack: Pack, publication: Publication | None, party: Party) -> FirmPage:
    """The page of one firm."""
    raise NotImplementedError
