"""Generated rules over generated worlds: DuckDB and Spark agree with the reference on value and missing facts."""

from __future__ import annotations

import functools
import os
from collections import Counter
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

EXAMPLES, BATCH, WORLDS = 56, 50, 5
AS_OF = [date(2026, 9, 30), date(2026, 2, 28), date(2024, 2, 29), date(2026, 12, 31)]
KINDS = ["party", "party", "cluster", "place", "programme", "grouped", "pair"]
NODE_CLASSES = {c for c in vars(n).values() if isinstance(c, type) and issubclass(c, Node) and c is not Node}


@functools.cache
def opened(name: str, seed: int) -> Engine:
    """A generated world opened on an engine."""
    return Engine.of(name, world(seed), VOCABULARY)


@st.composite
def batches(draw: st.DrawFn) -> tuple[str, int, date, list[str]]:
    """Rules about one kind of subject, a world and a date to ask them for."""
    kind = draw(st.sampled_from(KINDS))
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


@pytest.mark.parametrize("name", ENGINES)
def test_engine_agrees_with_the_reference(name: str) -> None:
    if name == "spark" and not os.environ.get("JIQUN_SPARK_GENERATED"):
        pytest.skip("Spark: generated rules take minutes; set JIQUN_SPARK_GENERATED=1 to run them")
    opened(name, 0)
    seen: Counter[type[Node]] = Counter()
    asked, all_wrong = 0, list[str]()

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(batches())
    def check(batch: tuple[str, int, date, list[str]]) -> None:
        nonlocal asked
        kind, seed, as_of, texts = batch
        wrong, nodes = disagreements(opened(name, seed), seed, as_of, kind, texts)
        seen.update(type(x) for node in nodes for x in node.walk())
        asked += len(texts)
        # Collected, so that one run shows every disagreement.
        all_wrong.extend(f"{kind}, world {seed}, as of {as_of}: {line}" for line in wrong)

    check()
    assert not all_wrong, f"{len(all_wrong)} disagreements\n" + "\n".join(sorted(all_wrong, key=len)[:40])
    assert asked >= EXAMPLES * BATCH
    never = sorted(c.__name__ for c in NODE_CLASSES - seen.keys())
    assert not never, f"never generated: {never}"
