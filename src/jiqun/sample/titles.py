"""Titles and their reviews: who is awarded what when, so that ladders are climbed rung by rung."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiqun.sample.model import Among, Rank, ReviewSpec, TitleSpec
from jiqun.sample.names import pick
from jiqun.sample.streams import Streams
from jiqun.sample.subjects import Days, Indexes, Mask, Numbers, Subjects, candidates

RECOGNITION = pa.schema(
    [(n, pa.string()) for n in ("subject_kind", "subject", "title")]
    + [("awarded_on", pa.date32()), ("valid_until", pa.date32())]
)
REVIEW = pa.schema(
    [(n, pa.string()) for n in ("subject_kind", "subject", "title")]
    + [("reviewed_on", pa.date32()), ("outcome", pa.string())]
)
NEVER = 9999
PASSED, FAILED = "通过", "不通过"


@dataclass(frozen=True)
class Window:
    """The last day of anything, and how many times the reference sample this one is."""

    until: date
    scale: float


def scaled(count: int, scale: float) -> int:
    """A count of the reference sample at this size; something stays something."""
    return 0 if count == 0 else max(1, int(count * scale + 0.5))


def scale_for(subjects: Subjects, among: Among, window: Window) -> float:
    """Firms grow in number with the sample, other subjects do not."""
    return window.scale if subjects.kind == "party" and "enterprise" in among.kinds else 1.0


def award(
    specs: Sequence[TitleSpec], subjects: dict[str, Subjects], window: Window, streams: Streams
) -> tuple[pa.Table, pa.Table]:
    """The recognition and review tables; each subject's years of first award are kept with the subjects.

    All titles of a year are drawn before those of the next, in the order of the specs, so that a rung can ask for
    the one below it.
    """
    taken: dict[int, list[tuple[int, Indexes, Days]]] = {at: [] for at in range(len(specs))}
    for spec in specs:
        held = subjects[spec.subject].awarded
        held.setdefault(spec.title, np.full(len(subjects[spec.subject]), NEVER, dtype=np.int64))
    for year in range(min(_years(specs), default=NEVER), window.until.year + 1):
        for at, spec in enumerate(specs):
            chosen, days = _awards(spec, subjects[spec.subject], year, window, streams)
            if len(chosen):
                taken[at].append((year, chosen, days))
                subjects[spec.subject].award_days.setdefault(spec.title, []).append((chosen, days))
    recognitions, reviews = [], []
    for at, spec in enumerate(specs):
        own = subjects[spec.subject]
        for year, chosen, days in taken[at]:
            rng = streams.at("review", spec.title, spec.subject, year)
            until, rows, on, outcome = _reviewed(spec, days, window.until, rng)
            recognitions.append(_recognitions(own, spec.title, chosen, days, until))
            recognitions.extend(_again(spec, own, chosen, until, window.until, rng))
            reviews.append(_reviews(own, spec.title, chosen[rows], on, outcome))
        _explicit(spec, own, recognitions, reviews)
    return _joined(recognitions, RECOGNITION), _joined(reviews, REVIEW)


def _years(specs: Sequence[TitleSpec]) -> list[int]:
    return [y for s in specs for y in (*s.awards, *(e.on.year for e in s.explicit))]


def _awards(spec: TitleSpec, subjects: Subjects, year: int, window: Window, streams: Streams) -> tuple[Indexes, Days]:
    first = subjects.awarded[spec.title]
    for one in spec.explicit:
        if one.on.year == year:
            at = subjects.ids.index(one.subject).as_py()
            first[at] = min(first[at], year)
    wanted = scaled(spec.awards.get(year, 0), scale_for(subjects, spec.among, window))
    if not wanted:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype="datetime64[D]")
    mask = candidates(subjects, spec.among, year, streams, spec.title) & (first == NEVER)
    rng = streams.at("award", spec.title, spec.subject, year)
    chosen = best(subjects, spec.rank, mask, wanted, first < NEVER, year, rng)
    first[chosen] = year
    return chosen, days_in(year, spec.months, window.until, len(chosen), rng)


def best(
    subjects: Subjects, rank: Rank, mask: Mask, wanted: int, before: Mask, year: int, rng: np.random.Generator
) -> Indexes:
    """The `wanted` subjects of the mask that rank first, in the order of the table."""
    who = np.flatnonzero(mask)
    if len(who) <= wanted:
        return who
    revenue = np.nan_to_num(subjects.latest(max(year - 1, subjects.first_year))[who], nan=1e6)
    score = rank.quality * subjects.quality[who] + rank.size * np.log(np.maximum(revenue, 1.0) / 1e8)
    score += rank.noise * rng.gumbel(size=len(who))
    if rank.turn:
        score -= rank.turn * _turn(subjects, rank, who, score, before)
    chosen: Indexes = np.sort(who[np.argpartition(-score, wanted - 1)[:wanted]])
    return chosen


def _turn(subjects: Subjects, rank: Rank, who: Indexes, score: Numbers, before: Mask) -> Indexes:
    """How many of the subject's group come before it: holders of earlier years and better candidates."""
    group = (subjects.cluster if rank.by == "cluster" else subjects.county) + 1
    holders = np.bincount(group[before], minlength=int(group.max()) + 1)
    order = np.lexsort((-score, group[who]))
    ordered = group[who][order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[starts, len(who)])
    turns = np.empty(len(who), dtype=np.int64)
    turns[order] = np.arange(len(who)) - np.repeat(starts, lengths)
    return turns + holders[group[who]]


