"""ladders/: titles in rungs, with dated criteria."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from jiqun.programme.models.base import Clause, Flag, Id, Name, Part, Span, Text, Whole
from jiqun.programme.models.vocabulary import TitleSpec


class Source(Part):
    """The document that a rule comes from."""

    model_config = ConfigDict(title="依据")

    document: Text = Field(description="文件名称")
    number: Text | None = Field(default=None, description="文号")
    year: Whole | None = Field(default=None, description="年份")
    clause: Text | None = Field(default=None, description="条款")
    url: Text | None = Field(default=None, description="网址")
    note: Text | None = Field(default=None, description="说明")


class Condition(Part):
    """A named condition: the document's words and the clause that implements them."""

    model_config = ConfigDict(title="条件")

    name: Name = Field(description="名称，在同一处唯一")
    text: Text = Field(description="文件原文")
    rule: Clause | None = Field(default=None, description="规则，条文语言")
    pending: Flag = Field(default=False, description="待补充：没有规则，判定为待定")
    clause: Text | None = Field(default=None, description="条款号")
    confidence: Literal["high", "medium", "low"] | None = Field(
        default=None, description="把握：high 高、medium 中、low 低"
    )
    note: Text | None = Field(default=None, description="说明")

    @property
    def decides(self) -> bool:
        """Whether the condition takes part in the decision."""
        return True

    @model_validator(mode="after")
    def _has_rule_or_is_pending(self) -> Condition:
        if self.rule is not None and self.pending:
            raise ValueError(f"条件“{self.name}”既有规则 rule 又标为待补充 pending，只能取其一")
        if self.rule is None and not self.pending and self.decides:
            raise ValueError(f"条件“{self.name}”缺少规则 rule；来源没有给出的写 pending: true")
        return self


class Criterion(Condition):
    """A criterion of a rung; only those with role `criterion` decide."""

    model_config = ConfigDict(title="认定条件")

    role: Literal["criterion", "reference", "quota", "process"] = Field(
        default="criterion",
        description="条件 criterion（默认）、参考 reference、名额 quota、程序 process；后三者不参与判定",
    )

    @property
    def decides(self) -> bool:
        """Whether the criterion takes part in the decision."""
        return self.role == "criterion"


class Version(Span):
    """The criteria of a rung over a period of effect."""

    model_config = ConfigDict(title="版本")

    source: Source = Field(description="依据")
    status: Text | None = Field(default=None, description="状态，如 现行")
    requires: Clause | None = Field(default=None, description="条件之间的关系；null 表示全部满足")
    criteria: tuple[Criterion, ...] = Field(description="认定条件")
    review: tuple[Criterion, ...] = Field(default=(), description="复核条件")
    note: Text | None = Field(default=None, description="说明")


class Rung(Part):
    """One title of a ladder."""

    model_config = ConfigDict(title="梯级")

    id: Id = Field(description="编号，也是判定结果中的规则编号")
    title: Text = Field(description="称号")
    aliases: tuple[Text, ...] = Field(default=(), description="别名")
    level: Text | None = Field(default=None, description="级别，如 国家、省级")
    issuer: Text | None = Field(default=None, description="认定机关")
    valid_for: Clause | None = Field(default=None, description="有效期，如 3年；null 表示未核实或长期")
    review_every: Clause | None = Field(default=None, description="复核周期，如 3年；null 表示未核实")
    process: tuple[Text, ...] = Field(default=(), description="程序")
    note: Text | None = Field(default=None, description="说明")
    versions: tuple[Version, ...] = Field(description="各时期的认定条件")


class Ladder(Part):
    """Titles from the lowest to the highest."""

    model_config = ConfigDict(title="梯度")

    id: Id = Field(description="编号")
    title: Text = Field(description="名称")
    subject: Literal["party", "cluster"] = Field(default="party", description="主体：企业 party、集群 cluster")
    scope: Clause | None = Field(default=None, description="适用范围，条文语言；范围外的不符合")
    rungs: tuple[Rung, ...] = Field(description="梯级，由低到高")
    note: Text | None = Field(default=None, description="说明")


class LadderFile(Part):
    """A file of ladders/."""

    model_config = ConfigDict(title="梯度文件")

    ladder: Ladder | None = Field(default=None, description="梯度")
    titles: tuple[TitleSpec, ...] = Field(default=(), description="没有认定条件、但规则中提到的称号")
