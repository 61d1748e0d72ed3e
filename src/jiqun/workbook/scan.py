"""Expanded parts looked through as arrays of bytes, window by window: many times faster than by patterns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

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


@dataclass(frozen=True)
class Usual:
    """A worksheet all of whose rows and cells begin with their number, as programs write them."""

    rows: int
    columns: int
    """The greatest of each."""
    ordered: bool
    """Whether no cell stands in a row above that of an earlier one."""
    formulas: bool
    errors: bool
    """Whether there may be any."""


def usual_of(data: bytes) -> Usual | None:
    """What is said by `<row r="12"` and `<c r="AB12"`; None where a single one is written in another way."""
    rows = columns = last = 0
    ordered, formulas, errors = True, False, False
    for number, window in enumerate(_windows(data)):
        found = _look(window, head=number == 0)
        if found is None:
            return None
        rows = max(rows, found.row, int(found.rows.max(initial=0)))
        columns = max(columns, found.column)
        if found.rows.size:
            ordered = ordered and found.rows[0] >= last and bool((found.rows[1:] >= found.rows[:-1]).all())
            last = int(found.rows[-1])
        formulas, errors = formulas or found.formulas, errors or found.errors
    return Usual(rows, columns, bool(ordered), formulas, errors)


Pieces = tuple[memoryview, memoryview]


def halves(data: bytes) -> tuple[Pieces, Pieces] | None:
    """An ordered worksheet (see `Usual`) as two, each with some of its rows; None where it cannot be parted."""
    first, middle = data.find(b"<row"), data.find(b'<row r="', len(data) // 2)
    end = data.find(b"</sheetData", first)
    if first < 0 or not first < middle < end or not data[middle - 64 : middle].rstrip().endswith(b">"):
        return None
    view = memoryview(data)
    return (view[:middle], view[end:]), (view[:first], view[middle:])


def _windows(data: bytes) -> Iterator[Bytes]:
    """Overlapping by the bytes of a tag; the last one is filled with zeros."""
    whole = np.frombuffer(data, np.uint8)
    for start in range(0, len(data), _WINDOW):
        window = whole[start : start + _WINDOW + _HEAD - 1]
        missing = min(_WINDOW, len(data) - start) + _HEAD - 1 - len(window)
        yield np.concatenate((window, np.zeros(missing, np.uint8))) if missing else window


class _Found(NamedTuple):
    """What a window holds."""

    row: int
    """The greatest that a tag of a row says."""
    rows: Any
    """Of the cells."""
    column: int
    """The greatest of a cell."""
    formulas: bool
    errors: bool


def _look(window: Bytes, *, head: bool) -> _Found | None:
    size = len(window) - _HEAD + 1
    colons = np.flatnonzero(window[:size] == ord(":"))
    if colons.size and _named(window, colons).any():
        return None  # a prefix of a namespace
    tags, second = window[:size] == ord("<"), window[1 : size + 1]
    odd = tags & ((second == ord("!")) | (second == ord("?")))
    if odd[_HEAD if head else 0 :].any():
        return None  # a comment, a text taken literally or an instruction: nothing that looks like a tag there is one
    heads = sliding_window_view(window, _HEAD)
    cells, rows = (heads[np.flatnonzero(tags & (second == ord(name)))] for name in "cr")
    cells = cells[_ENDS[cells[:, 2]]]
    rows = rows[(rows[:, 1:4] == _ROW[1:4]).all(axis=1) & _ENDS[rows[:, 4]]]
    if (cells[:, :6] != _CELL).any() or (rows[:, :8] != _ROW).any():
        return None
    numbers = _numbers(np.ascontiguousarray(rows[:, 8:].T), np.zeros(len(rows), np.uint8))
    places = _places(np.ascontiguousarray(cells[:, 6:].T))
    if numbers is None or places is None:
        return None
    quotes = (window == ord('"')) | (window == ord("'"))
    errors = bool((quotes[:-2] & quotes[2:] & (window[1:-1] == ord("e"))).any())
    return _Found(int(numbers.max(initial=0)), *places, bool((tags & (second == ord("f"))).any()), errors)


def _named(window: Bytes, at: Any) -> Any:
    """Where `c` or `row` stands as the end of a tag's name after these places."""
    cell = (window[at + 1] == ord("c")) & _ENDS[window[at + 2]]
    row = (
        (window[at + 1] == ord("r"))
        & (window[at + 2] == ord("o"))
        & (window[at + 3] == ord("w"))
        & _ENDS[window[at + 4]]
    )
    return cell | row


def _places(texts: Bytes) -> tuple[Any, int] | None:
    """The rows and the greatest column of places such as AB12, given one below the other."""
    letters = texts[:3] - np.uint8(ord("A") - 1)
    count = np.zeros(texts.shape[1], np.uint8)
    column = np.zeros(texts.shape[1], np.int32)
    for index, letter in enumerate(letters):
        more = (letter - np.uint8(1) < 26) & (count == index)
        if not more.any():
            break
        column = np.where(more, column * 26 + letter, column)
        count += more
    numbers = _numbers(texts, count) if count.all() else None
    return None if numbers is None else (numbers, int(column.max(initial=0)))


def _numbers(texts: Bytes, start: Any) -> Any:
    """The numbers that begin at these places and end with a quotation mark; None where one is no number."""
    number = np.zeros(texts.shape[1], np.int32)
    still = np.ones(texts.shape[1], bool)
    for index, byte in enumerate(texts):
        digit = byte - np.uint8(ord("0"))
        inside = still & (start <= index)
        more = inside & (digit < 10)
        ends = inside & (byte == ord('"')) & (start < index)
        if (inside != more | ends).any():
            return None
        number = np.where(more, number * 10 + digit, number)
        still &= ~ends
        if not still.any():
            return number
    return None
