"""A firm workbook of 100,000 rows: checked and loaded here, and by django-import-export.

    uv run --with django-import-export --with "tablib[xlsx]" python -m bench.import [--rows 100000] [--repeat 3] [--no-peer]

Both read the same file into a database of their own (SQLite, the same tables and indexes), each in a process of its own;
the database is emptied before each repeat. Times are medians, memory is the process's peak. Prints Markdown and writes
it into docs/benchmarks.md between the marks of this script.

django-import-export does what its manual recommends for bulk: `use_bulk`, `skip_diff`, no HTML, no row instances kept,
a cached instance loader, cached foreign keys, no model cleaning; it checks codes by the same function. It is timed for
one pass (validating as it writes); its own preview would be a second one.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench._report import ROOT, machine, publish, row

HEADER = ("统一社会信用代码", "名称", "类型", "县（市、区）", "集群", "行业", "成立日期", "企业规模", "规上")
PLACES, CLUSTERS = 24, 107


def make_workbook(path: Path, rows: int) -> None:
    """An ordinary .xlsx, texts shared as Excel writes them, one firm a row."""
    import xlsxwriter

    from jiqun.base.codes import uscc_check_digit

    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("企业名录")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(0, 0, HEADER)
        for i in range(rows):
            first = f"91990100MA{i:07d}"
            size = ("大型", "中型", "小型", "微型")[i % 4]
            page.write_row(i + 1, 0, (first + uscc_check_digit(first), f"示例市第{i}机械制造有限公司", "企业"))
            page.write_row(i + 1, 3, (f"{i % PLACES}号县", f"{i % CLUSTERS}号集群", f"C{3311 + i % 80}"))
            page.write_datetime(i + 1, 6, date(2000, 1, 1) + timedelta(days=i % 9000), day)
            page.write_row(i + 1, 7, (size, "是" if i % 3 else "否"))


def set_up(home: str) -> Any:
    """Django on a fresh SQLite database with places, clusters and one official."""
    os.environ |= {
        "JIQUN_HOME": home, "JIQUN_SECRET_KEY": "bench", "JIQUN_DEBUG": "0", "DATABASE_URL": "", "JIQUN_LOG_LEVEL": "ERROR",
        "JIQUN_PACK": str(ROOT / "tests" / "web" / "pack"), "DJANGO_SETTINGS_MODULE": "jiqun.web.config.settings",
    }  # fmt: skip
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from jiqun.web.accounts.models import Organisation, User
    from jiqun.web.registry.models import Cluster, Place

    for i in range(PLACES):
        Place.objects.create(code=f"99{i:04d}", name=f"{i}号县", kind="county")
    for i in range(CLUSTERS):
        Cluster.objects.create(code=f"c{i}", name=f"{i}号集群")
    office = Organisation.objects.create(name="市局", kind="city")
    return User.objects.create_user("city", password=None, role="city", organisation=office)


def child_ours(home: str, workbook: str) -> dict[str, Any]:
    """Upload → check with preview → confirm → load, as the site's jobs do it."""
    actor = set_up(home)
    from django.core.files.base import File

    from jiqun.web.registry.intake import files
    from jiqun.web.registry.intake.models import Upload
    from jiqun.web.registry.intake.services import check, index_names, load
    from jiqun.web.registry.models import Party

    start, worked = time.perf_counter(), time.process_time()
    with Path(workbook).open("rb") as stream:
        folder, sha256, size = files.store(File(stream, name="企业.xlsx"))
    upload = Upload.objects.create(
        what="parties", title="企业名录", actor=actor, organisation=actor.organisation, name="企业.xlsx", size=size,
        sha256=sha256, folder=folder,
    )  # fmt: skip
    upload = check(upload=upload, progress=silent)
    checked = time.perf_counter()
    Upload.objects.filter(pk=upload.pk, state="ready").update(state="loading")
    upload.refresh_from_db()
    upload = load(upload=upload, progress=silent)
    loaded, worked = time.perf_counter(), time.process_time() - worked
    assert upload.state == "loaded", (upload.state, upload.message, files.read_problems(upload)[:3])
    index_names(upload=upload, progress=silent)
    found = time.perf_counter() - loaded
    times = {"check": checked - start, "load": loaded - checked, "total": loaded - start, "cpu": worked, "index": found}
    return {**times, "rows": Party.objects.count()}


def silent(done: int, total: int | None = None, words: str = "") -> None:
    """Progress that nobody looks at."""


