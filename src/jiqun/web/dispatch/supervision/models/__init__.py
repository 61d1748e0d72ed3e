"""Assignments, milestones, reports, notices, attachments."""

from jiqun.web.dispatch.supervision.models.attachment import Attachment
from jiqun.web.dispatch.supervision.models.calendar_key import CalendarKey
from jiqun.web.dispatch.supervision.models.notice import Notice, Order, OrderState, Step, SubjectKind
from jiqun.web.dispatch.supervision.models.task import (
    Assignment,
    Milestone,
    MilestoneState,
    Part,
    Report,
    ReportState,
)

__all__ = [
    "Assignment", "Attachment", "CalendarKey", "Milestone", "MilestoneState", "Notice", "Order", "OrderState", "Part",
    "Report", "ReportState", "Step", "SubjectKind",
]  # fmt: skip
