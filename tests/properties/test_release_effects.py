"""How a change of gold moves saved scores: what scoring anew would say, and nothing else moves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark import Annotation, Corpus, Document, Entity, Span, score
from quotemark.errors import QuotemarkError
from quotemark.metrics.counts import Tally
from quotemark.metrics.results import ScoreReport
from quotemark.metrics.runs import read_run, write_run
from quotemark.release.differing import diff
from quotemark.release.effects import RESCORED, UNCHANGED, Effect, Gold, effect
from quotemark.scheme import default_scheme
from support.layers import compared, layers

METRICS = [
    *("exact", "token", "attribution(entity,end-to-end)", "stance(tuple,end-to-end)"),
    *("attribute(kappa)", "semeval2013(partial)", "cofenet(jaccard)"),
]
SCHEME = default_scheme()


def saved(gold: Corpus, pred: Corpus, by: tuple[str, ...] = ("position",)) -> ScoreReport:
    """A run as it comes back from its file."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "run.json"
        file.write_bytes(write_run([score(gold, pred, metrics=METRICS, by=by)]))
        [run] = read_run(file)
    return run


def effects(
    old: Corpus, new: Corpus, run: ScoreReport, *preds: Corpus
) -> tuple[Effect, int | None]:
    return effect(Gold(old, SCHEME), Gold(new, SCHEME), run, diff(old, new), preds)


@st.composite
def changed(draw: st.DrawFn) -> tuple[Corpus, Corpus, Corpus]:
    """Gold, predictions, and gold with some layers gone, come, or made anew."""
    gold, pred = draw(compared())
    texts, made = dict(gold.documents), []
    for layer in gold:
        doc = texts[layer.doc_id]
        how = draw(st.integers(0, 5))
        if how == 0:
            continue
        if how == 1:
            layer = draw(layers(doc, "gold", like=layer.spans))
        if how == 2 and layer.spans:
            layer = replace(layer, spans=layer.spans[1:], relations=())
        if how == 3:
            layer = replace(layer, entities=(Entity("x", "nobody", ("LUND",)),))
        made.append(layer)
    if draw(st.booleans()):
        more = Document("more", "“Yes”, said Lund.")
        texts[more.id] = more
        made.append(draw(layers(more, "gold")))
    return gold, pred, Corpus(texts, tuple(made))


def counts(report: ScoreReport) -> dict[tuple[str, str, str], dict[str, object]]:
    return {(str(r.metric), r.label, r.slice): dict(r.documents) for r in report.rows}


def filled(tally: Tally | None) -> Tally | None:
    """None for zeros, too."""
    return tally if tally and any(tally.row) else None


@given(changed())
@settings(max_examples=40, deadline=None)
def test_with_predictions_the_new_score_is_that_of_scoring_anew(
    case: tuple[Corpus, Corpus, Corpus],
) -> None:
    gold, pred, new = case
    run = saved(gold, pred)
    found, used = effects(gold, new, run, pred)
    anew = counts(score(new, pred, metrics=METRICS, by=["position"]))
    assert (used, found.basis) == (0, RESCORED)
    old_rows = {(str(m.old.metric), m.old.label, m.old.slice): dict(m.old.documents)
                for m in found.rows if m.old}  # fmt: skip
    assert old_rows == counts(run)
    for each in found.rows:
        if each.new:
            key = (str(each.new.metric), each.new.label, each.new.slice)
            assert dict(each.new.documents) == anew.pop(key)
            for doc in set(each.new.documents) - set(each.moved) if each.old else ():
                assert each.old
                assert filled(each.old.documents.get(doc)) == filled(each.new.documents[doc])
    if any(row.slice for row in run.rows):  # else it does not say that there were to be slices
        assert not anew
    touched = {*found.stale, *found.gone, *found.come}
    assert {doc for each in found.rows for doc in each.moved} <= touched


