"""The frame, the public pages, and what is said when something fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from jiqun.web.registry.models import Publication

SignIn = Callable[[str], "Client"]


def _nav(text: str) -> dict[str, bool]:
    """The lines of the navigation, menus' lines too, and which is active; the phone's menu says the same again."""
    items = re.findall(r'class="(?:nav-link|dropdown-item)( active)?" href="[^"]*"[^>]*>([^<]+)</a>', text)
    return {label: bool(active) for active, label in items}


def test_home_leads_each_role_to_its_desk(sign_in: SignIn, published: Publication) -> None:
    def place(role: str) -> str:
        answer = sign_in(role).get("/")
        return answer.headers.get("Location", "") if answer.status_code == 302 else "page"

    assert {r: place(r) for r in ("city", "county", "auditor", "operator", "enterprise", "provider", "visitor")} == {
        "city": "/overview/", "county": "/overview/", "auditor": "/overview/", "operator": "/overview/",
        "enterprise": "/firms/own/", "provider": "page", "visitor": "page",
    }  # fmt: skip


def test_navigation_by_role_with_the_desk_marked(sign_in: SignIn, published: Publication) -> None:
    city = _nav(sign_in("city").get("/overview/").text)
    assert {"总览", "填报", "发布", "企业", "集群", "政策"} <= city.keys()
    assert [label for label, active in city.items() if active] == ["总览"]
    firm = _nav(sign_in("enterprise").get("/firms/own/", follow=True).text)
    assert [label for label, active in firm.items() if active] == ["本单位"]
    assert not {"总览", "发布", "企业"} & firm.keys()
    visitor = _nav(sign_in("visitor").get("/clusters/cluster-a/").text)
    assert visitor == {"首页": False, "集群": True, "政策": False}


def test_the_frame_names_the_site_and_marks_demonstration_data(sign_in: SignIn, published: Publication) -> None:
    visitor = sign_in("visitor")
    pages = ["/", "/clusters/", "/clusters/cluster-a/", "/policies/", "/accounts/login/"]
    for page in pages:
        text = visitor.get(page).text
        assert ("示例市产业集群调度平台" in text, "<b>演示数据</b>" in text) == (True, True), page
    published.is_demo = False
    published.save()
    assert [page for page in pages if "<b>演示数据</b>" in visitor.get(page).text] == []


def test_a_page_without_inline_script_or_style(sign_in: SignIn, published: Publication) -> None:
    city = sign_in("city")
    for page in ("/overview/", "/targets/example-new/", "/firms/", "/policies/", "/accounts/2fa/"):
        text = city.get(page).text
        assert re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", text) == [], page
        assert re.findall(r"<[a-z][^>]*\sstyle=", text) == [], page
        assert re.findall(r"<[a-z][^>]*\son[a-z]+=", text) == [], page


def test_policies_are_told_in_words(sign_in: SignIn, published: Publication) -> None:
    text = sign_in("visitor").get("/policies/").text
    for shown in ("设备更新补助", "示例企业设备更新补助", "新认定的示例企业", "申请"):
        assert shown in text


def test_a_cluster_shows_awards_and_links_only_what_the_reader_may_open(
    sign_in: SignIn, published: Publication
) -> None:
    assert "a1示例公司" in sign_in("visitor").get("/clusters/cluster-a/").text
    assert "/firms/" not in sign_in("visitor").get("/clusters/cluster-a/").text.split("<main")[1]
    assert "/firms/" in sign_in("county").get("/clusters/cluster-a/").text.split("<main")[1]
    assert "/firms/" not in sign_in("county").get("/clusters/cluster-b/").text.split("<main")[1]
    assert sign_in("visitor").get("/clusters/nothing/").status_code == 404


def test_errors_are_explained_in_the_same_frame(sign_in: SignIn, published: Publication, settings: object) -> None:
    settings.DEBUG = False  # type: ignore[attr-defined]
    firm = sign_in("enterprise")
    lost, forbidden = firm.get("/nothing/"), firm.get("/overview/")
    assert (lost.status_code, forbidden.status_code) == (404, 403)
    assert "没有找到这一页" in lost.text
    assert "这一页供以下角色使用：市级、县级、审计、超级管理员。" in forbidden.text
    assert all("示例市产业集群调度平台" in answer.text for answer in (lost, forbidden))


def test_a_failure_is_said_without_asking_the_database(
    sign_in: SignIn, published: Publication, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.DEBUG = False  # type: ignore[attr-defined]
    city = sign_in("city")
    city.raise_request_exception = False

    def fail(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("jiqun.web.dispatch.queries.overview", fail)
    answer = city.get("/overview/")
    assert answer.status_code == 500
    assert "系统出错了" in answer.text
    assert "broken on purpose" not in answer.text


def test_a_stale_form_is_explained(published: Publication, settings: object) -> None:
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "页面已过期，没有提交" in answer.text


def test_signing_in_says_what_was_wrong(client: Client, published: Publication) -> None:
    text = client.post("/accounts/login/", {"login": "nobody", "password": "wrong"}).text
    assert 'class="alert alert-danger py-2" role="alert"' in text
    assert 'value="nobody"' in text


def test_clusters_are_listed_with_their_members(sign_in: SignIn, published: Publication) -> None:
    from django.core.cache import cache

    cache.clear()
    text = sign_in("visitor").get("/clusters/").text
    rows = re.findall(r'>(\w集群)</a>.*?data-label="成员单位">(\d+) 家', text, re.DOTALL)
    assert rows == [("a集群", "2"), ("b集群", "1")]
    assert "2 家" in sign_in("visitor").get("/clusters/cluster-a/").text
