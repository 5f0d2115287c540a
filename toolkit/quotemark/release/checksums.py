"""SHA256SUMS: a checksum for every file of a release, as `sha256sum --check` reads it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

LINE = re.compile(r"([0-9a-f]{64})  (\S+)")
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


def digest(data: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal.

    >>> digest(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(data).hexdigest()


def sums(files: Mapping[str, bytes]) -> bytes:
    """The lines of a SHA256SUMS of files by their paths, sorted; no files: no lines.

    >>> sums({})
    b''
    """
    return "".join(f"{digest(data)}  {path}\n" for path, data in sorted(files.items())).encode()


def parse_sums(data: bytes) -> tuple[dict[str, str], list[str]]:
    """The checksums by path, and what is wrong with lines.

    A path is of plain names: nothing that leads out of the folder is one.

    >>> parse_sums(b"0  ../x\\n")
    ({}, ["line 1 is no checksum and path: '0  ../x'"])
    """
    found: dict[str, str] = {}
    wrong: list[str] = []
    text = data.decode("utf-8", "backslashreplace")
    if text and not text.endswith("\n"):
        wrong.append("the last line is cut")
    for number, line in enumerate(text.split("\n")[:-1], 1):
        match = LINE.fullmatch(line)
        if not match or not is_safe(match[2]):
            wrong.append(f"line {number} is no checksum and path: {line!r}")
        elif match[2] in found:
            wrong.append(f"line {number} names {match[2]} again")
        else:
            found[match[2]] = match[1]
    return found, wrong


def is_safe(path: str) -> bool:
    """Whether a path is of plain names below the folder.

    >>> [is_safe(path) for path in ("data/all.jsonl", "../x", "/x", "a//b", ".x")]
    [True, False, False, False, False]
    """
    return bool(SAFE.fullmatch(path)) and PurePosixPath(path).as_posix() == path
