"""targets.yaml: what the plan wants to reach, and by when."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from jiqun.programme.models.base import Clause, Day, Id, Part, Text


class Milestone(Part):
    """The value that a target should have on a day."""

    model_config = ConfigDict(title="节点")

    on: Day = Field(description="日期")
    value: Clause = Field(description="到该日应达到的值，如 6家")


class Target(Part):
    """A measure, a goal and a date."""

    model_config = ConfigDict(title="目标")

    id: Id = Field(description="编号")
    title: Text = Field(description="名称")
    task: Id | None = Field(description="所属任务的编号；总目标写 null")
    clause: Text = Field(description="条款号")
    text: Text = Field(description="原文")
    kind: Literal["growth", "stock", "new-count", "share", "coverage"] = Field(
        description="增长 growth、存量 stock、新增 new-count、占比 share、覆盖 coverage"
    )
    unit: Text = Field(description="显示单位")
    measure: Clause = Field(description="度量，条文语言，范围为整个方案")
    goal: Clause = Field(description="目标值，如 20家、40%")
    comparison: Literal["at-least", "about", "more-than"] = Field(
        default="at-least", description="不少于 at-least（默认）、左右 about、超过 more-than"
    )
    baseline: Clause | None = Field(default=None, description="起点值；null 表示未知")
    from_: Day = Field(alias="from", description="起算日")
    due: Day = Field(description="到期日")
    repeats: Literal["year"] | None = Field(default=None, description="year 表示每年重新计算")
    milestones: tuple[Milestone, ...] = Field(default=(), description="节点；空表示由起点值到目标值直线推进")
    lead: Text | None = Field(default=None, description="牵头部门")
    supporting: tuple[Text, ...] = Field(default=(), description="配合部门")
    matrix: Text | None = Field(default=None, description="列入重点集群覆盖矩阵时的列名；只用于总体是集群的覆盖率")
    note: Text | None = Field(default=None, description="说明")


class ForecastRules(Part):
    """How a forecast is put into words."""

    model_config = ConfigDict(title="预测口径")

    interval: Clause = Field(default="80%", description="预测区间的把握程度")
    likely: Clause = Field(default="80%", description="达标概率不低于此值为“预计达标”")
    unlikely: Clause = Field(default="30%", description="达标概率低于此值为“难以达标”；其余为“有风险”")


class PaceRules(Part):
    """How far off its pace a target is ahead, behind or far behind."""

    model_config = ConfigDict(title="进度口径")

    ahead: Clause = Field(default="5%", description="实际超过应达进度的部分占目标值的比例，不低于此为“超前”")
    behind: Clause = Field(default="5%", description="落后于应达进度的部分占目标值的比例，高于此为“滞后”")
    far_behind: Clause = Field(default="15%", description="落后部分占目标值的比例，高于此为“严重滞后”")
    growth_band: Clause = Field(
        default="5%", description="增长目标：实际增长率与目标相差在目标的此比例之内为“正常”；“左右”也以此为限"
    )
    growth_far_behind: Clause = Field(default="25%", description="增长目标：低于目标的部分超过目标的此比例为“严重滞后”")


class TargetFile(Part):
    """targets.yaml."""

    model_config = ConfigDict(title="目标文件")

    pace: PaceRules = Field(default=PaceRules(), description="进度口径")
    forecast: ForecastRules = Field(default=ForecastRules(), description="预测口径")
    targets: tuple[Target, ...] = Field(description="目标")
