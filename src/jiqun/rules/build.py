"""Syntax tree → typed nodes: names looked up, types, units and dimensions checked.

Faults do not stop the build: a faulty part becomes a node of unknown type, so that every fault of a text is
reported at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, cast

from lark import Token, Tree

from jiqun.base.errors import InputError, Place, Problem, did_you_mean
from jiqun.base.periods import Period
from jiqun.rules import nodes as n
from jiqun.rules.nodes import DATE, FLAG, TEXT, Const, Exact, Node, Type
from jiqun.rules.pair_calls import INSTEAD, side_field, unknown_in_pair
from jiqun.rules.rule import Rule
from jiqun.rules.syntax import WORD_OPERATORS, SyntaxTree, Text, parse_text
from jiqun.rules.typing import (
    KIND_NAMES,
    TypeFault,
    adapt,
    common,
    constant,
    describe,
    fact_type,
    product_type,
    quotient_type,
    same,
    sum_type,
)
from jiqun.rules.units import DAYS, MONEY, MONTHS, PLAIN, YEAR_NUMBER, unit_of
from jiqun.rules.vocabulary import ATTRIBUTES, SUBJECT_NAMES, Register, SubjectKind, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

Branch = SyntaxTree | Token
RELATIONS: dict[str, tuple[Literal["cluster", "county", "owner"], SubjectKind]] = {
    "所属集群": ("cluster", "cluster"),
    "所属县": ("county", "place"),
    "主体": ("owner", "party"),
}
_HAS_RELATION = {
    "pair": set[str](),
    "party": {"所属集群", "所属县"},
    "cluster": {"所属县"},
    "place": set[str](),
    "entry": {"主体"},
}
YEAR_WORDS = {"本年": 0, "今年": 0, "上年": -1, "去年": -1, "前年": -2}
COMPARISONS = {
    ">=": ">=", "≥": ">=", "不低于": ">=", "不少于": ">=", "不小于": ">=",
    "<=": "<=", "≤": "<=", "不超过": "<=", "不高于": "<=", "不多于": "<=", "不大于": "<=",
    ">": ">", "高于": ">", "大于": ">", "超过": ">", "多于": ">",
    "<": "<", "低于": "<", "小于": "<", "少于": "<",
    "=": "=", "==": "=", "等于": "=", "!=": "!=", "<>": "!=", "≠": "!=", "不等于": "!=",
}  # fmt: skip
_BROKEN = Type("flag")


class Fault(Exception):
    """A fault in a part; caught where a neighbouring part can still be checked."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Context:
    """Whom the names at hand are about."""

    kind: str
    """party, cluster, place, programme, task, entry or pair."""
    register: Register | None = None


def parse_rule(
    text: str,
    vocabulary: Vocabulary,
    *,
    subject: str,
    expect: Literal["flag", "number", "money", "text", "date"] | None = None,
    names: Mapping[str, Node] | None = None,
    place: Place | None = None,
    effective: bool = False,
) -> Rule:
    """Read and check a rule about a `subject` (party, cluster, place, programme, task, pair).

    `names` are parameters and other rules usable by name. `effective` tells whether 施行期 has a meaning here.
    Raises InputError with every fault, each with its place, the line and a caret.
    """
    source = Text(text, place or Place())
    tree = parse_text(source)
    builder = Builder(source, vocabulary, Context(subject), names or {}, effective)
    node = builder.build(tree)
    if not builder.problems:
        node = builder.expect(node, expect, tree)
    if builder.problems:
        raise InputError(builder.problems, "条文有误")
    return Rule(text, subject, node)


def parse_constant(text: str, place: Place | None = None) -> Const:
    """Read a constant such as 500万元, 20%, 是 or 2025-07-22; InputError otherwise."""
    node = parse_rule(text, Vocabulary(), subject="programme", place=place).node
    if not isinstance(node, Const):
        raise InputError([Text(text, place or Place()).problem("此处应为常数", 0, len(text))], "条文有误")
    return node


