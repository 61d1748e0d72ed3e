"""The document as PDF, set by Typst."""

from __future__ import annotations

import json
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from jiqun.document import layout
from jiqun.document.content import Block, Document, Figure, Heading, Paragraph, chinese_date

PAPER = "paper.typ"


def write_pdf(document: Document, path: Path) -> None:
    """Write the document as PDF; pictures go through a folder of their own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = resources.files("jiqun.document") / PAPER
        (folder / PAPER).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
        blocks = [_block(block, number, folder) for number, block in enumerate(document.blocks)]
        content = typst.compile(folder / PAPER, root=folder, sys_inputs={"data": json.dumps(_data(document, blocks))})
    path.write_bytes(content)


def _data(document: Document, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "title": document.title, "head": document.head, "number": document.number, "marks": list(document.marks),
        "signed_by": document.signed_by, "signed_on": document.signed_on and chinese_date(document.signed_on),
        "top": layout.TOP, "bottom": layout.BOTTOM, "left": layout.LEFT, "right": layout.RIGHT,
        "pitch": layout.LINE_PITCH, "red": f"#{layout.RED}", "blocks": blocks,
        "fonts": {"title": layout.TITLE, "body": layout.BODY, "number": layout.NUMBER,
                  **{f"h{level}": fonts for level, fonts in layout.HEADINGS.items()}},
    }  # fmt: skip


def _block(block: Block, number: int, folder: Path) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": block.text}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": block.text}
    if isinstance(block, Figure):
        file = f"figure-{number}.png"
        (folder / file).write_bytes(block.png)
        return {"kind": "figure", "file": file, "caption": block.caption, "words": block.words}
    return {
        "kind": "table", "caption": block.caption, "header": block.header, "rows": block.rows,
        "widths": block.widths, "right": sorted(block.right),
    }  # fmt: skip
