"""What the reference evaluator remembers, alone and over changed facts, and the arithmetic below it."""

from __future__ import annotations

import pickle
from copy import deepcopy
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from jiqun.base.periods import Period
from jiqun.rules import arith
from jiqun.rules.build import parse_rule
from jiqun.rules.change import Change, Trial, apply
from jiqun.rules.facts import Subject, World
from jiqun.rules.nodes import Type
from jiqun.rules.reference import Evaluator, Item, Remembering
from jiqun.rules.timing import When
from jiqun.rules.vocabulary import Indicator, Title, Vocabulary

VOCABULARY = Vocabulary.of(
    [Indicator("营业收入", unit="元"), Indicator("研发费用", unit="元"), Indicator("从业人员", unit="人")],
    [Title("领跑者企业"), Title("创新型中小企业")],
)
RULE = parse_rule(
    "(研发费用 / 营业收入 >= 3% 或 持有(领跑者企业)) 且 (连续(营业收入 > 100元, 近2年) 或 非 规上) 且 从业人员 < 9人",
    VOCABULARY,
    subject="party",
).node
AS_OF = date(2026, 9, 30)
FIRM = Subject("party", "甲", {"above_size": True}, observations={("营业收入", Period.year(2024)): Decimal(200)})
FIGURES = st.tuples(
    st.just("fact"),
    st.sampled_from(["营业收入", "研发费用"]),
    st.sampled_from([2024, 2025]),
    st.decimals(1, 900, places=2),
) | st.tuples(st.just("fact"), st.just("从业人员"), st.just(2025), st.floats(1, 20))
OTHERS = st.tuples(st.just("attribute"), st.just("above_size"), st.just(0), st.booleans()) | st.tuples(
    st.just("title"), st.sampled_from(["领跑者企业", "创新型中小企业"]), st.just(0), st.just(True)
)


def changed(kind: str, name: str, year: int, after: object) -> Change:
    period = (Period.year(year),) if kind == "fact" else ()
    return Change(kind, (kind, "party", "甲", name, *period), "", None, AS_OF, 1.0, None, after)


@given(changes=st.lists(FIGURES | OTHERS, max_size=6, unique_by=lambda c: c[:3]), figure=FIGURES)
def test_trials_on_trials_answer_as_a_world_with_all_their_changes(
    changes: list[tuple[str, str, int, object]], figure: tuple[str, str, int, object]
) -> None:
    world, when, item = World([FIRM]), When(AS_OF), Item(FIRM)
    trial, made = Trial.unchanged(Remembering(world), AS_OF), [changed(*c) for c in changes]
    for count in range(len(made) + 1):
        facts = apply(world, made[:count], AS_OF)
        for part in RULE.walk():
            expected = Evaluator(facts).value(part, Item(facts.get("party", "甲")), when)
            assert trial.value(part, item, when) == trial.value(part, item, when) == expected
        if count < len(made):
            trial = Trial.after(trial, made[count])
    last = changed(*figure)
    probe = Trial.of_figure(trial, last.key)
    for after in (last.after, type(last.after)(5), last.after):
        probe.put(last.key, after)
        facts = apply(apply(world, made, AS_OF), [changed(*figure[:3], after)], AS_OF)
        expected = Evaluator(facts).value(RULE, Item(facts.get("party", "甲")), when)
        assert probe.value(RULE, item, when) == expected


def test_a_settled_part_is_as_it_was_settled_and_nothing_else() -> None:
    first, *_ = RULE.children
    key = ("settle", id(first.children[0]), 0, "甲")
    before = Trial.unchanged(Remembering(World([FIRM])), AS_OF)
    after = Trial.after(before, Change("指标", key, "", None, AS_OF, 1.0, None, True))
    item, when = Item(FIRM), When(AS_OF)
    assert [t.value(first, item, when).value for t in (before, after)] == [None, True]
    assert [t.value(first.children[1], item, when).value for t in (before, after)] == [False, False]


def test_a_copy_of_a_rule_mentions_its_own_parts() -> None:
    assert {"营业收入", "研发费用", "从业人员", "above_size", "领跑者企业"} < RULE.mentions
    for copy in (deepcopy(RULE), pickle.loads(pickle.dumps(RULE))):
        assert copy == RULE
        assert {id(part) for part in copy.walk()} == {m for m in copy.mentions if isinstance(m, int)}
        assert copy.mentions.isdisjoint(map(id, RULE.walk()))


@given(value=st.decimals(-(10**15), 10**15, places=4) | st.floats(-1e18, 1e18))
def test_a_number_becomes_the_nearest_float(value: Decimal | float) -> None:
    found = arith.convert(value, Type("number"))
    assert (repr(found), type(found)) == (repr(float(Fraction(value))), float)


@given(a=st.decimals(-(10**15), 10**15, places=4), b=st.decimals(-(10**15), 10**15, places=3))
def test_a_quotient_is_the_nearest_float(a: Decimal, b: Decimal) -> None:
    assert arith.over(a, b) == (float(Fraction(a) / Fraction(b)) if b else None)
