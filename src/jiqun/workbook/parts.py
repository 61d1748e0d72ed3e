"""What only the XML of an .xlsx says: true extent, formulas without a value, error cells, percent formats, 1904 dates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from posixpath import join, normpath
from xml.etree import ElementTree

from jiqun.workbook.guard import SAVE_AS, Checked, refusal
from jiqun.workbook.model import Limits
from jiqun.workbook.scan import Usual, usual_of

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ROW_OF = re.compile(rb"r\s*=\s*[\"'][A-Za-z]*0*(\d{1,9})")
_PLACED = re.compile(rb"r\s*=\s*[\"'][A-Za-z]")
_WIDE = re.compile(rb"r\s*=\s*[\"']([A-Za-z]{2,})\d")
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.S)
_FORMULA = re.compile(rb"<f\b[^>]*?(?:/>|>.*?</f>)", re.S)
_NO_VALUE = re.compile(rb"<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_ERROR = re.compile(rb"<c\b[^>]*\bt=[\"']e[\"'][^>]*>.*?</c>", re.S)
_REF = re.compile(rb"\br=[\"']([A-Z]+)(\d+)[\"']")
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_STYLE = re.compile(rb"\bs=[\"'](\d+)[\"']")


class _Tags:
    """The tags of rows and cells; patterns that begin with a fixed text are found many times faster."""

    def __init__(self, prefix: bytes) -> None:
        self.row = re.compile(rb"<" + prefix + rb"row(?=[\s/>])")
        self.numbered_row = re.compile(rb"<" + prefix + rb"row\s(?:[^>]*\s)?r\s*=")
        self.cell = re.compile(rb"<" + prefix + rb"c(?=[\s/>])")
        self.unplaced_cell = re.compile(rb"<" + prefix + rb'c(?! r=")(?=[\s/>])(?![^>]*\sr\s*=)')


_PLAIN, _PREFIXED = _Tags(b""), _Tags(rb"(?:[^\s<>/:]+:)?")

At = tuple[int, int]
"""Row and column, from 1."""


@dataclass
class SheetFacts:
    """About one worksheet, by (row, column) from 1."""

    part: str
    """The lower-case name of its part."""
    usual: Usual | None = None
    no_value: set[At] = field(default_factory=set)
    errors: dict[At, str] = field(default_factory=dict)
    _data: bytes = field(default=b"", repr=False)
    _percent_styles: frozenset[int] = frozenset()

    def look(self) -> None:
        """Find the cells without a value and those with an error."""
        data, usual = self._data, self.usual
        if (usual is None or usual.formulas) and b"<f" in data and _NO_VALUE.search(data):
            for match in _CELL.finditer(data):
                body = match[2]
                if (
                    body
                    and b"<f" in body
                    and not _FORMULA.sub(b"", body).replace(b"<v></v>", b"").replace(b"<v/>", b"")
                ):
                    at = _at(match[1])
                    # A text formula whose result is the empty text has a type; without one no result was ever stored.
                    if at and b't="str"' not in match[1]:
                        self.no_value.add(at)
        if (usual is None or usual.errors) and (b't="e"' in data or b"t='e'" in data):
            for match in _ERROR.finditer(data):
                at, value = _at(match[0]), _VALUE.search(match[0])
                if at:
                    self.errors[at] = value[1].decode("utf-8", "replace") if value else "#错误"
        if not self._percent_styles:
            self._data = b""

    def percents(self, columns: set[int]) -> set[At]:
        """The cells of these columns with a percent format."""
        if not self._percent_styles or not columns:
            return set()
        found = set()
        styles = b"|".join(str(s).encode() for s in sorted(self._percent_styles))
        for match in re.finditer(rb"<c\b([^>]*\bs=[\"'](?:" + styles + rb")[\"'][^>]*)>", self._data):
            at = _at(match[1])
            if at and at[1] in columns:
                found.add(at)
        return found


@dataclass(frozen=True)
class BookFacts:
    """About an .xlsx."""

    date1904: bool
    sheets: dict[str, SheetFacts]
    """By the worksheet's name."""


