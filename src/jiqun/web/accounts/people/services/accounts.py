"""Changing, stopping and mending accounts."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from axes.utils import reset
from django.db import transaction

from jiqun.base.errors import Problems
from jiqun.web.accounts import services
from jiqun.web.accounts.models import Organisation, Role, User
from jiqun.web.accounts.people.services.operators import keep_an_operator
from jiqun.web.accounts.people.services.sessions import end_all
from jiqun.web.common import audit


@transaction.atomic
def change_role(*, actor: User, user: User, role: Role, organisation: Organisation) -> None:
    """Give another role or organisation; nobody changes his own, and the last operator stays one."""
    problems = Problems()
    fresh = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    before = audit.state_of(fresh)
    if actor.pk == fresh.pk:
        problems.add("不能修改自己的角色或机构", mend="请由另一名管理人员修改")
    services.check_role(problems, role, organisation)
    if role != Role.OPERATOR or not organisation.is_active:
        keep_an_operator(problems, User.objects.filter(pk=fresh.pk))
    problems.raise_if_any("账号未修改")
    fresh.role, fresh.organisation = role, organisation
    fresh.save(update_fields=["role", "organisation"])
    end_all(User.objects.filter(pk=fresh.pk))
    audit.record(actor=actor, action="修改角色", instance=fresh, before=before, after=audit.state_of(fresh))


@transaction.atomic
def set_active(*, actor: User, user: User, active: bool) -> None:
    """Let an account sign in, or stop it and end its sessions; nobody stops himself, and the last operator stays."""
    if not active:
        problems = Problems()
        if actor.pk == user.pk:
            problems.add("不能停用自己的账号")
        keep_an_operator(problems, User.objects.filter(pk=user.pk))
        problems.raise_if_any("账号未停用")
        end_all(User.objects.filter(pk=user.pk))
    services.set_active(actor=actor, user=user, active=active)


@transaction.atomic
def unlock(*, actor: User, user: User) -> None:
    """Forget the failed sign-ins that locked the account."""
    count = reset(username=user.username.lower())
    audit.record(actor=actor, action="解除锁定", instance=user, note=f"清除登录失败记录 {count} 条")


@transaction.atomic
def reset_second_factor(*, actor: User, user: User) -> None:
    """Take away a lost second factor and end the sessions, so that a new one is set up at the next sign-in."""
    count, _ = Authenticator.objects.filter(user=user).delete()
    end_all(User.objects.filter(pk=user.pk))
    audit.record(actor=actor, action="重置两步验证", instance=user, note=f"删除验证方式 {count} 个")


@transaction.atomic
def end_sessions(*, actor: User, user: User) -> None:
    """Sign the person out everywhere."""
    count = end_all(User.objects.filter(pk=user.pk))
    audit.record(actor=actor, action="结束会话", instance=user, note=f"结束会话 {count} 个")
