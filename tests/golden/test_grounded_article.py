"""The annotated article's gold, given as strings in any order, is grounded to itself."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from quotemark import read
from quotemark.grounding import StringCounts, Ungrounded, Wording, count_strings, ground
from quotemark.model import Fragment
from support.blocks import ROOT

ARTICLE = ROOT / "annotations" / "pompeo-north-korea"
CORPUS = read(ARTICLE / "gold.jsonl", ARTICLE / "pompeo-north-korea.txt")
(GOLD,) = CORPUS.annotations
DOC = CORPUS.documents[GOLD.doc_id]


def as_strings() -> list[Wording]:
    return [
        Wording(
            span.id,
            span.label,
            tuple(DOC.text[start:end] for start, end in span.fragments),
            attributes=span.attributes,
        )
        for span in GOLD.spans
    ]


def grounded(
    wordings: list[Wording],
) -> tuple[dict[str, tuple[Fragment, ...]], dict[str, StringCounts]]:
    bare = replace(GOLD, spans=(), text_sha256="", provenance={})
    (layer,) = ground([Ungrounded(bare, tuple(wordings))], {DOC.id: DOC})
    assert layer.relations == GOLD.relations
    return {span.id: span.fragments for span in layer.spans}, count_strings([layer])


@pytest.mark.parametrize("seed", range(5))
def test_strings_and_relations_in_any_order_give_the_gold_spans(seed: int) -> None:
    wordings = as_strings()
    random.Random(seed).shuffle(wordings)
    places, counts = grounded(wordings)
    assert places == {span.id: span.fragments for span in GOLD.spans}
    assert all(each.exact == each.total for each in counts.values())


def test_quotes_in_another_house_style_are_found_with_their_marks() -> None:
    wordings = []
    for each in as_strings():
        (words,) = each.words
        if each.label == "Quote" and words[0] == words[-1] == '"':
            each = replace(each, words=(f"“{words[1:-1]},”",))
        wordings.append(each)
    places, counts = grounded(wordings)
    assert places == {span.id: span.fragments for span in GOLD.spans}
    assert counts["Quote"].normalized == sum(each.words[0][0] == "“" for each in wordings) > 5
