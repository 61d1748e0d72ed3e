"""Clauses of known shapes: conditions as atoms over columns of one side each, score terms as one joint operation.

A condition is taken apart into atoms that must all hold. An atom is a comparison of a figure of the need with one of
the offer, of a joint figure (common days, distance, closeness) with a figure of one side, a relation of two sets, or a
condition on one side; each may be waived by conditions on one side (`非 已知(需.公差) 或 …`). A figure of one side may be
any expression: it becomes a column. What has no such shape makes the whole kind go by the query (`query`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from jiqun.programme.exchange import KindRules
from jiqun.rules import nodes as n
from jiqun.rules.arith import TOLERANCE
from jiqun.rules.nodes import FLAG, Node

NEED, OFFER = "需", "供"
Form = Literal["float", "exact", "flag", "days", "code", "lon", "lat", "cos", "known"]
COMPARISON = {"<=": 0, ">=": 1, "<": 2, ">": 3, "=": 4, "!=": 5}
_FLIPPED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<", "=": "=", "!=": "!="}
COLUMNS, OVERLAP, DISTANCE, CLOSE, SUPERSET, SUBSET, COMMON, ON_OFFER, ON_NEED = range(9)
"""What an atom looks at."""
NOTHING, OF_NEED, OF_OFFER, JOINT_OVERLAP, JOINT_DISTANCE, JOINT_CLOSE = range(6)
"""What an operand of a term is."""


class NoShape(Exception):
    """A clause has no known shape; `clause` is its text."""

    def __init__(self, clause: str) -> None:
        super().__init__(clause)
        self.clause = clause


@dataclass(frozen=True)
class Column:
    """A figure of one side as a column of floats, NaN where it is missing."""

    node: Node
    form: Form
    scale: int = 0
    """Decimals of an exact figure, which is held as a whole number."""
    codes: str = ""
    """The offers' column whose texts number the codes."""


@dataclass(frozen=True)
class MaskPair:
    """Two sets (or a text and a set) as bits, numbered by the offers' texts."""

    need: n.SideField
    offer: n.SideField


@dataclass(frozen=True)
class Atom:
    """One part of a condition; numbers point at columns, -1 at none."""

    condition: int
    look: int
    node: Node
    op: int = 0
    need: tuple[int, ...] = ()
    offer: tuple[int, ...] = ()
    limit: tuple[int, int] = (-1, -1)
    """The column of the need or the offer that a joint figure is compared with."""
    mask: int = -1
    close: int = -1
    tolerance: float = 0.0
    waive_need: int = -1
    waive_offer: int = -1

    @property
    def is_key(self) -> bool:
        """Whether offers can be listed by the code that this atom asks for."""
        if self.waive_need >= 0 or self.waive_offer >= 0:
            return False
        if self.look == SUPERSET:
            assert isinstance(self.node, n.Includes)
            return self.node.wanted.type.kind == "text"
        return self.look == COLUMNS and self.op == COMPARISON["="] and self.code

    code: bool = False
    """Whether it compares codes of texts."""


@dataclass(frozen=True)
class Operand:
    """One side of a term's operation: a column, or a joint figure with its columns."""

    what: int
    need: tuple[int, ...] = ()
    offer: tuple[int, ...] = ()
    close: int = -1


@dataclass(frozen=True)
class TermShape:
    """value = plus + times * (left op right), or of one operand alone."""

    plus: float
    times: float
    left: Operand
    op: int = -1
    """0 +, 1 -, 2 *, 3 /."""
    right: Operand = Operand(NOTHING)

    @property
    def joint(self) -> bool:
        """Whether it depends on both sides."""
        parts = {self.left.what, self.right.what}
        return bool(parts & {JOINT_OVERLAP, JOINT_DISTANCE, JOINT_CLOSE}) or {OF_NEED, OF_OFFER} <= parts


