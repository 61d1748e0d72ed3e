"""Hypothesis strategies for the texts of well-typed rules about a context.

A context is `party`, `cluster`, `place`, `programme` or `entry:<register>`. Dimensions are named by a unit.
"""

from __future__ import annotations

import functools

from hypothesis import strategies as st

from jiqun.rules.vocabulary import ATTRIBUTES, Field, Indicator
from tests.rules_vocabulary import VOCABULARY

Texts = st.SearchStrategy[str]
CONSTANTS: dict[str, list[str]] = {
    "元": ["0元", "1元", "33.33元", "100元", "1000万元", "1.2亿元", "-5000.01元"],
    "%": ["0%", "3%", "50%", "1.5", "2", "-1", "1/3", "3‰"],
    "个": ["0家", "1个", "2台"],
    "人": ["0人", "10人", "300人"],
    "平方米": ["1平方米", "10亩", "1公顷", "5平方公里"],
    "月": ["1年", "3年", "18个月"],
    "天": ["0天", "365天", "-30天"],
    "年份": ["2025年", "2024年"],
    "千瓦时": ["0千瓦时", "10千瓦时"],
    "米": ["20毫米", "0.5米", "12.5公里"],
}  # fmt: skip
BARE = {"个": ["3", "2.5"], "人": ["300"], "%": ["0.03"]}
DIM_OF = {"元": "元", "万元": "元", "亿元": "元", "%": "%", "人": "人", "万人": "人", "亩": "平方米", "平方公里": "平方米",
          "台": "个", "千瓦时": "千瓦时", "毫米": "米"}  # fmt: skip
INDEX = {
    "year": ["", "", "[-1]", "[2024]", "[本年]", "[上年]", "[-5]"],
    "quarter": ["", "[-1]", "[2025Q4]"],
    "month": ["", "[-1]", "[2026-05]"],
}  # fmt: skip
WINDOWS = {
    "year": ["近1年", "近2年", "近3年", "2年", "2024 至 上年", "2023 至 本年"],
    "quarter": ["近2季度", "近1年"],
    "month": ["近2个月", "近3个月", "近1年"],
}  # fmt: skip
RANGES = ["本年", "上年", "2025 至 本年", "2023 至 2024", "施行期", "近3年", "近6个月", "近400天", "未来6个月", "未来2年",
          "2025-07-22 至 2027-12-31", "施行日 至 截至", "2024-02-29"]  # fmt: skip
SETS = {
    "programme": ["企业", "全部主体", "集群", "县", "设备更新", "共享智造", "开发区"],
    "place": ["企业", "全部主体", "集群", "设备更新", "共享智造", "开发区"],
    "cluster": ["企业", "全部主体", "设备更新", "共享智造"],
    "party": ["设备更新"],
}  # fmt: skip
MEMBERS = {"企业": "party", "全部主体": "party", "集群": "cluster", "县": "place"}
COMPARE = st.sampled_from([">=", "<=", ">", "<", "=", "!=", "不低于", "低于", "≠"])


def base_kind(context: str) -> str:
    """The kind of subject that a context is about, or the owner's for an entry."""
    return VOCABULARY.registers[context[6:]].subject if context.startswith("entry:") else context


def item_context(set_name: str) -> str:
    """The context of a set's items."""
    return MEMBERS.get(set_name) or f"entry:{set_name}"


def relations(context: str) -> list[tuple[str, str]]:
    """Words for related subjects, with their kinds."""
    if context.startswith("entry:"):
        return [("主体", base_kind(context))]
    return {"party": [("所属集群", "cluster"), ("所属县", "place")], "cluster": [("所属县", "place")]}.get(context, [])


def facts(context: str, kind: str, dim: str | None = None) -> list[tuple[str, Indicator | Field]]:
    """Indicators or fields of a kind (and dimension) that the context has, with how they are written."""

    def fits(fact: Indicator | Field) -> bool:
        return fact.kind == kind and (dim is None or DIM_OF[fact.unit or ""] == dim)

    if context.startswith("entry:"):
        return [(f.name, f) for f in VOCABULARY.registers[context[6:]].fields if fits(f)]
    if context == "pair":
        return [
            (f"{side}.{f.name}", f) for side, fields in VOCABULARY.sides.items() for f in fields.values() if fits(f)
        ]
    return [(i.name, i) for i in VOCABULARY.indicators.values() if context in i.subjects and fits(i)]


def indexed(name: str, fact: Indicator | Field) -> Texts:
    """A fact, as an indicator of some period."""
    return st.sampled_from([name + x for x in INDEX[fact.grain]]) if isinstance(fact, Indicator) else st.just(name)


