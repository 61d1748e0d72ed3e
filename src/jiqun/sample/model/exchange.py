"""The part of demo.yaml on offers and needs."""

from __future__ import annotations

from pydantic import Field

from jiqun.sample.model.base import Model


class ExchangeSpec(Model):
    """Offers and needs of a kind: how many for `firms.reference` firms, and words that go together.

    A theme gives words for fields of either side by their names; a text takes one of them, a set some. Numbers and dates
    lie around those of the kind's cases, points are places of the pack.
    """

    kind: str
    needs: int = Field(ge=0)
    offers: int = Field(ge=0)
    themes: tuple[dict[str, tuple[str, ...]], ...] = Field(min_length=1)
