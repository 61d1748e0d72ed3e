"""The whole of demo.yaml."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from jiqun.sample.model.base import Model
from jiqun.sample.model.events import EntrySpec, TitleSpec
from jiqun.sample.model.exchange import ExchangeSpec
from jiqun.sample.model.figures import FigureSpec
from jiqun.sample.model.parties import ClusterSpec, FirmsSpec, NamesSpec, OrganisationSpec, OutsideSpec


class Demo(Model):
    """The whole of demo.yaml."""

    format: Literal[1]
    marker: str
    """Shown wherever the facts are shown: 演示数据."""
    note: str
    seed: int
    years: tuple[int, int]
    """First and last complete year of annual figures."""
    until: date
    """Nothing is dated after this day."""
    names: NamesSpec
    firms: FirmsSpec
    clusters: tuple[ClusterSpec, ...] = Field(min_length=1)
    outside: OutsideSpec
    organisations: tuple[OrganisationSpec, ...] = ()
    figures: tuple[FigureSpec, ...]
    cluster_figures: tuple[FigureSpec, ...] = ()
    place_figures: tuple[FigureSpec, ...] = ()
    titles: tuple[TitleSpec, ...] = ()
    entries: tuple[EntrySpec, ...] = ()
    exchange: tuple[ExchangeSpec, ...] = ()
