"""A worker beside the server: started, started again where it dies, and ended with the server."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading

logger = logging.getLogger(__name__)

PATIENCE = 20.0
"""Seconds that a running job has to end when the server stops; what is killed then is taken up at the next start."""
PAUSE = 2.0
"""Seconds before a dead worker is replaced."""


class WorkerProcess:
    """Keeps one `jiqun worker` running."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process = self._start()
        self._thread = threading.Thread(target=self._watch, name="worker-watch", daemon=True)
        self._thread.start()

    @staticmethod
    def _start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "jiqun.commands.worker", "--with-parent"]
        return subprocess.Popen(command, start_new_session=True)  # Ctrl+C is for the server, which tells the worker

    def _watch(self) -> None:
        while True:
            self._process.wait()
            if self._stopping.is_set():
                return
            logger.error("the job worker ended with code %s; starting another", self._process.returncode)
            if self._stopping.wait(PAUSE):
                return
            self._process = self._start()

    def stop(self) -> None:
        """Tell the worker to end; kill it where its job takes too long."""
        self._stopping.set()
        self._process.terminate()
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            self._process.kill()
            self._thread.join()
