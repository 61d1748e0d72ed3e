"""Sending a delivery: signed JSON by POST, no redirects, tried again a few times."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from jiqun.web.api.addresses import refused
from jiqun.web.api.models import Delivery

TIMEOUT = 10
WAITS = (0, 2, 10)
"""Seconds before each try."""


class _NoRedirect(HTTPRedirectHandler):
    """A redirect could lead into the network that the address check keeps out."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def body_of(delivery: Delivery) -> bytes:
    """What is sent."""
    told = {"id": delivery.pk, "event": delivery.event, "at": delivery.created_at.isoformat(), "data": delivery.payload}
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def signature(secret: str, moment: str, body: bytes) -> str:
    """HMAC-SHA256 over `moment.body`, in hexadecimal; the receiver computes the same and compares."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def send(delivery: Delivery, sleep: Callable[[float], None] = time.sleep) -> tuple[bool, str, int]:
    """Whether it arrived (an answer of 2xx), the last answer, and the number of tries."""
    hook, answer = delivery.webhook, ""
    for attempt, wait in enumerate(WAITS, start=1):
        sleep(wait)
        # Looked up again: a name may point elsewhere since it was entered.
        why = refused(hook.url)
        if why:
            return False, why, attempt
        arrived, answer = _post(hook.url, hook.secret, body_of(delivery))
        if arrived:
            return True, answer, attempt
    return False, answer, len(WAITS)


def _post(url: str, secret: str, body: bytes) -> tuple[bool, str]:
    moment = str(int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "jiqun",
        "X-Jiqun-Time": moment,
        "X-Jiqun-Signature": f"sha256={signature(secret, moment, body)}",
    }
    try:
        with build_opener(_NoRedirect).open(Request(url, body, headers), timeout=TIMEOUT) as response:
            return 200 <= response.status < 300, f"HTTP {response.status}"
    except HTTPError as error:
        return False, f"HTTP {error.code}"
    except (URLError, HTTPException, OSError) as error:
        return False, f"连接失败：{getattr(error, 'reason', error)}"
