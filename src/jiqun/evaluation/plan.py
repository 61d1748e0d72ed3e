"""The plan of an evaluation: which step is done how. JSON, with a digest; the same plan gives the same bytes again."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from jiqun.evaluation.decide.compare import METHODS, Options
from jiqun.evaluation.decide.outranking import Preference as Preferring
from jiqun.evaluation.steps.aggregate import Mean, Means
from jiqun.evaluation.steps.normalise import Scale


def _only_chinese(schema: dict[str, Any]) -> None:
    # pydantic takes the class's docstring, which is for developers; editors show the title and the fields' texts.
    schema.pop("description", None)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_only_chinese)


class Screen(_Part):
    """Which units stay: at least these shares of indicators known and, of those, not zero."""

    model_config = ConfigDict(title="参评要求")

    least_known: float = Field(default=0.0, ge=0, le=1, description="至少应有数据的指标比例")
    least_nonzero: float = Field(default=0.0, ge=0, le=1, description="有数据的指标中不为 0 的最低比例")


class OverTime(_Part):
    """How a missing figure is filled from the same unit's other periods, before any other way."""

    model_config = ConfigDict(title="按时间补值")

    how: Literal["latest", "linear"] = Field(
        default="latest", description="latest 沿用最近一期；linear 前后两期之间线性内插，其后沿用"
    )
    longest: int = Field(default=1, ge=1, description="最多沿用或内插几期")


class Impute(_Part):
    """What stands in for a missing figure."""

    model_config = ConfigDict(title="补值")

    how: Literal["mean", "median", "group_mean", "group_median", "neighbours"] = Field(
        default="group_mean", description="用什么代替缺失的数值"
    )
    group: str | None = Field(default=None, description="按组补值所用的分组")
    neighbours: int = Field(default=5, ge=1, description="近邻补值取几个单位")


class Treat(_Part):
    """How outliers are treated."""

    model_config = ConfigDict(title="离群值处理")

    winsorise: int = Field(default=5, ge=0, description="至多收缩几个数据")
    then: Literal["log", "box_cox"] | None = Field(default="log", description="收缩后仍离群时的变换")
    skew: float = Field(default=2.0, gt=0, description="偏度的界限")
    kurtosis: float = Field(default=3.5, gt=0, description="峰度的界限")


class Normalise(_Part):
    """How figures are put on one scale; single indicators may differ."""

    model_config = ConfigDict(title="标准化")

    how: str = Field(default="min_max", description="方法，如 min_max、z_score、rank、as_is")
    low: float = Field(default=0.0, description="结果的下限；z_score 为均值")
    high: float = Field(default=100.0, description="结果的上限；z_score 为标准差")
    reference: str | None = Field(default=None, description="对照单位的编号（distance_to_reference）")
    cap: bool = Field(default=False, description="超过目标或对照单位的按刚好达到计")

    def scale(self) -> Scale:
        """As the step takes it."""
        return Scale(self.how, self.low, self.high, self.reference, self.cap)


class Weighting(_Part):
    """How weights are found from the figures, or from what each indicator is to count for."""

    model_config = ConfigDict(title="赋权方法")

    how: Literal["entropy", "critic", "pca", "effective", "optimised"] = Field(
        description="entropy 熵权法，critic CRITIC 法，pca 主成分法，effective 按占总指数的比重，optimised 按重要程度优化"
    )
    across: Literal["siblings", "indicators"] = Field(
        default="siblings", description="siblings 同级之间；indicators 全部指标一起，上级的权重是下级之和"
    )
    shares: dict[str, float] = Field(
        default={}, description="effective：每个指标占总指数的比重；optimised：期望的重要程度，空表示按给定权重"
    )

    @property
    def whole(self) -> bool:
        """Whether all indicators are weighed at once, and a node weighs what its indicators weigh together."""
        return self.how == "effective" or self.across == "indicators"

    @model_validator(mode="after")
    def _shares_fit(self) -> Weighting:
        if self.shares and self.how not in ("effective", "optimised"):
            raise ValueError("只有 effective 和 optimised 用得到 shares，请删去，或换一种方法")
        if any(not 0 <= share < float("inf") for share in self.shares.values()):
            raise ValueError("shares 里的比重应是不小于 0 的数")
        if self.how == "effective" and not sum(self.shares.values()) > 0:
            raise ValueError("effective 应在 shares 里写出每个指标占总指数的比重，且不能都是 0")
        return self


def _kind(value: Any) -> str:
    """Which form weights are written in; a tag in angle brackets stays out of the paths of faults."""
    if isinstance(value, Weighting) or (isinstance(value, dict) and "how" in value):
        return "<found>"
    return "<numbers>" if isinstance(value, dict) else "<word>"


