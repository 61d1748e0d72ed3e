"""Figures of subjects over the years, each indicator from its model in demo.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jiqun.sample.model import Choice, Count, FigureSpec, Flag, Level, Part, Run
from jiqun.sample.streams import Streams

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Values = dict[str, Numbers]
"""Indicator -> a row a subject, a column a year (or a period, for runs); flags are 0 and 1, texts are positions."""


@dataclass(frozen=True)
class Block:
    """A run of subjects whose figures are drawn together; matrices have a column a year."""

    number: int
    purpose: str
    years: range
    quality: Numbers
    revenue: Numbers
    employees: Numbers
    founded: npt.NDArray[np.int64]
    awarded: dict[str, npt.NDArray[np.int64]]

    def __len__(self) -> int:
        return len(self.quality)


def draw_figures(specs: Sequence[FigureSpec], block: Block, streams: Streams) -> Values:
    """The values of every indicator, in the order of the specs; a figure may use those before it."""
    values: Values = {}
    for spec in specs:
        values[spec.indicator] = _draw(spec, block, values, _Noise(block, spec.indicator, streams))
    return values


@dataclass(frozen=True)
class _Noise:
    """Standard normal noise of one indicator, part of it the same in all years."""

    block: Block
    indicator: str
    streams: Streams

    def rng(self) -> np.random.Generator:
        return self.streams.at("figure", self.block.purpose, self.indicator, self.block.number)

    def normal(self, persistence: float) -> Numbers:
        rng, n = self.rng(), len(self.block)
        steady = rng.standard_normal((n, 1)) * np.sqrt(persistence)
        noise: Numbers = steady + rng.standard_normal((n, len(self.block.years))) * np.sqrt(1 - persistence)
        return noise


def _draw(spec: FigureSpec, block: Block, values: Values, noise: _Noise) -> Numbers:
    quality = block.quality[:, None]
    if spec.base:
        return {"revenue": block.revenue, "employees": block.employees, "age": _age(block)}[spec.base.of]
    if spec.part:
        return values[spec.part.of] * _share(spec.part, block, noise)
    if m := spec.multiple:
        return values[m.of] * m.median * np.exp(m.spread * noise.normal(m.persistence) + m.quality * quality)
    if g := spec.margin:
        return values[g.of] * (g.mean + g.spread * noise.normal(g.persistence) + g.quality * quality)
    if spec.quotient:
        by = values[spec.quotient.by]
        return spec.quotient.times * np.divide(
            values[spec.quotient.of], by, out=np.full_like(by, np.nan), where=by != 0
        )
    if spec.difference:
        return values[spec.difference.of] - values[spec.difference.less]
    if spec.level:
        return _level(spec.level, block, noise)
    if spec.count:
        return _count(spec.count, block, noise)
    if spec.flag:
        return _flag(spec.flag, block, noise)
    if spec.choice:
        return _choice(spec.choice, block, noise)
    assert spec.run is not None, "the model checks that one way is given"
    return _run(spec.run, block, values, noise)


def _years_from_middle(block: Block) -> Numbers:
    return np.arange(len(block.years), dtype=np.float64) - (len(block.years) - 1) / 2


def _age(block: Block) -> Numbers:
    ages: Numbers = np.maximum(np.array(block.years)[None, :] - block.founded[:, None], 0).astype(float)
    return ages


def _share(spec: Part, block: Block, noise: _Noise) -> Numbers:
    """A logistic share below the ceiling."""
    median = spec.median / spec.ceiling
    logit = np.log(median / (1 - median)) + spec.spread * noise.normal(spec.persistence)
    logit += spec.quality * block.quality[:, None] + spec.drift * _years_from_middle(block)
    share: Numbers = spec.ceiling / (1 + np.exp(-logit))
    return share


def _level(spec: Level, block: Block, noise: _Noise) -> Numbers:
    value = spec.mean + spec.spread * noise.normal(spec.persistence)
    value += spec.quality * block.quality[:, None] + spec.drift * _years_from_middle(block)
    clipped: Numbers = np.clip(value, spec.low, spec.high) if (spec.low, spec.high) != (None, None) else value
    return clipped


def _count(spec: Count, block: Block, noise: _Noise) -> Numbers:
    size = np.power(np.maximum(np.nan_to_num(block.revenue, nan=1e6), 1.0) / 1e8, spec.size)
    mean = np.minimum(spec.mean * np.exp(spec.quality * block.quality)[:, None] * size, 1e6)
    if not spec.stock:
        return noise.rng().poisson(mean).astype(float)
    rng, years = noise.rng(), len(block.years)
    start = rng.poisson(mean[:, :1] * 0.7)
    growth = rng.poisson(mean[:, 1:] * 0.3 / max(years - 1, 1))
    return np.cumsum(np.hstack([start, growth]), axis=1).astype(float)


def _flag(spec: Flag, block: Block, noise: _Noise) -> Numbers:
    drawn = noise.normal(spec.persistence) + spec.quality * block.quality[:, None]
    drawn /= np.sqrt(1 + spec.quality**2)
    probability = np.full(len(block), spec.probability)
    for title, given in spec.given.items():
        held = block.awarded.get(title)
        if held is not None:
            probability[held < 9999] = given
    limit = _normal_quantile(1 - probability)
    return (drawn > limit[:, None] - spec.drift * _years_from_middle(block)).astype(float)


def _normal_quantile(p: Numbers) -> Numbers:
    """Quantiles of the standard normal distribution, by a table fine enough for shares of firms."""
    grid = np.linspace(-6, 6, 2401)
    cumulative = np.cumsum(np.exp(-(grid**2) / 2))
    return np.interp(p, cumulative / cumulative[-1], grid)


def _choice(spec: Choice, block: Block, noise: _Noise) -> Numbers:
    weights = np.array(list(spec.weights.values()))
    drawn = noise.rng().choice(len(weights), len(block), p=weights / weights.sum()).astype(float)
    return np.repeat(drawn[:, None], len(block.years), axis=1)


def _run(spec: Run, block: Block, values: Values, noise: _Noise) -> Numbers:
    """Monthly (or quarterly) values whose sum over a year is about the year's figure."""
    months = np.array(spec.season) / sum(spec.season)
    per_year = 12 if "-" in spec.first else 4
    season = months.reshape(per_year, -1).sum(axis=1)
    yearly = values[spec.of][:, :, None] * season[None, None, :]
    wobble = np.exp(spec.spread * noise.rng().standard_normal(yearly.shape))
    flat: Numbers = (yearly * wobble).reshape(len(block), -1)
    return flat
