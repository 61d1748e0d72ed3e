"""YAML files with the place of every value: reading, and finding line and column again.

PyYAML composes the node tree (with marks); values are made here, by a smaller set of rules than YAML 1.1 has: only
`true` and `false` are booleans (so `on` is a key like any other), numbers with a fraction are `Decimal`, a date is
`2025-07-22`, keys are always texts. Keys that occur twice, anchors and tags are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from jiqun.base.errors import Place, Problems

Loc: TypeAlias = tuple[str | int, ...]
"""The path to a value in a document: keys and list indexes."""
Tree: TypeAlias = object
"""None, bool, int, Decimal, date, str, list of trees or dict from str to tree."""

_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INT = re.compile(r"[-+]?(?:0|[1-9]\d*)$")
_DECIMAL = re.compile(r"[-+]?\d+\.\d+$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_MAX_DEPTH = 40
"""Far beyond what any file of a pack needs."""
_DEFAULT_TAGS = {yaml.ScalarNode: "str", yaml.SequenceNode: "seq", yaml.MappingNode: "map"}


class _PurePythonLoader(Reader, Scanner, Parser, Composer, BaseResolver):
    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        for base in (Scanner, Parser, Composer, BaseResolver):
            base.__init__(self)


def _loader(text: str) -> Any:
    """A composer of nodes: libyaml's where PyYAML was built with it (ten times faster), else the one in Python."""
    native: Any = getattr(yaml, "cyaml", None)
    if native is None:
        return _PurePythonLoader(text)
    parser: Any = native.CParser

    class NativeLoader(parser, BaseResolver):  # type: ignore[misc]
        def __init__(self) -> None:
            parser.__init__(self, text)
            BaseResolver.__init__(self)

    return NativeLoader()


@dataclass(frozen=True)
class Document:
    """A YAML file that was read: its value, and where in the file each part of the value stands."""

    file: str
    """The path shown to people, relative to the pack."""
    text: str = field(repr=False)
    value: Tree = field(repr=False)
    _root: yaml.Node | None = field(repr=False)

    def place(self, loc: Sequence[str | int] = ()) -> Place:
        """Where the value at `loc` begins (or, where it does not exist, the nearest value around it)."""
        return self._at(self._node(loc, key=False))

    def key_place(self, loc: Sequence[str | int]) -> Place:
        """Where the key of the value at `loc` stands."""
        return self._at(self._node(loc, key=True))

    def place_within(self, loc: Sequence[str | int], offset: int) -> Place:
        """Where the character number `offset` of the text at `loc` stands in the file."""
        node = self._node(loc, key=False)
        if not isinstance(node, yaml.ScalarNode):
            return self._at(node)
        index = _source_index(self.text, node, offset)
        before = self.text[:index]
        return Place(self.file, before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)

    def _at(self, node: yaml.Node | None) -> Place:
        if node is None:
            return Place(self.file, 1, 1)
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def _node(self, loc: Sequence[str | int], *, key: bool) -> yaml.Node | None:
        # A part of `loc` that is not in the file (a validator's tag, a missing key) is passed over.
        node, shown = self._root, self._root
        for step in loc:
            if isinstance(node, yaml.MappingNode):
                for k, v in node.value:
                    if isinstance(k, yaml.ScalarNode) and k.value == str(step):
                        node, shown = v, k if key else v
                        break
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = shown = node.value[step]
        return shown


def read_document(path: Path, file: str, problems: Problems) -> Document | None:
    """Read one YAML file; every fault is recorded in `problems`, and None returned where nothing can be read."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.add("文件不是 UTF-8 编码", Place(file, line), mend="请另存为 UTF-8 编码")
        return None
    strange = _NOT_TEXT.search(text)
    if strange:
        before = text[: strange.start()]
        place = Place(file, before.count("\n") + 1, strange.start() - before.rfind("\n"))
        problems.add("文件中有不可见的控制字符", place, found=f"U+{ord(strange[0]):04X}", mend="请删除该字符")
        return None
    return _parse(text, file, problems)


def _parse(text: str, file: str, problems: Problems) -> Document | None:
    before = len(problems)
    try:
        _refuse_magic(_loader(text), file, problems)
        root = _loader(text).get_single_node() if len(problems) == before else None
    except yaml.MarkedYAMLError as error:
        _add_syntax_problem(error, file, problems)
        return None
    if len(problems) > before:
        return None
    if root is None:
        problems.add("文件是空的", Place(file), mend="请填写内容或删除该文件")
        return None
    value = _Builder(file, problems).build(root)
    return Document(file, text, value, root)


def _refuse_magic(loader: Any, file: str, problems: Problems) -> None:
    """Record anchors, aliases and nesting beyond reason (the composer would overflow its stack on it)."""
    depth = 0
    while loader.check_event():
        event = loader.get_event()
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        place = Place(file, event.start_mark.line + 1, event.start_mark.column + 1)
        if depth > _MAX_DEPTH:
            problems.add("内容嵌套过深", place, mend="请检查方括号和花括号")
            return
        if getattr(event, "anchor", None) is not None:
            mend = "请把内容直接写在每一处；以 & 或 * 开头的文本请加引号"
            problems.add("方案包文件不使用锚点（&）和引用（*）", place, mend=mend)


class _Builder:
    """Makes values of nodes and records what the pack format does not admit."""

    def __init__(self, file: str, problems: Problems) -> None:
        self._file = file
        self._problems = problems

    def build(self, node: yaml.Node) -> Tree:
        """The value of a node."""
        place = Place(self._file, node.start_mark.line + 1, node.start_mark.column + 1)
        if node.tag != f"tag:yaml.org,2002:{_DEFAULT_TAGS[type(node)]}" and node.tag != "!":
            self._problems.add("方案包文件不使用类型标记（!…）", place, found=node.tag, mend="请删除标记；文本可加引号")
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item) for item in node.value]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        assert isinstance(node, yaml.ScalarNode), "there are three kinds of nodes"
        return scalar(node.value) if node.style in (None, "") else node.value

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Tree]:
        result: dict[str, Tree] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            place = Place(self._file, key.start_mark.line + 1, key.start_mark.column + 1)
            if not isinstance(key, yaml.ScalarNode):
                self._problems.add("键应为文本", place, mend="文本中含有 { } [ ] 时请加引号")
                continue
            if key.value in result:
                mend = "同一处只能写一次，请删除或合并其中一个"
                self._problems.add(f"键“{key.value}”重复，已在第 {lines[key.value]} 行写过", place, mend=mend)
                continue
            result[key.value] = self.build(value)
            lines[key.value] = place.line or 0
        return result


def scalar(text: str) -> Tree:
    """The value of an unquoted scalar: null, true/false, an integer, a decimal, a date, otherwise the text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return Decimal(text)
    if _DATE.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text  # no such day: stays a text, which the model refuses as a date
    return text


