"""Columns of a round: what each asks for, and how a person's text becomes the stored value and back."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property

from jiqun.base.money import MAX_YUAN, UNITS
from jiqun.base.periods import GRAIN_NAMES, Period
from jiqun.programme.figures import stored_value
from jiqun.programme.models import IndicatorSpec, RegisterSpec
from jiqun.programme.pack import Pack, indicator_of
from jiqun.rules.facts import Value
from jiqun.rules.vocabulary import Indicator
from jiqun.web.dispatch.rounds.models import ItemKind, RoundItem

REGISTER_ANSWERS = ("有更新", "无变化")
"""What is said of a register: whether entries were added or changed since the last round."""
BLANKS = frozenset({"", "-", "--", "—", "——", "－", "/", "无"})
LARGEST = Decimal(10) ** 15
_YES = {"是": "是", "√": "是", "y": "是", "yes": "是", "true": "是", "1": "是"}
_NO = {"否": "否", "×": "否", "n": "否", "no": "否", "false": "否", "0": "否"}


class FigureFault(ValueError):
    """A text that is not what the column asks for; the message is for the person who wrote it."""


@dataclass(frozen=True)
class Column:
    """One item of a round with what the pack says of it; `spec` is None where a newer pack has dropped it."""

    item: RoundItem
    spec: IndicatorSpec | RegisterSpec | None

    @property
    def period(self) -> Period:
        """The period that is asked for."""
        return self.item.period_value

    @cached_property
    def indicator(self) -> Indicator | None:
        """The indicator as rules know it; None for a register."""
        return indicator_of(self.spec) if isinstance(self.spec, IndicatorSpec) else None

    @property
    def kind(self) -> str:
        """number, flag, text, or register."""
        return "register" if self.item.kind == ItemKind.REGISTER else self.indicator.kind if self.indicator else "text"

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be written, where that is a short list."""
        if self.kind == "register":
            return REGISTER_ANSWERS
        if self.kind == "flag":
            return ("是", "否")
        return self.indicator.choices if self.indicator else ()

    @property
    def title(self) -> str:
        """The name of the column."""
        return self.spec.title if isinstance(self.spec, RegisterSpec) else self.item.name

    @property
    def cumulative(self) -> bool:
        """Whether running totals are asked for."""
        return bool(self.indicator and self.indicator.cumulative)

    @property
    def base_period(self) -> Period:
        """What a figure is compared with: a running total with that of the year before, others with the last period."""
        per_year = {"year": 1, "quarter": 4, "month": 12}[self.period.grain]
        return self.period.shift(-per_year if self.cumulative else -1)

    @property
    def base_name(self) -> str:
        """The name of that period: 上年同期, or 上年, 上季, 上月."""
        if self.cumulative and self.period.grain != "year":
            return "上年同期"
        return {"year": "上年", "quarter": "上季", "month": "上月"}[self.period.grain]

    def read(self, text: str) -> str:
        """The stored value of what a person wrote, empty where they wrote nothing; FigureFault where it does not fit."""
        clean = unicodedata.normalize("NFKC", text).strip().replace("\u00a0", "")
        if clean in BLANKS and clean not in self.choices:
            return ""
        if self.kind == "number":
            return self._number(clean)
        if self.kind == "flag" and (found := _YES.get(clean.lower()) or _NO.get(clean.lower())):
            return found
        if self.choices and clean not in self.choices:
            raise FigureFault(f"“{text.strip()[:20]}”不在可选值中，可填：{'、'.join(self.choices)}")
        if len(clean) > 400:
            raise FigureFault("文字超过 400 个字")
        return clean

    def store(self, value: object) -> str:
        """The stored text of a value read from a workbook (`jiqun.workbook.Column`); empty where it is missing."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        return f"{_plain(value):f}" if isinstance(value, Decimal) else str(value)

    def show(self, stored: str) -> str:
        """A stored value in the column's unit, as it is typed and read."""
        if not stored or self.kind != "number":
            return stored
        number = _decimal(stored)
        if number is None:
            return stored
        return f"{_plain(number / self._scale):,f}"

    def value(self, stored: str) -> Value:
        """A stored value as rules hold it."""
        return stored_value(stored, self.indicator) if self.indicator else (stored or None)

    def change(self, stored: str, before: str) -> float | None:
        """By what fraction a figure differs from an earlier one; None where either is missing or the base is not positive."""
        now, base = _decimal(stored), _decimal(before)
        if self.kind != "number" or now is None or base is None or base <= 0:
            return None
        return float((now - base) / base)

    @property
    def _scale(self) -> Decimal:
        if self.indicator is not None and self.indicator.is_money:
            return UNITS.get(self.item.unit, Decimal(1))
        return Decimal("0.01") if self.item.unit == "%" else Decimal(1)

    def _number(self, clean: str) -> str:
        unit, body = self.item.unit, clean.replace(",", "").replace(" ", "")
        scale = self._scale
        for name in sorted({unit, *UNITS} if self.indicator and self.indicator.is_money else {unit}, key=len)[::-1]:
            if name and body.endswith(name):
                body, scale = body[: -len(name)], UNITS.get(name, scale)
                break
        try:
            number = Decimal(body) * scale
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise FigureFault(f"“{clean[:20]}”不是数，请填以“{unit}”为单位的数")
        if abs(number) > (MAX_YUAN if unit in UNITS else LARGEST):
            raise FigureFault(f"“{clean[:20]}”大得不合情理，请核对单位（{unit}）")
        if self.indicator is not None and self.indicator.is_money and number != round(number, 2):
            raise FigureFault(f"“{clean[:20]}”精确到分以下，请检查小数位数")
        return f"{_plain(number):f}"


def column_of(pack: Pack, item: RoundItem) -> Column:
    """The column of an item."""
    specs: Mapping[str, IndicatorSpec | RegisterSpec]
    specs = pack.register_by_name if item.kind == ItemKind.REGISTER else pack.indicator_by_name
    return Column(item, specs.get(item.name))


def default_unit(spec: IndicatorSpec) -> str:
    """The unit in which people report: money in 万元, others in their own."""
    return "万元" if spec.unit == "元" else spec.unit or ""


def periods_asked(grain: str, asked: Period) -> list[Period]:
    """The periods of an indicator that a round of a period asks for; empty where it has none that ends with it."""
    last = Period.containing(asked.end, grain)  # type: ignore[arg-type]
    if last.end != asked.end:
        return []
    if last.start <= asked.start:
        return [last]
    found = [last]
    while found[0].start > asked.start:
        found.insert(0, found[0].shift(-1))
    return found


def grain_word(grain: str) -> str:
    """年度, 季度, 月度."""
    return GRAIN_NAMES[grain]  # type: ignore[index]


def _decimal(stored: str) -> Decimal | None:
    try:
        return Decimal(stored[:-1]) / 100 if stored.endswith("%") else Decimal(stored)
    except InvalidOperation:
        return None


def _plain(number: Decimal) -> Decimal:
    """Without zeros behind the point, and without an exponent."""
    short = number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short
