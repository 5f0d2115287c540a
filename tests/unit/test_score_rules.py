"""Each rule of what is compared with what, one by one."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from quotemark import QuotemarkError, score
from quotemark.errors import Where
from quotemark.metrics.counts import Counts, Tally
from quotemark.metrics.names import EVERY, parse, select
from quotemark.model import EVERYTHING, Annotation, Asked, Corpus, Document, Entity, Relation, Span
from quotemark.scheme import parse_scheme

TEXT = '"One two three", said Ann Lee. She told "four" and more.'
DOC = Document("a1", TEXT)
DIRECT = {"form": "direct", "source": "mention"}
QUOTE = Span("q", "Quote", ((0, 15),), DIRECT)
ANN = Span("s", "Speaker", ((22, 29),), {"entity": "Ann Lee", "kind": "named"})
SHE = Span("h", "Speaker", ((31, 34),), {"entity": "Ann Lee", "kind": "pronoun"})
STANCE = Span("t", "Stance", ((5, 8),), {"polarity": "oppose", "target": "two"})
SAID = Relation("said_by", "q", "s")


def layer(
    *spans: Span,
    by: str = "gold",
    doc: str = "a1",
    relations: tuple[Relation, ...] = (),
    entities: tuple[Entity, ...] = (),
    asked: Asked = EVERYTHING,
    status: str = "submitted",
) -> Annotation:
    return Annotation(doc, "", by, spans, relations, entities, asked, status)


def corpus(*layers: Annotation, text: bool = False) -> Corpus:
    return Corpus({"a1": DOC} if text else {}, layers)


def counts(gold: Annotation, pred: Annotation, metric: str, label: str) -> Tally | None:
    return score(corpus(gold), corpus(pred), metrics=[metric]).row(metric, label).counts


def codes(gold: Corpus, pred: Corpus, annotator: str | None = None) -> list[str]:
    with pytest.raises(QuotemarkError) as caught:
        score(gold, pred, annotator=annotator)
    return [problem.code for problem in caught.value.problems]


# Documents and layers


def test_a_missing_document_is_missed_and_named_an_extra_one_left_out_and_named() -> None:
    gold = corpus(layer(QUOTE), layer(QUOTE, doc="b2"))
    report = score(gold, corpus(layer(QUOTE, by="x"), layer(QUOTE, by="x", doc="c3")))
    assert (report.missing, report.extra) == (("b2",), ("c3",))
    assert report.row("exact", "Quote").counts == Counts(1, 0, 1)


def test_a_missing_document_does_not_ask_for_what_the_extractor_never_makes() -> None:
    gold = corpus(layer(QUOTE, STANCE), layer(QUOTE, STANCE, doc="b2"))
    quotes_only = layer(QUOTE, by="x", asked=Asked(labels=("Quote",)))
    report = score(gold, corpus(quotes_only))
    assert report.row("exact", "Stance").counts is None
    assert report.row("exact", "Quote").counts == Counts(1, 0, 1)


def test_two_texts_are_an_error_where_both_are_known() -> None:
    over = replace(layer(QUOTE), text_sha256=DOC.sha256)
    other = replace(layer(QUOTE, by="x"), text_sha256="0" * 64)
    assert codes(corpus(over), corpus(other)) == ["text-hash"]
    assert codes(corpus(layer(QUOTE), text=True), corpus(other)) == ["text-hash"]
    assert score(corpus(layer(QUOTE)), corpus(other)).missing == ()


def test_several_annotators_in_gold_want_a_choice() -> None:
    both = corpus(layer(QUOTE), layer(STANCE, by="bea"))
    assert codes(both, corpus(layer(QUOTE, by="x"))) == ["annotators"]
    report = score(both, corpus(layer(QUOTE, by="x")), annotator="gold")
    assert report.row("exact", "Quote").precision == 1.0
    assert codes(both, corpus(layer(QUOTE, by="x")), annotator="cy") == ["annotator"]


def test_several_systems_in_predictions_are_an_error() -> None:
    two = corpus(layer(QUOTE, by="x"), layer(QUOTE, by="y", doc="b2"))
    assert codes(corpus(layer(QUOTE)), two) == ["annotators"]


def test_two_layers_by_one_over_a_document_are_an_error_on_either_side() -> None:
    one, twice = corpus(layer(QUOTE)), corpus(layer(QUOTE), layer(STANCE))
    assert codes(twice, one) == codes(one, twice) == ["twice"]


def test_drafts_and_cancelled_layers_are_left_out_and_named() -> None:
    gold = corpus(layer(QUOTE), layer(STANCE, status="draft"), layer(doc="b2", status="cancelled"))
    report = score(gold, corpus(layer(QUOTE, by="x")))
    assert (report.documents, report.unfinished) == (("a1",), ("a1", "b2"))
    assert report.row("exact", "Stance").counts == Counts()


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (Span("q", "Quote", ((4, 4),)), "offset"),
        (Span("q", "Quote", ((9, 4),)), "offset"),
        (Span("q", "Quote", ((-2, 4),)), "offset"),
        (Span("q", "Quote", ()), "offset"),
        (Span("q", "Quote", ((0, len(TEXT) + 1),)), "offset"),
    ],
)
def test_spans_without_a_place_in_the_text_are_errors(bad: Span, code: str) -> None:
    assert codes(corpus(layer(bad), text=True), corpus()) == [code]
    assert codes(corpus(layer(QUOTE), text=True), corpus(layer(bad, by="x"))) == [code]


def test_two_spans_of_one_id_are_an_error() -> None:
    assert codes(corpus(layer(QUOTE, replace(STANCE, id="q"))), corpus()) == ["duplicate-id"]


def test_an_unknown_label_is_an_error_on_either_side() -> None:
    odd = Span("z", "quotes", ((0, 4),))
    for gold, pred, side in [(odd, QUOTE, "gold"), (QUOTE, odd, "predictions")]:
        with pytest.raises(QuotemarkError) as caught:
            score(corpus(layer(gold)), corpus(layer(pred, by="x")))
        [problem] = caught.value.problems
        assert (problem.code, problem.where) == ("unknown-label", Where(side, doc="a1"))
        assert "label 'quotes' is not in scheme quotemark@" in problem.message
        assert problem.remedy == (
            "did you mean Quote? name the labels' scheme with --scheme, or mend the label"
        )


def test_an_unknown_label_is_one_problem_a_side_however_many_documents_have_it() -> None:
    odd, far = Span("z", "Qoute", ((0, 4),)), Span("y", "XYZ", ((0, 4),))
    gold = corpus(*(layer(QUOTE, doc=doc) for doc in "abc"))
    pred = corpus(*(layer(odd, by="x", doc=doc) for doc in "cb"), layer(far, by="x", doc="a"))
    with pytest.raises(QuotemarkError) as caught:
        score(gold, pred)
    found = {problem.where.doc: problem for problem in caught.value.problems}
    assert sorted(found) == ["a", "b"]
    assert found["a"].remedy.startswith("name the labels' scheme")
    assert found["b"].message.endswith(", here and in 1 more document")


def test_unknown_labels_of_documents_that_gold_lacks_are_left_out_with_them() -> None:
    odd = layer(Span("z", "Qoute", ((0, 4),)), by="x", doc="c3")
    report = score(corpus(layer(QUOTE)), corpus(layer(QUOTE, by="x"), odd))
    assert (report.extra, report.outside) == (("c3",), {})


def test_all_problems_come_at_once() -> None:
    gold = corpus(layer(Span("z", "Qoute", ((0, 4),))), layer(Span("q", "Quote", ()), doc="b2"))
    assert sorted(codes(gold, corpus())) == ["offset", "unknown-label"]


def test_nothing_at_all_is_undefined() -> None:
    report = score(Corpus(), Corpus())
    assert {row.counts for row in report.rows} == {None}
    assert {row.f1 for row in report.rows} == {None}


# What was asked, and what is produced


def test_predictions_outside_what_gold_was_asked_are_left_out_and_counted() -> None:
    asked = Asked(((0, 30),), ("Quote", "Speaker"), ("Quote.form",), ())
    gold = layer(Span("q", "Quote", ((0, 15),), {"form": "direct"}), asked=asked)
    late = Span("l", "Quote", ((40, 46),), {"form": "direct"})
    pred = layer(QUOTE, ANN, STANCE, late, by="x", relations=(SAID,))
    report = score(corpus(gold), corpus(pred))
    assert report.outside == {
        "Quote": 1,
        "Quote.source": 1,
        "Speaker.entity": 1,
        "Speaker.kind": 1,
        "Stance": 1,
        "said_by": 1,
    }
    assert report.row("exact", "Quote").counts == Counts(1, 0, 0)
    assert report.row("exact", "Quote[form=direct]").counts == Counts(1, 0, 0)
    assert report.row("exact", "Stance").counts is None
    assert report.row("attribution(mention,matched)", "Quote").counts is None


def test_what_an_extractor_does_not_produce_is_not_scored() -> None:
    produces = Asked(None, ("Quote", "Speaker"), ("Quote.source", "Speaker.entity"), ("said_by",))
    bare = replace(QUOTE, attributes={"source": "mention"})
    pred = layer(bare, ANN, by="x", relations=(SAID,), asked=produces)
    report = score(corpus(layer(QUOTE, ANN, STANCE, relations=(SAID,))), corpus(pred))
    assert report.row("exact", "Quote").counts == Counts(1, 0, 0)
    assert report.row("exact", "Quote[form=direct]").counts is None
    assert report.row("attribution(entity,end-to-end)", "Quote").counts == Counts(1, 0, 0)
    assert {r.counts for r in report.rows if r.label.startswith("Stance")} == {None}


def test_what_an_extractor_leaves_out_is_missed() -> None:
    pred = layer(Span("q", "Quote", ((0, 15),)), by="x")
    assert counts(layer(QUOTE), pred, "exact", "Quote[form=direct]") == Counts(0, 0, 1)


def test_a_part_of_the_text_that_an_extractor_did_not_look_at_is_missed() -> None:
    pred = layer(by="x", asked=Asked(windows=((40, 50),)))
    assert counts(layer(QUOTE), pred, "exact", "Quote") == Counts(0, 0, 1)


def test_an_attribute_that_one_gold_span_was_not_asked_is_not_wrong() -> None:
    unasked, null = Span("q", "Quote", ((0, 15),)), Span("q", "Quote", ((0, 15),), {"form": None})
    pred = layer(QUOTE, by="x")
    assert counts(layer(unasked), pred, "exact", "Quote[form=direct]") == Counts()
    assert counts(layer(null), pred, "exact", "Quote[form=direct]") == Counts(0, 1, 0)


def test_not_stated_is_not_scored_for_who_cannot_say_it() -> None:
    silent = replace(QUOTE, attributes={"source": "not_stated"})
    produces = Asked(None, ("Quote", "Speaker"), (), ("said_by",))
    pred = layer(Span("q", "Quote", ((0, 15),)), by="x", asked=produces)
    metric = "attribution(mention,matched)"
    assert counts(layer(silent), pred, metric, "Quote[source=not_stated]") is None
    assert counts(layer(silent), pred, metric, "Quote") == Counts(0, 0, 1)


def test_tokens_need_a_text() -> None:
    gold, pred = layer(QUOTE), layer(QUOTE, by="x")
    without = score(corpus(gold), corpus(pred), metrics=["token"])
    assert (without.row("token", "Quote").counts, without.untexted) == (None, ("a1",))
    for gold_text, pred_text in ((True, False), (False, True)):
        with_text = score(corpus(gold, text=gold_text), corpus(pred, text=pred_text))
        assert with_text.row("token", "Quote").counts == Counts(5, 0, 0)
        assert with_text.untexted == ()


# Attribution


def quote(**attributes: str | tuple[str, ...]) -> Span:
    return Span("q", "Quote", ((0, 15),), attributes)


ENTITY = "attribution(entity,matched)"
MENTION = "attribution(mention,matched)"


def test_another_mention_of_the_entity_is_right_by_entity_only() -> None:
    gold = layer(quote(source="mention"), ANN, SHE, relations=(SAID,))
    he = Span("x", "Speaker", ((31, 34),))
    pred = layer(quote(), he, by="x", relations=(Relation("said_by", "q", "x"),))
    assert counts(gold, pred, ENTITY, "Quote") == Counts(1, 0, 0)
    assert counts(gold, pred, MENTION, "Quote") == Counts(0, 1, 1)


@pytest.mark.parametrize(("name", "right"), [("Bo Rae", False), ("Somebody", True)])
def test_a_mention_that_overlaps_cannot_make_up_for_naming_somebody_else(
    name: str, right: bool
) -> None:
    entities = (Entity("ann", "Ann Lee"), Entity("bo", "Bo Rae"))
    gold = layer(quote(source="mention"), SHE, relations=(Relation("said_by", "q", "h"),))
    gold = replace(gold, entities=entities)
    she = Span("x", "Speaker", ((31, 34),), {"entity": name})
    pred = layer(quote(), she, by="x", relations=(Relation("said_by", "q", "x"),))
    assert counts(gold, pred, ENTITY, "Quote") == Counts(right, not right, not right)


@pytest.mark.parametrize(
    ("name", "right"),
    [("ann lee", True), ("Lee", True), ("she", False), ("Anne Lee", False), ("", False)],
)
def test_names_are_compared_by_equality(name: str, right: bool) -> None:
    entities = (Entity("ann", "Ann Lee", ("Lee", "she")),)
    gold = layer(quote(source="mention"), ANN, relations=(SAID,), entities=entities)
    pred = layer(quote(source="elsewhere", source_entity=name), by="x")
    assert counts(gold, pred, ENTITY, "Quote") == Counts(right, not right, not right)


def test_aliases_of_the_document_count_too() -> None:
    known = {"entities": [{"id": "ann", "name": "Ann Lee", "aliases": ["the driver"]}]}
    gold = layer(quote(source="mention"), ANN, relations=(SAID,))
    pred = corpus(layer(quote(source="elsewhere", source_entity="The driver"), by="x"))
    with_meta = Corpus({"a1": Document("a1", TEXT, known)}, (gold,))
    report = score(with_meta, pred, metrics=[ENTITY])
    assert report.row(ENTITY, "Quote").counts == Counts(1, 0, 0)


def test_a_mention_without_an_entity_goes_by_its_words() -> None:
    """`four` is no mention of Ann Lee; its words are what is compared, where the text is known."""
    elsewhere = layer(quote(source="elsewhere", source_entity="four"))
    four = Span("x", "Speaker", ((41, 45),))
    pred = layer(quote(), four, by="x", relations=(Relation("said_by", "q", "x"),))
    assert TEXT[41:45] == "four"
    known = score(corpus(elsewhere, text=True), corpus(pred), metrics=[ENTITY])
    assert known.row(ENTITY, "Quote").counts == Counts(1, 0, 0)
    assert counts(elsewhere, pred, ENTITY, "Quote") == Counts(0, 1, 1)


def test_several_speakers_are_matched_one_to_one() -> None:
    other = Span("o", "Speaker", ((41, 45),), {"entity": "Four"})
    gold = layer(
        quote(source="mention"), ANN, other, relations=(SAID, Relation("said_by", "q", "o"))
    )
    pred = layer(quote(), ANN, SHE, by="x", relations=(SAID, Relation("said_by", "q", "h")))
    # By entity, Ann Lee and "She" are one and the same: one right, Four missed.
    assert counts(gold, pred, ENTITY, "Quote") == Counts(1, 0, 1)
    assert counts(gold, pred, MENTION, "Quote") == Counts(1, 1, 1)


def test_not_stated_is_a_class() -> None:
    silent, told = layer(quote(source="not_stated")), layer(quote(source="mention"), ANN)
    told = replace(told, relations=(SAID,))
    row = "Quote[source=not_stated]"
    for metric in (MENTION, ENTITY):
        assert counts(silent, replace(silent, annotator="x"), metric, row) == Counts(1, 0, 0)
        assert counts(silent, replace(told, annotator="x"), metric, "Quote") == Counts(0, 1, 1)
        assert counts(silent, replace(told, annotator="x"), metric, row) == Counts(0, 0, 1)
        assert counts(told, replace(silent, annotator="x"), metric, row) == Counts(0, 1, 0)


def test_a_quote_whose_gold_does_not_say_is_left_out() -> None:
    pred = layer(quote(), ANN, by="x", relations=(SAID,))
    assert counts(layer(quote(), ANN), pred, ENTITY, "Quote") == Counts()


def test_a_speaker_outside_the_windows_counts_by_entity_and_not_by_mention() -> None:
    asked = Asked(windows=((0, 20),))
    gold = layer(quote(source="elsewhere", source_entity="Ann Lee"), asked=asked)
    pred = layer(quote(source="mention"), ANN, by="x", relations=(SAID,))
    assert counts(gold, pred, ENTITY, "Quote") == Counts(1, 0, 0)
    assert counts(gold, pred, MENTION, "Quote") == Counts()


def test_missed_and_spurious_quotes_count_end_to_end() -> None:
    gold = layer(quote(source="mention"), ANN, relations=(SAID,))
    elsewhere = Span("q", "Quote", ((40, 46),), {"source": "mention"})
    pred = layer(elsewhere, ANN, by="x", relations=(SAID,))
    assert counts(gold, pred, ENTITY, "Quote") == Counts()
    assert counts(gold, pred, "attribution(entity,end-to-end)", "Quote") == Counts(0, 1, 1)


# Stance


def stance(polarity: str | None, target: str | None = "two", **more: str) -> Span:
    return Span("t", "Stance", ((5, 8),), {"polarity": polarity, "target": target, **more})


TUPLE = "stance(tuple,matched)"


def test_a_wrong_polarity_is_missed_in_its_class_and_wrong_in_the_other() -> None:
    gold, pred = layer(stance("oppose")), layer(stance("support"), by="x")
    metric = "stance(polarity,matched)"
    assert counts(gold, pred, metric, "Stance") == Counts(0, 1, 1)
    assert counts(gold, pred, metric, "Stance[polarity=oppose]") == Counts(0, 0, 1)
    assert counts(gold, pred, metric, "Stance[polarity=support]") == Counts(0, 1, 0)
    assert counts(gold, layer(stance(None), by="x"), metric, "Stance") == Counts(0, 0, 1)


def test_targets_are_compared_as_names() -> None:
    entities = (Entity("ann", "Ann Lee", ("Lee",)),)
    gold = layer(stance("oppose", "Ann Lee"), entities=entities)
    for target, right in (("LEE", 1), ("ann lee", 1), ("Ann", 0)):
        pred = layer(stance("oppose", target), by="x")
        expected = Counts(right, 1 - right, 1 - right)
        assert counts(gold, pred, "stance(target,matched)", "Stance") == expected
        assert counts(gold, pred, TUPLE, "Stance") == expected


def test_a_tuple_needs_holder_target_and_polarity() -> None:
    gold = layer(stance("oppose", holder="Ann Lee"))
    for pred, right in (
        (stance("oppose", holder="ann lee"), 1),
        (stance("oppose"), 0),  # AUTHOR
        (stance("support", holder="Ann Lee"), 0),
        (stance("oppose", "three", holder="Ann Lee"), 0),
    ):
        expected = Counts(right, 1 - right, 1 - right)
        assert counts(gold, layer(pred, by="x"), TUPLE, "Stance") == expected


def test_a_holder_may_be_told_in_any_way() -> None:
    """Held by a mention in gold, by its quote's source in the prediction."""
    held = Relation("held_by", "t", "s")
    gold = layer(stance("oppose"), ANN, relations=(held,))
    said = (Relation("expressed_in", "t", "q"), SAID)
    pred = layer(stance("oppose"), QUOTE, ANN, by="x", relations=said)
    assert counts(gold, pred, TUPLE, "Stance") == Counts(1, 0, 0)