class Builder:
    """Builds the nodes of one text."""

    def __init__(
        self, source: Text, vocabulary: Vocabulary, context: Context, names: Mapping[str, Node], effective: bool
    ) -> None:
        from jiqun.rules import calls

        self.source, self.vocabulary, self.context = source, vocabulary, context
        self.names, self.effective = names, effective
        self.problems: list[Problem] = []
        self._calls = calls

    # -- helpers ----------------------------------------------------------------------------------------------

    def fault(self, at: Branch, message: str, mend: str | None = None) -> Fault:
        """A fault at a part of the text, to be raised."""
        start, end = span_of(at)
        return Fault(self.source.problem(message, start, end, mend))

    def text_of(self, at: Branch) -> str:
        """The text that a part was written as."""
        start, end = span_of(at)
        return self.source.text[start:end]

    @contextmanager
    def within(self, context: Context) -> Iterator[None]:
        """Names inside are about another context."""
        outer, self.context = self.context, context
        try:
            yield
        finally:
            self.context = outer

    def build(self, tree: Branch) -> Node:
        """The node of a part; a fault is recorded and a stand-in returned."""
        try:
            return self.node(tree)
        except Fault as fault:
            if fault.problem not in self.problems:
                self.problems.append(fault.problem)
            return n.Pending(type=_BROKEN, text="", source=self.text_of(tree))

    def parts(self, *trees: Branch) -> list[Node]:
        """The nodes of several parts; raises the last fault only after all were checked."""
        before = len(self.problems)
        built = [self.build(t) for t in trees]
        if len(self.problems) > before:
            raise Fault(self.problems[-1])
        return built

    def typed(self, tree: Branch, make: Callable[[], Node]) -> Node:
        """Run a typing step, giving its fault the place of the tree."""
        try:
            return make()
        except TypeFault as fault:
            raise self.fault(tree, fault.message, fault.mend) from None

    def expect(self, node: Node, kind: str | None, tree: Branch) -> Node:
        """Check the type of a whole rule."""
        if kind is None or isinstance(node, n.Pending):
            return node
        wanted = "number" if kind == "money" else kind
        if node.type.kind != wanted:
            problem = self.fault(tree, f"此处应为{KIND_NAMES[wanted]}，现为{describe(node.type)}").problem
            self.problems.append(problem)
        elif kind == "money" and (node.type.dim != MONEY or node.type.exact is None):
            mend = "请用 四舍五入(…, 2) 取到分" if node.type.dim == MONEY else "请检查单位，如 10万元"
            what = "不精确的金额" if node.type.dim == MONEY else describe(node.type)
            self.problems.append(self.fault(tree, f"此处应为精确的金额，现为{what}", mend).problem)
        return node

    def flags(self, *trees: Branch) -> list[Node]:
        """Parts that must be conditions."""
        built = self.parts(*trees)
        for tree, node in zip(trees, built, strict=True):
            if node.type.kind != "flag":
                raise self.fault(tree, f"此处应为条件，现为{describe(node.type)}", "条件如：营业收入 >= 1000万元")
        return built

    def flag(self, tree: Branch) -> Node:
        """A part that must be a condition."""
        return self.flags(tree)[0]

    def number(self, tree: Branch) -> Node:
        """A part that must be a number."""
        [node] = self.parts(tree)
        if node.type.kind != "number":
            raise self.fault(tree, f"此处应为数，现为{describe(node.type)}")
        return node

    # -- dispatch ---------------------------------------------------------------------------------------------

    def node(self, tree: Branch) -> Node:
        """The typed node of a part; raises Fault."""
        assert isinstance(tree, Tree)
        handler = getattr(self, f"_{tree.data}")
        built = cast(Node, handler(tree))
        return built if built.source else replace(built, source=self.text_of(tree))

    def _group(self, tree: SyntaxTree) -> Node:
        return self.node(tree.children[0])

    def _number(self, tree: SyntaxTree) -> Node:
        value = Fraction(str(tree.children[0]))
        text = self.text_of(tree)
        if len(tree.children) == 1:
            return constant(value, PLAIN, None, text, bare=True)
        unit = unit_of(str(tree.children[1]))
        if unit is None:
            raise self.fault(tree.children[1], f"没有单位“{tree.children[1]}”")
        return constant(value * unit.factor, unit.dim, unit.name, text)

    def _string(self, tree: SyntaxTree) -> Node:
        return Const(type=TEXT, value=str(tree.children[0])[1:-1])

    def _date(self, tree: SyntaxTree) -> Node:
        return Const(type=DATE, value=self.read_date(tree.children[0]))

    def read_date(self, token: Branch) -> date:
        """A written date; a fault where the calendar has no such day."""
        parts = str(token).replace("年", "-").replace("月", "-").rstrip("日").split("-")
        try:
            return date(*map(int, parts))
        except ValueError:
            raise self.fault(token, f"没有“{token}”这一天") from None

    def _true(self, tree: SyntaxTree) -> Node:
        return Const(type=FLAG, value=True)

    def _false(self, tree: SyntaxTree) -> Node:
        return Const(type=FLAG, value=False)

    def _missing(self, tree: SyntaxTree) -> Node:
        raise self.fault(tree, "“缺失”不能直接参与计算", "请用 已知(…) 判断是否有数")

    def _year_word(self, tree: SyntaxTree) -> Node:
        offset = YEAR_WORDS[str(tree.children[0])]
        return n.YearNumber(type=Type("number", YEAR_NUMBER, Exact(0, 9999), "年份"), offset=offset)

    def _recent(self, tree: SyntaxTree) -> Node:
        raise self.fault(tree, f"“{tree.children[0]}”只能用在函数里", "如 平均(营业收入, 近3年)")

    def _choice(self, tree: SyntaxTree) -> Node:
        _, condition, _, then, _, otherwise = tree.children
        test = self.flag(condition)
        a, b = self.alternatives(tree, [then, otherwise])
        return n.If(type=common([a.type, b.type]), condition=test, then=a, otherwise=b)

    def alternatives(self, tree: Branch, branches: Sequence[Branch]) -> list[Node]:
        """Branches of one type."""
        built = self.parts(*branches)
        for branch, node in zip(branches, built, strict=True):
            if node.type.kind in ("set", "point"):
                raise self.fault(branch, f"{KIND_NAMES[node.type.kind]}不能作为分支的值", INSTEAD[node.type.kind])
        for _ in range(2):
            for i in range(1, len(built)):
                try:
                    built[0], built[i] = same(built[0], built[i], "各分支")
                except TypeFault as fault:
                    raise self.fault(tree, fault.message, fault.mend) from None
        return built

    def _disjunction(self, tree: SyntaxTree) -> Node:
        return n.Or(type=FLAG, items=self._flags(tree))

    def _conjunction(self, tree: SyntaxTree) -> Node:
        return n.And(type=FLAG, items=self._flags(tree))

    def _flags(self, tree: SyntaxTree) -> tuple[Node, ...]:
        return tuple(self.flags(*(c for c in tree.children if isinstance(c, Tree))))

    def _negation(self, tree: SyntaxTree) -> Node:
        return n.Not(type=FLAG, body=self.flag(tree.children[1]))

    def _comparison(self, tree: SyntaxTree) -> Node:
        left, operator, right = tree.children
        op = cast(Literal[">=", "<=", ">", "<", "=", "!="], COMPARISONS[str(operator)])
        a, b = self.parts(left, right)

        def make() -> Node:
            x, y = same(a, b, "比较")
            x, y = self.choices(left, x, y), self.choices(right, y, x)
            if x.type.kind in ("set", "point"):
                raise TypeFault(f"{KIND_NAMES[x.type.kind]}不能直接比较", INSTEAD[x.type.kind])
            if x.type.kind in ("flag", "text") and op not in ("=", "!="):
                raise TypeFault(f"{KIND_NAMES[x.type.kind]}只能比较是否相等", "请用 = 或 !=")
            return n.Compare(type=FLAG, op=op, left=x, right=y)

        return self.typed(tree, make)

    def choices(self, at: Branch, node: Node, other: Node) -> Node:
        """A text constant beside a column of known choices: it must be one of them, in the stored form."""
        known = choices_of(other)
        if not isinstance(node, Const) or not isinstance(node.value, str) or not known:
            return node
        if node.value in known.values():
            return node
        if node.value not in known:
            mend = did_you_mean(node.value, known) or f"可以是 {'、'.join(known)}"
            raise self.fault(at, f"“{other.source}”没有“{node.value}”这一项", mend)
        return replace(node, value=known[node.value])

    def _member(self, tree: SyntaxTree) -> Node:
        body, _, items = tree.children
        assert isinstance(items, Tree)
        [node] = self.parts(body)
        # In a set beside a text, a bare word is that text: 类别 属于 {生产, 研发}.
        bare = [t if node.type.kind == "text" and _is_name(t) else None for t in items.children]
        values = [
            Const(type=TEXT, value=self.text_of(t)) if word else self.parts(t)[0]
            for t, word in zip(items.children, bare, strict=True)
        ]

        def make() -> Node:
            found = []
            for at, value in zip(items.children, values, strict=True):
                if not isinstance(value, Const):
                    raise self.fault(at, "集合里只能是常数")
                found.append(self.choices(at, same(node, value, "属于")[1], node))
            if not found:
                raise self.fault(items, "集合是空的", "请写出至少一项")
            return n.Member(type=FLAG, body=node, items=tuple(found))

        return self.typed(tree, make)

    def _not_member(self, tree: SyntaxTree) -> Node:
        return n.Not(type=FLAG, body=replace(self._member(tree), source=self.text_of(tree)))

    def _sum(self, tree: SyntaxTree) -> Node:
        return self._fold(tree, self._add)

    def _product(self, tree: SyntaxTree) -> Node:
        return self._fold(tree, self._times)

    def _fold(self, tree: SyntaxTree, combine: Callable[[SyntaxTree, str, Node, Node], Node]) -> Node:
        first, *rest = self.parts(*tree.children[::2])
        start = span_of(tree.children[0])[0]
        for operator, at, item in zip(tree.children[1::2], tree.children[2::2], rest, strict=True):
            a, b = first, item
            first = self.typed(tree, lambda a=a, b=b, o=str(operator): combine(tree, o, a, b))  # type: ignore[misc]
            first = replace(first, source=self.source.text[start : span_of(at)[1]])
        return first

    def _add(self, tree: SyntaxTree, op: str, a: Node, b: Node) -> Node:
        sign = cast(Literal["+", "-"], op)
        if a.type.kind == "date" and b.type.kind == "date" and op == "-":
            return n.Arith(type=Type("number", DAYS, Exact(0, 10**7), "天"), op="-", left=a, right=b)
        if a.type.kind == "date" and b.type.dim in (MONTHS, DAYS):
            if not isinstance(b, Const) or b.value != int(cast(Decimal, b.value)):
                raise TypeFault("日期只能加减写明的整年、整月或整天", "如 成立日期 + 3年")
            return n.Arith(type=DATE, op=sign, left=a, right=b)
        if a.type.kind != "number" or b.type.kind != "number":
            raise TypeFault(f"{describe(a.type)}和{describe(b.type)}不能相加减")
        a, b = same(a, b, "加减")
        folded = fold(op, a, b)
        return folded or n.Arith(type=sum_type(a.type, b.type), op=sign, left=a, right=b)

    def _times(self, tree: SyntaxTree, op: str, a: Node, b: Node) -> Node:
        if a.type.kind != "number" or b.type.kind != "number":
            raise TypeFault(f"{describe(a.type)}和{describe(b.type)}不能相乘除")
        folded = fold(op, a, b)
        if folded:
            return folded
        if op == "*":
            return n.Arith(type=product_type(a.type, b.type), op="*", left=a, right=b)
        if isinstance(b, Const) and b.value == 0:
            raise TypeFault("除数是 0")
        return n.Arith(type=quotient_type(a.type, b.type), op="/", left=a, right=b)

    def _minus(self, tree: SyntaxTree) -> Node:
        body = self.number(tree.children[0])
        if isinstance(body, Const) and isinstance(body.value, Decimal | float):
            return replace(body, value=-body.value, source=self.text_of(tree))
        return n.Negate(type=body.type, body=body)

    # -- names ------------------------------------------------------------------------------------------------

    def _name(self, tree: SyntaxTree) -> Node:
        token = tree.children[0]
        return self.lookup(str(token), token)

    def lookup(self, name: str, at: Branch) -> Node:
        """The node of a name in the context at hand."""
        if name in self.names:
            return replace(self.names[name], source=self.names[name].source or name)
        entry = self._entry_name(name)
        if entry:
            return entry
        for attribute in ATTRIBUTES.get(self.context.kind, ()):
            if attribute.name == name:
                return n.Attr(type=fact_type(attribute), attribute=attribute, source=name)
        indicator = self.vocabulary.indicator(name)
        if indicator and self.context.kind in indicator.subjects:
            return n.IndicatorAt(type=fact_type(indicator), indicator=indicator, source=name)
        special = self._special(name, at)
        if special:
            return special
        raise self._unknown(name, at)

    def _entry_name(self, name: str) -> Node | None:
        register = self.context.register
        if register is None:
            return None
        field = register.field(name)
        if field:
            return n.FieldRef(type=fact_type(field), field_=field, register=register.name, source=name)
        if name in ("日期", "年度"):
            if name == "日期":
                return n.EntryDate(type=DATE, register=register.name, source=name)
            year = Type("number", YEAR_NUMBER, Exact(0, 9999), "年份")
            return n.EntryYear(type=year, register=register.name, source=name)
        return None

    def _special(self, name: str, at: Branch) -> Node | None:
        if name == "截至":
            return n.AsOf(type=DATE, source=name)
        if name in ("施行日", "终止日"):
            self.need_effective(at)
            return n.EffectiveBound(type=DATE, end=name == "终止日", source=name)
        return None

    def need_effective(self, at: Branch) -> None:
        """A fault unless the rule has a period of effect."""
        if not self.effective:
            raise self.fault(at, "这条规则没有施行期", "施行期、施行日、终止日只用在奖补事项里")

    def _unknown(self, name: str, at: Branch) -> Fault:
        if self.context.kind == "pair":
            return unknown_in_pair(self, name, at)
        indicator = self.vocabulary.indicator(name)
        if indicator:
            owners = "、".join(SUBJECT_NAMES[s] for s in sorted(indicator.subjects))
            wider = {"programme": "全市", "entry": "台账", "task": "任务"}
            here = wider.get(self.context.kind) or SUBJECT_NAMES[self.context.kind]
            mend = f"“{name}”是{owners}的指标，可写成 所属集群.{name}、所属县.{name} 或放进集合里"
            return self.fault(at, f"{here}没有指标“{name}”", mend)
        if name in self.vocabulary.registers or name in self._calls.SETS:
            return self.fault(at, f"“{name}”是一个集合，不能单独使用", f"如 计数({name}, …)、存在({name}, …)")
        if self.vocabulary.title(name):
            return self.fault(at, f"“{name}”是称号", f'如 持有("{name}")')
        for word in WORD_OPERATORS:
            if word in name[1:-1]:
                return self.fault(at, f"没有“{name}”这个名称", f"请在“{word}”前后加空格")
        return self.fault(at, f"没有“{name}”这个名称", did_you_mean(name, self.known_names()))

    def known_names(self) -> list[str]:
        """Every name that could stand here."""
        kind, register = self.context.kind, self.context.register
        known = [*self.names, *(a.name for a in ATTRIBUTES.get(kind, ()))]
        known += [i.name for i in self.vocabulary.indicators.values() if kind in i.subjects or kind == "programme"]
        if register:
            known += [f.name for f in register.fields] + ["日期", "年度", "主体"]
        return [*known, *self._calls.SETS, *_HAS_RELATION.get(kind, ()), "截至", *self.vocabulary.registers]

    def _indexed(self, tree: SyntaxTree) -> Node:
        body, index = tree.children
        [node] = self.parts(body)
        inner = node.body if isinstance(node, n.Related) else node
        if not isinstance(inner, n.IndicatorAt) or inner.period or inner.offset:
            raise self.fault(body, "只有指标可以用 [期间]", "如 营业收入[2024]、营业收入[-1]")
        assert isinstance(index, Tree)
        offset, period = self._index(index)
        grain = inner.indicator.grain
        if period and period.grain != grain:
            if not (period.grain == "year" and grain != "year"):
                raise self.fault(index, f"“{inner.indicator.name}”的期间写错了", self._calls.GRAIN_EXAMPLES[grain])
            raise self.fault(index, f"“{inner.indicator.name}”不是年度指标", self._calls.GRAIN_EXAMPLES[grain])
        if offset is not None and isinstance(offset, str):
            if grain != "year":
                raise self.fault(index, f"“{inner.indicator.name}”不是年度指标", self._calls.GRAIN_EXAMPLES[grain])
            offset = YEAR_WORDS[offset] + 1
        picked = replace(inner, offset=offset or 0, period=period, source=self.text_of(tree))
        return replace(node, body=picked) if isinstance(node, n.Related) else picked

    def _index(self, index: SyntaxTree) -> tuple[int | str | None, Period | None]:
        token = index.children[0]
        assert isinstance(token, Token)
        match token.type:
            case "SIGNED_INT":
                return int(token), None
            case "YEAR_WORD":
                return str(token), None
            case "NUMBER" if token == "0" and len(index.children) == 1:
                return 0, None
        try:
            return None, Period.parse("".join(map(str, index.children)))
        except ValueError as error:
            raise self.fault(index, str(error)) from None

    def _dotted(self, tree: SyntaxTree) -> Node:
        left, name = tree.children
        if self.context.kind == "pair":
            return side_field(self, left, name)
        kind, target = self._relation(left)
        context = Context(target)
        with self.within(context):
            body = self.lookup(str(name), name)
        source = self.text_of(tree)
        wrapped: Node = n.Related(type=body.type, relation=kind, target=target, body=body, source=source)
        return wrapped

    def _relation(self, tree: Branch) -> tuple[Literal["cluster", "county", "owner"], SubjectKind]:
        if isinstance(tree, Tree) and tree.data == "name":
            name = str(tree.children[0])
            if name in RELATIONS and name in _HAS_RELATION.get(self.context.kind, ()):
                kind, target = RELATIONS[name]
                if kind == "owner":
                    assert self.context.register is not None
                    target = self.context.register.subject
                return kind, target
            if name in self._calls.SETS or name in self.vocabulary.registers:
                raise self.fault(tree, f"“{name}”是一个集合", f"请写成 合计({name}.…, 条件) 等")
            here = _HAS_RELATION.get(self.context.kind, set())
            mend = f"此处可用 {'、'.join(sorted(here))}" if here else "此处没有上级关系可用"
            raise self.fault(tree, f"“{name}”后面不能用“.”", mend)
        raise self.fault(tree, "“.”前面应是 所属集群、所属县 或台账名")

    def _call(self, tree: SyntaxTree) -> Node:
        return self._calls.build_call(self, tree)

    def _span(self, tree: SyntaxTree) -> Node:
        raise self.fault(tree, "“至”只能用在期间里", '如 认定("领跑者企业", 2025 至 本年)')

    def _band(self, tree: SyntaxTree) -> Node:
        raise self.fault(tree, "“条件: 值”只能用在 分档 里")

    _band_otherwise = _band


