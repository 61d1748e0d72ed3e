"""Where a webhook may point: never into this machine or its network (server-side request forgery)."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings


def refused(url: str) -> str | None:
    """Why an address may not be used, with the mend; None where it may. Names are looked up."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "请写完整的 https 地址"
    private = settings.WEBHOOK_PRIVATE
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        return "请使用 https 地址"
    if not parts.hostname or parts.username or parts.password or len(url) > 400:
        return "请写完整的 https 地址，不带用户名和密码"
    if private:
        return None
    addresses = resolved(parts.hostname, port)
    if not addresses:
        return "找不到这个域名，请核对"
    if not all(ipaddress.ip_address(address).is_global for address in addresses):
        return "地址指向内部网络；内部部署可由运维设置 JIQUN_WEBHOOK_PRIVATE=1"
    return None


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host; none where it is unknown."""
    try:
        return sorted({str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
    except (OSError, UnicodeError):
        return []
