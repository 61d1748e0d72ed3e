"""The page of a target with its course, its forecast, and what each county should have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

    from jiqun.programme.pack import Pack
    from jiqun.web.registry.models import Publication
    from tests.web.world import World

SignIn = Callable[[str], "Client"]


def test_course_and_forecast_in_words(pack: Pack, published: Publication) -> None:
    """One title in seven quarters; two tries of the model on earlier days."""
    from jiqun.web.dispatch.board.outlook import outlook_of

    found = outlook_of(published, pack.targets["example-new"])
    assert (found.word, found.chance, found.expected) == ("有风险", "55%", "2.1家（1家～4家）")
    assert [(str(p.on), p.value, p.change) for p in found.periods][4:6] == [
        ("2025-09-30", "1家", "+1家"), ("2025-06-30", "0家", None),
    ]  # fmt: skip
    assert found.tested == "滚动回测 2 次（提前 2 个季度）：平均绝对误差 0.7家；80.0% 区间实际覆盖 100.0%"


def test_the_page_shows_forecast_query_and_snapshot(sign_in: SignIn, published: Publication) -> None:
    """From the figure to the clause, the records, the query and the snapshot."""
    text = sign_in("city").get("/targets/example-new/").text
    for part in ("预测与历史", "过度离散泊松模型", "查看实际执行的查询（SQL）", published.snapshot_id, "计入的记录"):
        assert part in text
    assert "没有预测：7 个季末值没有变化，不作外推" in sign_in("city").get("/targets/big-firms/").text


def test_counties_stand_against_their_shares(sign_in: SignIn, pack: Pack, published: Publication, world: World) -> None:
    """甲县 is asked for 1 and has it; 乙县 for 1 by 2026 and has none, its title is older; the zone is asked nothing."""
    from jiqun.web.dispatch.board.models import Decomposition
    from jiqun.web.dispatch.target import target_page

    made = Decomposition.objects.create(target="example-new", version=1, is_final=True)
    for key, values in {"a": (1, 1, 1), "b": (0, 1, 1), "az": (0, 0, 0)}.items():
        for year, value in zip((2025, 2026, 2027), values, strict=True):
            made.shares.create(place=world.places[key], year=year, value=value)

    page = target_page(pack, published, "example-new")
    assert page is not None
    assert {s.name: (s.text, s.goal, s.pace, s.state) for s in page.shares} == {
        "甲县": ("1家", "1家", "1家", "已达标"),
        "乙县": ("0家", "1家", "1家", "严重滞后"),
        "甲县开发区": ("0家", "0家", "0家", None),
    }
    assert "份额目标" in sign_in("city").get("/targets/example-new/").text