def test_two_stances_on_one_span_find_their_own() -> None:
    two = (stance("oppose"), replace(stance("support", "three"), id="u"))
    swapped = (replace(two[1], id="a"), replace(two[0], id="b"))
    assert counts(layer(*two), layer(*swapped, by="x"), TUPLE, "Stance") == Counts(2, 0, 0)


def test_a_stance_that_was_not_asked_its_target_is_left_out() -> None:
    gold = layer(Span("t", "Stance", ((5, 8),), {"polarity": "oppose"}))
    pred = layer(stance("oppose"), by="x")
    assert counts(gold, pred, "stance(target,end-to-end)", "Stance") == Counts()
    assert counts(gold, pred, "stance(polarity,end-to-end)", "Stance") == Counts(1, 0, 0)


# Schemes, metrics, signatures


def test_another_scheme_has_its_own_rows() -> None:
    scheme = parse_scheme(
        'name="parc"\nversion="1"\n[roles]\nquote="Content"\nspeaker="Source"\nsaid_by="by"\n'
        '[labels.Content]\n[labels.Source]\n[relations.by]\nhead="Content"\ntail="Source"\n'
    )
    spans = (Span("c", "Content", ((0, 15),)), Span("s", "Source", ((22, 29),)))
    gold = corpus(layer(*spans, relations=(Relation("by", "c", "s"),)))
    report = score(gold, gold, scheme=scheme)
    labels = [row.label for row in report.rows if str(row.metric) == "exact"]
    assert labels == ["Content", "Source"]
    assert report.row(MENTION, "Content").counts == Counts(1, 0, 0)
    assert not any(row.metric.name == "stance" for row in report.rows)


