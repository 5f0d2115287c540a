"""Adjudication, case by case: what is settled, what is disputed, what a decision may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import permutations

import pytest

from quotemark import Adjudication, Decision, adjudicate
from quotemark.errors import QuotemarkError
from quotemark.grouping import groups
from quotemark.model import (
    Annotation,
    Asked,
    Corpus,
    Entity,
    Relation,
    Span,
    text_hash,
)
from support.sentence import DOC, MAYOR, QUOTE, SAID, SPEAKER, layer, span


def gold_of(*layers: Annotation, **decided: object) -> Adjudication:
    return adjudicate(Corpus({"d": DOC}, layers), **decided)  # type: ignore[arg-type]


def decide(span: str, take: str, **more: object) -> Decision:
    return Decision("d", span, take, **more)  # type: ignore[arg-type]


def final(made: Adjudication) -> Annotation:
    assert made.disputes == ()
    (gold,) = made.gold
    return gold


def meta(gold: Annotation) -> Mapping[str, Mapping[str, object]]:
    return {span.id: span.meta for span in gold.spans}


def test_what_all_have_alike_is_settled() -> None:
    ours = layer("a", QUOTE, SPEAKER, relations=(SAID,))
    renamed = (replace(QUOTE, id="1"), replace(SPEAKER, id="2"))
    theirs = layer("b", *renamed, relations=(Relation("said_by", "1", "2"),))
    made = gold_of(ours, theirs, adjudicator="ann-c")
    gold = final(made)
    assert (made.settled, made.decided) == (2, 0)
    assert [(s.id, s.fragments, s.attributes) for s in gold.spans] == [
        ("quote-1", QUOTE.fragments, QUOTE.attributes),
        ("speaker-1", SPEAKER.fragments, SPEAKER.attributes),
    ]
    assert gold.relations == (Relation("said_by", "quote-1", "speaker-1"),)
    assert (gold.annotator, gold.status) == ("gold", "gold")
    assert gold.provenance == {"annotators": ["a", "b"], "adjudicator": "ann-c"}
    assert set(map(str, meta(gold).values())) == {
        "{'support': ['a', 'b'], 'decision': 'unanimous'}"
    }


@pytest.mark.parametrize(
    ("other", "relations"),
    [
        (replace(QUOTE, fragments=((1, 11),)), (SAID,)),
        (replace(QUOTE, attributes={**QUOTE.attributes, "form": "mixed"}), (SAID,)),
        (replace(QUOTE, attributes={**QUOTE.attributes, "source": None}), (SAID,)),
        (QUOTE, ()),
        (QUOTE, (Relation("said_by", "q", "m"),)),
        (QUOTE, (SAID, Relation("said_by", "q", "m"))),
    ],
    ids=["place", "value", "null", "no relation", "another tail", "one relation more"],
)
def test_what_makes_a_dispute(other: Span, relations: tuple[Relation, ...]) -> None:
    ours = layer("a", QUOTE, SPEAKER, MAYOR, relations=(SAID,))
    theirs = layer("b", other, SPEAKER, MAYOR, relations=relations)
    made = gold_of(theirs, ours)
    (dispute,) = made.disputes
    assert (dispute.doc_id, dispute.label, dispute.key) == ("d", "Quote", "a:q")
    assert dispute.versions == {"a": QUOTE, "b": other}
    assert (made.settled, made.decided) == (2, 0)
    for name, taken in (("a", QUOTE), ("b", other)):
        done = gold_of(theirs, ours, decisions=[decide("b:q", name, reason="clear")])
        gold = final(done)
        (quote,) = gold.labelled("Quote")
        assert (quote.fragments, quote.attributes) == (taken.fragments, taken.attributes)
        assert quote.meta == {"support": [name], "decision": "adjudicated", "reason": "clear"}
        assert len(gold.relations) == (1 if name == "a" else len(relations))
        assert (done.settled, done.decided) == (2, 1)


def test_a_span_that_one_lacks_is_a_dispute_that_none_can_settle() -> None:
    made = gold_of(layer("a", SPEAKER), layer("b"))
    (dispute,) = made.disputes
    assert dispute.versions == {"a": SPEAKER, "b": None}
    assert (
        final(gold_of(layer("a", SPEAKER), layer("b"), decisions=[decide("a:s", "none")])).spans
        == ()
    )
    taken = final(gold_of(layer("a", SPEAKER), layer("b"), decisions=[decide("a:s", "a")]))
    assert meta(taken) == {"speaker-1": {"support": ["a"], "decision": "adjudicated"}}


def test_an_undecided_speaker_is_listed_and_not_called_dangling() -> None:
    """The quote is settled, its speaker is open: what is asked for is a decision, no repair."""
    longer = replace(SPEAKER, fragments=((SPEAKER.start, MAYOR.end),))
    made = gold_of(
        layer("a", QUOTE, SPEAKER, relations=(SAID,)), layer("b", QUOTE, longer, relations=(SAID,))
    )
    assert [dispute.key for dispute in made.disputes] == ["a:s"]
    assert made.settled == 1


def test_taking_none_of_what_a_relation_leads_to_is_named() -> None:
    layers = (
        layer("a", QUOTE, SPEAKER, relations=(SAID,)),
        layer("b", QUOTE, SPEAKER, relations=(SAID,)),
    )
    with pytest.raises(QuotemarkError) as caught:
        gold_of(*layers, decisions=[decide("b:s", "none")])
    (problem,) = caught.value.problems
    assert problem.code == "dangling"
    assert str(problem.where) == "d: a:q"
    assert "said_by leads to a:s, which is decided to be none" in problem.message
    elsewhere = decide(
        "a:q",
        "a",
        attributes={"source": "elsewhere", "source_entity": "Ana Lund"},
        relations={"said_by": ()},
    )
    gold = final(gold_of(*layers, decisions=[decide("b:s", "none"), elsewhere]))
    assert gold.relations == ()
    assert gold.spans[0].attributes["source"] == "elsewhere"
    assert meta(gold)["quote-1"]["support"] == []


def test_a_decision_may_lead_a_relation_elsewhere() -> None:
    spans = (QUOTE, SPEAKER, MAYOR)
    layers = [layer(who, *spans, relations=(SAID,)) for who in "ab"]
    decided = decide("a:q", "b", relations={"said_by": ("b:m", "a:s")})
    gold = final(gold_of(*layers, decisions=[decided]))
    assert gold.relations == (
        Relation("said_by", "quote-1", "speaker-1"),
        Relation("said_by", "quote-1", "speaker-2"),
    )


def test_changed_attributes_have_the_support_of_whoever_said_so() -> None:
    form = {**QUOTE.attributes, "form": "mixed"}
    layers = (layer("a", QUOTE), layer("b", QUOTE), layer("c", replace(QUOTE, attributes=form)))
    for changes, support in (
        ({}, ["a", "b"]),
        ({"form": "mixed"}, ["c"]),
        ({"form": "indirect"}, []),
    ):
        gold = final(gold_of(*layers, decisions=[decide("c:q", "a", attributes=changes)]))
        assert gold.spans[0].attributes == {**QUOTE.attributes, **changes}
        assert gold.spans[0].meta["support"] == support


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (Decision("x", "a:q", "a"), "x: a:q: no such document"),
        (decide("a:z", "a"), "d: a:z: no such span"),
        (decide("z:q", "a"), "d: z:q: no such span"),
        (decide("q", "a"), "d: q: no such span"),
        (decide("a:q", "z"), "d: a:q: take is 'z', but versions are by: a, b"),
        (decide("a:q", "c"), "d: a:q: take is 'c', but versions are by: a, b"),
        (decide("a:q", "a", words="It is"), "d: a:q: its words are '\"It is over\"', not 'It is'"),
        (decide("a:q", "a", relations={"said_by": ("a:z",)}), "said_by leads to 'a:z'"),
    ],
)
def test_decisions_that_name_nothing_are_errors(decision: Decision, message: str) -> None:
    layers = (layer("a", QUOTE), layer("b", QUOTE), layer("c"))
    with pytest.raises(QuotemarkError) as caught:
        gold_of(*layers, decisions=[decision])
    (problem,) = caught.value.problems
    assert problem.code == "decision"
    assert message in str(problem)


def test_the_words_of_a_decision_may_be_right() -> None:
    decided = decide("a:q", "a", words='"It is over"')
    assert final(gold_of(layer("a", QUOTE), layer("b"), decisions=[decided])).spans


def test_all_wrong_decisions_are_told_at_once_and_deciding_twice_is_one() -> None:
    layers = (layer("a", QUOTE), layer("b", replace(QUOTE, id="p")))
    twice = [decide("a:q", "a"), decide("b:p", "none"), decide("a:x", "a")]
    with pytest.raises(QuotemarkError) as caught:
        gold_of(*layers, decisions=twice)
    assert [str(problem.where) for problem in caught.value.problems] == ["d: b:p", "d: a:x"]
    assert "the decision on a:q is on the same thing" in str(caught.value)


def test_ids_and_names_with_colons_can_be_decided() -> None:
    layers = (layer("team:a", replace(QUOTE, id="q:1")), layer("b"))
    (dispute,) = gold_of(*layers).disputes
    assert dispute.key == "team:a:q:1"
    assert final(gold_of(*layers, decisions=[decide(dispute.key, "team:a")])).spans


def test_prefer_settles_what_is_not_decided() -> None:
    mixed = replace(QUOTE, attributes={"form": "mixed"})
    layers = (layer("a", QUOTE, SPEAKER, relations=(SAID,)), layer("b", mixed))
    made = gold_of(*layers, policies=["prefer:a"])
    assert (made.settled, made.decided) == (0, 2)
    assert meta(final(made)) == {
        "quote-1": {"support": ["a"], "decision": "preferred"},
        "speaker-1": {"support": ["a"], "decision": "preferred"},
    }
    assert final(made).relations == (Relation("said_by", "quote-1", "speaker-1"),)
    assert [s.attributes for s in final(gold_of(*layers, policies=["prefer:b"])).spans] == [
        {"form": "mixed"}
    ]
    over = gold_of(
        *layers, policies=["prefer:b"], decisions=[decide("a:q", "a", relations={"said_by": ()})]
    )
    assert meta(final(over))["quote-1"]["decision"] == "adjudicated"
    with pytest.raises(QuotemarkError, match=r"no annotator 'z'.*name one of: a, b"):
        gold_of(*layers, policies=["prefer:z"])


def test_prefer_says_nothing_where_that_annotator_was_not_asked() -> None:
    part = layer("c", asked=Asked(windows=((0, 12),)))
    layers = (layer("a", SPEAKER), layer("b"), part)
    (dispute,) = gold_of(*layers, policies=["prefer:c"]).disputes
    assert dispute.versions == {"a": SPEAKER, "b": None}


def test_three_annotators_make_one_group_of_what_overlaps() -> None:
    """b and c overlap a, though not each other's ends; the fourth has nothing there."""
    spans = [replace(SPEAKER, fragments=(place,)) for place in ((19, 27), (19, 31), (23, 38))]
    layers = [layer(who, s) for who, s in zip("abc", spans, strict=True)] + [layer("e")]
    for order in permutations(layers):
        (dispute,) = gold_of(*order).disputes
        assert dispute.versions == {"a": spans[0], "b": spans[1], "c": spans[2], "e": None}


