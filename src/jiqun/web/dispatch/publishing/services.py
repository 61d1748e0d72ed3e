"""What happens to releases: worked out, published, withdrawn, discarded."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts.models import Organisation, OrganisationKind, User
from jiqun.web.api.models import Event
from jiqun.web.api.services import emit
from jiqun.web.common import audit
from jiqun.web.dispatch.publishing.models import Release, ReleaseState
from jiqun.web.inbox.services import notify
from jiqun.web.jobs.models import Job
from jiqun.web.jobs.start import start
from jiqun.web.registry.models import Publication


@transaction.atomic
def ask_for_draft(*, actor: User, as_of: date, note: str, today: date) -> Job:
    """Have a draft worked out in the background; InputError for a day to come."""
    if as_of > today:
        mend = "请选择今天或以前的日期"
        raise InputError([Problem("基准日还没有到", found=as_of.isoformat(), mend=mend)], "未开始试算")
    params = {"as_of": as_of.isoformat(), "note": note.strip()[:500]}
    return start(kind="publishing.draft", actor=actor, title=f"试算 {as_of} 的数据", params=params)


@transaction.atomic
def keep_draft(*, actor: User | None, publication: Publication, job_id: int) -> Release:
    """Keep an evaluation as a draft of a job; the same job keeps one."""
    release, made = Release.objects.get_or_create(
        job_id=job_id, defaults={"publication": publication, "made_by": actor}
    )
    if made:
        audit.record(actor=actor, action="生成待发布数据", instance=release)
    return release


@transaction.atomic
def publish(*, actor: User, release: Release, now: datetime | None = None) -> Release:
    """Make a draft what all pages cite; counties and webhooks are told. InputError where somebody was quicker."""
    fresh = Release.objects.select_for_update().select_related("publication").get(pk=release.pk)
    _only(fresh, ReleaseState.DRAFT, "发布")
    before = audit.state_of(fresh)
    last = Release.objects.aggregate(last=Max("number"))["last"] or 0
    fresh.state, fresh.number = ReleaseState.PUBLISHED, last + 1
    fresh.published_by, fresh.published_at = actor, now or timezone.now()
    try:
        with transaction.atomic():
            fresh.save()
            _make_current(fresh.publication)
    except IntegrityError:
        raise InputError([Problem("另一次发布刚刚完成", mend="请刷新页面，确认后再发布")], "未发布") from None
    audit.record(actor=actor, action="发布数据", instance=fresh, before=before, after=audit.state_of(fresh))
    _tell(actor, fresh, f"已发布截至 {fresh.publication.as_of} 的数据（第 {fresh.number} 期）")
    return fresh


@transaction.atomic
def withdraw(*, actor: User, release: Release, reason: str) -> Release:
    """Take a published release back; the one published before it becomes current again, if there is one."""
    fresh = Release.objects.select_for_update().select_related("publication").get(pk=release.pk)
    _only(fresh, ReleaseState.PUBLISHED, "撤回")
    if not reason.strip():
        raise InputError([Problem("没有写撤回原因", mend="请说明为什么撤回")], "未撤回")
    before = audit.state_of(fresh)
    fresh.state, fresh.reason = ReleaseState.WITHDRAWN, reason.strip()[:300]
    fresh.save()
    if fresh.publication.is_current:
        former = _published_before(fresh)
        if former is None:
            raise InputError([Problem("这是唯一发布的数据，不能撤回", mend="请先发布更正后的数据")], "未撤回")
        _make_current(former)
    audit.record(
        actor=actor, action="撤回发布", instance=fresh, before=before, after=audit.state_of(fresh), note=reason
    )
    _tell(actor, fresh, f"第 {fresh.number} 期数据已撤回：{fresh.reason}")
    return fresh


@transaction.atomic
def discard(*, actor: User, release: Release) -> Release:
    """Give a draft up."""
    fresh = Release.objects.select_for_update().get(pk=release.pk)
    _only(fresh, ReleaseState.DRAFT, "放弃")
    before = audit.state_of(fresh)
    fresh.state = ReleaseState.DISCARDED
    fresh.save()
    audit.record(actor=actor, action="放弃待发布数据", instance=fresh, before=before, after=audit.state_of(fresh))
    return fresh


def _only(release: Release, state: ReleaseState, act: str) -> None:
    if release.state != state:
        found = release.get_state_display()
        raise InputError([Problem(f"不能{act}", found=found, mend="请刷新页面，看看同事做了什么")], f"未{act}")


def _make_current(publication: Publication) -> None:
    Publication.objects.filter(is_current=True).exclude(pk=publication.pk).update(is_current=False)
    Publication.objects.filter(pk=publication.pk).update(is_current=True)


def _published_before(release: Release) -> Publication | None:
    """The last release published before it, or else the last evaluation that was current before there were releases."""
    former = Release.objects.filter(state=ReleaseState.PUBLISHED, number__lt=release.number).first()
    if former is not None:
        return former.publication
    return Publication.objects.filter(release__isnull=True).order_by("-pk").first()


def _tell(actor: User, release: Release, text: str) -> None:
    counties = Organisation.objects.filter(kind=OrganisationKind.COUNTY, is_active=True)
    notify(text=text, url=reverse("publishing:release", args=[release.pk]), organisations=counties)
    told = {
        "number": release.number, "as_of": release.publication.as_of.isoformat(), "state": release.state,
        "snapshot": release.publication.snapshot_id,
    }  # fmt: skip
    emit(event=Event.PUBLISHED, payload=told, actor=actor)
