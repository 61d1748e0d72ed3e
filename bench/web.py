"""The site with a million firms under twenty users: lists, search, firm profiles, the targets board, policies of a firm.

    uv run python -m bench.web [--firms 1000000] [--facts FOLDER] [--work FOLDER] [--postgresql URL] [--seconds 30]

Both databases hold the same snapshot (made-up firms, published as of 2026-09-30); SQLite lies in the work folder,
PostgreSQL is a server of the bench's own unless an address is given. A work folder or an address that was filled
before is used as it is. The site is started as `jiqun serve` starts it, with its worker. Half of the users are of the
city, half of counties; they sign in by the form and then ask without a pause for pages that vary: filters, orders,
pages further on, names, pinyin, initials and codes, firms at random. Server time is measured around the WSGI
application, which holds everything but waiting for a free thread; computing is the processor's share of it; wall time
is what the client sees, who shares the processors. Prints Markdown and writes it into docs/benchmarks.md between the marks of this script.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from bench._report import ROOT, machine, publish, row

PACK = ROOT / "programmes" / "shijiazhuang-2025"
AS_OF, PASSWORD, PORT = "2026-09-30", "Bench-2026-bench", 8765
KINDS = {
    "list": "list of firms",
    "search": "search",
    "profile": "firm profile",
    "board": "targets board",
    "policies": "a firm and its policies",
}
FOUR = {"list": 35, "search": 25, "profile": 25, "board": 15}
MIXES = {"": FOUR, ", with policies": {**FOUR, "policies": 4}}
"""Shares of the requests of a run; the second shows what a page that computes does to its neighbours."""
POSTGRESQL = ("shared_buffers=2GB", "effective_cache_size=8GB", "maintenance_work_mem=512MB", "max_wal_size=8GB")
"""What `jiqun.web.config.environment` asks of a server for so many firms."""
_AFTER = re.compile(rb"[?&;]after=([\w%.-]+)")
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


# The site: filled, peopled, started


def environment(home: Path, url: str) -> dict[str, str]:
    """Of every process of the site."""
    own = {"JIQUN_HOME": str(home), "JIQUN_PACK": str(PACK), "JIQUN_SECRET_KEY": "bench", "JIQUN_DEBUG": "0",
           "JIQUN_HTTPS": "0", "DATABASE_URL": url, "JIQUN_LOG_LEVEL": "ERROR",
           "DJANGO_SETTINGS_MODULE": "jiqun.web.config.settings"}  # fmt: skip
    return os.environ | own


def child(name: str, home: Path, url: str, *arguments: str) -> Any:
    """What a process of its own answers as JSON in its last line."""
    command = [sys.executable, "-m", "bench.web", "--child", name, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT, env=environment(home, url))
    return json.loads(done.stdout.splitlines()[-1])


def fill_sqlite(home: Path, facts: Path) -> None:
    """Load and publish, unless that was done."""
    if not (home / "results").is_dir():
        command = [sys.executable, "-m", "jiqun.commands.load", str(facts), "--as-of", AS_OF]
        subprocess.run(command, check=True, cwd=ROOT, env=environment(home, ""), stdout=sys.stderr)


def child_fill(home: str) -> bool:
    """The snapshot that SQLite's publication cites into the other database, with the same publication."""
    from jiqun.commands.serve import prepare_database

    prepare_database()
    from jiqun.web.common.pack import current_pack
    from jiqun.web.registry.bulk.load import Limits, load_snapshot
    from jiqun.web.registry.bulk.session import Database
    from jiqun.web.registry.models import Publication

    if Publication.objects.exists():
        return False
    with sqlite3.connect(f"file:{home}/jiqun.sqlite3?mode=ro", uri=True) as database:
        database.row_factory = sqlite3.Row
        kept = dict(database.execute("SELECT * FROM registry_publication WHERE is_current").fetchone())
    load_snapshot(
        database=Database.of_site(), snapshot=Path(home) / kept["snapshot_folder"],
        vocabulary=current_pack().vocabulary, limits=Limits.of_models(),
    )  # fmt: skip
    names = ("as_of", "pack_id", "pack_version", "snapshot_id", "snapshot_folder", "results_folder", "is_current",
             "is_demo", "note")  # fmt: skip
    Publication.objects.create(**{name: kept[name] for name in names})
    return True


