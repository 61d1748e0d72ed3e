"""All kinds of a pack, found by their keys and grouped for the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from jiqun.base.periods import Period
from jiqun.programme.models import IndicatorFile, IndicatorSpec
from jiqun.programme.pack import Pack
from jiqun.rules.vocabulary import SUBJECT_NAMES
from jiqun.web.accounts.scope import Scope
from jiqun.web.registry.intake.kinds.base import Kind
from jiqun.web.registry.intake.kinds.entries import Entries
from jiqun.web.registry.intake.kinds.figures import Figures
from jiqun.web.registry.intake.kinds.parties import Parties
from jiqun.web.registry.intake.kinds.titles import Recognitions, Reviews


@dataclass(frozen=True)
class Group:
    """Kinds under one heading."""

    name: str
    kinds: tuple[Kind, ...]


def offered(pack: Pack, scope: Scope) -> list[Group]:
    """What the person may import."""
    groups: dict[str, list[Kind]] = {}
    for kind in _all(pack):
        if scope.role in kind.roles:
            groups.setdefault(kind.group, []).append(kind)
    return [Group(name, tuple(kinds)) for name, kinds in groups.items()]


def find(pack: Pack, key: str, *, role: object = None) -> Kind | None:
    """The kind of a key (with its period, where it has one), if the role may import it; None otherwise."""
    kind = _by_key(pack, key)
    return kind if kind is not None and (role is None or role in kind.roles) else None


def _by_key(pack: Pack, key: str) -> Kind | None:
    head, *rest = key.split("/")
    if head != "figures":
        return next((k for k in _all(pack) if k.key == key), None)
    if len(rest) not in (3, 4):
        return None
    name, subject, grain = rest[:3]
    found = next((s for s in _sets(pack) if (s[0], s[2], s[3][0].period) == (name, subject, grain)), None)
    try:
        period = Period.parse(rest[3]) if len(rest) == 4 else None
    except ValueError:
        return None
    if found is None or (period and period.grain != grain):
        return None
    return Figures(*found, period)


def _all(pack: Pack) -> Iterator[Kind]:
    yield Parties()
    for name, title, subject, specs in _sets(pack):
        yield Figures(name, title, subject, specs, None)
    for register in pack.registers:
        yield Entries(register)
    for maker in (Recognitions, Reviews):
        for subject in SUBJECT_NAMES:
            titles = [t for t in pack.vocabulary.titles.values() if subject in t.subjects]
            if titles:
                yield maker(subject, titles)


def _sets(pack: Pack) -> Iterator[tuple[str, str, str, list[IndicatorSpec]]]:
    """(file, title, subject, indicators) of every file of indicators, by subject and grain."""
    for path, part in sorted(pack.files.items()):
        if not isinstance(part, IndicatorFile):
            continue
        name = PurePath(path).stem
        parts: dict[tuple[str, str], list[IndicatorSpec]] = {}
        for spec in part.indicators:
            for kind in spec.subjects:
                parts.setdefault((kind, spec.period), []).append(spec)
        for (subject, _), specs in parts.items():
            yield name, part.title or name, subject, specs