@pytest.mark.parametrize(
    "text",
    [
        *("exact", " overlap ( iou>=0.50 ) ", "overlap(iou>0)", "overlap(iou>=1)", "token"),
        *("attribution(mention,matched,exact)", "stance(tuple,end-to-end,iou>=0.75)"),
    ],
)
def test_metrics_are_read_and_written(text: str) -> None:
    assert parse(str(parse(text))) == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "exakt", "exact(1)", "exact()", "overlap(0.5)", "overlap(iou>=x)", "overlap(,exact)"),
        *("overlap(iou>=0.5,exact)", "attribution(mention)", "attribution(target,matched)"),
        *("stance(polarity,maybe)", "token(words)", "token(iou>=0.5)", "exact|x"),
    ],
)
def test_a_misspelt_metric_is_an_error_that_names_the_known_ones(text: str) -> None:
    with pytest.raises(QuotemarkError) as caught:
        parse(text)
    assert "stance(tuple,end-to-end)" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("exakt", "exact"),
        ("Token", "token"),
        ("atribution(mention,matched)", "attribution(mention,matched)"),
        ("stance(polarity,end-to-ends)", "stance(polarity,end-to-end)"),
        ("semeval13(partials)", "semeval13(partial)"),
        ("bondary(start)", "boundary(start)"),
        ("conl", "conll"),
    ],
)
def test_a_misspelt_metric_is_told_the_nearest_one(text: str, near: str) -> None:
    with pytest.raises(QuotemarkError, match=re.escape(f"did you mean {near}?")):
        parse(text)


