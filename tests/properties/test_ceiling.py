"""What annotators score beside systems: the same scores, on the documents that they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotemark import compare, score
from quotemark.metrics.ceiling import ALL_PAIRS, ceiling, on_their_documents
from quotemark.metrics.counts import Counts
from quotemark.metrics.names import METRICS
from quotemark.metrics.results import ScoreReport
from quotemark.model import Annotation, Asked, Corpus, Span
from support.layers import compared, renamed

crowded = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def by(name: str, corpus: Corpus, status: str = "submitted") -> Corpus:
    layers = (replace(a, annotator=name, status=status) for a in corpus)
    return Corpus(corpus.documents, tuple(layers))


def together(*parts: Corpus) -> Corpus:
    documents = {doc: document for part in parts for doc, document in part.documents.items()}
    return Corpus(documents, tuple(layer for part in parts for layer in part))


def named(reports: Sequence[ScoreReport]) -> dict[str, ScoreReport]:
    return {report.system: report for report in reports}


@crowded
@given(compared(whole=True), st.randoms(use_true_random=False))
def test_each_is_the_score_of_one_layer_against_another(
    corpora: tuple[Corpus, Corpus], random: Random
) -> None:
    first, second = by("ann", corpora[0]), by("bea", corpora[1])
    gold = by("gold", corpora[0], "gold")
    layers = list(together(first, second))
    random.shuffle(layers)
    shuffled = Corpus(gold.documents, tuple(renamed(layer, random) for layer in layers))
    found = named(ceiling(gold, shuffled))
    assert list(found) == ["human: ann × bea", "human: ann × gold", "human: bea × gold"]
    there = score(together(first), second)
    back = score(Corpus(first.documents, second.annotations), first)
    for one, other, row in zip(there.rows, back.rows, found["human: ann × bea"].rows, strict=True):
        assert isinstance(one.counts, Counts)
        assert isinstance(other.counts, Counts)
        assert row.counts == one.counts + other.counts
        if one.metric.measure.symmetric:
            assert row.precision == row.recall == row.f1
            assert row.f1 == pytest.approx(one.f1)
    against = score(gold, by("bea", corpora[1]))
    ours = found["human: bea × gold"]
    assert [row.counts for row in ours.rows] == [row.counts for row in against.rows]
    assert (ours.gold, ours.documents) == (against.gold, against.documents)


@crowded
@given(compared(), st.integers(0, 2))
def test_only_what_both_annotated_is_compared(corpora: tuple[Corpus, Corpus], number: int) -> None:
    gold = by("gold", corpora[0], "gold")
    some = Corpus({}, by("bea", corpora[1]).annotations[: number + 1])
    found = named(ceiling(gold, together(by("ann", corpora[0]), some)))
    docs = tuple(sorted(a.doc_id for a in some))
    pair = found["human: ann × bea"]
    assert pair.documents == docs
    assert all(tuple(row.documents) == docs for row in pair.rows)
    assert f"|docs:{len(docs)}|" in pair.rows[0].signature
    assert pair.remarks[0].startswith(
        f"human: ann × bea: over {len(docs)} of {len(gold.annotations)} documents"
    )
    assert found["human: bea × gold"].missing == ()


def layer(who: str, *ends: int, **more: object) -> Corpus:
    spans = tuple(Span(f"q{n}", "Quote", ((20 * n, 20 * n + end),)) for n, end in enumerate(ends))
    return Corpus({}, (replace(Annotation("a", "", who, spans), **more),))  # type: ignore[arg-type]


def test_people_are_not_compared() -> None:
    passes = together(layer("ann", 9, 5), layer("bea", 9, 6))
    gold = layer("gold", 9, 5, status="gold")
    systems = [score(gold, layer(who, 9, 5), metrics=["exact"]) for who in ("mine", "yours")]
    people = ceiling(gold, passes, metrics=["exact"])
    options = {"metrics": ["exact"], "labels": ["Quote"]}
    assert compare([*people, *systems], **options) == compare(systems, **options)  # type: ignore[arg-type]


def test_several_pairs_are_added_up() -> None:
    passes = together(layer("ann", 9, 5), layer("bea", 9, 6), layer("cid", 9, 5))
    gold = layer("gold", 9, 5, status="gold")
    found = named(ceiling(gold, passes, metrics=["exact"]))
    pairs = [name for name in found if "gold" not in name and name != ALL_PAIRS]
    assert pairs == ["human: ann × bea", "human: ann × cid", "human: bea × cid"]
    assert found[ALL_PAIRS].row("exact", "Quote").counts == Counts(tp=8, fp=4, fn=4)
    assert found["human: ann × cid"].row("exact", "Quote").f1 == 1.0


def test_gold_says_whom_it_was_made_from() -> None:
    passes = together(layer("ann", 9), layer("bea", 8))
    gold = layer("gold", 9, status="gold", provenance={"annotators": ["ann", "zoe"]})
    said = "no independent ceiling: gold was adjudicated from the layers of ann, zoe"
    assert all(said in report.remarks for report in ceiling(gold, passes))
    assert all(len(each.remarks) == 1 for each in ceiling(layer("gold", 9), passes))


def test_gold_of_people_that_nobody_knows_may_be_of_these() -> None:
    passes = together(layer("ann", 9), layer("annotator-1", 8))
    for names, told in (
        (["annotator-10", "annotator-2", "annotator-1"], "annotator-1, annotator-2, annotator-10"),
        (["zoe"], "zoe"),
    ):
        gold = layer("gold", 9, status="gold", provenance={"annotators": names})
        said = f"gold was adjudicated from {told} (names unknown here); it may favour these"
        assert all(report.remarks[1:] == (said,) for report in ceiling(gold, passes))


def test_questions_and_layers_that_are_not_shared_do_not_count() -> None:
    gold = layer("gold", 9, 5, status="gold", asked=Asked(windows=((0, 15),)))
    passes = together(layer("ann", 9, 5), layer("bea", 9, 6))
    found = named(ceiling(gold, passes, metrics=["exact"]))
    assert found["human: ann × bea"].row("exact", "Quote").counts == Counts(tp=2)
    drafts = together(layer("ann", 9, status="draft"), layer("rules", 9, status="predicted"))
    assert ceiling(gold, drafts) == []
    early, late = Asked(windows=((0, 15),)), Asked(windows=((15, 40),))
    apart = together(layer("ann", 9, asked=early), layer("bea", asked=late))
    names = [report.system for report in ceiling(layer("gold", 9), apart)]
    assert names == ["human: ann × gold", "human: bea × gold"]
    assert ceiling(Corpus(), passes) == []


def test_gold_of_one_of_the_annotators() -> None:
    both = together(layer("ann", 9), layer("bea", 8))
    found = ceiling(both, both, annotator="bea", metrics=METRICS[:1])
    assert [report.system for report in found] == ["human: ann × bea"]
    assert found[0].row("exact", "Quote").counts == Counts(fp=1, fn=1)


@crowded
@given(compared(), st.integers(0, 2))
def test_a_system_on_their_documents_is_scored_on_nothing_else(
    corpora: tuple[Corpus, Corpus], number: int
) -> None:
    gold = by("gold", corpora[0], "gold")
    some = by("bea", corpora[1]).annotations[: number + 1]
    passes = together(by("ann", corpora[0]), Corpus({}, some))
    whole = score(gold, corpora[1], by=["form"])
    found = on_their_documents(whole, ceiling(gold, passes))
    docs = {a.doc_id for a in some}
    if len(docs) == len(gold.annotations):
        assert found is None
        return
    assert found is not None
    assert found.beside
    kept = (
        Corpus(c.documents, tuple(a for a in c if a.doc_id in docs)) for c in (gold, corpora[1])
    )
    direct = score(*kept, by=["form"])
    counted = {(str(r.metric), r.label, r.slice): r.counts for r in direct.rows}
    for row in found.rows:
        expected = counted.get((str(row.metric), row.label, row.slice))
        assert row.counts == expected or (row.counts and not any(row.counts.row))
        assert f"|docs:{len(docs)}|gold:{whole.gold}|" in row.signature
    assert found.documents == direct.documents


def test_slices_of_people_add_up_too() -> None:
    passes = together(layer("ann", 9, 5), layer("bea", 9, 30))
    gold = layer("gold", 9, 5, status="gold")
    pair = named(ceiling(gold, passes, metrics=["exact"], by=["length"]))["human: ann × bea"]
    found = {row.slice: row.counts for row in pair.rows if row.label == "Quote"}
    assert found == {
        "": Counts(tp=2, fp=2, fn=2),
        "length=1-25": Counts(tp=2, fp=1, fn=1),
        "length=26-50": Counts(fp=1, fn=1),
    }