def leaves(context: str, kind: str, dim: str | None = None) -> list[Texts]:
    """What a context knows of a kind without any operation."""
    found: list[Texts] = []
    for name, fact in facts(context, kind, dim):
        found += [indexed(name, fact)] * 2
        if isinstance(fact, Indicator):
            found.append(st.just(f"最新({name})"))
    for word, target in relations(context):
        found += [indexed(f"{word}.{name}", fact) for name, fact in facts(target, kind, dim)]
    for word, target in [("", context), *((f"{w}.", t) for w, t in relations(context))]:
        found += [st.just(word + a.name) for a in ATTRIBUTES.get(target, ()) if a.kind == kind]
    return found


@functools.cache
def number(context: str, dim: str, depth: int) -> Texts:
    """A number of a dimension."""
    found = [*leaves(context, "number", dim), st.sampled_from(CONSTANTS[dim])]
    if dim == "年份":
        found += [st.sampled_from(["本年", "上年"])]
        if context.startswith("entry:"):
            found += [st.just("年度")] * 2
        return st.one_of(found)
    if depth > 0:
        found += [*_composites(context, dim, depth), *_composites(context, dim, depth)]
        found += _aggregates(context, dim, depth) + _series(context, dim, depth) + _special(context, dim, depth)
    return st.one_of(found)


def _composites(context: str, dim: str, depth: int) -> list[Texts]:
    x = number(context, dim, depth - 1)
    ratio, test = number(context, "%", 0), flag(context, depth - 1)
    thresholds = st.sampled_from(CONSTANTS["%"])
    return [
        st.builds("({} {} {})".format, x, st.sampled_from("+-"), x),
        st.builds("({} * {})".format, st.sampled_from(["20%", "3", "0.5", "-1"]), x),
        st.builds("({} / {})".format, x, ratio.filter(lambda t: t not in ("0%",))),
        st.builds("-({})".format, x),
        st.builds("绝对值({})".format, x),
        st.builds("四舍五入({}, {})".format, x, st.integers(0, 3)),
        st.builds("{}({}, {})".format, st.sampled_from(["取小", "取大"]), x, x),
        st.builds("(若 {} 则 {} 否则 {})".format, test, x, x),
        st.builds("分档({}; >= {}: {}, < {}: {}{})".format, ratio, thresholds, x, thresholds, x,
                  st.one_of(st.just(""), st.builds(", 其他: {}".format, x))),
    ]  # fmt: skip


def _aggregates(context: str, dim: str, depth: int) -> list[Texts]:
    found: list[Texts] = []
    for name in SETS.get(context, []):
        item = item_context(name)
        condition = _conditions(item, depth)
        if dim == "个":
            found.append(st.builds("计数({}{})".format, st.just(name), condition))
            for target, _ in facts(item, "number"):
                found.append(st.builds("计数({}.{}{})".format, st.just(name), st.just(target), condition))
        for fact, _ in facts(item, "number", dim):
            op = st.sampled_from(["合计", "平均", "最大", "最小"])
            found.append(st.builds("{}({}.{}{})".format, op, st.just(name), st.just(fact), condition))
        if dim == "%":
            among = st.builds("{}, {}".format, flag(item, depth - 1), flag(item, max(0, depth - 2)))
            found.append(st.builds("{}({}, {})".format, st.sampled_from(["占比", "覆盖率"]), st.just(name), among))
            found += [
                st.builds("占比({}.{}, {})".format, st.just(name), st.just(fact), among)
                for fact, _ in facts(item, "number", "元")
            ]
    if context == "programme":
        for word, kind in (("集群", "cluster"), ("县", "place")):
            grouped = st.builds(
                "分组({}, {})".format, number(kind, dim, 0 if dim != "元" else depth - 1), st.just(word)
            )
            found.append(st.builds("{}({})".format, st.sampled_from(["合计", "最大", "平均"]), grouped))
    return found


def _conditions(context: str, depth: int) -> Texts:
    return st.one_of(st.just(""), st.builds(", {}".format, flag(context, depth - 1)))


def _body(context: str, dim: str) -> list[tuple[Texts, str]]:
    """Expressions that change with the period, with their grain."""
    found: list[tuple[Texts, str]] = []
    words = [("", context), *((f"{w}.", t) for w, t in relations(context))]
    for word, kind in words:
        for name, fact in facts(kind, "number", dim):
            if isinstance(fact, Indicator):
                one = st.sampled_from([word + name, word + name, f"{word}{name}[-1]"])
                found.append((one, fact.grain))
                if not word:
                    found.append((st.builds("({} {} {})".format, one, st.sampled_from("+-"), one), fact.grain))
    if context in ("cluster", "programme") and dim == "元":
        found.append((st.sampled_from(["合计(企业.营业收入)", "合计(企业.营业收入, 规上)"]), "year"))
    return found


