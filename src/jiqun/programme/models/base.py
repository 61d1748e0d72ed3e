"""What all parts of a pack are made of: strict scalar types, frozen models, and where each was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    Strict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from jiqun.base.errors import Place
from jiqun.programme.source import Document, Loc

ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
NAME_PATTERN = r"^[^\W\d]\w*$"

Text = Annotated[str, StringConstraints(strict=True, min_length=1)]
Id = Annotated[str, StringConstraints(strict=True, pattern=ID_PATTERN)]
Name = Annotated[
    str, StringConstraints(strict=True, pattern=NAME_PATTERN), WithJsonSchema({"type": "string", "minLength": 1})
]
"""A name that rules use: letters (Chinese too), digits and underscores, not beginning with a digit.

The JSON Schema has no pattern: in editors' regular expressions \\w knows no Chinese.
"""


def _not_empty(value: Any) -> Any:
    # pydantic's own min_length counts the sound items only, and so would blame a list for its faulty ones.
    if not value:
        raise PydanticCustomError("too_short", "empty")
    return value


NonEmpty = AfterValidator(_not_empty)
"""For lists that must have an item."""
Day = Annotated[date, Strict()]
Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]


def _written(value: Any) -> Any:
    """A bare number as the text it was written as: `goal: 105` means the clause text `105`."""
    return str(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value


Clause = Annotated[
    str,
    BeforeValidator(_written),
    StringConstraints(strict=True, min_length=1),
    WithJsonSchema({"type": ["string", "number"], "minLength": 1}),
]
"""A text of the clause language: a rule, or a quantity such as 500万元, 20%, 20家, 3年."""


def _is_scalar(value: Any) -> Any:
    if value is None or isinstance(value, (dict, list, tuple)):
        raise ValueError("应为一个值（数、文本、日期或 是/否）")
    return value


Scalar = Annotated[Any, BeforeValidator(_is_scalar), WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""A value of a case: read by its indicator, field or attribute later."""


@dataclass(frozen=True)
class Origin:
    """Where a part was written. All origins are equal: a place is no part of what a thing is."""

    document: Document = field(compare=False)
    loc: Loc = field(compare=False)


def _only_chinese(schema: dict[str, Any]) -> None:
    # pydantic takes the class's docstring, which is for developers; editors show the title and the fields' texts.
    schema.pop("description", None)


class Part(BaseModel):
    """A frozen piece of a pack; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_only_chinese)

    _origin: Origin | None = PrivateAttr(default=None)

    def place(self, *keys: str | int) -> Place:
        """Where this part, or its value under `keys`, stands in the pack's files."""
        if self._origin is None:
            return Place()
        return self._origin.document.place((*self._origin.loc, *keys))

    def key_place(self, *keys: str | int) -> Place:
        """Where the last of `keys` itself stands."""
        if self._origin is None:
            return Place()
        return self._origin.document.key_place((*self._origin.loc, *keys))

    @property
    def origin(self) -> Origin | None:
        """The document and path of this part; None where it was made in memory."""
        return self._origin

    def locate(self, document: Document, loc: Loc = ()) -> None:
        """Remember where this part and everything below it was written."""
        self._origin = Origin(document, loc)
        for key, child in self._children():
            child.locate(document, (*loc, *key))

    def _children(self) -> Iterator[tuple[Loc, Part]]:
        for name, info in type(self).model_fields.items():
            yield from _parts_of(getattr(self, name), (info.alias or name,))


def _parts_of(value: object, loc: Loc) -> Iterator[tuple[Loc, Part]]:
    if isinstance(value, Part):
        yield loc, value
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from _parts_of(item, (*loc, i))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _parts_of(item, (*loc, key))


class Span(Part):
    """Something that holds from a day to a day, both included; open where `until` is null."""

    from_: Day = Field(alias="from", description="起始日（含当日），如 2025-07-22")
    until: Day | None = Field(default=None, description="截止日（含当日）；null 表示未定")

    def covers(self, day: date) -> bool:
        """Whether it holds on the day."""
        return self.from_ <= day and (self.until is None or day <= self.until)
