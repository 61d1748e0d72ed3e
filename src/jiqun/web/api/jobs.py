"""The work of this app in the background."""

from __future__ import annotations

from typing import Any

from jiqun.web.api import services
from jiqun.web.api.deliver import send
from jiqun.web.api.models import Delivery, DeliveryState
from jiqun.web.jobs.handlers import JobHandle, handler


@handler("api.deliver")
def deliver(job: JobHandle, *, delivery: int) -> dict[str, Any]:
    """Send one delivery; one that has ended, or whose webhook is gone, is left alone."""
    found = Delivery.objects.select_related("webhook").filter(pk=delivery, state=DeliveryState.WAITING).first()
    if found is None:
        return {"words": "已经处理过"}
    arrived, answer, attempts = send(found)
    state = DeliveryState.DONE if arrived else DeliveryState.FAILED
    services.end_delivery(delivery=found, state=state, answer=answer, attempts=attempts)
    return {"words": f"{state.label}：{answer}"}
