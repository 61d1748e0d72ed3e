"""What all of demo.yaml is made of."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Weights = dict[str, float]
SubjectKind = Literal["party", "cluster", "place"]


class Model(BaseModel):
    """Frozen, and refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)
