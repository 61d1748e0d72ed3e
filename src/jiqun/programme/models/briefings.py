"""briefings/*.yaml: the text of a briefing 调度通报, with places for the figures of the day."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from jiqun.programme.models.base import Id, NonEmpty, Part, Text


class BriefingSection(Part):
    """A heading with paragraphs and what stands under them."""

    model_config = ConfigDict(title="通报的一节")

    heading: Text = Field(description="标题，含序号，如 一、总体情况")
    paragraphs: tuple[Text, ...] = Field(default=(), description="正文；{{ 名称 }} 处填入当期数值")
    show: Literal["targets", "behind", "ahead", "counties", "tasks", "chart"] | None = Field(
        default=None,
        description="其后列出：全部目标 targets、滞后目标 behind、领先目标 ahead、各县排名 counties、滞后任务的下步工作 tasks、排名图 chart",
    )


class BriefingFile(Part):
    """briefings/*.yaml."""

    model_config = ConfigDict(title="通报模板")

    id: Id = Field(description="编号")
    title: Text = Field(description="标题，可含 {{ 名称 }}")
    county_title: Text = Field(description="县级通报的标题，可含 {{ 名称 }}")
    head: Text | None = Field(default=None, description="红头；null 表示不用")
    signed_by: Text = Field(description="落款")
    ranking: Annotated[tuple[Id, ...], NonEmpty] = Field(description="各县排名所列的目标编号，按第一个排序")
    sections: Annotated[tuple[BriefingSection, ...], NonEmpty] = Field(description="市级通报的各节")
    county_sections: Annotated[tuple[BriefingSection, ...], NonEmpty] = Field(description="县级通报的各节")