def facts_of(checked: Checked, limits: Limits) -> BookFacts:
    """Scan the parts; InputError where a worksheet is larger than allowed or the structure is broken.

    The cells themselves are left to `look`.
    """
    parts = checked.parts
    try:
        book = ElementTree.fromstring(parts["xl/workbook.xml"])
        targets = {
            r.get("Id"): r.get("Target", "") for r in ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])
        }
        styles = _percent_styles(parts.get("xl/styles.xml"))
    except (ElementTree.ParseError, KeyError) as error:
        raise refusal(checked.name, "工作簿的结构已损坏", mend=SAVE_AS) from error
    _refuse_strings(checked, limits)
    tags = [e for e in book.iter() if e.tag.endswith("}sheet")]
    if len(tags) > limits.sheets:
        raise refusal(checked.name, f"有 {len(tags)} 个工作表，超过上限 {limits.sheets}", mend="请拆成几个文件")
    sheets = {}
    for tag in tags:
        name, target = tag.get("name", ""), normpath(join("/xl", targets.get(tag.get(_REL), ""))).lstrip("/").lower()
        data = parts.get(target)
        if data is None:
            raise refusal(checked.name, f"工作表“{name}”的内容缺失，工作簿已损坏", mend=SAVE_AS)
        usual = usual_of(data)
        extent = (usual.rows, usual.columns) if usual else _extent(data)
        refuse_extent(checked.name, name, *extent, limits)
        sheets[name] = SheetFacts(target, usual, _data=data, _percent_styles=styles)
    properties = next((e for e in book.iter() if e.tag.endswith("}workbookPr")), None)
    date1904 = properties is not None and properties.get("date1904", "") in ("1", "true")
    return BookFacts(date1904, sheets)


def refuse_extent(file: str, sheet: str, rows: int, columns: int, limits: Limits) -> None:
    """A sentence where a worksheet is larger than a reader should hold."""
    if columns > limits.columns:
        raise refusal(
            file, f"工作表“{sheet}”有 {columns:,} 列，超过上限 {limits.columns} 列", mend="请删去表格右侧多余的列后另存"
        )
    if rows > limits.rows:
        raise refusal(
            file,
            f"工作表“{sheet}”有 {rows:,} 行，超过上限 {limits.rows:,} 行",
            mend="请删去表格下方多余的行，或拆成几个文件",
        )
    if rows * columns > limits.cells:
        raise refusal(
            file,
            f"工作表“{sheet}”有 {rows:,} 行 × {columns} 列，单元格超过上限 {limits.cells:,} 个",
            mend="请删去多余的行和列，或拆成几个文件",
        )


def column_number(letters: str | bytes) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters if isinstance(letters, bytes) else letters.encode():
        number = number * 26 + letter - 64
    return number


def _extent(data: bytes) -> tuple[int, int]:
    """The greatest row and column that a cell of the worksheet may have, whatever its `dimension` says."""
    tags = _PREFIXED if b":row" in data or b":c" in data else _PLAIN
    unnumbered = len(tags.row.findall(data)) - len(tags.numbered_row.findall(data))
    rows = max(map(int, set(_ROW_OF.findall(data))), default=0) + unnumbered
    columns = max((column_number(wide.upper()) for wide in set(_WIDE.findall(data))), default=26)
    if tags.unplaced_cell.search(data):
        columns = (columns if _PLACED.search(data) else 0) + max(
            (len(tags.cell.findall(row)) for row in tags.row.split(data)), default=0
        )
    return rows, columns


def _at(attributes: bytes) -> At | None:
    match = _REF.search(attributes)
    return (int(match[2]), column_number(match[1])) if match else None


def _percent_styles(styles: bytes | None) -> frozenset[int]:
    """Indexes of cell formats that show a percentage (built-in 9 and 10, or a format of their own with %)."""
    if not styles:
        return frozenset()
    root = ElementTree.fromstring(styles)
    own = {
        int(e.get("numFmtId", "-1"))
        for e in root.iter()
        if e.tag.endswith("}numFmt") and "%" in e.get("formatCode", "")
    }
    formats = next((e for e in root if e.tag.endswith("}cellXfs")), None)
    return frozenset(
        i
        for i, xf in enumerate(formats if formats is not None else ())
        if int(xf.get("numFmtId", "0")) in own | {9, 10}
    )


def _refuse_strings(checked: Checked, limits: Limits) -> None:
    count = checked.parts.get("xl/sharedstrings.xml", b"").count(b"<si>")
    if count > limits.shared_strings:
        raise refusal(
            checked.name, f"有 {count:,} 个不同的文本，超过上限 {limits.shared_strings:,}", mend="请拆成几个文件"
        )
