"""The document as Word."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from jiqun.document import layout
from jiqun.document.content import Block, Document, Figure, Heading, Paragraph, Table, chinese_date

EPOCH = datetime(2000, 1, 1)
"""Written as the time of creation, so that the same content gives the same file."""


def write_word(document: Document, path: Path) -> None:
    """Write the document as .docx."""
    word = docx.Document()
    _page(word)
    _head(word, document)
    for block in document.blocks:
        _block(word, block)
    _signature(word, document)
    properties = word.core_properties
    properties.title, properties.author = document.title, document.signed_by or ""
    properties.created = properties.modified = EPOCH
    word.save(str(path))


def _page(word: Word) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = (Mm(size) for size in layout.PAGE)
    section.top_margin, section.bottom_margin = Mm(layout.TOP), Mm(layout.BOTTOM)
    section.left_margin, section.right_margin = Mm(layout.LEFT), Mm(layout.RIGHT)
    section.footer_distance = Mm(layout.BOTTOM - 7 - 5)
    word.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    normal = word.styles["Normal"]
    normal.font.size = Pt(layout.SIZE_3)
    normal.font.name = "Times New Roman"
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), layout.BODY[0])


def _head(word: Word, document: Document) -> None:
    for mark in document.marks:
        _text(word.add_paragraph(), mark, layout.HEADINGS[1][0], layout.SIZE_4)
    if document.head:
        line = word.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = _text(line, document.head, layout.TITLE[0], 30.0)
        run.font.color.rgb = RGBColor.from_string(layout.RED)
    if document.number:
        line = word.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _text(line, document.number, layout.BODY[0], layout.SIZE_3)
    title = word.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(14), Pt(layout.LINE_PITCH)
    _text(title, document.title, layout.TITLE[0], layout.SIZE_2)


def _block(word: Word, block: Block) -> None:
    if isinstance(block, Heading):
        run = _text(_line(word), block.text, layout.HEADINGS[block.level][0], layout.SIZE_3)
        run.bold = block.level == 3
    elif isinstance(block, Paragraph):
        _text(_line(word), block.text, layout.BODY[0], layout.SIZE_3)
    elif isinstance(block, Table):
        _table(word, block)
    else:
        _figure(word, block)


def _line(word: Word) -> Any:
    """A line of running text: two characters in, at the pitch of 22 lines a page."""
    paragraph = word.add_paragraph()
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(layout.LINE_PITCH)
    form.space_before = form.space_after = Pt(0)
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), str(int(2 * layout.SIZE_3 * 20)))
    return paragraph


def _text(paragraph: Any, text: str, font: str, size: float) -> Any:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.font.name = "Times New Roman"
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _caption(word: Word, text: str) -> None:
    paragraph = word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(8), Pt(4)
    paragraph.paragraph_format.keep_with_next = True
    _text(paragraph, text, layout.HEADINGS[1][0], layout.SIZE_4)


def _table(word: Word, block: Table) -> None:
    _caption(word, block.caption)
    table = word.add_table(rows=1, cols=len(block.header), style="Table Grid")
    table.autofit = False
    for cell, text in zip(table.rows[0].cells, block.header, strict=True):
        _cell(cell, text, layout.HEADINGS[1][0], WD_ALIGN_PARAGRAPH.CENTER)
    _repeat(table.rows[0])
    for row in block.rows:
        cells = table.add_row().cells
        for i, (cell, text) in enumerate(zip(cells, row, strict=True)):
            _cell(cell, text, layout.BODY[0], WD_ALIGN_PARAGRAPH.RIGHT if i in block.right else WD_ALIGN_PARAGRAPH.LEFT)
    total = sum(block.widths)
    for row_ in table.rows:
        for cell, share in zip(row_.cells, block.widths, strict=True):
            cell.width = Mm(layout.TEXT[0] * share / total)
    word.add_paragraph().paragraph_format.space_after = Pt(0)


def _cell(cell: Any, text: str, font: str, alignment: Any) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = alignment
    paragraph.paragraph_format.space_after = Pt(0)
    _text(paragraph, text, font, layout.SIZE_5)


def _repeat(row: Any) -> None:
    """The heading row is repeated on every page, and no row breaks across pages."""
    properties = row._tr.get_or_add_trPr()
    for name in ("w:tblHeader", "w:cantSplit"):
        properties.append(OxmlElement(name))


def _figure(word: Word, block: Figure) -> None:
    paragraph = word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    picture = paragraph.add_run().add_picture(io.BytesIO(block.png), width=Mm(layout.TEXT[0]))
    picture._inline.docPr.set("descr", block.words)
    _caption(word, block.caption)


def _signature(word: Word, document: Document) -> None:
    """Office and day at the right, the day four characters in from the edge (7.3.5.3)."""
    for text, indent in ((document.signed_by, 4), (document.signed_on and chinese_date(document.signed_on), 4)):
        if text:
            paragraph = word.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph._p.get_or_add_pPr().get_or_add_ind().set(qn("w:rightChars"), str(indent * 100))
            _text(paragraph, text, layout.BODY[0], layout.SIZE_3)


def _page_number(paragraph: Any, alignment: Any) -> None:
    paragraph.alignment = alignment
    side = "w:rightChars" if alignment == WD_ALIGN_PARAGRAPH.RIGHT else "w:leftChars"
    paragraph._p.get_or_add_pPr().get_or_add_ind().set(qn(side), "100")
    _text(paragraph, "— ", layout.NUMBER[0], layout.SIZE_4)
    run = _text(paragraph, "", layout.NUMBER[0], layout.SIZE_4)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = text
        run._r.append(part)
    _text(paragraph, " —", layout.NUMBER[0], layout.SIZE_4)