def _series(context: str, dim: str, depth: int) -> list[Texts]:
    found: list[Texts] = []
    for body, grain in _body(context, dim):
        op = st.sampled_from(["平均", "合计", "最大", "最小"])
        found.append(st.builds("{}({}, {})".format, op, body, st.sampled_from(WINDOWS[grain])))
    if dim == "%":
        for body, grain in _body(context, "元"):
            found.append(st.builds("增长率({})".format, body))
            years = st.sampled_from(WINDOWS["year"])
            if grain == "year":
                found.append(st.builds("年均增长率({}, {})".format, body, years))
            found.append(st.builds("平均(增长率({}), {})".format, body, st.sampled_from(WINDOWS[grain])))
    return found


def _special(context: str, dim: str, depth: int) -> list[Texts]:
    if context == "pair" and dim in ("天", "米", "%"):
        joint = {
            "天": "重叠天数(需.最早开始, 需.最晚结束, 供.可用自, 供.可用至)",
            "米": "距离(需.所在地, 供.所在地)",
            "%": "相近(需.说明, 供.说明)",
        }
        return [st.just(joint[dim])] * 4
    if dim == "%":
        money = number(context, "元", depth - 1)
        count = number(context, "个", depth - 1)
        never_zero = "({} / 取大({}, 1个))".format
        return [st.builds("({} / ({} + 0.01元))".format, money, money), st.builds(never_zero, count, count)]
    if dim == "天":
        return [st.builds("({} - {})".format, day(context, depth - 1), day(context, depth - 1))]
    if dim == "月":
        years = [st.builds("满年数({})".format, day(context, depth - 1))]
        return years + [st.builds("持有年限({})".format, titles(context))] * bool(_title_names(context))
    return []


@functools.cache
def day(context: str, depth: int) -> Texts:
    """A date."""
    found = [*leaves(context, "date"), st.sampled_from(["截至", "施行日", "终止日", "2024-02-29", "2025年8月31日"])]
    if context.startswith("entry:"):
        found += [st.just("日期")] * 2
    if _title_names(context):
        found.append(st.builds("认定日期({})".format, titles(context)))
    if depth > 0:
        step = st.sampled_from(["1年", "3年", "18个月", "1个月", "365天"])
        found.append(st.builds("({} {} {})".format, day(context, depth - 1), st.sampled_from("+-"), step))
        found.append(
            st.builds("{}({}, {})".format, st.sampled_from(["取小", "取大"]), day(context, 0), day(context, 0))
        )
        for name in SETS.get(context, []):
            if name not in MEMBERS:
                which = st.sampled_from(["最早", "最晚"])
                found.append(st.builds("{}({}{})".format, which, st.just(name), _conditions(item_context(name), depth)))
            if name == "企业":
                found.append(st.builds("最大(企业.成立日期{})".format, _conditions("party", depth)))
    return st.one_of(found)


def _title_names(context: str) -> list[str]:
    return [t.name for t in VOCABULARY.titles.values() if context in t.subjects]


def titles(context: str) -> Texts:
    """A title that subjects of the context may hold."""
    return st.sampled_from([f"「{t}」" for t in _title_names(context)])


def _about_titles(context: str) -> list[Texts]:
    if not _title_names(context):
        return []
    name, span = titles(context), st.sampled_from(RANGES)
    return [
        st.builds("持有({})".format, name),
        st.builds("认定({}, {})".format, name, span),
        st.builds("首次复核通过({}, {})".format, name, span),
        st.builds("复核到期({}, {})".format, name, span),
        st.builds("复核到期({})".format, span),
    ]


def _about_texts(context: str) -> list[Texts]:
    found: list[Texts] = []
    for word, kind in [("", context), *((f"{w}.", t) for w, t in relations(context))]:
        named = [
            (a.name, list(a.choices) or ["集群1", "企业1", "1711", "装备"])
            for a in ATTRIBUTES.get(kind, ())
            if a.kind == "text"
        ]
        named += [(name, list(fact.choices) or ["检"]) for name, fact in facts(kind, "text")]
        for name, choices in named:
            one = st.sampled_from(choices)
            found.append(st.builds('{} {} "{}"'.format, st.just(word + name), st.sampled_from(["=", "!="]), one))
            two = st.sampled_from(["属于", "不属于"])
            found.append(st.builds('{} {} {{"{}", "{}"}}'.format, st.just(word + name), two, one, one))
    if context == "party":
        found.append(st.just("名称 = 所属集群.名称"))
    return found


