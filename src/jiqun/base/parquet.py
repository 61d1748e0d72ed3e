"""Parquet from column chunks that the caller has encoded, for tables that repeat themselves.

A general writer looks at every value of every row. Where the caller knows that a column is one word for a million rows,
or the same million words for each of forty rules, a page is a few bytes, or the bytes of the page before. Apache
Parquet format 2.10: data pages V1, dictionary and RLE/bit-packed hybrid encodings, Zstandard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa

BYTES, INT64 = 6, 2
"""Physical types."""
REQUIRED, OPTIONAL, REPEATED = 0, 1, 2
_PLAIN, _RLE, _DICTIONARY = 0, 3, 8
_ZSTD = 6
_MAGIC = b"PAR1"


# --- Thrift's compact protocol --------------------------------------------------------------------------------


def varint(value: int) -> bytes:
    """An unsigned number, seven bits a byte."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


class _I32(int):
    """A 32-bit field; a bare int is a 64-bit one."""


def _thrift(value: Any) -> tuple[int, bytes]:
    """The compact type and the bytes of a number, a text, a list, or a struct given as {field id: value}."""
    if isinstance(value, int):
        return (5 if isinstance(value, _I32) else 6), varint(value << 1 if value >= 0 else (-value << 1) - 1)
    if isinstance(value, str):
        text = value.encode()
        return 8, varint(len(text)) + text
    if isinstance(value, list):
        items = [_thrift(item) for item in value]
        size, kind = len(items), items[0][0] if items else 12
        head = bytes([size << 4 | kind]) if size < 15 else bytes([0xF0 | kind]) + varint(size)
        return 9, head + b"".join(data for _, data in items)
    found, last = bytearray(), 0
    for id_, item in value.items():
        kind, data = _thrift(item)
        found += bytes([(id_ - last) << 4 | kind]) + data
        last = id_
    return 12, bytes(found) + b"\0"


# --- levels and indices -----------------------------------------------------------------------------------------


