"""The starting article's data hold together, and its scores are what a hand count gives."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from quotemark import Corpus, check_corpus, default_scheme, read, score
from quotemark.adjudication import adjudicate
from quotemark.cli.labelstudio import renamed
from quotemark.decisions import read_decisions
from quotemark.extractors import extractor
from quotemark.metrics.counts import Counts
from quotemark.model import Annotation, Document
from quotemark.quotation import quotations

FOLDER = Path(__file__).parents[2] / "annotations" / "pompeo-north-korea"
ARTICLE = FOLDER / "pompeo-north-korea.txt"
SCHEME = default_scheme()
DOCUMENT: Document = read(ARTICLE).documents["pompeo-north-korea"]


def layer(name: str) -> Annotation:
    (found,) = read(FOLDER / f"{name}.jsonl").annotations
    return found


GOLD = Corpus({DOCUMENT.id: DOCUMENT}, (layer("gold"),))
PASSES = Corpus(GOLD.documents, (layer("quotemark-a"), layer("quotemark-b")))
RULES = Corpus(GOLD.documents, (extractor("rules").extract(DOCUMENT, SCHEME),))


def test_the_article_is_what_was_received_byte_for_byte() -> None:
    digest = hashlib.sha256(ARTICLE.read_bytes()).hexdigest()
    assert digest == "225dd0ad56db51fefb0c9629052bc22992e4cba1ac74f6d78a2617c5e30cb7c6"
    assert DOCUMENT.sha256 == digest  # ASCII: the text is the file


@pytest.mark.parametrize("corpus", [GOLD, PASSES, RULES], ids=["gold", "passes", "rules"])
def test_every_layer_passes_every_check(corpus: Corpus) -> None:
    assert check_corpus(corpus, SCHEME, texts=True) == []


def test_the_passes_say_whose_they_are() -> None:
    for annotation in PASSES:
        assert annotation.annotator.startswith("quotemark-")
        assert "not a newsroom" in annotation.provenance["note"]
        assert annotation.text_sha256 == DOCUMENT.sha256


def test_every_pair_of_quotation_marks_is_labelled_or_a_listed_non_quote() -> None:
    listed = tomllib.loads((FOLDER / "non-quotes.toml").read_text(encoding="utf-8"))["marks"]
    others = {(entry["start"], entry["end"]) for entry in listed}
    for entry in listed:
        assert DOCUMENT.text[entry["start"] : entry["end"]] == entry["words"]
        assert entry["reason"]
    marks = [(q.start, q.end) for q in quotations(DOCUMENT.text) if q.closed]
    assert 2 * len(marks) == DOCUMENT.text.count('"') == 38
    labelled = [f for quote in layer("gold").labelled("Quote") for f in quote.fragments]
    inside = {(s, e) for s, e in marks if any(a <= s and e <= b for a, b in labelled)}
    assert inside | others == set(marks)
    assert not inside & others


def test_the_export_of_the_server_holds_both_passes() -> None:
    names = ["user-2=quotemark-a", "user-3=quotemark-b"]
    imported = renamed(read(FOLDER / "label-studio-export.json"), names)
    assert imported.documents == GOLD.documents
    for ours, theirs in zip(PASSES, imported, strict=True):
        assert replace(theirs, provenance={}) == replace(ours, provenance={})


def test_adjudicating_the_passes_gives_the_committed_gold() -> None:
    decided = read_decisions(FOLDER / "decisions.toml")
    made = adjudicate(PASSES, decisions=decided.decisions, adjudicator=decided.adjudicator)
    assert made.disputes == ()
    assert (made.settled, made.decided) == (76, 3)
    assert made.gold.annotations == (layer("gold"),)


def test_gold_against_gold_is_one_on_every_metric() -> None:
    report = score(GOLD, GOLD)
    scored = [row for row in report.rows if row.counts and row.counts.support]
    assert len(scored) > 25
    assert {(row.precision, row.recall, row.f1) for row in scored} == {(1.0, 1.0, 1.0)}
    assert all(row.f1 is None for row in report.rows if row not in scored)


def test_gold_against_nothing_is_recall_zero_and_precision_undefined() -> None:
    report = score(GOLD, Corpus())
    assert report.missing == ("pompeo-north-korea",)
    for row in report.rows:
        supported = bool(row.counts and row.counts.support)
        assert row.precision is None
        assert row.recall == (0.0 if supported else None)


# The scores of `rules`, counted by hand from gold and from what `rules` prints. Gold has 24 Quotes,
# 19 Speakers, 18 Cues, 16 Stances. Against it, `rules`
#  - misses the Quote `he did sleep well` and has all 23 others, exactly and with their
#    forms: gold's 11 direct, 8 indirect (this one among them) and 5 mixed;
#  - misses the two Speakers of stances outside quotes, `Trump` (lavished praise) and `Pompeo`
#    (sought to dispel), and has the 17 others; has all 18 Cues;
#  - has four Stances: `"productive"` and `"very concerning"` are gold's. `cherish` is 7 of the 22
#    code points of `cherish our good faith` (IoU 0.32), `naive` 5 of the 35 of `so naive it
#    could be called foolish` (0.14): below 0.5, so wrong, and these two of gold are missed.
HAND = {
    ("exact", "Quote"): Counts(23, 0, 1),
    ("exact", "Quote[form=direct]"): Counts(11, 0, 0),
    ("exact", "Quote[form=indirect]"): Counts(7, 0, 1),
    ("exact", "Quote[form=mixed]"): Counts(5, 0, 0),
    ("exact", "Speaker"): Counts(17, 0, 2),
    ("exact", "Cue"): Counts(18, 0, 0),
    ("exact", "Stance"): Counts(2, 2, 14),
    # `"productive"` of 5 in support, `"very concerning"` of 11 in opposition
    ("exact", "Stance[polarity=support]"): Counts(1, 1, 4),
    ("exact", "Stance[polarity=oppose]"): Counts(1, 1, 10),
    ("overlap(iou>=0.5)", "Quote"): Counts(23, 0, 1),
    ("overlap(iou>=0.5)", "Stance"): Counts(2, 2, 14),
    # Tokens: `he did sleep well` is four. Stance: `" productive "` 3, `" very concerning "` 4,
    # `cherish` 1 and `naive` 1 are found.
    ("token", "Quote"): Counts(435, 0, 4),
    ("token", "Cue"): Counts(18, 0, 0),
    ("token", "Stance"): Counts(9, 0, 40),
    # Sources by mention: 19 quotes have a speaker, 4 are not stated; the one *elsewhere* has none
    # to find. Of the 23 quotes that match, `"It's certainly a setback …` is not stated in gold and
    # `rules` says elsewhere: missed, with nothing instead, as *elsewhere* names no mention.
    # End to end, the missed quote's speaker is missed as well.
    ("attribution(mention,matched)", "Quote"): Counts(21, 0, 1),
    ("attribution(mention,end-to-end)", "Quote"): Counts(21, 0, 2),
    # By entity, `North Korea` for that quote is one too many; the quote *elsewhere* counts, and is
    # right.
    ("attribution(entity,matched)", "Quote"): Counts(22, 1, 1),
    ("attribution(entity,end-to-end)", "Quote"): Counts(22, 1, 2),
    ("attribution(entity,matched)", "Quote[source=not_stated]"): Counts(3, 0, 1),
    # Both matched Stances have the right polarity; the target of `"productive"` is `the
    # negotiations` and not gold's `the talks`; both have the right holder.
    ("stance(polarity,matched)", "Stance"): Counts(2, 0, 0),
    ("stance(polarity,end-to-end)", "Stance"): Counts(2, 2, 14),
    ("stance(target,matched)", "Stance"): Counts(1, 1, 1),
    ("stance(target,end-to-end)", "Stance"): Counts(1, 3, 15),
    ("stance(tuple,end-to-end)", "Stance"): Counts(1, 3, 15),
}


def test_the_scores_of_rules_are_those_of_a_hand_count() -> None:
    report = score(GOLD, RULES)
    found = {place: report.row(*place).counts for place in HAND}
    assert found == HAND
