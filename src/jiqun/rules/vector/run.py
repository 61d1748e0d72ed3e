"""A program over the record batches of its base."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from jiqun.rules.vector import machine
from jiqun.rules.vector.lower import Port, Program


def run(program: Program, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The rows of the program's table, batch by batch."""
    state, whole, real = _registers(program)
    asked = program.base.schema().to_pyarrow()
    for batch in batches:
        size = len(batch)
        # What DuckDB makes of a sum or a date may be wider than what it stands for.
        states_in, wholes_in, reals_in = _inputs(program, batch.cast(asked) if batch.schema != asked else batch)
        kinds = [port.kind for port in program.outputs if port.kind]
        states = np.empty((len(kinds), size), np.uint8)
        wholes, reals = np.empty((kinds.count("whole"), size), np.int64), np.empty((kinds.count("real"), size))
        machine.execute(program.code, state, whole, real, states_in, wholes_in, reals_in, states, wholes, reals)
        columns = {"flag": iter(states), "whole": iter(wholes), "real": iter(reals)}
        every = iter(states)
        yield pa.RecordBatch.from_arrays(
            [
                batch.column(port.name).cast(field.type)
                if port.kind is None
                else _arrow(port, next(every), columns, field.type)
                for port, field in zip(program.outputs, program.schema, strict=True)
            ],
            schema=program.schema,
        )


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


def _inputs(program: Program, batch: pa.RecordBatch) -> tuple[Any, Any, Any]:
    kinds = [port.kind for port in program.inputs if port.kind]
    size = len(batch)
    states = np.empty((len(kinds), size), np.uint8)
    numbers: dict[str, Any] = {
        "whole": np.empty((kinds.count("whole"), size), np.int64),
        "real": np.empty((kinds.count("real"), size)),
    }
    filled = dict.fromkeys(numbers, 0)
    for state, port in zip(states, (port for port in program.inputs if port.kind), strict=True):
        column = batch.column(port.name)
        unknown = _unknown(column)
        if port.kind == "flag":
            values = _unpacked(column.buffers()[1], column.offset, size)
            np.multiply(values, 2, out=state)
        else:
            assert port.kind is not None
            numbers[port.kind][filled[port.kind]] = _values(column)
            filled[port.kind] += 1
            state[:] = 0
        if unknown is not None:
            state[unknown] = 1
    return states, numbers["whole"], numbers["real"]


def _unknown(column: pa.Array) -> Any:
    if column.null_count == 0:
        return None
    return _unpacked(column.buffers()[0], column.offset, len(column)) == 0


def _unpacked(bits: pa.Buffer, offset: int, size: int) -> Any:
    return np.unpackbits(np.frombuffer(bits, np.uint8), count=offset + size, bitorder="little")[offset:]


def _values(column: pa.Array) -> Any:
    """The numbers as they lie in memory, whatever stands where they are missing."""
    type_ = np.int32 if pa.types.is_date32(column.type) else column.type.to_pandas_dtype()
    return np.frombuffer(column.buffers()[1], type_)[column.offset :][: len(column)]


def _arrow(port: Port, state: Any, columns: dict[str, Iterator[Any]], type_: pa.DataType) -> pa.Array:
    assert port.kind is not None
    values = next(columns[port.kind]) if port.kind != "flag" else state == 2
    unknown = state == 1
    if port.kind == "whole" and type_ != pa.int64():
        values = values.astype(np.int32 if pa.types.is_date32(type_) else type_.to_pandas_dtype())
    data = np.packbits(values, bitorder="little") if port.kind == "flag" else np.ascontiguousarray(values)
    nulls = int(np.count_nonzero(unknown))
    valid = pa.py_buffer(np.packbits(~unknown, bitorder="little")) if nulls else None
    return pa.Array.from_buffers(type_, len(state), [valid, pa.py_buffer(data)], nulls)
