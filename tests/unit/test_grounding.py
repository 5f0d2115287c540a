"""Where strings are put, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from quotemark.errors import QuotemarkError
from quotemark.grounding import StringCounts, Ungrounded, Wording, count_strings, ground, lost
from quotemark.model import Annotation, Document, Entity, Relation, Span

TALKS = (
    "“We made progress on nearly all of the central issues”, Ana Lund said.\r\n\r\n"
    "Asked whether they would meet again, she said: “Yes.”\r\n\r\n"
    "Ove Berg was asked the same. “Yes.” He added: “But not here — never.” 😀 “כן.”\r\n"
)


def put(
    *wordings: Wording,
    text: str = TALKS,
    relations: tuple[Relation, ...] = (),
    entities: tuple[Entity, ...] = (),
    spans: tuple[Span, ...] = (),
    threshold: float = 0.85,
) -> Annotation:
    layer = Annotation("a", "", "llm", spans, relations, entities)
    documents = {"a": Document("a", text)}
    (made,) = ground([Ungrounded(layer, wordings)], documents, threshold=threshold)
    return made


def quote(words: str | tuple[str, ...], id: str = "q", **more: Any) -> Wording:
    return Wording(id, "Quote", (words,) if isinstance(words, str) else words, **more)


def found(layer: Annotation, id: str = "q", text: str = TALKS) -> tuple[str, str]:
    span = layer.by_id[id]
    return span.meta["grounding"]["how"], span.surface(text)


@pytest.mark.parametrize(
    ("words", "how", "there"),
    [
        ("Ana Lund", "exact", "Ana Lund"),
        ("never.” 😀 “כן.”", "exact", "never.” 😀 “כן.”"),
        ("ANA lund", "normalized", "Ana Lund"),
        ('"Yes."', "normalized", "“Yes.”"),
        ("''Yes.''", "normalized", "“Yes.”"),
        ("  But not here -- never", "normalized", "But not here — never"),
        ("again, she said: “Yes.” Ove", "normalized", "again, she said: “Yes.”\r\n\r\nOve"),
        # Marks and final stops of its own make no difference.
        ('"Ana Lund."', "normalized", "Ana Lund"),
        ("“But not here—never”,", "normalized", "“But not here — never.”"),
        (
            '"We made progress on nearly all of the central issues," Ana',
            "altered",
            "“We made progress on nearly all of the central issues”, Ana",
        ),
        (
            "We made some progress on nearly all the central issues",
            "altered",
            "We made progress on nearly all of the central issues",
        ),
    ],
)
def test_how_words_are_found(words: str, how: str, there: str) -> None:
    assert found(put(quote(words))) == (how, there)


@pytest.mark.parametrize("words", ["", " \n", "“”", "We made no progress whatsoever", "לא ולא"])
def test_what_is_not_there_is_kept_as_it_was_given(words: str) -> None:
    layer = put(
        quote(words, attributes={"source_entity": ("B", "A")}, score=0.5, before="x", meta={"n": 1})
    )
    assert layer.spans == ()
    assert lost(layer) == [
        {
            "id": "q",
            "label": "Quote",
            "words": words,
            "attributes": {"source_entity": ["B", "A"]},
            "score": 0.5,
            "before": "x",
            "meta": {"n": 1},
        }
    ]
    assert count_strings([layer]) == {"Quote": StringCounts(not_in_text=1)}


def test_similarity_is_given_and_the_threshold_decides() -> None:
    words = quote("We made some progress")
    (span,) = put(words).spans
    assert span.meta["grounding"]["similarity"] == round(2 * 16 / (16 + 21), 4)
    assert put(words, threshold=0.87).spans == ()
    assert put(quote("Ana Lundt"), threshold=1).spans == ()
    assert found(put(quote("ana lund"), threshold=1)) == ("normalized", "Ana Lund")


def test_whole_words_come_before_parts_of_words() -> None:
    text = "Other hers: she saw her."
    (span,) = put(quote("her"), text=text).spans
    assert span.fragments == ((20, 23),)


def test_accents_count_but_not_how_they_are_encoded() -> None:
    text = "Rene\u0301 met Rene. 한국이 이겼다."
    assert found(put(quote("René"), text=text), text=text) == ("normalized", "Rene\u0301")
    assert put(quote("Rene"), text=text).spans[0].fragments == ((10, 14),)
    jamo = "\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1175"
    assert found(put(quote(jamo), text=text), text=text) == ("normalized", "한국이")


def test_repeats_go_to_different_places_in_order_and_share_only_when_there_are_none_left() -> None:
    layer = put(*(quote("“Yes.”", f"q{n}") for n in range(3)))
    first, second = TALKS.index("“Yes.”"), TALKS.rindex("“Yes.”")
    assert [layer.by_id[f"q{n}"].start for n in range(2)] == [first, second]
    assert layer.by_id["q2"].meta["grounding"]["shared"] is True
    assert count_strings([layer])["Quote"].exact == 3


def test_a_repeat_stands_between_its_neighbours() -> None:
    neighbours = (quote("Asked whether", "a"), quote("“Yes.”"), quote("But not here", "z"))
    assert put(*neighbours).by_id["q"].start == TALKS.index("“Yes.”")
    late = (quote("Ove Berg was asked", "a"), quote("“Yes.”"))
    assert put(*late).by_id["q"].start == TALKS.rindex("“Yes.”")


@pytest.mark.parametrize(
    "more",
    [
        {"before": "Ove Berg was asked the same."},
        {"before": "was asked the SAME"},
        {"after": " He added"},
        {"before": "the same", "after": "He added"},
        {"attributes": {"source_entity": "Ove Berg"}},
    ],
)
def test_context_and_the_name_of_the_source_choose_the_place(more: dict[str, Any]) -> None:
    assert put(quote("“Yes.”", **more)).by_id["q"].start == TALKS.rindex("“Yes.”")


def test_an_alias_of_the_source_is_as_good_as_its_name() -> None:
    entities = (Entity("berg", "O. Berg", ("Ove Berg",)),)
    named = quote("“Yes.”", attributes={"source_entity": "O. Berg"})
    assert put(named).by_id["q"].start == TALKS.index("“Yes.”")
    assert put(named, entities=entities).by_id["q"].start == TALKS.rindex("“Yes.”")


def test_related_spans_choose_the_place_those_with_offsets_too() -> None:
    at = TALKS.index("Ove Berg")
    said_by = (Relation("said_by", "q", "s"),)
    speaker = Span("s", "Speaker", ((at, at + 8),))
    for layer in (
        put(quote("“Yes.”"), spans=(speaker,), relations=said_by),
        put(quote("“Yes.”"), Wording("s", "Speaker", ("Ove Berg",)), relations=said_by),
    ):
        assert layer.by_id["q"].start == TALKS.rindex("“Yes.”")
        assert layer.relations == said_by


def test_ties_are_settled_together() -> None:
    """Both cues are nearest to the one place between the quotes; the sum decides."""
    text = "“A b.” said he, and so said she. “C d.”"
    layer = put(
        quote("“C d.”", "q2"),
        quote("“A b.”", "q1"),
        Wording("c2", "Cue", ("said",)),
        Wording("c1", "Cue", ("said",)),
        text=text,
        relations=(Relation("cued_by", "q1", "c1"), Relation("cued_by", "q2", "c2")),
    )
    assert layer.by_id["c1"].start == text.index("said")
    assert layer.by_id["c2"].start == text.rindex("said")


def test_a_string_may_stand_inside_another_and_labels_do_not_compete() -> None:
    stance = Wording("t", "Stance", ("made progress",))
    layer = put(quote("We made progress"), quote("progress", "inner"), stance)
    assert layer.by_id["inner"].start == TALKS.index("progress")
    both = put(quote("Ana Lund"), Wording("s", "Speaker", ("Ana Lund",)))
    assert both.by_id["q"].fragments == both.by_id["s"].fragments


def test_fragments_follow_each_other_as_close_as_they_come() -> None:
    layer = put(quote(("“Yes.”", "“But not here - never.”")))
    assert layer.by_id["q"].fragments[0][0] == TALKS.rindex("“Yes.”")
    assert found(layer) == ("normalized", "“Yes.” … “But not here — never.”")
    assert layer.by_id["q"].meta["grounding"]["words"] == ["“Yes.”", "“But not here - never.”"]
    assert put(quote(("“But not here", "“Yes.”"))).spans == ()
    assert put(quote(())).spans == ()


BROKEN = (
    "“We will go”, the mayor’s spokesman said. “But not today.” He left.\n"
    "“We will go”, he had said before, “if asked.” “But not today.”\n"
    "“Never”, she said.\n“Come back.”\n"
)


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ('"We will go. But not today."', "“We will go” … “But not today.”"),
        ('"We will go" ... "but not today"', "“We will go” … “But not today.”"),
        ("We will go, but not today", "We will go … But not today"),
        ("'We will go if asked'", "“We will go” … “if asked.”"),
        ("will go, but not", "will go … But not"),
    ],
)
def test_a_quotation_that_an_attribution_interrupts_is_two_fragments(
    words: str, there: str
) -> None:
    layer = put(quote(words), text=BROKEN)
    assert found(layer, text=BROKEN) == ("normalized", there)


@pytest.mark.parametrize(
    "words",
    [
        "Never come back",  # in another paragraph
        "We will g but not",  # a word is cut
        "We will go, a not",  # words between that are not there
        "he had said before but not today",  # no mark ends the first piece
    ],
)
def test_what_is_no_interruption_is_not_joined(words: str) -> None:
    assert put(quote(words), text=BROKEN, threshold=1).spans == ()


def test_an_interruption_holds_no_other_quotation() -> None:
    text = BROKEN[BROKEN.index("\n") :]
    assert put(quote("We will go but not today"), text=text, threshold=1).spans == ()


def test_an_altered_fragment_makes_the_span_altered() -> None:
    layer = put(quote(("We made progress on nearly all the central issues", "“Yes.”")))
    told = layer.by_id["q"].meta["grounding"]
    assert told["how"] == "altered"
    assert 0.9 < told["similarity"] < 1


def test_a_relation_to_what_is_lost_is_kept_beside_it() -> None:
    relation = Relation("said_by", "q", "s")
    layer = put(quote("“Yes.”"), Wording("s", "Speaker", ("Kim Jong Un",)), relations=(relation,))
    assert layer.relations == ()
    assert layer.provenance["grounding"]["relations"] == [
        {"label": "said_by", "head": "q", "tail": "s"}
    ]
    (again,) = ground([Ungrounded(layer, (quote("Nobody", "n"),))], {"a": Document("a", TALKS)})
    assert again.provenance["grounding"]["relations"] == layer.provenance["grounding"]["relations"]
    assert [item["id"] for item in lost(again)] == ["s", "n"]


def test_what_else_an_annotation_says_stays() -> None:
    layer = put(quote("Ana Lund", attributes={"form": "direct"}, score=0.25, meta={"n": 1}))
    (span,) = layer.spans
    assert (span.attributes, span.score, span.meta["n"]) == ({"form": "direct"}, 0.25, 1)


def test_every_layer_that_cannot_be_grounded_is_named() -> None:
    layers = [
        Ungrounded(Annotation("a", "0" * 64, "llm"), (quote("Yes"),)),
        Ungrounded(Annotation("b", "", "llm"), (quote("Yes"),)),
        Ungrounded(Annotation("c", "", "llm")),
    ]
    with pytest.raises(QuotemarkError) as caught:
        ground(layers, {"a": Document("a", TALKS)})
    assert [(p.code, p.where.doc) for p in caught.value.problems] == [
        ("text-hash", "a"),
        ("no-text", "b"),
    ]
    assert ground([], {}) == ()
    with pytest.raises(ValueError, match="threshold"):
        ground([], {}, threshold=0.69)


def test_what_others_wrote_into_provenance_does_no_harm() -> None:
    for told in (None, 3, {"not_in_text": "x"}, {"not_in_text": [1, {"label": 2}]}):
        layer = Annotation("a", "", "llm", provenance={"grounding": told})
        assert sum(counts.total for counts in count_strings([layer]).values()) <= 1
    odd = Span("q", "Quote", ((0, 1),), meta={"grounding": {"how": ["exact"]}})
    assert count_strings([Annotation("a", "", "llm", (odd,))]) == {}
