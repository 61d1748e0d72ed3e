"""What is written reads back the same; nothing written runs as a formula."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import xlsxwriter

from jiqun.base.periods import Period
from jiqun.workbook import Column, Sheet, read_workbook, write_marked, write_template

COUNTIES = {f"第{i}县": f"13{i:04d}" for i in range(60)}
SHEET = Sheet(
    "企业主要指标",
    (
        Column("名称", required=True, key=True),
        Column("县", "choice", choices=COUNTIES),
        Column("类别", "choice", choices=("生产", "研发")),
        Column("营业收入", "money", shown_unit="万元", note="按审计报告填写"),
        Column("占比", "share"),
        Column("面积", "number", unit="平方米", shown_unit="亩"),
        Column("日期", "date"),
        Column("规上", "bool"),
        Column("期间", "period"),
    ),
    rows=(
        {"名称": "=1+1", "县": "130007", "类别": "研发", "营业收入": Decimal("12345.67"), "占比": Decimal("0.125"),
         "面积": Decimal(2000), "日期": date(2025, 3, 1), "规上": False, "期间": Period.parse("2025Q3")},
        {"名称": "@SUM(A1)", "县": None, "营业收入": None},
    ),
    notes=("逾期不报按缺报处理。",),
    id="indicator:party:2025",
    version="7",
)  # fmt: skip


def test_a_template_reads_back_as_it_was_filled(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(path, [SHEET])
    found = read_workbook(path, [SHEET])
    assert (found.problems, found.notices) == ([], [])
    first, second = found.sheets["企业主要指标"].rows()
    assert first == SHEET.rows[0]
    assert {name for name, value in second.items() if value is not None} == {"名称"}
    assert found.marks == {"企业主要指标": ("indicator:party:2025", "7")}


def test_a_template_helps_the_person_who_fills_it() -> None:
    target = io.BytesIO()
    write_template(target, [SHEET])
    page = openpyxl.load_workbook(target)["企业主要指标"]
    assert [c.value for c in page[1]] == [
        "名称", "县", "类别", "营业收入（万元）", "占比（%）", "面积（亩）", "日期", "规上", "期间",
    ]  # fmt: skip
    lists = {str(v.sqref).split(":")[0]: v.formula1 for v in page.data_validations.dataValidation if v.type == "list"}
    assert lists == {"B2": "_choices!$A$1:$A$60", "C2": '"生产,研发"', "H2": '"是,否"'}
    assert page["D1"].comment and page["D1"].comment.text == "按审计报告填写\n填写：金额，单位：万元"
    assert page.freeze_panes == "B2"
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n", "d"}


def _upload() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet("表")
        page.write_row(0, 0, ["名称", "营业收入（万元）", "备注"])
        page.write_row(1, 0, ["=1", "多", "保留", 5], book.add_format({"bold": True}))
        page.write_string(1, 0, "=cmd|' /C calc'!A0")
        page.write_formula(2, 3, "=D2*2", None, 10)
        page.write_row(2, 0, ["乙", "很多"])
        book.add_worksheet("别的").write(0, 0, "原样")
    return target.getvalue()


def test_the_same_workbook_comes_back_marked(tmp_path: Path) -> None:
    sheet = Sheet("表", (Column("名称", key=True), Column("营业收入", "money")))
    data, out = _upload(), tmp_path / "标注.xlsx"
    problems = read_workbook(data, [sheet], name="a.xlsx").problems
    marked = write_marked(data, problems, out, name="a.xlsx")
    assert (marked.rewritten, marked.commented) == (False, 2)
    book = openpyxl.load_workbook(out)
    page = book["表"]
    assert [page[ref].fill.start_color.rgb for ref in ("B2", "B3", "A2")] == ["00FFC7CE", "00FFC7CE", "00000000"]
    assert page["B2"].comment and page["B2"].comment.text == "“营业收入”应填金额。请只填数字"
    assert (page["C2"].value, page["C2"].font.b, page["D3"].value, book["别的"]["A1"].value) == (
        "保留", True, "=D2*2", "原样",
    )  # fmt: skip
    assert [[c.value for c in row] for row in book["问题清单"].iter_rows(min_row=2)] == [
        [1, "表", "B2", "营业收入", "“营业收入”应填金额", "多", "请只填数字"],
        [2, "表", "B3", "营业收入", "“营业收入”应填金额", "很多", "请只填数字"],
    ]


def test_the_list_of_problems_runs_no_formula(tmp_path: Path) -> None:
    sheet = Sheet("表", (Column("名称", key=True), Column("人数", "number")))
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet("表")
        page.write_row(0, 0, ["名称", "人数"])
        page.write_string(1, 0, "甲")
        page.write_string(1, 1, "=HYPERLINK(1)")
    for name, data in (("a.xlsx", target.getvalue()), ("a.csv", "名称,人数\n甲,=HYPERLINK(1)".encode("gb18030"))):
        out = tmp_path / f"{name}.out.xlsx"
        write_marked(data, read_workbook(data, [sheet], name=name).problems, out, name=name)
        with zipfile.ZipFile(out) as archive:
            parts = [archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in part for part in parts)


def test_a_csv_file_comes_back_as_a_workbook(tmp_path: Path) -> None:
    sheet = Sheet("表", (Column("名称", key=True), Column("营业收入", "money")))
    data = "名称,营业收入\n甲,多\n乙,5\n".encode("gb18030")
    problems = read_workbook(data, [sheet], name="上报.csv").problems
    marked = write_marked(data, problems, tmp_path / "o.xlsx", name="上报.csv")
    assert marked.rewritten
    page = openpyxl.load_workbook(tmp_path / "o.xlsx")["上报"]
    assert [[c.value for c in row] for row in page.iter_rows()] == [["名称", "营业收入"], ["甲", "多"], ["乙", "5"]]
    assert page["B2"].comment and page["B2"].fill.start_color.rgb == "FFFFC7CE"
