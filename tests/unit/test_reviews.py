"""Reviews: what goes to adjudicators as tasks, and what becomes of what they submit."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quotemark import Adjudication, Decision, adjudicate, write
from quotemark.adjudication import review_tasks
from quotemark.cli.app import app
from quotemark.errors import QuotemarkError
from quotemark.formats import read
from quotemark.labelstudio.codec import from_json, to_json
from quotemark.labelstudio.config import is_review, labeling_config, same_config
from quotemark.model import Annotation, Asked, Corpus, Document, Entity, Relation, Span
from quotemark.scheme import default_scheme
from quotemark.tasks import stitch

SCHEME = default_scheme()
TEXT = '"No", said Ana Lund. "Yes", <b>said</b> Bo $peer.\n\nThe talks failed, she said.\n'
DOC = Document("d", TEXT)


def span(name: str, label: str, words: str, **attributes: str | None) -> Span:
    start = TEXT.index(words)
    return Span(name, label, ((start, start + len(words)),), attributes)


QUOTE = span("q", "Quote", '"No"', form="direct", source="mention")
SPEAKER = span("s", "Speaker", "Ana Lund", entity="Ana Lund", kind="named")
SECOND = span("r", "Quote", '"Yes"', form="direct", source="not_stated")
STANCE = span("t", "Stance", "failed", polarity="oppose", target="the talks", holder="AUTHOR")
SAID = Relation("said_by", "q", "s")
LUND = Entity("lund", "Ana Lund")
ANN = Annotation("d", DOC.sha256, "ann", (QUOTE, SPEAKER, SECOND, STANCE), (SAID,), (LUND,))
DOUBT = {"unsure": True, "comment": "<i>or</i> not?"}
LONGER = replace(STANCE, fragments=((STANCE.start - 10, STANCE.fragments[0][1]),), meta=DOUBT)
BO = replace(ANN, annotator="bo", spans=(QUOTE, SPEAKER, LONGER))
CORPUS = Corpus({"d": DOC}, (ANN, BO))


def reviewed(*reviews: Annotation, corpus: Corpus = CORPUS) -> Adjudication:
    return adjudicate(corpus, reviews=reviews)


def review(layer: Annotation = ANN, who: str = "cyd", **more: object) -> Annotation:
    return replace(layer, annotator=who, **more)  # type: ignore[arg-type]


def metas(made: Adjudication) -> dict[str, object]:
    return {s.id: s.meta for gold in made.gold for s in gold.spans}


UNANIMOUS = {"support": ["ann", "bo"], "decision": "unanimous"}


def test_each_version_is_a_prediction_and_what_is_settled_is_in_all() -> None:
    (task,) = review_tasks(CORPUS)
    assert [layer.annotator for layer in task.predictions] == ["ann", "bo", "settled"]
    ann, bo, settled = task.predictions
    assert [s.fragments for s in ann.spans] == [s.fragments for s in ANN.spans]
    assert [s.fragments for s in bo.spans] == [s.fragments for s in BO.spans]
    assert [s.fragments for s in settled.spans] == [QUOTE.fragments, SPEAKER.fragments]
    assert {layer.status for layer in task.predictions} == {"predicted"}
    assert [len(layer.relations) for layer in task.predictions] == [1, 1, 1]
    assert from_json(to_json(task, SCHEME), SCHEME).note == task.note


def test_the_note_says_where_versions_differ_and_nothing_else() -> None:
    (task,) = review_tasks(CORPUS)
    assert task.note == (
        '2 open\n\n1. Quote: "Yes"\nann: has it\nbo: nothing\n\n'
        "2. Stance: failed\nann: failed\n"
        "bo: The talks failed; unsure; comment: <i>or</i> not?"
    )


def test_no_comment_or_name_forges_lines_of_the_note() -> None:
    forged = replace(STANCE, meta={"comment": "x\n\n2. Quote: no\nann: nothing\u202e\u2028y"})
    target = replace(forged, attributes={**STANCE.attributes, "target": "the\r\nbo: talks"})
    layers = (
        replace(ANN, spans=(STANCE,), relations=()),
        replace(BO, annotator="bo\n3. \x1b", spans=(target,), relations=()),
    )
    (task,) = review_tasks(Corpus({"d": DOC}, layers))
    assert task.note == (
        "1 open\n\n1. Stance: failed\nann: target: the talks\n"
        "bo 3. \\x1b: target: the bo: talks; "
        "comment: x 2. Quote: no ann: nothing\\u202e y"
    )


def test_only_windows_with_something_open_become_tasks() -> None:
    same = replace(BO, spans=(QUOTE, SPEAKER, SECOND, LONGER))
    tasks = review_tasks(Corpus({"d": DOC}, (ANN, same)), window="paragraphs")
    assert [task.text for task in tasks] == ["The talks failed, she said.\n"]
    assert tasks[0].note.startswith("1 open\n\n1. Stance: failed\n")
    assert review_tasks(Corpus({"d": DOC}, (ANN, replace(ANN, annotator="bo")))) == []


def test_what_decisions_and_policies_settle_is_settled_in_tasks() -> None:
    decisions = [Decision("d", "ann:r", "ann")]
    (task,) = review_tasks(CORPUS, decisions=decisions)
    assert "1 open" in task.note
    assert [len(layer.spans) for layer in task.predictions] == [4, 4, 3]
    assert review_tasks(CORPUS, decisions=decisions, policies=["prefer:ann"]) == []


def test_a_version_leads_to_nothing_that_it_does_not_have() -> None:
    """A decided quote leads to a speaker who is open, and whom one of two has not."""
    bo = replace(BO, spans=(QUOTE,), relations=())
    ann = replace(ANN, spans=(QUOTE, SPEAKER))
    (task,) = review_tasks(Corpus({"d": DOC}, (ann, bo)), decisions=[Decision("d", "ann:q", "ann")])
    seen = [(len(layer.spans), len(layer.relations)) for layer in task.predictions]
    assert seen == [(2, 1), (1, 0), (1, 0)]  # ann, bo, settled


def test_what_a_policy_opens_again_is_in_the_versions_of_all() -> None:
    """Both have the quote; the speaker that it leads to is left out by policy."""
    decided = replace(ANN, spans=(QUOTE, SPEAKER))
    unasked = Asked(relations=())
    bo = replace(BO, spans=(QUOTE,), relations=(), asked=unasked)
    (task,) = review_tasks(Corpus({"d": DOC}, (decided, bo)), policies=["intersection"])
    assert task.note.startswith("1 open\n\n1. Quote")
    seen = [(len(layer.spans), len(layer.relations)) for layer in task.predictions]
    assert seen == [(1, 0), (1, 0), (0, 0)]


def test_reviews_need_texts_and_names_of_their_own() -> None:
    with pytest.raises(QuotemarkError, match="d: its text is not known"):
        review_tasks(Corpus({}, CORPUS.annotations))
    with pytest.raises(QuotemarkError, match="an annotator is called 'settled'"):
        review_tasks(Corpus({"d": DOC}, (ANN, replace(BO, annotator="settled"))))


def test_a_review_decides_what_is_open_and_leaves_what_is_settled() -> None:
    made = reviewed(review(provenance={"prediction_of": "ann"}))
    assert (made.settled, made.decided, made.disputes, made.overruled) == (2, 2, (), ())
    decided = {"decision": "adjudicated", "adjudicator": "cyd", "begun_from": "ann"}
    assert metas(made) == {
        "quote-1": UNANIMOUS,
        "speaker-1": UNANIMOUS,
        "quote-2": {"support": ["ann"], **decided},
        "stance-1": {"support": ["ann"], **decided},
    }
    assert made.gold.annotations[0].provenance == {
        "annotators": ["ann", "bo"],
        "adjudicator": "cyd",
    }


def test_a_review_may_say_what_nobody_said_and_why() -> None:
    mended = replace(
        STANCE,
        fragments=((STANCE.start - 4, STANCE.fragments[0][1]),),
        meta={"comment": "the verb and its subject"},
    )
    made = reviewed(review(spans=(QUOTE, SPEAKER, mended)))
    assert made.disputes == ()
    (stance,) = made.gold.annotations[0].labelled("Stance")
    assert stance.fragments == mended.fragments
    assert stance.meta == {
        "support": [],
        "decision": "adjudicated",
        "adjudicator": "cyd",
        "reason": "the verb and its subject",
    }
    assert len(made.gold.annotations[0].spans) == 3  # the second quote is left out


def test_what_a_review_leaves_out_though_all_have_it_is_told() -> None:
    made = reviewed(review(spans=(QUOTE,), relations=()))
    assert [dispute.key for dispute in made.overruled] == ["ann:q", "ann:s"]
    assert [s.label for s in made.gold.annotations[0].spans] == ["Quote"]
    assert metas(made)["quote-1"] == {
        "support": [],
        "decision": "adjudicated",
        "adjudicator": "cyd",
    }


def test_two_reviewers_who_differ_leave_it_open_and_name_both_versions() -> None:
    made = reviewed(review(), review(BO, "dan"))
    assert [dispute.key for dispute in made.disputes] == ["ann:r", "ann:t"]
    assert list(made.disputes[0].versions) == ["ann", "bo", "cyd (review)", "dan (review)"]
    alike = reviewed(review(), review(who="dan"))
    assert (alike.disputes, metas(alike)["stance-1"]) == (
        (),
        {"support": ["ann"], "decision": "adjudicated", "adjudicator": "cyd, dan"},
    )
    by_hand = adjudicate(
        CORPUS,
        reviews=[review(), review(BO, "dan")],
        decisions=[Decision("d", "ann:r", "none")],
        policies=["majority"],
    )
    assert [dispute.key for dispute in by_hand.disputes] == ["ann:t"]  # no vote over reviewers


def test_an_annotator_may_review() -> None:
    made = reviewed(review(BO, "ann"))
    assert made.disputes == ()
    assert metas(made)["stance-1"] == {
        "support": ["bo"],
        "decision": "adjudicated",
        "adjudicator": "ann",
        "reason": "<i>or</i> not?",
    }


@pytest.mark.parametrize("doc", ["d", "e"])
def test_no_annotator_is_called_as_a_review_is(doc: str) -> None:
    """In another document, too: their layer would be a ruling there."""
    other = replace(BO, doc_id=doc, annotator="bo (review)")
    corpus = Corpus({"d": DOC, "e": Document("e", TEXT)}, (ANN, other))
    with pytest.raises(QuotemarkError, match=r"called 'bo \(review\)', as the review by 'bo' is"):
        reviewed(review(BO, "bo"), corpus=corpus)
    assert reviewed(review(BO), corpus=corpus).gold.annotations


def test_windows_that_nobody_has_reviewed_stay_open() -> None:
    """Of a document in two tasks, one is done; what it was begun from is told by task."""
    first, second = review_tasks(CORPUS, window="paragraphs")
    done = replace(
        first,
        annotations=(
            replace(
                first.predictions[0],
                annotator="cyd",
                status="submitted",
                provenance={"prediction_of": "ann"},
            ),
        ),
    )
    made = reviewed(*stitch([done, second]))
    assert [dispute.key for dispute in made.disputes] == ["ann:t"]
    assert metas(made)["quote-2"] == {
        "support": ["ann"],
        "decision": "adjudicated",
        "adjudicator": "cyd",
        "begun_from": "ann",
    }
    other = replace(
        second,
        annotations=(
            replace(
                second.predictions[1],
                annotator="cyd",
                status="submitted",
                provenance={"prediction_of": "bo"},
            ),
        ),
    )
    whole = reviewed(*stitch([other, done]))
    assert whole.disputes == ()
    assert [metas(whole)[name]["begun_from"] for name in ("quote-2", "stance-1")] == ["ann", "bo"]  # type: ignore[index]


@pytest.mark.parametrize(
    "told",
    [
        *({"tasks": bad} for bad in ([1], "x", 3, None)),
        *({"tasks": {"d:0-99": bad}} for bad in ("x", [1], None, {"prediction_of": 5})),
        {"tasks": {f"d:0-{'9' * 5000}": {}, "²-³": {}, "": {}}},
        {"prediction_of": ["ann"]},
    ],
)
def test_what_a_review_was_begun_from_may_be_told_badly(told: dict[str, object]) -> None:
    made = reviewed(review(provenance=told))
    assert made.disputes == ()
    assert "begun_from" not in metas(made)["quote-2"]  # type: ignore[operator]


@pytest.mark.parametrize("status", ["draft", "cancelled", "predicted"])
def test_only_submitted_reviews_decide(status: str) -> None:
    assert len(reviewed(review(status=status)).disputes) == 2


def test_a_review_answers_no_question_that_nobody_was_asked() -> None:
    asked = Asked(labels=("Quote",), attributes=("Quote.form",), relations=())
    bare = replace(QUOTE, attributes={"form": "direct"})
    mixed = replace(QUOTE, attributes={"form": "mixed"})
    layers = [
        Annotation("d", DOC.sha256, who, (quote,), asked=asked)
        for who, quote in (("ann", bare), ("bo", mixed))
    ]
    corpus = Corpus({"d": DOC}, tuple(layers))
    full = Annotation("d", DOC.sha256, "cyd", (QUOTE,))
    (gold,) = reviewed(full, corpus=corpus).gold
    assert gold.spans[0].attributes == {"form": "direct"}
    assert gold.asked == asked
    with pytest.raises(QuotemarkError, match="not-asked"):
        reviewed(replace(full, spans=(QUOTE, SPEAKER)), corpus=corpus)


def of_speaker(who: str, asked: Asked | None = None, **attributes: str | None) -> Annotation:
    """A layer that has the speaker, with answers to some questions."""
    spans = (replace(SPEAKER, attributes=attributes),)
    return Annotation("d", DOC.sha256, who, spans, asked=asked or Asked())


def test_a_review_answers_what_annotators_left_out() -> None:
    """Nothing is overruled by it, and what they answered stays."""
    corpus = Corpus({"d": DOC}, (of_speaker("ann", kind="named"), of_speaker("bo")))
    made = reviewed(of_speaker("cyd", entity="Ana Lund"), corpus=corpus)
    (gold,) = made.gold
    assert gold.spans[0].attributes == {"entity": "Ana Lund", "kind": "named"}
    assert gold.spans[0].meta == {
        "support": ["ann", "bo"],
        "decision": "adjudicated",
        "adjudicator": "cyd",
    }
    assert (made.settled, made.decided, made.overruled) == (0, 1, ())
    (same,) = reviewed(of_speaker("cyd"), corpus=corpus).gold
    assert same.spans[0].attributes == {"kind": "named"}
    assert same.spans[0].meta == UNANIMOUS


@pytest.mark.parametrize("names", [("cyd", "dan"), ("dan", "cyd")])
def test_reviewers_who_were_asked_different_things_are_all_heard(names: tuple[str, str]) -> None:
    layers = (of_speaker("ann", entity="Ana", kind="named"), of_speaker("bo", entity="Lund"))
    reviews = [
        of_speaker(names[0], Asked(attributes=("Speaker.kind",)), kind="described"),
        of_speaker(names[1], entity="Ana Lund"),
    ]
    made = reviewed(*reviews, corpus=Corpus({"d": DOC}, layers))
    (gold,) = made.gold
    assert gold.spans[0].attributes == {"entity": "Ana Lund", "kind": "described"}
    assert made.disputes == ()


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (review(doc_id="e"), "e: is reviewed by 'cyd', but nobody annotated it"),
        (review(text_sha256="0" * 64), "text-hash"),
    ],
)
def test_reviews_of_something_else_are_errors(layer: Annotation, said: str) -> None:
    with pytest.raises(QuotemarkError, match=said):
        reviewed(layer)


def test_the_configuration_of_a_review_project_stays_one() -> None:
    plain, other = labeling_config(SCHEME), labeling_config(SCHEME, review=True)
    assert (is_review(plain), is_review(other)) == (False, True)
    assert same_config(other, SCHEME) == other
    assert same_config(plain, SCHEME) == plain
    assert "$note" not in plain


class Ran:
    def __init__(self, *args: object) -> None:
        result = CliRunner().invoke(app, [str(arg) for arg in args])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr


def saved(path: Path, layers: Iterable[Annotation], *documents: Document) -> Path:
    write(Corpus({doc.id: doc for doc in documents}, tuple(layers)), path, texts=True)
    return path


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    """Two documents, both with something open."""
    other = Document("e", TEXT)
    more = (replace(layer, doc_id="e") for layer in CORPUS)
    return saved(tmp_path / "layers.jsonl", (*CORPUS, *more), DOC, other)


def test_gold_is_written_once_all_is_reviewed_or_in_part(layers: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    half = saved(tmp_path / "half.jsonl", [review()])
    done = Ran("adjudicate", layers, "--reviews", half, "-o", gold)
    assert done.code == 1
    assert done.err == "quotemark: 4 settled, 2 decided, 2 open; nothing written\n"
    assert [entry["doc"] for entry in tomllib.loads(done.out)["decision"]] == ["e", "e"]
    assert not gold.exists()
    part = Ran("adjudicate", layers, "--reviews", half, "-o", gold, "--partial")
    assert part.code == 1
    assert part.err == (
        f"quotemark: 4 settled, 2 decided, 2 open; gold of 1 of 2 documents in {gold}\n"
    )
    assert [layer.doc_id for layer in read(gold)] == ["d"]
    rest = saved(tmp_path / "rest.jsonl", [review(doc_id="e", who="dan")])
    whole = Ran("adjudicate", layers, "--reviews", half, "--reviews", rest, "-o", gold)
    assert (whole.code, whole.out) == (0, "")
    assert whole.err == f"quotemark: 4 settled, 4 decided, 0 open; gold in {gold}\n"
    assert [layer.provenance["adjudicator"] for layer in read(gold)] == ["cyd", "dan"]


def test_what_a_review_overrules_is_said(tmp_path: Path) -> None:
    layers = saved(tmp_path / "layers.jsonl", CORPUS, DOC)
    reviews = [review(spans=(SECOND,), relations=()), review(who="dan", status="draft")]
    odd = saved(tmp_path / "odd.jsonl", reviews)
    done = Ran("adjudicate", layers, "--reviews", odd, "-o", tmp_path / "gold.jsonl")
    assert done.code == 0
    assert "d: Quote ann:q '\"No\"': all had it alike, the review did not" in done.err
    assert "quotemark: reviews leave out 3 things that somebody has\n" in done.err
    assert "quotemark: reviews left out, not submitted: 1 draft\n" in done.err


def test_standard_input_is_read_once(tmp_path: Path) -> None:
    done = Ran("adjudicate", "-", "--reviews", "-", "-o", tmp_path / "gold.jsonl")
    assert done.code == 2
    assert "can be read once" in " ".join(done.err.replace("│", " ").split())


def test_reviews_that_differ_are_printed_to_be_decided(tmp_path: Path) -> None:
    layers = saved(tmp_path / "layers.jsonl", CORPUS, DOC)
    two = saved(tmp_path / "two.jsonl", [review(), review(BO, "dan")])
    done = Ran("adjudicate", layers, "--reviews", two, "-o", tmp_path / "gold.jsonl")
    assert done.code == 1
    assert "# cyd (review): 21-26" in done.out
    assert "# dan (review): nothing" in done.out
    file = tmp_path / "decisions.toml"
    filled = done.out.replace('adjudicator = ""', 'adjudicator = "eve"')
    file.write_text(filled.replace('take = ""', 'take = "cyd (review)"'), encoding="utf-8")
    last = Ran(
        "adjudicate", layers, "--reviews", two, "--decisions", file, "-o", tmp_path / "gold.jsonl"
    )
    assert last.code == 0, last.err
    (gold,) = read(tmp_path / "gold.jsonl")
    assert len(gold.spans) == 4
    assert gold.provenance["adjudicator"] == "eve, cyd, dan"


def test_policies_and_weights_on_the_command_line(tmp_path: Path) -> None:
    layers = saved(tmp_path / "layers.jsonl", CORPUS, DOC)
    run = ("adjudicate", layers, "-o", tmp_path / "gold.jsonl")
    done = Ran(*run, "--policy", "weighted", "--weights", "ann=0.9,bo=0.5")
    assert done.code == 0, done.err
    assert len(read(tmp_path / "gold.jsonl").annotations[0].spans) == 4
    for options, said in (
        (("--policy", "weighted"), "fewer than three annotators"),
        (("--weights", "ann=1,bo=1"), "weights without weighted"),
        (("--policy", "most"), "no policy 'most'"),
        (("--policy", "weighted", "--weights", "ann"), "give NAME=NUMBER"),
        (("--policy", "weighted", "--weights", "ann=x"), "give NAME=NUMBER"),
        (("--policy", "weighted", "--weights", "ann=1,ann=2"), "ann has two"),
    ):
        refused = Ran(*run, *options)
        assert (refused.code, refused.out) == (2, "")
        assert said in " ".join(refused.err.replace("│", " ").split())


def test_nothing_open_is_pushed_nowhere(tmp_path: Path) -> None:
    layers = saved(tmp_path / "layers.jsonl", CORPUS, DOC)
    done = Ran("review", layers, "--policy", "prefer:bo", "--project", "None")
    assert (done.code, done.out) == (0, "")
    assert done.err == "quotemark: nothing is open; nothing pushed\n"
