"""Facts of another city: what demo.yaml says is what is written, and nothing of one city is in the code."""

from __future__ import annotations

from collections import Counter
from datetime import date

from .conftest import Written


def test_places_and_clusters_are_the_packs(tiny: Written) -> None:
    assert tiny.rows("place") == [
        {"code": "990100", "name": "示例市", "parent": None, "kind": "city"},
        {"code": "990101", "name": "甲区", "parent": "990100", "kind": "district"},
        {"code": "990102", "name": "乙县", "parent": "990100", "kind": "county"},
        {"code": "9901Z1", "name": "丙开发区", "parent": "990100", "kind": "zone"},
    ]
    assert tiny.rows("cluster") == [
        {"id": "A", "name": "乙县灯具产业集群", "county": "990102", "chain": "灯具", "provincial_key": "true"},
        {"id": "B", "name": "丙区软件产业集群", "county": "9901Z1", "chain": "软件", "provincial_key": "false"},
    ]


def test_firms_are_shared_out_by_weight(tiny: Written) -> None:
    firms = [p for p in tiny.parties.values() if p["kind"] == "enterprise"]
    assert Counter(p["cluster"] for p in firms) == {"A": 135, "B": 45, None: 20}
    assert {(p["cluster"], p["county"]) for p in firms if p["cluster"]} == {("A", "990102"), ("B", "9901Z1")}
    assert {p["industry"] for p in firms if p["cluster"] == "A"} == {"C3872", "C3351"}


def test_other_parties_are_named_after_their_cluster(tiny: Written) -> None:
    others = [
        (p["kind"], p["name"], p["cluster"], p["county"]) for p in tiny.parties.values() if p["kind"] != "enterprise"
    ]
    assert sorted(others, key=str) == [
        ("bank", "示例银行", None, "990100"),
        ("lab", "丙区软件检测中心", "B", "9901Z1"),
        ("lab", "乙县灯具检测中心", "A", "990102"),
    ]


def test_firms_of_a_cluster_add_up_to_its_covered_revenue(city: Written) -> None:
    # 3,000 firms are the reference sample: 66 % of C19's 486亿元 in 2024; 5 % of reports and 4 % of years are missing.
    total = sum(
        float(value)
        for (subject, indicator, period), value in city.values.items()
        if (indicator, period) == ("营业收入", "2024") and city.parties.get(subject, {}).get("cluster") == "C19"
    )
    assert 0.70 * 486e8 * 0.66 <= total <= 486e8 * 0.66


def test_twice_the_reference_has_twice_the_titles(tiny: Written) -> None:
    counts = Counter((r["title"], r["awarded_on"][:4]) for r in tiny.rows("recognition"))
    assert counts == {
        ("初级企业", "2021"): 24,
        ("初级企业", "2022"): 24,
        ("初级企业", "2023"): 12,
        ("初级企业", "2025"): 8,
        ("高级企业", "2024"): 6,
        ("高级企业", "2026"): 4,
    }


def test_the_higher_title_needs_the_lower_one_of_an_earlier_year(tiny: Written) -> None:
    first = {r["subject"]: r["awarded_on"][:4] for r in tiny.rows("recognition") if r["title"] == "初级企业"}
    later = [(first[r["subject"]], r["awarded_on"][:4]) for r in tiny.rows("recognition") if r["title"] == "高级企业"]
    assert len(later) == 10
    assert all(low < high for low, high in later)


def test_a_passed_review_renews_and_a_failed_one_ends_a_title(tiny: Written) -> None:
    reviews = {r["subject"]: r for r in tiny.rows("review")}
    assert {r["title"] for r in reviews.values()} == {"初级企业"}
    seen = Counter()
    for row in tiny.rows("recognition"):
        if row["title"] != "初级企业" or row["subject"] not in reviews:
            continue
        review = reviews[row["subject"]]
        awarded, until = date.fromisoformat(row["awarded_on"]), date.fromisoformat(row["valid_until"])
        years = (until - awarded).days / 365.25
        seen[review["outcome"]] += 1
        assert abs((date.fromisoformat(review["reviewed_on"]) - awarded).days - 1096) <= 27
        assert (5.9 < years < 6.1) if review["outcome"] == "通过" else until.isoformat() == review["reviewed_on"]
    assert set(seen) == {"通过", "不通过"}


def test_monthly_figures_are_running_totals_of_the_year(tiny: Written) -> None:
    months = [f"2025-{m:02d}" for m in range(1, 13)] + ["2026-01", "2026-02", "2026-03"]
    assert sorted({p for s, i, p in tiny.values if i == "月度收入"}) == months
    totals = [int(tiny.values["A", "月度收入", month]) for month in months]
    assert totals[:12] == sorted(totals[:12])
    assert abs(totals[11] / int(tiny.values["A", "营业收入", "2025"]) - 1) < 0.02
    assert totals[12] < totals[11] / 6 < totals[14]


def test_entries_fill_their_fields_as_told(tiny: Written) -> None:
    rows = tiny.rows("entry/项目")
    drawn = [r for r in rows if not r["名称"].endswith("升级项目")]
    assert Counter(r["on"][:4] for r in drawn) == {"2024": 40, "2025": 60, "2026": 20}
    assert len({r["名称"] for r in rows}) == len(rows)
    assert all(0.1 * int(r["投资额"]) - 1 <= int(r["完成额"]) <= 0.9 * int(r["投资额"]) + 1 for r in drawn)
    started = [r for r in drawn if r["开工日期"]]
    assert {r["阶段"] for r in started} == {"开工"}
    gaps = [(date.fromisoformat(r["开工日期"]) - date.fromisoformat(r["on"])).days for r in started]
    assert started and min(gaps) >= 30 and max(gaps) <= 400
    assert max(r["开工日期"] for r in started) <= "2026-06-30"


def test_entries_that_follow_a_title_are_dated_as_its_award(tiny: Written) -> None:
    awards = {(r["subject"], r["awarded_on"]) for r in tiny.rows("recognition") if r["title"] == "高级企业"}
    rows = [r for r in tiny.rows("entry/项目") if r["名称"].endswith("升级项目")]
    assert {(r["subject"], r["on"]) for r in rows} == awards
    assert {r["名称"] for r in rows} == {tiny.parties[s]["name"] + "升级项目" for s, _ in awards}


def test_flags_follow_the_title_they_are_given_for(tiny: Written) -> None:
    held = {r["subject"] for r in tiny.rows("recognition") if r["title"] == "高级企业"}
    flags = {s: v for (s, i, p), v in tiny.values.items() if i == "有平台"}
    assert {flags[s] for s in held if s in flags} == {"是"}
    assert {v for s, v in flags.items() if s not in held} == {"是", "否"}


def test_only_the_last_year_is_on_its_way(tiny: Written) -> None:
    states = Counter(
        (r["state"], r["period"][:4] == "2025") for r in tiny.rows("observation") if r["subject_kind"] == "party"
    )
    assert states["draft", False] == 0
    assert 0.05 < states["draft", True] / (states["draft", True] + states["approved", True]) < 0.15
