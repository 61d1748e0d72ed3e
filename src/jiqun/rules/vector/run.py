"""A program over the rows of its main table, with what they look up at hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from jiqun.rules.vector import machine
from jiqun.rules.vector.columns import LookUp, array_of, numbers, states
from jiqun.rules.vector.lower import Program
from jiqun.rules.vector.sides import KEY

Rows: TypeAlias = "pa.RecordBatch | pa.Table"


class Running:
    """A program with the tables that its rows look up; several threads may use it at once."""

    def __init__(self, program: Program, fetch: Callable[[Sequence[ir.Table]], Iterable[pa.Table]]) -> None:
        """`fetch` gets the tables that are looked up."""
        self._program = program
        found = zip(program.sides, fetch([side.table for side in program.sides]), strict=True)
        self._sides = [(side.by, LookUp(as_declared(table, side.table), KEY)) for side, table in found]
        self._thread = threading.local()

    def __call__(self, rows: Rows) -> pa.RecordBatch:
        """The answers to some rows of the program's main table."""
        program = self._program
        batch = _Batch(as_declared(rows, program.main), self._sides)
        found = _execute(program, self._scratch(batch.size), batch)
        return pa.RecordBatch.from_arrays(
            [
                batch.column(port.name) if port.kind is None else array_of(*next(found), field.type)
                for port, field in zip(program.outputs, program.schema, strict=True)
            ],
            schema=program.schema,
        )

    def _scratch(self, rows: int) -> _Scratch:
        """Memory of this thread's own: new memory would cost more than what is written to it."""
        scratch: _Scratch | None = getattr(self._thread, "scratch", None)
        if scratch is None or scratch.rows < rows:
            scratch = self._thread.scratch = _Scratch(self._program, rows)
        return scratch


def as_declared(data: Any, table: ir.Table) -> Any:
    """With the types that Ibis declares: a sum or a date of DuckDB's may be wider than what it stands for."""
    declared = table.schema().to_pyarrow()
    return data if data.schema == declared else data.cast(declared)


class _Batch:
    """The rows of the main table, and the rows of each side that they look up."""

    def __init__(self, main: Rows, sides: Iterable[tuple[str, LookUp]]) -> None:
        self._main, self.size = main, len(main)
        self._found = {
            name: (side, rows)
            for by, side in sides
            for rows in [side.rows(self._whole(by))]
            for name in side.table.column_names
        }

    def column(self, name: str) -> pa.Array:
        """A column as it is."""
        if name in self._found:
            side, rows = self._found[name]
            return side.taken(name, rows)
        return self._whole(name)

    def fill(self, name: str, state: Any, values: Any) -> None:
        """The states of a column, and its numbers where it has any, into arrays."""
        if name in self._found:
            side, rows = self._found[name]
            np.take(side.states(name), rows, out=state, mode="clip")
            if values is not None:
                values[:] = side.numbers(name)[rows]
            return
        start = 0
        for chunk in self._chunks(name):
            here = slice(start, start + len(chunk))
            state[here] = states(chunk)
            if values is not None:
                values[here] = numbers(chunk)
            start += len(chunk)

    def _chunks(self, name: str) -> list[pa.Array]:
        column = self._main.column(name)
        return column.chunks if isinstance(column, pa.ChunkedArray) else [column]

    def _whole(self, name: str) -> pa.Array:
        [*first, last] = self._chunks(name)
        return pa.concat_arrays([*first, last]) if first else last


class _Scratch:
    """The machine's registers, with constants in place, and the columns of a batch that come into it."""

    def __init__(self, program: Program, rows: int) -> None:
        self.rows = rows
        self.registers = _registers(program)
        self._columns = _arrays([port.kind for port in program.inputs if port.kind], rows)

    def columns(self, rows: int) -> tuple[Any, Any, Any]:
        """The states, whole numbers and real numbers of so many rows, by column."""
        states, whole, real = (x.reshape(-1)[: len(x) * rows].reshape(len(x), rows) for x in self._columns)
        return states, whole, real


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


def _execute(program: Program, scratch: _Scratch, batch: _Batch) -> Iterator[tuple[Any, Any]]:
    """The states and the numbers (None of flags) of the columns that the machine makes, in order."""
    ports_in = [port for port in program.inputs if port.kind]
    ports_out = [port for port in program.outputs if port.kind]
    come, gone = scratch.columns(batch.size), _arrays([port.kind for port in ports_out], batch.size)
    own = {"whole": iter(come[1]), "real": iter(come[2])}
    for port, state in zip(ports_in, come[0], strict=True):
        batch.fill(port.name, state, next(own[port.kind]) if port.kind in own else None)
    machine.execute(program.code, *scratch.registers, *come, *gone)
    made = {"whole": iter(gone[1]), "real": iter(gone[2])}
    for port, state in zip(ports_out, gone[0], strict=True):
        yield state, next(made[port.kind]) if port.kind in made else None


def _arrays(kinds: list[Any], size: int) -> tuple[Any, Any, Any]:
    whole, real = np.empty((kinds.count("whole"), size), np.int64), np.empty((kinds.count("real"), size))
    return np.empty((len(kinds), size), np.uint8), whole, real
