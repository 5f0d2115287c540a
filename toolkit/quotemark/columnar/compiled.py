"""How this package's kernels are compiled: once, kept beside the package, without the GIL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Smalls = NDArray[np.int32]
Hashes = NDArray[np.uint64]


OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
"""Without numba's runtime (`_nrt`) no kernel can make an array, and none counts who holds one,
which would take most of the time."""


def compiled(function: Kernel) -> Kernel:
    """A function over numpy arrays as machine code, compiled at its first call and cached."""
    machine: Kernel = njit(**OPTIONS)(function)
    return machine


def inlined(function: Kernel) -> Kernel:
    """A small kernel whose code stands in the place of each call: a call costs more than it."""
    machine: Kernel = njit(**OPTIONS, inline="always")(function)
    return machine
