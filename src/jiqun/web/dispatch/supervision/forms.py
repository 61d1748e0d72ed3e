"""What is typed into the pages, read into values; rules are in the services."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts.models import Organisation


def whole(request: HttpRequest, name: str, label: str) -> int:
    """A whole number; InputError otherwise."""
    found = optional_whole(request, name, label)
    if found is None:
        raise InputError([Problem(f"请填写{label}")], "未保存")
    return found


def optional_whole(request: HttpRequest, name: str, label: str) -> int | None:
    """A whole number or nothing."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InputError([Problem(f"{label}应为整数", found=text[:20])], "未保存")
    return int(text)


def day(request: HttpRequest, name: str, label: str) -> date:
    """A day as 2026-09-30."""
    text = request.POST.get(name, "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError([Problem(f"请填写{label}", found=text[:20] or None, mend="如 2026-09-30")], "未保存") from None


def organisations(request: HttpRequest, name: str) -> QuerySet[Organisation]:
    """The active organisations chosen."""
    keys = [key for key in request.POST.getlist(name) if key.isascii() and key.isdigit() and len(key) < 10]
    return Organisation.objects.filter(pk__in=keys, is_active=True)


def files(request: HttpRequest) -> list[UploadedFile[Any]]:
    """The files sent."""
    return cast("list[UploadedFile[Any]]", request.FILES.getlist("files"))
