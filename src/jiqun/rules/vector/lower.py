"""An Ibis projection over a base table, as a program for the machine and what the base must still be asked for.

Only what is computed from a row's own numbers, flags and dates is taken over. Whatever else a column needs (text,
calendar, anything the machine has no operation for) stays with the database as a column of the base.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial, reduce
from typing import Any, Literal, cast

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from jiqun.rules.vector import machine as m
from jiqun.rules.vector.fields import origin, over
from jiqun.rules.vector.sides import Side, split

Kind = Literal["flag", "whole", "real"]
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Port:
    """A column that comes in or goes out."""

    name: str
    kind: Kind | None
    """None where the machine only hands it through."""


@dataclass(frozen=True)
class Program:
    """What to ask of the database, and what to do with each row of its answer."""

    main: ir.Table
    sides: tuple[Side, ...]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    schema: pa.Schema
    """The types of the outputs."""
    code: np.ndarray[Any, np.dtype[np.int64]]
    """Operations × (operation, target, three operands); operands of loads are ports, of stores columns."""
    registers: int
    constants: tuple[tuple[int, Kind, Any], ...]
    """Register, kind and value (None: missing)."""


def lowered(expression: ir.Table) -> Program:
    """The program of a table: of the projections that it ends in, over what they start from."""
    return _lowered(expression.op())


@lru_cache(maxsize=32)
def _lowered(relation: ops.Relation) -> Program:
    base = origin(relation)
    lowering, outputs = _Lowering(base), []
    for name, value in relation.fields.items():
        kind = _kind(value.dtype)
        if kind is None:
            lowering.handed_through(name, value)
        else:
            lowering.store(kind, lowering.register(value))
        outputs.append(Port(name, kind))
    return lowering.program(outputs, relation.schema.to_pyarrow())


def _kind(dtype: dt.DataType) -> Kind | None:
    if dtype.is_boolean():
        return "flag"
    if dtype.is_integer() or dtype.is_date():
        return "whole"
    return "real" if dtype.is_floating() else None


class _Lowering:
    """Operations in the order of their needs, each target a register of its own until the end."""

    def __init__(self, base: ops.Relation) -> None:
        self._base = base
        self._done: dict[ops.Value, int] = {}
        self._kinds: list[Kind] = []
        self._lines: list[tuple[int, int, tuple[int, ...]]] = []
        self._constants: dict[tuple[Kind, Any], int] = {}
        self._asked: dict[str, ops.Value] = {}
        self._inputs: list[Port] = []
        self._stored: list[Kind] = []

    # -- values ------------------------------------------------------------------------------------------------

    def register(self, value: ops.Value) -> int:
        """The register that holds a value."""
        if value not in self._done:
            self._done[value] = self._lower(value)
        return self._done[value]

    def _lower(self, value: ops.Value) -> int:
        if isinstance(value, ops.Field) and value.rel != self._base:
            return self.register(cast(ops.Project, value.rel).values[value.name])
        if isinstance(value, ops.Literal) and _kind(value.dtype):
            return self.constant(cast(Kind, _kind(value.dtype)), _number(value.value))
        rule = _RULES.get(type(value))
        if rule is not None and all(_kind(part.dtype) for part in (value, *_parts(value))):
            found = rule(self, value)
            if found is not None:
                return found
        return self._load(value)

    def _load(self, value: ops.Value) -> int:
        kind = cast(Kind, _kind(value.dtype))
        name = f"i{len(self._asked)}"
        self._asked[name] = over(value, self._base)
        self._inputs.append(Port(name, kind))
        port = sum(port.kind is not None for port in self._inputs) - 1
        return self.emit({"flag": m.LOAD_FLAG, "whole": m.LOAD_WHOLE, "real": m.LOAD_REAL}[kind], kind, port)

    def handed_through(self, name: str, value: ops.Value) -> None:
        """A column of the result that the database makes."""
        self._asked[name] = over(value, self._base)
        self._inputs.append(Port(name, None))

    def constant(self, kind: Kind, value: Any) -> int:
        """The register of a constant; None is missing."""
        key = kind, value
        if key not in self._constants:
            self._constants[key] = self._new(kind)
        return self._constants[key]

    def _new(self, kind: Kind) -> int:
        self._kinds.append(kind)
        return len(self._kinds) - 1

    def emit(self, operation: int, kind: Kind, *operands: int) -> int:
        """An operation on a register of its own."""
        target = self._new(kind)
        self._lines.append((operation, target, operands))
        return target

    def store(self, kind: Kind, register: int) -> None:
        """Send a register out as the next column of its kind."""
        operation = {"flag": m.STORE_FLAG, "whole": m.STORE_WHOLE, "real": m.STORE_REAL}[kind]
        self._lines.append((operation, register, (self._stored.count(kind), len(self._stored))))
        self._stored.append(kind)

    def real(self, register: int) -> int:
        """The number as a floating one."""
        return register if self._kinds[register] == "real" else self.emit(m.TO_REAL, "real", register, register)

    def alike(self, values: Iterable[ops.Value], kind: Kind) -> list[int]:
        """Registers of one kind."""
        found = [self.register(value) for value in values]
        return [self.real(x) for x in found] if kind == "real" else found

    # -- the whole ---------------------------------------------------------------------------------------------

    def program(self, outputs: Sequence[Port], schema: pa.Schema) -> Program:
        """Number the registers anew, so that one whose value nobody needs any more is used again."""
        loads, stores = (m.LOAD_FLAG, m.LOAD_WHOLE, m.LOAD_REAL), (m.STORE_FLAG, m.STORE_WHOLE, m.STORE_REAL)
        last: dict[int, int] = {}
        for line, (operation, target, operands) in enumerate(self._lines):
            for register in (target, *(() if operation in (*loads, *stores) else operands)):
                last[register] = line
        place = {register: number for number, register in enumerate(self._constants.values())}
        fixed, free, used, code = set(place), list[int](), len(place), []
        for line, (operation, target, operands) in enumerate(self._lines):
            if target not in place:
                place[target] = free.pop() if free else used
                used = max(used, place[target] + 1)
            columns = operation in (*loads, *stores)
            code.append([operation, place[target], *(operands if columns else (place[x] for x in operands))])
            ended = {target, *(() if columns else operands)} - fixed
            free += [place[x] for x in sorted(ended) if last[x] == line]
        rows = np.array([(line + [0] * 3)[:5] for line in code], np.int64).reshape(-1, 5)
        constants = tuple((place[x], kind, value) for (kind, value), x in self._constants.items())
        return Program(
            *split(self._base, self._asked), tuple(self._inputs), tuple(outputs), schema, rows, used, constants
        )


def _parts(value: ops.Value) -> Iterable[ops.Value]:
    for argument in value.__args__:
        for part in argument if isinstance(argument, tuple) else (argument,):
            if isinstance(part, ops.Value) and not (isinstance(value, ops.Cast) and isinstance(part, ops.Literal)):
                yield part


def _number(value: Any) -> Any:
    """A literal as the machine keeps it."""
    if isinstance(value, bool):
        return 2 if value else 0
    return (value - _EPOCH).days if isinstance(value, date) else value


# --- rules of operations ------------------------------------------------------------------------------------------


def _arithmetic(whole: int | None, real: int, lowering: _Lowering, value: Any) -> int | None:
    """Two numbers, as the result is."""
    kind = cast(Kind, _kind(value.dtype))
    if value.left.dtype.is_date() or (kind == "whole" and whole is None):
        return None
    left, right = lowering.alike((value.left, value.right), kind)
    return lowering.emit(real if kind == "real" else cast(int, whole), kind, left, right)


def _bits(operation: int, lowering: _Lowering, value: Any) -> int | None:
    left, right = lowering.alike((value.left, value.right), "whole")
    return lowering.emit(operation, "whole", left, right)


def _comparison(flag: int | None, whole: int, real: int, swapped: bool, lowering: _Lowering, value: Any) -> int | None:
    kinds = {_kind(value.left.dtype), _kind(value.right.dtype)}
    if "flag" in kinds and (flag is None or len(kinds) > 1):
        return None
    kind: Kind = "real" if "real" in kinds else "whole"
    operation = cast(int, flag) if "flag" in kinds else real if kind == "real" else whole
    left, right = lowering.alike((value.left, value.right), kind)
    return lowering.emit(operation, "flag", *((right, left) if swapped else (left, right)))


def _logic(operation: int, lowering: _Lowering, value: Any) -> int | None:
    return lowering.emit(operation, "flag", lowering.register(value.left), lowering.register(value.right))


def _test(operation: int, lowering: _Lowering, value: Any) -> int | None:
    register = lowering.register(value.arg)
    return lowering.emit(operation, "flag", register, register)


def _unary(whole: int | None, real: int, lowering: _Lowering, value: Any) -> int | None:
    kind = cast(Kind, _kind(value.dtype))
    if kind == "flag" or (kind == "whole" and whole is None):
        return None
    [register] = lowering.alike([value.arg], kind)
    return lowering.emit(real if kind == "real" else cast(int, whole), kind, register, register)


def _floor(lowering: _Lowering, value: Any) -> int | None:
    if _kind(value.arg.dtype) != "real":
        return None
    register = lowering.register(value.arg)
    floor = lowering.emit(m.FLOOR_REAL, "real", register, register)
    return lowering.emit(m.TO_WHOLE, "whole", floor, floor) if _kind(value.dtype) == "whole" else floor


def _cast(lowering: _Lowering, value: Any) -> int | None:
    to = _kind(value.to)
    if isinstance(value.arg, ops.Literal) and isinstance(value.arg.value, str):
        if to is None or to == "flag" or value.to.is_date():
            return None
        return lowering.constant(to, (int if to == "whole" else float)(value.arg.value))
    of = _kind(value.arg.dtype)
    if of == to and value.to.is_date() == value.arg.dtype.is_date():
        return lowering.register(value.arg)
    if (of, to) == ("whole", "real") and not value.arg.dtype.is_date():
        return lowering.real(lowering.register(value.arg))
    if (of, to) == ("real", "whole") and not value.to.is_date():
        register = lowering.register(value.arg)
        return lowering.emit(m.TO_WHOLE, "whole", register, register)
    return None


def _choice(lowering: _Lowering, kind: Kind, condition: int, then: int, otherwise: int) -> int:
    return lowering.emit(
        {"flag": m.IF_FLAG, "whole": m.IF_WHOLE, "real": m.IF_REAL}[kind], kind, condition, then, otherwise
    )


def _if(lowering: _Lowering, value: Any) -> int | None:
    kind = cast(Kind, _kind(value.dtype))
    then, otherwise = lowering.alike((value.true_expr, value.false_null_expr), kind)
    return _choice(lowering, kind, lowering.register(value.bool_expr), then, otherwise)


def _cases(lowering: _Lowering, value: Any) -> int | None:
    kind = cast(Kind, _kind(value.dtype))
    *results, found = lowering.alike((*value.results, value.default), kind)
    for condition, result in reversed(list(zip(value.cases, results, strict=True))):
        found = _choice(lowering, kind, lowering.register(condition), result, found)
    return found


def _coalesce(lowering: _Lowering, value: Any) -> int | None:
    kind = cast(Kind, _kind(value.dtype))
    *earlier, found = lowering.alike(value.arg, kind)
    for register in reversed(earlier):
        found = _choice(lowering, kind, lowering.emit(m.KNOWN, "flag", register, register), register, found)
    return found


def _null_if(lowering: _Lowering, value: Any) -> int | None:
    kind = cast(Kind, _kind(value.dtype))
    if kind == "flag":
        return lowering.constant("flag", 1) if value.arg == value.null_if_expr else None
    left, right = lowering.alike((value.arg, value.null_if_expr), kind)
    return lowering.emit(m.NULL_IF_WHOLE if kind == "whole" else m.NULL_IF_REAL, kind, left, right)


def _extreme(whole: int, real: int, lowering: _Lowering, value: Any) -> int | None:
    kind = cast(Kind, _kind(value.dtype))
    if kind == "flag":
        return None
    operation = whole if kind == "whole" else real
    return reduce(lambda a, b: lowering.emit(operation, kind, a, b), lowering.alike(value.arg, kind))


_Rule = Callable[[_Lowering, Any], int | None]
_RULES: dict[type[ops.Value], _Rule] = {
    ops.And: partial(_logic, m.AND),
    ops.Or: partial(_logic, m.OR),
    ops.Not: partial(_test, m.NOT),
    ops.IsNull: partial(_test, m.UNKNOWN),
    ops.NotNull: partial(_test, m.KNOWN),
    ops.Equals: partial(_comparison, m.SAME_FLAG, m.EQ_WHOLE, m.EQ_REAL, False),
    ops.NotEquals: partial(_comparison, m.DIFFERENT_FLAG, m.NE_WHOLE, m.NE_REAL, False),
    ops.Less: partial(_comparison, None, m.LT_WHOLE, m.LT_REAL, False),
    ops.LessEqual: partial(_comparison, None, m.LE_WHOLE, m.LE_REAL, False),
    ops.Greater: partial(_comparison, None, m.LT_WHOLE, m.LT_REAL, True),
    ops.GreaterEqual: partial(_comparison, None, m.LE_WHOLE, m.LE_REAL, True),
    ops.Add: partial(_arithmetic, m.ADD_WHOLE, m.ADD_REAL),
    ops.Subtract: partial(_arithmetic, m.SUB_WHOLE, m.SUB_REAL),
    ops.Multiply: partial(_arithmetic, m.MUL_WHOLE, m.MUL_REAL),
    ops.Divide: partial(_arithmetic, None, m.DIV_REAL),
    ops.Power: partial(_arithmetic, None, m.POW_REAL),
    ops.Modulus: partial(_bits, m.MOD_WHOLE),
    ops.BitwiseAnd: partial(_bits, m.BIT_AND),
    ops.BitwiseOr: partial(_bits, m.BIT_OR),
    ops.Negate: partial(_unary, m.NEG_WHOLE, m.NEG_REAL),
    ops.Abs: partial(_unary, m.ABS_WHOLE, m.ABS_REAL),
    ops.Floor: _floor,
    ops.Cast: _cast,
    ops.IfElse: _if,
    ops.SearchedCase: _cases,
    ops.Coalesce: _coalesce,
    ops.NullIf: _null_if,
    ops.Greatest: partial(_extreme, m.MAX_WHOLE, m.MAX_REAL),
    ops.Least: partial(_extreme, m.MIN_WHOLE, m.MIN_REAL),
}
