"""The guidelines say what the scheme says, and their examples are true to their own text."""

import re
from pathlib import Path

import pytest

from quotemark.errors import QuotemarkError
from quotemark.guidelines import refresh
from quotemark.scheme import default_scheme

GUIDELINES = Path(__file__).parents[2] / "annotations" / "GUIDELINES.md"
TEXT = GUIDELINES.read_text(encoding="utf-8")
EXAMPLES = re.split(r"(?m)^\*\*(?=\d+\.)", TEXT.partition("## Worked examples")[2])[1:]


def test_the_label_table_has_not_drifted_from_the_scheme() -> None:
    assert refresh(TEXT, default_scheme()) == TEXT


def test_guidelines_without_markers_are_refused() -> None:
    with pytest.raises(QuotemarkError, match=r"G.md: has no place for the label table"):
        refresh("# Guidelines", default_scheme(), file="G.md")


def test_there_are_at_least_twelve_worked_examples() -> None:
    assert len(EXAMPLES) >= 12
    assert [int(example.partition(".")[0]) for example in EXAMPLES] == [
        *range(1, len(EXAMPLES) + 1)
    ]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.partition(".")[0])
def test_every_span_of_an_example_stands_in_its_sentence(example: str) -> None:
    sentence = " ".join(re.findall(r"(?m)^> (.*)$", example))
    explained = example.rpartition("> ")[2].partition("\n")[2].partition("\n## ")[0]
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", explained)]
    assert sentence
    assert spans or "No Quote" in explained
    for span in spans:
        assert span in sentence