def test_two_against_one_is_a_dispute_and_the_support_is_kept() -> None:
    other = replace(QUOTE, fragments=((0, 11),))
    layers = (layer("a", QUOTE), layer("b", QUOTE), layer("c", other))
    assert len(gold_of(*layers).disputes) == 1
    gold = final(gold_of(*layers, decisions=[decide("c:q", "b")]))
    assert meta(gold)["quote-1"]["support"] == ["a", "b"]


def test_a_group_never_takes_two_spans_of_one_annotator() -> None:
    """b's long span overlaps both of a's: it goes with the one it is most like."""
    left, right = (
        replace(SPEAKER, id=n, fragments=(f,)) for n, f in (("1", (0, 4)), ("2", (5, 15)))
    )
    long = replace(SPEAKER, id="x", fragments=((0, 15),))
    made = gold_of(layer("a", left, right), layer("b", long))
    assert [dispute.versions for dispute in made.disputes] == [
        {"a": left, "b": None},
        {"a": right, "b": long},
    ]


def test_the_likest_are_grouped_first() -> None:
    """Pair by pair, a's first goes with b's, a's second with c's; but b's and c's are likest."""
    places = {"a": ((0, 10), (12, 20)), "b": ((0, 18),), "c": ((3, 20),)}
    panel = [
        layer(who, *(Span(f"{n}", "Cue", (f,)) for n, f in enumerate(found, 1)))
        for who, found in places.items()
    ]
    for order in permutations(panel):
        together = [{name: span.id for name, span in group.items()} for group in groups(order)]
        assert together == [{"a": "1", "b": "1", "c": "1"}, {"a": "2"}]


