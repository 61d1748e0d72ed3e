"""*.cases.yaml: facts and the decision that they must give."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from jiqun.programme.models.base import Clause, Day, Id, Part, Scalar, Text


class CaseTitle(Part):
    """A title that the subject was given."""

    model_config = ConfigDict(title="称号")

    title: Text = Field(description="称号")
    awarded_on: Day = Field(description="认定日期")
    valid_until: Day | None = Field(default=None, description="有效期至")


class CaseReview(Part):
    """A review of a title."""

    model_config = ConfigDict(title="复核")

    title: Text = Field(description="称号")
    reviewed_on: Day = Field(description="复核日期")
    outcome: Literal["通过", "不通过", "整改"] = Field(description="结果")


class CaseFacts(Part):
    """The facts of one subject; what is not given is missing, or none for titles and registers."""

    model_config = ConfigDict(title="主体情况")

    attributes: dict[Text, Scalar] = Field(
        default_factory=dict, description="属性，如 类型、成立日期；集群、县 给出所属集群和县的名称"
    )
    indicators: dict[Text, dict[Text, Scalar]] = Field(default_factory=dict, description="指标：{名称: {期间: 值}}")
    titles: tuple[CaseTitle, ...] = Field(default=(), description="称号")
    reviews: tuple[CaseReview, ...] = Field(default=(), description="复核")
    entries: dict[Text, tuple[dict[Text, Scalar], ...]] = Field(
        default_factory=dict, description="台账：{名称: [{on: 日期, 字段: 值}]}"
    )


class Expect(Part):
    """The decision that must come out."""

    model_config = ConfigDict(title="预期")

    outcome: Literal["符合", "不符合", "待定"] = Field(description="结论")
    amount: Clause | None = Field(default=None, description="金额，如 10万元；仅符合时")
    missing: tuple[Text, ...] = Field(default=(), description="缺失事项中应出现的文字")


class Case(Part):
    """A worked example of a benefit or rung."""

    model_config = ConfigDict(title="用例")

    name: Text = Field(description="名称")
    rule: Id = Field(description="奖补事项或梯级的编号")
    as_of: Day = Field(description="截至日期")
    subject: CaseFacts = Field(description="主体情况")
    cluster: CaseFacts | None = Field(default=None, description="所属集群的情况（规则用到 所属集群.… 时）")
    county: CaseFacts | None = Field(default=None, description="所属县的情况（规则用到 所属县.… 时）")
    members: tuple[CaseFacts, ...] = Field(default=(), description="集群内的企业（规则对集群内企业计数、合计时）")
    expect: Expect = Field(description="预期结果")


class CaseFile(Part):
    """A file of cases."""

    model_config = ConfigDict(title="用例文件")

    cases: tuple[Case, ...] = Field(description="用例")