def child_people(users: int) -> dict[str, Any]:
    """Accounts, half of the city and half of the counties with most firms; and what they may ask for."""
    from jiqun.commands.serve import prepare_site

    prepare_site()
    from django.db.models import Count

    from jiqun.web.accounts.models import Organisation, OrganisationKind, Role, User
    from jiqun.web.accounts.services import create_account, create_organisation
    from jiqun.web.registry.models import Observation, Party, Place

    counties = list(
        Place.objects.exclude(kind__in=["city", "zone"]).annotate(n=Count("parties")).order_by("-n", "code")
    )
    people = []
    for i in range(users):
        name, county = f"bench-{i}", counties[(i // 2) % len(counties)] if i % 2 else None
        role, kind = (Role.COUNTY, OrganisationKind.COUNTY) if county else (Role.CITY, OrganisationKind.CITY)
        if not User.objects.filter(username=name).exists():
            label = f"基准·{county.name if county else '市级'}"
            office = Organisation.objects.filter(name=label).first() or create_organisation(
                actor=None, name=label, kind=kind, place=county, is_demo=True
            )
            create_account(actor=None, username=name, password=PASSWORD, role=role, organisation=office, is_demo=True)
        people.append({"name": name, "county": county.code if county else ""})
    last = Party.objects.order_by("-pk").values_list("pk", flat=True)[0]
    chance = random.Random(7)
    firms = Party.objects.filter(pk__in=chance.sample(range(1, last + 1), min(last, 3000)), kind="enterprise")
    rows = list(firms.values_list("uscc", "name", "county__code", "cluster__code", "industry"))
    for county in counties[: users // 2]:
        own = list(county.parties.filter(kind="enterprise").values_list("pk", flat=True))
        some = Party.objects.filter(pk__in=chance.sample(own, min(len(own), 300)))
        rows += some.values_list("uscc", "name", "county__code", "cluster__code", "industry")
    counted = {"firms": Party.objects.count(), "observations": Observation.objects.count()}
    return {"people": people, "firms": rows, "counted": counted}


def child_serve(workers: str, threads: str) -> None:
    """The site, until it is told to stop."""
    from jiqun.commands.serve import run

    run(
        host="127.0.0.1",
        port=PORT,
        workers=int(workers),
        threads=int(threads),
        application="bench._timed_site:application",
    )


@contextmanager
def serving(home: Path, url: str, workers: int, threads: int) -> Iterator[None]:
    """The site for the length of a block."""
    command = [sys.executable, "-m", "bench.web", "--child", "serve", str(workers), str(threads)]
    with (home / "serve.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(home, url), stdout=log, stderr=log)
    try:
        _wait()
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _wait() -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the site did not start")


# The users


class Asked(NamedTuple):
    """One request, in milliseconds."""

    kind: str
    path: str
    server: float
    computing: float
    wall: float
    status: int


@dataclass
class Visitor:
    """One user with a session, who asks for one page after the other."""

    name: str
    county: str
    firms: list[list[Any]]
    chance: random.Random
    mix: Mapping[str, int]
    times: list[Asked] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)
    after: str = ""
    connection: http.client.HTTPConnection = field(
        default_factory=lambda: http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    )

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, list[float], bytes]:
        """Status, server and computing time, body."""
        headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        body = None
        if form is not None:
            body = urlencode(form)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://127.0.0.1:{PORT}/"}
        self.connection.request("POST" if form else "GET", path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            key, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[key] = value
        timing = re.findall(r"dur=([\d.]+)", answer.headers.get("Server-Timing", ""))
        return answer.status, [float(text) for text in timing], text

    def sign_in(self) -> None:
        """By the form."""
        _, _, page = self.ask("/accounts/login/")
        token = _TOKEN.search(page)
        assert token is not None, page[:500]
        form = {"csrfmiddlewaretoken": token[1].decode(), "login": self.name, "password": PASSWORD}
        status, _, page = self.ask("/accounts/login/", form)
        assert status == 302, page[:3000].decode()

    def work(self, until: float) -> None:
        """Ask without a pause."""
        while time.monotonic() < until:
            kind = self.chance.choices(list(self.mix), list(self.mix.values()))[0]
            path, headers = getattr(self, f"_{kind}")()
            start = time.perf_counter()
            status, timing, page = self.ask(path, **headers)
            self.times.append(Asked(kind, path, *timing, (time.perf_counter() - start) * 1000, status))
            found = _AFTER.search(page) if kind == "list" else None
            self.after = found[1].decode() if found else ""

    def _firm(self) -> list[Any]:
        return self.chance.choice(self.firms)

    def _list(self) -> tuple[str, dict[str, str]]:
        """A list as officials narrow it, or the next page of the one just seen."""
        if self.after and self.chance.random() < 0.5:
            return f"{self._last}{'&' if '?' in self._last else '?'}after={self.after}", {}
        uscc, name, county, cluster, industry = self._firm()
        asked: list[dict[str, str]] = [
            {}, {"sort": "name"}, {"sort": "-founded_on"}, {"f-county": county or ""}, {"f-cluster": cluster or ""},
            {"f-industry": (industry or "C")[:3]}, {"f-size_class": "大型", "f-above_size": "1"}, {"f-uscc": uscc[:8]},
            {"f-founded_on-from": "2018-01-01", "f-founded_on-to": "2019-12-31"}, {"q": name[2:6]},
            {"f-county": county or "", "f-above_size": "1", "sort": "-founded_on"},
        ]  # fmt: skip
        path = "/registry/lists/enterprises/"
        chosen = {k: v for k, v in self.chance.choice(asked).items() if v}
        if self.chance.random() < 0.25:
            path, chosen = (
                "/firms/",
                self.chance.choice([{}, {"county": county or ""}, {"q": name[2:6]}, {"page": "20"}]),
            )
        self._last = path + (f"?{urlencode(chosen)}" if chosen else "")
        return self._last, {}

    def _search(self) -> tuple[str, dict[str, str]]:
        """By name, pinyin, initials or code: the page, or suggestions while typing."""
        from jiqun.web.registry.search.tokens import fold, syllables

        uscc, name, *_ = self._firm()
        read = syllables(fold(name))
        start = self.chance.choice([0, 2, 3])
        text = self.chance.choice([
            name[start : start + self.chance.randint(2, 5)], name, "".join(read[start : start + 3]),
            "".join(s[0] for s in read[start : start + self.chance.randint(3, 6)]), uscc[: self.chance.randint(6, 17)],
        ])  # fmt: skip
        return f"/registry/search/?q={quote(text)}", self.chance.choice([{}, {"HX-Request": "true"}])

    def _profile(self) -> tuple[str, dict[str, str]]:
        return f"/registry/parties/{self._firm()[0]}/", {}

    def _policies(self) -> tuple[str, dict[str, str]]:
        return f"/firms/{self._firm()[0]}/", {}

    def _board(self) -> tuple[str, dict[str, str]]:
        county = self.county or (self._firm()[2] or "")
        asked = [{}, {"sort": "gap"}, {"sort": "chance"}, {"county": county}, {"state": "滞后"}, {"kind": "count"}]
        chosen = {k: v for k, v in self.chance.choice(asked).items() if v}
        return "/board/" + (f"?{urlencode(chosen)}" if chosen else ""), {}


def drive(pool: dict[str, Any], mix: Mapping[str, int], seconds: float) -> list[Asked]:
    """All users at once; the first quarter warms the processes up and is not counted."""
    firms = pool["firms"]
    visitors = [
        Visitor(p["name"], p["county"], [f for f in firms if p["county"] in ("", f[2])], random.Random(i), mix)
        for i, p in enumerate(pool["people"])
    ]
    for visitor in visitors:
        visitor.sign_in()
    for length in (seconds / 3, seconds):
        for visitor in visitors:
            visitor.times.clear()
        end = time.monotonic() + length
        threads = [threading.Thread(target=visitor.work, args=(end,)) for visitor in visitors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = [each for visitor in visitors for each in visitor.times]
    wrong = [each for each in found if each.status not in (200, 302)]
    assert not wrong, wrong[:5]
    return found


# The report


def p(values: list[float], share: int) -> float:
    """A percentile."""
    return statistics.quantiles(values, n=100)[share - 1] if len(values) > 1 else values[0]


def lines_of(title: str, times: list[Asked]) -> list[str]:
    """The table's rows of one database."""
    lines = []
    for kind, label in KINDS.items():
        own = [each for each in times if each.kind == kind]
        if not own:
            continue
        computing = f"{statistics.median(each.computing for each in own):.0f} ms"
        figures = [
            f"{p(values, share):.0f} ms"
            for values in ([each.server for each in own], [each.wall for each in own])
            for share in (50, 95)
        ]
        lines.append(row(title, label, f"{len(own):,}", computing, *figures))
    return lines


def slowest(times: list[Asked], most: int = 20) -> Iterator[str]:
    """The kinds of address that took longest and the single ones, for whoever mends them."""
    groups: dict[str, list[float]] = defaultdict(list)
    for each in times:
        address, _, query = each.path.partition("?")
        names = ",".join(sorted({name.partition("=")[0] for name in query.split("&")}))
        groups[f"{each.kind} {address if each.kind == 'list' else ''} {names}"].append(each.server)
    for name, values in sorted(groups.items(), key=lambda item: -p(item[1], 95))[:most]:
        yield f"{p(values, 50):7.1f} {p(values, 95):7.1f} ms {len(values):6,} {name}"
    for each in sorted(times, key=lambda each: -each.server)[:most]:
        yield f"{each.server:7.1f} ms, computing {each.computing:7.1f} ms {each.path}"


CHILDREN = {"fill": child_fill, "people": lambda users: child_people(int(users)), "serve": child_serve}


def main() -> None:
    """Fill, serve, drive and report."""
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(CHILDREN[sys.argv[2]](*sys.argv[3:])))
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--firms", type=int, default=1_000_000)
    parser.add_argument("--facts", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--postgresql", default="", help="address of a server to use")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--dry", action="store_true", help="print only")
    given = parser.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="jiqun-bench-"))
    try:
        lines = measure(given, work)
    finally:
        if given.work is None:
            shutil.rmtree(work)
    print("\n".join(lines))
    if not given.dry:
        publish("bench/web.py", lines)


def measure(given: argparse.Namespace, work: Path) -> list[str]:
    """The report."""
    from jiqun.web.config.private_postgresql import private_postgresql

    home, facts = work / "sqlite", given.facts or work / "facts"
    home.mkdir(parents=True, exist_ok=True)
    if not facts.is_dir() and not (home / "results").is_dir():
        command = [sys.executable, "-m", "jiqun.commands.sample", "--firms", str(given.firms), "--out", str(facts)]
        subprocess.run([*command, "--pack", str(PACK)], check=True, cwd=ROOT, stdout=sys.stderr)
    fill_sqlite(home, facts)
    server: Any = nullcontext()
    if given.only != "sqlite" and not given.postgresql:
        server = private_postgresql(durable=True, settings=POSTGRESQL)
    rows, counted = [], {}
    with server as running:
        urls = {"SQLite": "", "PostgreSQL": given.postgresql or getattr(running, "url", "")}
        for title, url in urls.items():
            if given.only in (None, title.lower()):
                if url:
                    child("fill", home, url, str(home))
                pool = child("people", home, url, str(given.users))
                with serving(home, url, given.workers, given.threads):
                    for mark, mix in MIXES.items():
                        times = drive(pool, mix, given.seconds)
                        print("\n".join([title + mark, *slowest(times)]), file=sys.stderr)
                        rows += lines_of(title + mark, times)
                counted = pool["counted"]
    return [
        f"{counted['firms']:,} firms and other bodies, {counted['observations']:,} observations; {given.users} users "
        f"asking without a pause for {given.seconds:.0f} s; {given.workers} processes of {given.threads} threads; "
        f"the users run on the same {machine()}.", "",
        row("database", "page", "requests", "computing p50", "server p50", "server p95", "wall p50", "wall p95"),
        row("---", "---", *["---:"] * 6), *rows,
    ]  # fmt: skip


if __name__ == "__main__":
    main()