def test_labels_are_grouped_apart() -> None:
    made = gold_of(layer("a", SPEAKER), layer("b", replace(SPEAKER, label="Cue")))
    assert [dispute.label for dispute in made.disputes] == ["Cue", "Speaker"]


def test_two_spans_in_one_place_are_two_things() -> None:
    stance = span("t", "Stance", "over", polarity="oppose", target="talks")
    other = replace(stance, id="u", attributes={"polarity": "support", "target": "rest"})
    gold = final(gold_of(layer("a", stance, other), layer("b", other, stance)))
    assert len(gold.spans) == 2
    assert [span.id for span in gold.spans] == ["stance-1", "stance-2"]


def test_windows_that_one_was_not_asked_about_are_no_dispute() -> None:
    whole = layer("a", QUOTE, SPEAKER)
    part = layer("b", QUOTE, asked=Asked(windows=((0, 12),)))
    gold = final(gold_of(whole, part))
    assert meta(gold) == {
        "quote-1": {"support": ["a", "b"], "decision": "unanimous"},
        "speaker-1": {"support": ["a"], "decision": "single"},
    }
    assert gold.asked == Asked()  # somebody was asked about everything
    parts = [
        replace(part, annotator=who, asked=Asked(windows=(w,)))
        for who, w in (("a", (0, 12)), ("b", (0, 30)))
    ]
    assert final(gold_of(*parts)).asked.windows == ((0, 30),)


