"""evaluation.yaml: the index that ranks clusters (or counties, firms): pillars, indicators, judgements, methods."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from jiqun.programme.models.base import Clause, Flag, Id, NonEmpty, Part, Text, Whole


class Judgement(Part):
    """How much more one thing matters than another."""

    model_config = ConfigDict(title="两两判断")

    one: Id = Field(description="前者的编号")
    other: Id = Field(description="后者的编号")
    times: Clause = Field(description="前者的重要程度是后者的几倍，1—9 或其倒数，如 3、1/3")


class Leaf(Part):
    """An indicator of the index: a number of each subject."""

    model_config = ConfigDict(title="评价指标")

    id: Id = Field(description="编号")
    name: Text = Field(description="名称")
    measure: Clause = Field(description="度量，条文语言，范围为一个参评主体")
    unit: Text = Field(default="", description="显示单位")
    less_is_better: Flag = Field(default=False, description="逆向指标：越小越好")
    note: Text | None = Field(default=None, description="说明")


class Pillar(Part):
    """A first-level part of the index."""

    model_config = ConfigDict(title="一级指标")

    id: Id = Field(description="编号")
    name: Text = Field(description="名称")
    indicators: Annotated[tuple[Leaf, ...], NonEmpty] = Field(description="评价指标")
    judgements: tuple[Judgement, ...] = Field(default=(), description="指标之间的两两判断；空表示等权")


class Method(Part):
    """How figures become scores."""

    model_config = ConfigDict(title="方法")

    least_known: Clause = Field(default="60%", description="参评主体至少应有数据的指标比例，不足的不参评")
    impute: Literal["mean", "median", "neighbours"] | None = Field(
        default=None, description="缺失指标的补值；null 表示不补，按有数据的指标计分"
    )
    winsorise: Annotated[Whole, Field(ge=0)] = Field(default=3, description="离群值至多收缩几个数据")
    transform: Literal["log", "box_cox"] | None = Field(default=None, description="收缩后仍离群时的变换")
    normalise: Literal["min_max", "z_score", "rank", "percentile_rank", "distance_to_maximum"] = Field(
        default="min_max", description="标准化方法"
    )
    aggregate: Literal["arithmetic", "geometric"] = Field(
        default="arithmetic", description="一级指标汇总为总指数的方法"
    )


class Doubts(Part):
    """What the robustness analysis varies."""

    model_config = ConfigDict(title="稳健性")

    weights: Clause = Field(default="25%", description="权重上下浮动的幅度")
    errors: Clause = Field(default="0%", description="数据误差的相对标准差")
    normalisations: tuple[Literal["min_max", "z_score", "rank"], ...] = Field(
        default=("min_max", "rank"), description="备选的标准化方法"
    )
    aggregations: tuple[Literal["arithmetic", "geometric"], ...] = Field(
        default=("arithmetic", "geometric"), description="备选的汇总方法"
    )


class EvaluationFile(Part):
    """evaluation.yaml."""

    model_config = ConfigDict(title="评价体系")

    id: Id = Field(description="编号")
    title: Text = Field(description="名称")
    source: Text = Field(description="依据")
    subject: Literal["cluster", "place", "party"] = Field(default="cluster", description="参评主体")
    condition: Clause | None = Field(default=None, description="参评条件，条文语言；null 表示全部")
    pillars: Annotated[tuple[Pillar, ...], NonEmpty] = Field(description="一级指标")
    judgements: tuple[Judgement, ...] = Field(default=(), description="一级指标之间的两两判断；空表示等权")
    method: Method = Field(default=Method(), description="方法")
    doubts: Doubts = Field(default=Doubts(), description="稳健性分析的设定")
    models: tuple[Text, ...] = Field(default=(), description="对标的先进主体的编号；空表示与前三名比")
