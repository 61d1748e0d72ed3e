"""Pages: what the pager says and where it leads."""

from __future__ import annotations

import pytest

from jiqun.web.portal.paging import LAST_PAGE, page_number, page_of


@pytest.mark.parametrize(
    ("text", "number"), [(None, 1), ("", 1), ("3", 3), ("0", 1), ("-2", 1), ("x", 1), ("２", 1), ("9" * 30, LAST_PAGE)]
)
def test_page_number(text: str | None, number: int) -> None:
    assert page_number(text) == number


def test_one_row_more_than_a_page_means_there_is_a_next() -> None:
    page = page_of(list(range(4)), 2, total=7, size=3, noun="家")
    assert (list(page.rows), page.has_previous, page.has_next) == ([0, 1, 2], True, True)
    assert (page.previous, page.next, page.pages, page.count_text) == (1, 3, 3, "共 7 家")


def test_the_last_page_and_an_empty_list() -> None:
    last = page_of([6], 3, total=7, size=3)
    assert (last.has_next, last.count_text) == (False, "共 7 条")
    empty = page_of([], 1, total=0)
    assert (empty.has_previous, empty.has_next, empty.pages, empty.count_text) == (False, False, 1, "共 0 条")


def test_very_many_are_not_counted() -> None:
    page = page_of(list(range(51)), 1, total=None, noun="家")
    assert (page.count_text, page.pages, page.has_next) == ("超过 10,000 家", None, True)
