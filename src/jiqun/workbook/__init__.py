"""Office workbooks in and out: templates, messy uploads read into typed columns, marked copies back."""

from jiqun.workbook.marked import Marked, write_marked
from jiqun.workbook.model import Cell, Column, Limits, Reading, Sheet, SheetReading
from jiqun.workbook.read import read_workbook
from jiqun.workbook.template import write_template

__all__ = [
    "Cell",
    "Column",
    "Limits",
    "Marked",
    "Reading",
    "Sheet",
    "SheetReading",
    "read_workbook",
    "write_marked",
    "write_template",
]
