"""The space of activities: EconGeo's printed values, hand calculations, and definitions as properties."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jiqun.chain.errors import ChainError
from jiqun.chain.space import (
    complexity,
    density,
    fitness,
    location_quotients,
    presence,
    proximity,
    relatedness_probability,
)

FOLDER = Path(__file__).parent / "tables"
Floats = npt.NDArray[np.float64]


@cache
def table(name: str) -> Floats:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return np.array([[float(cell) for cell in row[1:]] for row in list(csv.reader(file))[1:]])


def test_location_quotients_and_relatedness_of_world_trade() -> None:
    quotients = location_quotients(table("trade_sitc2_matrix"))
    np.testing.assert_allclose(quotients, table("golden_econgeo_lq"), rtol=1e-12)
    related = relatedness_probability(presence(quotients))
    np.testing.assert_allclose(related, table("golden_econgeo_relatedness_prob"), rtol=0, atol=1e-12)


def test_by_hand() -> None:
    # Three places, three activities; 甲 is had by two, 乙 by two, both by one: min(1/2, 1/2).
    present = np.array([[1.0, 1, 0], [1, 0, 1], [0, 1, 0]])
    near = proximity(present)
    np.testing.assert_allclose(near, [[1, 1 / 2, 1 / 2], [1 / 2, 1, 0], [1 / 2, 0, 1]])
    # The third place has 乙 only: near 甲 lie 1 + ½ + ½, of which it has ½.
    np.testing.assert_allclose(density(present, near)[2], [0.25, 1 / 1.5, 0.0])


def test_complexity_is_the_eigenvector_it_says() -> None:
    present = presence(location_quotients(table("trade_sitc2_matrix")))
    found = complexity(present)
    spread = (present / present.sum(axis=1)[:, None]) @ (present / present.sum(axis=0)).T
    turned = spread @ found.places
    # An eigenvector up to the constant that standardising took away.
    fit = np.polyfit(found.places, turned, 1)
    np.testing.assert_allclose(turned, np.polyval(fit, found.places), atol=1e-8)
    assert 0 < fit[0] < 1
    assert found.places.mean() == pytest.approx(0, abs=1e-9) and found.places.std() == pytest.approx(1)
    assert np.corrcoef(found.places, present.sum(axis=1))[0, 1] > 0


def test_complexity_does_not_depend_on_which_side_is_longer() -> None:
    random = np.random.default_rng(0)
    latent = random.normal(size=(260, 1)) + random.normal(size=(1, 230)) * 0.7
    present = (latent + random.normal(size=(260, 230)) > 0).astype(float)
    long, wide = complexity(present), complexity(np.hstack([present, present]))
    assert abs(np.corrcoef(long.places, wide.places)[0, 1]) == pytest.approx(1, abs=1e-6)


def test_fitness_of_a_nested_matrix_orders_places_by_diversity() -> None:
    present = np.tril(np.ones((4, 4)))[::-1]  # 4, 3, 2, 1 activities
    found = fitness(present, rounds=50)
    assert (np.diff(found.places) < 0).all() and found.places.mean() == pytest.approx(1)
    assert np.argmax(found.activities) == 3  # what only the most diverse place has


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 8), st.integers(2, 8))
def test_quotients_average_to_one(seed: int, places: int, activities: int) -> None:
    values = np.random.default_rng(seed).integers(0, 9, (places, activities)).astype(float)
    assume((values.sum(axis=0) > 0).all() and (values.sum(axis=1) > 0).all())
    weights = values.sum(axis=1) / values.sum()
    np.testing.assert_allclose(weights @ location_quotients(values), 1.0)
    near = proximity(presence(location_quotients(values)))
    assert (near == near.T).all() and (near >= 0).all() and (near <= 1).all()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1.0, -1.0], [1.0, 1.0]], "区位商要求数值完整且不为负"),
        ([[0.0, 0.0], [1.0, 1.0]], "第 1 个地区没有任何产业"),
        ([[1.0, 0.0], [1.0, 0.0]], "第 2 个产业没有任何地区"),
    ],
)
def test_what_has_no_quotient(values: list[list[float]], message: str) -> None:
    with pytest.raises(ChainError) as error:
        location_quotients(np.array(values))
    assert error.value.problems[0].message == message


def test_places_that_share_nothing_cannot_be_compared() -> None:
    with pytest.raises(ChainError) as error:
        complexity(np.kron(np.eye(3), np.ones((1, 2))))
    assert error.value.problems[0].message == "地区分成互不相干的几块，无法比较复杂度"
