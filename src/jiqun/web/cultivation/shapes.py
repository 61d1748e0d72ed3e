"""What the templates of the cultivation desk are given: frozen and already put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from django.http import QueryDict

from jiqun.rules.vocabulary import PARTY_KINDS
from jiqun.web.portal.paging import page_number

Outcome = Literal["符合", "不符合", "待定"]
MAIN_FIGURES = 12
"""How many figures are shown unfolded."""
NEAR = 5
"""How many of the nearest are shown unfolded."""
ROLE_NAMES = {"criterion": "条件", "reference": "参考", "quota": "名额", "process": "程序"}
CONFIDENCE_NAMES = {"high": "高", "medium": "中", "low": "低"}


@dataclass(frozen=True)
class CriterionView:
    """One condition of a rule, with what it found; `children` are its parts."""

    text: str
    outcome: str
    role: str = "criterion"
    """criterion, or reference, quota, process: shown, but it never decides."""
    actual: str | None = None
    threshold: str | None = None
    gap: str | None = None
    clause: str | None = None
    rule: str | None = None
    confidence: str | None = None
    note: str | None = None
    missing: tuple[str, ...] = ()
    children: tuple[CriterionView, ...] = ()
    records: tuple[str, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether the outcome of the rule depends on it."""
        return self.role == "criterion"

    @property
    def role_name(self) -> str:
        """The role in words."""
        return ROLE_NAMES[self.role]


@dataclass(frozen=True)
class PathStep:
    """One change on the shortest way, and the first day on which it could count."""

    text: str
    change: str | None = None
    counts_on: date | None = None
    note: str | None = None
    effort: float = 1.0
    """How great the change is, relative to what stands there."""
    title: str | None = None
    """The title that must be awarded first, where that is the step."""


@dataclass(frozen=True)
class LeadsTo:
    """A benefit that a title opens."""

    id: str
    title: str
    amount: str | None


@dataclass(frozen=True)
class RuleView:
    """One benefit or rung as it stands for one firm."""

    id: str
    title: str
    kind: Literal["benefit", "rung"]
    group: str
    outcome: str
    document: str | None = None
    text: str | None = None
    amount: Decimal | None = None
    ceiling: bool = False
    amount_words: str | None = None
    payee: str | None = None
    handling: str | None = None
    held: bool = False
    criteria: tuple[CriterionView, ...] = ()
    missing: tuple[str, ...] = ()
    path: tuple[PathStep, ...] = ()
    counts_on: date | None = None
    note: str | None = None
    unwritten: tuple[str, ...] = ()
    """Conditions that the pack itself does not know yet."""
    leads_to: tuple[LeadsTo, ...] = ()
    """Benefits that the title of a rung opens."""

    @property
    def titles_needed(self) -> tuple[str, ...]:
        """Titles that must be awarded on the way."""
        return tuple(step.title for step in self.path if step.title is not None)

    @property
    def awaits_title(self) -> bool:
        """A benefit that comes with a title, whose own page part tells the way."""
        return self.kind == "benefit" and bool(self.titles_needed)

    @property
    def extra_steps(self) -> int:
        """Steps beside the titles."""
        return len(self.path) - len(self.titles_needed)

    @property
    def effort(self) -> float:
        """How far it is: the steps and the size of their changes."""
        return len(self.path) + sum(step.effort for step in self.path)

    @property
    def unmet(self) -> int:
        """How many deciding conditions do not hold."""
        return sum(c.decides and c.outcome == "不符合" for c in self.criteria)

    @property
    def decided_on(self) -> int:
        """How many conditions decide."""
        return sum(c.decides for c in self.criteria)

    @property
    def met(self) -> int:
        """How many of them hold."""
        return sum(c.decides and c.outcome == "符合" for c in self.criteria)


@dataclass(frozen=True)
class TitleView:
    """A title that the firm holds or held, with its reviews."""

    title: str
    awarded_on: date
    valid_until: date | None
    state: str
    """有效, 即将到期, 已到期."""
    state_class: str
    reviews: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """An indicator over the periods; None where nothing was reported."""

    name: str
    unit: str
    periods: tuple[str, ...]
    texts: tuple[str | None, ...]
    values: tuple[float | None, ...]

    @property
    def drawable(self) -> bool:
        """Whether there is a number to draw."""
        return any(v is not None for v in self.values)


