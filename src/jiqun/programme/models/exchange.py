"""exchange/*.yaml: a kind of supply and demand: the fields of both sides, when they fit, how they rank, what follows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from jiqun.programme.models.base import Clause, Day, Flag, Id, Name, NonEmpty, Part, Text
from jiqun.programme.models.vocabulary import unit_fits_kind

RESERVED = ("编号", "单位", "名称")
"""Columns that every table of offers or needs has beside the fields: its id, whose it is, what it is called."""


class SideField(Part):
    """A typed field of an offer or a need."""

    model_config = ConfigDict(title="供需字段")

    name: Name = Field(description="名称，条件中写成 需.名称 或 供.名称")
    kind: Literal["number", "flag", "text", "date", "set", "point"] = Field(
        default="text",
        description="文本 text（默认）、数 number、是否 flag、日期 date、集合 set（若干文本）、地点 point（经纬度或区划）",
    )
    unit: Text | None = Field(default=None, description="数的单位")
    choices: tuple[Text, ...] = Field(default=(), description="文本或集合各项的可选值")
    required: Flag = Field(default=False, description="是否必填")
    note: Text | None = Field(default=None, description="说明")

    @model_validator(mode="after")
    def _unit_fits_kind(self) -> SideField:
        unit_fits_kind("字段", self)
        if self.kind not in ("text", "set") and self.choices:
            raise ValueError(f"字段“{self.name}”不是文本或集合（kind: {self.kind}），不能有可选值 choices")
        if self.name in RESERVED:
            raise ValueError(f"字段不能叫“{self.name}”，每条供需都有这一栏")
        return self


class HardCondition(Part):
    """A condition that a need and an offer must meet to fit."""

    model_config = ConfigDict(title="硬条件")

    name: Text = Field(description="名称，不合时告诉用户")
    rule: Clause = Field(description="条件，条文语言，用 需.… 和 供.…")
    note: Text | None = Field(default=None, description="说明")


class ScoreTerm(Part):
    """A part of the score of a match."""

    model_config = ConfigDict(title="得分项")

    name: Text = Field(description="名称")
    rule: Clause = Field(description="得分，条文语言，0 到 1 的比率；超出的按 0 或 1 计")
    weight: Clause | None = Field(default=None, description="权重，如 40%；全部不写则各项同权")


class ExchangeDocument(Part):
    """A document that one side must hand in."""

    model_config = ConfigDict(title="材料")

    name: Text = Field(description="名称")
    side: Literal["offer", "need"] = Field(description="由供方 offer 还是需方 need 提供")
    required: Flag = Field(default=True, description="是否必须")


class ExchangeKind(Part):
    """A kind of supply and demand."""

    model_config = ConfigDict(title="供需种类")

    id: Id = Field(description="编号")
    name: Text = Field(description="名称")
    task: Id = Field(description="所属任务的编号")
    clause: Text = Field(description="方案条款，如 二（三）9")
    source: Text = Field(description="条款原文中的依据")
    process: Literal["book", "order", "pool", "assign", "apply"] = Field(
        description="匹配之后：预约 book、下单排产 order、拼单 pool、分派 assign、申请 apply"
    )
    confirms: Literal["offer", "need", "both", "county", "city"] = Field(
        description="由谁确认：供方 offer、需方 need、双方 both、县级 county、市级 city"
    )
    offer: Annotated[tuple[SideField, ...], NonEmpty] = Field(description="供给的字段")
    need: Annotated[tuple[SideField, ...], NonEmpty] = Field(description="需求的字段")
    conditions: Annotated[tuple[HardCondition, ...], NonEmpty] = Field(description="硬条件，全部成立才匹配")
    score: tuple[ScoreTerm, ...] = Field(default=(), description="得分项；没有则按供给的先后")
    documents: tuple[ExchangeDocument, ...] = Field(default=(), description="材料")
    note: Text | None = Field(default=None, description="说明")


class ExchangeFile(Part):
    """exchange/*.yaml."""

    model_config = ConfigDict(title="供需种类文件")

    kind: ExchangeKind = Field(description="供需种类")


def _is_side_value(value: Any) -> Any:
    if value is None or isinstance(value, dict):
        raise ValueError("应为一个值（数、文本、日期、是/否）或一列文本")
    return tuple(value) if isinstance(value, list) else value


SideValue = Annotated[
    Any,
    BeforeValidator(_is_side_value),
    WithJsonSchema({"type": ["string", "number", "boolean", "array"], "items": {"type": "string"}}),
]
"""A value of a case's need or offer: read by its field later."""


class PairExpect(Part):
    """What must come of a need and an offer."""

    model_config = ConfigDict(title="预期")

    outcome: Literal["符合", "不符合", "待定"] = Field(description="结论")
    failed: tuple[Text, ...] = Field(default=(), description="不成立的条件的名称，须全部写出；仅不符合时")
    missing: tuple[Text, ...] = Field(default=(), description="缺失事项中应出现的文字；仅待定时")


class PairCase(Part):
    """A worked example of a kind: one need and one offer."""

    model_config = ConfigDict(title="供需用例")

    name: Text = Field(description="名称")
    kind: Id = Field(description="供需种类的编号")
    as_of: Day = Field(description="截至日期")
    need: dict[Text, SideValue] = Field(description="需求：{字段: 值}；没有给出的即缺失")
    offer: dict[Text, SideValue] = Field(description="供给：{字段: 值}")
    expect: PairExpect = Field(description="预期结果")


class PairCaseFile(Part):
    """exchange/*.cases.yaml."""

    model_config = ConfigDict(title="供需用例文件")

    cases: tuple[PairCase, ...] = Field(description="用例")
