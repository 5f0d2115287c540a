"""What docs/deviations.md says, case by case: as published, and put right."""

from __future__ import annotations

import pytest

from quotemark import score
from quotemark.metrics.counts import Tally
from quotemark.model import Annotation, Corpus, Document, Relation, Span, Value

WORDS = Document("d", " ".join(f"w{n}" for n in range(10)))
"""Ten words of two letters: word n begins at 3 n."""


def at(id: str, label: str, first: int, last: int, **attributes: Value) -> Span:
    """A span from one word to another."""
    return Span(id, label, ((3 * first, 3 * last + 2),), attributes)


def layer(by: str, *spans: Span, **relations: str) -> Annotation:
    """A layer; relations as `said_by="q:s r:s"`."""
    links = (
        Relation(name, *ends.split(":"))
        for name, all_ in relations.items()
        for ends in all_.split()
    )
    return Annotation("d", WORDS.sha256, by, spans, tuple(links))


def counted(metric: str, label: str, gold: Annotation, pred: Annotation) -> Tally:
    report = score(Corpus({"d": WORDS}, (gold,)), Corpus({}, (pred,)), metrics=[metric])
    counts = report.row(metric, label).counts
    assert counts is not None
    return counts


def ratios(metric: str, label: str, gold: Annotation, pred: Annotation) -> tuple[float | None, ...]:
    found = counted(metric, label, gold, pred)
    return found.precision, found.recall


def test_semeval2013_pairs_as_many_as_can_be() -> None:
    """In order, the first prediction would take the first gold span, and leave one over."""
    gold = layer("g", at("a", "Cue", 0, 3), at("b", "Cue", 4, 6))
    pred = layer("p", at("x", "Cue", 2, 5), at("y", "Cue", 0, 1))
    assert counted("semeval2013(partial)", "Cue", gold, pred).detail["par"] == 2


def test_semeval2013_spans_that_touch_are_no_pair_and_one_character_is_one() -> None:
    gold = layer("g", Span("a", "Cue", ((0, 5),)))
    touching, sharing = (layer("p", Span("x", "Cue", ((n, 10),))) for n in (5, 4))
    assert counted("semeval2013(partial)", "Cue", gold, touching).detail["par"] == 0
    assert counted("semeval2013(partial)", "Cue", gold, sharing).detail["par"] == 1


def test_conll_counts_fragments_and_nested_spans_as_runs() -> None:
    broken = Span("a", "Quote", ((0, 5), (9, 14)))
    gold = layer("g", broken, at("b", "Quote", 0, 3), at("c", "Quote", 0, 3))
    assert counted("conll", "Quote", gold, gold).detail == {"tp": 3, "fp": 0, "fn": 0}


def test_cofenet_jaccard_has_no_cost_for_pieces() -> None:
    gold = layer("g", at("a", "Quote", 0, 3))
    pieces = layer("p", at("x", "Quote", 0, 1), at("y", "Quote", 2, 2), at("z", "Quote", 3, 3))
    assert ratios("cofenet(jaccard)", "Quote", gold, pieces) == (0.5, 0.5)


def test_gendergaptracker_counts_copies_and_takes_anything_that_covers_gold() -> None:
    gold = layer("g", at("a", "Quote", 0, 3))
    copies = layer("p", at("x", "Quote", 0, 3), at("y", "Quote", 0, 3))
    everything = layer("p", at("x", "Quote", 0, 9))
    assert ratios("gendergaptracker(quote>0.8)", "Quote", gold, copies) == (0.5, 1.0)
    assert ratios("gendergaptracker(quote>0.8)", "Quote", gold, everything) == (1.0, 1.0)


def test_citron_counts_a_shared_speaker_for_every_pair_of_quotes() -> None:
    spans = [at("q", "Quote", 0, 1), at("r", "Quote", 4, 5), at("s", "Speaker", 3, 3)]
    cues = [at("c", "Cue", 2, 2), at("d", "Cue", 6, 6)]
    both = layer("g", *spans, *cues, said_by="q:s r:s", cued_by="q:c r:d")
    assert ratios("citron(overlap)", "Speaker", both, both) == (2.0, 2.0)
    assert ratios("citron(overlap-corrected)", "Speaker", both, both) == (1.0, 1.0)


def test_citron_turns_the_overlap_of_whole_quotes_round() -> None:
    gold = layer("g", at("q", "Quote", 0, 3), at("c", "Cue", 4, 4), cued_by="q:c")
    pred = layer("p", at("q", "Quote", 0, 0), at("c", "Cue", 4, 4), cued_by="q:c")
    assert ratios("citron(overlap)", "(all)", gold, pred) == (0.4, 1.0)
    assert ratios("citron(overlap-corrected)", "(all)", gold, pred) == (1.0, 0.4)


