"""Views of lists that people keep."""

from __future__ import annotations

from django.db import transaction

from jiqun.base.errors import Place, Problems
from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.registry.models import SavedView

NAME_LENGTH = 40
MANY = 100


@transaction.atomic
def save_view(*, owner: User, list_key: str, name: str, query: str, shared: bool) -> SavedView:
    """Keep a view under a name; one of the same name is replaced."""
    problems = Problems()
    if not name.strip():
        problems.add("请填写视图名称", Place(field="名称"))
    if len(name.strip()) > NAME_LENGTH:
        problems.add(f"视图名称不能超过 {NAME_LENGTH} 个字", Place(field="名称"))
    if owner.organisation is None:
        problems.add("账号没有所属机构，不能保存视图")
    elif SavedView.objects.filter(owner=owner).count() >= MANY:
        problems.add(f"最多保存 {MANY} 个视图", mend="请先删除不用的视图")
    problems.raise_if_any("视图未保存")
    assert owner.organisation is not None
    kept, _ = SavedView.objects.update_or_create(
        owner=owner, list_key=list_key, name=name.strip(),
        defaults={"query": query, "shared": shared, "organisation": owner.organisation},
    )  # fmt: skip
    audit.record(actor=owner, action="保存视图", instance=kept, after=audit.state_of(kept))
    return kept


@transaction.atomic
def drop_view(*, view: SavedView) -> None:
    """Forget a view."""
    audit.record(actor=view.owner, action="删除视图", instance=view, before=audit.state_of(view))
    view.delete()
