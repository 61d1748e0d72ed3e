"""Noting who read a firm's figures: called by every page that shows them."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import FIRMS
from jiqun.web.common.trail.models import ReadRecord
from jiqun.web.registry.models import Party

HOUR = 3600
LISTED = "列表"
"""The page of a list on the screen."""


def record_read(request: HttpRequest, party: Party, page: str = "企业页") -> None:
    """Note that the person reads this firm's figures on a page of this name; the firm's own people are not noted."""
    user = request.user
    if isinstance(user, User) and not _is_own(user, party):
        _note(user, uscc=party.uscc, name=party.name, page=page)


def record_bulk_read(request: HttpRequest, what: str, page: str = "批量导出") -> None:
    """Note that a bureau reads or takes out figures of many firms at once; `what` names the list."""
    if isinstance(request.user, User) and request.user.role not in FIRMS:
        _note(request.user, uscc="", name=what[:160], page=page)


def _is_own(user: User, party: Party) -> bool:
    return user.organisation is not None and user.organisation.party_id == party.pk


def _note(user: User, *, uscc: str, name: str, page: str) -> None:
    """One insert at most, and none where this process has noted it in this hour already."""
    hour = _hour_of(timezone.now())
    if cache.add(f"read:{user.pk}:{uscc or hash(name)}:{page}:{hour:%Y%m%d%H}", True, HOUR):
        read = ReadRecord(reader=user, uscc=uscc, party_name=name, page=page, hour=hour)
        ReadRecord.objects.bulk_create([read], ignore_conflicts=True)


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
