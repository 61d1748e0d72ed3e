"""What a missing fact is called: one wording for every engine."""

from __future__ import annotations

from jiqun.rules import nodes as n
from jiqun.rules.nodes import Node
from jiqun.rules.timing import When


def fact(node: Node, when: When) -> str:
    """The name of the fact that a leaf needs."""
    match node:
        case n.Pending(text=text):
            return f"待补充：{text}"
        case n.Attr(attribute=attribute):
            return attribute.name
        case n.IndicatorAt(indicator=indicator):
            return f"{indicator.name}[{when.period_of(node)}]"
        case n.Latest(indicator=indicator):
            return f"{indicator.name}（各期均无数）"
        case n.FieldRef(field_=field, register=register):
            return f"{register}.{field.name}"
        case n.SideField():
            return node.column
        case n.EntryDate(register=register) | n.EntryYear(register=register):
            return f"{register}.日期"
        case n.AwardDate(title=title):
            return f"{title}（未获认定，没有认定日期）"
        case n.Related(relation=relation):
            return {"cluster": "不属于任何集群", "county": "没有所属县", "owner": "没有所属主体"}[relation]
        case _:
            return node.source


def reason(node: Node) -> str:
    """Why an operation has no value although its operands are there."""
    match node:
        case n.Arith(op="/", right=right):
            return f"{right.source} 为零，不能作除数"
        case n.Growth(body=body):
            return f"{body.source} 的基期不为正，不能算增长率"
        case n.Cagr(body=body):
            return f"{body.source} 的基期不为正，不能算年均增长率"
        case n.Round():
            return f"{node.source} 超出可表示的范围"
        case n.OverSet(op="share"):
            return f"{node.source} 的分母为零"
        case n.OverSet():
            return f"{node.source} 没有记录"
        case n.Bands(subject=subject):
            return f"{subject.source} 不在任何一档"
        case _:
            return node.source


def too_short(node: n.OverWindow | n.Cagr) -> str:
    """Why a window has nothing to go over: its first year is still to come."""
    return f"{node.source} 的期间太短"


def undetermined(node: n.OverSet) -> str:
    """What a set lacks when some items cannot be decided."""
    if isinstance(node.value, n.FieldRef):
        return f"{node.value.register}.{node.value.field_.name}"
    return f"{node.source} 有未确定项"
