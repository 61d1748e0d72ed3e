"""Numbers of demo.yaml."""

from __future__ import annotations

import pytest

from jiqun.sample.quantity import parse_quantity


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("80万元", 800_000.0),
        ("1.2亿元", 120_000_000.0),
        ("4%", 0.04),
        ("-3%", -0.03),
        ("1,500元", 1500.0),
        (12, 12.0),
        ("20家", 20.0),
    ],
)
def test_units(written: object, value: float) -> None:
    assert parse_quantity(written) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("written", ["八十万", "80美元", True, ""])
def test_refused(written: object) -> None:
    with pytest.raises(ValueError, match="不是数"):
        parse_quantity(written)
