"""One cell into one value, by the kind of its column; what cannot be read is a fault with a way to mend it."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from jiqun.base.bounds import OUTSIDE
from jiqun.base.codes import sound_usccs, uscc_problem
from jiqun.base.errors import did_you_mean
from jiqun.base.money import MAX_YUAN
from jiqun.base.periods import GRAIN_NAMES, Period
from jiqun.rules.units import Unit, as_decimal, decimal_places
from jiqun.workbook.header import declared_unit, unit_named
from jiqun.workbook.model import KIND_WORDS, Column

MISSING = frozenset({
    "", "-", "--", "---", "—", "——", "–", "－", "―", "/", "//", "\\", "／", "*", "无", "暂无", "空", "未知", "不详", "N/A", "n/a", "NA",
    "null", "NULL", "None", "待补充", "…", "……", "．",
})  # fmt: skip
_TRUE = frozenset({"是", "√", "✓", "✔", "☑", "对", "有", "y", "yes", "true", "t", "1", "v"})
_FALSE = frozenset({"否", "×", "✗", "✘", "x", "错", "不是", "n", "no", "false", "f", "0", "非"})
_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(\S*)$")
_ACCOUNTING = re.compile(r"\((.+)\)$")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]*00?:00(?::00(?:\.0+)?)?)?$")
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_RANGE = re.compile(r"(\d{4})年?1\s*[-—~至到]\s*(\d{1,2})月$")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})月?份?$|((?:19|20)\d\d)(0[1-9]|1[0-2])$")
_HALVES = {"上半年": 2, "下半年": 4, "前三季度": 3, "前3季度": 3, "全年": 4}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u2060\u00ad\u202a\u202b\u202c\u202d\u202e"))
_UNTIDY = re.compile(f"[\r\n{''.join(map(chr, _INVISIBLE))}]|\\0\\s|\\s\\0|^\\s|\\s$")
"""In texts joined by a null: what `read_text` would take away."""
_EPOCH = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_O_FOR_0 = str.maketrans({"O": "0", "I": "1"})


@dataclass(frozen=True)
class Fault:
    """Why a cell cannot be read."""

    message: str
    mend: str | None = None


@dataclass(frozen=True)
class Repaired:
    """A value read although it was written wrongly, with what was done."""

    value: str
    how: str


@dataclass(frozen=True)
class Context:
    """What the worksheet says about a column."""

    unit: Unit | None = None
    """From the header, or from a line above it."""
    date1904: bool = False
    knows_percent_formats: bool = False
    """Whether the file says which cells have a percent format."""


Reader = Callable[[Any], Any]


def is_missing(cell: Any) -> bool:
    """Blank, a dash, or one of the words for nothing."""
    return cell is None or (isinstance(cell, str) and (not cell or tidy(cell) in MISSING))


def tidy(text: str) -> str:
    """Without invisible characters and spaces around it."""
    return text.translate(_INVISIBLE).strip(" \t\r\n\u3000\u00a0") if not text.isascii() else text.strip()


def half_width(text: str) -> str:
    """Full-width digits, letters and marks as ordinary ones, without spaces around."""
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip()


def exact(number: float | int) -> Decimal:
    """A number of a spreadsheet as it shows it: fifteen significant digits, no binary remainder."""
    return Decimal(number) if isinstance(number, int) else Decimal(f"{number:.15g}")


def reader_of(column: Column, context: Context) -> Reader:
    """The reading of one cell that is not missing: a value, a `Fault` or a `Repaired`."""
    if column.kind in ("number", "money"):
        return _within(column, _number_reader(column, context))
    if column.kind == "share":
        return _within(column, lambda cell: read_share(cell, context))
    if column.kind == "choice":
        return _choice_reader(column)
    if column.kind == "date":
        return lambda cell: read_date(cell, context.date1904)
    if column.kind == "period":
        return lambda cell: read_period(cell, column)
    readers: dict[str, Reader] = {"bool": read_flag, "uscc": read_uscc}
    return readers.get(column.kind) or (lambda cell: read_text(cell, column))


def read_ahead(column: Column, cells: Sequence[Any]) -> dict[Any, Any] | None:
    """What can be read of a whole column at once: codes that need no repair, and tidy texts; None where all are such."""
    if column.kind not in ("uscc", "text"):
        return {}
    whole = set(map(type, cells)) == {str}
    texts = cells if whole else [cell for cell in cells if type(cell) is str]
    if column.kind == "uscc":
        sound = sound_usccs(texts)
        return None if whole and all(sound) else {code: code for code, fits in zip(texts, sound, strict=True) if fits}
    if not _tidy(texts):
        return {}
    longest = column.max_length or sys.maxsize
    if whole and MISSING.isdisjoint(texts) and max(map(len, texts)) <= longest:
        return None
    return {text: text for text in texts if len(text) <= longest and text not in MISSING}


def _tidy(texts: Sequence[str]) -> bool:
    """Whether `read_text` would take nothing away from any of them."""
    joined = "".join(texts)  # of all spaces and breaks only the plain space is printable
    return (" " not in joined and joined.isprintable()) or not _UNTIDY.search("\0".join(filter(None, texts)))


def _within(column: Column, read: Reader) -> Reader:
    bounds = column.bounds
    if bounds is None:
        return read
    outside = Fault(OUTSIDE, bounds.mend)

    def within(cell: Any) -> Any:
        found = read(cell)
        return outside if isinstance(found, Decimal) and not bounds.hold(found) else found

    return within


def _number_reader(column: Column, context: Context) -> Reader:
    unit = declared_unit(column)
    shown = context.unit
    if unit and shown and shown.dim != unit.dim:
        fault = Fault(f"表头的单位“{shown.name}”与这一列的单位“{unit.name}”不能换算", f"请改用 {unit.name} 或它的倍数")
        return lambda cell: fault
    header = shown or unit

    def read(cell: Any) -> Any:
        found = _quantity(cell, column)
        if isinstance(found, Fault):
            return found
        number, own = found
        if own and unit and own.dim != unit.dim:
            return Fault(f"单位“{own.name}”与这一列的单位“{unit.name}”不能换算", f"请按 {unit.name} 填写")
        value = _converted(number, own or header, unit)
        if column.kind == "money" and isinstance(value, Decimal) and abs(value) > MAX_YUAN:
            return Fault("金额大得不合常理", "请核对单位（元、万元、亿元）")
        return value

    return read


def _converted(number: Decimal, given: Unit | None, wanted: Unit | None) -> Decimal:
    """Exactly; where the factor has no finite decimal form (亩), to twelve significant decimals."""
    if given is None or wanted is None or given.factor == wanted.factor:
        return number
    product = Fraction(number) * given.factor / wanted.factor
    if decimal_places(product) is not None:
        return as_decimal(product)
    return Decimal(product.numerator) / Decimal(product.denominator)


def _quantity(cell: Any, column: Column) -> tuple[Decimal, Unit | None] | Fault:
    if isinstance(cell, bool):
        return Fault("这里应填数，现为 是/否")
    if isinstance(cell, (int, float)):
        return exact(cell), None
    if isinstance(cell, (date, datetime, time, timedelta)):
        return Fault("单元格是日期或时间格式，不是数", "请把单元格格式改为“常规”，再填写数")
    text = half_width(cell).replace("，", ",").removeprefix("¥").removeprefix("￥").strip()
    negative = _ACCOUNTING.fullmatch(text)
    match = _NUMBER.fullmatch(negative[1] if negative else text)
    if match is None:
        return Fault(f"“{column.name}”应填{KIND_WORDS[column.kind]}", "请只填数字")
    try:
        number = Decimal(match[1].replace(",", ""))
    except InvalidOperation:
        return Fault(f"“{column.name}”应填{KIND_WORDS[column.kind]}", "请只填数字")
    if abs(number) >= Decimal(10) ** 25 or (number and abs(number) < Decimal(10) ** -25):
        return Fault("这个数大（小）得不合常理", "请核对")
    own = unit_named(match[2]) if match[2] else None
    if match[2] and own is None:
        return Fault(f"不认识单位“{match[2]}”", f"请按 {column.unit or '数'} 填写，只填数字")
    return (-number if negative else number), own


def read_share(cell: Any, context: Context) -> Any:
    """12.5% → 0.125; a bare number by the header's unit, and never guessed where both readings make sense."""
    found = _quantity(cell, Column("比例", "share"))
    if isinstance(found, Fault):
        return found
    number, own = found
    shown = own or context.unit
    if shown and shown.dim:
        return Fault(f"单位“{shown.name}”不是百分比", "请填百分数，如 12.5%")
    if own:
        return number * as_decimal(own.factor)
    doubtful = 0 < abs(number) <= 1 and not (isinstance(cell, str) or context.knows_percent_formats)
    if shown and doubtful:
        return Fault(
            f"无法判断 {number} 是 {(number * 100).normalize():f}% 还是 {number:f}%",
            "请写成带百分号的文本，或另存为 .xlsx 后再上传",
        )
    if shown:
        return number * as_decimal(shown.factor)
    if abs(number) > 1:
        return Fault("比例大于 1，却没有百分号，表头也没有写（%）", f"请写成 {number:f}%")
    return number