def test_questions_that_one_was_not_asked_are_no_dispute() -> None:
    """One was asked for quotes alone, without attributes and relations: the other's stand."""
    bare = replace(QUOTE, attributes={})
    for who in ("a", "c"):
        part = layer(who, bare, asked=Asked(labels=("Quote",), attributes=(), relations=()))
        gold = final(gold_of(part, layer("b", QUOTE, SPEAKER, relations=(SAID,))))
        assert gold.labelled("Quote")[0].attributes == QUOTE.attributes
        assert gold.relations == (Relation("said_by", "quote-1", "speaker-1"),)
        both = {"support": sorted(["b", who]), "decision": "unanimous"}
        assert meta(gold)["quote-1"] == both
        assert meta(gold)["speaker-1"] == {"support": ["b"], "decision": "single"}


def test_labels_asked_of_different_annotators_come_together() -> None:
    one = layer("a", QUOTE, asked=Asked(labels=("Quote",), relations=()))
    two = layer("b", SPEAKER, asked=Asked(labels=("Speaker",), relations=()))
    gold = final(gold_of(one, two))
    assert [span.label for span in gold.spans] == ["Quote", "Speaker"]
    assert gold.asked == Asked(labels=("Quote", "Speaker"), relations=())


def test_questions_that_no_gold_can_have_been_asked_are_an_error() -> None:
    one = layer("a", asked=Asked(windows=((0, 12),), labels=("Quote",)))
    two = layer("b", asked=Asked(windows=((12, 30),), labels=("Cue",)))
    with pytest.raises(QuotemarkError, match=r"d: annotators were asked different questions"):
        gold_of(one, two)
    every = layer("a", asked=Asked(labels=("Quote",)))
    some = layer("b", asked=Asked(labels=("Speaker",), attributes=("Speaker.kind",)))
    with pytest.raises(QuotemarkError, match=r"of different labels \[asked\]"):
        gold_of(every, some)
    # where one was asked all that the other was, the wider question is gold's
    narrow = layer("b", asked=Asked(windows=((0, 9),), labels=("Quote",), attributes=()))
    assert final(gold_of(layer("a"), narrow)).asked == Asked()


def test_one_annotator_is_gold_and_says_so() -> None:
    gold = final(gold_of(layer("a", QUOTE, SPEAKER, relations=(SAID,))))
    assert {span.meta["decision"] for span in gold.spans} == {"single"}
    assert gold.relations == (Relation("said_by", "quote-1", "speaker-1"),)


def test_empty_layers_make_an_empty_gold_and_no_layers_none() -> None:
    assert final(gold_of(layer("a"), layer("b"))).spans == ()
    assert gold_of().gold.annotations == ()


