"""One small article, scored by hand: every number below is worked out in a comment."""

from __future__ import annotations

import pytest

from quotemark import score
from quotemark.metrics.confusion import Kappa
from quotemark.metrics.counts import Counts
from quotemark.model import Annotation, Corpus, Document, Entity, Fragment, Relation, Span, Value

TEXT = (
    '"The bridge is safe", Ana Lund said. "We tested it twice".\n\n'
    'The mayor called the report "a disgrace". A spokesman said that the road would open.\r\n'
    '"Nobody asked us".'
)
DOC = Document("bridge", TEXT)


def at(*words: str) -> tuple[Fragment, ...]:
    """Where words first stand in the text, one fragment for each."""
    starts = [TEXT.index(each) for each in words]
    return tuple((s, s + len(w)) for s, w in zip(starts, words, strict=True))


def span(id: str, label: str, *words: str, **attributes: Value) -> Span:
    return Span(id, label, at(*words), attributes)


SAFE, TWICE = '"The bridge is safe"', '"We tested it twice"'  # 20 code points each

GOLD = Annotation(
    "bridge",
    DOC.sha256,
    "gold",
    (
        span("q1", "Quote", SAFE, TWICE, form="direct", source="mention"),
        span("q2", "Quote", 'the report "a disgrace"', form="mixed", source="mention"),
        span("q3", "Quote", "the road would open", form="indirect", source="mention"),
        span("q4", "Quote", '"Nobody asked us"', form="direct", source="not_stated"),
        span("s1", "Speaker", "Ana Lund", entity="Ana Lund", kind="named"),
        span("s2", "Speaker", "The mayor", entity="Ana Lund", kind="nominal"),
        span("s3", "Speaker", "A spokesman", entity="spokesman", kind="nominal"),
        span("c1", "Cue", "said"),
        span("c2", "Cue", "called"),
        Span("c3", "Cue", ((TEXT.index("said that"), TEXT.index("said that") + 4),)),
        span("t1", "Stance", '"a disgrace"', polarity="oppose", target="the report"),
    ),
    (
        Relation("said_by", "q1", "s1"),
        Relation("said_by", "q2", "s2"),
        Relation("said_by", "q3", "s3"),
        Relation("expressed_in", "t1", "q2"),
    ),
    (Entity("lund", "Ana Lund", ("Lund",)), Entity("spokesman", "spokesman")),
    status="gold",
)

PRED = Annotation(
    "bridge",
    DOC.sha256,
    "mine",
    (
        span("a", "Quote", SAFE, form="direct", source="mention"),  # q1, IoU 20/40
        span("b", "Quote", 'report "a disgrace"', form="direct", source="mention"),  # q2, 19/23
        span("c", "Quote", "the road would open", form="indirect", source="not_stated"),  # q3
        span(
            "d", "Quote", '"Nobody asked us"', form="direct", source="elsewhere",
            source_entity=("LUND",),
        ),  # q4
        span("e", "Quote", TWICE, form="direct", source="not_stated"),  # q1 too, but a is closer
        span("f", "Speaker", "Ana Lund", entity="Ana Lund"),  # s1
        span("g", "Speaker", "mayor"),  # s2, IoU 5/9
        span("h", "Cue", "said"),  # c1
        span("i", "Stance", "a disgrace", polarity="oppose", target="The Report"),  # t1, 10/12
        span("j", "Stance", "safe", polarity="support", target="the bridge"),  # nothing
    ),
    (
        Relation("said_by", "a", "f"),
        Relation("said_by", "b", "g"),
        Relation("expressed_in", "i", "b"),
        Relation("expressed_in", "j", "a"),
    ),
    status="predicted",
)  # fmt: skip