@pytest.mark.parametrize(
    ("first", "published", "right"), [(5, 1.0, 0.0), (6, 0.0, 0.0), (4, 1.0, 1.0)]
)
def test_citron_takes_a_cue_right_behind_for_overlapping(
    first: int, published: float, right: float
) -> None:
    gold = layer("g", at("q", "Quote", 0, 2), at("c", "Cue", 3, 4), cued_by="q:c")
    pred = layer("p", at("q", "Quote", 0, 2), at("c", "Cue", first, 7), cued_by="q:c")
    assert ratios("citron(exact)", "Quote", gold, pred)[0] == published
    assert ratios("citron(exact-corrected)", "Quote", gold, pred)[0] == right


def test_citron_counts_two_predictions_of_one_quote_as_two_right_ones() -> None:
    gold = layer("g", at("q", "Quote", 0, 2), at("c", "Cue", 3, 3), cued_by="q:c")
    twice = [at("q", "Quote", 0, 2), at("r", "Quote", 0, 2), at("c", "Cue", 3, 3)]
    pred = layer("p", *twice, cued_by="q:c r:c")
    assert counted("citron(exact)", "(all)", gold, pred).detail == {"tp": 2, "fp": 0, "fn": 0}
    right = counted("citron(exact-corrected)", "(all)", gold, pred).detail
    assert right == {"tp": 1, "fp": 1, "fn": 0}


def test_german_news_quotes_that_share_nothing_are_no_pair() -> None:
    """The script gives the roles an F1 of 2/3 or 0 here, by the order of gold's quotes."""
    direct, indirect = {"form": "direct"}, {"form": "indirect"}
    golds = [at("q", "Quote", 0, 1, **direct), at("r", "Quote", 2, 3, **indirect)]
    speakers = [at("s", "Speaker", 8, 8), at("t", "Speaker", 9, 9)]
    gold = layer("g", *golds, *speakers, said_by="q:s r:t")
    found = [at("q", "Quote", 5, 6, **direct), at("s", "Speaker", 8, 8)]
    pred = layer("p", *found, said_by="q:s")
    assert counted("german-news-2024(roles)", "Quote", gold, pred).f1 == 0.0
    assert counted("german-news-2024(type)", "Quote", gold, pred).f1 == 0.0


def test_pareti2013_can_exceed_1() -> None:
    """The long one is covered by itself and half by the short, the short one twice: 3.5 / 2."""
    nested = layer("g", at("q", "Quote", 0, 3), at("r", "Quote", 0, 1))
    assert ratios("pareti2013(partial)", "Quote", nested, nested) == (1.75, 1.75)
    assert ratios("pareti2013(strict)", "Quote", nested, nested) == (1.0, 1.0)


def test_semeval2022_takes_the_overlap_of_any_polarity() -> None:
    """Both gold stances overlap; the one of the right polarity is half as long."""
    oppose, support = ({"polarity": p, "target": "x"} for p in ("oppose", "support"))
    gold = layer("g", at("a", "Stance", 0, 3, **oppose), at("b", "Stance", 0, 1, **support))
    pred = layer("p", at("x", "Stance", 0, 3, **support))
    assert ratios("semeval2022-sgf1(graph)", "Stance", gold, pred) == (1.0, 0.5)
    corrected = ratios("semeval2022-sgf1(graph-corrected)", "Stance", gold, pred)
    assert corrected == pytest.approx((2.5 / 3, 0.5))


def test_semeval2016_counts_a_class_that_does_not_occur_as_0() -> None:
    gold = layer("g", at("a", "Stance", 0, 3, polarity="oppose", target="x"))
    assert counted("semeval2016-stance(matched)", "Stance", gold, gold).f1 == 0.5
    against = counted("semeval2016-stance(matched)", "Stance[polarity=oppose]", gold, gold)
    favor = counted("semeval2016-stance(matched)", "Stance[polarity=support]", gold, gold)
    assert (against.f1, favor.f1) == (1.0, None)


def test_semeval2016_takes_a_span_that_is_not_there_for_none() -> None:
    """Favor: 1 tp. Against: 1 missed; 1 predicted where gold says neutral."""
    support, oppose, neutral = (
        {"polarity": p, "target": "x"} for p in ("support", "oppose", "neutral")
    )
    gold = layer(
        "g",
        at("a", "Stance", 0, 1, **support),
        at("b", "Stance", 3, 4, **oppose),
        at("c", "Stance", 6, 7, **neutral),
    )
    pred = layer("p", at("x", "Stance", 0, 1, **support), at("y", "Stance", 6, 7, **oppose))
    assert counted("semeval2016-stance(end-to-end)", "Stance", gold, pred).detail == {
        "favor": {"tp": 1, "fp": 0, "fn": 0},
        "against": {"tp": 0, "fp": 1, "fn": 1},
    }
