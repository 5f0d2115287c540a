"""A client that is killed between two requests, or after one that the server has carried out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from quotemark.labelstudio.studio import Studio
from support.servers import Answer, Request, relay, served

CHANGES = ("POST", "PATCH", "DELETE")


def killed(server: Studio, file: Path, function: str, values: Sequence[str], *, at: int) -> bool:
    """Run a function of a test file, given a server's address and `values`, in a process of its
    own, and kill that with SIGKILL at its change number `at`; whether it got so far.

    At an odd number, the server has carried the change out.
    """
    seen = 0
    running: list[subprocess.Popen[bytes]] = []

    def answer(asked: Request) -> Answer:
        nonlocal seen
        seen += asked.method in CHANGES
        if seen < at or asked.method not in CHANGES:
            return relay(asked, server.url)
        if seen == at and at % 2:
            relay(asked, server.url)
        running[0].send_signal(signal.SIGKILL)
        return Answer(503, b"")

    program = (
        f"import sys; sys.path[:0] = [{str(file.parent)!r}, {str(file.parents[1])!r}]; "
        f"from {file.stem} import {function}; {function}(*sys.argv[1:])"
    )
    with served(answer) as url:
        command = [sys.executable, "-c", program, url, *values]
        environment = {**os.environ, "LABEL_STUDIO_API_KEY": server.token}
        running.append(subprocess.Popen(command, env=environment))
        return running[0].wait(120) != 0
