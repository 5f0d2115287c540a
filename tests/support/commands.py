"""The `quotemark` command, run as its users run it."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SCRIPT = Path(sysconfig.get_path("scripts")) / "quotemark"


def quotemark(
    *words: object, folder: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `quotemark` in a folder, with an environment of the path and `env` alone."""
    return subprocess.run(check=False, capture_output=True, **_run(words, folder, env))


def started(
    *words: object, folder: Path, env: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """As `quotemark`, not waited for."""
    pipe = subprocess.PIPE
    return subprocess.Popen(stdout=pipe, stderr=pipe, **_run(words, folder, env))


def _run(words: tuple[object, ...], folder: Path, env: Mapping[str, str] | None) -> dict[str, Any]:
    return {
        "args": [SCRIPT, *map(str, words)],
        "cwd": folder,
        "env": {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "COLUMNS": "100",
            **(env or {}),
        },
        "stdin": subprocess.DEVNULL,
        "encoding": "utf-8",
    }
