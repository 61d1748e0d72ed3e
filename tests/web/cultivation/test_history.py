"""What the published snapshot knows of one firm."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from jiqun.web.cultivation.history import figures_of, titles_of, validity
from jiqun.web.cultivation.shapes import Figure, TitleView
from jiqun.web.portal.published import facts_of
from tests.web.plan import A1, A2, AS_OF, B1

if TYPE_CHECKING:
    from jiqun.programme.pack import Pack
    from jiqun.web.registry.models import Publication


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (None, ("有效", "ok")),
        (date(2026, 9, 29), ("已到期", "open")),
        (date(2026, 9, 30), ("即将到期", "warn")),
        (date(2027, 3, 29), ("即将到期", "warn")),
        (date(2027, 3, 30), ("有效", "ok")),
    ],
)
def test_validity_counts_the_last_day(until: date | None, state: tuple[str, str]) -> None:
    assert validity(until, AS_OF) == state


def test_titles_with_their_reviews(pack: Pack, published: Publication) -> None:
    facts = facts_of(published, pack)
    assert titles_of(facts, A1, AS_OF) == (TitleView("示例称号", date(2025, 8, 1), date(2028, 7, 31), "有效", "ok"),)
    assert titles_of(facts, B1, AS_OF) == (
        TitleView("示例称号", date(2023, 8, 1), date(2026, 8, 1), "已到期", "open", ("2025-09-01 复核整改",)),
    )
    assert titles_of(facts, A2, AS_OF) == ()


def test_what_happened_after_the_day_is_not_known_on_it(pack: Pack, published: Publication) -> None:
    facts = facts_of(published, pack)
    assert titles_of(facts, A1, date(2025, 7, 31)) == ()
    assert titles_of(facts, B1, date(2025, 8, 31))[0].reviews == ()


def test_figures_are_the_approved_yearly_ones_in_a_unit_that_fits(pack: Pack, published: Publication) -> None:
    facts = facts_of(published, pack)
    assert figures_of(facts, pack, A1) == (
        Figure("营业收入", "万元", ("2024", "2025"), ("1,000", "1,200"), (1000.0, 1200.0)),
    )
    assert figures_of(facts, pack, B1) == (
        Figure("营业收入", "万元", ("2025",), ("800",), (800.0,)),
        Figure("研发费用", "万元", ("2025",), ("40",), (40.0,)),
        Figure("研发强度", "%", ("2025",), ("5",), (5.0,)),
        Figure("协作明显", "", ("2025",), ("是",), (None,)),
    )
    assert figures_of(facts, pack, A2) == ()
