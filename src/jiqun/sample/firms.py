"""Who the firms are: place, cluster, trade, size, growth and age, before anything is reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jiqun.sample.model import Demo, Trade
from jiqun.sample.places import Places
from jiqun.sample.streams import Streams

Indexes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Firms:
    """One element a firm, ordered by place and cluster; matrices have a column for each year."""

    county: Indexes
    cluster: Indexes
    """Position among the clusters, -1 for none."""
    trade: Indexes
    """Position in `trades`."""
    quality: Numbers
    founded: Indexes
    """The year."""
    revenue: Numbers
    """Missing before the first full year."""
    employees: Numbers
    trades: tuple[Trade, ...]
    size: Indexes
    """Position among the size classes; their number where only the smallest class is left."""
    above_size: npt.NDArray[np.bool_]


def quotas(total: int, weights: Numbers) -> Indexes:
    """Whole shares of `total` in proportion to the weights, by largest remainder."""
    exact = total * weights / weights.sum()
    counts: Indexes = np.floor(exact).astype(np.int64)
    for at in np.argsort(counts - exact, kind="stable")[: total - int(counts.sum())]:
        counts[at] += 1
    return counts


def cluster_quotas(demo: Demo, total: int) -> Indexes:
    """Firms of each cluster, and last those outside all clusters."""
    weights = np.array([c.firms for c in demo.clusters])
    inside = weights / weights.sum() * (1 - demo.outside.share)
    return quotas(total, np.append(inside, demo.outside.share))


def draw_firms(demo: Demo, places: Places, total: int, streams: Streams) -> Firms:
    """Invent `total` firms."""
    cluster, county = _where(demo, places, total, streams)
    trades, trade = _trades(demo, cluster, streams)
    quality = streams.at("quality").standard_normal(total)
    founded = _founded(demo, total, streams)
    revenue = _revenue(demo, cluster, quality, founded, streams)
    employees = _employees(demo, revenue, streams)
    last = demo.years[1] - demo.years[0]
    return Firms(
        county=county,
        cluster=cluster,
        trade=trade,
        quality=quality,
        founded=founded,
        revenue=revenue,
        employees=employees,
        trades=trades,
        size=_size(demo, employees[:, last], revenue[:, last]),
        above_size=revenue[:, last] >= demo.firms.above_size,
    )


def _where(demo: Demo, places: Places, total: int, streams: Streams) -> tuple[Indexes, Indexes]:
    counts = cluster_quotas(demo, total)
    cluster = np.repeat(np.append(np.arange(len(demo.clusters)), -1), counts).astype(np.int64)
    weights = np.array(list(demo.outside.places.values()))
    outside = streams.at("outside").choice(len(weights), int(counts[-1]), p=weights / weights.sum())
    codes = np.array([places.index[code] for code in demo.outside.places])
    home = np.array([places.index[c.county] for c in demo.clusters])
    county = np.append(home[cluster[: total - counts[-1]]], codes[outside]).astype(np.int64)
    region = np.array([int(r) for r in places.regions])[county]
    order = np.lexsort((cluster, county, region))
    return cluster[order], county[order]


def _trades(demo: Demo, cluster: Indexes, streams: Streams) -> tuple[tuple[Trade, ...], Indexes]:
    rng = streams.at("trade")
    trades: list[Trade] = []
    chosen = np.zeros(len(cluster), dtype=np.int64)
    for at, own in enumerate([*(c.trades for c in demo.clusters), demo.outside.trades]):
        members = np.flatnonzero(cluster == (at if at < len(demo.clusters) else -1))
        weights = np.array([t.weight for t in own])
        chosen[members] = len(trades) + rng.choice(len(own), len(members), p=weights / weights.sum())
        trades.extend(own)
    return tuple(trades), chosen


def _founded(demo: Demo, total: int, streams: Streams) -> Indexes:
    first, last = demo.firms.founded
    share = streams.at("founded").beta(2.2, 1.6, total)
    return first + np.floor(share * (last + 1 - first)).astype(np.int64)


def _revenue(demo: Demo, cluster: Indexes, quality: Numbers, founded: Indexes, streams: Streams) -> Numbers:
    """Lognormal in the anchor year, scaled to the clusters' sums, with noisy growth before and after."""
    spec, total = demo.firms, len(cluster)
    years = np.arange(demo.years[0], demo.years[1] + 2)
    growth = np.log1p(np.array([*(c.growth for c in demo.clusters), demo.outside.growth]))[cluster]
    noise = spec.growth_spread * streams.at("growth").standard_normal((total, len(years)))
    # The noise's own mean growth is taken out, so that a cluster's sum grows as its declared rate.
    steps = growth[:, None] + (spec.growth_quality * quality)[:, None] + noise - spec.growth_spread**2 / 2
    path = np.cumsum(steps, axis=1)
    path -= path[:, [spec.anchor_year - demo.years[0]]]
    level = spec.spread * streams.at("revenue").standard_normal(total) + spec.quality * quality
    anchor = np.exp(level) * _scale(demo, np.exp(level), cluster)
    revenue = anchor[:, None] * np.exp(path)
    revenue[years[None, :] <= founded[:, None]] = np.nan
    result: Numbers = np.maximum(revenue, 10_000.0)
    return result


def _scale(demo: Demo, level: Numbers, cluster: Indexes) -> Numbers:
    """What makes the firms of each cluster add up to the covered part of its revenue."""
    group = np.where(cluster < 0, len(demo.clusters), cluster)
    sums = np.bincount(group, weights=level, minlength=len(demo.clusters) + 1)
    counts = np.bincount(group, minlength=len(demo.clusters) + 1)
    reference = np.maximum(cluster_quotas(demo, demo.firms.reference), 1)
    wanted = np.array([c.revenue * demo.firms.coverage for c in demo.clusters])
    means = np.append(wanted / reference[:-1], demo.outside.mean_revenue)
    factor = np.divide(means * counts, sums, out=np.ones_like(sums), where=sums > 0)
    scaled: Numbers = factor[group]
    return scaled


def _employees(demo: Demo, revenue: Numbers, streams: Streams) -> Numbers:
    spec = demo.firms
    last = revenue[:, [demo.years[1] - demo.years[0]]]
    heads = spec.revenue_per_head * np.exp(
        spec.revenue_per_head_spread * streams.at("heads").standard_normal(last.shape)
    )
    # Staff follows revenue with half its swings, and revenue per head grows with size.
    size = np.power(np.maximum(last, 1.0) / 1e8, 0.15)
    employees = last / (heads * size) * np.sqrt(revenue / last)
    result: Numbers = np.maximum(np.rint(employees), 1.0)
    return result


def _size(demo: Demo, employees: Numbers, revenue: Numbers) -> Indexes:
    classes = demo.firms.size_classes
    result = np.full(len(employees), len(classes), dtype=np.int64)
    for at in range(len(classes) - 1, -1, -1):
        met = (employees >= classes[at].employees) & (revenue >= classes[at].revenue)
        result[met] = at
    return result
