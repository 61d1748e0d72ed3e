"""The snapshot's tables as inputs of OpenFisca's simulations: what is missing becomes 0 or false, for it knows no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import openfisca_rules as rules
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openfisca_core.simulations import Simulation

Mask = npt.NDArray[np.bool_]
WINDOW = (date(2025, 7, 22), date(2027, 12, 31))
"""Within which awards and first reviews count for the benefits."""
SEVERE, SERIOUS = ("重大", "特别重大"), ("较大", "重大", "特别重大")


def years_before(day: date, years: int) -> date:
    """The first day of the last so many years (近N年): the day after the same day so many years earlier."""
    try:
        start = day.replace(year=day.year - years)
    except ValueError:
        start = day.replace(year=day.year - years, day=28)
    return start + timedelta(days=1)


@dataclass
class Snapshot:
    """The snapshot's tables as NumPy columns of the size of one kind of subject."""

    folder: Path
    kind: str
    as_of: date
    subjects: pa.Table = field(init=False)
    first_row: int = field(init=False)
    _titles: dict[str, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.schema = pq.read_schema(self.folder / f"{self.kind}.parquet")
        wanted = [c for c in self.schema.names if "@" not in c]
        self.subjects = pq.read_table(self.folder / f"{self.kind}.parquet", columns=wanted)
        self.first_row = self.subjects["row"][0].as_py() if len(self) else 0

    def __len__(self) -> int:
        return self.subjects.num_rows

    def figure(self, name: str, year: int, money: bool) -> npt.NDArray[np.float32] | None:
        """One indicator of one year in base units; what is missing becomes zero, for OpenFisca knows no missing."""
        column = f"{name}@{year}"
        if column not in self.schema.names:
            return None
        values = pq.read_table(self.folder / f"{self.kind}.parquet", columns=[column])[column]
        numbers = values.cast(pa.float64()).fill_null(0).to_numpy()
        return (numbers / 100 if money else numbers).astype(np.float32)

    def flag(self, name: str, year: int) -> Mask | None:
        """One 是/否 of one year; missing becomes false."""
        column = f"{name}@{year}"
        if column not in self.schema.names:
            return None
        values = pq.read_table(self.folder / f"{self.kind}.parquet", columns=[column])[column]
        return values.fill_null(False).to_numpy().astype(bool)

    def table(self, name: str, columns: list[str]) -> pa.Table | None:
        """Rows of an event table about this kind of subject."""
        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            return None
        table = pq.read_table(path, columns=["subject_kind", "row", *columns])
        return table.filter(pc.equal(table["subject_kind"], self.kind))

    def rows(self, table: pa.Table) -> npt.NDArray[np.int64]:
        """Positions of the subjects of the rows."""
        return table["row"].to_numpy() - self.first_row

    def among(self, rows: npt.NDArray[np.int64]) -> Mask:
        """A mask of these subjects."""
        mask = np.zeros(len(self), dtype=bool)
        mask[rows] = True
        return mask

    def having(self, register: str, columns: list[str], condition: Callable[[pa.Table], pa.ChunkedArray]) -> Mask:
        """The subjects with an entry, not after the as-of date, that meets the condition."""
        table = self.table(f"entry/{register}", ["on", *columns])
        if table is None:
            return np.zeros(len(self), dtype=bool)
        met = pc.and_(condition(table), pc.less_equal(table["on"], self.as_of))
        return self.among(self.rows(table.filter(met)))

    def sums(self, register: str, value: str, columns: list[str], condition: Callable[[pa.Table], Any]) -> Any:
        """The sum of a money field over entries that meet the condition, in yuan."""
        table = self.table(f"entry/{register}", ["on", value, *columns])
        if table is None:
            return np.zeros(len(self), dtype=np.float32)
        chosen = table.filter(condition(table))
        fen = chosen[value].fill_null(0).to_numpy()
        return (np.bincount(self.rows(chosen), weights=fen, minlength=len(self)) / 100).astype(np.float32)

    def since(self, column: pa.ChunkedArray, day: date) -> pa.ChunkedArray:
        """Whether the day of each row lies from `day` to the as-of date."""
        return pc.and_(pc.greater_equal(column, day), pc.less_equal(column, self.as_of))


@dataclass(frozen=True)
class Titles:
    """Who holds and who was newly awarded which title; who passed the first review."""

    held: dict[str, Mask]
    new: dict[str, Mask]
    passed: dict[str, Mask]
    tier_years: npt.NDArray[np.float32]


def read_titles(snap: Snapshot, names: set[str]) -> Titles:
    """From the recognition and review tables."""
    table = snap.table("recognition", ["title", "awarded_on", "valid_until"])
    held, new, passed = {}, {}, {}
    tier = np.zeros(len(snap), dtype=np.float32)
    assert table is not None, "a snapshot has a recognition table"
    table = table.filter(pc.less_equal(table["awarded_on"], snap.as_of))
    valid = pc.fill_null(pc.greater_equal(table["valid_until"], snap.as_of), True)
    fresh = pc.and_(pc.greater_equal(table["awarded_on"], WINDOW[0]), pc.less_equal(table["awarded_on"], WINDOW[1]))
    for title in names:
        own = pc.equal(table["title"], title)
        held[title] = snap.among(snap.rows(table.filter(pc.and_(own, valid))))
        new[title] = snap.among(snap.rows(table.filter(pc.and_(own, fresh))))
    tiers = table.filter(pc.and_(pc.equal(table["title"], "新三板创新层挂牌公司"), valid))
    days = (np.datetime64(snap.as_of) - tiers["awarded_on"].to_numpy()).astype("timedelta64[D]").astype(np.float32)
    np.maximum.at(tier, snap.rows(tiers), days / 365.25)
    reviews = snap.table("review", ["title", "reviewed_on", "outcome"])
    assert reviews is not None, "a snapshot has a review table"
    for title in names:
        own_reviews = reviews.filter(pc.equal(reviews["title"], title)).sort_by(
            [("row", "ascending"), ("reviewed_on", "ascending")]
        )
        rows = snap.rows(own_reviews)
        first = np.r_[True, rows[1:] != rows[:-1]][: len(rows)]
        on = own_reviews["reviewed_on"].to_numpy()
        inside = (on >= np.datetime64(WINDOW[0])) & (on <= np.datetime64(min(WINDOW[1], snap.as_of)))
        good = pc.equal(own_reviews["outcome"], "通过").to_numpy() if len(rows) else np.zeros(0, dtype=bool)
        passed[title] = snap.among(rows[first & inside & good])
    return Titles(held, new, passed, tier)


def fill_parties(sim: Simulation, snap: Snapshot) -> None:
    """Set every input of the firms' system."""
    now, last = str(snap.as_of.year), snap.as_of.year - 1
    for name, count in rules.FIGURES.items():
        for year in range(last, last - count, -1):
            if (values := snap.figure(name, year, name in rules.MONEY)) is not None:
                sim.set_input(name, str(year), values)
    for name in rules.FLAGS:
        if (flags := snap.flag(name, last)) is not None:
            sim.set_input(name, str(last), flags)
    _levels(sim, snap, last)
    titles = read_titles(snap, {*rules.TITLES, *(t for t, _ in rules.BONUSES.values())})
    for title in rules.TITLES:
        sim.set_input(f"hold_{title}", now, titles.held[title])
    for title, _ in rules.BONUSES.values():
        sim.set_input(f"new_{title}", now, titles.new[title])
    sim.set_input("leader_review_passed", now, titles.passed["领跑者企业"])
    sim.set_input("next_tier_years", now, titles.tier_years)
    for name, mask in _register_facts(snap).items():
        sim.set_input(name, now, mask)
    _attributes(sim, snap, now)
    _money(sim, snap, now, last)


def _levels(sim: Simulation, snap: Snapshot, last: int) -> None:
    column = f"全连接工厂建设层级@{last}"
    if column in snap.schema.names:
        values = pq.read_table(snap.folder / "party.parquet", columns=[column])[column]
        met = pc.is_in(values, pa.array(["产线级", "车间级", "工厂级"])).to_numpy()
        sim.set_input("maturity_5g", str(last), met.astype(np.float32))


def _attributes(sim: Simulation, snap: Snapshot, now: str) -> None:
    table = snap.subjects
    kinds = table["kind"]
    sim.set_input("enterprise", now, pc.is_in(kinds, pa.array(["enterprise", "企业"])).to_numpy())
    sim.set_input("anybody", now, np.ones(len(snap), dtype=bool))
    sim.set_input("host", now, pc.is_in(kinds, pa.array(["enterprise", "企业", "park", "园区"])).to_numpy())
    sim.set_input("member", now, pc.is_valid(table["cluster_row"]).to_numpy())
    sim.set_input("sme", now, pc.is_in(table["size_class"], pa.array(["中型", "小型", "微型"])).to_numpy())
    founded = pc.less_equal(table["founded_on"], snap.as_of - timedelta(days=365))
    sim.set_input("aged", now, pc.fill_null(founded, False).to_numpy())


def _money(sim: Simulation, snap: Snapshot, now: str, last: int) -> None:
    kinds = pa.array(["生产", "研发", "检测", "试验"])
    sim.set_input(
        "renewal",
        str(last),
        snap.sums(
            "设备更新",
            "金额",
            ["类别"],
            lambda t: pc.and_(pc.is_in(t["类别"], kinds), pc.equal(pc.year(t["on"]), last)),
        ),
    )
    for name, years in (("equity_3y", 3), ("equity_2y", 2)):
        since = years_before(snap.as_of, years)
        money = snap.sums(
            "股权融资",
            "金额",
            ["合格机构投资者"],
            lambda t, d=since: pc.and_(t["合格机构投资者"], snap.since(t["on"], d)),
        )
        sim.set_input(name, now, money)


def _register_facts(snap: Snapshot) -> dict[str, Mask]:
    back = {n: years_before(snap.as_of, n) for n in (1, 3, 5)}
    both_years = date(snap.as_of.year - 1, 1, 1)
    national, provincial = pa.array(["国家级"]), pa.array(["国家级", "省部级"])

    def accident(levels: tuple[str, ...], since: date) -> Mask:
        return snap.having(
            "事故违法", ["等级"], lambda t: pc.and_(pc.is_in(t["等级"], pa.array(levels)), snap.since(t["on"], since))
        )

    def listed(lists: tuple[str, ...]) -> Mask:
        return snap.having(
            "信用名单",
            ["名单", "已移出"],
            lambda t: pc.and_(pc.is_in(t["名单"], pa.array(lists)), pc.invert(t["已移出"])),
        )

    def prize(levels: pa.Array, since: date, top3: bool) -> Mask:
        def met(t: pa.Table) -> pa.ChunkedArray:
            good = pc.and_(pc.is_in(t["级别"], levels), snap.since(t["on"], since))
            return pc.and_(good, pc.less_equal(t["企业排名"], 3)) if top3 else good

        return snap.having("科技奖励", ["级别", "企业排名"], met)

    def standard(t: pa.Table) -> pa.ChunkedArray:
        kinds = pa.array(["国际标准", "国家标准", "行业标准"])
        led = pc.and_(pc.equal(t["角色"], "牵头"), pc.is_in(t["种类"], kinds))
        return pc.and_(led, snap.since(t["on"], back[5]))

    facts = {
        "重大事故今年去年": accident(SEVERE, both_years),
        "重大事故一年": accident(SEVERE, back[1]),
        "较大事故三年": accident(SERIOUS, back[3]),
        "在名单": listed(("经营异常名录", "严重违法失信名单", "失信被执行人")),
        "在严重名单": listed(("经营异常名录", "严重违法失信名单")),
        "在绿色名单": listed(("经营异常名录", "失信被执行人")),
        "国家奖五年前三": prize(national, back[5], True),
        "国家奖三年前三": prize(national, back[3], True),
        "省部奖三年": prize(provincial, back[3], False),
        "省部奖三年前三": prize(provincial, back[3], True),
        "省部平台": snap.having("创新平台", ["级别"], lambda t: pc.is_in(t["级别"], pa.array(["国家级", "省级"]))),
        "主导标准五年": snap.having("标准", ["角色", "种类"], standard),
    }
    for stage in rules.IPO:
        facts[f"ipo_{stage}"] = snap.having("上市进程", ["阶段"], lambda t, s=stage: pc.equal(t["阶段"], s))
    return facts


def fill_clusters(sim: Simulation, snap: Snapshot, parties: Snapshot) -> None:
    """Set every input of the clusters' system."""
    now, last = str(snap.as_of.year), snap.as_of.year - 1
    for name, count in rules.CLUSTER_FIGURES.items():
        for year in range(last, last - count, -1):
            if (values := snap.figure(name, year, name.endswith("产值"))) is not None:
                sim.set_input(name, str(year), values)
    if (flags := snap.flag("位于县级区划内", last)) is not None:
        sim.set_input("位于县级区划内", str(last), flags)
    titles = read_titles(snap, {t for t, _ in rules.CLUSTER_BONUSES.values()})
    for title, _ in rules.CLUSTER_BONUSES.values():
        sim.set_input(f"due_{title}", now, titles.new[title] | titles.passed[title])
    firms = parties.having(
        "事故违法",
        ["等级"],
        lambda t: pc.and_(
            pc.is_in(t["等级"], pa.array(SERIOUS)), parties.since(t["on"], years_before(parties.as_of, 3))
        ),
    )
    members = parties.subjects["cluster_row"].filter(pa.array(firms)).drop_null()
    sim.set_input("较大事故三年", now, snap.among(members.to_numpy() - snap.first_row))
