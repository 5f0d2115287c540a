"""What cannot be split or stitched is said, with its place; the rest is put together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from quotemark.errors import Problem, QuotemarkError
from quotemark.model import Annotation, Asked, Corpus, Document, Entity, Relation, Span
from quotemark.tasks import Task, split, stitch

DOC = Document("a", "“One”.\r\n\r\nAnn said.\r\n\r\nTwo.\r\n\r\nThree.")
LAYER = Annotation("a", DOC.sha256, "ann", (Span("q", "Quote", ((23, 27),)),))


def problems(*tasks: Task) -> list[Problem]:
    with pytest.raises(QuotemarkError) as caught:
        stitch(tasks)
    return list(caught.value.problems)


def test_relations_and_kept_stretches_merge_windows() -> None:
    spans = (Span("q", "Quote", ((0, 5),)), Span("s", "Speaker", ((10, 13),)))
    layer = Annotation("a", DOC.sha256, "rules", spans, (Relation("said_by", "q", "s"),))
    tasks = split(DOC, predictions=[layer], window="paragraphs")
    assert [task.text for task in tasks] == [
        "“One”.\r\n\r\nAnn said.\r\n\r\n",
        "Two.\r\n\r\n",
        "Three.",
    ]
    kept = split(DOC, keep=[(0, 11), (24, 32)], window=1)
    assert [task.start for task in kept] == [0, 23]


def test_context_is_text_that_cannot_be_labelled() -> None:
    second = split(DOC, window="paragraphs", context=2)[1]
    assert (second.before, second.after) == ("“One”.", "Two.\r\n\r\nThree.")
    alone = split(DOC, window="document", context=5)[0]
    assert (alone.before, alone.after) == ("", "")


def test_topics_of_the_project_come_before_the_articles_own() -> None:
    doc = Document("a", "x", {"targets": ["talks", "trade"], "title": "T"})
    (task,) = split(doc, targets=["trade", "war"], scheme="s@1")
    assert task.targets == ("trade", "war", "talks")
    assert (task.title, task.scheme) == ("T", "s@1")


def test_an_empty_text_is_one_empty_task() -> None:
    (task,) = split(Document("a", ""), window="paragraphs")
    assert (task.key, task.text) == ("a:0-0", "")
    assert stitch([task]).documents == {"a": Document("a", "")}


@pytest.mark.parametrize("window", [0, -1])
def test_windows_of_nothing_are_a_programming_error(window: int) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        split(DOC, window=window)
    with pytest.raises(ValueError, match="0 or more"):
        split(DOC, context=-1)


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        (replace(LAYER, text_sha256="0" * 64), "text-hash"),
        (replace(LAYER, doc_id="b"), "text-hash"),
        (replace(LAYER, spans=(Span("q", "Quote", ((30, 90),)),)), "offset"),
        (replace(LAYER, spans=(Span("q", "Quote", ((-1, 3),)),)), "offset"),
        (replace(LAYER, spans=(Span("q", "Quote", ((5, 3),)),)), "offset"),
        (replace(LAYER, spans=(Span("q", "Quote", ((0, 90), (2, 5))),)), "offset"),
    ],
)
def test_annotations_of_another_text_are_refused(layer: Annotation, code: str) -> None:
    with pytest.raises(QuotemarkError) as caught:
        split(DOC, [layer])
    assert [problem.code for problem in caught.value.problems] == [code]


def test_work_on_some_windows_says_which() -> None:
    tasks = split(DOC, window="paragraphs")
    done = [
        replace(task, annotations=(replace(LAYER, spans=(Span("r", "Quote", ((0, 3),)),)),))
        if number in (0, 2)
        else task
        for number, task in enumerate(tasks)
    ]
    corpus = stitch(done)
    assert corpus.documents == {"a": DOC}
    (layer,) = corpus.annotations
    assert layer.asked == Asked(windows=((0, 10), (23, 31)))
    assert [(span.id, span.start) for span in layer.spans] == [("r", 0), ("r@23", 23)]


def test_what_differs_between_windows_is_kept_by_task() -> None:
    parts = [
        replace(LAYER, spans=(), provenance={"tool": "ls", "seconds": n}, entities=(Entity(e, e),))
        for n, e in ((5, "x"), (7, "y"), (7, "y"), (7, "y"))
    ]
    tasks = [
        replace(task, annotations=(part,))
        for task, part in zip(split(DOC, window="paragraphs"), parts, strict=True)
    ]
    (layer,) = stitch(tasks).annotations
    assert layer.provenance["tool"] == "ls"
    assert layer.provenance["tasks"]["a:0-10"] == {"seconds": 5}
    assert [entity.id for entity in layer.entities] == ["x", "y"]


def test_two_statuses_of_one_annotator_stay_apart() -> None:
    draft = replace(LAYER, status="draft")
    assert stitch(split(DOC, [LAYER, draft], window=2)) == Corpus({"a": DOC}, (LAYER, draft))


def test_stitching_says_what_does_not_fit() -> None:
    first, second, *_ = split(DOC, window=2)
    other = split(Document("a", "Other text"), window=2)[0]
    assert [p.code for p in problems(first, first)] == ["window"]
    assert [p.code for p in problems(*split(Document("b", "")), *split(Document("b", "")))] == [
        "window"
    ]
    assert [p.code for p in problems(first, split(DOC)[0])] == ["window"]
    assert [p.code for p in problems(first, other)] == ["two-texts"]
    assert [p.code for p in problems(replace(first, text="short"), second)] == ["window"]
    changed = first.text.replace("O", "0")
    assert [p.code for p in problems(replace(first, text=changed), second)] == ["text-hash"]
    twice = replace(first, annotations=(replace(LAYER, spans=()),) * 2)
    assert [p.code for p in problems(twice, second)] == ["twice"]


def test_documents_are_apart() -> None:
    b = Document("b", "x")
    assert stitch([*split(b), *split(DOC, window=1)]).documents == {"a": DOC, "b": b}
