"""A program over the record batches of its main table, with what its rows look up at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from jiqun.rules.vector import machine
from jiqun.rules.vector.columns import LookUp, array_of, numbers, states
from jiqun.rules.vector.lower import Program
from jiqun.rules.vector.sides import KEY


def run(
    program: Program, fetch: Callable[[ir.Table], pa.Table], batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """The rows of the program's table: `batches` are those of `program.main`, `fetch` gets the tables looked up.

    `fetch` is called before the first batch is asked for.
    """
    sides = [(side.by, LookUp(_as_declared(fetch(side.table), side.table), KEY)) for side in program.sides]
    registers = _registers(program)
    for raw in batches:
        batch = _Batch(_as_declared(raw, program.main), sides)
        found = _execute(program, registers, batch)
        yield pa.RecordBatch.from_arrays(
            [
                batch.column(port.name) if port.kind is None else array_of(*next(found), field.type)
                for port, field in zip(program.outputs, program.schema, strict=True)
            ],
            schema=program.schema,
        )


def _as_declared(data: Any, table: ir.Table) -> Any:
    """With the types that Ibis declares: a sum or a date of DuckDB's may be wider than what it stands for."""
    declared = table.schema().to_pyarrow()
    return data if data.schema == declared else data.cast(declared)


class _Batch:
    """The rows of the main table, and the rows of each side that they look up."""

    def __init__(self, main: pa.RecordBatch, sides: Iterable[tuple[str, LookUp]]) -> None:
        self._main, self.size = main, len(main)
        self._found = {
            name: (side, rows)
            for by, side in sides
            for rows in [side.rows(main.column(by))]
            for name in side.table.column_names
        }

    def column(self, name: str) -> pa.Array:
        """A column as it is."""
        if name in self._found:
            side, rows = self._found[name]
            return side.taken(name, rows)
        return self._main.column(name)

    def fill(self, name: str, state: Any, values: Any) -> None:
        """The states of a column, and its numbers where it has any, into arrays."""
        if name not in self._found:
            state[:] = states(self._main.column(name))
            if values is not None:
                values[:] = numbers(self._main.column(name))
            return
        side, rows = self._found[name]
        np.take(side.states(name), rows, out=state, mode="clip")
        if values is not None:
            values[:] = side.numbers(name)[rows]


def _registers(program: Program) -> tuple[Any, Any, Any]:
    shape = program.registers, machine.BLOCK
    state, whole, real = np.zeros(shape, np.uint8), np.zeros(shape, np.int64), np.zeros(shape)
    for register, kind, value in program.constants:
        if value is None:
            state[register] = 1
        elif kind == "flag":
            state[register] = value
        else:
            (whole if kind == "whole" else real)[register] = value
    return state, whole, real


def _execute(program: Program, registers: tuple[Any, Any, Any], batch: _Batch) -> Iterator[tuple[Any, Any]]:
    """The states and the numbers (None of flags) of the columns that the machine makes, in order."""
    ports_in = [port for port in program.inputs if port.kind]
    ports_out = [port for port in program.outputs if port.kind]
    come, gone = (_arrays([port.kind for port in ports], batch.size) for ports in (ports_in, ports_out))
    own = {"whole": iter(come[1]), "real": iter(come[2])}
    for port, state in zip(ports_in, come[0], strict=True):
        batch.fill(port.name, state, next(own[port.kind]) if port.kind in own else None)
    machine.execute(program.code, *registers, *come, *gone)
    made = {"whole": iter(gone[1]), "real": iter(gone[2])}
    for port, state in zip(ports_out, gone[0], strict=True):
        yield state, next(made[port.kind]) if port.kind in made else None


def _arrays(kinds: list[Any], size: int) -> tuple[Any, Any, Any]:
    whole, real = np.empty((kinds.count("whole"), size), np.int64), np.empty((kinds.count("real"), size))
    return np.empty((len(kinds), size), np.uint8), whole, real