@dataclass(frozen=True)
class Profile:
    """Who the firm is."""

    uscc: str
    name: str
    kind: str
    county: str | None
    cluster: str | None
    cluster_key: bool
    industry: str | None
    """Code and name."""
    industry_section: str | None
    founded_on: date | None
    size_class: str | None
    above_size: bool | None


@dataclass(frozen=True)
class FirmPage:
    """All of the page of one firm."""

    profile: Profile
    titles: tuple[TitleView, ...]
    figures: tuple[Figure, ...]
    rules: tuple[RuleView, ...]

    @property
    def main_figures(self) -> tuple[Figure, ...]:
        """The figures that are reported most fully."""
        return self._by_fullness[:MAIN_FIGURES]

    @property
    def more_figures(self) -> tuple[Figure, ...]:
        """The rest."""
        return self._by_fullness[MAIN_FIGURES:]

    @cached_property
    def _by_fullness(self) -> tuple[Figure, ...]:
        return tuple(sorted(self.figures, key=lambda f: sum(text is None for text in f.texts)))

    @property
    def now(self) -> tuple[RuleView, ...]:
        """What it can have now: benefits first, the greatest amounts first, then titles to apply for."""
        found = [r for r in self.rules if r.outcome == "符合" and not r.held]
        return tuple(sorted(found, key=lambda r: (r.kind != "benefit", -(r.amount or 0))))

    @cached_property
    def reachable(self) -> tuple[RuleView, ...]:
        """Not met, but the firm's own changes would do: nearest first."""
        found = [r for r in self.rules if r.outcome == "不符合" and r.path and not r.held and not r.awaits_title]
        return tuple(sorted(found, key=lambda r: r.effort))

    @property
    def near(self) -> tuple[RuleView, ...]:
        """The nearest of them."""
        return self.reachable[:NEAR]

    @property
    def far(self) -> tuple[RuleView, ...]:
        """Those further away."""
        return self.reachable[NEAR:]

    @property
    def after_title(self) -> tuple[RuleView, ...]:
        """Benefits that a title would open."""
        return tuple(r for r in self.rules if r.outcome == "不符合" and not r.held and r.awaits_title)

    @property
    def unknown(self) -> tuple[RuleView, ...]:
        """Not determined for want of facts that can be reported: those with the fewest missing first."""
        found = [r for r in self.rules if r.outcome == "待定" and not r.held and not r.unwritten]
        return tuple(sorted(found, key=lambda r: len(r.missing)))

    @property
    def unwritten(self) -> tuple[RuleView, ...]:
        """Not determined because the conditions themselves are not known yet."""
        return tuple(r for r in self.rules if r.outcome == "待定" and not r.held and r.unwritten)

    @property
    def held(self) -> tuple[RuleView, ...]:
        """Rungs whose title the firm holds already."""
        return tuple(r for r in self.rules if r.held)

    @property
    def others(self) -> tuple[RuleView, ...]:
        """The rest."""
        groups = (self.now, self.reachable, self.after_title, self.unknown, self.unwritten, self.held)
        shown = {r.id for group in groups for r in group}
        return tuple(r for r in self.rules if r.id not in shown)

    @property
    def payable(self) -> Decimal:
        """What the met benefits come to, in yuan."""
        return sum((r.amount or Decimal(0) for r in self.now if r.kind == "benefit"), Decimal(0))


@dataclass(frozen=True)
class FirmRow:
    """A firm as a line of the list."""

    uscc: str
    name: str
    county: str | None
    cluster: str | None
    industry: str | None
    size_class: str | None
    above_size: bool | None
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class FirmChoices:
    """What the boxes of the list offer: pairs of value and label."""

    counties: tuple[tuple[str, str], ...]
    clusters: tuple[tuple[str, str], ...]
    titles: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FirmFilter:
    """What the reader of the list asked for."""

    q: str = ""
    county: str = ""
    cluster: str = ""
    title: str = ""
    kind: str = "enterprise"
    page: int = 1

    @classmethod
    def of(cls, query: QueryDict) -> FirmFilter:
        """From the address; an unknown kind means firms."""
        kind = query.get("kind", "enterprise")
        return cls(
            query.get("q", "").strip()[:60],
            query.get("county", "")[:6],
            query.get("cluster", "")[:40],
            query.get("title", "")[:80],
            kind if kind in PARTY_KINDS else "enterprise",
            page_number(query.get("page")),
        )

    @property
    def narrows(self) -> bool:
        """Whether anything but the page was asked for."""
        return bool(self.q or self.county or self.cluster or self.title or self.kind != "enterprise")
