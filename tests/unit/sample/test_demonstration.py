"""The demonstration facts of the plan's pack, 3,000 firms: whole, coherent, and lifelike enough for the desks."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest

from jiqun.base.codes import uscc_problem
from jiqun.base.periods import Period
from jiqun.programme.pack import Pack

from .conftest import Written

AS_OF = "2026-09-30"
RUNG_BELOW = {
    "专精特新“小巨人”企业": {"专精特新中小企业"},
    "专精特新中小企业": {"科技型中小企业", "创新型中小企业", "科技和创新型中小企业"},
    "先进级智能工厂": {"基础级智能工厂"},
    "卓越级智能工厂": {"先进级智能工厂"},
    "领航级智能工厂": {"卓越级智能工厂"},
    "省级绿色工厂": {"市级绿色工厂"},
    "国家级绿色工厂": {"省级绿色工厂"},
    "L2级共享工厂": {"L1级共享工厂"},
    "L3级共享工厂": {"L2级共享工厂"},
    "省级工业设计中心": {"市级工业设计中心"},
    "完成股改后备企业": {"拟上市后备企业"},
}
PARTS = {
    "主营业务收入": "营业收入",
    "研发费用": "营业收入",
    "上缴税金": "营业收入",
    "出口额": "营业收入",
    "负债总额": "资产总额",
    "境内研发费用": "研发费用",
    "科技人员": "从业人员",
    "研发人员": "科技人员",
    "主导产品一类知识产权": "一类知识产权",
    "主导产品自有一类知识产权": "主导产品一类知识产权",
}


@pytest.fixture(scope="module")
def firms(city: Written) -> dict[str, dict[str, str]]:
    """Enterprise rows by code."""
    return {code: row for code, row in city.parties.items() if row["kind"] == "enterprise"}


def test_every_key_points_somewhere(city: Written, city_pack: Pack) -> None:
    places = {r["code"] for r in city.rows("place")}
    clusters = {r["id"]: r for r in city.rows("cluster")}
    subjects = {"party": set(city.parties), "cluster": set(clusters), "place": places}
    assert [r for r in city.rows("place") if r["parent"] not in places | {None}] == []
    assert [c for c in clusters.values() if c["county"] not in places] == []
    assert [p for p in city.parties.values() if p["county"] not in places] == []
    assert [p for p in city.parties.values() if p["cluster"] not in clusters.keys() | {None}] == []
    tables = ["observation", "recognition", "review", *(n for n in city.sample.rows if n.startswith("entry/"))]
    lost = [(name, r) for name in tables for r in city.rows(name) if r["subject"] not in subjects[r["subject_kind"]]]
    assert lost == []
    assert {r["title"] for r in city.rows("recognition")} <= city_pack.vocabulary.titles.keys()


def test_codes_are_valid_reserved_and_names_distinct(city: Written) -> None:
    assert len(city.parties) == city.table("party").num_rows
    assert [code for code in city.parties if uscc_problem(code) or not code.startswith("0")] == []
    names = Counter(p["name"] for p in city.parties.values())
    assert [name for name, n in names.items() if n > 1] == []


def test_observations_are_of_known_indicators_subjects_and_periods(city: Written, city_pack: Pack) -> None:
    keys = [(r["subject"], r["indicator"], r["period"]) for r in city.rows("observation")]
    assert len(keys) == len(set(keys))
    wrong = []
    for row in city.rows("observation"):
        indicator = city_pack.vocabulary.indicators[row["indicator"]]
        period = Period.parse(row["period"])
        known = row["value"] in ("是", "否") if indicator.kind == "flag" else True
        known &= row["value"] in indicator.choices if indicator.kind == "text" else True
        if row["subject_kind"] not in indicator.subjects or period.grain != indicator.grain or not known:
            wrong.append(row)
    assert wrong == []


def test_parts_stay_within_their_totals(city: Written) -> None:
    above = []
    compared = Counter[str]()
    for (subject, indicator, period), value in city.values.items():
        total = city.values.get((subject, PARTS.get(indicator, ""), period))
        if total is not None:
            compared[indicator] += 1
            if float(value) > float(total):
                above.append((subject, indicator, period, value, total))
    assert above == []
    assert compared.keys() == PARTS.keys()


def test_size_follows_the_figures(city: Written, firms: dict[str, dict[str, str]]) -> None:
    wrong = []
    for code, firm in firms.items():
        revenue = city.values.get((code, "营业收入", "2025"))
        staff = city.values.get((code, "从业人员", "2025"))
        if revenue is None or staff is None:
            continue
        money, heads = float(revenue), float(staff)
        size = "大型" if heads >= 1000 and money >= 4e8 else "中型" if heads >= 300 and money >= 2e7 else None
        size = size or ("小型" if heads >= 20 and money >= 3e6 else "微型")
        # Reports are rounded to 100 yuan: a firm on the very edge may differ.
        if firm["size_class"] not in (size, None) or (firm["above_size"] == "true") != (money >= 2e7):
            wrong.append((code, money, heads, firm["size_class"], firm["above_size"]))
    assert wrong == []


def test_titles_climb_rung_by_rung(city: Written) -> None:
    first: dict[tuple[str, str], str] = {}
    for row in city.rows("recognition"):
        key = (row["subject"], row["title"])
        first[key] = min(first.get(key, "9999"), row["awarded_on"])
    skipped = [
        (subject, title)
        for (subject, title), on in first.items()
        if title in RUNG_BELOW and not any(first.get((subject, low), "9999")[:4] < on[:4] for low in RUNG_BELOW[title])
    ]
    assert skipped == []
    assert {title for _, title in first} >= RUNG_BELOW.keys()


def test_reviews_come_after_awards_and_nothing_after_the_end(city: Written) -> None:
    awards = defaultdict(list)
    for row in city.rows("recognition"):
        awards[row["subject"], row["title"]].append(row["awarded_on"])
    early = [
        r for r in city.rows("review") if not any(on < r["reviewed_on"] for on in awards[r["subject"], r["title"]])
    ]
    assert early == []
    days = [r["awarded_on"] for r in city.rows("recognition")] + [r["reviewed_on"] for r in city.rows("review")]
    days += [r["on"] for name in city.sample.rows if name.startswith("entry/") for r in city.rows(name)]
    assert max(days) <= "2026-11-15"
    assert {d[:4] for d in days} >= {"2021", "2022", "2023", "2024", "2025", "2026"}
    founded = {code: p["founded_on"] for code, p in city.parties.items()}
    assert [
        r for r in city.rows("recognition") if r["subject_kind"] == "party" and r["awarded_on"] <= founded[r["subject"]]
    ] == []


def test_registers_are_filled_as_the_pack_demands(city: Written, city_pack: Pack) -> None:
    written = {name.removeprefix("entry/") for name in city.sample.rows if name.startswith("entry/")}
    assert written == {r.name for r in city_pack.registers}
    faults = []
    for register in city_pack.registers:
        seen = Counter()
        for row in city.rows(f"entry/{register.name}"):
            for field in register.fields:
                value = row[field.name]
                if (field.required and value is None) or (field.choices and value not in (None, *field.choices)):
                    faults.append((register.name, field.name, value))
            seen[row["subject"], *(row[f] for f in register.unique)] += 1
        if register.unique:
            faults += [(register.name, key) for key, n in seen.items() if n > 1]
    assert faults == []


def test_about_a_tenth_is_missing_and_some_is_on_its_way(city: Written, firms: dict[str, dict[str, str]]) -> None:
    expected = sum(1 for f in firms.values() if f["founded_on"] < "2024")
    reported = sum(
        1 for code in firms if (code, "营业收入", "2025") in city.values and firms[code]["founded_on"] < "2024"
    )
    assert 0.06 < 1 - reported / expected < 0.14
    states = Counter(
        r["state"] for r in city.rows("observation") if r["period"] == "2025" and r["subject_kind"] == "party"
    )
    assert states.keys() == {"approved", "submitted", "draft", "returned"}
    assert 0.92 < states["approved"] / states.total() < 0.98


def test_sizes_spread_as_in_a_real_city(city: Written, firms: dict[str, dict[str, str]]) -> None:
    revenue = sorted(
        float(city.values[code, "营业收入", "2025"]) for code in firms if (code, "营业收入", "2025") in city.values
    )
    assert 5e6 < revenue[len(revenue) // 2] < 4e7
    assert 4 <= sum(r > 5e9 for r in revenue) <= 16
    share = sum(f["above_size"] == "true" for f in firms.values()) / len(firms)
    assert 0.3 < share < 0.5
    assert {f["size_class"] for f in firms.values()} == {"大型", "中型", "小型", "微型", None}
    ratio = sorted(
        float(v) / float(city.values[s, "营业收入", p])
        for (s, i, p), v in city.values.items()
        if i == "研发费用" and (s, "营业收入", p) in city.values and s in firms
    )
    assert 0.015 < ratio[len(ratio) // 2] < 0.05


def test_clusters_are_of_the_plans_size(city: Written) -> None:
    clusters = city.rows("cluster")
    assert len(clusters) == 30
    assert sum(c["provincial_key"] == "true" for c in clusters) == 18
    totals = {y: [float(city.values[c["id"], "营业收入", y]) for c in clusters] for y in ("2024", "2025")}
    assert 0.06 < sum(totals["2025"]) / sum(totals["2024"]) - 1 < 0.09
    assert 12 <= sum(v > 1e10 for v in totals["2025"]) < 18


def test_the_plans_counts_move_at_different_paces(city: Written) -> None:
    new: dict[str, set[str]] = defaultdict(set)
    first: dict[tuple[str, str], str] = {}
    for row in city.rows("recognition"):
        key = (row["subject"], row["title"])
        first[key] = min(first.get(key, "9999"), row["awarded_on"])
    for (subject, title), on in first.items():
        if "2025-01-01" <= on <= AS_OF:
            new[title].add(subject)
    counts = {title: len(who) for title, who in new.items()}
    elapsed = (date(2026, 9, 30) - date(2025, 1, 1)).days / (date(2027, 12, 31) - date(2025, 1, 1)).days
    pace = {
        t: counts[t] / (goal * elapsed)
        for t, goal in (("领跑者企业", 20), ("高新技术企业", 100), ("专精特新中小企业", 100))
    }
    assert counts["市级工业设计中心"] >= 10  # met
    assert counts["专精特新“小巨人”企业"] / (5 * elapsed) > 1.1  # ahead
    assert 0.9 < pace["领跑者企业"] < 1.25 and 0.9 < pace["高新技术企业"] < 1.25  # on pace
    assert 0.7 < pace["专精特新中小企业"] < 0.95  # behind
    assert counts["省级制造业单项冠军企业"] / (15 * elapsed) < 0.5  # far behind


def test_every_benefit_has_somebody(city: Written) -> None:
    """The facts each of the 13 benefits asks for, by hand: new awards and first reviews within the window."""
    window = ("2025-07-22", AS_OF)
    member = {code for code, p in city.parties.items() if p["cluster"]}
    awards = Counter()
    for row in city.rows("recognition"):
        if window[0] <= row["awarded_on"] <= window[1] and (
            row["subject_kind"] == "cluster" or row["subject"] in member
        ):
            awards[row["title"]] += 1
    for title in (
        "先进级智能工厂", "卓越级智能工厂", "领航级智能工厂", "数字领航企业", "国家级5G工厂", "共享载体",
        "L1级共享工厂", "L2级共享工厂", "L3级共享工厂", "省级中小企业特色产业集群", "国家级中小企业特色产业集群",
    ):  # fmt: skip
        assert awards[title] >= 1, title
    first_review: dict[str, tuple[str, str]] = {}
    for row in sorted(city.rows("review"), key=lambda r: str(r["reviewed_on"])):
        if row["title"] == "领跑者企业":
            first_review.setdefault(row["subject"], (row["reviewed_on"], row["outcome"]))
    assert sum(window[0] <= on <= window[1] and outcome == "通过" for on, outcome in first_review.values()) >= 5
    held = {
        r["subject"]
        for r in city.rows("recognition")
        if r["title"] == "领跑者企业" and r["awarded_on"] <= AS_OF and (r["valid_until"] or "9999") >= AS_OF
    }
    renewed = {
        r["subject"]
        for r in city.rows("entry/设备更新")
        if r["on"].startswith("2025") and r["类别"] in ("生产", "研发", "检测", "试验")
    }
    together = {s for (s, i, p), v in city.values.items() if (i, p, v) == ("协作协同作用明显", "2025", "是")}
    assert len(held & renewed & together) >= 5
