"""What must hold of every published protocol, and of each as it declares."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotemark import QuotemarkError, score
from quotemark.metrics.counts import Tally
from quotemark.metrics.names import MEASURES, Metric, of_protocol, parse, select
from quotemark.metrics.protocols import PROTOCOLS
from quotemark.model import Annotation, Corpus
from quotemark.scheme import default_scheme
from support.layers import compared
from support.tallies import added

crowded = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@pytest.mark.parametrize("metric", MEASURES, ids=str)
def test_a_measure_is_its_string_and_signs_with_it(metric: Metric) -> None:
    assert parse(str(metric)) == metric
    for row in score(Corpus(), Corpus(), metrics=[metric]).rows:
        assert parse(row.signature.split("|")[0]) == metric
        assert ("tok:" in row.signature) is metric.measure.tokens
        assert row.counts is None


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_protocol_is_all_its_measures(name: str) -> None:
    measures = {str(row.metric) for row in score(Corpus(), Corpus(), protocol=name).rows}
    assert measures == {str(metric) for metric in of_protocol(name)}
    assert select([name]) == of_protocol(name)
    assert PROTOCOLS[name].name == name


@pytest.mark.parametrize("name", ["semeval2014", "", "conll(strict)", "Conll"])
def test_an_unknown_protocol_names_the_known_ones(name: str) -> None:
    with pytest.raises(QuotemarkError, match="semeval2013"):
        score(Corpus(), Corpus(), protocol=name)


def test_metrics_and_a_protocol_together() -> None:
    report = score(Corpus(), Corpus(), metrics=["exact"], protocol="semeval2013")
    assert {row.metric.name for row in report.rows} == {"exact", "semeval2013"}


@crowded
@given(compared())
def test_gold_against_itself(corpora: tuple[Corpus, Corpus]) -> None:
    gold, _ = corpora
    for row in score(gold, gold, metrics=MEASURES).rows:
        assert row.counts is not None
        if row.metric.measure.perfect:
            for ratio in (row.precision, row.recall, row.f1):
                assert ratio in (1.0, None), str(row.metric)


@crowded
@given(compared(whole=True))  # where no side leaves a question open
def test_swapping_gold_and_predictions(corpora: tuple[Corpus, Corpus]) -> None:
    gold, pred = corpora
    other = Corpus(gold.documents, pred.annotations)
    symmetric = [metric for metric in MEASURES if metric.symmetric]
    there, back = score(gold, other, metrics=symmetric), score(other, gold, metrics=symmetric)
    for a, b in zip(there.rows, back.rows, strict=True):
        assert (a.precision, a.recall, a.f1) == (b.recall, b.precision, b.f1), str(a.metric)


@crowded
@given(compared(), st.randoms(use_true_random=False))
def test_order_and_ids_do_not_matter(corpora: tuple[Corpus, Corpus], random: Random) -> None:
    def shuffled(layer: Annotation) -> Annotation:
        ids = [span.id for span in layer.spans]
        new = dict(zip(ids, random.sample(ids, len(ids)), strict=True))
        spans = [replace(span, id=new[span.id]) for span in layer.spans]
        relations = [replace(r, head=new[r.head], tail=new[r.tail]) for r in layer.relations]
        return replace(layer, spans=tuple(spans), relations=tuple(relations))

    gold, pred = corpora
    turned = Corpus(gold.documents, tuple(map(shuffled, reversed(gold.annotations))))
    again = Corpus({}, tuple(map(shuffled, reversed(pred.annotations))))
    assert totals(turned, again) == totals(gold, pred)


@crowded
@given(compared())
def test_tallies_add_up_over_documents(corpora: tuple[Corpus, Corpus]) -> None:
    gold, pred = corpora
    parts = [
        totals(Corpus(gold.documents, (g,)), Corpus({}, (p,)))
        for g, p in zip(gold, pred, strict=True)
    ]
    for key, tally in totals(gold, pred).items():
        assert tally == added(t for part in parts if (t := part[key]) is not None)


@crowded
@given(compared())
def test_an_empty_file_finds_nothing(corpora: tuple[Corpus, Corpus]) -> None:
    for row in score(corpora[0], Corpus(), metrics=MEASURES).rows:
        assert row.precision in (0.0, None), str(row.metric)
        assert row.recall in (0.0, None), str(row.metric)


def test_every_measure_has_the_same_rows_for_every_document_and_none_without_roles() -> None:
    bare = replace(default_scheme(), roles={}, labels={}, relations={})
    for metric in MEASURES:
        report = score(Corpus(), Corpus(), metrics=[metric], scheme=bare)
        assert all(row.label.startswith("(") for row in report.rows), str(metric)


def totals(gold: Corpus, pred: Corpus) -> dict[tuple[str, str], Tally | None]:
    report = score(gold, pred, metrics=MEASURES)
    return {(str(row.metric), row.label): row.counts for row in report.rows}
