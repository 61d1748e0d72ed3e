"""The models against figures worked by hand from the published formulas."""

from __future__ import annotations

import math

import pytest

from jiqun.programme.forecasting.models import Counts, Spread, counts, drift, season_strength, seasonal

WAVE = [3.0, -1.0, 0.0, -2.0]


def test_drift_by_hand() -> None:
    """Hyndman & Athanasopoulos 5.2: steps 2, −1, 4, 2, −1 have mean 1.2 and variance 18.8/4 = 4.7.

    Two steps on: 16 + 2·1.2 = 18.4 and √(4.7 · 2 · (1 + 2/5)) = √13.16; t(4) at 90 % is 1.533206.
    """
    found = drift([10, 12, 11, 15, 17, 16])(2)

    assert isinstance(found, Spread)
    assert (found.mean, found.scale, found.df) == pytest.approx((18.4, math.sqrt(13.16), 4))
    assert found.quantile(0.9) == pytest.approx(18.4 + 1.533206 * math.sqrt(13.16), abs=1e-5)
    assert found.reaches(18.4) == pytest.approx(0.5)


def test_a_steady_walk_has_no_spread() -> None:
    """Equal steps leave no residuals: the line itself, certain of what lies below and above."""
    found = drift([1, 2, 3, 4])(3)

    assert (found.mean, found.quantile(0.1), found.quantile(0.9)) == (7, 7, 7)
    assert (found.reaches(7), found.reaches(7.1)) == (1.0, 0.0)


def test_poisson_counts_by_hand() -> None:
    """3, 5, 4, 4 are no more dispersed than Poisson (χ² = 2/4): Gamma(16.5, 4) gives a negative binomial, p = 4/6.

    Mean 2·16.5/4 = 8.25, variance 8.25·(1 + 2/4) = 12.375, P(0) = (2/3)^16.5.
    """
    found = counts([3, 5, 4, 4])(2)

    assert isinstance(found, Counts)
    assert (found.mean, found.variance) == pytest.approx((8.25, 12.375))
    assert 1 - found.reaches(1) == pytest.approx((2 / 3) ** 16.5)


def test_batches_are_less_certain() -> None:
    """0, 8, 0, 8: χ²/(n − 1) = 16/3, so one step has variance 16/3 · (4.125 + 4.125/4) = 27.5."""
    found = counts([0, 8, 0, 8])(1)

    assert isinstance(found, Counts)
    assert (found.mean, found.variance) == pytest.approx((4.125, 27.5))


def test_what_is_certain_stays() -> None:
    """A base is never fallen below and reached with certainty."""
    found = counts([1, 0, 2, 1])(1).above(10)

    assert found.quantile(0.001) == 10
    assert (found.reaches(10), found.reaches(9)) == (1.0, 1.0)
    assert found.reaches(11) == pytest.approx(1 - (4 / 5) ** 4.5)


def test_strength_of_seasons() -> None:
    """A wave on a line is all season; a line is none; alternate noise without a wave is weak."""
    assert season_strength([2 * i + WAVE[i % 4] for i in range(16)]) == pytest.approx(1)
    assert season_strength([2.0 * i for i in range(16)]) == 0
    assert season_strength([0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1]) < 0.64


def test_seasons_go_on() -> None:
    """Twenty quarters of a line with a wave: the next year repeats the wave (the trend is damped a little)."""
    ahead = seasonal([10 + i + WAVE[i % 4] for i in range(20)])

    for h in range(1, 5):
        i = 19 + h
        assert ahead(h).mean == pytest.approx(10 + i + WAVE[i % 4], abs=0.6)