def span_of(at: Branch) -> tuple[int, int]:
    """The positions of a part in the text."""
    if isinstance(at, Token):
        return at.start_pos or 0, at.end_pos or 0
    return getattr(at.meta, "start_pos", 0), getattr(at.meta, "end_pos", 0)


def _is_name(at: Branch) -> bool:
    return isinstance(at, Tree) and at.data == "name"


def choices_of(node: Node) -> dict[str, str]:
    """Allowed texts of a column, written form → stored form; empty where anything goes."""
    if isinstance(node, n.Related):
        return choices_of(node.body)
    if isinstance(node, n.Attr):
        return dict(node.attribute.choices)
    if isinstance(node, n.IndicatorAt | n.Latest):
        return {c: c for c in node.indicator.choices}
    if isinstance(node, n.FieldRef | n.SideField):
        return {c: c for c in node.field_.choices}
    return {}


def fold(op: str, a: Node, b: Node) -> Const | None:
    """Arithmetic of two exact constants, done exactly."""
    if not (isinstance(a, Const) and isinstance(b, Const)):
        return None
    if not (isinstance(a.value, Decimal) and isinstance(b.value, Decimal)):
        return None
    x, y = Fraction(a.value), Fraction(b.value)
    if op == "/" and y == 0:
        return None
    value = {"+": lambda: x + y, "-": lambda: x - y, "*": lambda: x * y, "/": lambda: x / y}[op]()
    typed = {"+": sum_type, "-": sum_type, "*": product_type, "/": quotient_type}[op](a.type, b.type)
    return constant(value, typed.dim, typed.unit, "", bare=a.bare and b.bare)


__all__ = ["Builder", "Context", "Fault", "adapt", "parse_constant", "parse_rule", "span_of"]
