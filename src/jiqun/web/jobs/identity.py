"""Who a worker is: its machine, its process, and a token, for process numbers are given anew."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class WorkerName:
    """Written `host pid token`."""

    host: str
    pid: int
    token: str

    @classmethod
    def new(cls) -> WorkerName:
        """Of this process."""
        return cls(socket.gethostname()[:80].replace(" ", "-") or "host", os.getpid(), secrets.token_hex(4))

    @classmethod
    def of(cls, text: str) -> WorkerName:
        """Read back."""
        host, pid, token = text.split(" ")
        return cls(host, int(pid), token)

    def __str__(self) -> str:
        return f"{self.host} {self.pid} {self.token}"

    def is_alive(self) -> bool:
        """Whether a process of this number runs on this machine."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
