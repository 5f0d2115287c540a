"""Whatever the text, its own words are found in it, and words that it lacks are not."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from quotemark.grounding import Ungrounded, Wording, count_strings, ground, lost
from quotemark.grounding.fuzzy import similar, words_of
from quotemark.grounding.normal import bare, normalized
from quotemark.grounding.search import Text, places
from quotemark.model import Annotation, Document, Relation
from support.corpora import ANY_TEXTS, TEXTS

CURLY = str.maketrans({'"': "“", "'": "’", "-": "—", " ": "\u00a0 ", "\n": "\r\n\t"})
STRAIGHT = str.maketrans({"“": '"', "”": "„", "’": "'", "«": '"', "»": '"', "‘": "`", "–": "−"})
LETTERS = st.text(st.sampled_from("abc א😀.\n“”"), min_size=1, max_size=40)


@st.composite
def parts(draw: st.DrawFn, texts: st.SearchStrategy[str] = ANY_TEXTS) -> tuple[str, int, int]:
    """A text and a stretch of it, not empty."""
    text = draw(texts.filter(bool))
    start = draw(st.integers(0, len(text) - 1))
    return text, start, draw(st.integers(start + 1, len(text)))


def layer_of(*words: str, doc: str = "a", label: str = "Quote") -> Ungrounded:
    wordings = tuple(Wording(f"q{n}", label, (each,)) for n, each in enumerate(words))
    return Ungrounded(Annotation(doc, "", "llm"), wordings)


@given(parts())
def test_any_part_of_any_text_is_found_as_it_is(part: tuple[str, int, int]) -> None:
    text, start, end = part
    (layer,) = ground([layer_of(text[start:end])], {"a": Document("a", text)})
    (span,) = layer.spans
    assert span.meta["grounding"]["how"] == "exact"
    assert span.surface(text) == text[start:end]
    every = [place.fragments[0] for place in places(Text(text), [text[start:end]])]
    assert (start, end) in every


@given(parts(TEXTS), st.sampled_from([CURLY, STRAIGHT]), st.booleans())
def test_typography_and_case_do_not_matter(
    part: tuple[str, int, int], style: dict[int, str], loud: bool
) -> None:
    text, start, end = part
    whole = normalized(text)
    assume(whole.unit(whole.before(start)) and (end == len(text) or text[end] != "\u0301"))
    assume(text[start] != "\u0301" and bare(normalized(text[start:end]).text))
    words = text[start:end].translate(style)
    words = words.upper() if loud else words.lower()
    (layer,) = ground([layer_of(words)], {"a": Document("a", text)})
    (span,) = layer.spans
    assert span.meta["grounding"]["how"] in ("exact", "normalized")
    assert bare(normalized(span.surface(text)).text) == bare(normalized(words).text)


@given(TEXTS, st.text(st.characters(), max_size=40), st.sampled_from([0.7, 0.85, 1.0]))
def test_other_words_are_not_found_unless_they_are_much_alike(
    text: str, words: str, threshold: float
) -> None:
    (layer,) = ground([layer_of(words)], {"a": Document("a", text)}, threshold=threshold)
    for span in layer.spans:
        told = span.meta["grounding"]
        here, wanted = (bare(normalized(each).text) for each in (span.surface(text), words))
        if told["how"] == "exact":
            assert words == span.surface(text)
        elif told["how"] == "normalized":
            assert here == wanted or len(span.fragments) == 2
        else:
            assert told["similarity"] == pytest.approx(
                Indel.normalized_similarity(here, wanted), abs=1e-4
            )
            assert threshold <= told["similarity"] < 1
    assert len(layer.spans) + len(lost(layer)) == 1


@given(TEXTS)
def test_words_of_letters_that_the_text_lacks_are_not_in_it(text: str) -> None:
    (layer,) = ground([layer_of("ξψω ζθ", "", " ", "𝔷")], {"a": Document("a", text.strip())})
    assert {"q0", "q1", "q3"} <= {item["id"] for item in lost(layer)}


@given(TEXTS, st.lists(parts(), max_size=5), st.lists(LETTERS, max_size=3))
def test_spans_are_in_the_text_and_every_string_is_accounted_for(
    text: str, others: list[tuple[str, int, int]], noise: list[str]
) -> None:
    words = [*(other[start:end] for other, start, end in others), *noise, text[:9], text[:9]]
    doc = Document("a", text)
    (layer,) = ground([layer_of(*words)], {"a": doc})
    assert {span.id for span in layer.spans} | {str(item["id"]) for item in lost(layer)} == {
        f"q{n}" for n in range(len(words))
    }
    assert all(0 <= s < e <= len(text) for span in layer.spans for s, e in span.fragments)
    counts = count_strings([layer])["Quote"]
    assert counts.total == len(words)
    assert counts.not_in_text == len(lost(layer))
    assert layer.text_sha256 == doc.sha256
    places_taken = [s.fragments for s in layer.spans if not s.meta["grounding"].get("shared")]
    assert len(places_taken) == len(set(places_taken))
    assert ground([layer_of(*words)], {"a": doc}) == (layer,)


@given(st.lists(st.tuples(TEXTS, parts()), min_size=1, max_size=4), st.randoms())
def test_the_order_of_documents_does_not_matter(
    pairs: list[tuple[str, tuple[str, int, int]]], shuffler: random.Random
) -> None:
    documents = {f"d{n}": Document(f"d{n}", text) for n, (text, _) in enumerate(pairs)}
    layers = [
        layer_of(part[0][part[1] : part[2]], text[-5:], doc=f"d{n}")
        for n, (text, part) in enumerate(pairs)
    ]
    found = {layer.doc_id: layer for layer in ground(layers, documents)}
    shuffler.shuffle(layers)
    names = list(documents)
    shuffler.shuffle(names)
    again = ground(layers, {name: documents[name] for name in names})
    assert {layer.doc_id: layer for layer in again} == found


@given(st.integers(1, 6), st.integers(0, 6), st.data())
def test_repeated_words_take_different_places_in_order(
    times: int, more: int, data: st.DataObject
) -> None:
    gaps = data.draw(st.lists(LETTERS, min_size=times + more + 1, max_size=times + more + 1))
    text = "Yes.".join(gaps)
    assume(text.count("Yes.") == times + more)
    (layer,) = ground([layer_of(*["Yes."] * times)], {"a": Document("a", text)})
    assert [span.id for span in layer.spans] == [f"q{n}" for n in range(times)]
    assert len({span.fragments for span in layer.spans}) == times


@given(st.permutations(range(4)))
def test_related_spans_stay_together_in_any_order(order: list[int]) -> None:
    names = ["Ana", "Ben", "Cleo", "Dov"]
    text = "".join(f"“Yes.” {name} said to the others. " for name in names)
    wordings, relations = [], []
    for number in order:
        wordings += [
            Wording(f"s{number}", "Speaker", (names[number],)),
            Wording(f"q{number}", "Quote", ("“Yes.”",)),
            Wording(f"c{number}", "Cue", ("said",)),
        ]
        relations += [
            Relation("said_by", f"q{number}", f"s{number}"),
            Relation("cued_by", f"q{number}", f"c{number}"),
        ]
    annotation = Annotation("a", "", "llm", relations=tuple(relations))
    (layer,) = ground([Ungrounded(annotation, tuple(wordings))], {"a": Document("a", text)})
    for number, name in enumerate(names):
        place = layer.by_id[f"s{number}"]
        assert layer.by_id[f"q{number}"].end == place.start - 1
        assert layer.by_id[f"c{number}"].start == place.start + len(name) + 1


@given(parts(TEXTS), st.sampled_from([0.7, 0.85, 0.95]), st.data())
def test_fuzzy_search_finds_what_trying_everything_finds(
    part: tuple[str, int, int], threshold: float, data: st.DataObject
) -> None:
    text, start, end = part
    words = words_of(normalized(text).text)
    wanted = list(text[start:end])
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(wanted)))
        wanted[at : at + data.draw(st.integers(0, 2))] = data.draw(st.sampled_from(["", "x", "é "]))
    needle = bare(normalized("".join(wanted)).text)
    best = max(
        (
            Indel.normalized_similarity(needle, words.text[s:e])
            for s in words.starts
            for e in words.ends
            if s < e
        ),
        default=0.0,
    )
    found = similar(words, needle, threshold)
    assert bool(found) == (best >= threshold and bool(needle))
    if found:
        assert max(each.similarity for each in found) == pytest.approx(best)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(parts(TEXTS))
def test_a_layer_that_is_grounded_already_stays_as_it_is(part: tuple[str, int, int]) -> None:
    text, start, end = part
    documents = {"a": Document("a", text)}
    (layer,) = ground([layer_of(text[start:end], "ξψω ζθ")], documents)
    assert ground([Ungrounded(layer)], documents) == (layer,)
    more = replace(layer_of("ζθξ ξψω").wordings[0], id="late")
    (again,) = ground([Ungrounded(layer, (more,))], documents)
    assert again.spans == layer.spans
    assert [item["id"] for item in lost(again)] == ["q1", "late"]
