"""indicators/, registers/ and titles: the names that rules may use."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, Protocol

from pydantic import ConfigDict, Field, model_validator

from jiqun.programme.models.base import Clause, Flag, Id, Name, NonEmpty, Part, Text

SubjectKey = Literal["party", "cluster", "place"]


class Typed(Protocol):
    """A name with a kind of value and, for numbers, a unit."""

    name: str
    kind: Any
    unit: str | None


def unit_fits_kind(what: str, spec: Typed) -> None:
    """ValueError where something other than a number has a unit, or a number has none."""
    if spec.kind != "number" and spec.unit is not None:
        raise ValueError(f"{what}“{spec.name}”不是数（kind: {spec.kind}），不能有单位 unit")
    if spec.kind == "number" and spec.unit is None:
        raise ValueError(f"数值{what}“{spec.name}”缺少单位 unit")


class FigureCheckSpec(Part):
    """A condition that reported figures must meet, judged as of the end of the reported period."""

    model_config = ConfigDict(title="校核")

    id: Id = Field(description="编号")
    rule: Clause = Field(description="应当成立的条件，条文语言；累计指标的名称指当期数（累计数之差）")
    level: Literal["error", "explain", "warning"] = Field(
        default="error", description="不成立时：不得提交 error（默认）、须书面说明 explain、仅提示 warning"
    )
    message: Text = Field(description="不成立时对填报人说的话")
    subjects: tuple[SubjectKey, ...] = Field(
        default=(), description="适用主体；写在指标下时默认为指标的全部主体，写在文件中时必填"
    )


class IndicatorSpec(Part):
    """A reported figure."""

    model_config = ConfigDict(title="指标")

    name: Name = Field(description="名称，规则中使用")
    kind: Literal["number", "flag", "text"] = Field(
        default="number", description="数 number（默认）、是否 flag、文本 text"
    )
    unit: Text | None = Field(default=None, description="基本单位，如 元 人 家 %")
    period: Literal["year", "quarter", "month"] = Field(
        default="year", description="填报周期：年 year（默认）、季 quarter、月 month"
    )
    subjects: Annotated[tuple[SubjectKey, ...], NonEmpty] = Field(
        default=("party",), description="填报主体：企业 party、集群 cluster、区划 place"
    )
    cumulative: Flag = Field(default=False, description="是否填报年初以来累计数")
    aliases: tuple[Name, ...] = Field(default=(), description="别名")
    choices: tuple[Text, ...] = Field(default=(), description="文本指标的可选值")
    definition: Text | None = Field(default=None, description="口径")
    source: Text | None = Field(default=None, description="出处")
    note: Text | None = Field(default=None, description="说明")
    checks: tuple[FigureCheckSpec, ...] = Field(default=(), description="填报时的校核")

    @model_validator(mode="after")
    def _unit_fits_kind(self) -> IndicatorSpec:
        unit_fits_kind("指标", self)
        if self.kind != "text" and self.choices:
            raise ValueError(f"指标“{self.name}”不是文本（kind: {self.kind}），不能有可选值 choices")
        if self.kind != "number" and self.cumulative:
            raise ValueError(f"指标“{self.name}”不是数（kind: {self.kind}），不能累计 cumulative")
        return self


class IndicatorFile(Part):
    """A file of indicators/."""

    model_config = ConfigDict(title="指标文件")

    title: Text | None = Field(default=None, description="这组指标的名称，填报时按组选取")
    indicators: tuple[IndicatorSpec, ...] = Field(description="指标")
    checks: tuple[FigureCheckSpec, ...] = Field(default=(), description="涉及几个指标的校核")

    @model_validator(mode="after")
    def _checks_name_subjects(self) -> IndicatorFile:
        for check in self.checks:
            if not check.subjects:
                raise ValueError(f"校核“{check.id}”涉及几个指标，缺少适用主体 subjects")
        return self


class FieldSpec(Part):
    """A typed field of a register."""

    model_config = ConfigDict(title="台账字段")

    name: Name = Field(description="名称")
    kind: Literal["number", "flag", "text", "date"] = Field(
        default="text", description="文本 text（默认）、数 number、是否 flag、日期 date"
    )
    unit: Text | None = Field(default=None, description="数的单位")
    choices: tuple[Text, ...] = Field(default=(), description="文本的可选值")
    min: Decimal | None = Field(default=None, description="数不得小于（按字段的单位，含）")
    max: Decimal | None = Field(default=None, description="数不得大于（按字段的单位，含）")
    required: Flag = Field(default=False, description="是否必填")
    note: Text | None = Field(default=None, description="说明")

    @model_validator(mode="after")
    def _unit_fits_kind(self) -> FieldSpec:
        unit_fits_kind("字段", self)
        if self.kind != "text" and self.choices:
            raise ValueError(f"字段“{self.name}”不是文本（kind: {self.kind}），不能有可选值 choices")
        if self.kind != "number" and (self.min is not None or self.max is not None):
            raise ValueError(f"字段“{self.name}”不是数（kind: {self.kind}），不能有 min 或 max")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"字段“{self.name}”的 min（{self.min}）大于 max（{self.max}）")
        return self


class RegisterSpec(Part):
    """A complete list of dated entries of one kind of subject."""

    model_config = ConfigDict(title="台账")

    name: Name = Field(description="名称，规则中使用，也是文件名")
    title: Text = Field(description="标题")
    subject: SubjectKey = Field(default="party", description="主体：企业 party、集群 cluster、区划 place")
    task: Id | None = Field(default=None, description="所属任务的编号")
    definition: Text | None = Field(default=None, description="口径")
    fields: tuple[FieldSpec, ...] = Field(default=(), description="字段")
    unique: tuple[Name, ...] = Field(default=(), description="与主体合起来不得重复的字段")
    note: Text | None = Field(default=None, description="说明")


class RegisterFile(Part):
    """A file of registers/."""

    model_config = ConfigDict(title="台账文件")

    registers: tuple[RegisterSpec, ...] = Field(description="台账")


class TitleSpec(Part):
    """A title without criteria of its own, named in rules."""

    model_config = ConfigDict(title="称号")

    name: Text = Field(description="称号")
    subjects: Annotated[tuple[SubjectKey, ...], NonEmpty] = Field(
        default=("party",), description="授予对象：企业 party、集群 cluster"
    )
    aliases: tuple[Text, ...] = Field(default=(), description="别名")
    note: Text | None = Field(default=None, description="说明")
