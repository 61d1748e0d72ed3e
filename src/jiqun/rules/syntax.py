"""Text → syntax tree, with errors that point at the fault."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from jiqun.base.errors import InputError, Place, Problem

SyntaxTree = Tree[Token]
_STRINGS = re.compile(r'"[^"\n]*"|\'[^\'\n]*\'|「[^」\n]*」|“(?:[^“”\n]|“[^”\n]*”)*”')
_FULL_WIDTH = str.maketrans("（），；：＞＜＝％＋－＊／［］｛｝．×÷、！【】", "(),;:><=%+-*/[]{}.*/,![]")
_TERMINALS = {
    "NUMBER": "数", "UNIT": "单位", "NAME": "名称", "STRING": "带引号的文本", "DATE": "日期", "LPAR": "“(”",
    "RPAR": "“)”", "COMMA": "“,”", "SEMICOLON": "“;”", "COLON": "“:”", "COMPARE": "比较（如 >=、不低于）",
    "AND": "“且”", "OR": "“或”", "NOT": "“非”", "IN": "“属于”", "NOT_IN": "“不属于”", "TO": "“至”",
    "THEN": "“则”", "ELSE": "“否则”", "LBRACE": "“{”", "RBRACE": "“}”", "LSQB": "“[”", "RSQB": "“]”", "DOT": "“.”",
    "PLUS_MINUS": "“+”或“-”", "TIMES_OVER": "“*”或“/”", "$END": "结束", "IF": "“若”", "OTHERWISE": "“其他:”",
}  # fmt: skip
_VALUE_STARTS = {"NUMBER", "NAME", "STRING", "DATE", "LPAR"}
WORD_OPERATORS = [
    "不低于",
    "不少于",
    "不小于",
    "不超过",
    "不高于",
    "不多于",
    "不大于",
    "高于",
    "大于",
    "超过",
    "多于",
    "低于",
    "小于",
    "少于",
    "等于",
    "不等于",
    "不属于",
    "属于",
    "并且",
    "且",
    "或者",
    "或",
    "否则",
    "则",
    "至",
]


@dataclass(frozen=True)
class Text:
    """A rule's text and where it stands, to turn positions into places."""

    text: str
    place: Place = field(default_factory=Place)

    def problem(self, message: str, start: int, end: int | None = None, mend: str | None = None) -> Problem:
        """A problem at these characters, with the line and a caret under them."""
        start = min(start, len(self.text))
        line_start = self.text.rfind("\n", 0, start) + 1
        line_end = self.text.find("\n", start)
        line = self.text[line_start : line_end if line_end >= 0 else len(self.text)]
        down, column = self.text.count("\n", 0, start), start - line_start
        width = max(1, min(end if end is not None else start + 1, line_start + len(line)) - start)
        # A wide character takes two columns of a terminal, so the caret is padded with ideographic spaces.
        pad = "".join("　" if ord(c) > 0x2E7F else " " for c in line[:column])
        marks = "".join("＾" if ord(c) > 0x2E7F else "^" for c in line[column : column + width]) or "^"
        place = Place(
            self.place.file,
            (self.place.line or 1) + down,
            (self.place.column or 1) + column,
            self.place.row,
            self.place.field,
        )
        return Problem(message, place, None, mend, f"  {line}\n  {pad}{marks}")


@cache
def _parser() -> Lark:
    grammar = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def normalise(text: str) -> str:
    """Full-width punctuation outside quoted texts as ASCII, every character keeping its position."""
    parts, end = [], 0
    for match in _STRINGS.finditer(text):
        parts += [text[end : match.start()].translate(_FULL_WIDTH), match.group()]
        end = match.end()
    return "".join([*parts, text[end:].translate(_FULL_WIDTH)])


def parse_text(source: Text) -> SyntaxTree:
    """The syntax tree of a rule; InputError pointing at the first fault."""
    if not source.text.strip():
        raise InputError([source.problem("条文为空", 0, mend="请写出条件或算式")], "条文有误")
    try:
        return _parser().parse(normalise(source.text))
    except UnexpectedInput as error:
        raise InputError([_explain(source, error)], "条文有误") from None


def _explain(source: Text, error: UnexpectedInput) -> Problem:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        start = error.token.start_pos or 0
        found, expected = str(error.token), set(error.accepts or error.expected)
        return source.problem(f"此处不应出现“{found}”", start, start + len(found), _expected(expected, found))
    if isinstance(error, UnexpectedCharacters):
        start = error.pos_in_stream or 0
        rest = source.text[start:]
        word = (re.match(r"\w+", rest) or re.match(r".", rest, re.S))[0]  # type: ignore[index]
        if rest[0] in "\"'「“":
            return source.problem("引号没有成对", start, mend="请补上右引号")
        return source.problem(
            f"此处不应出现“{word}”", start, start + len(word), _expected(error.allowed or set(), word)
        )
    if isinstance(error, UnexpectedToken | UnexpectedEOF):
        accepts = error.accepts if isinstance(error, UnexpectedToken) else error.expected
        return source.problem("条文没有写完", len(source.text.rstrip()), mend=_expected(set(accepts or ()), ""))
    return source.problem("条文无法读懂", 0)  # pragma: no cover - Lark has no other kinds


def _expected(terminals: set[str], found: str) -> str:
    for word in WORD_OPERATORS:
        if len(found) > len(word) and found.startswith(word):
            return f"请在“{word}”后加空格"
    names = [_TERMINALS[t] for t in _TERMINALS if t in terminals]
    if terminals >= _VALUE_STARTS:
        names = ["一个数、名称或括号"]
    return f"此处可以是{'、'.join(names)}" if names else "请检查写法"
