"""How this package's kernels are compiled: once, kept beside the package, without the GIL."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any, TypeVar

import numpy as np
from numba import config as _config
from numba import njit
from numpy.typing import NDArray

from quotemark.metrics import fingerprint

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Smalls = NDArray[np.int32]
Hashes = NDArray[np.uint64]
Flags = NDArray[np.bool_]

CONFIG: Any = _config

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""Without numba's runtime (`_nrt`) no kernel can make an array, and none counts who holds one,
which would take most of the time."""


def compiled(function: Kernel) -> Kernel:
    """A function over numpy arrays as machine code, compiled at its first call and cached."""
    machine: Kernel = _njit(**OPTIONS)(function)
    return machine


def brief(function: Kernel) -> Kernel:
    """A kernel that is done sooner than the GIL would be given away and taken back."""
    machine: Kernel = _njit(**{**OPTIONS, "nogil": False})(function)
    return machine


def inlined(function: Kernel) -> Kernel:
    """A small kernel whose code stands in the place of each call: a call costs more than it."""
    machine: Kernel = _njit(**OPTIONS, inline="always")(function)
    return machine


def _home() -> str | None:
    """Where machine code is kept: a folder for each state of the sources; None: nowhere.

    numba itself looks only at the file that a kernel is in, not at those that its callees are
    in. The places are NUMBA_CACHE_DIR, else beside the sources, else the user's cache.
    """
    here = Path(__file__).parent
    sources = [*sorted(here.glob("*.py")), Path(fingerprint.__file__)]
    stamp = sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    own = here / "__pycache__" / FOLDER
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / FOLDER
    places = [Path(CONFIG.CACHE_DIR) / FOLDER] if CONFIG.CACHE_DIR else [own, cache]
    for place in places:
        home = place / stamp
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if not os.access(home, os.W_OK):
            continue
        for old in own.glob("*") if place == own else ():
            if old != home:
                rmtree(old, ignore_errors=True)
        return str(home)
    return None


FOLDER = "quotemark-kernels"
HOME = _home()


def is_new() -> bool:
    """Whether nothing has been compiled yet, in which case the first call takes half a minute."""
    return HOME is None or not any(path.is_file() for path in Path(HOME).rglob("*"))


def _njit(**options: Any) -> Callable[[Kernel], Kernel]:
    """numba's decorator, with the cache in HOME: it looks for a place when it is applied."""

    def decorate(function: Kernel) -> Kernel:
        before = CONFIG.CACHE_DIR
        try:
            CONFIG.CACHE_DIR = HOME or before
            machine: Kernel = njit(cache=HOME is not None, **options)(function)
        finally:
            CONFIG.CACHE_DIR = before
        return machine

    return decorate
