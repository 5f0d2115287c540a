"""Make figures.json anew, with pygamma-agreement and its exact solver.

    pip install pygamma-agreement; python make.py

A note on what is in it stands in README.md. Needs no other file of this project.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

Units = list[tuple[int, int]]

CASES = {  # annotators, units, share that is missed, how far an end is moved
    "two, near": (2, 20, 0.1, 6),
    "two, far": (2, 12, 0.3, 25),
    "three, near": (3, 10, 0.1, 6),
    "three, far": (3, 8, 0.2, 25),
    "four": (4, 6, 0.2, 12),
    "five": (5, 5, 0.1, 12),
}


def drawn(annotators: int, units: int, missed: float, moved: int, *, seed: int) -> list[Units]:
    """Annotators' units on a text of 30 places for each; the first and the last place are taken.

    Some overlap; whole numbers, each unit at least 3 long.
    """
    random, size = Random(seed), 30 * units
    places = [
        (30 * n + random.randrange(12), 30 * n + random.randrange(16, 40)) for n in range(units)
    ]
    found = []
    for _ in range(annotators):
        own: Units = []
        for place in places:
            if random.random() >= missed:
                start, end = (at + random.randrange(-moved, moved + 1) for at in place)
                start = min(max(0, start), size - 3)
                own.append((start, min(max(start + 3, end), size)))
        found.append(own)
    found[0].append((0, 9))
    found[-1].append((size - 9, size))
    return [sorted(set(own)) for own in found]


def main() -> None:
    import numpy as np
    from pyannote.core import Segment  # type: ignore[import-not-found]
    from pygamma_agreement import (  # type: ignore[import-not-found]
        Continuum,
        PositionalSporadicDissimilarity,
        ShuffleContinuumSampler,
    )

    figures: dict[str, Any] = {}
    for seed, (name, case) in enumerate(CASES.items()):
        layers = drawn(*case, seed=seed)
        continuum = Continuum()
        for who, units in enumerate(layers):
            for start, end in units:
                continuum.add(f"{who}", Segment(start, end), "x")
        np.random.seed(1)
        gamma = continuum.compute_gamma(
            PositionalSporadicDissimilarity(),
            sampler=ShuffleContinuumSampler(),
            precision_level=0.01,
        )
        figures[name] = {
            "units": layers,
            "observed": float(gamma.observed_disorder),
            "expected": float(gamma.expected_disorder),
            "gamma": float(gamma.gamma),
        }
    lines = (f"{json.dumps(name)}: {json.dumps(figure)}" for name, figure in figures.items())
    Path(__file__).with_name("figures.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