def read_date(cell: Any, date1904: bool = False) -> Any:
    """A day from a date cell, a serial number or a text such as 2025年3月1日, 2025.3.1, 20250301, 2025/3."""
    if isinstance(cell, datetime):
        return _in_time(cell.date())
    if isinstance(cell, date):
        return _in_time(cell)
    if isinstance(cell, (bool, time, timedelta)):
        return Fault("这里应填日期", "请写成 2025-03-01")
    if isinstance(cell, (int, float)):
        number = int(cell)
        if number != cell:
            return Fault("这里应填日期，不是小数", "请写成 2025-03-01")
        if 19000101 <= number <= 21991231:
            return _day_of(str(number))
        if 1 <= number <= 109_574:
            return _in_time(_EPOCH[date1904] + timedelta(days=number))
        return Fault("这里应填日期", "请写成 2025-03-01")
    return _day_of(half_width(cell))


def _day_of(text: str) -> Any:
    match = _DATE.fullmatch(text) or _SOLID.fullmatch(text)
    try:
        if match:
            return _in_time(date(*map(int, match.groups())))
    except ValueError:
        return Fault("没有这一天", "请核对年、月、日")
    month = _MONTH.fullmatch(text)
    if month:
        return Fault("只写了年月，缺少日", "请补上日，如 2025-03-01；只知道月份时请填当月最后一天")
    return Fault("这里应填日期", "请写成 2025-03-01 或 2025年3月1日")


