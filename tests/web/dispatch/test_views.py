"""Who may open the desk, what htmx gets, and what a download holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.web.budgets import BUDGETS
from tests.web.plan import A1, B1

if TYPE_CHECKING:
    from django.test import Client

    from jiqun.web.registry.models import Publication
    from tests.web.world import World

SignIn = Callable[[str], "Client"]
PAGES = ["/overview/", "/targets/example-new/", "/targets/example-new/records/", "/targets/example-new/records.csv"]


@pytest.mark.parametrize("page", PAGES)
def test_bureaus_enter_firms_do_not_and_visitors_sign_in(sign_in: SignIn, published: Publication, page: str) -> None:
    codes = {
        role: sign_in(role).get(page).status_code
        for role in ("city", "county", "auditor", "operator", "enterprise", "provider")
    }
    assert codes == {"city": 200, "county": 200, "auditor": 200, "operator": 200, "enterprise": 403, "provider": 403}
    answer = sign_in("visitor").get(page)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/login/?next={page}")


@pytest.mark.parametrize("target", ["big-firms", "cluster-coverage", "county-coverage", "revenue-share", "equipment"])
def test_every_kind_of_target_has_a_page(sign_in: SignIn, published: Publication, target: str) -> None:
    answer = sign_in("city").get(f"/targets/{target}/")
    assert answer.status_code == 200
    assert "查看实际执行的查询（SQL）" in answer.text


def test_an_unknown_target_is_404_and_nothing_published_is_said(sign_in: SignIn, published: Publication) -> None:
    city = sign_in("city")
    assert city.get("/targets/nothing/").status_code == 404
    assert city.get("/targets/nothing/records.csv").status_code == 404
    published.delete()
    assert "还没有发布过测算结果" in city.get("/overview/").text
    assert city.get("/targets/example-new/").status_code == 404


def test_the_overview_shows_each_target_once_with_its_data_date(sign_in: SignIn, published: Publication) -> None:
    text = sign_in("city").get("/overview/").text
    assert text.count('class="name-cell"') == 6
    assert "数据截至 2026-09-30" in text
    assert published.snapshot_id[:12] in text
    assert "<b>演示数据</b>" in text
    data = json.loads(text.split('id="map-data" type="application/json">')[1].split("</script>")[0])
    assert [m["label"] for m in data["metrics"]] == ["营业收入", "新培育示例企业"]


def test_htmx_gets_only_the_filtered_list(sign_in: SignIn, published: Publication) -> None:
    answer = sign_in("city").get("/overview/?state=严重滞后", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert answer.text.count('class="name-cell"') == 2
    assert "显示 2 / 6 项" in answer.text
    assert "HX-Request" in answer.headers["Vary"]
    back = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in sign_in("city").get("/overview/", headers=back).text


def test_a_county_sees_the_total_but_only_its_own_records(sign_in: SignIn, published: Publication) -> None:
    text = sign_in("county").get("/targets/equipment/").text
    assert ("a1示例公司" in text, "b1示例公司" in text) == (True, False)
    assert "≥4项" in text
    export = sign_in("county").get("/targets/equipment/records.csv").getvalue().decode()
    assert ("a1示例公司" in export, "b1示例公司" in export) == (True, False)


def test_a_download_opens_in_excel_and_runs_no_formula(sign_in: SignIn, published: Publication) -> None:
    answer = sign_in("city").get("/targets/equipment/records.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert (
        "%E6%AF%8F%E5%B9%B4%E6%9B%B4%E6%96%B0%E8%AE%BE%E5%A4%87_2026-09-30.csv" in answer.headers["Content-Disposition"]
    )
    assert answer.getvalue().decode() == (
        "\ufeff名称,编号,县（市、区）,集群,日期,数值\r\n"
        f"b1示例公司,{B1},乙县,b集群,2025-06-01,\r\n"
        f"a1示例公司,{A1},甲县,a集群,2025-05-01,\r\n"
    )


def test_the_map_is_the_packs(sign_in: SignIn, published: Publication, world: World) -> None:
    answer = sign_in("visitor").get("/map.geojson")
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert json.loads(b"".join(answer.streaming_content))["features"][0]["properties"]["name"] == "甲县"  # type: ignore[attr-defined]


def test_pages_ask_the_database_little(
    sign_in: SignIn, published: Publication, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    city = sign_in("city")
    city.get("/overview/")  # the session itself takes seven: who asks, and that they were seen
    with django_assert_max_num_queries(BUDGETS["dispatch:overview"]):  # type: ignore[attr-defined]
        city.get("/overview/")
    with django_assert_max_num_queries(BUDGETS["dispatch:target"]):  # type: ignore[attr-defined]
        city.get("/targets/example-new/")