_ESCAPES = {"x": 2, "u": 4, "U": 8}


def _source_index(text: str, node: yaml.ScalarNode, offset: int) -> int:
    """Index in the file of a scalar's character: its non-blank characters stand in the file in the same order."""
    at = node.start_mark.index
    if node.style in ("|", ">"):
        at = text.index("\n", at) + 1
    elif node.style in ("'", '"'):
        at += 1
    end = node.end_mark.index
    last = at
    for i, char in enumerate(node.value[: offset + 1]):
        if char.isspace():
            if i == offset:
                return min(at, end)
            continue
        at = _skip_blank(text, at, end, escapes=node.style == '"')
        last = at
        at += _width(text, at, node.style)
    return last if offset < len(node.value) else min(at, end)


def _skip_blank(text: str, at: int, end: int, *, escapes: bool) -> int:
    while at < end:
        if text[at].isspace():
            at += 1
        elif escapes and text[at] == "\\" and text[at + 1] in "\n nrt_":
            at += 2
        else:
            break
    return at


def _width(text: str, at: int, style: str | None) -> int:
    """How many characters of the file make the one character of the value that begins at `at`."""
    if style == "'" and text[at] == "'":
        return 2
    if style == '"' and text[at] == "\\":
        return 2 + _ESCAPES.get(text[at + 1], 0)
    return 1


_SYNTAX = (
    ("mapping values are not allowed", "这里不能出现“: ”", "缩进要与上下行对齐；文本中含有“: ”时请用引号括起整段文本"),
    ("cannot start any token", "文本不能以此字符开头，也不能用制表符缩进", "请用空格缩进；以 % @ ` 开头的文本请加引号"),
    ("unexpected end of stream", "引号没有结束", "请补上另一半引号"),
    ("unknown escape", "双引号中的反斜杠转义不认识", "请改用单引号"),
    ("another document", "一个文件只能有一份内容", "请删除“---”及其后的内容，或分成两个文件"),
    ("',' or ']'", "方括号 [ 没有正确结束，或各项之间缺少逗号", "请检查 [ ] 和逗号"),
    ("',' or '}'", "花括号 { 没有正确结束，或各项之间缺少逗号", "请检查 { } 和逗号"),
    ("'-' indicator", "列表与键混在同一级", "列表各项以“- ”开头并对齐；键应另起一级"),
    ("could not find expected ':'", "键的后面缺少“: ”", "请写成“键: 值”"),
    ("expected key", "缩进不齐，或引号后还有多余内容", "同一级的键要对齐；含引号的文本请整段加引号"),
    ("expected <block end>", "缩进不齐，或引号后还有多余内容", "同一级的键要对齐；含引号的文本请整段加引号"),
    ("block scalar", "“|”或“>”之后应换行", "请把文本写在下一行并缩进"),
    ("anchor", "文本不能以 & 开头", "请给文本加引号"),
    ("tag", "文本不能以 ! 开头", "请给文本加引号"),
)


def _add_syntax_problem(error: yaml.MarkedYAMLError, file: str, problems: Problems) -> None:
    english = f"{error.problem} {error.context}"
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    # An unclosed quote is noticed at the end of the file; where it opens is of more use.
    if "end of stream" in english and error.context_mark:
        place = Place(file, error.context_mark.line + 1, error.context_mark.column + 1)
    for words, message, mend in _SYNTAX:
        if words in english:
            problems.add(message, place, mend=mend)
            return
    problems.add("不是正确的 YAML 文件", place, mend="请检查这一行及上一行的缩进、冒号、引号和括号")
