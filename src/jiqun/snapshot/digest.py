"""The identity of contents: a SHA-256 that depends on names, types and values, never on how a file lays them out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class ContentDigest:
    """Digests a table that comes in pieces of any size."""

    def __init__(self, table: str, schema: pa.Schema) -> None:
        self._head = json.dumps([table, [[f.name, str(f.type)] for f in schema]], ensure_ascii=False)
        # Values, validity and lengths are digested apart, so that where a piece ends makes no difference.
        self._columns = [[hashlib.sha256() for _ in range(3)] for _ in schema]
        self._rows = 0

    def update(self, table: pa.Table) -> None:
        """The next rows."""
        self._rows += table.num_rows
        for digests, column in zip(self._columns, table.columns, strict=True):
            for chunk in column.chunks:
                self._update_column(digests, chunk)

    def _update_column(self, digests: list[hashlib._Hash], chunk: pa.Array) -> None:
        values, validity, lengths = digests
        validity.update(_bytes(chunk.is_valid()))
        if pa.types.is_string(chunk.type):
            filled = chunk.fill_null("")
            lengths.update(_bytes(pc.binary_length(filled)))
            values.update(_text_bytes(filled))
        else:
            if pa.types.is_date32(chunk.type):
                chunk = chunk.cast(pa.int32())
            zero = pa.scalar(False if pa.types.is_boolean(chunk.type) else 0, chunk.type)
            values.update(_bytes(chunk.fill_null(zero)))

    def hexdigest(self) -> str:
        """The digest of everything so far."""
        parts = [d.hexdigest() for digests in self._columns for d in digests]
        return hashlib.sha256("\n".join([self._head, str(self._rows), *parts]).encode()).hexdigest()


def _bytes(values: pa.Array) -> memoryview:
    return np.ascontiguousarray(values.to_numpy(zero_copy_only=False)).data


def _text_bytes(texts: pa.StringArray) -> memoryview:
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    data = texts.buffers()[2]
    return memoryview(b"") if data is None or not len(texts) else memoryview(data)[offsets[0] : offsets[-1]]


def identity(tables: Mapping[str, str]) -> str:
    """The id of a snapshot from the digests of its tables."""
    return hashlib.sha256(json.dumps(sorted(tables.items()), ensure_ascii=False).encode()).hexdigest()
