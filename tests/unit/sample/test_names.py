"""Company names: no two alike, however few the words."""

from __future__ import annotations

import numpy as np

from jiqun.programme.places import PlaceRow
from jiqun.sample.model import NamesSpec
from jiqun.sample.names import firm_names
from jiqun.sample.places import Places

PLACES = Places(
    (PlaceRow("990100", "示例市", None, "city", True), PlaceRow("990102", "乙县", "990100", "county", True))
)
SPEC = NamesSpec(
    first="甲乙丙丁",
    second="子丑寅卯",
    forms={"有限公司": 3, "股份有限公司": 1},
    prefixes={"county": {"{place}": 1, "示例": 1}},
)


def test_names_stay_apart_when_brand_words_run_out() -> None:
    n = 2000  # 16 brand words, 4 pairs of prefix and trade
    county, word = np.ones(n, dtype=np.int64), np.arange(n) % 2
    names = firm_names(SPEC, PLACES, county, word, ["灯具", "五金"], np.random.default_rng(1)).to_pylist()
    assert len(set(names)) == n
    assert {name[:2] for name in names} == {"乙县", "示例"}
    assert all(name.endswith("有限公司") and ("灯具", "五金")[i % 2] in name for i, name in enumerate(names))