@dataclass
class Shapes:
    """The atoms and terms of a kind and the columns they read; NoShape where a clause has none."""

    rules: KindRules
    atoms: list[Atom] = field(default_factory=list)
    terms: list[TermShape] = field(default_factory=list)
    need: list[Column] = field(default_factory=list)
    offer: list[Column] = field(default_factory=list)
    masks: list[MaskPair] = field(default_factory=list)
    close: list[tuple[n.SideField, n.SideField]] = field(default_factory=list)
    """Texts of the need and the offer whose closeness is asked."""

    def __post_init__(self) -> None:
        for i, condition in enumerate(self.rules.conditions):
            self.atoms += self._condition(i, condition.node)
        for term in self.rules.terms:
            self.terms.append(self._term(term.node))

    # -- columns ----------------------------------------------------------------------------------------------

    def _column(self, side: str, column: Column) -> int:
        columns = self.need if side == NEED else self.offer
        if column not in columns:
            columns.append(column)
        return columns.index(column)

    def _flag(self, side: str, node: Node) -> int:
        return self._column(side, Column(node, "flag"))

    # -- conditions -------------------------------------------------------------------------------------------

    def _condition(self, number: int, node: Node) -> list[Atom]:
        if isinstance(node, n.And):
            return [atom for item in node.items for atom in self._condition(number, item)]
        sides = sides_of(node)
        if len(sides) < 2:
            return [self._one_sided(number, node, sides)]
        if isinstance(node, n.Or):
            return self._waived(number, node)
        return [replace(self._joint(node), condition=number)]

    def _one_sided(self, number: int, node: Node, sides: set[str]) -> Atom:
        if sides == {OFFER}:
            return Atom(number, ON_OFFER, node, offer=(self._flag(OFFER, node),))
        return Atom(number, ON_NEED, node, need=(self._flag(NEED, node),))

    def _waived(self, number: int, node: n.Or) -> list[Atom]:
        items = list(_flat(node))
        own = {side: [x for x in items if sides_of(x) <= {side}] for side in (NEED, OFFER)}
        rest = [x for x in items if len(sides_of(x)) > 1]
        if len(rest) > 1:
            raise NoShape(node.source)
        need = self._flag(NEED, _either(own[NEED])) if own[NEED] else -1
        if not rest:
            on_offer = _either([x for x in own[OFFER] if x not in own[NEED]])
            return [Atom(number, ON_OFFER, node, offer=(self._flag(OFFER, on_offer),), waive_need=need)]
        offer = self._flag(OFFER, _either(own[OFFER])) if own[OFFER] else -1
        inner = self._condition(number, rest[0])
        if any(a.waive_need >= 0 or a.waive_offer >= 0 for a in inner):
            raise NoShape(node.source)
        return [replace(atom, waive_need=need, waive_offer=offer) for atom in inner]

    def _joint(self, node: Node) -> Atom:
        match node:
            case n.Includes(held=held, wanted=n.SideField() as wanted):
                if held.side == OFFER:
                    return self._sets(node, SUPERSET, wanted, held)
                return self._sets(node, SUBSET, held, wanted)
            case n.SharesAny(left=a, right=b):
                return self._sets(node, COMMON, *((a, b) if a.side == NEED else (b, a)))
            case n.Compare():
                return self._comparison(node)
        raise NoShape(node.source)

    def _sets(self, node: Node, look: int, need: n.SideField, offer: n.SideField) -> Atom:
        pair = MaskPair(need, offer)
        if pair not in self.masks:
            self.masks.append(pair)
        known = self._column(NEED, Column(need, "known")), self._column(OFFER, Column(offer, "known"))
        return Atom(0, look, node, need=(known[0],), offer=(known[1],), mask=self.masks.index(pair))

    def _comparison(self, node: n.Compare) -> Atom:
        left, right, op = node.left, node.right, str(node.op)
        if len(sides_of(right)) > 1 or sides_of(left) == {OFFER}:
            left, right, op = right, left, _FLIPPED[op]
        if len(sides_of(left)) > 1:
            return self._joint_figure(node, left, right, op)
        if not sides_of(left) <= {NEED} or not sides_of(right) <= {OFFER}:
            raise NoShape(node.source)
        exacts = [x.type.exact for x in (left, right)]
        if left.type.kind == "text":
            if not isinstance(left, n.SideField) or not isinstance(right, n.SideField):
                raise NoShape(node.source)
            column = right.column
            need = self._column(NEED, Column(left, "code", codes=column))
            offer = self._column(OFFER, Column(right, "code", codes=column))
            return Atom(0, COLUMNS, node, COMPARISON[op], (need,), (offer,), code=True)
        if left.type.kind != "number":
            form: Form = "flag" if left.type.kind == "flag" else "days"
            made, tolerance = (Column(left, form), Column(right, form)), 0.0
        elif exacts[0] and exacts[1]:
            scale = max(exacts[0].scale, exacts[1].scale)
            made, tolerance = (Column(left, "exact", scale), Column(right, "exact", scale)), 0.0
        else:
            made, tolerance = (Column(left, "float"), Column(right, "float")), TOLERANCE
        need, offer = self._column(NEED, made[0]), self._column(OFFER, made[1])
        return Atom(0, COLUMNS, node, COMPARISON[op], (need,), (offer,), tolerance=tolerance)

    def _joint_figure(self, node: Node, left: Node, right: Node, op: str) -> Atom:
        figure = self._joint_operand(left)
        sides = sides_of(right)
        if figure is None or len(sides) > 1:
            raise NoShape(node.source)
        column = Column(right, "float")
        limit = (-1, self._column(OFFER, column)) if sides == {OFFER} else (self._column(NEED, column), -1)
        look = {JOINT_OVERLAP: OVERLAP, JOINT_DISTANCE: DISTANCE, JOINT_CLOSE: CLOSE}[figure.what]
        return Atom(
            0, look, node, COMPARISON[op], figure.need, figure.offer, limit, close=figure.close, tolerance=TOLERANCE
        )

    def _joint_operand(self, node: Node) -> Operand | None:
        """The joint figure of both sides; None where it is something else."""
        if isinstance(node, n.Distance | n.Closeness):
            sides = {node.left.side: node.left, node.right.side: node.right}
            if len(sides) < 2:
                return None
            if isinstance(node, n.Closeness):
                pair = (sides[NEED], sides[OFFER])
                if pair not in self.close:
                    self.close.append(pair)
                need, offer = ((self._column(side, Column(sides[side], "known")),) for side in (NEED, OFFER))
                return Operand(JOINT_CLOSE, need, offer, self.close.index(pair))
            forms: tuple[Form, ...] = ("lon", "lat", "cos")
            here, there = (tuple(self._column(x, Column(sides[x], f)) for f in forms) for x in (NEED, OFFER))
            return Operand(JOINT_DISTANCE, here, there)
        if isinstance(node, n.Overlap):
            spans = ((node.start, node.end), (node.other_start, node.other_end))
            if sides_of(spans[0][0]) | sides_of(spans[0][1]) == {OFFER}:
                spans = (spans[1], spans[0])
            if any(not sides_of(x) <= {side} for side, span in zip((NEED, OFFER), spans, strict=True) for x in span):
                return None
            own, other = (
                tuple(self._column(side, Column(x, "days")) for x in span)
                for side, span in zip((NEED, OFFER), spans, strict=True)
            )
            return Operand(JOINT_OVERLAP, own, other)
        return None

    # -- terms ------------------------------------------------------------------------------------------------

    def _term(self, node: Node) -> TermShape:
        if len(sides_of(node)) < 2:
            return TermShape(0.0, 1.0, self._operand(node))
        plus, times, core = affine(node)
        joint = self._joint_operand(core)
        if joint is not None:
            return TermShape(plus, times, joint)
        if isinstance(core, n.Arith) and core.left.type.kind == core.right.type.kind == "number":
            return TermShape(plus, times, self._operand(core.left), "+-*/".index(core.op), self._operand(core.right))
        raise NoShape(node.source)

    def _operand(self, node: Node) -> Operand:
        sides = sides_of(node)
        if len(sides) > 1:
            joint = self._joint_operand(node)
            if joint is None:
                raise NoShape(node.source)
            return joint
        if sides == {OFFER}:
            return Operand(OF_OFFER, offer=(self._column(OFFER, Column(node, "float")),))
        return Operand(OF_NEED, need=(self._column(NEED, Column(node, "float")),))


