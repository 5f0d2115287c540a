"""What must hold of adjudication whatever annotators did."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark import Decision, adjudicate, score
from quotemark.errors import QuotemarkError
from quotemark.grouping import groups
from quotemark.metrics.fingerprint import content_hash
from quotemark.model import Annotation, Corpus, Document, Span
from quotemark.scheme import default_scheme
from quotemark.validate import check_corpus
from support.corpora import TEXTS
from support.layers import layers, renamed

crowded = settings(max_examples=40)


@st.composite
def panels(draw: st.DrawFn, most: int = 3) -> Corpus:
    """One to `most` annotators' layers over the same one or two documents, alike in part."""
    docs = [Document(f"d{n}", draw(TEXTS)) for n in range(draw(st.integers(1, 2)))]
    names = "abcd"[: draw(st.integers(1, most))]
    found: list[Annotation] = []
    for doc in docs:
        first = draw(layers(doc, names[0]))
        found.append(first)
        found += (draw(layers(doc, name, like=first.spans)) for name in names[1:])
    return Corpus({doc.id: doc for doc in docs}, tuple(found))


def said(layer: Annotation) -> str:
    """What a layer says, whatever its ids."""
    return content_hash([layer])


@crowded
@given(panels(most=1), st.integers(1, 3), st.randoms(use_true_random=False))
def test_a_unanimous_set_is_its_gold(corpus: Corpus, annotators: int, random: Random) -> None:
    copies = tuple(
        renamed(replace(layer, annotator=name), random)
        for name in "abc"[:annotators]
        for layer in corpus
    )
    made = adjudicate(Corpus(corpus.documents, copies))
    assert made.disputes == ()
    assert made.decided == 0
    assert made.settled == sum(len(layer.spans) for layer in corpus)
    for gold, layer in zip(made.gold, corpus, strict=True):
        assert said(gold) == said(layer)
        assert gold.entities == layer.entities
        assert len(gold.relations) == len(layer.relations)
        assert {span.meta["decision"] for span in gold.spans} <= {
            "single" if annotators == 1 else "unanimous"
        }
    report = score(made.gold, Corpus({}, tuple(corpus)))
    assert {row.f1 for row in report.rows} <= {1.0, None}


@crowded
@given(panels(), st.randoms(use_true_random=False))
def test_order_does_not_matter(corpus: Corpus, random: Random) -> None:
    def shuffled(layer: Annotation) -> Annotation:
        spans, relations = list(layer.spans), list(layer.relations)
        random.shuffle(spans)
        random.shuffle(relations)
        return replace(layer, spans=tuple(spans), relations=tuple(relations))

    other = [shuffled(layer) for layer in corpus]
    random.shuffle(other)
    documents = dict(reversed(list(corpus.documents.items())))
    made, again = adjudicate(corpus), adjudicate(Corpus(documents, tuple(other)))
    assert again.disputes == made.disputes
    assert again.gold.annotations == made.gold.annotations
    assert (again.settled, again.decided) == (made.settled, made.decided)


@crowded
@given(panels())
def test_every_span_is_in_one_group_and_groups_are_of_one_label(corpus: Corpus) -> None:
    for doc in corpus.documents:
        panel = [layer for layer in corpus if layer.doc_id == doc]
        found = groups(panel)
        assert groups(panel[::-1]) == found
        members = sorted((name, span.id) for group in found for name, span in group.items())
        assert members == sorted((layer.annotator, s.id) for layer in panel for s in layer.spans)
        for group in found:
            assert len({span.label for span in group.values()}) == 1
        made = adjudicate(Corpus({}, tuple(panel)))
        assert made.settled + len(made.disputes) == len(found)


@pytest.mark.parametrize("names", list(permutations("abc")))
def test_names_break_no_tie_between_what_is_not_alike(names: tuple[str, str, str]) -> None:
    """Two spans fit the middle of a chain equally well: by its place one is in, whoever made it."""
    left, right = Span("l", "Cue", ((10, 20),)), Span("r", "Cue", ((12, 22),))
    ends = Span("first", "Cue", ((8, 14),)), Span("last", "Cue", ((18, 24),))
    spans = ((left,), (right,), ends)
    made = [Annotation("d", "", who, own) for who, own in zip(names, spans, strict=True)]
    found = [{span.id for span in group.values()} for group in groups(made)]
    assert found == [{"first", "l", "r"}, {"last"}]


@crowded
@given(panels())
def test_disputes_and_only_they_are_seen_in_two_ways(corpus: Corpus) -> None:
    """Seen alike: by all, in one place, with no two answers to a question that both answered."""
    made = adjudicate(corpus)
    disputed = {(dispute.doc_id, dispute.key) for dispute in made.disputes}
    for doc in corpus.documents:
        panel = [layer for layer in corpus if layer.doc_id == doc]
        found = groups(panel)
        number = {
            (name, span.id): n for n, group in enumerate(found) for name, span in group.items()
        }
        for group in found:
            alike = len(group) == len(panel) and len({s.fragments for s in group.values()}) == 1
            answers = [span.attributes for span in group.values()]
            for one, two in combinations(answers, 2):
                alike &= all(one[name] == two[name] for name in one.keys() & two.keys())
            leads = {
                frozenset(
                    (r.label, number[layer.annotator, r.tail])
                    for r in layer.relations
                    if r.head == group[layer.annotator].id
                )
                for layer in panel
                if layer.annotator in group
            }
            key = next(f"{name}:{span.id}" for name, span in group.items())
            assert ((doc, key) not in disputed) == (alike and len(leads) == 1)


