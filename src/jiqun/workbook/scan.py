"""Expanded parts looked through as arrays of bytes, window by window: many times faster than by patterns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

_WINDOW = 1 << 20
"""Bytes looked at together: they and what is made of them stay in the processor's cache."""
_HEAD = 17
"""Bytes of a tag that are looked at: the longest usual one is `<row r="1234567"`."""
_CELL, _ROW = (np.frombuffer(head, np.uint8) for head in (b'<c r="', b'<row r="'))
_ENDS = np.zeros(256, bool)
"""What may follow the name of a tag."""
_ENDS[list(b" \t\n\r\f\v/>")] = True
Bytes = np.ndarray[Any, np.dtype[np.uint8]]


def may_declare(data: bytes) -> bool:
    """Whether there is a `<!` in any encoding: without one there is neither a document type nor an entity."""
    whole = np.frombuffer(data, np.uint8)
    for start in range(0, len(data), _WINDOW):
        marks = np.flatnonzero(whole[start : start + _WINDOW] == ord("!")) + start
        before = whole[np.maximum(marks - 1, 0)], whole[np.maximum(marks - 2, 0)]
        if any((found == ord("<")).any() for found in before):
            return True
    return False


def usual_extent(data: bytes) -> tuple[int, int] | None:
    """The greatest row and column of a worksheet all of whose rows and cells begin with their number, as programs write
    them: `<row r="12"`, `<c r="AB12"`. None where a single one is written in another way.
    """
    rows = columns = 0
    for window in _windows(data):
        found = _usual(window)
        if found is None:
            return None
        rows, columns = max(rows, found[0]), max(columns, found[1])
    return rows, columns


def _windows(data: bytes) -> Iterator[Bytes]:
    """Overlapping by the bytes of a tag; the last one is filled with zeros."""
    whole = np.frombuffer(data, np.uint8)
    for start in range(0, len(data), _WINDOW):
        window = whole[start : start + _WINDOW + _HEAD - 1]
        missing = min(_WINDOW, len(data) - start) + _HEAD - 1 - len(window)
        yield np.concatenate((window, np.zeros(missing, np.uint8))) if missing else window


def _usual(window: Bytes) -> tuple[int, int] | None:
    size = len(window) - _HEAD + 1
    colons = np.flatnonzero(window[:size] == ord(":"))
    if colons.size and _named(window, colons).any():
        return None  # a prefix of a namespace
    tags = np.flatnonzero(window[:size] == ord("<"))
    second = window[tags + 1]
    heads = sliding_window_view(window, _HEAD)
    cells, rows = heads[tags[second == ord("c")]], heads[tags[second == ord("r")]]
    cells = cells[_ENDS[cells[:, 2]]]
    rows = rows[(rows[:, 1:4] == _ROW[1:4]).all(axis=1) & _ENDS[rows[:, 4]]]
    if (cells[:, :6] != _CELL).any() or (rows[:, :8] != _ROW).any():
        return None
    last = _greatest(np.ascontiguousarray(rows[:, 8:].T), np.zeros(len(rows), np.int32))
    cell = _greatest_cell(np.ascontiguousarray(cells[:, 6:].T))
    return None if last is None or cell is None else (max(last, cell[0]), cell[1])


def _named(window: Bytes, at: Any) -> Any:
    """Where `c` or `row` stands as the end of a tag's name after these places."""
    cell = (window[at + 1] == ord("c")) & _ENDS[window[at + 2]]
    row = (window[at + 1] == ord("r")) & (window[at + 2] == ord("o")) & (window[at + 3] == ord("w")) & _ENDS[window[at + 4]]
    return cell | row


def _greatest_cell(places: Bytes) -> tuple[int, int] | None:
    """The greatest row and column of places such as AB12" given one below the other."""
    letters = places[:3] - np.uint8(ord("A") - 1)
    count = np.zeros(places.shape[1], np.uint8)
    column = np.zeros(places.shape[1], np.int32)
    for index, letter in enumerate(letters):
        more = (letter - np.uint8(1) < 26) & (count == index)
        if not more.any():
            break
        column = np.where(more, column * 26 + letter, column)
        count += more
    if (count == 0).any():
        return None
    row = _greatest(places, count)
    return None if row is None else (row, int(column.max(initial=0)))


def _greatest(texts: Bytes, start: Any) -> int | None:
    """The greatest of the numbers that begin at these places and end with a quotation mark; None where one is no number."""
    number = np.zeros(texts.shape[1], np.int32)
    open_ = np.ones(texts.shape[1], bool)
    for index, byte in enumerate(texts):
        digit = byte - np.uint8(ord("0"))
        inside = open_ & (start <= index)
        is_digit = digit < 10
        ends = inside & (byte == ord('"')) & (start < index)
        if (inside & ~is_digit & ~ends).any():
            return None
        number = np.where(inside & is_digit, number * 10 + digit, number)
        open_ &= ~ends
        if not open_.any():
            return int(number.max(initial=0))
    return None
