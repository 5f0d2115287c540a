"""The pages of protocols name every one of them, and what is compared with an original says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quotemark.metrics.names import MEASURES
from quotemark.metrics.protocols import PROTOCOLS
from support.blocks import ROOT

FIGURES = ROOT / "tests" / "golden" / "protocols"
PACKAGES = {"semeval2013", "conll"}
"""Compared with packages in test_protocol_oracles.py."""

NO_ORIGINAL = {"spkatt2023"}
"""Compared with every alignment there is in test_protocol_spkatt.py."""


def sections(page: str) -> dict[str, str]:
    parts = (ROOT / "docs" / page).read_text("utf-8").split("\n## `")[1:]
    return {part.partition("`")[0]: part for part in parts}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_protocol_has_its_section_and_every_measure_is_in_it(name: str) -> None:
    section = sections("protocols.md")[name]
    assert name in sections("deviations.md")
    assert ">>> " in section
    for word in ("| source |", "| unit |", "| range |", "| undefined |", "| ignores |"):
        assert word in section
    for aspect in PROTOCOLS[name].measures:
        assert f"`{name}({aspect})`" in section or f"`({aspect})`" in section or not aspect


def test_every_protocol_is_compared_with_something() -> None:
    files = {path.stem: json.loads(path.read_text("utf-8")) for path in FIGURES.glob("*.json")}
    assert PACKAGES | NO_ORIGINAL | files.keys() == set(PROTOCOLS)
    note = (FIGURES / "README.md").read_text("utf-8")
    assert all(f"| {name}.json |" in note for name in files)


def test_every_measure_has_a_figure_of_the_original_or_is_our_own() -> None:
    places = (
        place
        for path in Path(FIGURES).glob("*.json")
        for place in json.loads(path.read_text("utf-8"))["figures"]
    )
    figures = {place.split("|")[0] for place in places}
    without = {str(m) for m in MEASURES if m.name not in PACKAGES | NO_ORIGINAL} - figures
    assert all("corrected" in measure for measure in without), without
