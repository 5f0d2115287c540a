"""A region linked by one key to the nearest one of another label."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.codec import decode, encode
from quotemark.labelstudio.nearest import nearest
from quotemark.labelstudio.regions import Region
from quotemark.model import Annotation, Document, Relation
from quotemark.scheme import NEAREST, default_scheme, parse_scheme
from quotemark.tasks import split
from quotemark.validate import check

SCHEME = default_scheme()
TEXT = "Ana said “no, never”. “Nor I”, 😀 Bo Lund added; Cy agreed."
DOC = Document("d", TEXT)
(TASK,) = split(DOC, scheme=SCHEME.id)


def region(name: str, label: str, words: str, **answers: str) -> list[dict[str, Any]]:
    """A region's results: its label, and the places that its links are answered with."""
    start = TEXT.index(words)
    place = {"start": start, "end": start + len(words), "text": words}
    drawn = {
        "id": name,
        "from_name": "label",
        "type": "labels",
        "value": {**place, "labels": [label]},
    }
    return [drawn] + [
        {
            "id": name,
            "from_name": f"{label}--{relation}",
            "type": "choices",
            "value": {**place, "choices": [answer]},
        }
        for relation, answer in answers.items()
    ]


def arrow(head: str, tail: str, *labels: str) -> list[dict[str, Any]]:
    return [{"type": "relation", "from_id": head, "to_id": tail, "labels": list(labels)}]


ANA, BO, CY = (region(n, "Speaker", w) for n, w in (("a", "Ana"), ("b", "Bo Lund"), ("c", "Cy")))
SAID, ADDED = region("d", "Cue", "said"), region("e", "Cue", "added")


def read(*regions: list[dict[str, Any]]) -> Annotation:
    decoded = decode([r for results in regions for r in results], TASK, SCHEME)
    assert decoded.problems == ()
    return decoded.annotation


def links(layer: Annotation) -> set[tuple[str, str, str]]:
    return {(r.head, r.label, r.tail) for r in layer.relations}


def test_a_quote_gets_the_nearest_speaker_and_cue() -> None:
    first = region("q", "Quote", "“no, never”", said_by="before", cued_by="before")
    second = region("r", "Quote", "“Nor I”", said_by="after", cued_by="after")
    assert links(read(first, second, ANA, BO, CY, SAID, ADDED)) == {
        ("q", "said_by", "a"),
        ("q", "cued_by", "d"),
        ("r", "said_by", "b"),
        ("r", "cued_by", "e"),
    }


def test_a_stance_gets_the_innermost_quote_around_it() -> None:
    outer, inner = region("q", "Quote", "“no, never”"), region("r", "Quote", "never")
    stance = region("t", "Stance", "never", expressed_in="around")
    assert links(read(outer, stance)) == {("t", "expressed_in", "q")}
    assert links(read(outer, inner, stance)) == {("t", "expressed_in", "r")}


def test_an_arrow_stays_beside_the_answer_and_neither_counts_twice() -> None:
    quote = region("q", "Quote", "“no, never”", said_by="before")
    layer = read(quote, ANA, BO, arrow("q", "a"), arrow("q", "b"))
    assert sorted(layer.relations) == [Relation("said_by", "q", "a"), Relation("said_by", "q", "b")]


def test_each_part_of_a_broken_quote_looks_from_where_it_is() -> None:
    first = region("q", "Quote", "“no, never”", said_by="after")
    second = region("r", "Quote", "“Nor I”")
    layer = read(first, second, arrow("q", "r", "continues"), ANA, BO)
    assert links(layer) == {("q", "said_by", "b")}


def test_where_there_is_none_the_span_says_so_and_check_finds_it() -> None:
    """Halfway through the work this is no mistake: a draft has it until the speaker is drawn."""
    layer = read(region("q", "Quote", "“no, never”", said_by="after"), ANA)
    assert layer.relations == ()
    assert layer.by_id["q"].meta["unlinked"] == ["said_by after"]
    found = [p for p in check(layer, DOC, SCHEME) if p.code == "unlinked"]
    assert [p.where.item for p in found] == ["q"]
    again = decode(encode(layer, TASK, SCHEME), TASK, SCHEME).annotation
    assert again.spans == layer.spans
    mended = decode([*encode(layer, TASK, SCHEME), *arrow("q", "a")], TASK, SCHEME).annotation
    assert not [p for p in check(mended, DOC, SCHEME) if p.code == "unlinked"]


def test_what_was_linked_by_key_goes_back_as_an_arrow() -> None:
    layer = read(region("q", "Quote", "“no, never”", said_by="before"), ANA)
    results = encode(layer, TASK, SCHEME)
    assert [r["labels"] for r in results if r["type"] == "relation"] == [["said_by"]]
    assert decode(results, TASK, SCHEME).annotation.relations == layer.relations


REGIONS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 6), st.sampled_from("AB")),
    max_size=5,
).map(lambda drawn: [Region(f"{n}", s, s + w, label) for n, (s, w, label) in enumerate(drawn)])


@given(REGIONS, st.sampled_from(NEAREST))
@settings(max_examples=150)
def test_no_region_in_that_place_is_nearer_in_any_order(regions: list[Region], place: str) -> None:
    here = Region("x", 5, 8, "A")
    found = {
        getattr(nearest(here, place, "B", order), "id", None)
        for order in permutations([*regions, here])
    }
    fits = {
        "before": [(5 - r.end, r) for r in regions if r.label == "B" and r.end <= 5],
        "after": [(r.start - 8, r) for r in regions if r.label == "B" and r.start >= 8],
        "around": [(0, r) for r in regions if r.label == "B" and r.start <= 5 and r.end >= 8],
    }[place]
    best = min(fits, key=lambda f: (f[0], f[1].end - f[1].start, f[1].id), default=(0, None))[1]
    assert found == {best.id if best else None}


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('{ beside = "b" }', "nearest.beside: is no key here"),
        ("{ before = 1 }", "give each place a key"),
        ('"b"', "give a dict"),
        ('{ before = "q" }', "hotkey 'q' is used twice"),
        ('{ before = "b", after = "b" }', "hotkey 'b' is used twice"),
    ],
)
def test_a_scheme_with_odd_keys_is_refused(keys: str, told: str) -> None:
    toml = 'name = "s"\nversion = "1"\n[labels.Q]\nhotkey = "q"\n[relations.r]\n'
    toml += f'head = "Q"\ntail = "Q"\nnearest = {keys}\n'
    with pytest.raises(QuotemarkError, match=told):
        parse_scheme(toml)
