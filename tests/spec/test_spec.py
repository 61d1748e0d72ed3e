"""Every example of the reference holds on the reference evaluator, DuckDB and Spark; nothing is left out."""

from __future__ import annotations

import functools
import re
from collections import defaultdict

import pytest
from lark import Tree

from jiqun.rules import nodes as n
from jiqun.rules import parse_rule
from jiqun.rules.build import COMPARISONS
from jiqun.rules.calls import FUNCTIONS
from jiqun.rules.nodes import Node
from jiqun.rules.reference import Answer
from jiqun.rules.syntax import Text, _parser, parse_text
from tests.rules_support import ENGINES, Engine, reference_answers, same_value
from tests.rules_vocabulary import VOCABULARY
from tests.spec.chapters import AS_OF, GROUPED, Example, examples
from tests.spec.document import TARGET, document
from tests.spec.facts import KIND_OF, WORLD

ALL = examples()
NAMES = ("reference", *ENGINES)


def kind_of(example: Example) -> str:
    """Whom the rule is about."""
    return "programme" if example.about is None else KIND_OF[example.about]


@functools.cache
def node(example: Example) -> Node:
    """The rule's node."""
    return parse_rule(example.rule, VOCABULARY, subject=kind_of(example), effective=True).node


@functools.cache
def answers(name: str) -> dict[int, Answer]:
    """The answer to every example, by one query for each kind of subject and date."""
    groups = defaultdict(list)
    for number, example in enumerate(ALL):
        groups[kind_of(example), example.as_of].append(number)
    engine = None if name == "reference" else Engine.of(name, WORLD, VOCABULARY)
    found = {}
    for (kind, as_of), numbers in groups.items():
        nodes = [node(ALL[i]) for i in numbers]
        asked = engine.answers(kind, nodes, as_of) if engine else reference_answers(WORLD, kind, nodes, as_of)
        found |= {i: each[ALL[i].about] for i, each in zip(numbers, asked, strict=True)}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_examples(name: str) -> None:
    wrong = []
    for number, example in enumerate(ALL):
        got = answers(name)[number]
        if not same_value(got.value, example.value) or sorted(got.missing) != sorted(example.missing):
            wrong.append(
                f"{example.rule} ({example.about}, {example.as_of}): {got}, not {example.value!r} {example.missing}"
            )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_a_table_by_cluster(name: str) -> None:
    rule, expected = GROUPED
    body = parse_rule(rule, VOCABULARY, subject="programme").node
    assert isinstance(body, n.Grouped)
    if name == "reference":
        [table] = reference_answers(WORLD, "cluster", [body.body], AS_OF)
    else:
        [table] = Engine.of(name, WORLD, VOCABULARY).answers("cluster", [body.body], AS_OF)
    assert {id_: answer.value for id_, answer in table.items()} == expected


def test_every_function_is_specified() -> None:
    called = set(re.findall(r"(\w+)\(", " ".join([*(e.rule for e in ALL), GROUPED[0]])))
    assert FUNCTIONS.keys() <= called


def test_every_comparison_is_specified() -> None:
    written = {e.rule.split()[1] for e in ALL if len(e.rule.split()) > 2}
    assert COMPARISONS.keys() <= written


def test_every_form_of_the_grammar_is_specified() -> None:
    seen = {t.data for e in ALL for t in parse_text(Text(e.rule)).iter_subtrees() if isinstance(t, Tree)}
    known = {str(rule.alias or rule.origin.name) for rule in _parser().rules}
    forms = {name for name in known if not name.startswith("_") and name in dir_of_builder()}
    assert forms - seen - {"missing"} == set()


def dir_of_builder() -> set[str]:
    """The forms that the builder knows how to read."""
    from jiqun.rules.build import Builder

    return {name[1:] for name in dir(Builder) if name.startswith("_") and not name.startswith("__")}


def test_every_node_is_specified() -> None:
    seen = {type(x) for e in ALL for x in node(e).walk()}
    seen.add(type(parse_rule(GROUPED[0], VOCABULARY, subject="programme").node))
    known = {c for c in vars(n).values() if isinstance(c, type) and issubclass(c, Node) and c is not Node}
    assert {c.__name__ for c in known - seen} == set()


def test_the_reference_is_current() -> None:
    assert TARGET.read_text(encoding="utf-8") == document(), "run: uv run python -m tests.spec.document"
