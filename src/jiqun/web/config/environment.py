"""What the environment says: one place that reads `os.environ`, so that settings only state meanings.

| variable | meaning | default |
|---|---|---|
| JIQUN_HOME | data folder: database, snapshots, results, key, collected static files | ./var |
| JIQUN_PACK | folder of the programme's pack | the only pack under ./programmes |
| DATABASE_URL | `sqlite:///path` or `postgresql://user:password@host:port/name` | SQLite in JIQUN_HOME |
| JIQUN_DEBUG | developer's mode | 0 |
| JIQUN_SECRET_KEY | signing key | made once, kept in JIQUN_HOME with mode 600 |
| JIQUN_ALLOWED_HOSTS | host names served, by comma | localhost,127.0.0.1,[::1] |
| JIQUN_TRUSTED_ORIGINS | origins trusted for forms, by comma (`https://…`) | none |
| JIQUN_HTTPS | secure cookies and redirect to HTTPS | 1 unless debug |
| JIQUN_HSTS_SECONDS | Strict-Transport-Security max-age | 0 (off) |
| JIQUN_BEHIND_PROXY | trust X-Forwarded-For/-Proto of one reverse proxy | 0 |
| JIQUN_LOG_LEVEL | DEBUG, INFO, WARNING … | INFO |
| JIQUN_WEBHOOK_PRIVATE | webhooks may point into the own network, over HTTP too | 0 |
| JIQUN_REQUIRE_MFA | bureaus, auditors and operators must have a second factor: 1 all, 0 none | all but demonstration accounts |
| JIQUN_OIDC_URL, _CLIENT_ID, _CLIENT_SECRET, _NAME | an OpenID Connect provider for sign-in | none |
| JIQUN_SITE_ADDRESS | address of the site in mails (`https://…`) | none: mails name the path only |
| JIQUN_MAIL_HOST, _PORT, _USER, _PASSWORD, _TLS, _FROM | the mail server | none: no mail is sent |

PostgreSQL: the site sets for its own sessions what its pages need (`database.POSTGRESQL_SETTINGS`); another value goes
into DATABASE_URL as `?options=-c%20work_mem%3D64MB`. Only the server can be told, here for a million firms:
`shared_buffers=2GB` and `effective_cache_size=8GB` (a quarter of its memory, and what it has left for files), and for
loading `maintenance_work_mem=512MB` and `max_wal_size=8GB`. PgBouncer between them must have
`ignore_startup_parameters = options`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Environment:
    """Typed access to the variables above."""

    variables: Mapping[str, str]

    @classmethod
    def of_process(cls) -> Environment:
        """The variables of this process."""
        return cls(dict(os.environ))

    def text(self, name: str, default: str = "") -> str:
        """The value, or the default where it is unset or empty."""
        return self.variables.get(name, "").strip() or default

    def flag(self, name: str, default: bool) -> bool:
        """1/0, true/false, yes/no, on/off; ValueError otherwise."""
        value = self.text(name).lower()
        if not value:
            return default
        if value not in _TRUE | _FALSE:
            raise ValueError(f"环境变量 {name} 应为 1 或 0，现为“{value}”")
        return value in _TRUE

    def number(self, name: str, default: int) -> int:
        """A whole number; ValueError otherwise."""
        value = self.text(name)
        if not value:
            return default
        if not value.isdigit():
            raise ValueError(f"环境变量 {name} 应为整数，现为“{value}”")
        return int(value)

    def items(self, name: str, default: str = "") -> list[str]:
        """The parts of a list written with commas."""
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]

    @property
    def home(self) -> Path:
        """The data folder (not made by reading this)."""
        return Path(self.text("JIQUN_HOME", "var")).expanduser().resolve()

    @property
    def pack(self) -> Path | None:
        """The pack's folder: JIQUN_PACK, else the only one under ./programmes; None where that is not clear."""
        named = self.text("JIQUN_PACK")
        if named:
            return Path(named).expanduser().resolve()
        found = sorted(path.parent for path in Path("programmes").glob("*/programme.yaml"))
        return found[0].resolve() if len(found) == 1 else None


def secret_key(environment: Environment) -> str:
    """JIQUN_SECRET_KEY, else a key made once and kept in the data folder for its owner's eyes only."""
    given = environment.text("JIQUN_SECRET_KEY")
    if given:
        return given
    path = environment.home / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)  # fails where another process was first, so that both use one key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
