"""Matching any kind by a query of DuckDB: a join, the compiled conditions, the compiled score, the first few of each.

This is the measure of the fast way, and the way for kinds with clauses that the fast way does not know.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from jiqun.exchange.match.results import Matches
from jiqun.exchange.match.sides import SideTable, with_signatures
from jiqun.programme.exchange import SCORE_DIGITS, KindRules
from jiqun.rules import nodes as n
from jiqun.rules.cells import as_float, floating
from jiqun.rules.compiler import Compiler
from jiqun.rules.frames import Frame, Source
from jiqun.rules.nodes import Node
from jiqun.rules.timing import When
from jiqun.rules.vocabulary import Vocabulary

_NEED, _OFFER, _KEY = "need_row", "offer_row", "join_key"


@contextmanager
def duckdb_tables(**tables: pa.Table) -> Iterator[tuple[Any, dict[str, ir.Table]]]:
    """A DuckDB of its own with these tables, closed at the end."""
    connection = ibis.duckdb.connect()
    try:
        yield connection, {name: connection.create_table(name, table) for name, table in tables.items()}
    finally:
        connection.disconnect()


def rules_nodes(rules: KindRules) -> list[Node]:
    """Every rule of a kind."""
    return [*(c.node for c in rules.conditions), *(t.node for t in rules.terms)]


def match_by_query(rules: KindRules, needs: SideTable, offers: SideTable, as_of: date, top: int) -> Matches:
    """The best `top` offers of each need, best first, equal ones in the order of the offers."""
    nodes = rules_nodes(rules)
    needs, offers = with_signatures(needs, nodes), with_signatures(offers, nodes)
    with duckdb_tables(needs=needs.table, offers=offers.table) as (connection, tables):
        query = matching_query(rules, tables["needs"], tables["offers"], as_of, top)
        found = connection.to_pyarrow(query)
    return Matches.of_table(found, len(rules.terms))


def matching_query(rules: KindRules, needs: ir.Table, offers: ir.Table, as_of: date, top: int) -> ir.Table:
    """The query: need, offer, score (whole units of 10^-8), its terms, ordered by need and rank."""
    frame = _joined(rules, needs, offers)
    compiler, when = Compiler(), When(as_of)
    conditions = [compiler.cell(c.node, frame, when) for c in rules.conditions]
    terms = [compiler.cell(t.node, frame, when) for t in rules.terms]
    need, offer = frame.own(_NEED), frame.own(_OFFER)
    t = frame.table
    if conditions:
        t = t.filter(functools.reduce(operator.and_, (c.value(t) for c in conditions)))
    shares = {}
    for i, cell in enumerate(terms):
        value = as_float(cell)(t)
        shares[f"t{i}"] = ibis.cases((value < 0.0, floating(0.0)), (value > 1.0, floating(1.0)), else_=value)
    t = t.select(need=need(t), offer=offer(t), **shares)
    t = t.mutate(score=_score([t[name] for name in shares], [term.weight for term in rules.terms]))
    rank = ibis.row_number().over(group_by=t.need, order_by=[t.score.desc(), t.offer])
    t = t.mutate(rank=rank)
    return t.filter(t["rank"] < top).order_by(["need", "rank"])


def _score(values: Sequence[ir.Value], weights: Sequence[float]) -> ir.Value:
    total: ir.Value = floating(0.0)
    for value, weight in zip(values, weights, strict=True):
        total = total + ibis.ifelse(value.isnull(), floating(0.0), value * floating(weight))
    return (total * floating(10.0**SCORE_DIGITS) + floating(0.5)).floor().cast("int64")


def _joined(rules: KindRules, needs: ir.Table, offers: ir.Table) -> Frame:
    """Every need with every offer, or only those that agree on one condition's code."""
    left = needs.rename({_NEED: "row"})
    right = offers.rename({_OFFER: "row"})
    key = next((found for c in rules.conditions for found in join_keys(c.node)), None)
    if key is None:
        base = left.cross_join(right)
    else:
        need, offer = key
        if offer.type.kind == "set":
            right = right.mutate(**{_KEY: right[offer.column]}).unnest(_KEY)
        else:
            right = right.mutate(**{_KEY: right[offer.column]})
        base = left.inner_join(right, left[need.column] == right[_KEY]).drop(_KEY)
    return Frame(Source({"pair": base}, Vocabulary()), "pair", base)


def join_keys(node: Node) -> Iterator[tuple[n.SideField, n.SideField]]:
    """The fields of need and offer that must agree: equal texts, or a text of the need in a set of the offer."""
    parts = node.items if isinstance(node, n.And) else (node,)
    for part in parts:
        if isinstance(part, n.Compare) and part.op == "=" and part.left.type.kind == "text":
            pair = (part.left, part.right)
        elif isinstance(part, n.Includes) and part.wanted.type.kind == "text":
            pair = (part.held, part.wanted)
        else:
            continue
        a, b = pair
        if isinstance(a, n.SideField) and isinstance(b, n.SideField) and a.side != b.side:
            need, offer = (a, b) if a.side == "需" else (b, a)
            if need.type.kind == "text":
                yield need, offer
