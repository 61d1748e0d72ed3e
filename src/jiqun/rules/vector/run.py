"""A program over the rows of its main table, with what they look up at hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from jiqun.rules.vector import machine
from jiqun.rules.vector.columns import LookUp, Source, array_of
from jiqun.rules.vector.lower import Port, Program
from jiqun.rules.vector.sides import KEY

Registers = tuple[Any, Any, Any]


class Running:
    """A program with the tables that its rows look up; several threads may use it at once."""

    def __init__(self, program: Program, fetch: Callable[[Sequence[ir.Table]], Iterable[pa.Table]]) -> None:
        """`fetch` gets the tables that are looked up."""
        self._program = program
        found = zip(program.sides, fetch([side.table for side in program.sides]), strict=True)
        self._sides = [(side.by, LookUp(_as_declared(table, side.table), KEY)) for side, table in found]
        self._thread = threading.local()

    def __call__(self, rows: pa.Table) -> pa.RecordBatch:
        """The answers to some rows of the program's main table."""
        program = self._program
        # Batches are the pieces that lie in memory as one.
        batches = [_Batch(each, self._sides) for each in _as_declared(rows, program.main).to_batches()]
        made = self._execute(batches, len(rows))
        return pa.RecordBatch.from_arrays(
            [
                _joined([b.column(port.name) for b in batches], field.type)
                if port.kind is None
                else array_of(*next(made), field.type)
                for port, field in zip(program.outputs, program.schema, strict=True)
            ],
            schema=program.schema,
        )

    def _execute(self, batches: Iterable[_Batch], rows: int) -> Iterator[tuple[Any, Any]]:
        """The states and the numbers (None of flags) of the columns that the machine makes, in order."""
        ports_in = [port for port in self._program.inputs if port.kind]
        kinds = [port.kind for port in self._program.outputs if port.kind]
        states = np.empty((len(kinds), rows), np.uint8)
        whole, real = np.empty((kinds.count("whole"), rows), np.int64), np.empty((kinds.count("real"), rows))
        first = 0
        for batch in batches:
            sources = [batch.source(port) for port in ports_in]
            ports = np.array([each.port for each in sources], np.int64).reshape(-1, 5)
            machine.execute(self._program.code, *self._registers(), ports, states, whole, real, first, batch.size)
            first += batch.size
        made = {"whole": iter(whole), "real": iter(real)}
        for kind, state in zip(kinds, states, strict=True):
            yield state, next(made[kind]) if kind in made else None

    def _registers(self) -> Registers:
        """This thread's own, with constants in place."""
        if not hasattr(self._thread, "registers"):
            self._thread.registers = _registers(self._program)
        registers: Registers = self._thread.registers
        return registers


def _as_declared(data: Any, table: ir.Table) -> Any:
    """With the types that Ibis declares: a sum or a date of DuckDB's may be wider than what it stands for."""
    declared = table.schema().to_pyarrow()
    return data if data.schema == declared else data.cast(declared)


class _Batch:
    """Rows of the main table that lie in memory as one, and the rows of each side that they look up."""

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

    def source(self, port: Port) -> Source:
        """Where the machine finds a column."""
        if port.name in self._found:
            return Source.looked_up(*self._found[port.name], port.name, port.kind == "flag")
        return Source.of(self._main.column(port.name))


def _joined(arrays: list[pa.Array], type_: pa.DataType) -> pa.Array:
    return pa.concat_arrays(arrays) if arrays else pa.array([], type_)


def _registers(program: Program) -> Registers:
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
