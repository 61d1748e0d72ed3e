"""Generated rules over generated worlds: DuckDB and Spark agree with the reference on value and missing facts."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jiqun.rules import nodes as n
from jiqun.rules import parse_rule
from jiqun.rules.nodes import Node
from tests.generative import expressions
from tests.generative.worlds import world
from tests.rules_support import ENGINES, Engine, differences, reference_answers
from tests.rules_vocabulary import VOCABULARY

BATCH, WORLDS, FEW = 50, 5, 70
AS_OF = [date(2026, 9, 30), date(2026, 2, 28), date(2024, 2, 29), date(2026, 12, 31)]
KINDS = {"party": 16, "cluster": 8, "place": 8, "programme": 8, "grouped": 8, "pair": 8}
"""How many batches there are about each kind of subject."""
NODE_CLASSES = {c for c in vars(n).values() if isinstance(c, type) and issubclass(c, Node) and c is not Node}


@functools.cache
def opened(name: str, seed: int) -> Engine:
    """A generated world opened on an engine."""
    return Engine.of(name, world(seed), VOCABULARY)


Batch = tuple[str, int, date, list[str]]
"""A kind of subject, a world, a date, and the rules to ask there and then."""


@st.composite
def batches(draw: st.DrawFn, kind: str) -> Batch:
    """Rules about one kind of subject, a world and a date to ask them for."""
    each = expressions.grouped() if kind == "grouped" else expressions.rule(kind)
    texts = draw(st.lists(each, min_size=BATCH, max_size=BATCH))
    return kind, draw(st.integers(0, WORLDS - 1)), draw(st.sampled_from(AS_OF)), texts


def typed(kind: str, texts: list[str]) -> list[tuple[str, Node]]:
    """The nodes of the texts, each with the kind of subject that it is asked for."""
    subject = "programme" if kind == "grouped" else kind
    nodes = [parse_rule(t, VOCABULARY, subject=subject, effective=True).node for t in texts]
    return [(node.by, node) if isinstance(node, n.Grouped) else (kind, node) for node in nodes]


def disagreements(engine: Engine, seed: int, as_of: date, kind: str, texts: list[str]) -> tuple[list[str], list[Node]]:
    """Every answer of the engine that differs from the reference's, and the nodes that were asked."""
    found, asked = [], typed(kind, texts)
    for subject in dict.fromkeys(k for k, _ in asked):
        chosen = [
            (t, x.body if isinstance(x, n.Grouped) else x)
            for t, (k, x) in zip(texts, asked, strict=True)
            if k == subject
        ]
        nodes = [node for _, node in chosen]
        expected = reference_answers(world(seed), subject, nodes, as_of)
        actual = engine.answers(subject, nodes, as_of)
        for (text, _), want, got in zip(chosen, expected, actual, strict=True):
            found += [f"{text}\n    {line}" for line in differences(want, got)]
    return found, [node for _, node in asked]


@functools.cache
def generated() -> list[Batch]:
    """The batches that every engine is asked."""
    return [batch for kind, share in KINDS.items() for batch in _generated(kind, share)]


def _generated(kind: str, number: int) -> list[Batch]:
    found: list[Batch] = []

    @settings(
        max_examples=number, deadline=None, derandomize=True, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(batches(kind))
    def collect(batch: Batch) -> None:
        found.append(batch)

    collect()
    return found


def few_of(every: list[Batch]) -> dict[str, list[str]]:
    """FEW different rules of each kind of subject, those with new types of nodes first."""
    found: dict[str, dict[str, None]] = {kind: {} for kind in KINDS}
    others: dict[str, dict[str, None]] = {kind: {} for kind in KINDS}
    seen: set[type[Node]] = set()
    for kind, _, _, texts in every:
        for text, (_, node) in zip(texts, typed(kind, texts), strict=True):
            new = {type(x) for x in node.walk()} - seen
            seen |= new
            (found if new else others)[kind].setdefault(text)
    return {kind: list({**found[kind], **others[kind]})[:FEW] for kind in found}


def agrees(name: str, asked: Iterable[Batch]) -> int:
    """Assert that an engine answers as the reference, and that every type of node was seen; the number of rules."""
    seen: Counter[type[Node]] = Counter()
    number, all_wrong = 0, list[str]()
    for kind, seed, as_of, texts in asked:
        wrong, nodes = disagreements(opened(name, seed), seed, as_of, kind, texts)
        seen.update(type(x) for node in nodes for x in node.walk())
        number += len(texts)
        # Collected, so that one run shows every disagreement.
        all_wrong.extend(f"{kind}, world {seed}, as of {as_of}: {line}" for line in wrong)
    assert not all_wrong, f"{len(all_wrong)} disagreements\n" + "\n".join(sorted(all_wrong, key=len)[:40])
    never = sorted(c.__name__ for c in NODE_CLASSES - seen.keys())
    assert not never, f"never generated: {never}"
    return number


@pytest.mark.parametrize("name", [x for x in ENGINES if x != "spark"])
def test_duckdb_agrees_with_the_reference(name: str) -> None:
    assert agrees(name, generated()) >= 2000


def test_spark_agrees_with_the_reference() -> None:
    # One job for all rules of a kind: a job of Spark's costs seconds, however little it does.
    asked = [(kind, 0, AS_OF[0], texts) for kind, texts in few_of(generated()).items()]
    assert agrees("spark", asked) >= 300
