"""What must hold of policies and reviews whatever annotators did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quotemark import Decision, adjudicate, review_tasks, stitch
from quotemark.adjudication.policies import POLICIES, Policy, outvoted
from quotemark.adjudication.things import Version
from quotemark.errors import QuotemarkError
from quotemark.labelstudio.codec import from_json, to_json
from quotemark.metrics.fingerprint import content_hash
from quotemark.model import Annotation, Corpus, Document, Span, Value
from quotemark.scheme import default_scheme
from quotemark.validate import check_corpus
from support.corpora import TEXTS
from support.layers import layers, renamed

crowded = settings(max_examples=20)

WEIGHTS = {"a": 0.9, "b": 0.6, "c": 0.5}
NAMED = [name.replace("NAME", "a") for name in POLICIES]
"""Every policy."""


@st.composite
def panels(draw: st.DrawFn, least: int = 1, most: int = 3) -> Corpus:
    """Layers of some of a, b and c over one document, alike in part."""
    doc = Document("d", draw(TEXTS))
    names = "abc"[: draw(st.integers(least, most))]
    first = draw(layers(doc, names[0]))
    others = (draw(layers(doc, name, like=first.spans)) for name in names[1:])
    return Corpus({doc.id: doc}, (first, *others))


def weights(corpus: Corpus, policies: Iterable[str]) -> dict[str, float] | None:
    known = corpus.by_annotator()
    return {n: w for n, w in WEIGHTS.items() if n in known} if "weighted" in policies else None


def said(span: Span) -> tuple[object, ...]:
    return span.label, span.fragments, tuple(sorted(map(repr, span.attributes.items())))


def spans(corpus: Corpus, *policies: str) -> Counter[tuple[object, ...]]:
    made = adjudicate(corpus, policies=policies, weights=weights(corpus, policies))
    return Counter(said(span) for gold in made.gold for span in gold.spans)


@crowded
@given(panels(most=1), st.integers(1, 3), st.sampled_from(NAMED), st.randoms())
def test_a_unanimous_set_is_unchanged_under_every_policy(
    corpus: Corpus, annotators: int, policy: str, random: Random
) -> None:
    names = "abc"[:annotators]
    copies = [renamed(replace(layer, annotator=name), random) for name in names for layer in corpus]
    every = Corpus(corpus.documents, tuple(copies))
    made = adjudicate(every, policies=[policy], weights=weights(every, [policy]))
    assert (made.disputes, made.decided) == ((), 0)
    assert content_hash(made.gold) == content_hash(corpus)


@crowded
@given(panels(2), st.lists(st.sampled_from(NAMED), min_size=1, max_size=3), st.randoms())
def test_the_order_of_layers_and_spans_never_matters(
    corpus: Corpus, policies: list[str], random: Random
) -> None:
    shuffled = []
    for layer in corpus:
        own = list(layer.spans)
        random.shuffle(own)
        shuffled.append(replace(layer, spans=tuple(own)))
    random.shuffle(shuffled)
    made, again = (
        adjudicate(each, policies=policies, weights=weights(each, policies))
        for each in (corpus, Corpus(corpus.documents, tuple(shuffled)))
    )
    assert again == replace(made, gold=again.gold)
    assert again.gold.annotations == made.gold.annotations


@crowded
@given(panels(2), st.permutations("abc"))
def test_names_never_matter(corpus: Corpus, names: list[str]) -> None:
    new = dict(zip("abc", names, strict=True))
    other = tuple(replace(layer, annotator=new[layer.annotator]) for layer in corpus)
    for policy in ("majority", "union", "intersection"):
        assert spans(corpus, policy) == spans(Corpus(corpus.documents, other), policy)


VERSIONS = st.builds(
    Version,
    st.sampled_from([((0, 4),), ((0, 5),), ((2, 5),)]),
    st.dictionaries(st.sampled_from(["form", "source"]), st.sampled_from(["x", "y", None])),
    st.dictionaries(st.just("said_by"), st.sampled_from([frozenset(), frozenset({1})])),
)


@given(
    st.lists(st.none() | VERSIONS, min_size=1, max_size=6).filter(any),
    st.sampled_from(["majority", "union", "intersection"]),
    st.randoms(use_true_random=False),
)
def test_votes_do_not_look_at_names_or_order(
    versions: list[Version | None], policy: str, random: Random
) -> None:
    label = default_scheme().labels["Quote"]
    found = outvoted(Policy(policy), dict(zip("abcdef", versions, strict=False)), label)
    random.shuffle(versions)
    again = outvoted(Policy(policy), dict(zip("uvwxyz", versions, strict=False)), label)
    assert found == again
    for version in filter(None, found):
        answers = [v for v in versions if v and v.fragments == version.fragments]
        assert 2 * len(answers) > sum(v is not None for v in versions)


@crowded
@given(panels(2))
def test_union_holds_majority_holds_intersection(corpus: Corpus) -> None:
    """On the spans in gold, place and answers alike: what a policy leaves open is in none."""
    union, majority, intersection = (
        spans(corpus, policy) for policy in ("union", "majority", "intersection")
    )
    assert union >= majority >= intersection
    assert intersection >= spans(corpus) - _led_astray(corpus)


def _led_astray(corpus: Corpus) -> Counter[tuple[object, ...]]:
    """Settled things that intersection opens again, since it leaves out what they lead to."""
    plain = adjudicate(corpus)
    made = adjudicate(corpus, policies=["intersection"])
    decided = {said(span) for gold in made.gold for span in gold.spans}
    opened = {said(s) for d in made.disputes for s in d.versions.values() if s is not None}
    return Counter(
        said(span)
        for gold in plain.gold
        for span in gold.spans
        if said(span) not in decided and said(span) in opened
    )


@crowded
@given(panels(2))
def test_equal_weights_are_a_majority(corpus: Corpus) -> None:
    names = list(corpus.by_annotator())
    equal = adjudicate(corpus, policies=["weighted"], weights=dict.fromkeys(names, 0.7))
    majority = adjudicate(corpus, policies=["majority"])
    assert [*map(_bare, equal.gold)] == [*map(_bare, majority.gold)]
    assert equal.disputes == majority.disputes


def _bare(gold: Annotation) -> Annotation:
    return replace(gold, spans=tuple(replace(s, meta={}) for s in gold.spans), provenance={})


@crowded
@given(panels(2), st.sampled_from(NAMED), st.randoms(use_true_random=False))
def test_decisions_on_everything_leave_a_policy_nothing(
    corpus: Corpus, policy: str, random: Random
) -> None:
    decisions = [
        Decision("d", d.key, random.choice([n for n, s in d.versions.items() if s is not None]))
        for d in adjudicate(corpus).disputes
    ]
    by_hand = adjudicate(corpus, decisions=decisions)
    both = adjudicate(
        corpus, decisions=decisions, policies=[policy], weights=weights(corpus, [policy])
    )
    assert by_hand.disputes == both.disputes == ()
    assert [*map(_bare, both.gold)] == [*map(_bare, by_hand.gold)]
    metas = [[span.meta for gold in made.gold for span in gold.spans] for made in (both, by_hand)]
    assert metas[0] == metas[1]


@crowded
@given(panels(2), st.lists(st.sampled_from(NAMED), min_size=1, max_size=2))
def test_gold_by_policy_is_sound_in_itself(corpus: Corpus, policies: list[str]) -> None:
    made = adjudicate(corpus, policies=policies, weights=weights(corpus, policies))
    codes = {problem.code for problem in check_corpus(made.gold, default_scheme())}
    assert not codes & {"dangling", "duplicate-id", "offset", "overlap", "not-asked"}
    for gold in made.gold:
        places = {(s.label, s.fragments) for layer in corpus for s in layer.spans}
        assert {(s.label, s.fragments) for s in gold.spans} <= places


@crowded
@given(panels(2), st.sampled_from("abc"), st.randoms(use_true_random=False))
def test_a_review_that_takes_an_annotators_version_gives_it(
    corpus: Corpus, name: str, random: Random
) -> None:
    taken = corpus.by_annotator().get(name)
    if taken is None:
        return
    review = renamed(replace(taken[0], annotator="cyd"), random)
    made = adjudicate(corpus, reviews=[review], policies=["union"])
    assert made.disputes == made.overruled == ()
    (gold,) = made.gold
    places = [(span.label, span.fragments) for span in taken[0].spans]
    assert [(span.label, span.fragments) for span in gold.spans] == places
    assert len(gold.relations) == len(taken[0].relations)
    twice = [review, renamed(replace(review, annotator="dan"), random)]
    again = adjudicate(corpus, reviews=twice[::-1])
    assert again.disputes == ()
    assert [*map(_bare, again.gold)] == [*map(_bare, made.gold)]


@crowded
@given(panels(2))
def test_a_version_accepted_in_label_studio_is_gold_as_it_is(corpus: Corpus) -> None:
    """There and back: what the server would send and give back, untouched by hand.

    Of two spans of one label in one place, nobody can tell which a review's is a version of.
    """
    for layer in corpus:
        places = [(span.label, span.fragments) for span in layer.spans]
        assume(len(places) == len(set(places)))
    corpus = replace(corpus, annotations=tuple(map(_fit, corpus)))
    for task in review_tasks(corpus):
        json = to_json(task, default_scheme())
        for prediction in json["predictions"][:-1]:
            name = prediction["model_version"]
            work = {"result": prediction["result"], "completed_by": {"email": "cyd"}}
            done = from_json({**json, "annotations": [work]}, default_scheme())
            made = adjudicate(corpus, reviews=stitch([done]))
            accepted = adjudicate(corpus, policies=[f"prefer:{name}"])
            assert made.disputes == made.overruled == ()
            (gold,), (wanted,) = made.gold, accepted.gold
            assert _bare(gold) == replace(_bare(wanted), entities=gold.entities)
            assert set(wanted.entities) <= set(gold.entities)  # and one for each name without
            ways = {span.meta.get("begun_from", name) for span in gold.spans}
            assert ways <= {name}


def _fit(layer: Annotation) -> Annotation:
    """A layer that Label Studio can hold: what takes several values has a set of them, or none."""

    def value(name: str, given: Value) -> Value:
        if name != "source_entity" or given is None:
            return given
        return (given,) if isinstance(given, str) else given or None

    spans = (
        replace(s, attributes={k: value(k, v) for k, v in s.attributes.items()})
        for s in layer.spans
    )
    return replace(layer, spans=tuple(spans))


@crowded
@given(panels(2), st.randoms(use_true_random=False))
def test_reviewers_who_differ_leave_a_dispute(corpus: Corpus, random: Random) -> None:
    one, two, *_ = corpus.annotations
    reviews = [replace(one, annotator="cyd"), replace(two, annotator="dan")]
    made = adjudicate(corpus, reviews=reviews)
    alike = adjudicate(Corpus(corpus.documents, tuple(reviews)))
    assert bool(made.disputes) == bool(alike.disputes)
    random.shuffle(reviews)
    assert adjudicate(corpus, reviews=reviews).disputes == made.disputes


@crowded
@given(panels(2), st.randoms(use_true_random=False))
def test_reviewed_bit_by_bit_is_reviewed_at_once(corpus: Corpus, random: Random) -> None:
    """Documents one after the other: what is open goes down, and the end is the same."""
    (document,) = corpus.documents.values()
    other = Corpus(
        {**corpus.documents, "e": Document("e", document.text)},
        (*corpus, *(replace(layer, doc_id="e") for layer in corpus)),
    )
    reviews = [
        replace(layer, annotator="cyd")
        for layer in other
        if layer.annotator == corpus.annotations[0].annotator
    ]
    random.shuffle(reviews)
    first, done = adjudicate(other, reviews=reviews[:1]), adjudicate(other, reviews=reviews)
    assert done.disputes == ()
    assert {d.doc_id for d in first.disputes} <= {layer.doc_id for layer in reviews[1:]}
    finished = {gold.doc_id: gold for gold in done.gold}
    assert all(
        gold == finished[gold.doc_id] for gold in first.complete if gold.doc_id == reviews[0].doc_id
    )


def test_a_policy_that_there_is_none_of_is_told() -> None:
    layer = Annotation("d", "", "a", (Span("q", "Quote", ((0, 4),)),))
    with pytest.raises(QuotemarkError, match=r"no policy 'most'.*name one of: majority, union"):
        adjudicate(Corpus({}, (layer,)), policies=["most"])
