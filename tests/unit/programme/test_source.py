"""YAML with places: what values are, where they stand, and what is refused in which words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from jiqun.base.errors import Place, Problems
from jiqun.programme import source
from jiqun.programme.source import Document, read_document, scalar


def read(path: Path, text: str | bytes) -> tuple[Document | None, list[str]]:
    file = path / "a.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems = Problems()
    return read_document(file, "a.yaml", problems), [str(p) for p in problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("on", "on"),
        ("yes", "yes"),
        ("105", 105),
        ("-3", -3),
        ("0130100", "0130100"),
        ("1.10", Decimal("1.10")),
        ("1e3", "1e3"),
        ("12:30", "12:30"),
        ("2025-07-22", date(2025, 7, 22)),
        ("2025-02-30", "2025-02-30"),
        ("500万元", "500万元"),
        ("20%", "20%"),
    ],
)
def test_unquoted_scalars(text: str, value: object) -> None:
    found = scalar(text)
    assert (found, type(found)) == (value, type(value))


def test_values_of_a_document(tmp_path: Path) -> None:
    document, problems = read(tmp_path, "on: 2025-07-22\n2025: [1, \"1\", '是']\nempty:\ntext: |\n  甲\n  乙\n")
    assert problems == []
    assert document is not None
    assert document.value == {"on": date(2025, 7, 22), "2025": [1, "1", "是"], "empty": None, "text": "甲\n乙\n"}


def test_both_loaders_read_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: {规则: '营业收入 >= 1', b: [1, x]}\nc: >-\n  甲\n  乙\n"
    native, _ = read(tmp_path, text)
    monkeypatch.setattr(yaml, "cyaml", None)
    python, _ = read(tmp_path, text)
    assert type(source._loader("")).__name__ == "_PurePythonLoader"
    assert native is not None and python is not None
    assert native.value == python.value
    for loc in [("a",), ("a", "规则"), ("a", "b", 1), ("c",)]:
        assert native.place(loc) == python.place(loc)
        assert native.place_within(loc, 1) == python.place_within(loc, 1)


def test_places_of_values_and_keys(tmp_path: Path) -> None:
    document, _ = read(tmp_path, "甲: 1\n列表:\n  - {名: 一}\n  - 名: 二\n")
    assert document is not None
    assert document.place(("甲",)) == Place("a.yaml", 1, 4)
    assert document.key_place(("甲",)) == Place("a.yaml", 1, 1)
    assert document.place(("列表", 0, "名")) == Place("a.yaml", 3, 9)
    assert document.place(("列表", 1, "名")) == Place("a.yaml", 4, 8)
    # What is not there has the place of the nearest value around it.
    assert document.place(("列表", 1, "没有")) == Place("a.yaml", 4, 5)
    assert document.place(("列表", "a tag", 1, "名")) == Place("a.yaml", 4, 8)


@pytest.mark.parametrize(
    ("text", "word", "line", "column"),
    [
        ("a: 营业收人 >= 1\n", "营业收人", 1, 4),
        ("a: '营业收人 >= 1'\n", "营业收人", 1, 5),
        ("a: 持有('x') 且 乙\n", "乙", 1, 14),
        ("a: '持有(''x'') 且 乙'\n", "乙", 1, 17),
        ('a: "持有(\\"x\\") 且 乙"\n', "乙", 1, 17),
        ('a: "\\u7532 且 乙"\n', "乙", 1, 14),
        ("a: |\n  甲 且\n  乙 >= 1\n", "乙", 3, 3),
        ("a: |\n  甲 且\n    乙 >= 1\n", "乙", 3, 5),
        ("a: >-   # note\n  甲 且\n\n  乙 >= 1\n", "乙", 4, 3),
        ("a: 甲 且\n   丙 或 乙\n", "乙", 2, 8),
        ("a: '甲 且\n\n   丙 或 乙'\n", "乙", 3, 8),
        ('a: "甲 且 \\\n   丙 或 乙"\n', "乙", 2, 8),
        ("a: [甲 且 乙, x]\n", "甲", 1, 5),
    ],
)
def test_a_word_inside_a_text_is_found_in_the_file(
    tmp_path: Path, text: str, word: str, line: int, column: int
) -> None:
    document, problems = read(tmp_path, text)
    assert problems == []
    assert document is not None and isinstance(document.value, dict)
    value = document.value["a"]
    loc: tuple[str | int, ...] = ("a", 0) if isinstance(value, list) else ("a",)
    written = value[0] if isinstance(value, list) else value
    assert document.place_within(loc, written.index(word)) == Place("a.yaml", line, column)


def test_the_end_of_a_text_is_behind_its_last_character(tmp_path: Path) -> None:
    document, _ = read(tmp_path, "a: 甲 且\nb: 1\n")
    assert document is not None
    assert document.place_within(("a",), 3) == Place("a.yaml", 1, 7)


@pytest.mark.parametrize(("depth", "place"), [(40, "a.yaml 第 1 行 第 43 列"), (200_000, "a.yaml 第 1 行 第 43 列")])
def test_brackets_beyond_reason_are_refused(tmp_path: Path, depth: int, place: str) -> None:
    text = "a: " + "[" * depth + "]" * depth
    assert read(tmp_path, text)[1] == [f"{place}：内容嵌套过深。请检查方括号和花括号"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.yaml：文件是空的。请填写内容或删除该文件"),
        ("# 只有注释\n", "a.yaml：文件是空的。请填写内容或删除该文件"),
        (b"a: \xff\xfe\n", "a.yaml 第 1 行：文件不是 UTF-8 编码。请另存为 UTF-8 编码"),
        ("a: 1\nb: \x07x\n", "a.yaml 第 2 行 第 4 列：文件中有不可见的控制字符（现为“U+0007”）。请删除该字符"),
        (
            "a: 1\nb: 2\na: 3\n",
            "a.yaml 第 3 行 第 1 列：键“a”重复，已在第 1 行写过。同一处只能写一次，请删除或合并其中一个",
        ),
        (
            "a: &x [1]\n",
            "a.yaml 第 1 行 第 4 列：方案包文件不使用锚点（&）和引用（*）。请把内容直接写在每一处；以 & 或 * 开头的文本请加引号",
        ),
        (
            "a: !foo 1\n",
            "a.yaml 第 1 行 第 4 列：方案包文件不使用类型标记（!…）（现为“!foo”）。请删除标记；文本可加引号",
        ),
        ("? [a]\n: 1\n", "a.yaml 第 1 行 第 3 列：键应为文本。文本中含有 { } [ ] 时请加引号"),
        (
            "a: 分档(x; >=1: 2)\n",
            "a.yaml 第 1 行 第 13 列：这里不能出现“: ”。缩进要与上下行对齐；文本中含有“: ”时请用引号括起整段文本",
        ),
        (
            "a:\n\t- b\n",
            "a.yaml 第 2 行 第 1 列：文本不能以此字符开头，也不能用制表符缩进。请用空格缩进；以 % @ ` 开头的文本请加引号",
        ),
        ('a: 1\nb: "x\nc: 2\n', "a.yaml 第 2 行 第 4 列：引号没有结束。请补上另一半引号"),
        ("a: [1, 2\nb: 3\n", "a.yaml 第 2 行 第 2 列：方括号 [ 没有正确结束，或各项之间缺少逗号。请检查 [ ] 和逗号"),
        ("a: {x: 1\n", "a.yaml 第 2 行 第 1 列：花括号 { 没有正确结束，或各项之间缺少逗号。请检查 { } 和逗号"),
        ("- a\nb: 1\n", "a.yaml 第 2 行 第 1 列：列表与键混在同一级。列表各项以“- ”开头并对齐；键应另起一级"),
        (
            'a: "x" y\n',
            "a.yaml 第 1 行 第 8 列：缩进不齐，或引号后还有多余内容。同一级的键要对齐；含引号的文本请整段加引号",
        ),
        (
            "a: *x\n",
            "a.yaml 第 1 行 第 4 列：方案包文件不使用锚点（&）和引用（*）。请把内容直接写在每一处；以 & 或 * 开头的文本请加引号",
        ),
        (
            "a: 1\n---\nb: 2\n",
            "a.yaml 第 2 行 第 1 列：一个文件只能有一份内容。请删除“---”及其后的内容，或分成两个文件",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert read(tmp_path, text)[1] == [message]


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    document, problems = read(tmp_path, "\ufeffa: 1\n".encode())
    assert problems == []
    assert document is not None and document.value == {"a": 1}
    assert document.place(("a",)) == Place("a.yaml", 1, 4)