@pytest.mark.parametrize(
    "threshold", ["iou>=0", "iou>=2", "iou>=1.01", "iou>=-0.5", "iou>0.5", "iou>=0.1234567"]
)
def test_a_threshold_outside_its_range_is_told_the_range(threshold: str) -> None:
    with pytest.raises(QuotemarkError) as caught:
        parse(f"overlap({threshold})")
    assert caught.value.problems[0].code == "threshold"
    assert "up to 1" in str(caught.value)


def test_a_family_names_all_of_its_metrics_once() -> None:
    chosen = select(["stance", "exact", "stance(target,matched)", "exact"])
    assert len(chosen) == len(set(chosen)) == 11
    assert set(chosen) <= set(EVERY)


def test_signatures_name_the_metric_and_the_gold() -> None:
    gold, pred = corpus(layer(QUOTE), text=True), corpus(layer(QUOTE, by="x"))
    report = score(gold, pred)
    for row in report.rows:
        metric, label, *_ = row.signature.split("|")
        assert parse(metric) == row.metric
        assert label == f"label:{row.label}"
        assert f"gold:{report.gold}" in row.signature
    assert "tok:unicode-words" in report.row("token", "Quote").signature
    moved = corpus(layer(replace(QUOTE, fragments=((0, 14),))), text=True)
    assert score(moved, pred).gold != report.gold
    renamed = corpus(layer(replace(QUOTE, id="other"), by="somebody"), text=True)
    assert score(renamed, pred).gold == report.gold


