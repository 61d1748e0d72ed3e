"""The tokens of a name and of what a person types: the same on both databases.

A name is indexed by pairs of its characters, by windows of its pinyin that begin at a syllable, and by windows of its
initials. A question becomes tokens that must all be there; what merely looks alike is sorted out by `matches`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

PINYIN_WINDOW = 6
INITIALS_WINDOW = 4
PLACE_MARK = "\ue000"
"""Of Unicode's private use: `fold` never leaves it in a question."""
MANY_READINGS = frozenset("行长重乐曲单传藏都朝调")
"""Characters common in names whose reading depends on the word; the others take their first reading."""


@dataclass(frozen=True)
class Token:
    """A token that must be in the index, or one that begins so."""

    text: str
    prefix: bool = False


Question = tuple[tuple[Token, ...], ...]
"""Alternatives, each of tokens that must all be there."""


def fold(text: str) -> str:
    """Half width, lower case, letters and digits only."""
    narrow = unicodedata.normalize("NFKC", text).lower()
    return narrow if narrow.isalnum() else "".join(filter(str.isalnum, narrow))


@lru_cache(maxsize=1)
def _readings() -> dict[str, str]:
    from pypinyin.constants import PINYIN_DICT

    return {chr(code): _plain(readings.split(",")[0]) for code, readings in PINYIN_DICT.items()}


def _plain(reading: str) -> str:
    """Without tones; ü is typed v."""
    letters = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(c for c in letters if c.isascii() and c.isalpha()) or "v"


def syllables(folded: str) -> list[str]:
    """The pinyin of each character; letters and digits stand for themselves."""
    if not MANY_READINGS.isdisjoint(folded):
        from pypinyin import lazy_pinyin

        readings = lazy_pinyin(folded, errors=_as_they_are, v_to_u=False)
        return [reading.replace("ü", "v") or "v" for reading in readings]
    known = _readings()
    return [known.get(c, c) for c in folded]


def _as_they_are(other: str) -> Any:
    """Characters without a reading, one by one; the stubs of pypinyin know of single texts only."""
    return list(other)


def place_token(place: int) -> str:
    """The token of all names in a place, by which a county's search passes over the others'; nobody can type it."""
    return f"{PLACE_MARK}{place}"


def tokens_of(name: str, place: int | None) -> str:
    """All tokens of a name and of the place of its party, separated by spaces."""
    folded = fold(name)
    found = {folded[i : i + 2] for i in range(len(folded))}
    read = syllables(folded)
    pinyin, at = "".join(read), 0
    for syllable in read:
        found.add(pinyin[at : at + PINYIN_WINDOW])
        at += len(syllable)
    initials = "".join([s[0] for s in read])
    found.update([initials[i : i + INITIALS_WINDOW] for i in range(len(initials))])
    if place is not None:
        found.add(place_token(place))
    return " ".join(sorted(found))


def question_of(text: str) -> Question:
    """What to ask the index for what a person typed; empty where there is nothing to ask."""
    folded = fold(text)
    if not folded:
        return ()
    if not folded.isascii():
        return (tuple(_pairs(folded)),)
    if len(folded) <= INITIALS_WINDOW:
        return ((Token(folded, prefix=True),),)
    initials = tuple(Token(folded[i : i + INITIALS_WINDOW]) for i in range(len(folded) - INITIALS_WINDOW + 1))
    pinyin = Token(folded[:PINYIN_WINDOW], prefix=len(folded) < PINYIN_WINDOW)
    return (initials, (pinyin,))


def _pairs(folded: str) -> Iterator[Token]:
    if len(folded) == 1:
        yield Token(folded, prefix=True)
    for i in range(len(folded) - 1):
        yield Token(folded[i : i + 2])


def matches(name: str, text: str) -> bool:
    """Whether the name, its pinyin or its initials hold what was typed."""
    wanted = fold(text)
    return any(wanted in reading for reading in _read(name))


@lru_cache(maxsize=8192)
def _read(name: str) -> tuple[str, str, str]:
    """A name folded, in pinyin and in initials."""
    folded = fold(name)
    read = syllables(folded)
    return folded, "".join(read), "".join(s[0] for s in read)


def sqlite_match(question: Question, places: Sequence[int] = ()) -> str:
    """The question, in any of the places given, in the language of FTS5; tokens hold letters and digits only."""
    parts = (" AND ".join(f'"{t.text}"{"*" if t.prefix else ""}' for t in tokens) for tokens in question)
    asked = " OR ".join(f"({part})" for part in parts)
    within = " OR ".join(f'"{place_token(place)}"' for place in places)
    return f"({asked}) AND ({within})" if within else asked


def postgresql_match(question: Question, places: Sequence[int] = ()) -> str:
    """The same as a tsquery."""
    parts = (" & ".join(f"'{t.text}'{':*' if t.prefix else ''}" for t in tokens) for tokens in question)
    asked = " | ".join(f"({part})" for part in parts)
    within = " | ".join(f"'{place_token(place)}'" for place in places)
    return f"({asked}) & ({within})" if within else asked
