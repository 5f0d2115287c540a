"""Protocols against figures that their original scripts gave; see protocols/README.md."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quotemark import read, score

FOLDER = Path(__file__).parent / "protocols"
FIGURES = {
    place: (found["inputs"], found.get("decimals", 9), figures)
    for file in sorted(FOLDER.glob("*.json"))
    for found in [json.loads(file.read_text("utf-8"))]
    for place, figures in found["figures"].items()
}


@pytest.mark.parametrize("place", FIGURES)
def test_the_figures_are_the_original_script_s(place: str) -> None:
    metric, label = place.split("|")
    inputs, decimals, figures = FIGURES[place]
    gold, pred = (read(FOLDER / name) for name in inputs)
    row = score(gold, pred, metrics=[metric]).row(metric, label)
    theirs = zip((row.precision, row.recall, row.f1), figures, strict=True)
    compared = [(ours, figure) for ours, figure in theirs if figure is not None]
    assert compared
    for ours, figure in compared:
        assert ours == pytest.approx(figure, abs=0.51 * 10**-decimals)
