"""Upload: one workbook that somebody brought, what was found in it, and what became of it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q


class UploadState(models.TextChoices):
    """Where an upload stands."""

    CHECKING = "checking", "正在核对"
    WRONG = "wrong", "有错误"
    READY = "ready", "待确认"
    LOADING = "loading", "正在载入"
    LOADED = "loaded", "已载入"
    REFUSED = "refused", "不能读取"
    DROPPED = "dropped", "已放弃"


WORKING = frozenset({UploadState.CHECKING, UploadState.LOADING})
ENDED = frozenset({UploadState.LOADED, UploadState.REFUSED, UploadState.DROPPED})


class Upload(models.Model):
    """A workbook, its check and its load; the files lie in a folder with a random name."""

    what = models.CharField("内容", max_length=160)
    """The key of a kind (see `kinds`)."""
    title = models.CharField("内容名称", max_length=160)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name="单位")
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField("摘要", max_length=64)
    folder = models.CharField(max_length=40, unique=True)
    state = models.CharField("状态", max_length=8, choices=UploadState, default=UploadState.CHECKING)
    counts = models.JSONField("计数", default=dict)
    """new, changed, unchanged, wrong (rows), problems."""
    notices = models.JSONField("说明", default=list)
    message = models.TextField("情况", blank=True)
    marked = models.CharField("标注说明", max_length=200, blank=True)
    """How the marked copy was made; empty where there is none."""
    base = models.CharField(max_length=64, blank=True)
    """The digest of the records that the preview compared with: another one at loading means somebody changed them."""
    job = models.BigIntegerField("任务", null=True, blank=True)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    loaded_at = models.DateTimeField("载入时间", null=True, blank=True)
    files_removed = models.BooleanField("文件已清理", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "导入"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=UploadState.values), name="upload_state_known"),
            models.CheckConstraint(
                condition=Q(state="loaded", loaded_at__isnull=False) | (~Q(state="loaded") & Q(loaded_at__isnull=True)),
                name="upload_loaded_when",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="upload_of_organisation")]

    def __str__(self) -> str:
        return f"{self.title}：{self.name}"

    @property
    def path(self) -> Path:
        """The folder of its files."""
        return Path(settings.HOME) / "media" / "intake" / self.folder

    @property
    def original(self) -> Path:
        """The workbook as it came."""
        return self.path / f"original{Path(self.name).suffix.lower()}"

    @property
    def plan(self) -> Path:
        """What would be written, line by line; kept as the record of what was changed."""
        return self.path / "plan.parquet"

    @property
    def problems(self) -> Path:
        """The faults that were found."""
        return self.path / "problems.json"

    @property
    def marked_copy(self) -> Path:
        """The workbook with its faults marked."""
        return self.path / "marked.xlsx"

    @property
    def base_key(self) -> str:
        """The key of the kind without its period."""
        return self.what.rsplit("/", 1)[0] if self.what.startswith("figures/") else self.what

    @property
    def period(self) -> str:
        """The period of figures; empty for other kinds."""
        return self.what.rsplit("/", 1)[1] if self.what.startswith("figures/") else ""

    @property
    def is_working(self) -> bool:
        """Whether a job is at it."""
        return self.state in WORKING
