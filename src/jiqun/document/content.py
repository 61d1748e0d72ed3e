"""What a document says, apart from how it looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 (一、) to 3 (1.); the number is part of the text."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of running text."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table; `widths` are shares of the text's width, `right` the columns of numbers."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Figure:
    """A picture (PNG) with what it shows in words, for those who cannot see it."""

    caption: str
    png: bytes
    words: str


Block = Heading | Paragraph | Table | Figure


@dataclass(frozen=True)
class Document:
    """A document of an office."""

    title: str
    blocks: tuple[Block, ...]
    signed_by: str | None = None
    signed_on: date | None = None
    number: str | None = None
    head: str | None = None
    """The red head, such as 石家庄市工业和信息化局文件; None without."""
    marks: tuple[str, ...] = field(default=())
    """Lines above the title, such as 演示数据."""


def chinese_date(day: date) -> str:
    """2026年9月30日, as GB/T 9704-2012 7.3.5.4 writes it: Arabic figures, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"
