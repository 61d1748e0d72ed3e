"""Arrow columns as the machine takes them in and gives them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from jiqun.rules.vector import machine as m

FORMS = {np.dtype(np.int32): m.INT32, np.dtype(np.int64): m.INT64, np.dtype(np.float64): m.FLOAT64}


def states(array: pa.Array) -> Any:
    """0 or 1 for a number that is known or not; 0 (false), 1 (unknown) or 2 (true) for a flag."""
    known = _unpacked(array.buffers()[0], array) if array.null_count else None
    if not pa.types.is_boolean(array.type):
        return np.zeros(len(array), np.uint8) if known is None else known ^ 1
    true = _unpacked(array.buffers()[1], array)
    return true << 1 if known is None else (true & known) << 1 | known ^ 1


def numbers(array: pa.Array) -> Any:
    """The numbers as they lie in memory, whatever stands where they are missing; dates as days since 1970."""
    type_ = np.int32 if pa.types.is_date32(array.type) else array.type.to_pandas_dtype()
    return np.frombuffer(array.buffers()[1], type_)[array.offset :][: len(array)]


def _unpacked(bits: pa.Buffer, array: pa.Array) -> Any:
    found = np.unpackbits(np.frombuffer(bits, np.uint8), count=array.offset + len(array), bitorder="little")
    return found[array.offset :]


def readable(values: Any) -> Any:
    """Numbers in a form that the machine reads."""
    if values.dtype in FORMS:
        return values
    return values.astype(np.float64 if values.dtype.kind == "f" else np.int64)


@dataclass(frozen=True)
class Source:
    """Where the machine finds a column (see `machine.AT_FORM` and so on); it holds what lies there."""

    kept: tuple[Any, ...]
    port: tuple[int, int, int, int, int]

    @classmethod
    def of(cls, array: pa.Array) -> Source:
        """A column as it lies in memory."""
        bits, data = array.buffers()
        known = bits.address if array.null_count else 0
        if pa.types.is_boolean(array.type):
            return cls((array,), (0, data.address, known, 0, array.offset))
        values = readable(numbers(array))
        return cls((array, values), (FORMS[values.dtype], values.ctypes.data, known, 0, array.offset))

    @classmethod
    def looked_up(cls, side: LookUp, rows: Any, name: str, is_flag: bool) -> Source:
        """A column of another table at these rows of it."""
        states = side.states(name)
        if is_flag:
            return cls((states, rows), (0, 0, states.ctypes.data, rows.ctypes.data, 0))
        values = side.numbers(name)
        place = FORMS[values.dtype], values.ctypes.data, states.ctypes.data, rows.ctypes.data, 0
        return cls((states, values, rows), place)


def array_of(state: Any, values: Any, type_: pa.DataType) -> pa.Array:
    """The column of these states and numbers (None: of flags)."""
    known = state != 1
    nulls = len(known) - int(np.count_nonzero(known))
    if values is None:
        data = np.packbits(state == 2, bitorder="little")
    else:
        data = values.astype(np.int32 if pa.types.is_date32(type_) else type_.to_pandas_dtype(), copy=False)
    valid = pa.py_buffer(np.packbits(known, bitorder="little")) if nulls else None
    return pa.Array.from_buffers(type_, len(state), [valid, pa.py_buffer(data)], nulls)


class LookUp:
    """The columns of a table by key (0, 1, …), with a row of nulls after its last for keys it does not have."""

    def __init__(self, table: pa.Table, key: str) -> None:
        self.table = table.combine_chunks()
        keys = np.asarray(self.table[key])
        self._nothing = len(keys)
        self._places = np.full(keys.max(initial=-1) + 2, self._nothing, np.int32)
        self._places[keys] = np.arange(len(keys))
        if np.count_nonzero(self._places != self._nothing) != len(keys):
            raise ValueError("a look-up table has one row a key")
        self._states, self._numbers = dict[str, Any](), dict[str, Any]()

    def rows(self, keys: pa.Array) -> Any:
        """The rows that keys stand for."""
        wanted = np.where(states(keys) == 1, len(self._places) - 1, numbers(keys))
        return self._places[np.minimum(wanted, len(self._places) - 1)]

    def states(self, name: str) -> Any:
        """The states of a column, with the one that stands for nothing."""
        if name not in self._states:
            self._states[name] = np.append(states(self._array(name)), np.uint8(1))
        return self._states[name]

    def numbers(self, name: str) -> Any:
        """The numbers of a column, with the one that stands for nothing."""
        if name not in self._numbers:
            found = readable(numbers(self._array(name)))
            self._numbers[name] = np.append(found, found.dtype.type(0))
        return self._numbers[name]

    def taken(self, name: str, rows: Any) -> pa.Array:
        """A column at rows, as it is."""
        return self._array(name).take(pa.array(rows, mask=rows == self._nothing))

    def _array(self, name: str) -> pa.Array:
        chunks = self.table[name].chunks
        return chunks[0] if chunks else pa.array([], self.table[name].type)
