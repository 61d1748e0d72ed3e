"""DATABASE_URL read into Django's terms."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=1073741824",
    "PRAGMA journal_size_limit=67108864",
)
"""WAL lets readers go on while one writes; NORMAL is safe with it; 64 MB of cache a connection."""
POSTGRESQL_SETTINGS = {
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "random_page_cost": "1.1",
    "work_mem": "32MB",
}
"""What pages need whatever the server's own settings are: compiling a query or starting workers for it takes longer
than it runs and takes processors from the other readers; an index is as good as a scan where disks do not turn."""


def database(url: str, home: Path) -> dict[str, Any]:
    """The entry of DATABASES for a URL; an empty URL means SQLite in the data folder."""
    if not url:
        return _sqlite(home / "jiqun.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path[1:])))
    if parts.scheme in ("postgres", "postgresql"):
        options = dict(parse_qsl(parts.query))
        ours = " ".join(f"-c {name}={value}" for name, value in POSTGRESQL_SETTINGS.items())
        options["options"] = f"{ours} {options.get('options', '')}".rstrip()  # of two for one setting the last holds
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
            "PORT": str(parts.port or options.pop("port", "")),
            "OPTIONS": options,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ValueError(f"DATABASE_URL 应以 sqlite:/// 或 postgresql:// 开头，现为“{parts.scheme or url}”")


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            # A writer takes its lock at the start: no deadlock between two readers that both want to write.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": ";".join(SQLITE_PRAGMAS),
        },
        "CONN_MAX_AGE": 60,
        # A file, not memory: loading and exporting open it through another client, as in production.
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
    }
