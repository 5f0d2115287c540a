"""Files replaced as a whole or not at all, and read with one clear error."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from quotemark.errors import error

STDIO = Path("-")


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, or of standard input for `-`. Raises `QuotemarkError`."""
    try:
        return sys.stdin.buffer.read() if path == STDIO else path.read_bytes()
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise error("file", reason, "name a readable file", file=path) from None


def read_text(path: Path) -> str:
    """The text of a UTF-8 file of the project's own, line ends kept. Raises `QuotemarkError`."""
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as failure:
        raise error("encoding", f"is not UTF-8: {failure}", "save it as UTF-8", file=path) from None


def write_atomic(path: Path, data: bytes | Iterable[bytes], *, private: bool = False) -> None:
    """Write a file beside its place and rename it there; `-` is standard output.

    A `private` file is readable by its owner only. On any failure, one while `data` is being
    made included, what stood there before stays.
    Raises `QuotemarkError` when the place cannot be written.
    """
    chunks = (data,) if isinstance(data, bytes) else data
    if path == STDIO:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    target = path.resolve()  # so that a symbolic link keeps pointing where it does
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
    except OSError as failure:
        raise _unwritable(path, failure) from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks:
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if not private:  # as which it was made
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
            temporary.chmod(mode)
        temporary.replace(target)
    except OSError as failure:
        raise _unwritable(path, failure) from None
    finally:
        temporary.unlink(missing_ok=True)


def _unwritable(path: Path, failure: OSError) -> Exception:
    reason = failure.strerror or str(failure)
    return error("file", f"cannot be written: {reason}", "name a writable place", file=path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
