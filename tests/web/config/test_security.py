"""Settings as a production process reads them: each in a process of its own, because settings are read once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

_SHOW = """
import json, sys
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def _settings(home: Path, *names: str, **environment: str) -> dict[str, object]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("JIQUN_") and k != "DATABASE_URL"}
    variables = {**clean, "JIQUN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "jiqun.web.config.settings", **environment}
    done = subprocess.run(
        [sys.executable, "-c", _SHOW, *names], env=variables, capture_output=True, text=True, check=True, cwd=home
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


_TRANSPORT = ("DEBUG", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS",
              "SECURE_PROXY_SSL_HEADER", "ALLOWED_HOSTS")  # fmt: skip


def test_without_any_variable_everything_is_shut(tmp_path: Path) -> None:
    assert _settings(tmp_path, *_TRANSPORT) == {
        "DEBUG": False, "SECURE_SSL_REDIRECT": True, "SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 0, "SECURE_PROXY_SSL_HEADER": None,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
    }  # fmt: skip


def test_behind_a_proxy_with_hsts_and_an_identity_provider(tmp_path: Path) -> None:
    found = _settings(
        tmp_path, "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER", "ALLOWED_HOSTS", "SOCIALACCOUNT_PROVIDERS",
        "CONTENT_SECURITY_POLICY", JIQUN_BEHIND_PROXY="1", JIQUN_HSTS_SECONDS="31536000",
        JIQUN_ALLOWED_HOSTS="jiqun.example", JIQUN_OIDC_URL="https://id.example", JIQUN_OIDC_CLIENT_ID="jiqun",
    )  # fmt: skip
    assert found["SECURE_HSTS_SECONDS"] == 31536000
    assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert found["ALLOWED_HOSTS"] == ["jiqun.example"]
    app = found["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"][0]  # type: ignore[index]
    assert (app["name"], app["client_id"], app["settings"]) == (
        "统一身份认证", "jiqun", {"server_url": "https://id.example"},
    )  # fmt: skip
    policy = found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]  # type: ignore[index]
    assert policy["form-action"] == ["'self'", "https://id.example"]
    assert not [v for values in policy.values() for v in values if "unsafe" in v]