@crowded
@given(panels())
def test_who_supports_a_gold_span_has_one_in_its_place(corpus: Corpus) -> None:
    layers_of = {(layer.doc_id, layer.annotator): layer for layer in corpus}
    for gold in adjudicate(corpus).gold:
        for span in gold.spans:
            assert span.meta["support"] == gold.provenance["annotators"]
            for name in span.meta["support"]:
                assert place(span) in map(place, layers_of[gold.doc_id, name].spans)


@crowded
@given(panels(), st.sampled_from("abc"))
def test_prefer_leaves_nothing_open_and_gives_that_annotators_layer(
    corpus: Corpus, prefer: str
) -> None:
    """All were asked everything: who is preferred wins every dispute, and is in every consent."""
    if prefer not in corpus.by_annotator():
        with pytest.raises(QuotemarkError, match="no annotator"):
            adjudicate(corpus, policies=[f"prefer:{prefer}"])
        return
    made = adjudicate(corpus, policies=[f"prefer:{prefer}"])
    assert made.disputes == ()
    for gold, layer in zip(made.gold, corpus.by_annotator()[prefer], strict=True):
        assert [*map(place, gold.spans)] == [*map(place, layer.spans)]
        assert len(gold.relations) == len(layer.relations)


def place(span: Span) -> tuple[str, object]:
    return span.label, span.fragments


@crowded
@given(panels(), st.randoms(use_true_random=False))
def test_deciding_every_dispute_closes_it(corpus: Corpus, random: Random) -> None:
    """Whatever is decided, nothing stays open; what was none has no relation in gold."""
    open_ = adjudicate(corpus).disputes
    decisions = []
    for dispute in open_:
        having = {name: span for name, span in dispute.versions.items() if span is not None}
        names = random.choice([*having, "none"])
        key = random.choice([f"{name}:{span.id}" for name, span in having.items()])
        decisions.append(Decision(dispute.doc_id, key, names))
    decisions += _without_dangling(corpus, decisions)
    made = adjudicate(corpus, decisions=decisions)
    assert made.disputes == ()
    for gold in made.gold:
        ids = [span.id for span in gold.spans]
        assert len(set(ids)) == len(ids)
        assert {end for r in gold.relations for end in (r.head, r.tail)} <= set(ids)
        assert gold.spans == tuple(sorted(gold.spans, key=lambda s: (s.fragments, s.label, s.id)))


def _without_dangling(corpus: Corpus, decisions: list[Decision]) -> list[Decision]:
    """Decisions for none on all heads whose relations would lead to nothing, until none does."""
    more: list[Decision] = []
    while True:
        try:
            adjudicate(corpus, decisions=[*decisions, *more])
        except QuotemarkError as failure:
            if {problem.code for problem in failure.problems} != {"dangling"}:
                raise
            for where in {problem.where for problem in failure.problems}:
                same = [d for d in decisions if _one_thing(corpus, d, where.doc, where.item)]
                for old in same:
                    decisions.remove(old)
                more.append(Decision(where.doc, where.item, "none"))
        else:
            return more


def _one_thing(corpus: Corpus, decision: Decision, doc: str, key: str) -> bool:
    """Whether a decision is on the thing that `key` names."""
    if decision.doc_id != doc:
        return False
    for group in groups([layer for layer in corpus if layer.doc_id == doc]):
        keys = {f"{name}:{span.id}" for name, span in group.items()}
        if key in keys:
            return decision.span in keys
    return False


@crowded
@given(panels())
def test_gold_has_no_more_structural_findings_than_the_layers(corpus: Corpus) -> None:
    """Adjudicating adds no dangling relation, no double id and nothing outside the text."""
    made = adjudicate(corpus)
    structural = {"dangling", "duplicate-id", "offset", "overlap", "not-asked", "relation-twice"}
    assert not _codes(made.gold) & structural


def _codes(corpus: Corpus) -> set[str]:
    return {problem.code for problem in check_corpus(corpus, default_scheme())}


@crowded
@given(panels())
def test_adjudicating_gold_alone_gives_it_again(corpus: Corpus) -> None:
    made = adjudicate(corpus)
    before = [replace(gold, annotator="before", status="submitted") for gold in made.gold]
    again = adjudicate(Corpus({}, tuple(before)))
    assert again.disputes == ()
    assert [*map(said, again.gold)] == [*map(said, made.gold)]
    assert [[s.id for s in gold.spans] for gold in again.gold] == [
        [s.id for s in gold.spans] for gold in made.gold
    ]
