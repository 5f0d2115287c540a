"""Edges on which measures of agreement have gone wrong elsewhere, for every measure.

Others have given 1 for work that does not overlap, 0 for full agreement, more for a near match
than for an exact one, and another value once an empty document is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from quotemark import agree, agree_by_document, matrix, passages
from quotemark.agreement import MEASURES, Agreement
from quotemark.errors import QuotemarkError
from quotemark.model import Annotation, Asked, Corpus, Document, Relation, Span

TEXT = "She said “it rains” and he said “it snows” before they went home again."
EVERY = tuple(MEASURES)


def span(name: str, label: str, words: str, nth: int = 0, **attributes: str) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return Span(name, label, ((start, start + len(words)),), attributes)


SHE = span("s", "Speaker", "She", entity="Ana", kind="named")
HE = span("h", "Speaker", "he", 1, entity="Bo", kind="pronoun")
RAINS = span("r", "Quote", "“it rains”", form="direct", source="mention")
SNOWS = span("n", "Quote", "“it snows”", form="mixed", source="mention")
SPANS = (SHE, HE, RAINS, SNOWS, span("c", "Cue", "said"), span("d", "Cue", "said", 1))
SAID = (Relation("said_by", "r", "s"), Relation("said_by", "n", "h"))


def layer(who: str, *spans: Span, doc: str = "d", asked: Asked | None = None) -> Annotation:
    ids = {each.id for each in spans}
    relations = tuple(r for r in SAID if {r.head, r.tail} <= ids)
    return Annotation(doc, "", who, spans, relations, asked=asked or Asked())


def found(layers: Sequence[Annotation], **texts: str) -> list[Agreement]:
    texts = dict.fromkeys((each.doc_id for each in layers), TEXT) | texts
    documents = {doc: Document(doc, text) for doc, text in texts.items()}
    return agree(Corpus(documents, tuple(layers)), measures=EVERY, resamples=10, precision=0.1)


def values(rows: Sequence[Agreement], who: str = "abc") -> dict[tuple[str, str], float | None]:
    return {(r.measure, r.label): r.value for r in rows if "".join(r.annotators) == who}


@pytest.mark.parametrize("who", ["ab", "abc", "abcde"])
def test_full_agreement_is_1_by_every_measure(who: str) -> None:
    rows = values(found([layer(name, *SPANS) for name in who]), who)
    assert {measure for (measure, _), value in rows.items() if value == 1} == {
        each.name for each in MEASURES.values() if len(who) == 2 or "κ" not in each.name
    }
    assert {value for value in rows.values() if value is not None} == {1.0}


def test_spans_that_nobody_else_has_are_no_agreement_by_any_measure() -> None:
    one, two = layer("a", RAINS, SHE), layer("b", SNOWS, HE)
    rows = values(found([one, two]), "ab")
    for label in ("Quote", "Speaker"):
        for measure in ("F1 exact", "F1 overlap(iou>=0.5)"):
            assert rows[measure, label] == 0
        for measure in ("κ token", "α token", "uα", "γ"):
            value = rows[measure, label]
            assert value is not None, measure
            assert value < 0.1, measure
    assert rows["κ", "Quote.form"] is None
    assert rows["α", "Quote.form"] is None


def test_who_marks_all_and_who_marks_nothing_do_not_agree() -> None:
    rows = values(found([layer("a", *SPANS), layer("b")]), "ab")
    for (measure, label), value in rows.items():
        if label in ("Quote", "Cue", "said_by"):
            assert value is None or value <= 0.1, (measure, label)
    assert rows["F1 relation(relaxed)", "said_by"] == 0
    assert rows["F1 exact", "Stance"] is None


@pytest.mark.parametrize(
    "asked", [Asked(labels=()), Asked(windows=()), Asked(labels=("Stance",), attributes=())]
)
def test_who_was_asked_nothing_of_it_says_nothing(asked: Asked) -> None:
    layers = [layer("a", *SPANS), layer("b", *SPANS[:4]), layer("c", SHE, RAINS, SNOWS)]
    with_one_more = values(found([*layers, layer("z", asked=asked)]), "abcz")
    without = values(found(layers))
    if asked.windows == ():
        with_one_more = values(found([*layers, layer("z", asked=asked)]))
    compared = 0
    for key, value in without.items():
        if value is not None:
            assert with_one_more[key] == pytest.approx(value), key
            compared += 1
    assert compared > 20


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_document_changes_nothing_but_how_many_there_are(text: str) -> None:
    layers = [layer("a", *SPANS), layer("b", *SPANS[:4]), layer("c", SHE, RAINS, SNOWS)]
    empty = [layer(who, doc="e") for who in "abc"]
    before, after = found(layers), found([*layers, *empty], e=text)
    gaps = ("uα",) if text else ()  # whose continuum has more gap
    for one, two in zip(before, after, strict=True):
        if one.measure not in gaps:
            assert two.value == pytest.approx(one.value), (one.measure, one.label)
            assert two.items == one.items
        assert two.documents == one.documents * 2
    alone = found(empty, e=text)
    assert {row.value for row in alone} == {None}
    assert all(row.items == 0 or row.measure == "uα" for row in alone)


def test_identical_spans_are_as_many_as_there_are() -> None:
    again = replace(RAINS, id="r2")
    twice, once = layer("a", RAINS, again), layer("b", RAINS)
    rows = values(found([twice, once]), "ab")
    assert rows["F1 exact", "Quote"] == pytest.approx(2 / 3)
    assert rows["κ token", "Quote"] == rows["α token", "Quote"] == rows["uα", "Quote"] == 1
    gamma = rows["γ", "Quote"]
    assert gamma is not None
    assert gamma < 1
    both = values(found([twice, replace(twice, annotator="b")]), "ab")
    for measure in ("F1 exact", "F1 overlap(iou>=0.5)", "uα", "γ"):
        assert both[measure, "Quote"] == 1, measure
    for layers in ([twice, once], [once, replace(twice, annotator="c")]):
        assert passages(Corpus({"d": Document("d", TEXT)}, tuple(layers)))[0].pairs == 2


def test_one_unit_over_all_of_the_text_is_no_0() -> None:
    """All there is lies inside: by chance, too. Only γ, which has units to pair, can tell."""
    whole = Span("w", "Cue", ((0, len(TEXT)),))
    rows = values(found([layer(who, whole) for who in "abc"]))
    assert rows["F1 exact", "Cue"] == rows["γ", "Cue"] == 1
    assert rows["α token", "Cue"] is None
    assert rows["uα", "Cue"] is None


@pytest.mark.parametrize("measure", EVERY)
@pytest.mark.parametrize("layers", [[], ["a"]])
def test_one_annotator_or_none_is_told(measure: str, layers: list[str]) -> None:
    corpus = Corpus({}, tuple(layer(who, *SPANS) for who in layers))
    message = rf"no two annotators share a document \({len(layers)} in all\)"
    with pytest.raises(QuotemarkError, match=message):
        agree(corpus, measures=[measure])
    with pytest.raises(QuotemarkError, match=message):
        matrix(corpus, measure)
    with pytest.raises(QuotemarkError, match=message):
        agree_by_document(corpus, measures=[measure])
    assert passages(Corpus({"d": Document("d", TEXT)}, corpus.annotations)) == []


def test_exact_is_above_near_is_above_far_by_every_measure_of_spans() -> None:
    start, end = RAINS.fragments[0]
    near, far = (replace(RAINS, fragments=((start + by, end + by),)) for by in (1, 30))
    rows = [values(found([layer("a", RAINS), layer("b", o)]), "ab") for o in (RAINS, near, far)]
    for measure in ("κ token", "α token", "uα", "γ", "F1 overlap(iou>=0.5)"):
        exact, close, apart = (row[measure, "Quote"] for row in rows)
        assert exact is not None
        assert close is not None
        assert apart is not None
        assert exact == 1
        assert 1 >= close > apart, measure
