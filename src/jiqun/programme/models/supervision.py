"""supervision.yaml: how the office follows its tasks: lights, reports, notices, escalation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from jiqun.programme.models.base import Clause, Flag, Part, Text, Whole

Days = Annotated[Whole, Field(ge=1, le=250)]


class LightRule(Part):
    """A condition over the facts of a task that gives it a colour."""

    model_config = ConfigDict(title="亮灯规则")

    light: Literal["红", "黄"] = Field(description="成立时的颜色；红先于黄，都不成立为绿")
    text: Text = Field(description="规则的说法")
    rule: Clause = Field(description="条件，条文语言，范围为一项任务")


class ReportRules(Part):
    """When the monthly report is due."""

    model_config = ConfigDict(title="月度进展")

    due_day: Annotated[Whole, Field(ge=1, le=28)] = Field(default=5, description="次月几日前报送")


class EscalationStep(Part):
    """A level that an overdue notice rises to."""

    model_config = ConfigDict(title="升级")

    overdue: Days = Field(description="逾期满多少个工作日")
    title: Text = Field(description="名称，如 催办")
    superior: Flag = Field(default=False, description="是否同时告知上级")


class NoticeRules(Part):
    """Numbers, time limits and escalation of supervision notices."""

    model_config = ConfigDict(title="督办单")

    prefix: Text = Field(default="督", description="编号的字，如 督〔2026〕3号 的“督”")
    reply_within: Days = Field(default=10, description="默认办理时限，工作日")
    receive_within: Days = Field(default=1, description="签收时限，工作日")
    remind_before: Days = Field(default=2, description="到期前多少个工作日提醒")
    escalation: tuple[EscalationStep, ...] = Field(default=(), description="逾期升级，由低到高")


class SupervisionFile(Part):
    """supervision.yaml."""

    model_config = ConfigDict(title="任务督办规则")

    lights: tuple[LightRule, ...] = Field(default=(), description="红黄绿规则")
    reports: ReportRules = Field(default=ReportRules(), description="月度进展")
    notices: NoticeRules = Field(default=NoticeRules(), description="督办单")
