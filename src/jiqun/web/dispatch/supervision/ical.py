"""iCalendar (RFC 5545) of what is due: all-day events, folded and escaped as the standard wants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from jiqun.web.common.agenda import Item

WIDTH = 75
"""Octets of a line."""


def icalendar(items: Iterable[Item], *, name: str, host: str, now: datetime) -> str:
    """The calendar as text; the same item has the same identity each time."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//jiqun//calendar//ZH", f"X-WR-CALNAME:{_escaped(name)}"]
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    for item in items:
        identity = sha256(f"{item.on}|{item.kind}|{item.title}".encode()).hexdigest()[:32]
        title = f"【{item.kind}】{item.title}" + (f"（{item.state}）" if item.state else "")
        lines += [
            "BEGIN:VEVENT", f"UID:{identity}@jiqun", f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{item.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{item.on + timedelta(days=1):%Y%m%d}", f"SUMMARY:{_escaped(title)}",
            *([f"URL:{host}{item.url}"] if item.url else []), "TRANSP:TRANSPARENT", "END:VEVENT",
        ]  # fmt: skip
    return "\r\n".join([part for line in [*lines, "END:VCALENDAR"] for part in _folded(line)]) + "\r\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets; what follows begins with a space."""
    part, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > WIDTH:
            yield part
            part, size = " ", 1
        part, size = part + character, size + width
    yield part
