"""p-values of several comparisons, corrected for there being several."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quotemark.stats.sums import Array

CORRECTIONS = ("holm", "bh", "none")
"""Holm (family-wise error), Benjamini–Hochberg (false discovery rate), or as they are."""


def adjust(p: Sequence[float | None], *, method: str = "holm") -> list[float | None]:
    """p-values corrected for how many there are, in the order given; None stay, and count not.

    `holm` (Holm 1979) bounds the chance of even one false discovery, `bh` (Benjamini and
    Hochberg 1995) the share of false ones among the discoveries. Raises `ValueError` for another
    method than `CORRECTIONS`.

    >>> adjust([0.01, None, 0.04, 0.03]), adjust([0.01, 0.04, 0.03], method="bh")
    ([0.03, None, 0.06, 0.06], [0.03, 0.04, 0.04])
    """
    if method not in CORRECTIONS:
        raise ValueError(f"method {method!r}")
    known = np.array([each for each in p if each is not None], dtype=float)
    if method == "holm":
        known = _holm(known)
    elif method == "bh" and len(known):
        from scipy.stats import false_discovery_control

        known = false_discovery_control(known)
    corrected = iter(known.tolist())
    return [None if each is None else next(corrected) for each in p]


def _holm(p: Array) -> Array:
    """Step down: the smallest times all of them, the next times one less, never falling."""
    order = np.argsort(p, kind="stable")
    times = np.arange(len(p), 0, -1)
    found = np.empty_like(p)
    found[order] = np.minimum(1, np.maximum.accumulate(p[order] * times))
    return found