def child_peer(home: str, workbook: str) -> dict[str, Any]:
    """django-import-export at its best."""
    set_up(home)
    import tablib
    from import_export import fields, resources, widgets
    from import_export.instance_loaders import CachedInstanceLoader

    from jiqun.base.codes import uscc_problem
    from jiqun.web.registry.models import Cluster, Party, Place

    class Code(widgets.CharWidget):
        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
            if problem := uscc_problem(str(value)):
                raise ValueError(problem)
            return value

    class Named(widgets.Widget):
        """A foreign key by name, from a dictionary filled once."""

        def __init__(self, model: Any) -> None:
            super().__init__()
            self.known = {o.name: o for o in model.objects.all()}

        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
            if value and value not in self.known:
                raise ValueError(f"unknown: {value}")
            return self.known.get(value)

    class Word(widgets.Widget):
        def __init__(self, words: dict[str, Any]) -> None:
            super().__init__()
            self.words = words

        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
            return self.words[value]

    class Day(widgets.DateWidget):
        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
            return value.date() if hasattr(value, "date") else super().clean(value, row, **kwargs)

    class Firms(resources.ModelResource):
        uscc = fields.Field("uscc", HEADER[0], Code())
        name = fields.Field("name", HEADER[1])
        kind = fields.Field("kind", HEADER[2], Word({"企业": "enterprise"}))
        county = fields.Field("county", HEADER[3], Named(Place))
        cluster = fields.Field("cluster", HEADER[4], Named(Cluster))
        industry = fields.Field("industry", HEADER[5])
        founded_on = fields.Field("founded_on", HEADER[6], Day())
        size_class = fields.Field("size_class", HEADER[7])
        above_size = fields.Field("above_size", HEADER[8], Word({"是": True, "否": False}))

        class Meta:
            model = Party
            import_id_fields = ("uscc",)
            instance_loader_class = CachedInstanceLoader
            use_bulk = True
            batch_size = 5000
            skip_diff = True
            skip_html_diff = True
            report_skipped = False
            use_transactions = True

    start, worked = time.perf_counter(), time.process_time()
    dataset = tablib.Dataset().load(Path(workbook).read_bytes(), format="xlsx")
    read = time.perf_counter()
    result = Firms().import_data(dataset, dry_run=False, raise_errors=True)
    loaded, worked = time.perf_counter(), time.process_time() - worked
    assert not result.has_errors()
    times = {"check": read - start, "load": loaded - read, "total": loaded - start, "cpu": worked}
    return {**times, "rows": Party.objects.count()}


CHILDREN = {"ours": child_ours, "peer": child_peer}


def child(name: str, workbook: Path) -> dict[str, Any]:
    """A run in a process and a database of its own."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "bench.import", "--child", name, home, str(workbook)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def median(runs: list[dict[str, Any]], key: str) -> float:
    """Of one figure over the repeats."""
    return statistics.median(run[key] for run in runs)


def report(rows: int, size: int, ours: list[dict[str, Any]], peer: list[dict[str, Any]]) -> list[str]:
    """The lines of the report."""
    lines = [
        f"A workbook of {rows:,} firms ({size / 1e6:.1f} MB), 9 columns, into an empty registry (SQLite); {machine()}; "
        f"medians of {len(ours)}.", "",
        row("", "reading and checking", "writing", "together", "processor time", "peak memory"), row("---", *["---:"] * 5),
    ]  # fmt: skip
    for name, runs in (("jiqun (with preview)", ours), ("django-import-export", peer)):
        if runs:
            times = [f"{median(runs, key):.2f} s" for key in ("check", "load", "total", "cpu")]
            lines.append(row(name, *times, f"{median(runs, 'memory'):.2f} GB"))
    after = f"A job after the load made the new names findable by pinyin and initials in {median(ours, 'index'):.2f} s."
    lines += ["", after]
    if peer:
        ratio, work = (median(peer, key) / median(ours, key) for key in ("total", "cpu"))
        words = "(For django-import-export the first column is reading alone; it checks while writing.)"
        lines += ["", f"Ratio: {ratio:.1f} times, {work:.1f} times in processor time. {words}"]
    return lines


def main() -> None:
    """Measure and report."""
    if sys.argv[1:2] == ["--child"]:
        found = CHILDREN[sys.argv[2]](*sys.argv[3:])
        found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(json.dumps(found))
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--dry", action="store_true", help="print only")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workbook = Path(folder) / "企业.xlsx"
        make_workbook(workbook, given.rows)
        runs: dict[str, list[dict[str, Any]]] = {"ours": [], "peer": []}
        for _ in range(given.repeat):
            for name, found in runs.items():
                if name == "ours" or not given.no_peer:
                    found.append(child(name, workbook))
                    print(name, found[-1], file=sys.stderr)
        lines = report(given.rows, workbook.stat().st_size, runs["ours"], runs["peer"])
    print("\n".join(lines))
    if not given.dry:
        publish("bench/import.py", lines)


if __name__ == "__main__":
    main()
