"""policies/: support policies and their benefits."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from jiqun.programme.models.base import Clause, Day, Flag, Id, Name, NonEmpty, Part, Span, Text, Whole
from jiqun.programme.models.ladders import Condition


class DatedValue(Part):
    """A parameter's value from a day on."""

    model_config = ConfigDict(title="分期取值")

    from_: Day = Field(alias="from", description="起始日")
    value: Clause = Field(description="取值，如 500万元")


def _shape(value: Any) -> str:
    return "<dated>" if isinstance(value, (list, tuple)) else "<one>"


class Parameter(Part):
    """A number of a benefit that rules use by its Chinese name."""

    model_config = ConfigDict(title="参数")

    name: Name = Field(description="名称，规则中使用")
    value: Annotated[
        Annotated[Clause, Tag("<one>")] | Annotated[tuple[DatedValue, ...], NonEmpty, Tag("<dated>")],
        Discriminator(_shape),
    ] = Field(description="取值，如 500万元、20%；或分期：[{from: 2025-07-22, value: 500万元}]")
    note: Text | None = Field(default=None, description="说明")

    def on(self, day: date) -> Parameter | DatedValue | None:
        """What gives the value on the day: this parameter, or one of its dated values; None before the first."""
        if isinstance(self.value, str):
            return self
        held = [v for v in self.value if v.from_ <= day]
        return max(held, key=lambda v: v.from_) if held else None


class Effective(Span):
    """The period of effect of a benefit (施行期)."""

    model_config = ConfigDict(title="施行期")

    until: Day = Field(description="截止日（含当日）")


class Benefit(Part):
    """A payment or award with its eligibility and amount."""

    model_config = ConfigDict(title="奖补事项")

    id: Id = Field(description="编号，也是判定结果中的规则编号")
    title: Text = Field(description="名称")
    text: Text = Field(description="原文")
    beneficiary: Literal["party", "cluster"] = Field(default="party", description="对象：企业 party、集群 cluster")
    payee: Literal["self", "county"] = Field(default="self", description="收款方：本身 self、所在县 county")
    effective: Effective = Field(description="施行期")
    parameters: dict[Id, Parameter] = Field(default_factory=dict, description="参数")
    conditions: Annotated[tuple[Condition, ...], NonEmpty] = Field(description="条件，须全部满足")
    amount: Clause = Field(description="金额，条文语言")
    ceiling: Flag = Field(description="“不超过/最高”：规则给出上限，决定给出金额")
    one_off: Flag = Field(description="是否一次性")
    handling: Literal["apply", "automatic"] = Field(
        default="apply", description="申请 apply（默认）、免申即享 automatic"
    )
    funded_by: Text | None = Field(default=None, description="资金来源")
    budget_line: Text | None = Field(default=None, description="预算科目")
    stacking: Text | None = Field(default=None, description="叠加与重复享受的规定")
    forbidden_uses: tuple[Text, ...] = Field(default=(), description="不得用于")
    note: Text | None = Field(default=None, description="说明")


class Policy(Part):
    """A numbered support policy of the plan."""

    model_config = ConfigDict(title="支持政策")

    id: Id = Field(description="编号")
    number: Whole = Field(description="序号")
    title: Text = Field(description="名称")
    clause: Text = Field(description="条款号，如 三、1")
    text: Text = Field(description="原文")
    benefits: tuple[Benefit, ...] = Field(description="奖补事项")
    note: Text | None = Field(default=None, description="说明")


class PolicyFile(Part):
    """A file of policies/."""

    model_config = ConfigDict(title="政策文件")

    policies: tuple[Policy, ...] = Field(description="政策")