EXPECTED = {
    # Same place: c-q3, d-q4.
    ("exact", "Quote"): (2, 3, 2),
    # Direct in gold: q1, q4. Predicted direct: a, b, d, e. Pairs of both: d-q4.
    ("exact", "Quote[form=direct]"): (1, 3, 1),
    ("exact", "Quote[form=indirect]"): (1, 0, 0),
    ("exact", "Quote[form=mixed]"): (0, 0, 1),
    # f-s1; g is short of its article.
    ("exact", "Speaker"): (1, 1, 2),
    ("exact", "Cue"): (1, 0, 2),
    ("exact", "Stance"): (0, 2, 1),
    # a and e both have IoU 1/2 with q1; a says "mention" as q1 does, so it is the pair.
    ("overlap(iou>=0.5)", "Quote"): (4, 1, 0),
    # a-q1 and d-q4 are direct on both sides; b (gold: mixed) and e are fp.
    ("overlap(iou>=0.5)", "Quote[form=direct]"): (2, 2, 0),
    ("overlap(iou>=0.5)", "Quote[form=indirect]"): (1, 0, 0),
    ("overlap(iou>=0.5)", "Quote[form=mixed]"): (0, 0, 1),
    ("overlap(iou>=0.5)", "Speaker"): (2, 0, 1),
    ("overlap(iou>=0.5)", "Stance"): (1, 1, 0),
    ("overlap(iou>=0.5)", "Stance[polarity=oppose]"): (1, 0, 0),
    ("overlap(iou>=0.5)", "Stance[polarity=support]"): (0, 1, 0),
    ("overlap(iou>=0.5)", "Stance[polarity=neutral]"): (0, 0, 0),
    # a is short of half of q1.
    ("overlap(iou>=0.8)", "Quote"): (3, 2, 1),
    # b is 19 of q2's 23; a is 20 of q1's 40.
    ("overlap(gold>=0.8)", "Quote"): (3, 2, 1),
    # All predictions are inside gold's; a and e in one.
    ("overlap(pred>=1)", "Quote"): (4, 1, 0),
    # b begins after q2 does, e inside q1; a ends inside q1.
    ("boundary(start)", "Quote"): (3, 2, 1),
    ("boundary(end)", "Quote"): (4, 1, 0),
    # Without marks: i-t1; q1 and q2 are still cut by a and b, s2 by g.
    ("exact(trim)", "Quote"): (2, 3, 2),
    ("exact(trim)", "Speaker"): (1, 1, 2),
    ("exact(trim)", "Stance"): (1, 1, 0),
    # Gold: 20 + 20 + 23 + 19 + 17. Predicted: all but "the " of q2.
    ("char", "Quote"): (95, 0, 4),
    # Gold: 12. Predicted: 10 of them, and "safe".
    ("char", "Stance"): (10, 4, 2),
    # a and b are cut.
    ("relation(strict)", "said_by"): (0, 2, 3),
    ("relation(boundary)", "expressed_in"): (0, 2, 1),
    ("relation(strict)", "cued_by"): (0, 0, 0),
    # a-q1 with f-s1, b-q2 with g-s2; q3's speaker is missed. i-t1 with b-q2; j is spurious.
    ("relation(relaxed)", "said_by"): (2, 0, 1),
    ("relation(relaxed)", "expressed_in"): (1, 1, 0),
    # At 0.8, a and g have no partner.
    ("relation(relaxed,iou>=0.8)", "said_by"): (0, 2, 3),
    # a-q1, c-q3 and d-q4 right, b direct for q2's mixed; end to end e's direct is fp.
    ("attribute(matched)", "Quote.form"): (3, 1, 1),
    ("attribute(matched)", "Quote[form=direct]"): (2, 1, 0),
    ("attribute(end-to-end)", "Quote.form"): (3, 2, 1),
    ("attribute(accuracy)", "Quote.form"): (3, 1, 1),
    # c and d are wrong.
    ("attribute(matched)", "Quote.source"): (2, 2, 2),
    # Gold was not asked; so d's is nothing.
    ("attribute(end-to-end)", "Quote.source_entity"): (0, 0, 0),
    # f right, g has none; end to end s3 is missed.
    ("attribute(matched)", "Speaker.entity"): (1, 0, 1),
    ("attribute(end-to-end)", "Speaker.entity"): (1, 0, 2),
    ("attribute(matched)", "Speaker[kind=nominal]"): (0, 0, 1),
    ("attribute(matched)", "Stance.target"): (1, 0, 0),
    # Gold: 6 + 6 (q1) + 6 (q2) + 4 (q3) + 5 (q4) = 27, marks counted. Predicted: all but "the"
    # of q2.
    ("token", "Quote"): (26, 0, 1),
    # Gold direct: 6 + 6 + 5. Predicted direct: those, and the 5 of b.
    ("token", "Quote[form=direct]"): (17, 5, 0),
    # Gold: two words in each of three. Predicted: "Ana", "Lund", "mayor".
    ("token", "Speaker"): (3, 0, 3),
    # Gold: two marks, two words. Predicted: the words, and "safe".
    ("token", "Stance"): (2, 1, 2),
    # a-q1 and b-q2 right. c says not stated for q3's mention: fn and fp. d names somebody
    # for q4's not stated, but by no mention: fn.
    ("attribution(mention,matched)", "Quote"): (2, 1, 2),
    ("attribution(mention,matched)", "Quote[source=not_stated]"): (0, 1, 1),
    # e's not stated comes on top as fp.
    ("attribution(mention,end-to-end)", "Quote"): (2, 2, 2),
    ("attribution(mention,end-to-end)", "Quote[source=not_stated]"): (0, 2, 1),
    # Quotes too are matched at 0.8, so a is out. b-q2: "mayor" is 5/9 of "The mayor", fn and
    # fp; c and d as above.
    ("attribution(mention,matched,iou>=0.8)", "Quote"): (0, 2, 3),
    # As by mention (g has no entity but overlaps one of Ana Lund's mentions), and d's "LUND",
    # an alias but wrong for q4, is fp.
    ("attribution(entity,matched)", "Quote"): (2, 2, 2),
    ("attribution(entity,matched)", "Quote[source=not_stated]"): (0, 1, 1),
    ("attribution(entity,end-to-end)", "Quote"): (2, 3, 2),
    # i-t1 is right in all; j is spurious.
    ("stance(polarity,matched)", "Stance"): (1, 0, 0),
    ("stance(polarity,end-to-end)", "Stance"): (1, 1, 0),
    ("stance(polarity,end-to-end)", "Stance[polarity=support]"): (0, 1, 0),
    ("stance(target,matched)", "Stance"): (1, 0, 0),
    ("stance(target,end-to-end)", "Stance"): (1, 1, 0),
    ("stance(tuple,matched)", "Stance"): (1, 0, 0),
    ("stance(tuple,end-to-end)", "Stance"): (1, 1, 0),
    ("stance(tuple,end-to-end)", "Stance[polarity=oppose]"): (1, 0, 0),
}


