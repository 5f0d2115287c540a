"""Policies, case by case: what becomes of place, answers, relations, ties and who was not asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from quotemark import Adjudication, Decision, adjudicate
from quotemark.errors import QuotemarkError
from quotemark.model import Annotation, Asked, Corpus, Relation
from support.sentence import CUE, DOC, MAYOR, QUOTE, SAID, SPEAKER, TEXT, layer


def by(policy: str, *layers: Annotation, **more: object) -> Adjudication:
    given: dict[str, object] = {"policies": [policy], **more}
    return adjudicate(Corpus({"d": DOC}, layers), **given)  # type: ignore[arg-type]


def told(made: Adjudication) -> list[tuple[str, object, object]]:
    (gold,) = made.gold
    return [
        (TEXT[s.start : s.fragments[-1][1]], s.meta["decision"], s.meta["support"])
        for s in gold.spans
    ]


def test_more_than_half_of_those_asked_make_a_thing_stand() -> None:
    layers = (layer("a", CUE), layer("b", CUE), layer("c"), layer("d", SPEAKER))
    three = by("majority", *layers[:3])
    assert told(three) == [("said", "majority", ["a", "b"])]
    assert (three.settled, three.decided, three.disputes) == (0, 1, ())
    four = by("majority", *layers)
    assert [dispute.key for dispute in four.disputes] == ["a:c"]  # two of four: a tie
    assert told(four) == []  # one of four has the speaker
    assert four.decided == 1


def test_union_and_intersection() -> None:
    layers = (layer("a", CUE, SPEAKER), layer("b", CUE), layer("c", CUE))
    assert told(by("union", *layers)) == [
        ("said", "unanimous", ["a", "b", "c"]),
        ("Ana Lund", "union", ["a"]),
    ]
    assert told(by("intersection", *layers)) == [("said", "unanimous", ["a", "b", "c"])]
    assert by("intersection", *layers).decided == 1


def test_the_place_that_most_give_is_taken_and_three_places_are_a_tie() -> None:
    wide, wider = (
        replace(SPEAKER, fragments=((SPEAKER.start - n, SPEAKER.fragments[0][1]),)) for n in (1, 5)
    )
    for policy in ("majority", "union", "intersection"):
        made = by(policy, layer("a", SPEAKER), layer("b", wide), layer("c", SPEAKER))
        assert told(made) == [("Ana Lund", policy, ["a", "c"])]
        made = by(policy, layer("a", SPEAKER), layer("b", wide), layer("c", wider))
        assert len(made.disputes) == 1


def test_answers_are_voted_on_each_by_itself() -> None:
    forms = ("direct", "direct", "mixed")
    sources = ("not_stated", "mention", "not_stated")
    layers = [
        layer(who, replace(QUOTE, attributes={"form": form, "source": source}))
        for who, form, source in zip("abc", forms, sources, strict=True)
    ]
    made = by("majority", *layers)
    (gold,) = made.gold
    assert gold.spans[0].attributes == {"form": "direct", "source": "not_stated"}
    assert gold.spans[0].meta == {"support": ["a"], "decision": "majority"}
    layers[0] = layer("a", replace(QUOTE, attributes={"form": "direct", "source": None}))
    assert len(by("majority", *layers).disputes) == 1  # three sources, null among them


def test_an_attribute_with_a_condition_is_voted_on_by_those_who_meet_it() -> None:
    elsewhere = {"form": "direct", "source": "elsewhere"}
    mention = replace(QUOTE, attributes={"form": "direct", "source": "not_stated"})
    bo, cy = (
        replace(QUOTE, attributes={**elsewhere, "source_entity": (name,)}) for name in ("Bo", "Cy")
    )
    won = by("majority", layer("a", mention), layer("b", bo), layer("c", bo))
    assert won.gold.annotations[0].spans[0].attributes["source_entity"] == ("Bo",)
    lost = by("majority", layer("a", mention), layer("b", mention), layer("c", bo))
    assert lost.gold.annotations[0].spans[0].attributes == mention.attributes
    assert len(by("majority", layer("a", mention), layer("b", bo), layer("c", cy)).disputes) == 1


def test_relations_are_voted_on_as_a_set() -> None:
    spans = (QUOTE, SPEAKER, MAYOR)
    other = Relation("said_by", "q", "m")
    layers = [
        layer("a", *spans, relations=(SAID,)),
        layer("b", *spans, relations=(SAID,)),
        layer("c", *spans, relations=(SAID, other)),
    ]
    (gold,) = by("majority", *layers).gold
    assert gold.relations == (Relation("said_by", "quote-1", "speaker-1"),)
    layers[1] = layer("b", *spans, relations=(other,))
    assert [d.key for d in by("union", *layers).disputes] == ["a:q"]


def test_what_leads_to_something_left_out_is_open() -> None:
    """All four have the quote, most say who said it: but not all have that speaker."""
    with_speaker = [layer(who, QUOTE, SPEAKER, relations=(SAID,)) for who in "abc"]
    with_mayor = layer("d", QUOTE, MAYOR, relations=(Relation("said_by", "q", "m"),))
    made = by("intersection", *with_speaker, with_mayor)
    assert [dispute.key for dispute in made.disputes] == ["a:q"]
    assert told(made) == []
    assert told(by("majority", *with_speaker, with_mayor)) == [
        ('"It is over"', "majority", ["a", "b", "c"]),
        ("Ana Lund", "majority", ["a", "b", "c"]),
    ]
    one = by("intersection", *with_speaker, with_mayor, decisions=[Decision("d", "a:q", "none")])
    assert (one.disputes, told(one)) == ((), [])
    with pytest.raises(QuotemarkError, match="said_by leads to a:s, which is decided to be none"):
        by("intersection", *with_speaker, with_mayor, decisions=[Decision("d", "a:q", "a")])


def test_who_was_not_asked_has_no_vote() -> None:
    quotes = Asked(labels=("Quote",), relations=())
    layers = (layer("a", CUE), layer("b"), layer("c", CUE), layer("d", asked=quotes))
    assert told(by("majority", *layers)) == [("said", "majority", ["a", "c"])]
    bare = replace(QUOTE, attributes={"form": "mixed"})
    form = Asked(attributes=("Quote.form",), relations=())
    made = by("majority", layer("a", QUOTE), layer("b", QUOTE), layer("c", bare, asked=form))
    assert made.gold.annotations[0].spans[0].attributes == QUOTE.attributes


def test_weights_are_votes() -> None:
    layers = (layer("a", CUE), layer("b"), layer("c"))
    heavy = {"a": 0.9, "b": 0.4, "c": 0.4}
    assert told(by("weighted", *layers, weights=heavy)) == [("said", "weighted", ["a"])]
    assert told(by("weighted", *layers, weights={**heavy, "b": 0.6})) == []
    assert len(by("weighted", *layers, weights={**heavy, "b": 0.5}).disputes) == 1
    nobody = by("weighted", *layers, weights=dict.fromkeys("abc", 0.0))
    assert len(nobody.disputes) == 1
    (gold,) = by("weighted", *layers, weights=heavy).gold
    assert gold.provenance["policies"] == ["weighted"]
    assert gold.provenance["weights"] == heavy


def test_weights_are_the_annotators_reliability_where_none_are_given() -> None:
    pytest.importorskip("crowdkit")
    good = [replace(CUE, id=f"c{n}", fragments=((n, n + 1),)) for n in range(0, 40, 4)]
    odd = [replace(CUE, id=f"o{n}", fragments=((n + 2, n + 3),)) for n in range(0, 40, 4)]
    made = by("weighted", layer("a", *good), layer("b", *good), layer("c", *odd))
    (gold,) = made.gold
    assert made.disputes == ()
    assert [s.fragments for s in gold.spans] == [s.fragments for s in good]
    assert set(gold.provenance["weights"]) == {"a", "b", "c"}


def test_policies_are_asked_one_after_the_other() -> None:
    layers = (layer("a", CUE), layer("b"))
    assert len(by("majority", *layers).disputes) == 1
    made = by("", *layers, policies=["majority", "prefer:a"])
    assert told(made) == [("said", "preferred", ["a"])]
    assert made.gold.annotations[0].provenance["policies"] == ["majority", "prefer:a"]
    assert told(by("", *layers, policies=["majority", "prefer:b"])) == []


def test_a_decision_wins_over_a_policy() -> None:
    layers = (layer("a", CUE), layer("b", CUE), layer("c"))
    made = by("majority", *layers, decisions=[Decision("d", "b:c", "none")])
    assert (told(made), made.decided) == ([], 1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"policies": ["prefer:z"]}, r"no annotator 'z' \[annotator\]; name one of: a, b"),
        ({"policies": ["prefer:"]}, "no annotator ''"),
        ({"policies": [""]}, "no policy ''"),
        ({"policies": ["majority"], "weights": {"a": 1, "b": 1}}, "weights without weighted"),
        ({"policies": ["weighted"], "weights": {"a": 1}}, "'b' has no weight"),
        ({"policies": ["weighted"], "weights": {"a": 1, "b": 1, "z": 1}}, "no annotator 'z'"),
        ({"policies": ["weighted"], "weights": {"a": 1, "b": -1}}, "the weight of 'b' is -1"),
        ({"policies": ["weighted"], "weights": {"a": 1, "b": float("nan")}}, "is nan"),
        ({"policies": ["weighted"], "weights": {"a": 1, "b": float("inf")}}, "is inf"),
    ],
)
def test_policies_and_weights_that_cannot_be(given: dict[str, object], said: str) -> None:
    with pytest.raises(QuotemarkError, match=said):
        by("", layer("a", CUE), layer("b"), **given)
