"""programme.yaml: the programme as a whole, its actions and tasks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from jiqun.programme.models.base import Clause, Day, Id, Part, Span, Text, Whole


class City(Part):
    """The city that runs the programme."""

    model_config = ConfigDict(title="城市")

    code: Text = Field(description="行政区划代码，六位，加引号")
    name: Text = Field(description="名称")


class Action(Part):
    """A group of tasks."""

    model_config = ConfigDict(title="行动")

    number: Whole = Field(description="序号")
    title: Text = Field(description="名称")


class Task(Part):
    """A task of the plan with its official text."""

    model_config = ConfigDict(title="任务")

    id: Id = Field(description="编号，如 t01")
    number: Whole = Field(description="序号")
    action: Whole | None = Field(default=None, description="所属行动的序号")
    title: Text = Field(description="名称")
    clause: Text = Field(description="条款号，如 二（一）1")
    text: Text = Field(description="原文")
    lead: Text | None = Field(default=None, description="牵头部门")
    supporting: tuple[Text, ...] = Field(default=(), description="配合部门")


class DataSource(Part):
    """Where a file of the pack comes from."""

    model_config = ConfigDict(title="数据来源")

    file: Text = Field(description="文件")
    source: Text = Field(description="来源")
    licence: Text | None = Field(default=None, description="许可")
    note: Text | None = Field(default=None, description="说明")


class Card(Part):
    """A figure on the overview that is no target."""

    model_config = ConfigDict(title="指标卡")

    title: Text = Field(description="名称")
    measure: Clause = Field(description="度量，条文语言")
    unit: Text = Field(description="显示单位")


def _card_shape(value: Any) -> str:
    return "<card>" if isinstance(value, (dict, Card)) else "<id>"


class Programme(Span):
    """The programme: who issued it, its period, its tasks, and the files beside it."""

    model_config = ConfigDict(title="行动方案")

    format: Literal[1] = Field(description="方案包格式版本，现为 1")
    id: Id = Field(description="编号：小写字母、数字和连字符")
    version: Text = Field(description="方案包版本，加引号")
    title: Text = Field(description="方案名称")
    site_title: Text | None = Field(default=None, description="平台名称，显示在页眉")
    office: Text | None = Field(default=None, description="主管部门")
    issuer: Text = Field(description="印发机关")
    number: Text | None = Field(default=None, description="文号；未知写 null")
    issued_on: Day = Field(description="印发日期")
    until: Day = Field(description="截止日")
    city: City = Field(description="城市")
    places: Text = Field(description="县级区划和功能区表（CSV）")
    map: Text | None = Field(default=None, description="地图（GeoJSON）")
    source: Text | None = Field(default=None, description="原文文件")
    data_sources: tuple[DataSource, ...] = Field(default=(), description="数据来源")
    actions: tuple[Action, ...] = Field(default=(), description="行动")
    tasks: tuple[Task, ...] = Field(default=(), description="任务")
    cards: tuple[
        Annotated[Annotated[Id, Tag("<id>")] | Annotated[Card, Tag("<card>")], Discriminator(_card_shape)], ...
    ] = Field(default=(), description="总览页的指标卡：目标编号，或名称、度量和单位")
