"""What a firm can get, what it lacks, and the way there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from jiqun.web.cultivation.queries import firm_page
from jiqun.web.cultivation.shapes import FirmPage, LeadsTo, PathStep, Profile, RuleView
from tests.web.plan import A1, A2, B1

if TYPE_CHECKING:
    from django.test import Client

    from jiqun.programme.pack import Pack
    from jiqun.web.registry.models import Publication
    from tests.web.world import World

SignIn = Callable[[str], "Client"]
NOBODY = Profile("", "", "企业", None, None, False, None, None, None, None, None)


def _rules(page: FirmPage) -> dict[str, RuleView]:
    return {rule.id: rule for rule in page.rules}


def test_a_firm_that_meets_everything(pack: Pack, published: Publication, world: World) -> None:
    page = firm_page(pack, published, world.parties["a1"])
    benefit, rung = _rules(page)["example-equipment"], _rules(page)["example-firm"]
    # 20 % of the 100,000 yuan of last year.
    assert (benefit.outcome, benefit.amount, benefit.ceiling, benefit.group) == (
        "符合", Decimal("20000.00"), True, "支持政策 1",
    )  # fmt: skip
    assert (rung.outcome, rung.held, rung.met, rung.decided_on) == ("符合", True, 1, 1)
    assert ([r.id for r in page.now], page.payable) == (["example-equipment"], Decimal("20000.00"))
    assert [r.id for r in page.held] == ["example-firm"]
    criterion = rung.criteria[0]
    assert (criterion.text, criterion.actual, criterion.threshold, criterion.gap, criterion.clause) == (
        "上年营业收入1000万元以上", "1,200万元", "≥1000万元", None, "第三条（一）",
    )  # fmt: skip
    assert rung.document == "《示例企业认定办法》（示工信〔2024〕1号）第三条"


def test_a_firm_one_step_away(pack: Pack, published: Publication, world: World) -> None:
    page = firm_page(pack, published, world.parties["b1"])
    rung = _rules(page)["example-firm"]
    assert (rung.outcome, rung.held, rung.criteria[0].gap) == ("不符合", False, "差 200万元")
    assert [(s.text, s.change, s.counts_on) for s in rung.path] == [
        ("营业收入由 800万元 提高到", "1,000万元", date(2027, 1, 1))
    ]
    assert [r.id for r in page.near] == ["example-firm"]
    # Its title ran out before the benefit's period: the benefit comes with a new award, and is named with the rung.
    assert [r.id for r in page.after_title] == ["example-equipment"]
    assert rung.leads_to == (LeadsTo("example-equipment", "示例企业设备更新补助", "不超过 500万元"),)


def test_a_firm_without_figures_lacks_them_rather_than_failing(
    pack: Pack, published: Publication, world: World
) -> None:
    page = firm_page(pack, published, world.parties["a2"])
    rung = _rules(page)["example-firm"]
    assert (rung.outcome, rung.missing) == ("待定", ("营业收入[2025]",))
    assert [r.id for r in page.unknown] == ["example-firm"]
    assert page.figures == ()


def test_nearest_first_and_the_rest_folded() -> None:
    def rule(number: int, effort: float, kind: str = "rung", title: str | None = None) -> RuleView:
        step = PathStep("改变", effort=effort, title=title)
        return RuleView(f"r{number}", "", kind, "", "不符合", path=(step,))  # type: ignore[arg-type]

    rules = (*(rule(n, 10 - n) for n in range(7)), rule(7, 0, "benefit", "称号"), rule(8, 0.5, "rung", "称号"))
    page = FirmPage(NOBODY, (), (), rules)
    assert [r.id for r in page.near] == ["r8", "r6", "r5", "r4", "r3"]
    assert [r.id for r in page.far] == ["r2", "r1", "r0"]
    assert [r.id for r in page.after_title] == ["r7"]
    assert page.others == ()


def test_the_page_in_words(sign_in: SignIn, published: Publication) -> None:
    text = sign_in("city").get(f"/firms/{B1}/").text
    for shown in ("b1示例公司", "差 200万元", "最短路径", "最早 2027-01-01 计入", "已到期", "2025-09-01 复核整改"):
        assert shown in text
    assert 'id="figure-data" type="application/json"' in text


def test_who_may_open_which_firm(sign_in: SignIn, published: Publication) -> None:
    def codes(role: str) -> list[int]:
        return [sign_in(role).get(f"/firms/{code}/").status_code for code in (A1, A2, B1)]

    assert codes("city") == codes("auditor") == [200, 200, 200]
    assert codes("county") == [200, 200, 404]
    assert codes("enterprise") == [200, 404, 404]
    assert codes("provider") == [404, 404, 404]
    assert codes("visitor") == [302, 302, 302]


def test_a_firm_comes_to_its_own_page(sign_in: SignIn, published: Publication) -> None:
    answer = sign_in("enterprise").get("/firms/own/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/firms/{A1}/")
    assert sign_in("city").get("/firms/own/").status_code == 404


def test_the_list_is_for_bureaus_and_a_full_code_goes_straight_to_the_firm(
    sign_in: SignIn, published: Publication
) -> None:
    assert [sign_in(r).get("/firms/").status_code for r in ("city", "county", "enterprise", "visitor")] == [
        200, 200, 403, 302,
    ]  # fmt: skip
    answer = sign_in("city").get(f"/firms/?q={B1.lower()}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/firms/{B1}/")
    assert "没有找到符合条件的企业" in sign_in("city").get("/firms/?q=没有这家").text
    choices = sign_in("county").get("/firms/").text
    assert ("甲县开发区" in choices, "乙县" in choices) == (True, False)


def test_without_a_publication_the_page_says_so(sign_in: SignIn, published: Publication) -> None:
    published.delete()
    text = sign_in("city").get(f"/firms/{A1}/").text
    assert "还没有发布测算结果" in text
    assert "数据截至" not in text