@functools.cache
def flag(context: str, depth: int) -> Texts:
    """A condition."""
    dims = ["元", "%", "个", "人", "平方米", "月", "天", "千瓦时", *["米"] * (context == "pair")]
    low = max(0, depth - 1)
    compare = [
        st.builds("{} {} {}".format, number(context, d, 0 if d == "年份" else low), COMPARE,
                  st.one_of(number(context, d, 0), st.sampled_from(BARE.get(d) or CONSTANTS[d])))
        for d in [*dims, "年份"]
    ]  # fmt: skip
    compare.append(st.builds("{} {} {}".format, day(context, low), COMPARE, day(context, 0)))
    compare.append(st.builds("{} 属于 {{10%, 50%, 3%}}".format, number(context, "%", 0)))
    compare.append(st.builds("期间内({}, {})".format, day(context, low), st.sampled_from(RANGES)))
    simple = [
        *leaves(context, "flag"), *_about_titles(context), *_about_texts(context),
        st.sampled_from(["是", "否", "待补充(「认定条件」)"]),
        *(st.just(f"存在({word})") for word, _ in relations(context) if word != "主体"),
        st.builds("已知({})".format, number(context, "元", 0)),
        *_about_sets(context),
    ]  # fmt: skip
    found = [st.one_of(compare), st.one_of(simple), st.one_of(compare)]
    if depth > 0:
        x = flag(context, depth - 1)
        joined = [
            st.builds("({} 且 {})".format, x, x), st.builds("({} 或 {})".format, x, x),
            st.builds("({} 且 {} 且 {})".format, x, x, x), st.builds("非({})".format, x),
            st.builds("(若 {} 则 {} 否则 {})".format, x, x, x), st.builds("已知({})".format, x),
            *_set_flags(context, depth),
        ]  # fmt: skip
        for body, grain in _body(context, "元"):
            test = st.builds("{} > {}".format, body, st.sampled_from(CONSTANTS["元"]))
            joined.append(
                st.builds("{}({}, {})".format, st.sampled_from(["连续", "曾经"]), test, st.sampled_from(WINDOWS[grain]))
            )
        found += [st.one_of(joined)] * 2
    return st.one_of(found)


def _about_sets(context: str) -> list[Texts]:
    if context != "pair":
        return []
    written = ["包含(供.材料, 需.材料)", "包含(供.材料, 需.材料单)", "有交集(需.材料单, 供.材料)", '包含(供.材料, "碳钢")',
               "已知(需.所在地)", "已知(供.材料)"]  # fmt: skip
    return [st.sampled_from(written)] * 3


def _set_flags(context: str, depth: int) -> list[Texts]:
    found: list[Texts] = []
    for name in SETS.get(context, []):
        condition = _conditions(item_context(name), depth)
        found.append(st.builds("存在({}{})".format, st.just(name), condition))
        limit = st.sampled_from(["1家", "2", "3个", "0"])
        found.append(st.builds("计数({}{}) {} {}".format, st.just(name), condition, COMPARE, limit))
    if context == "party":
        found.append(st.builds("存在(所属集群.共享智造{})".format, _conditions("entry:共享智造", depth)))
        found.append(st.builds("存在(所属集群.企业{})".format, _conditions("party", min(depth, 1))))
    return found


@functools.cache
def rule(context: str, depth: int = 3) -> Texts:
    """A rule of any type about a subject or the programme."""
    dims = ["元", "%", "个", "人", "平方米", "月", "天"]
    if context == "pair":
        x = st.one_of(*_about_sets(context), *(
            st.builds("{} {} {}".format, _special(context, d, 0)[0], COMPARE, number(context, d, 1)) for d in ("天", "米", "%")
        ))  # fmt: skip
        return st.one_of(x, st.builds("{} {} {}".format, x, st.sampled_from(["且", "或"]), flag(context, depth - 1)))
    return st.one_of(
        flag(context, depth), flag(context, depth - 1), day(context, 2),
        *(number(context, dim, depth if dim in ("元", "%") else depth - 1) for dim in dims),
    )  # fmt: skip


def grouped() -> Texts:
    """A measure for each cluster or county."""
    return st.one_of(
        st.builds("分组({}, 集群)".format, number("cluster", "元", 2)),
        st.builds("分组({}, 县)".format, number("place", "元", 2)),
    )
