"""Numbers of demo.yaml as people write them: 80万元, 1.2亿元, 4%, 20家."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

SCALES = {"万元": 1e4, "亿元": 1e8, "元": 1.0, "%": 0.01, "家": 1.0, "人": 1.0, "分": 1.0, "年": 1.0, "": 1.0}
_PATTERN = re.compile(r"\s*(-?[\d,]+(?:\.\d+)?)\s*(万元|亿元|元|%|家|人|分|年)?\s*$")


def parse_quantity(value: Any) -> float:
    """A number in base units (yuan, persons, a share as 0.04); ValueError otherwise."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    match = _PATTERN.match(str(value))
    if match is None:
        raise ValueError(f"“{value}”不是数，应写成 80万元、4% 或 12")
    return float(match[1].replace(",", "")) * SCALES[match[2] or ""]


Quantity = Annotated[float, BeforeValidator(parse_quantity)]