def days_in(year: int, months: tuple[int, int], until: date, n: int, rng: np.random.Generator) -> Days:
    """Days of the year within the months, none after `until` (nor in a month that has not begun by then)."""
    start = np.datetime64(date(year, months[0], 1), "D")
    end = np.datetime64(f"{year}-{months[1]:02d}", "M") + 1
    last = min(end.astype("datetime64[D]"), np.datetime64(until, "D") + 1)
    start = min(start, last - 1)
    span = int((last - start).astype(int))
    days: Days = start + rng.integers(0, span, n).astype("timedelta64[D]")
    return days


def _reviewed(
    spec: TitleSpec, days: Days, until: date, rng: np.random.Generator
) -> tuple[Days, Indexes, Days, npt.NDArray[np.object_]]:
    """When each award ends, and the reviews it went through: row, day, outcome."""
    ends = _plus_years(days, spec.valid_years)
    rows: list[Indexes] = [np.empty(0, dtype=np.int64)]
    dates: list[Days] = [np.empty(0, dtype="datetime64[D]")]
    outcomes: list[npt.NDArray[np.object_]] = [np.empty(0, dtype=object)]
    open_rows, base = np.arange(len(days)), days
    while spec.review is not None and len(open_rows):
        on = _plus_months(base, spec.review.after_months) + rng.integers(-25, 26, len(base)).astype("timedelta64[D]")
        due = on <= np.datetime64(until, "D")
        open_rows, on = open_rows[due], on[due]
        outcome = np.array(list(spec.review.outcomes), dtype=object)[pick(rng, spec.review.outcomes, len(on))]
        rows.append(open_rows)
        dates.append(on)
        outcomes.append(outcome)
        passed = outcome == PASSED
        _settle(spec, spec.review, ends, open_rows, on, outcome)
        open_rows, base = open_rows[passed], on[passed]
    return ends, np.concatenate(rows), np.concatenate(dates), np.concatenate(outcomes)


def _again(
    spec: TitleSpec, own: Subjects, who: Indexes, ends: Days, until: date, rng: np.random.Generator
) -> Iterator[pa.Table]:
    """New awards within three months after an award ended, and after those."""
    while spec.again and len(who):
        on = ends + rng.integers(1, 90, len(ends)).astype("timedelta64[D]")
        kept = (on <= np.datetime64(until, "D")) & (rng.random(len(who)) < spec.again)
        who, ends = who[kept], _plus_years(on[kept], spec.valid_years)
        yield _recognitions(own, spec.title, who, on[kept], ends)


def _settle(
    spec: TitleSpec, review: ReviewSpec, ends: Days, rows: Indexes, on: Days, outcome: npt.NDArray[np.object_]
) -> None:
    """A passed review renews the title, a failed one ends it that day; one that asks for mending leaves it."""
    passed, failed = rows[outcome == PASSED], outcome == FAILED
    if review.renews and spec.valid_years is not None:
        ends[passed] = _plus_years(ends[passed], spec.valid_years)
    ends[rows[failed]] = on[failed]


def _plus_years(days: Days, years: int | None) -> Days:
    if years is None:
        return np.full(len(days), "NaT", dtype="datetime64[D]")
    return _plus_months(days, 12 * years) - np.timedelta64(1, "D")


def _plus_months(days: Days, months: int) -> Days:
    month = days.astype("datetime64[M]")
    day = np.minimum((days - month.astype("datetime64[D]")).astype(np.int64), 27)
    shifted: Days = (month + months).astype("datetime64[D]") + day.astype("timedelta64[D]")
    return shifted


def _recognitions(own: Subjects, title: str, who: Indexes, days: Days, until: Days) -> pa.Table:
    return _named(own, title, who, {"awarded_on": pa.array(days), "valid_until": pa.array(until)}, RECOGNITION)


def _reviews(own: Subjects, title: str, who: Indexes, on: Days, outcome: npt.NDArray[np.object_]) -> pa.Table:
    return _named(own, title, who, {"reviewed_on": pa.array(on), "outcome": pa.array(outcome, pa.string())}, REVIEW)


def _named(own: Subjects, title: str, who: Indexes, rest: dict[str, pa.Array], schema: pa.Schema) -> pa.Table:
    columns = {
        "subject_kind": pa.array([own.kind] * len(who), pa.string()),
        "subject": own.ids.take(pa.array(who)),
        "title": pa.array([title] * len(who), pa.string()),
    }
    return pa.table({**columns, **rest}, schema=schema)


def _explicit(spec: TitleSpec, own: Subjects, recognitions: list[pa.Table], reviews: list[pa.Table]) -> None:
    for one in spec.explicit:
        who = np.array([own.ids.index(one.subject).as_py()])
        until = np.array([one.until or "NaT"], dtype="datetime64[D]")
        days = np.array([one.on], dtype="datetime64[D]")
        recognitions.append(_recognitions(own, spec.title, who, days, until))
        on = np.array([review.on for review in one.reviews], dtype="datetime64[D]")
        outcome = np.array([review.outcome for review in one.reviews], dtype=object)
        reviews.append(_reviews(own, spec.title, np.repeat(who, len(on)), on, outcome))


def _joined(tables: list[pa.Table], schema: pa.Schema) -> pa.Table:
    """One table in the order of the subjects."""
    joined = pa.concat_tables(tables) if tables else schema.empty_table()
    return joined.sort_by([(name, "ascending") for name in schema.names[:4]])
