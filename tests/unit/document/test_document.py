"""One content as Word in the layout of GB/T 9704-2012, as PDF, and as a workbook that runs nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt

from jiqun.document import layout
from jiqun.document.charts import bars
from jiqun.document.content import Document, Figure, Heading, Paragraph, Table, chinese_date
from jiqun.document.pdf import write_pdf
from jiqun.document.word import write_word
from jiqun.document.workbook import Sheet, write_workbook

CONTENT = Document(
    "关于进展情况的调度通报",
    (
        Heading(1, "一、总体情况"), Paragraph("现将情况通报如下。"),
        Table("表：进展", ("目标", "完成"), (("甲 #let x = 1", "3家"), ("乙", "待补充")), (3, 1), frozenset({1})),
        Figure("图：各县", bars(["甲县", "乙县"], [3, 1], "家"), "甲县 3，乙县 1"),
    ),
    "示例市工业和信息化局", date(2026, 9, 30), number="示工信〔2026〕3号", head="示例市工业和信息化局文件",
)  # fmt: skip


def test_the_measures_of_the_standard() -> None:
    # GB/T 9704-2012: 5.2.1 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm; 5.2.3 每面 22 行 28 字.
    assert (layout.TOP, layout.LEFT, layout.TEXT) == (37.0, 28.0, (156.0, 225.0))
    assert (layout.RIGHT, layout.BOTTOM) == (26.0, 35.0)
    assert (layout.LINES, layout.CHARACTERS) == (22, 28)
    assert pytest.approx(225 / 25.4 * 72) == layout.LINE_PITCH * 22
    # 三号字 28 个 are as wide as the text, to one per cent and a half.
    assert pytest.approx(156, rel=0.015) == layout.SIZE_3 * 28 / 72 * 25.4


def test_word(tmp_path: Path) -> None:
    write_word(CONTENT, tmp_path / "a.docx")
    word = docx.Document(str(tmp_path / "a.docx"))
    section = word.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(m.mm) for m in margins if m is not None] == [37, 35, 28, 26]
    assert [round(size.mm) for size in (section.page_width, section.page_height) if size is not None] == [210, 297]
    texts = [p.text for p in word.paragraphs if p.text]
    assert texts == [
        "示例市工业和信息化局文件", "示工信〔2026〕3号", "关于进展情况的调度通报", "一、总体情况", "现将情况通报如下。",
        "表：进展", "图：各县", "示例市工业和信息化局", "2026年9月30日",
    ]  # fmt: skip
    by_text = {p.text: p for p in word.paragraphs}
    fonts = {
        text: by_text[text].runs[0]._r.rPr.rFonts.get(qn("w:eastAsia"))
        for text in ("关于进展情况的调度通报", "一、总体情况", "现将情况通报如下。")
    }
    assert list(fonts.values()) == ["方正小标宋简体", "黑体", "仿宋_GB2312"]
    assert by_text["关于进展情况的调度通报"].runs[0].font.size == Pt(22)
    body = by_text["现将情况通报如下。"]
    assert body.runs[0].font.size == Pt(16) and body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert body.paragraph_format.line_spacing == pytest.approx(Pt(layout.LINE_PITCH), abs=Pt(0.1))
    assert [[c.text for c in row.cells] for row in word.tables[0].rows] == [
        ["目标", "完成"], ["甲 #let x = 1", "3家"], ["乙", "待补充"],
    ]  # fmt: skip
    # Page numbers: odd pages at the right, even at the left, between dashes.
    assert word.settings.odd_and_even_pages_header_footer
    assert "PAGE" in section.footer.paragraphs[0]._p.xml and section.footer.paragraphs[0].alignment == 2
    assert section.even_page_footer.paragraphs[0].alignment == 0


def test_pdf_and_the_same_bytes_again(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_pdf(CONTENT, tmp_path / f"{name}.pdf")
        write_word(CONTENT, tmp_path / f"{name}.docx")
    content = (tmp_path / "a.pdf").read_bytes()
    assert content.startswith(b"%PDF-") and len(content) > 10_000
    assert content == (tmp_path / "b.pdf").read_bytes()


def test_the_annex_runs_nothing_and_hides_no_gap(tmp_path: Path) -> None:
    sheet = Sheet("进展", ("目标", "完成"), [("=1+1", 3.5), ("http://x", None)])
    write_workbook([sheet], tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx")["进展"]
    assert [[c.value for c in row] for row in page.iter_rows()] == [
        ["目标", "完成"],
        ["=1+1", 3.5],
        ["http://x", "待补充"],
    ]
    assert page["A2"].data_type == "s" and page["A3"].hyperlink is None


def test_dates_as_the_standard_writes_them() -> None:
    assert chinese_date(date(2026, 1, 5)) == "2026年1月5日"
