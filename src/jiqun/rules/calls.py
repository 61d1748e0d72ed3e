"""The functions of the language: how each reads its arguments."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, cast

from lark import Token, Tree

from jiqun.base.errors import did_you_mean
from jiqun.base.periods import Grain, Period
from jiqun.rules import nodes as n
from jiqun.rules.arguments import arity as _arity
from jiqun.rules.nodes import DATE, FLAG, Const, DateBound, DateRange, Exact, Node, SetRef, Type, Window, YearRef
from jiqun.rules.pair_calls import PAIR_FUNCTIONS
from jiqun.rules.syntax import SyntaxTree
from jiqun.rules.typing import common, constant, describe, quotient_type
from jiqun.rules.units import COUNT, MONTHS, PLAIN
from jiqun.rules.vocabulary import SUBJECT_NAMES

if TYPE_CHECKING:
    from jiqun.rules.build import Branch, Builder, Context

SETS: dict[str, SetRef] = {
    "企业": SetRef("party", enterprises=True),
    "全部主体": SetRef("party"),
    "集群": SetRef("cluster"),
    "县": SetRef("place"),
}
GRAIN_EXAMPLES: dict[Grain, str] = {
    "year": "年度指标写成 [2025]、[上年] 或 [-1]",
    "quarter": "季度指标写成 [2025Q3] 或 [-1]",
    "month": "月度指标写成 [2025-09] 或 [-1]",
}
_COUNT_TYPE = Type("number", COUNT, Exact(0, 10**7), "个")
_RECENT = re.compile(r"(近|未来)\s*(\d+)\s*(年|季度|季|个月|月|天|日)")
_GRAINS: dict[str, Grain] = {"年": "year", "季度": "quarter", "季": "quarter", "个月": "month", "月": "month"}
_ORDER: dict[Grain, int] = {"year": 0, "quarter": 1, "month": 2}
Call = Callable[["Builder", SyntaxTree, list["Branch"]], Node]


def build_call(b: Builder, tree: SyntaxTree) -> Node:
    """The node of a function call."""
    name_token = cast(Token, tree.children[0])
    args = list(cast("SyntaxTree", tree.children[1]).children) if len(tree.children) > 1 else []
    function = FUNCTIONS.get(str(name_token))
    if function is None:
        raise b.fault(name_token, f"没有函数“{name_token}”", did_you_mean(str(name_token), FUNCTIONS))
    return function(b, tree, args)


# --- values ---------------------------------------------------------------------------------------------------


def _extreme(greatest: bool) -> Call:
    def build(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
        _arity(b, tree, args, 2, None, "取小(20% * 投资额, 500万元)")
        items = b.alternatives(tree, args)
        if items[0].type.kind not in ("number", "date"):
            raise b.fault(tree, f"取大取小只用于数或日期，现为{describe(items[0].type)}")
        return n.Extreme(type=common([i.type for i in items]), greatest=greatest, items=tuple(items))

    return build


def _round(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 1, 2, "四舍五入(20% * 投资额, 2)")
    body = b.number(args[0])
    digits = 0
    if len(args) == 2:
        [where] = b.parts(args[1])
        if not isinstance(where, Const) or not isinstance(where.value, Decimal) or where.value not in range(0, 7):
            raise b.fault(args[1], "保留的小数位应是 0 到 6 的整数", "金额取到分写 2")
        digits = int(where.value)
    bound = 9 * 10**17 if body.type.exact is None else body.type.exact.bound + 10**body.type.exact.scale
    scale = digits if body.type.exact is None else max(body.type.exact.scale, 0)
    return n.Round(type=replace(body.type, exact=Exact(scale, bound)), body=body, digits=digits)


def _absolute(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 1, 1, "绝对值(净利润)")
    body = b.number(args[0])
    return n.Absolute(type=body.type, body=body)


def _bands(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 2, None, "分档(研发占比; >=10%: 25, >=8%: 20, 其他: 0)")
    bands = [a for a in args[1:] if isinstance(a, Tree) and a.data in ("band", "band_otherwise")]
    if len(bands) != len(args) - 1:
        wrong = next(a for a in args[1:] if a not in bands)
        raise b.fault(wrong, "分档的每一档应写成“条件: 值”", "如 >=10%: 25")
    if any(x.data == "band_otherwise" for x in bands[:-1]):
        raise b.fault(tree, "“其他”应放在最后一档")
    values = b.alternatives(tree, [band.children[-1] for band in bands])
    cases = []
    for band, value in zip(bands, values, strict=True):
        if band.data == "band":
            operator, threshold, _ = band.children
            # Built as a comparison, so that units and choices are checked in one place.
            whole = Tree("comparison", [args[0], operator, threshold], band.meta)
            [condition] = b.parts(whole)
            cases.append((condition, value))
    otherwise = values[-1] if bands[-1].data == "band_otherwise" else None
    [subject] = b.parts(args[0])
    if not cases:
        raise b.fault(tree, "分档没有写出任何一档", "如 >=10%: 25")
    return n.Bands(type=common([v.type for v in values]), cases=tuple(cases), otherwise=otherwise, subject=subject)


def _known(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 1, 1, "已知(研发费用)")
    return n.IsKnown(type=FLAG, body=b.parts(args[0])[0])


def _pending(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 1, 1, '待补充("认定条件")')
    [text] = b.parts(args[0])
    if not isinstance(text, Const) or not isinstance(text.value, str):
        raise b.fault(args[0], "待补充的说明应是带引号的文本")
    return n.Pending(type=FLAG, text=text.value)


def _in_range(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 2, 2, "期间内(日期, 2025 至 本年)")
    [body] = b.parts(args[0])
    if body.type.kind != "date":
        raise b.fault(args[0], f"此处应为日期，现为{describe(body.type)}")
    return n.InRange(type=FLAG, body=body, range=date_range(b, args[1]))


# --- windows --------------------------------------------------------------------------------------------------


def window(b: Builder, tree: Branch, body: Node) -> Window:
    """Read 近3年, 近4季度, 近12个月 or 2024 至 本年, fitting the indicators of the body."""
    found = _window(b, tree)
    for node in body.walk():
        if isinstance(node, n.IndicatorAt) and _ORDER[node.indicator.grain] < _ORDER[found.grain]:
            raise b.fault(tree, f"“{node.indicator.name}”不按这样的期间填报", GRAIN_EXAMPLES[node.indicator.grain])
        if isinstance(node, n.OverWindow | n.Growth | n.Cagr) and _grain_of(node) not in (None, found.grain):
            raise b.fault(tree, "里外两层期间的单位不同", "请用同一种期间")
    return found


def _grain_of(node: Node) -> Grain | None:
    return node.window.grain if isinstance(node, n.OverWindow | n.Cagr) else None


def _window(b: Builder, tree: Branch) -> Window:
    text = b.text_of(tree)
    if isinstance(tree, Tree) and tree.data == "recent":
        match = _RECENT.match(str(tree.children[0]))
        assert match is not None
        if match[1] == "近" and match[3] in _GRAINS and int(match[2]) > 0:
            return Window(_GRAINS[match[3]], count=int(match[2]))
    if isinstance(tree, Tree) and tree.data == "number" and len(tree.children) == 2:
        unit, count = str(tree.children[1]), str(tree.children[0])
        if unit in _GRAINS and count.isdigit() and int(count) > 0:
            return Window(_GRAINS[unit], count=int(count))
    if isinstance(tree, Tree) and tree.data == "span":
        first, last = (_year_ref(b, c) for c in tree.children[::2])
        if first.year and last.year and first.year > last.year:
            raise b.fault(tree, "起止年份颠倒了")
        return Window("year", first=first, last=last)
    raise b.fault(tree, f"“{text}”不是期间", "如 近3年、近12个月、2024 至 上年")


def _year_ref(b: Builder, tree: Branch) -> YearRef:
    from jiqun.rules.build import YEAR_WORDS

    if isinstance(tree, Tree) and tree.data == "year_word":
        return YearRef(offset=YEAR_WORDS[str(tree.children[0])])
    if isinstance(tree, Tree) and tree.data == "number":
        digits = str(tree.children[0])
        if re.fullmatch(r"(19|20)\d\d", digits) and list(map(str, tree.children[1:])) in ([], ["年"]):
            return YearRef(year=int(digits))
    raise b.fault(tree, f"“{b.text_of(tree)}”不是年份", "如 2025、本年、上年")


def _over_window(op: Literal["avg", "sum", "max", "min", "all", "any"], flag: bool) -> Call:
    def build(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
        _arity(b, tree, args, 2, 2, f"{tree.children[0]}({'净利润 > 0元' if flag else '营业收入'}, 近3年)")
        body = b.flag(args[0]) if flag else b.number(args[0])
        span = window(b, args[1], body)
        if not any(isinstance(x, n.IndicatorAt) for x in body.walk()):
            raise b.fault(args[0], "这里没有随期间变化的指标")
        return n.OverWindow(type=_window_type(op, body.type, span), op=op, body=body, window=span)

    return build


def _window_type(op: str, type_: Type, span: Window) -> Type:
    if op == "avg":
        return replace(type_, exact=None)
    if op == "sum" and type_.exact:
        bound = type_.exact.bound * (span.count or 40)
        return replace(type_, exact=Exact(type_.exact.scale, bound) if bound <= n.INT64_BOUND else None)
    return type_


def _growth(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 1, 1, "增长率(营业收入)")
    body = b.number(args[0])
    if not any(isinstance(x, n.IndicatorAt) for x in body.walk()):
        raise b.fault(args[0], "这里没有随期间变化的指标")
    return n.Growth(type=quotient_type(body.type, body.type), body=body)


def _cagr(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 2, 2, "年均增长率(营业收入, 近3年)")
    body = b.number(args[0])
    if not any(isinstance(x, n.IndicatorAt) for x in body.walk()):
        raise b.fault(args[0], "这里没有随期间变化的指标")
    span = window(b, args[1], body)
    if span.grain != "year":
        raise b.fault(args[1], "年均增长率只按年计算", "如 近3年")
    return n.Cagr(type=Type("number", PLAIN, None, "%"), body=body, window=span)


def _latest(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 1, 1, "最新(营业收入)")
    [body] = b.parts(args[0])
    inner = body.body if isinstance(body, n.Related) else body
    if not isinstance(inner, n.IndicatorAt) or inner.period or inner.offset:
        raise b.fault(args[0], "最新(…) 里只能放一个指标", "如 最新(营业收入)")
    latest = n.Latest(type=inner.type, indicator=inner.indicator, source=inner.source)
    return replace(body, body=latest) if isinstance(body, n.Related) else latest


# --- titles ---------------------------------------------------------------------------------------------------


def _title(b: Builder, tree: Branch) -> str:
    if isinstance(tree, Tree) and tree.data in ("string", "name"):
        text = str(tree.children[0])
        name = text[1:-1] if tree.data == "string" else text
        title = b.vocabulary.title(name)
        if title is None:
            known = [t.name for t in b.vocabulary.titles.values()]
            raise b.fault(tree, f"没有称号“{name}”", did_you_mean(name, known))
        if b.context.kind not in title.subjects:
            owners = "、".join(SUBJECT_NAMES[s] for s in sorted(title.subjects))
            raise b.fault(tree, f"“{title.name}”是授予{owners}的称号", "请放进集合里，如 存在(企业, 持有(…))")
        return title.name
    raise b.fault(tree, "此处应为称号", '如 持有("高新技术企业")')


def date_range(b: Builder, tree: Branch) -> DateRange:
    """Read 本年, 2025 至 本年, 施行期, 近3年, 未来6个月 or two dates joined by 至."""
    if isinstance(tree, Tree):
        if tree.data == "span":
            start, end = (_bound(b, c) for c in tree.children[::2])
            _check_order(b, tree, start, end)
            return DateRange(start, end)
        if tree.data == "recent":
            return _recent_days(b, tree)
        if tree.data == "name" and str(tree.children[0]) == "施行期":
            b.need_effective(tree)
            return DateRange(DateBound("effective"), DateBound("effective"))
        if tree.data in ("year_word", "number", "date"):
            bound = _bound(b, tree)
            return DateRange(bound, bound)
    raise b.fault(
        tree, f"“{b.text_of(tree)}”不是期间", "如 本年、2025 至 本年、施行期、近3年、2025-07-22 至 2027-12-31"
    )


def _check_order(b: Builder, tree: Branch, start: DateBound, end: DateBound) -> None:
    if start.kind == end.kind == "date" and start.day and end.day and start.day > end.day:
        raise b.fault(tree, "起止日期颠倒了")
    if start.kind == end.kind and start.kind in ("year", "as-of-year") and start.number > end.number:
        raise b.fault(tree, "起止年份颠倒了")


def _bound(b: Builder, tree: Branch) -> DateBound:
    if isinstance(tree, Tree) and tree.data == "date":
        return DateBound("date", day=b.read_date(tree.children[0]))
    if isinstance(tree, Tree) and tree.data == "name":
        name = str(tree.children[0])
        if name == "截至":
            return DateBound("as-of")
        if name in ("施行日", "终止日"):
            b.need_effective(tree)
            return DateBound("effective", number=int(name == "终止日"))
    ref = _year_ref(b, tree)
    return DateBound("year", number=ref.year) if ref.year else DateBound("as-of-year", number=ref.offset)


def _recent_days(b: Builder, tree: SyntaxTree) -> DateRange:
    match = _RECENT.match(str(tree.children[0]))
    assert match is not None
    count, unit = int(match[2]), match[3]
    months = {"年": 12, "季度": 3, "季": 3, "个月": 1, "月": 1}.get(unit)
    sign = -1 if match[1] == "近" else 1
    edge = DateBound("months", number=sign * count * months) if months else DateBound("days", number=sign * count)
    here = DateBound("as-of")
    return DateRange(edge, here, open_start=True) if sign < 0 else DateRange(here, edge)


def _holds(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 1, 1, '持有("高新技术企业")')
    return n.Holds(type=FLAG, title=_title(b, args[0]))


def _awarded(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 2, 2, '认定("领跑者企业", 2025 至 本年)')
    return n.Awarded(type=FLAG, title=_title(b, args[0]), range=date_range(b, args[1]))


def _first_review(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 2, 2, '首次复核通过("领跑者企业", 本年)')
    return n.FirstReviewPassed(type=FLAG, title=_title(b, args[0]), range=date_range(b, args[1]))


def _review_due(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 1, 2, '复核到期("领跑者企业", 未来6个月)')
    title = _title(b, args[0]) if len(args) == 2 else None
    return n.ReviewDue(type=FLAG, title=title, range=date_range(b, args[-1]))


def _held_years(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 1, 1, '持有年限("高新技术企业")')
    return n.HeldMonths(type=Type("number", MONTHS, Exact(0, 12_000), "年"), title=_title(b, args[0]))


def _award_date(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    _arity(b, tree, args, 1, 1, '认定日期("高新技术企业")')
    return n.AwardDate(type=DATE, title=_title(b, args[0]))


# --- sets -----------------------------------------------------------------------------------------------------


def _set_path(b: Builder, tree: Branch) -> tuple[SetRef, list[Token], Token] | None:
    """The set that a first argument names, with the path of names after it; None where it names none."""
    path: list[Token] = []
    while isinstance(tree, Tree) and tree.data == "dotted":
        path.insert(0, cast(Token, tree.children[1]))
        tree = tree.children[0]
    if not (isinstance(tree, Tree) and tree.data == "name"):
        return None
    token = cast(Token, tree.children[0])
    if token in b.names:
        return None
    if token in SETS:
        return SETS[token], path, token
    register = b.vocabulary.registers.get(token)
    return (SetRef("entry", register), path, token) if register else None


def _check_scope(b: Builder, ref: SetRef, at: Branch) -> None:
    kind = b.context.kind
    allowed = {
        "programme": {"party", "cluster", "place", "entry"},
        "place": {"party", "cluster", "entry"},
        "cluster": {"party", "entry"},
        "party": {"entry"},
        "entry": set[str](),
        "task": set[str](),
        "pair": set[str](),
    }[kind]
    inside = ref.register is None or kind == "programme" or (kind, ref.register.subject) in (
        ("party", "party"), ("cluster", "cluster"), ("cluster", "party"), ("place", "place"), ("place", "party"),
        ("place", "cluster"),
    )  # fmt: skip
    if ref.kind not in allowed or not inside:
        here = {"entry": "台账条目", "task": "任务", "pair": "供需"}.get(kind) or SUBJECT_NAMES.get(kind, "全市")
        raise b.fault(at, f"{here}没有下属的“{b.text_of(at)}”", "可写成 存在(所属集群.…)，或把条件写在上一级的规则里")


def _item_context(ref: SetRef) -> Context:
    from jiqun.rules.build import Context

    return Context(ref.kind, ref.register)


def _set_value(b: Builder, ref: SetRef, path: list[Token]) -> Node | None:
    if not path:
        return None
    tree: Branch = Tree("name", [path[0]], _meta(path[0]))
    for token in path[1:]:
        tree = Tree("dotted", [tree, token], _meta(path[0], token))
    with b.within(_item_context(ref)):
        return b.parts(tree)[0]


def _meta(first: Token, last: Token | None = None) -> Any:
    from lark.tree import Meta

    meta: Any = Meta()  # type: ignore[no-untyped-call]
    meta.start_pos, meta.end_pos, meta.empty = first.start_pos or 0, (last or first).end_pos or 0, False
    return meta


def _conditions(b: Builder, ref: SetRef, trees: list[Branch]) -> list[Node]:
    with b.within(_item_context(ref)):
        return b.flags(*trees)


def both(nodes: list[Node]) -> Node | None:
    """All of these conditions as one; None for none."""
    if not nodes:
        return None
    if len(nodes) == 1:
        return nodes[0]
    return n.And(type=FLAG, items=tuple(nodes), source=" 且 ".join(x.source for x in nodes))


def _grouped_source(b: Builder, tree: Branch) -> tuple[SetRef, Node] | None:
    """分组(度量, 集群) as a set with a value."""
    if not (isinstance(tree, Tree) and tree.data == "call" and str(tree.children[0]) == "分组"):
        return None
    [node] = b.parts(tree)
    assert isinstance(node, n.Grouped)
    return SETS["集群" if node.by == "cluster" else "县"], node.body


def _aggregate(op: n.SetOp, needs_value: bool) -> Call:
    def build(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
        name = str(tree.children[0])
        example = f"{name}(企业.营业收入, 规上)" if needs_value else f'{name}(企业, 持有("高新技术企业"))'
        _arity(b, tree, args, 1, None, example)
        grouped = _grouped_source(b, args[0]) if needs_value else None
        if grouped:
            return _over(b, tree, op, grouped[0], grouped[1], _conditions(b, grouped[0], args[1:]))
        found = _set_path(b, args[0])
        if found is None:
            return _not_a_set(b, tree, args, op)
        ref, path, token = found
        _check_scope(b, ref, token)
        value = _set_value(b, ref, path)
        conditions = _conditions(b, ref, args[1:])
        if needs_value and (value is None or value.type.kind not in ("number", "date")):
            raise b.fault(args[0], f"“{name}”要写明对哪个数", f"如 {token}.…")
        if op in ("sum", "avg") and value is not None and value.type.kind == "date":
            raise b.fault(args[0], "日期不能相加")
        if not needs_value and value is not None:
            conditions.insert(0, value if value.type.kind == "flag" else n.IsKnown(type=FLAG, body=value))
            value = None
        return _over(b, tree, op, ref, value, conditions)

    return build


def _over(b: Builder, tree: SyntaxTree, op: n.SetOp, ref: SetRef, value: Node | None, where: list[Node]) -> Node:
    if op in ("count", "exists"):
        type_ = _COUNT_TYPE if op == "count" else FLAG
    else:
        assert value is not None
        type_ = value.type
        if op == "avg":
            type_ = replace(type_, exact=None)
        elif op == "sum" and type_.exact:
            type_ = replace(type_, exact=Exact(type_.exact.scale, min(type_.exact.bound * 100, n.INT64_BOUND)))
    return n.OverSet(type=type_, op=op, source_set=ref, scope=b.context.kind, value=value, where=both(where))


def _not_a_set(b: Builder, tree: SyntaxTree, args: list[Branch], op: n.SetOp) -> Node:
    first = args[0]
    if op == "exists" and isinstance(first, Tree) and first.data == "name" and len(args) == 1:
        from jiqun.rules.build import RELATIONS

        name = str(first.children[0])
        if name in RELATIONS:
            kind, _ = b._relation(first)
            return n.HasRelated(type=FLAG, relation=kind)
    if op == "exists" and isinstance(first, Tree) and first.data == "dotted":
        left = first.children[0]
        if isinstance(left, Tree) and left.data == "name" and str(left.children[0]).startswith("所属"):
            return _related_aggregate(b, tree, args)
    if op in ("sum", "avg", "max", "min") and len(args) == 2:
        return _over_window(op, False)(b, tree, args)
    if isinstance(first, Tree) and first.data == "name":
        known = [*SETS, *b.vocabulary.registers]
        raise b.fault(first, f"没有集合或台账“{first.children[0]}”", did_you_mean(str(first.children[0]), known))
    raise b.fault(first, "此处应为集合或台账", f"集合有 {'、'.join(SETS)}")


def _related_aggregate(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    """存在(所属集群.检验检测, …): the same aggregate about the related subject."""
    from jiqun.rules.build import Context

    first = cast(SyntaxTree, args[0])
    kind, target = b._relation(first.children[0])
    token = cast(Token, first.children[1])
    inner = Tree("call", [tree.children[0], Tree("args", [Tree("name", [token], _meta(token)), *args[1:]])], tree.meta)
    with b.within(Context(target)):
        [body] = b.parts(inner)
    return n.Related(type=body.type, relation=kind, target=target, body=body)


def _share(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    name = str(tree.children[0])
    _arity(b, tree, args, 2, None, f"{name}(集群, 省级重点, 存在(科技特派团))")
    found = _set_path(b, args[0])
    if found is None:
        return _not_a_set(b, tree, args, "share")
    ref, path, token = found
    _check_scope(b, ref, token)
    value = _set_value(b, ref, path)
    if value is not None and value.type.kind != "number":
        raise b.fault(args[0], f"占比的对象应为数，现为{describe(value.type)}")
    *base, among = _conditions(b, ref, args[1:])
    return n.OverSet(
        type=Type("number", PLAIN, None, "%"), op="share", source_set=ref, scope=b.context.kind,
        value=value, where=both(base), among=among,
    )  # fmt: skip


def _entry_date(op: Literal["min", "max"]) -> Call:
    def build(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
        _arity(b, tree, args, 1, None, f'{tree.children[0]}(设备更新, 类别 = "生产")')
        found = _set_path(b, args[0])
        if found is None or found[0].register is None or found[1]:
            raise b.fault(args[0], "此处应为台账", f"如 {tree.children[0]}(设备更新)")
        ref, _, token = found
        _check_scope(b, ref, token)
        assert ref.register is not None
        value = n.EntryDate(type=DATE, register=ref.register.name, source="日期")
        return _over(b, tree, op, ref, value, _conditions(b, ref, args[1:]))

    return build


def _grouped(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    from jiqun.rules.build import Context

    _arity(b, tree, args, 2, 2, "分组(合计(企业.营业收入), 集群)")
    by = {"集群": "cluster", "县": "place"}.get(b.text_of(args[1]))
    if by is None:
        raise b.fault(args[1], f"不能按“{b.text_of(args[1])}”分组", "可按 集群 或 县 分组")
    with b.within(Context(by)):
        body = b.number(args[0])
    return n.Grouped(type=body.type, body=body, by=cast(Literal["cluster", "place"], by))


def _full_years(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    """满年数(日期): as 截至 - 日期 in full years is what laws mean by 满N年."""
    _arity(b, tree, args, 1, 1, "满年数(成立日期) >= 3年")
    [body] = b.parts(args[0])
    if body.type.kind != "date":
        raise b.fault(args[0], f"此处应为日期，现为{describe(body.type)}")
    return n.FullYears(type=Type("number", MONTHS, Exact(0, 12_000), "年"), body=body)


FUNCTIONS: dict[str, Call] = {
    "取小": _extreme(False), "取大": _extreme(True), "四舍五入": _round, "绝对值": _absolute, "分档": _bands,
    "已知": _known, "待补充": _pending, "期间内": _in_range, "满年数": _full_years,
    "连续": _over_window("all", True), "曾经": _over_window("any", True),
    "增长率": _growth, "年均增长率": _cagr, "最新": _latest,
    "持有": _holds, "认定": _awarded, "首次复核通过": _first_review, "复核到期": _review_due,
    "持有年限": _held_years, "认定日期": _award_date,
    "计数": _aggregate("count", False), "存在": _aggregate("exists", False), "合计": _aggregate("sum", True),
    "平均": _aggregate("avg", True), "最大": _aggregate("max", True), "最小": _aggregate("min", True),
    "占比": _share, "覆盖率": _share, "最早": _entry_date("min"), "最晚": _entry_date("max"), "分组": _grouped,
    **PAIR_FUNCTIONS,
}  # fmt: skip

__all__ = ["FUNCTIONS", "GRAIN_EXAMPLES", "SETS", "Period", "build_call", "constant", "date_range", "window"]