def _in_time(day: date) -> date | Fault:
    return day if _FIRST_DAY <= day <= _LAST_DAY else Fault("日期不在 1900—2199 年之间", "请核对年份")


def read_flag(cell: Any) -> Any:
    """是/否, √/×, Y/N, 1/0."""
    if isinstance(cell, bool):
        return cell
    word = half_width(cell).lower() if isinstance(cell, str) else f"{cell:g}" if isinstance(cell, (int, float)) else ""
    if word in _TRUE:
        return True
    return False if word in _FALSE else Fault("这里应填 是 或 否", "请从下拉列表中选")


def read_uscc(cell: Any) -> Any:
    """A unified social credit code; one that became a number has lost digits, which nothing can bring back."""
    if isinstance(cell, (int, float)) or (
        isinstance(cell, str) and re.fullmatch(r"\d(?:\.\d+)?[eE]\+?\d+", half_width(cell))
    ):
        return Fault(
            "统一社会信用代码被 Excel 变成了数，末几位已丢失，无法还原",
            "请把这一列设为“文本”格式，按营业执照重新填写 18 位代码",
        )
    if not isinstance(cell, str):
        return Fault("这里应填 18 位统一社会信用代码", "请把这一列设为“文本”格式")
    code = cell if len(cell) == 18 and cell.isascii() and cell.isalnum() and cell.upper() == cell else None
    code = code or re.sub(r"[\s\-'’‘`]", "", half_width(cell)).upper()
    problem = uscc_problem(code)
    if problem is None:
        return code if code == cell else Repaired(code, "去掉了空格等，或改为大写")
    mended = code.translate(_O_FOR_0)
    if mended != code and uscc_problem(mended) is None:
        return Repaired(mended, "字母 O、I 改为数字 0、1，校验位相符")
    return Fault(problem, "请按营业执照核对")


