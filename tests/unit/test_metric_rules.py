"""What each metric beyond exact, overlap and token counts, rule by rule."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction

import pytest

from quotemark import score
from quotemark.matching import ANY, HALF, START, Criterion
from quotemark.metrics.counts import Counts, Tally
from quotemark.metrics.measure import Key
from quotemark.metrics.names import Metric
from quotemark.model import EVERYTHING, Annotation, Asked, Corpus, Document, Entity, Relation, Span
from quotemark.report.plain import to_csv, to_json, to_markdown
from quotemark.scheme import Scheme, parse_scheme

TEXT = '"One two three", said Ann Lee. She told "four" and more.'
DOC = Document("a1", TEXT)


def quote(name: str, start: int, end: int, **attributes: str | tuple[str, ...] | None) -> Span:
    return Span(name, "Quote", ((start, end),), attributes)


def speaker(name: str, start: int, end: int, **attributes: str | None) -> Span:
    return Span(name, "Speaker", ((start, end),), attributes)


def layer(
    *items: Span | Relation, asked: Asked = EVERYTHING, names: tuple[str, ...] = ()
) -> Annotation:
    spans = tuple(item for item in items if isinstance(item, Span))
    relations = tuple(item for item in items if isinstance(item, Relation))
    entities = (Entity("lee", "Ann Lee", names),) if names else ()
    return Annotation("a1", "", "ann", spans, relations, entities, asked)


def counts(
    gold: Annotation,
    pred: Annotation,
    metric: str,
    label: str,
    *,
    text: bool = False,
    scheme: Scheme | None = None,
) -> Tally | None:
    documents = {"a1": DOC} if text else {}
    report = score(Corpus(documents, (gold,)), Corpus({}, (pred,)), metrics=[metric], scheme=scheme)
    return report.row(metric, label).counts


# Spans


def test_overlap_with_the_gold_span_takes_a_prediction_that_is_far_too_long() -> None:
    gold, pred = layer(quote("q", 10, 20)), layer(quote("p", 2, 90))
    assert counts(gold, pred, "overlap(gold>=0.8)", "Quote") == Counts(1, 0, 0)
    assert counts(gold, pred, "overlap(pred>=0.8)", "Quote") == Counts(0, 1, 1)
    assert counts(gold, pred, "overlap(iou>=0.5)", "Quote") == Counts(0, 1, 1)


def test_overlap_with_the_gold_span_is_one_to_one() -> None:
    golds, pred = layer(quote("q", 0, 10), quote("r", 12, 20)), layer(quote("p", 0, 20))
    assert counts(golds, pred, "overlap(gold>=0.8)", "Quote") == Counts(1, 0, 1)
    assert counts(pred, golds, "overlap(pred>=0.8)", "Quote") == Counts(1, 1, 0)


def test_a_threshold_is_reached_by_exactly_so_much() -> None:
    gold = layer(quote("q", 0, 10))
    for end, tp in ((8, 1), (7, 0)):
        found = counts(gold, layer(quote("p", 0, end)), "overlap(gold>=0.8)", "Quote")
        assert found == Counts(tp, 1 - tp, 1 - tp)


def test_boundaries_are_counted_each_by_itself() -> None:
    gold = layer(quote("q", 0, 10), quote("r", 20, 30))
    pred = layer(quote("p", 0, 8), quote("s", 18, 30), quote("t", 10, 12))
    assert counts(gold, pred, "boundary(start)", "Quote") == Counts(1, 2, 1)
    assert counts(gold, pred, "boundary(end)", "Quote") == Counts(1, 2, 1)


def test_the_boundaries_of_fragments_are_those_of_the_whole_span() -> None:
    gold = layer(Span("q", "Quote", ((0, 4), (8, 12))))
    pred = layer(quote("p", 0, 4), quote("r", 8, 12))
    assert counts(gold, pred, "boundary(start)", "Quote") == Counts(1, 1, 0)
    assert counts(gold, pred, "boundary(end)", "Quote") == Counts(1, 1, 0)


def test_among_spans_that_begin_alike_the_exact_ones_are_pairs() -> None:
    gold = layer(quote("q", 0, 4, form="direct"), quote("r", 0, 9, form="mixed"))
    pred = layer(quote("p", 0, 9, form="mixed"), quote("s", 0, 4, form="indirect"))
    assert counts(gold, pred, "boundary(start)", "Quote[form=mixed]") == Counts(1, 0, 0)
    assert counts(gold, pred, "boundary(start)", "Quote[form=direct]") == Counts(0, 0, 1)


def test_characters_are_counted_once_however_many_spans_cover_them() -> None:
    gold = layer(quote("q", 0, 10), quote("r", 5, 10), quote("s", 20, 22))
    pred = layer(Span("p", "Quote", ((8, 12), (21, 25))))
    assert counts(gold, pred, "char", "Quote") == Counts(3, 5, 9)


def test_characters_of_a_group_are_those_of_its_spans() -> None:
    gold = layer(quote("q", 0, 10, form="direct"), quote("r", 5, 15, form="mixed"))
    pred = layer(quote("p", 5, 15, form="direct"))
    assert counts(gold, pred, "char", "Quote[form=direct]") == Counts(5, 5, 5)
    assert counts(gold, pred, "char", "Quote[form=mixed]") == Counts(0, 0, 10)


def test_a_group_of_characters_knows_no_pairs_so_an_attribute_not_asked_is_no_excuse() -> None:
    gold, pred = layer(quote("q", 0, 10)), layer(quote("p", 0, 10, form="direct"))
    assert counts(gold, pred, "exact", "Quote[form=direct]") == Counts()
    assert counts(gold, pred, "char", "Quote[form=direct]") == Counts(0, 10, 0)


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [(0, 15, True), (0, 16, True), (1, 14, True), (1, 16, True), (1, 13, False), (0, 21, False)],
)
def test_marks_white_space_and_the_final_comma_are_trimmed(
    start: int, end: int, right: bool
) -> None:
    found = counts(
        layer(quote("q", 0, 15)), layer(quote("p", start, end)), "exact(trim)", "Quote", text=True
    )
    assert found == Counts(int(right), 1 - right, 1 - right)


def test_trimming_wants_the_text_and_says_so() -> None:
    gold = Corpus({}, (layer(quote("q", 0, 15)),))
    report = score(gold, gold, metrics=["exact(trim)"])
    assert report.row("exact(trim)", "Quote").counts is None
    assert report.untexted == ("a1",)


def test_a_span_of_marks_alone_stays_one() -> None:
    gold = layer(quote("q", 14, 16))
    assert counts(gold, gold, "exact(trim)", "Quote", text=True) == Counts(1, 0, 0)
    pred = layer(quote("p", 14, 15))
    assert counts(gold, pred, "exact(trim)", "Quote", text=True) == Counts(0, 1, 1)


def test_fragments_are_trimmed_each() -> None:
    gold = layer(Span("q", "Quote", ((0, 15), (40, 46))))
    pred = layer(Span("p", "Quote", ((1, 14), (41, 45))))
    assert counts(gold, pred, "exact(trim)", "Quote", text=True) == Counts(1, 0, 0)


def test_punctuation_before_a_span_is_not_trimmed() -> None:
    gold, pred = layer(quote("q", 0, 15)), layer(quote("p", 0, 17))
    assert counts(gold, pred, "exact(trim)", "Quote", text=True) == Counts(1, 0, 0)
    gold, pred = layer(quote("q", 17, 29)), layer(quote("p", 15, 29))
    assert TEXT[15:17] == ", "
    assert counts(gold, pred, "exact(trim)", "Quote", text=True) == Counts(0, 1, 1)


def test_a_span_outside_the_windows_is_not_trimmed_into_them() -> None:
    gold = layer(asked=Asked(((1, 14),)))
    pred = layer(quote("p", 0, 15))
    assert counts(gold, pred, "exact(trim)", "Quote", text=True) == Counts()


@pytest.mark.parametrize("name", ["strict", "exact", "partial", "type"])
def test_semeval13_is_the_protocol(name: str) -> None:
    gold = layer(quote("q", 0, 10), quote("r", 20, 30), speaker("s", 22, 29))
    pred = layer(quote("p", 0, 8), speaker("t", 20, 30))
    for label in ("(all)", "Quote", "Speaker", "Cue"):
        ours = counts(gold, pred, f"semeval13({name})", label)
        assert ours is not None
        assert ours == counts(gold, pred, f"semeval2013({name})", label)


# Relations


def said(head: str, tail: str) -> Relation:
    return Relation("said_by", head, tail)


GOLD = (quote("q", 0, 15), speaker("s", 22, 29), said("q", "s"))


def test_a_relation_is_right_when_both_ends_and_its_type_are() -> None:
    gold = layer(*GOLD)
    assert counts(gold, gold, "relation(strict)", "said_by") == Counts(1, 0, 0)
    other = layer(quote("a", 0, 15), speaker("b", 31, 34), said("a", "b"))
    assert counts(gold, other, "relation(strict)", "said_by") == Counts(0, 1, 1)
    held = layer(*GOLD[:2], Relation("held_by", "q", "s"))
    assert counts(gold, held, "relation(strict)", "said_by") == Counts(0, 0, 1)
    assert counts(gold, held, "relation(strict)", "held_by") == Counts(0, 1, 0)


def test_a_relation_the_other_way_round_is_wrong() -> None:
    turned = layer(*GOLD[:2], said("s", "q"))
    for metric in ("relation(strict)", "relation(boundary)", "relation(relaxed)"):
        assert counts(layer(*GOLD), turned, metric, "said_by") == Counts(0, 1, 1)


def test_boundary_does_not_ask_for_the_labels_of_the_ends() -> None:
    pred = layer(Span("p", "Cue", ((0, 15),)), speaker("s", 22, 29), said("p", "s"))
    assert counts(layer(*GOLD), pred, "relation(boundary)", "said_by") == Counts(1, 0, 0)
    assert counts(layer(*GOLD), pred, "relation(strict)", "said_by") == Counts(0, 1, 1)
    assert counts(layer(*GOLD), pred, "relation(relaxed)", "said_by") == Counts(0, 1, 1)


def test_relaxed_ends_are_pairs_under_the_criterion() -> None:
    pred = layer(quote("p", 0, 12), speaker("t", 26, 29), said("p", "t"))
    for metric, tp in (
        ("relation(strict)", 0),
        ("relation(relaxed)", 0),  # 3 of 7 code points
        ("relation(relaxed,iou>0)", 1),
        ("relation(relaxed,pred>=1)", 1),
        ("relation(relaxed,exact)", 0),
    ):
        assert counts(layer(*GOLD), pred, metric, "said_by") == Counts(tp, 1 - tp, 1 - tp), metric


def test_parallel_relations_are_as_many() -> None:
    twice, thrice = layer(*GOLD, said("q", "s")), layer(*GOLD, *[said("q", "s")] * 2)
    for metric in ("relation(strict)", "relation(boundary)", "relation(relaxed)"):
        assert counts(twice, thrice, metric, "said_by") == Counts(2, 1, 0)


def test_relations_between_spans_alike_do_not_hang_on_which_is_paired_with_which() -> None:
    """Two quotes on one place said by two speakers on one place, crosswise."""

    def doubled(first: str, second: str) -> Annotation:
        places = (quote("a", 0, 15), quote("b", 0, 15), speaker("x", 22, 29), speaker("y", 22, 29))
        return layer(*places, said("a", first), said("b", second))

    for metric in ("relation(strict)", "relation(relaxed)"):
        assert counts(doubled("x", "y"), doubled("y", "x"), metric, "said_by") == Counts(2, 0, 0)


def test_a_relation_that_leads_nowhere_or_out_of_the_windows_is_none() -> None:
    gold = layer(*GOLD, said("q", "nobody"))
    assert counts(gold, layer(*GOLD), "relation(strict)", "said_by") == Counts(1, 0, 0)
    near = layer(quote("q", 0, 15), asked=Asked(((0, 20),)))
    assert counts(near, layer(*GOLD), "relation(strict)", "said_by") == Counts()


@pytest.mark.parametrize(
    "asked",
    [
        Asked(relations=("cued_by",)),
        Asked(relations=("cued_by", "said_by"), labels=("Quote", "Cue")),
        Asked(relations=("said_by", "cued_by"), labels=("Speaker", "Quote", "Cue")),
    ],
)
def test_relations_that_a_side_leaves_out_are_not_scored(asked: Asked) -> None:
    whole, part = layer(*GOLD), layer(quote("q", 0, 15), asked=asked)
    scored = asked.relation("said_by") and asked.label("Speaker")
    for gold, pred in ((whole, part), (part, whole)):
        for metric in ("relation(strict)", "relation(relaxed)"):
            assert (counts(gold, pred, metric, "said_by") is not None) == scored
            assert counts(gold, pred, metric, "cued_by") == Counts()
            assert counts(gold, pred, metric, "held_by") is None


def test_relations_from_a_label_that_was_not_asked_are_not_scored() -> None:
    part = layer(speaker("s", 22, 29), asked=Asked(labels=("Speaker",)))
    for gold, pred in ((layer(*GOLD), part), (part, layer(*GOLD))):
        assert counts(gold, pred, "relation(strict)", "said_by") is None


# Attributes


def test_every_attribute_has_a_row_and_every_choice_one_for_each_value() -> None:
    gold = layer(quote("q", 0, 9, source="mention"), speaker("s", 22, 29, kind="named"))
    pred = layer(quote("q", 0, 9, source="elsewhere"), speaker("s", 22, 29, kind="named"))
    assert counts(gold, pred, "attribute(matched)", "Quote.source") == Counts(0, 1, 1)
    assert counts(gold, pred, "attribute(matched)", "Quote[source=mention]") == Counts(0, 0, 1)
    assert counts(gold, pred, "attribute(matched)", "Quote[source=elsewhere]") == Counts(0, 1, 0)
    assert counts(gold, pred, "attribute(matched)", "Speaker[kind=named]") == Counts(1, 0, 0)


def test_missed_and_spurious_spans_count_end_to_end_only() -> None:
    gold = layer(quote("q", 0, 9, form="direct"), quote("r", 20, 30, form="mixed"))
    pred = layer(quote("p", 0, 9, form="direct"), quote("s", 40, 45, form="direct"))
    assert counts(gold, pred, "attribute(matched)", "Quote.form") == Counts(1, 0, 0)
    assert counts(gold, pred, "attribute(end-to-end)", "Quote.form") == Counts(1, 1, 1)
    assert counts(gold, pred, "attribute(end-to-end)", "Quote[form=mixed]") == Counts(0, 0, 1)


def test_names_are_compared_by_golds_aliases() -> None:
    gold = layer(speaker("s", 22, 29, entity="Ann Lee"), names=("Lee",))
    for name, tp in (("ANN LEE", 1), ("Lee", 1), ("Ann", 0)):
        pred = layer(speaker("t", 22, 29, entity=name))
        expected = Counts(tp, 1 - tp, 1 - tp)
        assert counts(gold, pred, "attribute(matched)", "Speaker.entity") == expected


def test_several_values_are_compared_one_to_one() -> None:
    gold = layer(quote("q", 0, 9, source_entity=("Ann Lee", "Bo")))
    pred = layer(quote("p", 0, 9, source_entity=("BO", "Cy", "Di")))
    assert counts(gold, pred, "attribute(matched)", "Quote.source_entity") == Counts(1, 2, 1)


def test_an_attribute_that_gold_was_not_asked_is_left_out_and_a_null_is_not() -> None:
    pred = layer(quote("p", 0, 9, form="direct"))
    unasked, null = layer(quote("q", 0, 9)), layer(quote("q", 0, 9, form=None))
    assert counts(unasked, pred, "attribute(end-to-end)", "Quote.form") == Counts()
    assert counts(null, pred, "attribute(end-to-end)", "Quote.form") == Counts(0, 1, 0)


def test_an_attribute_that_a_side_leaves_out_is_not_scored() -> None:
    whole = layer(quote("q", 0, 9, form="direct"))
    part = layer(quote("q", 0, 9), asked=Asked(attributes=("Quote.source",)))
    for gold, pred in ((whole, part), (part, whole)):
        for metric in ("attribute(matched)", "attribute(kappa)"):
            assert counts(gold, pred, metric, "Quote.form") is None
            assert counts(gold, pred, metric, "Quote.source") is not None


def test_choices_are_compared_as_they_are() -> None:
    scheme = parse_scheme(
        'name="s"\nversion="1"\n[labels.Quote.attributes.who]\ntype="choice"\nvalues=["US", "us"]\n'
    )
    gold, pred = layer(quote("q", 0, 9, who="US")), layer(quote("p", 0, 9, who="us"))
    for metric in ("attribute(matched)", "attribute(accuracy)"):
        assert counts(gold, pred, metric, "Quote.who", scheme=scheme) == Counts(0, 1, 1)


def test_free_text_is_compared_folded() -> None:
    scheme = parse_scheme(
        'name="s"\nversion="1"\n[labels.Quote.attributes.note]\ntype="text"\n'
        '[labels.Quote.attributes.tags]\ntype="choice"\nvalues=["a", "b"]\nmany=true\n'
    )
    gold, pred = layer(quote("q", 0, 9, note="Straße")), layer(quote("p", 0, 9, note="STRASSE"))
    found = counts(gold, pred, "attribute(matched)", "Quote.note", scheme=scheme)
    assert found == Counts(1, 0, 0)
    report = score(Corpus({}, (gold,)), Corpus({}, (pred,)), metrics=["attribute"], scheme=scheme)
    assert ("attribute(kappa)", "Quote.tags") not in {(str(r.metric), r.label) for r in report.rows}


def test_a_value_that_is_missing_or_unknown_is_a_class_of_its_own() -> None:
    gold = layer(quote("q", 0, 9, form="direct"), quote("r", 20, 30, form="mixed"))
    pred = layer(quote("p", 0, 9, form="shouted"), quote("s", 20, 30, form="mixed"))
    found = counts(gold, pred, "attribute(kappa)", "Quote.form")
    assert found is not None
    cells = {name: number for name, number in found.detail.items() if number}
    assert cells == {"direct>(none)": 1, "mixed>mixed": 1}
    assert counts(gold, pred, "attribute(accuracy)", "Quote.form") == Counts(1, 1, 1)


# Stance


def stance(name: str, start: int, end: int, polarity: str | tuple[str, ...]) -> Span:
    return Span(name, "Stance", ((start, end),), {"polarity": polarity})


def test_favor_against_is_the_protocol_on_matched_spans() -> None:
    gold = layer(stance("t", 0, 9, "support"), stance("u", 20, 30, "oppose"))
    pred = layer(stance("v", 0, 9, "support"), stance("w", 40, 50, "oppose"))
    for label in ("Stance", "Stance[polarity=support]", "Stance[polarity=oppose]"):
        ours = counts(gold, pred, "stance(polarity,favor-against)", label)
        assert ours is not None
        assert ours == counts(gold, pred, "semeval2016-stance(matched)", label)
        assert (ours == counts(gold, pred, "semeval2016-stance(end-to-end)", label)) == (
            label == "Stance[polarity=support]"
        )


def test_stances_of_several_polarities_have_no_classes() -> None:
    scheme = parse_scheme(
        'name="s"\nversion="1"\n[roles]\nstance="Stance"\npolarity="polarity"\n'
        '[labels.Stance.attributes.polarity]\ntype="choice"\nvalues=["a", "b"]\nmany=true\n'
    )
    gold = Corpus({}, (layer(stance("t", 0, 9, ("a", "b"))),))
    report = score(gold, gold, metrics=["stance"], scheme=scheme)
    polarity = [str(row.metric) for row in report.rows if row.label == "Stance"]
    assert polarity == ["stance(polarity,matched)", "stance(polarity,end-to-end)"]


# Metrics as values


@pytest.mark.parametrize(
    ("words", "criterion"),
    [
        (("exact", "", ""), Criterion(gold=Fraction(1))),
        (("relation", "strict", ""), ANY),
        (("overlap", "", ""), START),
        (("attribute", "matched", ""), HALF),
        (("stance", "polarity", ""), HALF),
    ],
)
def test_what_no_string_says_is_no_metric(words: Key, criterion: Criterion) -> None:
    with pytest.raises(ValueError, match="no such metric"):
        Metric(*words, criterion)


@pytest.mark.parametrize("shares", [{"iou": 2}, {"gold": -1}, {"iou": 1, "pred": 1}])
def test_a_criterion_asks_for_one_share_of_at_most_all(shares: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"a share must be|asks for one thing"):
        Criterion(**{name: Fraction(share) for name, share in shares.items()})  # type: ignore[arg-type]


# How kappa is shown


def test_kappa_has_a_column_where_there_is_one_and_is_no_f1() -> None:
    gold = Corpus({}, (layer(quote("q", 0, 9, form="direct"), quote("r", 20, 30, form="mixed")),))
    reports = [score(gold, gold, metrics=["exact", "attribute(kappa)"])]
    table = list(csv.DictReader(io.StringIO(to_csv(reports))))
    shown = {(line["metric"], line["label"]): line for line in table}
    kappa, exact = shown["attribute(kappa)", "Quote.form"], shown["exact", "Quote"]
    assert (kappa["kappa"], kappa["f1"], kappa["macro_f1"]) == ("1.0", "", "")
    assert kappa["support"] == "2"
    assert (exact["kappa"], exact["f1"]) == ("", "1.0")
    scores = {(s["metric"], s["label"]): s for s in json.loads(to_json(reports))["scores"]}
    assert scores["attribute(kappa)", "Quote.form"]["kappa"] == 1.0
    assert scores["attribute(kappa)", "Quote.form"]["f1"] is None
    assert "kappa" not in scores["exact", "Quote"]
    assert "| κ |" in to_markdown(reports)
    plain = [score(gold, gold, metrics=["exact"])]
    assert "kappa" not in to_csv(plain)
    assert "κ" not in to_markdown(plain)
