"""Demonstration codes: both check digits right, and in a range that no authority issues."""

from __future__ import annotations

import numpy as np
import pytest

from jiqun.base.codes import uscc_problem
from jiqun.sample.codes import demonstration_codes


def organisation_check(body: str) -> str:
    """GB 11714: weights 3 7 9 10 5 8 4 2, eleven less the remainder, X for ten."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(c, 36) * w for c, w in zip(body, weights, strict=True))
    return "0123456789X"[(11 - total % 11) % 11]


@pytest.mark.parametrize("real", ["914403001922038216", "9144030071526726XG", "91330100799655058B"])
def test_the_organisation_check_is_the_one_of_real_codes(real: str) -> None:
    assert organisation_check(real[8:16]) == real[16]


def test_codes_are_valid_reserved_and_distinct() -> None:
    codes = demonstration_codes("1", ["130183", "990100"], np.arange(5000) % 2, 9_998_000 - 5000).to_pylist()
    assert [code for code in codes if uscc_problem(code)] == []
    assert [code for code in codes if organisation_check(code[8:16]) != code[16]] == []
    assert {code[:9] for code in codes} == {"01130183D", "01990100D"}
    assert len(set(codes)) == 5000


def test_the_number_runs_on_from_the_first() -> None:
    codes = demonstration_codes("2", ["130183"], np.zeros(3, dtype=np.int64), 41).to_pylist()
    assert [code[:16] for code in codes] == ["02130183D0000041", "02130183D0000042", "02130183D0000043"]