def read_period(cell: Any, column: Column) -> Any:
    """2025, 2025年3季度, 2025-09, 2025年1-9月 (the running total to September), 202509, a date cell."""
    found = _period(cell)
    if isinstance(found, Period) and column.grain and found.grain != column.grain:
        return Fault(
            f"这里应填{GRAIN_NAMES[column.grain]}期间，现为{GRAIN_NAMES[found.grain]}", f"请写成 {_example(column)}"
        )
    return found


def _period(cell: Any) -> Any:
    if isinstance(cell, (date, datetime)):
        return Period("month", cell.year * 12 + cell.month - 1)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        if cell != int(cell):
            return Fault("期间写成了小数，无法区分 1 月和 10 月", "请写成 2025-01 或 2025年10月")
        cell = str(int(cell))
    text = re.sub(r"\s", "", half_width(str(cell)))
    match = _RANGE.fullmatch(text)
    if match:
        text = f"{match[1]}年{match[2]}月"
    for words, quarter in _HALVES.items():
        if text.endswith(words):
            text = f"{text.removesuffix(words).rstrip('年')}Q{quarter}"
    month = _MONTH.fullmatch(text)
    if month:
        text = f"{month[1] or month[3]}-{int(month[2] or month[4]):02d}"
    try:
        return Period.parse(text.replace("年度", "年"))
    except ValueError:
        return Fault("这里应填期间", "请写成 2025、2025Q3 或 2025-09")


def _example(column: Column) -> str:
    return {"year": "2025", "quarter": "2025Q3", "month": "2025-09"}[column.grain or "year"]


def _choice_reader(column: Column) -> Reader:
    stored = column.stored
    known = {re.sub(r"\s", "", half_width(name)).lower(): value for name, value in stored.items()}
    known |= {value.lower(): value for value in stored.values() if value.lower() not in known}

    def read(cell: Any) -> Any:
        text = str(read_text(cell, Column(column.name)))
        value = known.get(re.sub(r"\s", "", half_width(text)).lower())
        if value is not None:
            return value
        near = did_you_mean(text, stored) if len(text) < 60 else None
        return Fault(f"“{column.name}”没有这个选项", near or f"请从下拉列表中选：{_some(list(stored))}")

    return read


def _some(names: list[str], most: int = 8) -> str:
    return "、".join(names[:most]) + (f" 等 {len(names)} 项" if len(names) > most else "")


def read_text(cell: Any, column: Column) -> Any:
    """A text; a number without its empty decimals; a code without spaces, in half width."""
    if isinstance(cell, str):
        text = tidy(cell)
        if column.kind == "code":
            text = re.sub(r"\s", "", half_width(text)).upper()
        elif "\n" in text or "\r" in text:
            text = re.sub(r"\s*[\r\n]+\s*", " ", text)
    elif isinstance(cell, bool):
        text = "是" if cell else "否"
    elif isinstance(cell, (int, float)):
        if abs(cell) >= 1e15:
            return Fault("被 Excel 变成了数，末几位已丢失", "请把这一列设为“文本”格式后重新填写")
        text = f"{exact(cell):f}"
    else:
        text = str(cell.date() if isinstance(cell, datetime) else cell)
    if column.max_length and len(text) > column.max_length:
        return Fault(f"文字过长：{len(text)} 字，最多 {column.max_length} 字", "请精简")
    return text
