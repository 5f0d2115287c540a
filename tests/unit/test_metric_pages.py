"""The page of metrics has a section for each, which says what the registry declares."""

from __future__ import annotations

import re

import pytest

from quotemark.metrics import registry
from quotemark.metrics.measure import Key
from quotemark.metrics.names import STEMS, Metric
from support.blocks import ROOT

PAGE = (ROOT / "docs" / "metrics.md").read_text("utf-8")
SECTIONS = {
    name: section
    for section in re.split(r"(?m)^(?=#)", PAGE)
    for name in re.findall(r"`([^`]+)`", section.partition("\n")[0])
}
ROWS = ("formula", "unit", "range", "undefined", "source", "perfect, symmetric")
OWN = [stem for stem, key in STEMS.items() if key in registry.OWN]


def test_the_page_describes_no_other_metric() -> None:
    assert set(SECTIONS) == set(OWN)


@pytest.mark.parametrize("stem", OWN)
def test_every_metric_has_its_section_with_an_example(stem: str) -> None:
    section = SECTIONS[stem]
    rows = dict(re.findall(r"(?m)^\| ([^|]+) \| (.+) \|$", section))
    assert all(rows.get(name, "").strip() for name in ROWS)
    names = [name for name, other in SECTIONS.items() if other is section]
    example = "".join(re.findall(r"```python\n(.*?)```", section, re.DOTALL))
    assert any(f'"{name}' in example.replace("(iou>=0.5)", "") for name in names)


@pytest.mark.parametrize("stem", OWN)
def test_a_section_says_what_is_declared(stem: str) -> None:
    key: Key = STEMS[stem]
    measure = registry.OWN[key]
    said = re.search(r"(?m)^\| perfect, symmetric \| (yes|no), (yes|no)(.*) \|$", SECTIONS[stem])
    assert said
    assert (said[1], said[2]) == tuple(
        "yes" if x else "no" for x in (measure.perfect, measure.symmetric)
    )
    assert Metric(*key).symmetric == measure.symmetric
    if measure.text or measure.tokens:
        assert "not scored without the text" in SECTIONS[stem]
