"""Every benefit and next rung as it stands for one firm, in words."""

from __future__ import annotations

from jiqun.programme.pack import Pack
from jiqun.web.cultivation.shapes import RuleView
from jiqun.web.registry.models import Publication


def rules_of(pack: Pack, publication: Publication, uscc: str) -> tuple[RuleView, ...]:
    """All benefits, then all rungs."""
    return ()
