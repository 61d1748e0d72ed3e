"""What pydantic found wrong with a file, as Chinese problems with line and column."""

from __future__ import annotations

import types
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from jiqun.base.errors import Problem, nearest
from jiqun.programme.source import Document, Loc


def problems_of(error: ValidationError, document: Document, model: type[BaseModel]) -> list[Problem]:
    """Every fault of a validation, in the order of the file."""
    found = [_problem(detail, document, model) for detail in error.errors(include_url=False)]
    return sorted(found, key=lambda p: (p.place.line or 0, p.place.column or 0))


def _problem(detail: ErrorDetails, document: Document, model: type[BaseModel]) -> Problem:
    loc: Loc = tuple(detail["loc"])
    # Steps in angle brackets are the tags of our unions, which pydantic puts into a path.
    key = next((step for step in reversed(loc) if isinstance(step, str) and not step.startswith("<")), "")
    match detail["type"]:
        case "extra_forbidden":
            return _unknown_key(loc, document, model)
        case "missing":
            return _missing_key(loc, document, model)
        case "string_pattern_mismatch" if loc and loc[-1] == "[key]":
            place, key = document.key_place(loc[:-1]), str(loc[-2])
            return Problem(f"键“{key}”的写法不对", place, mend=_pattern_mend(detail.get("ctx", {})))
    message, mend = _sentence(detail, key)
    return Problem(message, document.place(loc), _shown(detail), mend)


def _unknown_key(loc: Loc, document: Document, model: type[BaseModel]) -> Problem:
    key = str(loc[-1])
    owner = model_at(model, loc[:-1])
    allowed = [info.alias or name for name, info in owner.model_fields.items()] if owner else []
    near = nearest(key, allowed)
    mend = f"可写的键：{'、'.join(allowed)}"
    if near:
        mend = f"您是否要写 {'、'.join(near)}？{mend}"
    return Problem(f"不认识的键“{key}”", document.key_place(loc), mend=mend)


def _missing_key(loc: Loc, document: Document, model: type[BaseModel]) -> Problem:
    key = str(loc[-1])
    owner = model_at(model, loc[:-1])
    where = owner.model_config.get("title") if owner else None
    described = ""
    if owner:
        info = next(i for n, i in owner.model_fields.items() if (i.alias or n) == key)
        described = f"（{info.description}）" if info.description else ""
    message = f"{where}缺少必填的键“{key}”" if where else f"缺少必填的键“{key}”"
    return Problem(message, document.place(loc[:-1]), mend=f"请补上 {key}{described}")


def model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    """The model class of the value at a path below `model`."""
    current: Any = model
    for step in loc:
        if isinstance(current, type) and issubclass(current, BaseModel):
            info = next((i for n, i in current.model_fields.items() if (i.alias or n) == step), None)
            current = _unwrap(info.annotation) if info else current
        # A list index, the key of a mapping or a tag: the annotation was unwrapped already.
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _unwrap(annotation: Any) -> Any:
    """The model inside `X | None`, `tuple[X, ...]`, `dict[str, X]` or `Annotated[X, …]`."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation
    arguments = get_args(annotation)
    if get_origin(annotation) in (Union, types.UnionType, tuple, dict) or hasattr(annotation, "__metadata__"):
        inner = [_unwrap(a) for a in arguments]
        return next((a for a in inner if isinstance(a, type) and issubclass(a, BaseModel)), None)
    return None


def _choices(context: dict[str, Any], value: object) -> str:
    allowed = str(context.get("expected", "")).replace("'", "").replace(" or ", "、").replace(", ", "、")
    near = nearest(value, allowed.split("、"), limit=1) if isinstance(value, str) else []
    return f"只能写 {allowed}" + (f"，您是否要写 {near[0]}？" if near else "")


def _pattern_mend(context: dict[str, Any]) -> str:
    if "a-z" in str(context.get("pattern", "")):
        return "应由小写字母、数字和连字符组成，如 leader-equipment"
    return "名称由汉字、字母、数字和下划线组成，不以数字开头，不含空格和标点"


_SIMPLE: dict[str, tuple[str, str]] = {
    "string_type": ("应为文本", '请写成文本；数和日期作文本时加引号，如 "1"'),
    "string_too_short": ("不能为空", "请填写内容，或删除这个键"),
    "bool_type": ("应为 true 或 false", "请写 true 或 false"),
    "int_type": ("应为整数", "请写整数，不加引号和单位"),
    "date_type": ("应为日期", "请写成 2025-07-22 的形式"),
    "tuple_type": ("应为列表", "请写成 [甲, 乙]，或每项一行并以“- ”开头"),
    "dict_type": ("应为“键: 值”的映射", "请写成“键: 值”，每个键一行"),
    "model_type": ("应为“键: 值”的映射", "请写成“键: 值”，每个键一行"),
    "too_short": ("不能为空", "请至少写一项"),
    "recursion_loop": ("内容自相包含", "请删除循环的部分"),
}


def _sentence(detail: ErrorDetails, key: str) -> tuple[str, str | None]:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    name = f"“{key}”" if key else "文件内容"
    if kind == "value_error":
        return str(context.get("error", "值不合要求")), None
    if kind == "literal_error":
        return f"{name}的值不对", _choices(context, value)
    if kind == "string_pattern_mismatch":
        return f"{name}的写法不对", _pattern_mend(context)
    if kind in _SIMPLE:
        message, mend = _SIMPLE[kind]
        if kind in ("dict_type", "model_type") and not key:
            return "文件内容应为“键: 值”的映射", mend
        return f"{name}{message}", mend
    return f"{name}的值不合要求", "请对照方案包格式说明修改"


def _shown(detail: ErrorDetails) -> str | None:
    """The faulty value itself, where it is short enough to show."""
    value = detail["input"]
    if detail["type"] == "value_error" or isinstance(value, (dict, list, tuple, BaseModel)):
        return None
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
