"""Verify a release: every file as it was frozen, and the data as the manifest says."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from quotemark.errors import Problem, error
from quotemark.files import read_bytes
from quotemark.release.checksums import digest, is_safe, parse_sums
from quotemark.release.consistency import finding, inconsistencies
from quotemark.release.manifest import MANIFEST, SCHEME, SUMS
from quotemark.release.reading import claims_to_be

LINES = (".jsonl", ".json", ".md", ".toml")
"""The suffixes of files whose line ends others may change."""


def verify(folder: Path) -> list[Problem]:
    """What is wrong with a release, each finding with its file; nothing if it is sound.

    Checked are: the checksum of every file, files that are missing or too many, links and
    other things that are no plain files; then, where checksums are right, that all files say the
    same (`inconsistencies`). Raises `QuotemarkError` for a folder that is no release.
    """
    if not claims_to_be(folder):
        raise error("release", "is no release", "name a folder of gold freeze", file=folder)
    try:
        listed: dict[str, str] = {}
        problems = list(_files(folder, listed))
        return problems or inconsistencies(folder, listed)
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise error("file", reason, "make it readable", file=failure.filename or folder) from None


def _files(folder: Path, listed: dict[str, str]) -> Iterator[Problem]:
    """What is wrong with files by their checksums, which `listed` receives by their paths."""
    found = dict(_walk(folder))
    yield from _kinds(folder, found)
    plain = {path for path, mode in found.items() if stat.S_ISREG(mode)}
    if SUMS not in plain:
        yield finding(folder / SUMS, "missing", "is missing")
        return
    data = read_bytes(folder / SUMS)
    crlf = b"\r\n" in data
    if crlf:
        message = "has CRLF line ends, which git (core.autocrlf) or an editor has given it"
        yield finding(folder / SUMS, "line-ends", f"{message}, perhaps with other files")
    sums, wrong = parse_sums(data.replace(b"\r\n", b"\n"))
    listed.update(sums)
    wrong += (f"does not list {path}" for path in sorted({MANIFEST, SCHEME} - listed.keys()))
    yield from (finding(folder / SUMS, "checksums", message) for message in wrong)
    files = {path for path, mode in found.items() if not stat.S_ISDIR(mode)}
    for path in sorted(listed.keys() - files):
        yield finding(folder / path, "missing", "is missing")
    for path in sorted(listed.keys() & plain):
        yield from _changed(folder / path, listed[path], crlf=crlf)
    for path in sorted(plain - listed.keys() - {SUMS}):
        if is_safe(path):
            yield finding(folder / path, "extra", "is no part of the release")


def _kinds(folder: Path, found: dict[str, int]) -> Iterator[Problem]:
    for path, mode in found.items():
        if not is_safe(path):
            yield finding(folder / path, "file-kind", "has a name that no release gives")
        elif not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            kind = "a link" if stat.S_ISLNK(mode) else "no plain file"
            yield finding(folder / path, "file-kind", f"is {kind}")


def _walk(folder: Path) -> Iterator[tuple[str, int]]:
    """Everything below a folder, with its mode; links are not followed. Raises `OSError`."""
    waiting = [folder]
    while waiting:
        for entry in sorted(os.scandir(waiting.pop()), key=lambda entry: entry.name):
            path = Path(entry.path)
            yield path.relative_to(folder).as_posix(), entry.stat(follow_symlinks=False).st_mode
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)


def _digest(file: Path) -> str:
    """The SHA-256 of a file, which need not fit into memory. Raises `QuotemarkError`."""
    try:
        with file.open("rb") as found:
            return hashlib.file_digest(found, "sha256").hexdigest()
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise error("file", reason, "name a readable file", file=file) from None


def _changed(file: Path, known: str, *, crlf: bool) -> Iterator[Problem]:
    """Whether a file is as it was frozen. With `crlf`, line ends have been told of once for all."""
    if _digest(file) == known:
        return
    if file.suffix not in LINES or digest(read_bytes(file).replace(b"\r\n", b"\n")) != known:
        yield finding(file, "checksum", "is not as it was frozen")
    elif not crlf:
        message = "but for its line ends, which git or an editor has changed"
        yield finding(file, "line-ends", f"is as it was frozen {message}")
