"""γ and its two disorders against pygamma-agreement: tests/golden/gamma/README.md says how."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quotemark import agree
from quotemark.agreement.disorder import least_disorder
from quotemark.model import Annotation, Corpus, Document, Span

FIGURES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "gamma" / "figures.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", FIGURES)
def test_the_observed_disorder_is_theirs(name: str) -> None:
    """Ours is found step by step, theirs is the optimum of an integer programme."""
    layers = [np.array(units, np.int64) for units in FIGURES[name]["units"]]
    mean = sum(map(len, layers)) / len(layers)
    assert least_disorder(layers) / mean == pytest.approx(FIGURES[name]["observed"], rel=1e-6)


@pytest.mark.parametrize("name", FIGURES)
def test_gamma_is_theirs_as_far_as_shuffles_tell(name: str) -> None:
    """Both expected disorders are known to 1%; of three and more, theirs is up to 2% lower."""
    figures = FIGURES[name]
    ends = [end for units in figures["units"] for _, end in units]
    layers = []
    for who, units in enumerate(figures["units"]):
        spans = (Span(f"s{n}", "Cue", ((start, end),)) for n, (start, end) in enumerate(units))
        layers.append(Annotation("d", "", f"a{who}", tuple(spans)))
    corpus = Corpus({"d": Document("d", "x" * max(ends))}, tuple(layers))
    rows = agree(corpus, measures=["gamma"], precision=0.02 if len(layers) > 4 else 0.01)
    value = next(row.value for row in rows if row.label == "Cue")
    assert value is not None
    expected = figures["observed"] / (1 - value)
    assert expected == pytest.approx(figures["expected"], rel=0.015 if len(layers) == 2 else 0.03)
