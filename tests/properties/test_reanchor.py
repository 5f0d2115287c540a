"""Annotations of a text that has changed: what is still there is found, nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotemark.errors import QuotemarkError
from quotemark.model import Annotation, Asked, Relation, Span
from quotemark.reanchor import TextChange, reanchor

GAPS = st.sampled_from([" ", "\r\n\r\n", "\n", "  ", ", ", "! 😀 ", " — "])


@st.composite
def texts(draw: st.DrawFn, *, stem: str = "w") -> str:
    """Words that are all different, with emoji, several kinds of line ends and spaces between."""
    number = draw(st.integers(1, 25))
    return "".join(f"{stem}{i}é👩‍👧{draw(GAPS)}" for i in range(number))


@st.composite
def layers(draw: st.DrawFn, text: str) -> Annotation:
    ends = st.integers(0, len(text)).flatmap(
        lambda s: st.integers(0, len(text)).map(lambda e: (min(s, e), max(s, e)))
    )
    places = [place for place in draw(st.lists(ends, max_size=6)) if place[0] < place[1]]
    spans = tuple(Span(f"s{n}", "Quote", (place,)) for n, place in enumerate(places))
    arrows = tuple(Relation("r", "s0", span.id) for span in spans[1:])
    return Annotation("a", TextChange(text, "").old_hash, "ann", spans, arrows)


@given(st.data())
def test_an_unchanged_text_gives_the_annotation_as_it_is(data: st.DataObject) -> None:
    text = data.draw(texts())
    layer = data.draw(layers(text))
    found = reanchor(layer, TextChange(text, text))
    assert (found.annotation, found.lost, found.lost_relations) == (layer, (), ())


@given(st.data())
def test_what_is_inserted_outside_spans_moves_them_only(data: st.DataObject) -> None:
    text = data.draw(texts())
    layer = data.draw(layers(text))
    # Between two words, and in no span: within one, its words are no longer those it marked.
    cuts = [0, *(at for at in range(1, len(text)) if text[at - 1].isspace() and text[at] == "w")]
    free = [at for at in cuts if not any(s.start < at < s.end for s in layer.spans)]
    at = data.draw(st.sampled_from(free))
    inserted = data.draw(texts(stem="n"))
    if not inserted[-1].isspace():
        inserted += " "
    found = reanchor(layer, TextChange(text, text[:at] + inserted + text[at:]))
    assert found.lost == ()
    by = {span.id: span for span in found.annotation.spans}
    for span in layer.spans:
        moved = len(inserted) if span.start >= at else 0
        assert by[span.id].fragments == span.shifted(moved).fragments
    assert found.annotation.relations == layer.relations


@given(st.data())
def test_what_is_found_says_what_was_marked(data: st.DataObject) -> None:
    """Whatever has become of the text."""
    words = st.lists(st.sampled_from(["he", "said", "no", '"No"', "the", "\n", "😀"]), max_size=30)
    old, new = (" ".join(data.draw(words)) for _ in range(2))
    layer = data.draw(layers(old))
    change = TextChange(old, new)
    found = reanchor(layer, change)
    before = {span.id: span for span in layer.spans}
    for span in found.annotation.spans:
        was = before.pop(span.id)
        assert span.surface(new).split() == was.surface(old).split()
    assert sorted(span.id for span in found.lost) == sorted(before)
    assert sorted((*found.annotation.relations, *found.lost_relations)) == list(layer.relations)


@given(texts(), st.data())
def test_other_line_ends_lose_nothing(text: str, data: st.DataObject) -> None:
    layer = data.draw(layers(text))
    new = text.replace("\r\n", "\n")
    whole = [s for s in layer.spans if s.surface(text).strip() and "\r" not in text[s.end - 1]]
    found = reanchor(layer, TextChange(text, new))
    names = {span.id for span in found.lost}
    edges = {s.id for s in whole if text[s.start].isspace() or text[s.end - 1].isspace()}
    assert names <= {s.id for s in layer.spans} - {s.id for s in whole} | edges


def one(words: str, old: str, new: str, *, at: int = 0) -> str | None:
    """Where the words of the old text that begin after `at` are in the new one, with marks."""
    start = old.index(words, at)
    span = Span("s", "Quote", ((start, start + len(words)),))
    change = TextChange(old, new)
    found = reanchor(Annotation("a", change.old_hash, "ann", (span,)), change).annotation.spans
    if not found:
        return None
    return f"{new[: found[0].start]}[{new[found[0].start : found[0].end]}]{new[found[0].end :]}"


def test_an_opening_mark_that_two_paragraphs_share() -> None:
    old = 'It rained.\n\n"Yes", said Ana.\n'
    new = 'It rained.\n\n"No", said Bo.\n\n"Yes", said Ana.\n'
    assert one('"Yes"', old, new) == 'It rained.\n\n"No", said Bo.\n\n["Yes"], said Ana.\n'


def test_a_paragraph_that_has_moved() -> None:
    first = "The old ferry must go by the end of next year, said Ana Brandt on Monday."
    second = "It has carried people over the river for ninety years and never once sunk."
    third = "The town council meets in May."
    old, new = ("\n\n".join(order) for order in ((first, second, third), (second, third, first)))
    assert one("Ana Brandt", old, new) == new.replace("Ana Brandt", "[Ana Brandt]")


def test_the_same_words_in_another_sentence_are_not_taken() -> None:
    old = "The mayor was angry when he left the room. Later he said that tolls would rise."
    new = "Nobody knew anything. Later he said that tolls would rise."

    assert one("he", old, new, at=20) is None
    assert one("he", old, new, at=40) == new.replace("he said", "[he] said")


def test_a_span_of_two_parts_is_kept_or_lost_as_one() -> None:
    old = '"We will go", he said, "but not today". The end.'
    spans = (Span("q", "Quote", ((0, 12), (23, 38))),)
    change = TextChange(old, old.replace("but not today", "perhaps"))
    found = reanchor(Annotation("a", change.old_hash, "ann", spans), change)
    assert (found.annotation.spans, found.lost) == ((), spans)


def test_windows_follow_their_words() -> None:
    old = "One two three. Four five six."
    change = TextChange(old, f"Zero. {old}")
    layer = Annotation("a", change.old_hash, "ann", asked=Asked(windows=((0, 14),)))
    assert reanchor(layer, change).annotation.asked.windows == ((6, 20),)


def test_another_text_is_refused() -> None:
    layer = Annotation("a", "0" * 64, "ann")
    with pytest.raises(QuotemarkError, match="over another text"):
        reanchor(layer, TextChange("a", "b"))
    beyond = Annotation("a", "", "ann", (Span("s", "Quote", ((0, 5),)),))
    with pytest.raises(QuotemarkError, match="reaches beyond"):
        reanchor(beyond, TextChange("a", "b"))
