"""Rules about a pair of a need and an offer: names with the prefix 需. or 供., and the functions that join both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lark import Tree

from jiqun.base.errors import did_you_mean
from jiqun.rules import nodes as n
from jiqun.rules.arguments import arity
from jiqun.rules.nodes import FLAG, Const, Exact, Node, SideField, Type
from jiqun.rules.syntax import SyntaxTree
from jiqun.rules.typing import KIND_NAMES, describe, fact_type
from jiqun.rules.units import DAYS, PLAIN
from jiqun.rules.vocabulary import SIDES

if TYPE_CHECKING:
    from jiqun.rules.build import Branch, Builder, Fault

INSTEAD = {"set": "请用 包含(…) 或 有交集(…)", "point": "请用 距离(…)"}
"""What to write where a set or a point was compared."""
_LENGTH = (("米", 1),)
Call = Callable[["Builder", SyntaxTree, list["Branch"]], Node]


def side_field(b: Builder, left: Branch, name: Branch) -> Node:
    """The node of 需.… or 供.…."""
    side = str(left.children[0]) if isinstance(left, Tree) and left.data == "name" else ""
    if side not in SIDES:
        raise b.fault(left, "“.”前面应是 需 或 供", "如 需.数量、供.单价")
    fields = b.vocabulary.sides.get(side, {})
    field = fields.get(str(name))
    if field is None:
        mend = did_you_mean(str(name), fields) or f"{side}方字段有 {'、'.join(fields)}"
        raise b.fault(name, f"{side}方没有字段“{name}”", mend)
    return SideField(type=fact_type(field), side=side, field_=field)


def unknown_in_pair(b: Builder, name: str, at: Branch) -> Fault:
    """The fault of a name without its prefix."""
    written = [f"{side}.{name}" for side in SIDES if name in b.vocabulary.sides.get(side, {})]
    if written:
        return b.fault(at, f"“{name}”没有写明是哪一方的", f"请写成 {' 或 '.join(written)}")
    known = [f"{side}.{field}" for side in SIDES for field in b.vocabulary.sides.get(side, {})]
    mend = did_you_mean(name, known) or "供需两方的字段写成 需.… 和 供.…"
    return b.fault(at, f"没有“{name}”这个名称", mend)


def _fields(b: Builder, tree: SyntaxTree, args: list[Branch], kind: str, example: str) -> tuple[SideField, SideField]:
    arity(b, tree, args, 2, 2, example)
    left, right = (_field(b, at, node, kind, example) for at, node in zip(args, b.parts(*args), strict=True))
    return left, right


def _field(b: Builder, at: Branch, node: Node, kind: str, example: str) -> SideField:
    if not isinstance(node, SideField) or node.type.kind != kind:
        found = f"，现为{describe(node.type)}" if node.type.kind != kind else ""
        raise b.fault(at, f"此处应为需方或供方的{KIND_NAMES[kind]}字段{found}", f"如 {example}")
    return node


def _distance(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    left, right = _fields(b, tree, args, "point", "距离(需.所在地, 供.所在地) <= 50公里")
    return n.Distance(type=Type("number", _LENGTH, None, "公里"), left=left, right=right)


def _closeness(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    left, right = _fields(b, tree, args, "text", "相近(需.说明, 供.说明)")
    return n.Closeness(type=Type("number", PLAIN, None, "%"), left=left, right=right)


def _shares_any(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    left, right = _fields(b, tree, args, "set", "有交集(需.行业, 供.行业)")
    return n.SharesAny(type=FLAG, left=left, right=right)


def _includes(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    example = "包含(供.材料, 需.材料)"
    arity(b, tree, args, 2, 2, example)
    first, wanted = b.parts(*args)
    held = _field(b, args[0], first, "set", example)
    if wanted.type.kind not in ("text", "set") or not isinstance(wanted, SideField | Const):
        raise b.fault(args[1], f"此处应为文本或集合，现为{describe(wanted.type)}", f"如 {example}")
    return n.Includes(type=FLAG, held=held, wanted=b.choices(args[1], wanted, held))


def _overlap(b: Builder, tree: SyntaxTree, args: list[Branch]) -> Node:
    arity(b, tree, args, 4, 4, "重叠天数(需.最早开始, 需.最晚结束, 供.可用自, 供.可用至) >= 需.所需天数")
    dates = b.parts(*args)
    for at, node in zip(args, dates, strict=True):
        if node.type.kind != "date":
            raise b.fault(at, f"此处应为日期，现为{describe(node.type)}", "四个日期依次是一方的起、止和另一方的起、止")
    start, end, other_start, other_end = dates
    days = Type("number", DAYS, Exact(0, 10**7), "天")
    return n.Overlap(type=days, start=start, end=end, other_start=other_start, other_end=other_end)


PAIR_FUNCTIONS: dict[str, Call] = {
    "距离": _distance, "相近": _closeness, "包含": _includes, "有交集": _shares_any, "重叠天数": _overlap,
}  # fmt: skip

__all__ = ["INSTEAD", "PAIR_FUNCTIONS", "side_field", "unknown_in_pair"]
