"""Hostile and mistaken files are refused with a sentence, before anything large is held in memory."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from jiqun.base.errors import InputError
from jiqun.workbook import Column, Limits, Sheet, read_workbook

SHEET = Sheet("表", (Column("名称", key=True),))
_BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="{target}"/></Relationships>'
)


def sheet_xml(rows: str, head: str = "") -> str:
    """A worksheet part."""
    return (
        f'<?xml version="1.0"?>{head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def package(sheet: str | bytes, target: str = "worksheets/sheet1.xml", **more: str | bytes) -> bytes:
    """An .xlsx made by hand."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", _BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", _RELS.format(target=target))
        archive.writestr(f"xl/{target}", sheet)
        for name, data in more.items():
            archive.writestr(name, data)
    return out.getvalue()


def refused(data: bytes, name: str = "a.xlsx", limits: Limits | None = None) -> str:
    """The sentence of the refusal."""
    with pytest.raises(InputError) as error:
        read_workbook(data, [SHEET], limits, name=name)
    (problem,) = error.value.problems
    return str(problem)


def inline(ref: str, text: str = "名称") -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_a_zip_bomb() -> None:
    bomb = package(sheet_xml("<row>" + " " * (80 << 20) + "</row>"))
    assert len(bomb) < 100_000
    assert refused(bomb).startswith("a.xlsx：文件展开后有 80 MB，是压缩后的 ")


def test_an_archive_that_lies_about_its_size() -> None:
    data = package(sheet_xml(" " * 5000))
    size = len(sheet_xml(" " * 5000)).to_bytes(4, "little")
    lying = data.replace(size, (10).to_bytes(4, "little"))
    assert lying != data
    assert refused(lying) == "a.xlsx：文件已损坏，压缩结构不完整。请用 Excel 打开修复后另存，再上传"


def test_too_many_parts() -> None:
    more = {f"x{i}.xml": "<a/>" for i in range(2100)}
    assert refused(package(sheet_xml(""), **more)).startswith("a.xlsx：文件里有 2,103 个部件，超过上限 2,000")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_external_entities(encoding: str) -> None:
    head = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    data = package(sheet_xml(f'<row r="1">{inline("A1", "&e;")}</row>', head).encode(encoding))
    assert refused(data).startswith("a.xlsx：部件 xl/worksheets/sheet1.xml 含有外部实体定义，可能是恶意文件")


def test_a_worksheet_under_another_name_is_looked_at_too() -> None:
    data = package(sheet_xml(f'<row r="1">{inline("XFD1")}</row>'), target="worksheets/Sheet1.dat")
    assert refused(data).startswith("a.xlsx：工作表“表”有 16,384 列，超过上限 500 列")


@pytest.mark.parametrize("quote", ['"', "'"])
def test_sixteen_thousand_columns(quote: str) -> None:
    data = package(sheet_xml(f'<row r="1">{inline("A1")}{inline("XFD1")}</row>').replace('"', quote))
    assert refused(data) == "a.xlsx：工作表“表”有 16,384 列，超过上限 500 列。请删去表格右侧多余的列后另存"


def test_cells_without_numbers_are_counted() -> None:
    data = package(sheet_xml("<row>" + "<c/>" * 600 + "</row>"))
    assert refused(data).startswith("a.xlsx：工作表“表”有 600 列")


def test_a_cell_a_million_rows_down() -> None:
    data = package(sheet_xml(f'<row r="1">{inline("A1")}</row><row r="1048576">{inline("A1048576")}</row>'))
    assert refused(data).startswith("a.xlsx：工作表“表”有 1,048,576 行，超过上限 200,000 行")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (f'<row r="1">{inline("A1")}{inline("B1048576")}</row>', "1,048,576 行"),
        (f'<row r="1">{inline("A1")}{inline("B0001048576")}</row>', "1,048,576 行"),
        (f'<row r="1">{inline("A1")}</row><x-y:row r="1048576">{inline("A1048576")}</x-y:row>', "1,048,576 行"),
        ('<row r ="1048576"><c><v>1</v></c></row>', "1,048,576 行"),
        (f'<row r="1">{inline("A1")}{inline("xfd1")}</row>', "16,384 列"),
        ('<row r="1"><c r ="XFD1"><v>1</v></c></row>', "16,384 列"),
    ],
)
def test_a_far_cell_written_in_another_way(rows: str, found: str) -> None:
    """Each of these makes the reader hold a table of that size, though no row says so, or not in the usual form."""
    assert refused(package(sheet_xml(rows))).startswith(f"a.xlsx：工作表“表”有 {found}，超过上限")


def test_many_rows_times_many_columns() -> None:
    data = package(sheet_xml(f'<row r="1">{inline("OO1")}</row><row r="190000">{inline("A190000")}</row>'))
    assert refused(data).startswith("a.xlsx：工作表“表”有 190,000 行 × 405 列，单元格超过上限 6,000,000 个")


