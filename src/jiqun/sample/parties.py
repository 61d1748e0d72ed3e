"""The party and cluster tables, and both as subjects of figures, titles and entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiqun.sample.codes import demonstration_codes
from jiqun.sample.firms import Firms
from jiqun.sample.model import ClusterSpec, Demo, OrganisationSpec
from jiqun.sample.names import firm_names
from jiqun.sample.places import Places
from jiqun.sample.streams import Streams
from jiqun.sample.subjects import Indexes, Subjects

FIRM_ENTITY = "1"
"""The entity digit of firms, as in real codes."""


@dataclass(frozen=True)
class Organisation:
    """A party that is no firm."""

    kind: str
    name: str
    entity: str
    county: int
    cluster: int
    industry: str | None


def organisations(demo: Demo, places: Places, streams: Streams) -> list[Organisation]:
    """All parties that are no firms, in the order of demo.yaml."""
    return [one for at, spec in enumerate(demo.organisations) for one in _expand(spec, at, demo, places, streams)]


def _expand(spec: OrganisationSpec, at: int, demo: Demo, places: Places, streams: Streams) -> list[Organisation]:
    home = places.index[spec.place] if spec.place else 0
    where: list[tuple[int, int]] = [(home, -1)] * spec.count
    if spec.per == "place":
        where = [(i, -1) for i, row in enumerate(places.rows) if row.kind != "city" and row.counted]
    elif spec.per in ("cluster", "key-cluster"):
        chosen = [i for i, c in enumerate(demo.clusters) if c.key or spec.per == "cluster"]
        where = [(places.index[demo.clusters[i].county], i) for i in chosen]
    kept = streams.at("organisation", at).random(len(where)) < spec.share
    return [
        _organisation(spec, number, county, cluster, demo, places)
        for number, (county, cluster) in enumerate((w for w, k in zip(where, kept, strict=True) if k), start=1)
    ]


def _organisation(
    spec: OrganisationSpec, number: int, county: int, cluster: int, demo: Demo, places: Places
) -> Organisation:
    own: ClusterSpec | None = demo.clusters[cluster] if cluster >= 0 else None
    name = spec.name.format(
        place=places.rows[county].name,
        short=own.short if own else "",
        trade=own.trades[0].word if own else "",
        n=number,
    )
    return Organisation(spec.kind, name, spec.entity, county, cluster, spec.industry)


def party_subjects(demo: Demo, places: Places, firms: Firms, streams: Streams) -> Subjects:
    """Firms, then the other parties."""
    others = organisations(demo, places, streams)
    n, m = len(firms.county), len(others)
    words = [t.word for t in firms.trades]
    unique = list(dict.fromkeys(words))
    word = np.array([unique.index(w) for w in words])[firms.trade]
    names = firm_names(demo.names, places, firms.county, word, unique, streams.at("names"))
    trades = pa.array(words, pa.string()).take(pa.array(firms.trade))
    other_names = pa.array([o.name for o in others], pa.string())
    county = np.append(firms.county, np.array([o.county for o in others], dtype=np.int64))
    cluster = np.append(firms.cluster, np.array([o.cluster for o in others], dtype=np.int64))
    blank = np.full((m, firms.revenue.shape[1]), np.nan)
    return Subjects(
        kind="party",
        ids=pa.concat_arrays(
            [demonstration_codes(FIRM_ENTITY, places.regions, firms.county, 1), *_codes(others, places, n)]
        ),
        names=pa.concat_arrays([names, other_names]),
        shorts=pa.concat_arrays([names, other_names]),
        place_names=_place_names(places, county),
        trades=pa.concat_arrays([trades, pa.array([""] * m, pa.string())]),
        first_year=demo.years[0],
        quality=np.append(firms.quality, np.zeros(m)),
        revenue=np.vstack([firms.revenue, blank]),
        employees=np.vstack([firms.employees, blank]),
        founded=np.append(firms.founded, np.full(m, demo.firms.founded[0])),
        county=county,
        cluster=cluster,
        cluster_ids=tuple(c.id for c in demo.clusters),
        place_codes=tuple(r.code for r in places.rows),
        key_clusters=np.array([c.key for c in demo.clusters]),
        party_kind=_objects(["enterprise"] * n + [o.kind for o in others]),
        size=np.append(_sizes(demo, firms, streams), _objects([None] * m)),
        above_size=np.append(firms.above_size, np.zeros(m, dtype=bool)),
        industry=np.append(
            _objects([t.industry for t in firms.trades])[firms.trade], _objects([o.industry for o in others])
        ),
    )


def _objects(values: Sequence[str | None]) -> npt.NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _codes(others: list[Organisation], places: Places, taken: int) -> list[pa.StringArray]:
    return [
        demonstration_codes(o.entity, places.regions, np.array([o.county]), taken + 1 + at)
        for at, o in enumerate(others)
    ]


def _place_names(places: Places, county: Indexes) -> pa.StringArray:
    return pa.array([r.name for r in places.rows], pa.string()).take(pa.array(county))


def _sizes(demo: Demo, firms: Firms, streams: Streams) -> npt.NDArray[np.object_]:
    names = _objects([*(c.name for c in demo.firms.size_classes), demo.firms.smallest_class])
    sizes = names[firms.size]
    sizes[streams.at("size-unknown").random(len(sizes)) < demo.firms.size_unknown] = None
    return sizes


def party_table(demo: Demo, parties: Subjects, streams: Streams) -> pa.Table:
    """The party table of the facts."""
    n = len(parties)
    days = streams.at("founded-day").integers(0, 365, n).astype("timedelta64[D]")
    founded = (parties.founded - 1970).astype("datetime64[Y]").astype("datetime64[D]") + days
    ids = pa.array([*parties.cluster_ids, None], pa.string())
    assert parties.above_size is not None
    return pa.table(
        {
            "uscc": parties.ids,
            "name": parties.names,
            "kind": pa.array(parties.party_kind, pa.string()),
            "cluster": ids.take(pa.array(np.where(parties.cluster < 0, len(parties.cluster_ids), parties.cluster))),
            "county": pa.array(parties.place_codes, pa.string()).take(pa.array(parties.county)),
            "industry": pa.array(parties.industry, pa.string()),
            "founded_on": pa.array(founded),
            "size_class": pa.array(parties.size, pa.string()),
            "above_size": pa.array(parties.above_size),
        }
    )


def cluster_table(demo: Demo) -> pa.Table:
    """The cluster table of the facts."""
    columns = ("id", "name", "county", "chain")
    table = {c: pa.array([getattr(k, c) for k in demo.clusters], pa.string()) for c in columns}
    return pa.table({**table, "provincial_key": pa.array([k.key for k in demo.clusters])})


def cluster_subjects(demo: Demo, places: Places, streams: Streams) -> Subjects:
    """Clusters with their own reported revenue, which is more than their firms in the sample add up to."""
    years = np.arange(demo.years[0], demo.years[1] + 2)
    n = len(demo.clusters)
    growth = np.array([c.growth for c in demo.clusters])
    wobble = 1 + 0.01 * streams.at("cluster-growth").standard_normal((n, len(years)))
    wobble[:, demo.firms.anchor_year - demo.years[0]] = 1.0
    anchor = np.array([c.revenue for c in demo.clusters])
    revenue = anchor[:, None] * (1 + growth)[:, None] ** (years - demo.firms.anchor_year)[None, :] * wobble
    county = np.array([places.index[c.county] for c in demo.clusters])
    return _aggregate("cluster", demo, places, revenue, county, np.arange(n), streams)


def place_subjects(demo: Demo, places: Places, clusters: Subjects, firms: Firms, streams: Streams) -> Subjects:
    """Places with the revenue of their clusters and a share of what lies outside clusters."""
    n = len(places.rows)
    revenue = np.zeros((n, clusters.revenue.shape[1]))
    np.add.at(revenue, clusters.county, clusters.revenue)
    for code, weight in demo.outside.places.items():
        share = weight / sum(demo.outside.places.values())
        revenue[places.index[code]] += demo.outside.mean_revenue * demo.firms.reference * demo.outside.share * share
    revenue[revenue == 0] = np.nan
    return _aggregate("place", demo, places, revenue, np.arange(n), np.full(n, -1), streams)


def _aggregate(
    kind: str,
    demo: Demo,
    places: Places,
    revenue: npt.NDArray[np.float64],
    county: Indexes,
    cluster: Indexes,
    streams: Streams,
) -> Subjects:
    n = len(county)
    is_cluster = kind == "cluster"
    names = [c.name for c in demo.clusters] if is_cluster else [r.name for r in places.rows]
    return Subjects(
        kind="cluster" if is_cluster else "place",
        ids=pa.array([c.id for c in demo.clusters] if is_cluster else [r.code for r in places.rows], pa.string()),
        names=pa.array(names, pa.string()),
        shorts=pa.array([c.short for c in demo.clusters] if is_cluster else names, pa.string()),
        place_names=_place_names(places, county),
        trades=pa.array([c.trades[0].word for c in demo.clusters] if is_cluster else [""] * n, pa.string()),
        first_year=demo.years[0],
        quality=streams.at("quality", kind).standard_normal(n),
        revenue=revenue,
        employees=np.rint(revenue / demo.firms.revenue_per_head),
        founded=np.full(n, demo.years[0] - 1),
        county=county,
        cluster=cluster,
        cluster_ids=tuple(c.id for c in demo.clusters),
        place_codes=tuple(r.code for r in places.rows),
        key_clusters=np.array([c.key for c in demo.clusters]),
    )