Word = Annotated[Literal["given", "equal"], Tag("<word>")]
Found = Annotated[Weighting, Tag("<found>")]
Weights = Annotated[Word | Annotated[dict[str, float], Tag("<numbers>")] | Found, Discriminator(_kind)]
"""As the tree says, all equal, by node (what a mapping does not name is as the tree says), or found."""
NodeWeights = Annotated[Word | Found, Discriminator(lambda value: "<word>" if isinstance(value, str) else "<found>")]


class Preference(_Part):
    """PROMETHEE: how a difference of scores becomes a preference."""

    model_config = ConfigDict(title="偏好函数")

    kind: Literal["usual", "u_shape", "v_shape", "level", "linear", "gaussian"] = Field(
        default="usual", description="类型"
    )
    q: float = Field(default=0.0, ge=0, description="差别在此以下视为无差别")
    p: float = Field(default=0.0, ge=0, description="差别在此以上视为完全偏好")
    s: float = Field(default=0.0, ge=0, description="gaussian 的标准差")

    @model_validator(mode="after")
    def _fits(self) -> Preference:
        if self.kind in ("v_shape", "linear", "level") and self.p <= self.q:
            raise ValueError("应有 0 ≤ q < p")
        if self.kind == "gaussian" and self.s <= 0:
            raise ValueError("gaussian 的 s 应大于 0")
        return self


class Aggregation(_Part):
    """How scores are aggregated at a node."""

    model_config = ConfigDict(title="汇总")

    how: Literal[
        "arithmetic", "geometric", "harmonic", "generalised", "copeland", "topsis", "vikor", "promethee",
        "grey_relational", "rank_sum_ratio",
    ] = Field(default="arithmetic", description="平均：arithmetic、geometric、harmonic、generalised；其余为比较类方法")  # fmt: skip
    power: float = Field(default=1.0, description="generalised 的幂")
    over: Literal["children", "indicators"] = Field(
        default="children", description="比较类方法用什么比较：children 下级得分，indicators 其下全部指标"
    )
    v: float = Field(default=0.5, ge=0, le=1, description="vikor：群体效用的权重")
    rho: float = Field(default=0.5, gt=0, le=1, description="grey_relational：分辨系数")
    grades: Literal[3, 4, 5] = Field(default=3, description="rank_sum_ratio：分几档")
    preference: Preference = Field(default=Preference(), description="promethee：偏好函数，作用于得分之差")

    @model_validator(mode="after")
    def _over_fits(self) -> Aggregation:
        if self.over == "indicators" and self.how != "copeland" and self.how not in METHODS:
            raise ValueError(f"over: indicators 只用于比较类方法：copeland、{'、'.join(METHODS)}")
        return self

    def mean(self) -> Mean:
        """As the step takes it."""
        way = self.preference
        preferring = Preferring(way.kind, way.q, way.p, way.s)
        return Mean(self.how, self.power, self.over, Options(self.v, self.rho, self.grades, preferring))


class Plan(_Part):
    """Every choice of an evaluation; a step that is None is left out."""

    model_config = ConfigDict(title="评价方案")

    denominate: bool = Field(default=True, description="是否除以各指标的分母")
    screen: Screen | None = Field(default=None, description="参评要求；null 表示全部参评")
    over_time: OverTime | None = Field(default=None, description="按时间补值；null 表示不补")
    impute: Impute | None = Field(default=None, description="按其他单位补值；null 表示不补")
    treat: Treat | None = Field(default=Treat(), description="离群值处理；null 表示不处理")
    normalise: Normalise = Field(default=Normalise(), description="标准化")
    normalise_special: dict[str, Normalise] = Field(default={}, description="单个指标的标准化，按指标编号")
    weights: Weights = Field(
        default="given", description="权重：given 按评价体系，equal 等权，按编号给出的数，或一种赋权方法"
    )
    weights_special: dict[str, NodeWeights] = Field(default={}, description="单个节点下级的赋权方法，按节点编号")
    aggregate: Aggregation = Field(default=Aggregation(), description="汇总")
    aggregate_special: dict[str, Aggregation] = Field(default={}, description="单个节点的汇总，按节点编号")
    least_known: float = Field(default=0.0, ge=0, le=1, description="节点的下级权重至少有多少已知，否则该节点缺失")

    def means(self) -> Means:
        """As the step takes them."""
        special = {code: how.mean() for code, how in self.aggregate_special.items()}
        return Means(self.aggregate.mean(), special, self.least_known)

    @property
    def canonical(self) -> str:
        """The plan as JSON with sorted keys and no spaces."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    @property
    def found_weights(self) -> bool:
        """Whether weights depend on the figures, so that two periods would not have the same."""
        every = (self.weights, *self.weights_special.values())
        return any(isinstance(how, Weighting) and how.how != "effective" for how in every)
