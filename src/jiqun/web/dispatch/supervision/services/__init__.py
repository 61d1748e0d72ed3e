"""What may be done with tasks and notices: one keyword-only, atomic, audited function a verb."""

from jiqun.web.dispatch.supervision.services.daily import Done, run_daily
from jiqun.web.dispatch.supervision.services.notices import (
    ask_extension,
    close_order,
    decide_extension,
    issue_notice,
    receive_order,
    reply_order,
    return_order,
)
from jiqun.web.dispatch.supervision.services.tasks import (
    add_milestone,
    assign,
    cancel_milestone,
    decide_report,
    finish_milestone,
    new_calendar_key,
    submit_report,
)

__all__ = [
    "Done", "add_milestone", "ask_extension", "assign", "cancel_milestone", "close_order", "decide_extension",
    "decide_report", "finish_milestone", "issue_notice", "new_calendar_key", "receive_order", "reply_order",
    "return_order", "run_daily", "submit_report",
]  # fmt: skip