@pytest.mark.parametrize(("metric", "label"), list(EXPECTED))
def test_one_article(metric: str, label: str) -> None:
    report = score(Corpus({DOC.id: DOC}, (GOLD,)), Corpus({}, (PRED,)), metrics=[metric])
    assert report.row(metric, label).counts == Counts(*EXPECTED[metric, label])


def test_agreement_on_the_form_of_four_pairs_of_quotes() -> None:
    """Gold: direct, mixed, indirect, direct. Predicted: direct, direct, indirect, direct.

    F1 of direct 4/5, indirect 1, mixed 0. Equal: 3/4; by chance (2·3 + 1·1 + 1·0) / 16 = 7/16.
    """
    metrics = ["attribute(macro-f1)", "attribute(kappa)"]
    report = score(Corpus({DOC.id: DOC}, (GOLD,)), Corpus({}, (PRED,)), metrics=metrics)
    assert report.row("attribute(macro-f1)", "Quote.form").f1 == pytest.approx((4 / 5 + 1 + 0) / 3)
    kappa = report.row("attribute(kappa)", "Quote.form").counts
    assert isinstance(kappa, Kappa)
    assert kappa.kappa == pytest.approx((3 / 4 - 7 / 16) / (1 - 7 / 16))


def test_micro_and_macro_over_two_articles() -> None:
    """The second article has one Quote and no predictions.

    Exact Quote: first article P 2/5, R 2/4, F1 4/9; second P undefined, R 0/1, F1 0/1.
    Micro: tp 2, fp 3, fn 3: P 2/5, R 2/5. Macro: P 2/5 (one is defined), R 1/4, F1 2/9.
    """
    lone = Annotation("lone", "", "gold", (Span("q", "Quote", ((0, 5),)),), status="gold")
    gold = Corpus({DOC.id: DOC}, (GOLD, lone))
    report = score(gold, Corpus({}, (PRED,)), metrics=["exact"])
    row = report.row("exact", "Quote")
    assert report.missing == ("lone",)
    assert row.counts == Counts(2, 3, 3)
    assert (row.precision, row.recall) == (2 / 5, 2 / 5)
    assert row.macro == pytest.approx((2 / 5, 1 / 4, 2 / 9))
    assert row.documents == {"bridge": Counts(2, 3, 2), "lone": Counts(0, 0, 1)}
