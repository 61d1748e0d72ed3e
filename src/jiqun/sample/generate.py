"""The whole of a facts folder, invented from a pack's demo.yaml."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from jiqun.programme.pack import Pack
from jiqun.sample.entries import Registers, entries
from jiqun.sample.firms import draw_firms
from jiqun.sample.load import load_demo
from jiqun.sample.model import Demo
from jiqun.sample.observations import SCHEMA, Reporting, observations
from jiqun.sample.parties import cluster_subjects, cluster_table, party_subjects, party_table, place_subjects
from jiqun.sample.places import Places
from jiqun.sample.streams import Streams
from jiqun.sample.subjects import Indexes, Mask, Subjects
from jiqun.sample.titles import NEVER, Window, award
from jiqun.sample.write import Folder, Format, new_folder

CSV_LIMIT = 20_000
"""Up to so many firms the folder is CSV unless asked otherwise: people open small ones."""
Progress = Callable[[str, float], None]
"""Called with a step's name and the share of it that is done."""


@dataclass(frozen=True)
class Sample:
    """What was written: rows of each table."""

    out: Path
    seed: int
    firms: int
    format: Format
    rows: dict[str, int]


def generate(
    pack: Pack,
    firms: int,
    out: Path,
    *,
    seed: int | None = None,
    format: Format | None = None,
    replace: bool = False,
    progress: Progress = lambda step, share: None,
) -> Sample:
    """Write demonstration facts of so many firms; the same pack, number and seed give the same bytes."""
    demo = load_demo(pack)
    chosen: Format = format or ("csv" if firms <= CSV_LIMIT else "parquet")
    streams = Streams(demo.seed if seed is None else seed)
    with new_folder(out, chosen, replace=replace) as folder:
        rows = _Generation(pack, demo, firms, streams, folder, progress).run()
        folder.mark(_marker(pack, demo, firms, streams.seed, rows))
    return Sample(out, streams.seed, firms, chosen, rows)


def _marker(pack: Pack, demo: Demo, firms: int, seed: int, rows: dict[str, int]) -> dict[str, object]:
    return {
        "demonstration": True,
        "marker": demo.marker,
        "note": demo.note,
        "pack": pack.programme.id,
        "seed": seed,
        "firms": firms,
        "until": demo.until.isoformat(),
        "rows": rows,
    }


class _Generation:
    """One run: subjects first, then titles, then figures and entries, which depend on them."""

    def __init__(
        self, pack: Pack, demo: Demo, firms: int, streams: Streams, folder: Folder, progress: Progress
    ) -> None:
        self._pack, self._demo, self._streams, self._folder, self._progress = pack, demo, streams, folder, progress
        self._firms = firms
        self._rows: dict[str, int] = {}

    def run(self) -> dict[str, int]:
        demo, streams = self._demo, self._streams
        places = Places(self._pack.places)
        self._progress("企业", 0.0)
        firms = draw_firms(demo, places, self._firms, streams)
        parties = party_subjects(demo, places, firms, streams)
        clusters = cluster_subjects(demo, places, streams)
        subjects = {
            "party": parties,
            "cluster": clusters,
            "place": place_subjects(demo, places, clusters, firms, streams),
        }
        self._write("place", places.table())
        self._write("cluster", cluster_table(demo))
        self._write("party", party_table(demo, parties, streams))
        window = Window(demo.until, self._firms / demo.firms.reference)
        self._progress("称号", 0.0)
        recognition, review = award(demo.titles, subjects, window, streams)
        self._write("recognition", recognition)
        self._write("review", review)
        self._rows["observation"] = self._folder.chunks("observation", SCHEMA, self._observations(subjects))
        self._entries(subjects, window)
        return self._rows

    def _write(self, name: str, table: pa.Table) -> None:
        self._rows[name] = self._folder.table(name, table)

    def _observations(self, subjects: dict[str, Subjects]) -> Iterator[pa.Table]:
        demo, done = self._demo, 0
        plans = (("cluster", demo.cluster_figures), ("place", demo.place_figures), ("party", demo.figures))
        for kind, specs in plans:
            own = subjects[kind]
            reporting = _reporting(demo, own, self._streams)
            for table in observations(specs, own, reporting, self._pack.vocabulary, self._streams):
                yield table
                done += table.num_rows
                self._progress("指标", min(done / (27 * self._firms), 1.0))

    def _entries(self, subjects: dict[str, Subjects], window: Window) -> None:
        registers = Registers(
            self._pack.vocabulary.registers,
            {r.name: r.unique for r in self._pack.registers},
            _parties_by_kind(subjects["party"]),
        )
        written: dict[str, list[pa.Table]] = {}
        for number, spec in enumerate(self._demo.entries):
            self._progress("台账", number / len(self._demo.entries))
            before = written.setdefault(spec.into, [])
            taken = sum(t.num_rows for t in before)
            before.append(entries(spec, registers, subjects, window, self._streams, taken))
        for name, tables in sorted(written.items()):
            # A field may be whole in one spec and have decimals in another: the wider type holds both.
            joined = pa.concat_tables(tables, promote_options="permissive").sort_by(
                [("subject", "ascending"), ("on", "ascending")]
            )
            self._write(f"entry/{name}", joined)


def _reporting(demo: Demo, own: Subjects, streams: Streams) -> Reporting:
    everybody = np.ones(len(own), dtype=bool)
    groups: dict[str, Mask] = {"all": everybody, "full": everybody, "applicants": everybody}
    if own.kind != "party" or own.above_size is None:
        return Reporting(groups, 0.0, {"approved": 1.0}, demo.years)
    titled = ~everybody
    for years in own.awarded.values():
        titled |= years < NEVER
    luck = streams.at("reporting").random(len(own))
    applicants = titled | (luck < demo.firms.applicants)
    full = applicants | own.above_size | (luck < demo.firms.full)
    groups = {"all": everybody, "full": full, "applicants": applicants}
    return Reporting(groups, demo.firms.silent_years, demo.firms.states, demo.years)


def _parties_by_kind(parties: Subjects) -> dict[str, tuple[pa.StringArray, Indexes]]:
    kinds = parties.party_kind
    assert kinds is not None, "parties have kinds"
    members = {str(kind): np.flatnonzero(kinds == kind) for kind in np.unique(kinds.astype(str))}
    return {kind: (parties.names.take(pa.array(who)), parties.cluster[who]) for kind, who in members.items()}
