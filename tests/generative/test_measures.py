"""Generated measures, as targets ask them: over what is certain, with the number of items that cannot be told."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date

from jiqun.base.errors import InputError
from jiqun.rules import nodes as n
from jiqun.rules import parse_rule
from jiqun.rules.facts import World
from jiqun.rules.nodes import Node
from jiqun.rules.query import measure
from jiqun.rules.reference import Answer, Evaluator, Item, Tally
from jiqun.rules.timing import When
from tests.generative.test_engines import generated, opened
from tests.generative.worlds import world
from tests.rules_support import Engine, loaded, same_value
from tests.rules_vocabulary import VOCABULARY

COUNTED = (n.OverSet, n.Const, n.Arith, n.Negate, n.Absolute, n.Round)
"""Nodes of which every part counts, so that items that cannot be told are the sum of those of the parts."""


class Certain(Evaluator):
    """The reference, except that the outermost aggregates are over what is certain and what is not is counted."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.unknown, self._depth = 0, 0

    def tally(self, node: n.OverSet, item: Item, when: When) -> Tally:
        """The tally; sets inside of it are as strict as ever."""
        self._depth += 1
        try:
            return super().tally(node, item, when)
        finally:
            self._depth -= 1

    def _Related(self, node: n.Related, item: Item, when: When) -> Answer:
        self._depth += 1
        try:
            return super()._Related(node, item, when)
        finally:
            self._depth -= 1

    def _OverSet(self, node: n.OverSet, item: Item, when: When) -> Answer:
        if self._depth or node.op == "exists":
            return super()._OverSet(node, item, when)
        tally = self.tally(node, item, when)
        self.unknown += tally.unknown
        return self.over_known(node, tally)


def _measures(kind: str, texts: list[str]) -> list[tuple[str, Node]]:
    """Those that are numbers and do not speak of a benefit's period."""
    found = []
    for text in texts:
        with suppress(InputError):
            found.append((text, parse_rule(text, VOCABULARY, subject=kind, expect="number").node))
    return found


def _outside_sets(node: Node) -> Iterable[Node]:
    yield node
    if not isinstance(node, n.OverSet):
        for part in node.children:
            yield from _outside_sets(part)


def _differences(engine: Engine, seed: int, as_of: date, kind: str, measures: list[tuple[str, Node]]) -> list[str]:
    query, found = measure(engine.source, kind, measures, as_of)
    rows, wrong = engine.rows(query), list[str]()
    for each, (text, node) in zip(found, measures, strict=True):
        whole = all(isinstance(part, COUNTED) for part in _outside_sets(node))
        for row in rows:
            subject = world(seed).get(kind, engine.ids[kind][row["row"]]) if kind != "programme" else None
            evaluator = Certain(world(seed))
            want = evaluator.value(node, Item(subject), When(as_of))
            got = loaded(row[each.value], node.type)
            missing = each.bits.names(row[each.mask] or 0) if each.mask else []
            unknown = int(row[each.unknown] or 0) if each.unknown else 0
            if not same_value(want.value, got) or set(want.missing) != set(missing):
                wrong.append(f"{kind} {text}: reference {want}, engine {got!r} {missing}")
            elif whole and unknown != evaluator.unknown:
                wrong.append(f"{kind} {text}: {evaluator.unknown} cannot be told, engine {unknown}")
    return wrong


def test_measures_agree_with_the_reference() -> None:
    asked, counted, wrong = 0, 0, list[str]()
    for kind, seed, as_of, texts in generated():
        if kind not in ("programme", "cluster", "place"):
            continue
        measures = _measures(kind, texts)
        asked += len(measures)
        counted += sum(any(isinstance(x, n.OverSet) for x in _outside_sets(node)) for _, node in measures)
        if measures:
            wrong += _differences(opened("sql", seed), seed, as_of, kind, measures)
    assert not wrong, f"{len(wrong)} disagreements\n" + "\n".join(sorted(wrong, key=len)[:40])
    assert asked >= 300 and counted >= 100