def test_the_words_of_a_pronoun_are_no_name() -> None:
    gold = layer(quote(source="elsewhere", source_entity="She"))
    pred = layer(
        quote(), Span("x", "Speaker", ((31, 34),)), relations=(Relation("said_by", "q", "x"),)
    )
    report = score(corpus(gold, text=True), corpus(replace(pred, annotator="x")), metrics=[ENTITY])
    assert TEXT[31:34] == "She"
    assert report.row(ENTITY, "Quote").counts == Counts(0, 1, 1)


def test_a_holder_not_stated_is_not_an_unknown_one() -> None:
    inside = (Relation("expressed_in", "t", "q"),)
    silent = layer(stance("oppose"), quote(source="not_stated"), relations=inside)
    untold = layer(stance("oppose"), quote(), by="x", relations=inside)
    assert counts(silent, replace(silent, annotator="x"), TUPLE, "Stance") == Counts(1, 0, 0)
    assert counts(silent, untold, TUPLE, "Stance") == Counts(0, 1, 1)


def test_a_stance_whose_gold_does_not_say_who_holds_it_is_left_out() -> None:
    inside = (Relation("expressed_in", "t", "q"),)
    untold = layer(stance("oppose"), quote(), relations=inside)
    pred = layer(stance("oppose", holder="Ann Lee"), by="x")
    assert counts(untold, pred, TUPLE, "Stance") == Counts()