def run(value: int, count: int, width: int) -> bytes:
    """One value `count` times, `width` bits wide."""
    return varint(count << 1) + value.to_bytes((width + 7) // 8, "little")


def packed(values: np.ndarray[Any, Any], width: int) -> bytes:
    """Values of `width` bits (1, 2, 8, 16 or 32), packed in eights."""
    if width == 1:
        return packed_bytes(np.packbits(values.astype(bool, copy=False), bitorder="little"), len(values), width)
    if width == 2:
        fours = np.zeros((-(-len(values) // 4), 4), np.uint8)
        fours.reshape(-1)[: len(values)] = values
        units = fours[:, 0] | fours[:, 1] << 2 | fours[:, 2] << 4 | fours[:, 3] << 6
        return packed_bytes(units, len(values), width)
    return packed_bytes(values.astype(f"<u{width // 8}", copy=False), len(values), width)


def packed_bytes(units: np.ndarray[Any, Any], count: int, width: int) -> bytes:
    """`count` values that lie packed already, least significant bits first."""
    groups = -(-count // 8)
    return varint(groups << 1 | 1) + bytes(units.tobytes()).ljust(groups * width, b"\0")


def levels(encoded: bytes) -> bytes:
    """Repetition or definition levels as they stand in a data page."""
    return len(encoded).to_bytes(4, "little") + encoded


# --- pages --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A page as it stands in the file, with what it holds and what it was before compression."""

    data: bytes
    values: int
    size: int


_CODEC = pa.Codec("zstd", 1)


def _page(type_: int, head: dict[int, Any], body: bytes, values: int) -> Page:
    data = _CODEC.compress(body, asbytes=True)
    _, header = _thrift({1: _I32(type_), 2: _I32(len(body)), 3: _I32(len(data)), **head})
    return Page(header + data, values, len(header) + len(body))


def words_page(*words: pa.Array) -> Page:
    """The dictionary of a text column, given in parts."""
    body = b"".join(_plain_texts(part.cast(pa.string())) for part in words)
    return _page(2, {7: {1: _I32(sum(map(len, words))), 2: _I32(_PLAIN)}}, body, 0)


def _plain_texts(texts: pa.Array) -> bytes:
    """Each text as its length in four bytes, then itself."""
    _, offsets, data = texts.buffers()
    starts = np.frombuffer(offsets, np.int32, len(texts) + 1, texts.offset * 4)
    sizes = np.diff(starts)
    if data is None or not len(sizes):
        return bytes(4 * len(sizes))
    own = np.frombuffer(data, np.uint8)[starts[0] : starts[-1]]
    if sizes.min() == sizes.max():
        rows = np.empty((len(sizes), 4 + sizes[0]), np.uint8)
        rows[:, :4] = np.frombuffer(sizes[:1].astype("<i4").tobytes(), np.uint8)
        rows[:, 4:] = own.reshape(len(sizes), -1)
        return rows.tobytes()
    body = np.zeros(int(4 * len(sizes) + sizes.sum()), np.uint8)
    at = starts[:-1] - starts[0] + 4 * np.arange(len(sizes))
    for byte in range(4):
        body[at + byte] = sizes >> 8 * byte & 255
    is_text = np.ones(len(body), bool)
    is_text[(at[:, None] + np.arange(4)).ravel()] = False
    body[is_text] = own
    return body.tobytes()


def index_page(values: int, level_bytes: bytes, width: int, indices: bytes) -> Page:
    """A data page of indices into the chunk's dictionary; `values` counts the levels, nulls among them."""
    return _data_page(values, _DICTIONARY, level_bytes + bytes([width]) + indices)


def plain_page(values: int, level_bytes: bytes, plain: bytes) -> Page:
    """A data page of values as they are."""
    return _data_page(values, _PLAIN, level_bytes + plain)


def _data_page(values: int, encoding: int, body: bytes) -> Page:
    head = {1: _I32(values), 2: _I32(encoding), 3: _I32(_RLE), 4: _I32(_RLE)}
    return _page(0, {5: head}, body, values)


@dataclass(frozen=True)
class Chunk:
    """A column's part of a row group."""

    pages: Sequence[Page]
    dictionary: Page | None = None


# --- schema and file ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column of the file: `elements` are its nodes in the schema, outermost first."""

    path: tuple[str, ...]
    type: int
    elements: tuple[dict[int, Any], ...]


_TEXT = {6: _I32(0), 10: {1: {}}}


def text(name: str, repetition: int) -> Column:
    """A column of texts."""
    return Column((name,), BYTES, ({1: _I32(BYTES), 3: _I32(repetition), 4: name, **_TEXT},))


def decimal(name: str, precision: int, scale: int) -> Column:
    """A column of decimals, null where unknown, kept as 64-bit integers."""
    logical = {5: {1: _I32(scale), 2: _I32(precision)}}
    facts = {6: _I32(5), 7: _I32(scale), 8: _I32(precision), 10: logical}
    return Column((name,), INT64, ({1: _I32(INT64), 3: _I32(OPTIONAL), 4: name, **facts},))


def texts(name: str) -> Column:
    """A column of lists of texts: levels up to 1 (repetition) and 2 (definition)."""
    outer = {3: _I32(REQUIRED), 4: name, 5: _I32(1), 6: _I32(3), 10: {3: {}}}
    middle = {3: _I32(REPEATED), 4: "list", 5: _I32(1)}
    inner = {1: _I32(BYTES), 3: _I32(OPTIONAL), 4: "element", **_TEXT}
    return Column((name, "list", "element"), BYTES, (outer, middle, inner))


@dataclass
class ParquetFile:
    """A Parquet file being written, row group by row group; use it as a context manager."""

    path: Path
    columns: Sequence[Column]
    _groups: list[dict[int, Any]] = field(default_factory=list)
    _rows: int = 0

    def __enter__(self) -> ParquetFile:
        self._file = self.path.open("wb")
        self._file.write(_MAGIC)
        return self

    def write(self, rows: int, chunks: Iterable[Chunk]) -> None:
        """Append a row group: one chunk for each column."""
        found = [self._write(column, chunk) for column, chunk in zip(self.columns, chunks, strict=True)]
        size = sum(each[3][6] for each in found)
        self._groups.append({1: found, 2: size, 3: rows})
        self._rows += rows

    def _write(self, column: Column, chunk: Chunk) -> dict[int, Any]:
        start = self._file.tell()
        pages = [*([chunk.dictionary] if chunk.dictionary else []), *chunk.pages]
        self._file.writelines(page.data for page in pages)
        first = len(chunk.dictionary.data) if chunk.dictionary else 0
        facts = {
            1: _I32(column.type), 2: [_I32(x) for x in (_PLAIN, _RLE, _DICTIONARY)], 3: list(column.path),
            4: _I32(_ZSTD), 5: sum(page.values for page in pages), 6: sum(page.size for page in pages),
            7: sum(len(page.data) for page in pages), 9: start + first,
            **({11: start} if chunk.dictionary else {}),
        }  # fmt: skip
        return {2: start, 3: facts}

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None:
            root = {4: "schema", 5: _I32(len(self.columns))}
            schema = [root, *(element for column in self.columns for element in column.elements)]
            footer = {1: _I32(2), 2: schema, 3: self._rows, 4: self._groups, 6: "jiqun"}
            _, data = _thrift(footer)
            self._file.write(data + len(data).to_bytes(4, "little") + _MAGIC)
        self._file.close()