def sides_of(node: Node) -> set[str]:
    """Which sides a clause mentions."""
    return {part.side for part in node.walk() if isinstance(part, n.SideField)}


def affine(node: Node) -> tuple[float, float, Node]:
    """A number as plus + times * core, the constants taken off."""
    plus, times = 0.0, 1.0
    while True:
        if isinstance(node, n.Negate):
            times, node = -times, node.body
            continue
        if not isinstance(node, n.Arith):
            return plus, times, node
        left, right = _constant(node.left), _constant(node.right)
        if node.op in "+-" and (left is not None or right is not None):
            sign = -1.0 if node.op == "-" else 1.0
            plus += times * (left if left is not None else sign * (right or 0.0))
            times, node = (times * sign, node.right) if left is not None else (times, node.left)
        elif node.op == "*" and (left is not None or right is not None):
            times, node = (times * left, node.right) if left is not None else (times * (right or 0.0), node.left)
        elif node.op == "/" and right is not None:
            times, node = times / right, node.left
        else:
            return plus, times, node


def _constant(node: Node) -> float | None:
    if isinstance(node, n.Const) and isinstance(node.value, Decimal | float):
        return float(node.value)
    return None


def _flat(node: n.Or) -> list[Node]:
    return [x for item in node.items for x in (_flat(item) if isinstance(item, n.Or) else [item])]


def _either(items: list[Node]) -> Node:
    if len(items) == 1:
        return items[0]
    return n.Or(type=FLAG, items=tuple(items), source=" 或 ".join(x.source for x in items))
