"""Whether a place can carry a node: what a project needs of land, energy and environment, beside what is to be had there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from jiqun.base.errors import InputError, Problem, did_you_mean
from jiqun.chain.facts import Cluster
from jiqun.chain.graph import graph_faults
from jiqun.programme.models import Chain, Offer
from jiqun.programme.pack import Pack
from jiqun.rules import Rule, Vocabulary, parse_constant, parse_rule
from jiqun.rules.frames import Source
from jiqun.rules.query import measure
from jiqun.rules.units import Dim
from jiqun.snapshot.engines import open_engine


@dataclass(frozen=True)
class Fit:
    """How far a place meets a node's needs, by the id of the offer; None where the need or the offer is unknown."""

    parts: Mapping[str, float | None]
    """Offer over need, at most 1."""

    @property
    def known(self) -> dict[str, float]:
        """The parts that are known."""
        return {id_: part for id_, part in self.parts.items() if part is not None}

    @property
    def value(self) -> float | None:
        """The scarcest known part decides (Liebig's law of the minimum); None where nothing is known."""
        return min(self.known.values(), default=None)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The offers of which nothing can be said."""
        return tuple(id_ for id_, part in self.parts.items() if part is None)


def fits(chain: Chain, offered: Mapping[str, float | None]) -> dict[str, Fit]:
    """The fit of every node, by id; `offered` is what is to be had in base units, by the id of the offer."""
    return {
        node.id: Fit({o.id: _part(node.needs.get(o.id), offered.get(o.id)) for o in chain.offers})
        for node in chain.nodes
    }


def _part(need: str | None, offer: float | None) -> float | None:
    if need is None:
        return None
    wanted = _amount(need)
    if wanted == 0:
        return 1.0
    return None if offer is None else min(1.0, max(0.0, offer) / wanted)


def _amount(text: str) -> float:
    value = parse_constant(text).value
    assert isinstance(value, int | float | Decimal), "checked with the pack"
    return float(value)


def offered(snapshot: Path, pack: Pack, chain: Chain, cluster: Cluster, as_of: date) -> dict[str, float | None]:
    """What the cluster's county, or the cluster itself, has of each offer as of a day; None where it is unknown."""
    found = dict[str, float | None]()
    if not chain.offers:
        return found
    with closing(open_engine(snapshot)) as backend:
        source = Source(backend.tables, pack.vocabulary)
        for offer in chain.offers:
            row = cluster.county_row if offer.subject == "place" else cluster.row
            expression, (told,) = measure(
                source, offer.subject, [(offer.id, _rule(offer, pack.vocabulary).node)], as_of
            )
            rows = {r["row"]: r[told.value] for r in backend.table(expression).to_pylist()}
            value = rows.get(row)
            found[offer.id] = None if value is None else float(Decimal(str(value)).scaleb(-(told.scale or 0)))
    return found


def _rule(offer: Offer, vocabulary: Vocabulary) -> Rule:
    return parse_rule(
        offer.measure, vocabulary, subject=offer.subject, expect="number", place=offer.place("measure")
    )  # fmt: skip


def fit_faults(chain: Chain, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Measures that cannot be read, needs of nothing that is offered, and amounts of another kind."""
    units = dict[str, Dim | None]()
    for offer in chain.offers:
        if offer.id in units:
            yield Problem("要素编号重复", offer.place("id"), found=offer.id, mend="请为每个要素取不同的编号")
        try:
            units[offer.id] = _rule(offer, vocabulary).node.type.dim
        except InputError as error:
            units[offer.id] = None
            yield from error.problems
    for node in chain.nodes:
        for id_, text in node.needs.items():
            if id_ not in units:
                mend = did_you_mean(id_, units) or f"请在 offers 里写出这个要素；已有 {'、'.join(units) or '（无）'}"
                yield Problem("没有这个要素", node.key_place("needs", id_), found=id_, mend=mend)
                continue
            try:
                amount = parse_constant(text, node.place("needs", id_))
            except InputError as error:
                yield from error.problems
                continue
            value = amount.value
            if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or value < 0:
                yield Problem("应为不小于 0 的数量", node.place("needs", id_), found=text, mend="请写成如 30亩")
            elif units[id_] is not None and amount.type.dim != units[id_]:
                mend = "请与要素的度量用同一种单位，如 用地写 30亩"
                yield Problem("需求的单位与要素不同", node.place("needs", id_), found=text, mend=mend)


def chain_faults(pack: Pack) -> list[Problem]:
    """What is wrong with the chains of a pack."""
    found = list[Problem]()
    for chain in pack.chains.values():
        found += [*graph_faults(chain), *fit_faults(chain, pack.vocabulary)]
    return found
