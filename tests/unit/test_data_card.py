"""The data card: short however many annotate, and honest about what nobody has stated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from quotemark import Annotation, Corpus, Document, Span, freeze, read_release, verify
from quotemark.errors import QuotemarkError

TEXT = "“We shall see it through”, said the minister. “No doubt”, said another one, “of that”."
SPANS = (
    Span("q", "Quote", ((0, 25),), {"form": "direct", "source": "not_stated"}),
    Span("c", "Cue", ((27, 31),), meta={"origin": "prediction-changed"}),
    Span("d", "Cue", ((58, 62),), meta={"origin": "manual"}),
)


def gold_of(documents: int) -> Corpus:
    texts = [Document(f"d{n}", f"{TEXT} ({n})", {"entities": []}) for n in range(documents)]
    layers = (Annotation(d.id, d.sha256, "gold", SPANS, status="gold") for d in texts)
    return Corpus({d.id: d for d in texts}, tuple(layers))


def layers_of(gold: Corpus, annotators: int) -> Corpus:
    """Each annotator leaves something out here and there."""
    random = Random(1)
    found = [
        replace(
            layer,
            annotator=f"ann{number}@example.org",
            status="submitted",
            spans=tuple(span for span in SPANS if random.random() < 0.8),
        )
        for number in range(annotators)
        for layer in gold
    ]
    return Corpus(gold.documents, tuple(found))


def card(folder: Path, gold: Corpus, annotators: int, **more: Any) -> str:
    layers = layers_of(gold, annotators) if annotators else None
    freeze(gold, folder / "r", name="r@1", layers=layers, parquet=False, resamples=50, **more)
    assert verify(folder / "r") == []
    return (folder / "r" / "README.md").read_text()


def section(card: str, head: str) -> list[str]:
    """The lines under a head."""
    return card.partition(f"## {head}\n")[2].partition("\n## ")[0].strip().splitlines()


def test_agreement_is_as_short_for_many_annotators(tmp_path: Path) -> None:
    lines = []
    for number in (2, 3, 7):
        (tmp_path / str(number)).mkdir()
        said = section(card(tmp_path / str(number), gold_of(4), number), "Agreement")
        lines.append(len([line for line in said if line.startswith("|")]))
        assert said[0].startswith(f"Of {number} annotators, over 4 documents.")
    assert lines[1] == lines[2]
    rows = read_release(tmp_path / "7" / "r").manifest.agreement
    assert len({tuple(row.annotators) for row in rows}) == 1 + 7 * 6 / 2
    pairs = [r.value for r in rows if len(r.annotators) == 2
             and (r.measure, r.label) == ("F1 exact", "Cue") and r.value is not None]  # fmt: skip
    [cue] = [line for line in said if line.startswith("| Cue |")]
    assert f"/ {min(pairs):.3f}–{max(pairs):.3f}" in cue


def test_agreement_of_nobody(tmp_path: Path) -> None:
    said = card(tmp_path, gold_of(2), 0)
    assert section(said, "Agreement") == ["None was measured: no annotators' layers were given."]
    assert "- How well annotators agree was not measured." in section(said, "Known limits")
    with pytest.raises(QuotemarkError, match="no two annotators share a document"):
        card(tmp_path / "more", gold_of(2), 1)


def test_what_is_stated_and_what_is_not(tmp_path: Path) -> None:
    said = card(tmp_path, gold_of(3), 2, about="For the *archive*.", limits="One newspaper.")
    assert section(said, "Why and from what it was made") == ["For the *archive*."]
    assert section(said, "Known limits")[-1] == "One newspaper."
    assert "Of the annotators' spans, by origin: " in said
    (tmp_path / "more").mkdir()
    said = card(tmp_path / "more", gold_of(3), 0, splits=[0.5, 0.5], near=1)
    assert "has not stated why it was made" in said
    assert "In test are fewer than 30 spans of Quote (" in said
    assert "Nothing is labelled Quote form=indirect, Quote form=mixed, Speaker, " in said
    assert "has stated no others" in said


def test_tokens_are_counted(tmp_path: Path) -> None:
    [tokens] = [line for line in card(tmp_path, gold_of(2), 0).splitlines() if "| tokens |" in line]
    assert tokens == "| tokens |  | 58 |"
