"""Webhooks: kept by an organisation; told on commit, by a job."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts.models import Organisation, User
from jiqun.web.api.addresses import refused
from jiqun.web.api.models import Delivery, DeliveryState, Event, Webhook
from jiqun.web.common import audit
from jiqun.web.jobs.start import start

MOST = 10


@transaction.atomic
def create_webhook(*, actor: User, organisation: Organisation, url: str, events: Sequence[str]) -> Webhook:
    """A webhook with a secret of its own; InputError where its address or events will not do."""
    problems = []
    why = refused(url)
    if why:
        problems.append(Problem("地址不能使用", found=url[:200], mend=why))
    if not events or any(event not in Event.values for event in events):
        problems.append(Problem("事件不对", mend=f"请从 {'、'.join(Event.labels)} 中选择"))
    if Webhook.objects.filter(organisation=organisation).count() >= MOST:
        problems.append(Problem(f"已有 {MOST} 个推送地址", mend="请先删除不用的"))
    if problems:
        raise InputError(problems, "推送未登记")
    try:
        with transaction.atomic():
            hook = Webhook.objects.create(
                organisation=organisation, url=url, events=sorted(set(events)), secret=secrets.token_hex(32)
            )
    except IntegrityError:
        raise InputError([Problem("这个地址已经登记", found=url, mend="请修改原有的登记")], "推送未登记") from None
    audit.record(actor=actor, action="登记事件推送", instance=hook, after={"url": url, "events": hook.events})
    return hook


@transaction.atomic
def set_active(*, actor: User, webhook: Webhook, active: bool) -> None:
    """Switch a webhook on or off."""
    before = {"is_active": webhook.is_active}
    webhook.is_active = active
    webhook.save(update_fields=["is_active"])
    audit.record(actor=actor, action="启停事件推送", instance=webhook, before=before, after={"is_active": active})


@transaction.atomic
def remove_webhook(*, actor: User, webhook: Webhook) -> None:
    """Forget a webhook and its deliveries."""
    audit.record(
        actor=actor, action="删除事件推送", instance=webhook, before={"url": webhook.url, "events": webhook.events}
    )
    webhook.delete()


@transaction.atomic
def emit(
    *, event: Event, payload: Mapping[str, Any], organisations: Iterable[Organisation] | None = None, actor: User | None
) -> int:
    """Tell the webhooks of an event inside the act's transaction; how many will hear.

    `organisations`: whom it concerns; None where it is public. The payload must hold nothing that they may not see.
    """
    hooks = Webhook.objects.filter(is_active=True, organisation__is_active=True)
    if organisations is not None:
        hooks = hooks.filter(organisation__in=list(organisations))
    wanted = [hook for hook in hooks if event in hook.events]
    for hook in wanted:
        delivery = Delivery.objects.create(webhook=hook, event=event, payload=dict(payload))
        start(
            kind="api.deliver",
            actor=actor,
            title=f"推送“{event.label}”到 {hook.url[:80]}",
            params={"delivery": delivery.pk},
        )
    return len(wanted)


@transaction.atomic
def end_delivery(*, delivery: Delivery, state: DeliveryState, answer: str, attempts: int) -> None:
    """Note how a telling ended."""
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state, answer=answer[:200], attempts=attempts, ended_at=timezone.now()
    )  # fmt: skip