def test_too_large() -> None:
    assert refused(b"x" * 3_000_000, "a.csv", Limits(size=2 << 20)) == (
        "a.csv：文件有 2.9 MB，超过上限 2 MB。请拆成几个文件，或删去图片和空白行列"
    )


def _word() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    return out.getvalue()


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
_SAVE = "请在 Excel 或 WPS 中打开，另存为“Excel 工作簿（*.xlsx）”后再上传"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.xls", package(sheet_xml("")), "a.xls：扩展名是 .xls，内容却是Excel 工作簿（.xlsx）。请把扩展名改为 .xlsx、.xlsm，或用 Excel 另存为 .xlsx"),
        ("a.xlsx", "名称\n甲".encode(), "a.xlsx：扩展名是 .xlsx，内容却是文本表格（.csv）。请把扩展名改为 .csv，或用 Excel 另存为 .xlsx"),
        ("a.xlsx", _OLE, "a.xlsx：扩展名是 .xlsx，内容却是旧版 Excel 工作簿（.xls）。请把扩展名改为 .xls，或用 Excel 另存为 .xlsx"),
        ("a.xlsx", _OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx：文件设有打开密码，无法读取。请在 Excel 中打开，“文件 → 信息 → 保护工作簿 → 用密码进行加密”里清空密码，保存后再上传"),
        ("a.xls", b"<html><table><tr><td>x</td></tr></table></html>", f"a.xls：这是网页（HTML）格式，只是扩展名像表格。{_SAVE}"),
        ("a.xlsx", b"%PDF-1.7", "a.xlsx：这是PDF 文件，不是表格。请上传 Excel 工作簿或 CSV 文件"),
        ("a.xlsx", _word(), "a.xlsx：这是Word 文档，不是表格。请上传里面的 Excel 工作簿或 CSV 文件"),
        ("a.xlsx", b"PK\x03\x04broken", "a.xlsx：文件已损坏，压缩结构不完整。请用 Excel 打开修复后另存，再上传"),
        ("a.xlsx", b"", "a.xlsx：文件是空的。请重新导出"),
        ("a.exe", b"abc", "a.exe：不支持这种文件（现为“.exe”）。请上传 .xlsx、.xls、.xlsb、.ods 或 .csv 文件"),
        ("a.csv", b"\xff\xffabc,\x81", f"a.csv：第 1 行起不能识别文字编码（不是 UTF-8，也不是 GB18030）。{_SAVE}"),
        ("a.csv", b"abc\0def", f"a.csv：文件不是表格，或已损坏。{_SAVE}"),
    ],
)  # fmt: skip
def test_mistaken_files(name: str, data: bytes, sentence: str) -> None:
    assert refused(data, name) == sentence


def test_a_broken_old_workbook() -> None:
    assert refused(_OLE, "a.xls").startswith("a.xls：工作簿不能打开，可能已损坏或过大")


def test_an_open_document_that_repeats_a_cell_without_end() -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell>'
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="表"><table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<x/>")
    assert refused(out.getvalue(), "a.ods").startswith("a.ods：工作簿不能打开，可能已损坏或过大")


def test_macros_are_never_run_and_this_is_said() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet("表").write_column(0, 0, ["名称", "甲"])
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    found = read_workbook(target.getvalue(), [SHEET], name="a.xlsm")
    assert found.sheets["表"].columns["名称"] == ["甲"]
    assert found.notices == ["文件带有宏；只读取了单元格的内容，没有运行宏"]


def _sound() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet("表")
        page.write_column(0, 0, ["名称", *(f"甲{i}" for i in range(200))])
    return out.getvalue()


def test_a_workbook_cut_short_anywhere() -> None:
    data = _sound()
    sentence = "a.xlsx：文件已损坏，压缩结构不完整。请用 Excel 打开修复后另存，再上传"
    assert {refused(data[:end]) for end in range(5, len(data), 97)} == {sentence}


def test_bytes_changed_inside_a_compressed_part() -> None:
    data = _sound()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    start = entry.header_offset + 30 + len(entry.filename)
    broken = data[:start] + b"\xff" * 8 + data[start + 8 :]
    assert refused(broken) == "a.xlsx：文件已损坏，压缩结构不完整。请用 Excel 打开修复后另存，再上传"


def test_elements_nested_without_end() -> None:
    deep = package(sheet_xml("<row>" + "<c>" * 200_000 + "</c>" * 200_000 + "</row>"))
    assert refused(deep) == "a.xlsx：工作表“表”有 200,000 列，超过上限 500 列。请删去表格右侧多余的列后另存"


def test_a_declared_billion_of_shared_texts_is_not_believed() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_sound())) as sound, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as lying:
        for name in sound.namelist():
            lying.writestr(name, sound.read(name).replace(b'ount="201"', b'ount="1000000000"'))
    found = read_workbook(out.getvalue(), [SHEET], name="a.xlsx")
    assert found.sheets["表"].columns["名称"] == [f"甲{i}" for i in range(200)]
