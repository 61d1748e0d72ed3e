"""Inviting people: a link that works once and for a while, and of which only a digest is kept."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import timedelta
from smtplib import SMTPException

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from jiqun.base.errors import InputError, Problem, Problems
from jiqun.web.accounts import services
from jiqun.web.accounts.models import Organisation, Role, User
from jiqun.web.accounts.people.models import Invitation
from jiqun.web.common import audit
from jiqun.web.common.pack import current_pack

logger = logging.getLogger(__name__)
VALID_FOR = timedelta(days=7)


def digest_of(token: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *, actor: User, organisation: Organisation, role: Role, full_name: str, email: str, site: str
) -> tuple[Invitation, str]:
    """Invite a person; the invitation and its link, which is shown this once and mailed where an address is given."""
    problems = Problems()
    services.check_role(problems, role, organisation)
    if not organisation.is_active:
        problems.add("机构已停用", found=organisation.name, mend="请先启用机构")
    if email.strip():
        try:
            validate_email(email.strip())
        except ValidationError:
            problems.add("电子邮箱格式不对", found=email)
    problems.raise_if_any("未发出邀请")
    token = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        organisation=organisation, role=role, full_name=full_name.strip()[:60], email=email.strip(),
        digest=digest_of(token), invited_by=actor, expires_at=timezone.now() + VALID_FOR,
    )  # fmt: skip
    audit.record(actor=actor, action="发出邀请", instance=made, after=_state(made))
    return made, _send(made, token, site)


@transaction.atomic
def resend(*, actor: User, invitation: Invitation, site: str) -> tuple[Invitation, str]:
    """Make a new link; the old one stops working."""
    fresh = _locked(invitation)
    if fresh.accepted_at or fresh.revoked_at:
        raise InputError([Problem("邀请已不能重发", found=fresh.state, mend="请重新邀请")], "未重发邀请")
    token, before = secrets.token_urlsafe(32), _state(fresh)
    fresh.digest, fresh.expires_at = digest_of(token), timezone.now() + VALID_FOR
    fresh.save(update_fields=["digest", "expires_at"])
    audit.record(actor=actor, action="重发邀请", instance=fresh, before=before, after=_state(fresh))
    return fresh, _send(fresh, token, site)


@transaction.atomic
def revoke(*, actor: User, invitation: Invitation) -> None:
    """Make the link stop working."""
    fresh = _locked(invitation)
    if fresh.accepted_at:
        raise InputError([Problem("邀请已被接受，不能撤销", mend="如需收回，请停用该账号")], "未撤销邀请")
    before = _state(fresh)
    fresh.revoked_at = fresh.revoked_at or timezone.now()
    fresh.save(update_fields=["revoked_at"])
    audit.record(actor=actor, action="撤销邀请", instance=fresh, before=before, after=_state(fresh))


@transaction.atomic
def accept(*, invitation: Invitation, username: str, full_name: str, password: str, again: str) -> User:
    """Make the account; two who use one link at a time: one wins, the other is told."""
    fresh = _locked(invitation)
    problems = Problems()
    if not fresh.is_open or not fresh.organisation.is_active:
        problems.add("邀请链接已失效", found=fresh.state, mend="请联系邀请人重新发送")
    if not full_name.strip():
        problems.add("请填写姓名")
    if password != again:
        problems.add("两次输入的密码不一致")
    problems.raise_if_any("账号未建立")
    user = services.create_account(
        actor=None, username=username, password=password, role=Role(fresh.role), organisation=fresh.organisation,
        full_name=full_name.strip()[:60], email=fresh.email,
    )  # fmt: skip
    before = _state(fresh)
    fresh.accepted_at, fresh.user = timezone.now(), user
    fresh.save(update_fields=["accepted_at", "user"])
    audit.record(actor=user, action="接受邀请", instance=fresh, before=before, after=_state(fresh))
    return user


def _locked(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)


def _state(invitation: Invitation) -> dict[str, object]:
    return {key: value for key, value in audit.state_of(invitation).items() if key != "digest"}


def _send(invitation: Invitation, token: str, site: str) -> str:
    link = f"{site}{reverse('people:join', args=[token])}"
    if invitation.email:
        transaction.on_commit(lambda: _mail(invitation, link))
    return link


def _mail(invitation: Invitation, link: str) -> None:
    programme = current_pack().programme
    title = programme.site_title or programme.title
    text = (
        f"{invitation.full_name or '您好'}：\n\n{invitation.invited_by} 邀请您以“{invitation.get_role_display()}”身份"
        f"（{invitation.organisation}）使用{title}。\n请在 {timezone.localtime(invitation.expires_at):%Y-%m-%d %H:%M} "
        f"前打开下面的链接，设置登录名和密码。链接只能使用一次，请勿转发。\n\n{link}\n\n{title}"
    )
    try:
        send_mail(f"【{title}】账号邀请", text, None, [invitation.email])
    except (SMTPException, OSError):
        logger.exception("invitation %s was not mailed", invitation.pk)