@given(changed())
@settings(max_examples=40, deadline=None)
def test_without_predictions_both_golds_give_the_score_on_what_did_not_change(
    case: tuple[Corpus, Corpus, Corpus],
) -> None:
    gold, pred, new = case
    found, used = effects(gold, new, saved(gold, pred))
    assert (used, found.basis) == (None, UNCHANGED)
    docs = {a.doc_id for a in gold} - {*found.stale, *found.gone}
    assert docs == {a.doc_id for a in new} - {*found.stale, *found.come}
    for each in (gold, new):
        kept = Corpus(gold.documents, tuple(a for a in each if a.doc_id in docs))
        anew = counts(score(kept, pred, metrics=METRICS, by=["position"]))
        for row in found.rows:
            assert row.new
            key = (str(row.new.metric), row.new.label, row.new.slice)
            if key in anew:
                assert dict(row.new.documents) == anew[key]
            else:  # a slice that nothing is in
                assert not any(tally and any(tally.row) for tally in row.new.documents.values())
            assert row.new.signature == ""


@given(changed())
@settings(max_examples=25, deadline=None)
def test_a_document_alone_moves_the_score_as_if_it_alone_had_changed(
    case: tuple[Corpus, Corpus, Corpus],
) -> None:
    gold, pred, new = case
    before = {a.doc_id: a for a in gold}
    found, _ = effects(gold, new, saved(gold, pred), pred)
    for doc in found.stale:
        [layer] = [a for a in new if a.doc_id == doc]
        only = Corpus(gold.documents, tuple({**before, doc: layer}.values()))
        alone = score(only, pred, metrics=METRICS)
        for each in found.rows:
            if each.old and each.new and not each.row.slice and each.old.f1 is not None:
                f1 = alone.row(each.row.metric, each.row.label).f1
                moved = each.alone(doc)
                assert (moved is None) == (f1 is None)
                if f1 is not None:
                    assert moved == pytest.approx(f1 - each.old.f1)


@given(changed())
@settings(max_examples=15, deadline=None)
def test_equal_golds_move_nothing(case: tuple[Corpus, Corpus, Corpus]) -> None:
    gold, pred, _ = case
    for preds in ((), (pred,)):
        found, _ = effects(gold, gold, saved(gold, pred), *preds)
        assert not any(each.moved for each in found.rows)
        assert not any(r["precision_old"] != r["precision_new"] for r in found.records())


def test_the_run_and_the_predictions_must_fit() -> None:
    doc = Document("d", "“Yes”, said Lund.")
    quote = Span("q", "Quote", ((0, 5),))
    gold = Corpus({"d": doc}, (Annotation("d", doc.sha256, "gold", (quote,)),))
    pred = Corpus({}, (Annotation("d", doc.sha256, "mine", (quote,)),))
    none = Corpus({}, (Annotation("d", doc.sha256, "mine"),))
    run = saved(gold, pred)
    with pytest.raises(QuotemarkError, match=r"mine was scored against gold .*, and OLD is"):
        effects(none, gold, run)
    assert effects(gold, gold, run, none, pred)[1] == 1
    assert effects(gold, gold, run, none)[1] is None
    other = Document("d", "“No.”, said Lund.")
    new = Corpus({"d": other}, (Annotation("d", other.sha256, "gold", (quote,)),))
    assert effects(gold, new, run)[0].stale == ("d",)
    with pytest.raises(QuotemarkError, match="d: has another text in NEW"):
        effects(gold, new, run, pred)


def test_what_a_run_left_unscored_for_want_of_a_text_stays_so() -> None:
    doc = Document("d", "“Yes”, said Lund.")
    quote = Span("q", "Quote", ((0, 5),))
    bare = Corpus({}, (Annotation("d", doc.sha256, "gold", (quote,)),))
    full = Corpus({"d": doc}, bare.annotations)
    pred = Corpus({}, (Annotation("d", doc.sha256, "mine", (quote,)),))
    run = saved(bare, pred, by=())
    found, used = effects(full, full, run, pred)
    assert used == 0
    assert not any(each.moved for each in found.rows)
