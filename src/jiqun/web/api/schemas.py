"""What the interface answers; money in yuan and figures as text, so that they stay exact; null is unknown."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, TypeVar

from ninja import Field, Schema

T = TypeVar("T")


class Page(Schema, Generic[T]):
    """A page of a list; ask again with `after` for the next, which is null on the last."""

    items: list[T]
    next: str | None = Field(None, description="下一页的 after 参数；没有下一页时为 null")


class PlaceOut(Schema):
    """A division."""

    code: str
    name: str
    kind: str
    parent: str | None = None


class ClusterOut(Schema):
    """A cluster."""

    id: str
    name: str
    county: str | None = Field(None, description="区划代码")
    chain: str | None = None
    provincial_key: bool | None = None


class PartyOut(Schema):
    """A firm or another body."""

    uscc: str
    name: str
    kind: str
    cluster: str | None = None
    county: str | None = None
    industry: str | None = None
    founded_on: date | None = None
    size_class: str | None = None
    above_size: bool | None = None


class ObservationOut(Schema):
    """A reported figure in the base unit of its indicator."""

    subject_kind: str
    subject: str
    indicator: str
    period: str
    value: str | None = None
    state: str
    source: str | None = None


class RecognitionOut(Schema):
    """An awarded title."""

    subject_kind: str
    subject: str
    title: str
    awarded_on: date
    valid_until: date | None = None


class ReviewOut(Schema):
    """A review of a title."""

    subject_kind: str
    subject: str
    title: str
    reviewed_on: date
    outcome: str


class EntryOut(Schema):
    """A line of a register."""

    subject_kind: str
    subject: str
    register_name: str = Field(alias="register")
    on: date
    state: str
    data: dict[str, Any]


class PublicationOut(Schema):
    """A published evaluation."""

    id: int
    as_of: date
    snapshot: str
    pack_version: str
    published_at: datetime
    demonstration: bool


class TargetOut(Schema):
    """A target of the plan on the published day, in base units."""

    id: str
    title: str
    unit: str
    goal: float | None = None
    actual: float | None = None
    pace: float | None = None
    state: str
    baseline: float | None = None
    undetermined: int
    as_of: date


class DecisionOut(Schema):
    """What a rule says of a subject."""

    rule: str
    title: str
    outcome: str
    amount: str | None = Field(None, description="元；只有符合时才有")
    payee_kind: str | None = None
    payee: str | None = None
    missing: list[str]


class ErrorOut(Schema):
    """What went wrong."""

    detail: Any


def answers(shape: Any) -> dict[Any, Any]:
    """What an address answers: its own shape, or what went wrong."""
    return {200: shape, frozenset({401, 403, 404, 422, 429}): ErrorOut}
