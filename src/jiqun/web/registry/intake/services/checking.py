"""Checking a workbook: read it, find its records, compare them with what is stored; nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction

from jiqun.base.errors import InputError, Problem
from jiqun.snapshot.engines import no_garbage_collection
from jiqun.web.accounts.scope import Scope, scope_for
from jiqun.web.common.pack import current_pack
from jiqun.web.registry.intake import files
from jiqun.web.registry.intake.kinds import Kind, Records, find
from jiqun.web.registry.intake.kinds.base import Identity
from jiqun.web.registry.intake.models import Upload, UploadState
from jiqun.web.registry.intake.plan import Plan, compare, digest, write_plan
from jiqun.workbook import SheetReading, read_workbook, write_marked

Progress = Callable[[int, int, str], None]
CHANGED = "核对之后，台账中的有关记录有变动；已按最新数据重新核对，请再看一遍后确认"


@dataclass
class Checked:
    """What a workbook would do."""

    plan: Plan = field(default_factory=Plan)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    wrong: set[tuple[str | None, int | None]] = field(default_factory=set)
    notices: list[str] = field(default_factory=list)
    base: str = ""

    def report(self, problem: Problem) -> None:
        """Note a fault; beyond the limit it is only counted."""
        self.problem_count += 1
        self.wrong.add((problem.place.file, problem.place.row))
        if len(self.problems) < files.LIMITS.problems:
            self.problems.append(problem)

    @property
    def counts(self) -> dict[str, int]:
        """For the page and the audit."""
        return {**self.plan.counts, "wrong": len(self.wrong), "problems": self.problem_count}


def check(*, upload: Upload, progress: Progress, message: str = "") -> Upload:
    """Check an upload and keep the outcome: ready, wrong (with a marked copy) or refused. May be run again."""
    if upload.state != UploadState.CHECKING:
        return upload
    scope = scope_for(upload.actor)
    kind = find(current_pack(), upload.what, role=scope.role)
    try:
        if kind is None or not scope.may_write:
            raise InputError([Problem("您现在不能导入这项内容", mend="请联系管理员核对账号的角色")], "没有导入")
        with no_garbage_collection():  # a hundred thousand rows are looked through again and again otherwise
            found = examine(kind=kind, scope=scope, upload=upload, progress=progress)
    except InputError as error:
        return _keep(upload, UploadState.REFUSED, message="\n".join(str(p) for p in error.problems[:20]))
    found.problems.sort(key=lambda p: (p.place.file or "", p.place.row or 0, p.place.column or 0))
    files.write_problems(upload, found.problems)
    upload.counts, upload.notices, upload.base = found.counts, found.notices, found.base
    if found.problem_count:
        progress(9, 10, "正在标注出错的单元格")
        marked = write_marked(upload.original, found.problems, upload.marked_copy, name=upload.name)
        upload.marked = marked.note
        return _keep(upload, UploadState.WRONG, message=message)
    write_plan(upload.plan, found.plan)
    return _keep(upload, UploadState.READY, message=message)


def examine(*, kind: Kind, scope: Scope, upload: Upload, progress: Progress) -> Checked:
    """Read and compare; InputError where the file as a whole is refused."""
    progress(0, 10, "正在读取文件")
    sheet = kind.sheet(scope, reading=True)
    reading = read_workbook(upload.original, [sheet], files.LIMITS, name=upload.name)
    found = Checked(problems=list(reading.problems), problem_count=reading.problem_count, notices=list(reading.notices))
    found.wrong = {(p.place.file, p.place.row) for p in reading.problems}
    _refuse_other_template(reading.marks, kind)
    rows = reading.sheets[sheet.name]
    progress(5, 10, f"正在核对 {len(rows):,} 行")
    records = _distinct(rows, kind.records(rows, scope, found.report), found)
    progress(7, 10, "正在与台账比较")
    existing = kind.existing(records.identity)
    plan = found.plan = compare(kind, records, existing, rows, kind.extra(scope, "").get("state", ""))
    for index, change in list(plan.changed.items()):
        if refusal := kind.refusal(existing[change.identity], scope):
            place = rows.cell(records.at[index], records.column[index])
            found.report(Problem(refusal, place, change.changes[0][2]))
            plan.action[index] = "refused"
            del plan.changed[index]
    found.base = digest({change.identity: existing[change.identity] for change in plan.changed.values()})
    if not rows.row:
        raise InputError([Problem("表里没有数据行", mend="请在表头下方填写数据")], "没有数据")
    return found


def _distinct(rows: SheetReading, records: Records, found: Checked) -> Records:
    """One record an identity; a second one in the file is a fault."""
    if len(set(records.identity)) == len(records):
        return records
    first: dict[Identity, int] = {}
    dropped = set()
    for index, (identity, at) in enumerate(zip(records.identity, records.at, strict=True)):
        earlier = first.setdefault(identity, at)
        if earlier != at:
            message = f"与第 {rows.row[earlier]} 行重复：{records.label[index]}"
            found.report(Problem(message, rows.cell(at, records.column[index]), mend="请只保留一行"))
            dropped.add(index)
    return records.without(dropped)


def _refuse_other_template(marks: dict[str, tuple[str, str]], kind: Kind) -> None:
    """A template of something else, which might fit by chance."""
    ids = {id_ for id_, _ in marks.values()}
    if ids and kind.key not in ids:
        raise InputError(
            [
                Problem(
                    "这是另一项内容的模板",
                    found="、".join(marks),
                    mend=f"请下载“{kind.title}”的模板，或到对应的内容里上传",
                )
            ],
            "文件不能读取",
        )


def _keep(upload: Upload, state: UploadState, *, message: str) -> Upload:
    upload.state, upload.message = state, message
    with transaction.atomic():
        fresh = Upload.objects.select_for_update().get(pk=upload.pk)
        if fresh.state == UploadState.CHECKING:
            upload.save(update_fields=["state", "message", "counts", "notices", "base", "marked"])
    return upload
