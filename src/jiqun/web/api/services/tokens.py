"""Tokens: shown once, kept as a digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts.models import User
from jiqun.web.api.models import Permission, Token
from jiqun.web.common import audit

MARK = "jq_"
LONGEST_DAYS = 366
MOST = 20
"""Tokens in force that one person may have."""
USED_EVERY = timedelta(minutes=10)
"""How exactly the last use is known: a write for every call would be too many."""


@transaction.atomic
def create_token(
    *, owner: User, name: str, permissions: Sequence[str], days: int, now: datetime | None = None
) -> tuple[Token, str]:
    """A new token and its text, which is never shown again; InputError where something is out of bounds."""
    now = now or timezone.now()
    problems = []
    if not name.strip():
        problems.append(Problem("没有名称", mend="请写明由什么程序使用"))
    unknown = [p for p in permissions if p not in Permission.values]
    if unknown or not permissions:
        problems.append(
            Problem("权限不对", found="、".join(unknown) or None, mend=f"请从 {'、'.join(Permission.values)} 中选择")
        )
    if not 1 <= days <= LONGEST_DAYS:
        problems.append(Problem("有效天数不对", found=str(days), mend=f"请写 1 到 {LONGEST_DAYS} 之间的天数"))
    if Token.objects.filter(owner=owner, revoked_at__isnull=True, expires_at__gt=now).count() >= MOST:
        problems.append(Problem(f"有效的令牌已有 {MOST} 个", mend="请先收回不用的令牌"))
    if problems:
        raise InputError(problems, "令牌未创建")
    text = MARK + secrets.token_urlsafe(32)
    token = Token.objects.create(
        owner=owner, name=name.strip()[:60], prefix=text[:11], digest=_digest(text), permissions=sorted(set(permissions)),
        expires_at=now + timedelta(days=days),
    )  # fmt: skip
    after = {"name": token.name, "permissions": token.permissions, "expires_at": token.expires_at.isoformat()}
    audit.record(actor=owner, action="创建接口令牌", instance=token, after=after)
    return token, text


@transaction.atomic
def revoke_token(*, actor: User, token: Token, now: datetime | None = None) -> None:
    """Take a token back at once; twice does no harm."""
    changed = Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now or timezone.now())
    if changed:
        audit.record(actor=actor, action="收回接口令牌", instance=token)


def find_token(text: str, now: datetime | None = None) -> Token | None:
    """The token in force that a text is; None for any other text. Notes the use now and then."""
    now = now or timezone.now()
    if not text.startswith(MARK) or len(text) > 100:
        return None
    token = Token.objects.select_related("owner__organisation").filter(prefix=text[:11]).first()
    if token is None or not hmac.compare_digest(token.digest, _digest(text)):
        return None
    if token.revoked_at is not None or token.expires_at <= now or not token.owner.is_active:
        return None
    if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _digest(text: str) -> str:
    # The text has 256 random bits: a plain hash cannot be guessed back.
    return hashlib.sha256(text.encode()).hexdigest()
