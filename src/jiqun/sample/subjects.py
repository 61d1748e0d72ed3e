"""Subjects of one kind as columns: what choosing, reporting and recording need to know of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiqun.sample.model import Among, SubjectKind
from jiqun.sample.streams import Streams

Indexes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Subjects:
    """One element a subject; revenue and employees have a column for each year from `first_year`."""

    kind: SubjectKind
    ids: pa.StringArray
    names: pa.StringArray
    shorts: pa.StringArray
    """How texts name the subject in passing."""
    place_names: pa.StringArray
    trades: pa.StringArray
    first_year: int
    quality: Numbers
    revenue: Numbers
    employees: Numbers
    founded: Indexes
    """The year."""
    county: Indexes
    cluster: Indexes
    """Position, -1 for none."""
    cluster_ids: tuple[str, ...]
    place_codes: tuple[str, ...]
    key_clusters: Mask
    party_kind: npt.NDArray[np.object_] | None = None
    size: npt.NDArray[np.object_] | None = None
    above_size: Mask | None = None
    industry: npt.NDArray[np.object_] | None = None
    awarded: dict[str, Indexes] = field(default_factory=dict)
    """Title -> the year of the first award, 9999 for none; filled while titles are drawn."""
    award_days: dict[str, list[tuple[Indexes, Days]]] = field(default_factory=dict)
    """Title -> who was first awarded it on which day; filled while titles are drawn."""

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def in_key(self) -> Mask:
        """Whether the subject is, or belongs to, a provincial key cluster."""
        result: Mask = (self.cluster >= 0) & self.key_clusters[self.cluster]
        return result

    def latest(self, year: int) -> Numbers:
        """Revenue of the year."""
        column: Numbers = self.revenue[:, year - self.first_year]
        return column

    def holds(self, titles: tuple[str, ...], before: int) -> Mask:
        """Whether any of the titles was first awarded before the year."""
        result = np.zeros(len(self), dtype=bool)
        for title in titles:
            if title in self.awarded:
                result |= self.awarded[title] < before
        return result


def candidates(subjects: Subjects, among: Among, year: int, streams: Streams, purpose: str) -> Mask:
    """The subjects that come into question in the year."""
    mask = np.ones(len(subjects), dtype=bool)
    if subjects.party_kind is not None:
        mask &= np.isin(subjects.party_kind, among.kinds)
    mask &= _clusters(subjects, among)
    if among.sizes and subjects.size is not None:
        mask &= np.isin(subjects.size, among.sizes)
    if among.above_size is not None and subjects.above_size is not None:
        mask &= subjects.above_size == among.above_size
    if among.revenue:
        known = np.nan_to_num(subjects.latest(max(year - 1, subjects.first_year)))
        mask &= known >= among.revenue
    if among.holds:
        mask &= subjects.holds(among.holds, year)
    if among.lacks:
        mask &= ~subjects.holds(among.lacks, year + 1)
    if among.places:
        mask &= np.isin(subjects.county, [subjects.place_codes.index(c) for c in among.places])
    if among.industries and subjects.industry is not None:
        mask &= np.array([str(i).startswith(among.industries) for i in subjects.industry])
    if among.share < 1:
        mask &= streams.at("share", subjects.kind, purpose).random(len(subjects)) < among.share
    return mask & (subjects.founded < year)


def _clusters(subjects: Subjects, among: Among) -> Mask:
    if isinstance(among.clusters, tuple):
        wanted = [subjects.cluster_ids.index(c) for c in among.clusters]
        return np.isin(subjects.cluster, wanted)
    if among.clusters == "member":
        return subjects.cluster >= 0
    if among.clusters == "outside":
        return subjects.cluster < 0
    return subjects.in_key if among.clusters == "key" else np.ones(len(subjects), dtype=bool)
