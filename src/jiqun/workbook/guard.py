"""Is this file what it says, and safe to open? Refusals are sentences for the person who uploads."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from jiqun.base.errors import InputError, Place, Problem
from jiqun.workbook.model import Limits
from jiqun.workbook.scan import may_declare

Format = Literal["xlsx", "xls", "xlsb", "ods", "csv"]
SUFFIXES: dict[str, Format] = {
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".et": "xls", ".xlsb": "xlsb", ".ods": "ods", ".csv": "csv", ".txt": "csv",
}  # fmt: skip
NAMES: dict[Format, str] = {
    "xlsx": "Excel 工作簿（.xlsx）", "xls": "旧版 Excel 工作簿（.xls）", "xlsb": "Excel 二进制工作簿（.xlsb）",
    "ods": "OpenDocument 表格（.ods）", "csv": "文本表格（.csv）",
}  # fmt: skip
SAVE_AS = "请在 Excel 或 WPS 中打开，另存为“Excel 工作簿（*.xlsx）”后再上传"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = {
    b"%PDF": "PDF 文件", b"\x89PNG": "图片", b"\xff\xd8\xff": "图片", b"Rar!": "RAR 压缩包", b"7z\xbc\xaf": "7z 压缩包",
    b"\x1f\x8b": "gzip 压缩包", b"MZ": "可执行程序", b"PAR1": "Parquet 文件",
}  # fmt: skip
_DOCTYPES = tuple(mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be"))  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """A file that may be opened; `parts` are the expanded parts of an .xlsx by lower-case name."""

    name: str
    data: bytes
    format: Format
    parts: dict[str, bytes] = field(default_factory=dict, repr=False)
    macros: bool = False


def check(data: bytes, name: str, limits: Limits) -> Checked:
    """Look at size, kind and archive; InputError with the reason where the file is refused."""
    if len(data) > limits.size:
        found, most = len(data) / (1 << 20), limits.size >> 20
        raise refusal(name, f"文件有 {found:.1f} MB，超过上限 {most} MB", mend="请拆成几个文件，或删去图片和空白行列")
    if not data.strip(b"\xef\xbb\xbf\r\n\t \0"):
        raise refusal(name, "文件是空的", mend="请重新导出")
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    expected = SUFFIXES.get(suffix)
    if expected is None:
        raise refusal(name, "不支持这种文件", found=suffix or name, mend="请上传 .xlsx、.xls、.xlsb、.ods 或 .csv 文件")
    actual, parts, macros = _content(data, name, limits)
    if actual != expected:
        right = "、".join(s for s, f in SUFFIXES.items() if f == actual and s not in (".et", ".txt"))
        raise refusal(
            name, f"扩展名是 {suffix}，内容却是{NAMES[actual]}", mend=f"请把扩展名改为 {right}，或用 Excel 另存为 .xlsx"
        )
    return Checked(name, data, actual, parts, macros)


def refusal(name: str, message: str, *, found: str | None = None, mend: str | None = None) -> InputError:
    """The whole file is refused for one reason."""
    return InputError([Problem(message, Place(name), found, mend)], "文件不能读取")


def _content(data: bytes, name: str, limits: Limits) -> tuple[Format, dict[str, bytes], bool]:
    """The format that the content has, whatever the file is called."""
    if data.startswith(b"PK\x03\x04"):
        return _archive(data, name, limits)
    if data.startswith(_OLE):
        _refuse_encrypted_ole(data, name)
        return "xls", {}, False
    for magic, what in _FOREIGN.items():
        if data.startswith(magic):
            raise refusal(name, f"这是{what}，不是表格", mend="请上传 Excel 工作簿或 CSV 文件")
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table")) or b"<html" in head:
        raise refusal(name, "这是网页（HTML）格式，只是扩展名像表格", mend=SAVE_AS)
    if head.startswith(b"<?xml"):
        raise refusal(name, "这是 XML 文件，不是工作簿", mend=SAVE_AS)
    if data[:2] in (b"\x09\x08", b"\x09\x04", b"\x09\x02"):
        return "xls", {}, False
    if b"\0" in data[:4096] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise refusal(name, "文件不是表格，或已损坏", mend=SAVE_AS)
    return "csv", {}, False


def _refuse_encrypted_ole(data: bytes, name: str) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise encrypted(name)
    if "WordDocument".encode("utf-16-le") in data:
        raise refusal(name, "这是 Word 文档，不是表格", mend="请上传 Excel 工作簿或 CSV 文件")


def encrypted(name: str) -> InputError:
    """Refusal of a file with a password."""
    return refusal(
        name,
        "文件设有打开密码，无法读取",
        mend="请在 Excel 中打开，“文件 → 信息 → 保护工作簿 → 用密码进行加密”里清空密码，保存后再上传",
    )


def _archive(data: bytes, name: str, limits: Limits) -> tuple[Format, dict[str, bytes], bool]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            kind = _kind_of_archive(archive, name)
            _refuse_bomb(archive, len(data), name, limits)
            parts = _expand(archive, name, limits, keep=kind == "xlsx")
            macros = any(n.lower().endswith("vbaproject.bin") for n in archive.namelist())
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError) as error:
        raise refusal(name, "文件已损坏，压缩结构不完整", mend="请用 Excel 打开修复后另存，再上传") from error
    return kind, parts, macros


def _kind_of_archive(archive: zipfile.ZipFile, name: str) -> Format:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "content.xml" in names:
        return "ods"
    what = "Word 文档" if "word/document.xml" in names else "演示文稿" if "ppt/presentation.xml" in names else "压缩包"
    raise refusal(name, f"这是{what}，不是表格", mend="请上传里面的 Excel 工作簿或 CSV 文件")


def _refuse_bomb(archive: zipfile.ZipFile, packed: int, name: str, limits: Limits) -> None:
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise refusal(name, f"文件里有 {len(entries):,} 个部件，超过上限 {limits.entries:,}", mend=SAVE_AS)
    if len({e.filename for e in entries}) < len(entries) or sum(e.compress_size for e in entries) > packed:
        raise refusal(name, "压缩结构自相矛盾，可能是恶意文件", mend=SAVE_AS)
    if any(e.flag_bits & 1 for e in entries):
        raise encrypted(name)
    _refuse_expansion(sum(e.file_size for e in entries), packed, name, limits)


def _refuse_expansion(expanded: int, packed: int, name: str, limits: Limits) -> None:
    bomb = expanded > limits.ratio_from and expanded > limits.ratio * packed
    if bomb or expanded > limits.expanded:
        raise refusal(
            name,
            f"文件展开后有 {expanded / (1 << 20):,.0f} MB，是压缩后的 {expanded / packed:,.0f} 倍，超过允许的限度",
            mend="请删去没有内容的行、列和工作表后另存，或拆成几个文件",
        )


def _expand(archive: zipfile.ZipFile, name: str, limits: Limits, *, keep: bool) -> dict[str, bytes]:
    """Expand every part, counting what really comes out, and refuse document types (the door to XXE)."""
    parts: dict[str, bytes] = {}
    total = 0
    for entry in archive.infolist():
        data = _read(archive, entry, limits.expanded - total)
        total += len(data)
        _refuse_expansion(total, max(1, sum(e.compress_size for e in archive.infolist())), name, limits)
        if not entry.filename.startswith("xl/media/"):  # pictures: nobody reads them
            if may_declare(data) and any(mark in data for mark in _DOCTYPES):
                raise refusal(name, f"部件 {entry.filename} 含有外部实体定义，可能是恶意文件", mend=SAVE_AS)
            if keep:
                parts[entry.filename.lower()] = data
    return parts


def with_content(data: bytes, part: str, content: Iterable[memoryview]) -> bytes:
    """The archive with another content of one part, given by its lower-case name; as it is where that is not one part."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_STORED) as archive:
        entries = [entry for entry in archive.filelist if entry.filename.lower() == part]
        if len(entries) != 1:
            return data
        archive.filelist.remove(entries[0])
        del archive.NameToInfo[entries[0].filename]
        with archive.open(entries[0].filename, "w") as stream:
            for piece in content:
                stream.write(piece)
    return out.getvalue()


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    with archive.open(entry) as stream:
        return stream.read(most + 1)