def test_several_documents_are_decided_each_by_itself() -> None:
    there = [replace(layer(who, QUOTE), doc_id="e") for who in "ab"]
    here = [layer("a", QUOTE), layer("b")]
    made = adjudicate(Corpus({}, (*there, *here)))
    assert [dispute.doc_id for dispute in made.disputes] == ["d"]
    assert [gold.doc_id for gold in made.gold] == ["d", "e"]
    done = adjudicate(Corpus({}, (*here, *there)), decisions=[decide("a:q", "none")])
    assert [len(gold.spans) for gold in done.gold] == [0, 1]


@pytest.mark.parametrize("status", ["draft", "cancelled", "predicted", "gold"])
def test_only_submitted_layers_are_adjudicated(status: str) -> None:
    """A prediction or a draft is nobody's vote; gold of before is not adjudicated again."""
    other = replace(layer("rules", SPEAKER), status=status)
    gold = final(gold_of(layer("a", QUOTE), layer("b", QUOTE), other))
    assert [span.label for span in gold.spans] == ["Quote"]
    assert gold.provenance["annotators"] == ["a", "b"]


def known(who: str, *entities: Entity) -> Annotation:
    return replace(layer(who), entities=entities)


def test_entities_come_together_by_name() -> None:
    gold = final(
        gold_of(
            known("b", Entity("e1", "Ana Lund", ("Lund",)), Entity("e2", "Bo")),
            known("a", Entity("lund", "Ana Lund", ("the mayor",))),
        )
    )
    assert gold.entities == (Entity("e1", "Ana Lund", ("Lund", "the mayor")), Entity("e2", "Bo"))


def test_one_entity_with_two_names_is_a_problem_if_gold_uses_both() -> None:
    one = replace(layer("a", SPEAKER), entities=(Entity("e", "Ana Lund"),))
    short = replace(SPEAKER, attributes={"entity": "A. Lund", "kind": "named"})
    two = replace(layer("b", short), entities=(Entity("e", "A. Lund"),))
    assert len(gold_of(one, two).disputes) == 1
    for take, name in (("a", "Ana Lund"), ("b", "A. Lund")):
        gold = final(gold_of(one, two, decisions=[decide("a:s", take)]))
        assert gold.entities == (Entity("e", name),)
    both = replace(two, spans=(short, replace(MAYOR, attributes={"entity": "Ana Lund"})))
    with pytest.raises(QuotemarkError, match=r"entity 'e' is called 'A. Lund' and 'Ana Lund'"):
        gold_of(one, both, policies=["prefer:b"])


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (replace(layer("b"), text_sha256=text_hash("another")), "text-hash"),
        (replace(layer("b"), scheme="other@1"), "scheme"),
        (layer("b", SPEAKER, replace(QUOTE, id="s")), "duplicate-id"),
        (layer("b", QUOTE, relations=(SAID,)), "dangling"),
        (layer("b", SPEAKER, asked=Asked(windows=((0, 5),))), "not-asked"),
        (layer("a"), "twice"),
        (layer("none"), "annotator"),
    ],
)
def test_layers_that_cannot_be_adjudicated_are_errors(other: Annotation, code: str) -> None:
    for order in permutations((layer("a", SPEAKER), other)):
        with pytest.raises(QuotemarkError) as caught:
            gold_of(*order)
        assert [problem.code for problem in caught.value.problems] == [code]


def test_gold_knows_the_text_and_scheme_that_any_layer_names() -> None:
    told = replace(layer("b"), text_sha256=DOC.sha256, scheme="quotemark@1.0")
    gold = final(gold_of(layer("a"), told))
    assert (gold.text_sha256, gold.scheme) == (DOC.sha256, "quotemark@1.0")


def test_gold_spans_are_numbered_along_the_text_as_they_stand_in_gold() -> None:
    """a's version of the second begins before the first: what is taken decides the number."""
    first, second = (
        replace(SPEAKER, id=n, fragments=(f,)) for n, f in (("1", (5, 9)), ("2", (12, 20)))
    )
    wide = replace(SPEAKER, id="2", fragments=((0, 4), (12, 20)))
    layers = (layer("a", first, wide), layer("b", first, second))
    gold = final(gold_of(*layers, decisions=[decide("a:2", "b")]))
    assert [(s.id, s.start) for s in gold.spans] == [("speaker-1", 5), ("speaker-2", 12)]
