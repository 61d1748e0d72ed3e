"""Pieces done by several threads come in their order, a few ahead of whoever takes them, and not after a fault."""

from __future__ import annotations

import threading
import time

import pytest

from jiqun.base.ahead import in_order


def test_results_come_in_the_order_of_the_items_whoever_is_first() -> None:
    def slowly(item: int) -> int:
        time.sleep(0.02 if item % 2 == 0 else 0)
        return item * item

    assert list(in_order(slowly, range(12), threads=3)) == [i * i for i in range(12)]


def test_only_a_few_items_are_taken_ahead() -> None:
    taken = []

    def items() -> object:
        for item in range(100):
            taken.append(item)
            yield item

    results = in_order(lambda item: item, items(), threads=2, waiting=1)
    assert [next(results), next(results)] == [0, 1]
    assert taken == [0, 1, 2, 3]
    results.close()
    assert taken == [0, 1, 2, 3]


def test_a_fault_is_raised_in_its_place_and_what_has_not_begun_is_given_up() -> None:
    begun, hold = [], threading.Event()

    def work(item: int) -> int:
        begun.append(item)
        if item == 1:
            hold.set()
            raise ValueError("the second")
        return item

    results = in_order(work, range(1000), threads=1, waiting=5)
    assert next(results) == 0
    with pytest.raises(ValueError, match="the second"):
        next(results)
    assert hold.is_set()
    assert set(begun) <= set(range(7))
