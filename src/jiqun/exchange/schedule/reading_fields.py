"""Fields of JSON objects turned into records: unknown, missing and ill-typed ones are noted and stood in for."""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, cast, get_type_hints

from jiqun.base.errors import Place, Problems, did_you_mean

T = TypeVar("T")
Reader = Callable[[object, str], Any]
LABELS = {
    "jobs": "工件", "machines": "机器", "calendars": "日历", "setups": "换型矩阵", "transports": "运输", "frozen": "冻结",
    "baseline": "原计划", "horizon": "排产期", "objective": "目标", "unit": "时间单位", "name": "名称",
}  # fmt: skip


@dataclass
class Form:
    """Reads values and notes what is wrong with their form."""

    file: str | None = None
    faults: Problems = field(default_factory=Problems)

    def place(self, where: str) -> Place:
        """A place in the file."""
        return Place(self.file, field=where)

    def mapping(self, value: object, where: str, known: set[str], needed: set[str]) -> dict[str, Any]:
        """A JSON object, {} where it is none."""
        if not isinstance(value, dict):
            self.faults.add("须为对象 {…}", self.place(where), found=_shown(value))
            return {}
        for name in value:
            if name not in known:
                self.faults.add(f"字段 {name} 不认识", self.place(where), mend=did_you_mean(str(name), sorted(known)))
        for name in sorted(needed - set(value)):
            self.faults.add(f"缺少字段 {name}", self.place(where))
        return value

    def array(self, value: object, where: str) -> list[Any]:
        """A JSON array, [] where it is none."""
        if isinstance(value, (list, tuple)):
            return list(value)
        self.faults.add("须为数组 […]", self.place(where), found=_shown(value))
        return []

    def text(self, value: object, where: str) -> str:
        """A text; numbers are taken as their text, since ids are often written so."""
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return str(value)
        self.faults.add("须为文字", self.place(where), found=_shown(value))
        return ""

    def whole(self, value: object, where: str) -> int:
        """A whole number within 2⁵³ (what JSON carries exactly), 1 where it is none."""
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
            return value
        self.faults.add("须为整数", self.place(where), found=_shown(value))
        return 1

    def yes(self, value: object, where: str) -> bool:
        """True or false."""
        if not isinstance(value, bool):
            self.faults.add("须为 true 或 false", self.place(where), found=_shown(value))
        return bool(value)


def record_of(kind: type[T], content: object, where: str, form: Form, **readers: Reader) -> T:
    """A record from a JSON object; fields without a reader are read by their type."""
    hints, needed = _shape(cast(Hashable, kind))
    given = form.mapping(content, where, set(hints), needed)
    if isinstance(given.get("name"), str):
        where = f"{where.rsplit(' 第 ', 1)[0]} {given['name']}"
    made = {}
    for name, hint in hints.items():
        if name in given:
            inner = f"{where} "
            made[name] = (
                readers[name](given[name], inner)
                if name in readers
                else _by_type(given[name], hint, f"{where} {name}", form)
            )
        elif name in needed:
            made[name] = () if name in readers else "" if hint is str else 1
    return kind(**made)


@cache
def _shape(kind: Any) -> tuple[dict[str, Any], set[str]]:
    hints = get_type_hints(kind)
    if is_dataclass(kind):
        return hints, {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    defaults: dict[str, Any] = getattr(kind, "_field_defaults", {})
    return hints, set(hints) - set(defaults)


def _by_type(value: object, hint: Any, where: str, form: Form) -> Any:
    if isinstance(hint, types.UnionType):
        if value is None:
            return None
        hint = next(h for h in hint.__args__ if h is not type(None))
    return {str: form.text, int: form.whole, bool: form.yes}[hint](value, where)


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"
