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


class OverTimeRule(Part):
    """How a missing figure is filled from the subject's own other years."""

    model_config = ConfigDict(title="按时间补值")

    how: Literal["latest", "linear"] = Field(
        default="latest", description="latest 沿用最近一年；linear 前后两年之间线性内插，其后沿用"
    )
    years: Annotated[Whole, Field(ge=1, le=10)] = Field(default=1, description="最多沿用或内插几年")


class Compare(Part):
    """What the methods are told that compare subjects."""

    model_config = ConfigDict(title="比较类方法的参数")

    over: Literal["pillars", "indicators"] = Field(
        default="pillars", description="用什么比较：pillars 一级指标得分，indicators 全部指标"
    )
    v: Annotated[float, Field(ge=0, le=1)] = Field(default=0.5, description="vikor：群体效用的权重")
    rho: Annotated[float, Field(gt=0, le=1)] = Field(default=0.5, description="grey_relational：分辨系数")
    grades: Literal[3, 4, 5] = Field(default=3, description="rank_sum_ratio：分几档")
    preference: Literal["usual", "u_shape", "v_shape", "level", "linear", "gaussian"] = Field(
        default="usual", description="promethee：偏好函数"
    )
    q: Annotated[float, Field(ge=0)] = Field(default=0.0, description="promethee：得分相差在此以下视为无差别")
    p: Annotated[float, Field(ge=0)] = Field(default=0.0, description="promethee：得分相差在此以上视为完全偏好")
    s: Annotated[float, Field(ge=0)] = Field(default=0.0, description="promethee：gaussian 的标准差")


COMPARISONS = ("copeland", "topsis", "vikor", "promethee", "grey_relational", "rank_sum_ratio")
"""Ways of aggregating that set subjects against each other; the others are means."""
Weighting = Literal["given", "equal", "entropy", "critic", "pca", "effective", "optimised"]
Aggregating = Literal[
    "arithmetic", "geometric", "harmonic", "copeland", "topsis", "vikor", "promethee", "grey_relational",
    "rank_sum_ratio",
]  # fmt: skip


class Method(Part):
    """How figures become scores."""

    model_config = ConfigDict(title="方法")

    least_known: Clause = Field(default="60%", description="参评主体至少应有数据的指标比例，不足的不参评")
    over_time: OverTimeRule | None = Field(
        default=None, description="缺失指标先用同一主体其他年份的数据补；null 表示不补"
    )
    impute: Literal["mean", "median", "neighbours"] | None = Field(
        default=None, description="缺失指标的补值；null 表示不补，按有数据的指标计分"
    )
    winsorise: Annotated[Whole, Field(ge=0)] = Field(default=3, description="离群值至多收缩几个数据")
    transform: Literal["log", "box_cox"] | None = Field(default=None, description="收缩后仍离群时的变换")
    normalise: Literal["min_max", "z_score", "rank", "percentile_rank", "distance_to_maximum"] = Field(
        default="min_max", description="标准化方法"
    )
    weights: Weighting = Field(
        default="given",
        description="权重：given 两两判断（没有判断的等权），equal 等权，entropy 熵权法，critic CRITIC 法，pca 主成分法，"
        "effective 按 shares 写的占总指数的比重，optimised 使各指标的实际影响合乎 shares（不写则合乎两两判断）",
    )
    across: Literal["siblings", "indicators"] = Field(
        default="siblings", description="由数据赋权的范围：siblings 同级之间，indicators 全部指标一起"
    )
    shares: dict[Id, Clause] = Field(default={}, description="effective、optimised：指标编号和比重，如 revenue: 10%")
    pillar_weights: Literal["given", "equal", "entropy", "critic", "pca", "optimised"] | None = Field(
        default=None, description="一级指标的权重另用一种方法；null 表示与 weights 相同"
    )
    aggregate: Aggregating = Field(
        default="arithmetic",
        description="一级指标汇总为总指数的方法：算术、几何、调和平均，或科普兰、TOPSIS、VIKOR、PROMETHEE II、灰色关联、秩和比",
    )
    compare: Compare = Field(default=Compare(), description="比较类方法的参数")


class Doubts(Part):
    """What the robustness analysis varies."""

    model_config = ConfigDict(title="稳健性")

    weights: Clause = Field(default="25%", description="权重上下浮动的幅度")
    errors: Clause = Field(default="0%", description="数据误差的相对标准差")
    normalisations: tuple[Literal["min_max", "z_score", "rank"], ...] = Field(
        default=("min_max", "rank"), description="备选的标准化方法"
    )
    weightings: tuple[Literal["given", "equal", "entropy", "critic", "pca"], ...] = Field(
        default=(), description="备选的赋权方法；空表示只用 method 的方法"
    )
    aggregations: tuple[Aggregating, ...] = Field(default=("arithmetic", "geometric"), description="备选的汇总方法")


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
