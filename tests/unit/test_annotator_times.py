"""The times that Label Studio tells reach annotators' drift and speed, task by task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from quotemark import annotator_drift, annotator_speed, stitch
from quotemark.labelstudio.codec import parse, to_json
from quotemark.model import Annotation, Asked, Corpus, Document, Span
from quotemark.quality.times import tasks
from quotemark.scheme import default_scheme
from quotemark.tasks import split

SCHEME = default_scheme()
TEXT = "One two three.\n\nFour five.\n\nSix seven."
DOC = Document("d:1-2", TEXT)  # an id that ends as a task's key does
CUES = (Span("c", "Cue", ((0, 3),)), Span("e", "Cue", ((16, 20),)), Span("f", "Cue", ((28, 31),)))
TIMES = [
    {"created_at": "2026-11-03T10:00:00.123456Z", "lead_time": 30.0},
    {"created_at": "2026-11-02T23:30:00-02:00", "updated_at": "2026-12-24T10:00:00Z"},
    {"updated_at": "2026-11-01T10:00:00Z", "lead_time": 10.0},
]


def exported(windows: int = 3) -> Corpus:
    """What an export of tasks holds, the first `windows` of the document annotated."""
    layer = Annotation(DOC.id, DOC.sha256, "ana@x.org", CUES, scheme=SCHEME.id)
    found = split(DOC, [layer], window="paragraphs", scheme=SCHEME.id)
    raw: list[dict[str, Any]] = [to_json(task, SCHEME) for task in found]
    assert len(raw) == 3
    for task, times in zip(raw, TIMES, strict=True):
        for annotation in task["annotations"]:
            annotation.update(times)
    for task in raw[windows:]:
        task["annotations"] = []
    parsed = [parse(task, SCHEME) for task in raw]
    assert [each.problems for each in parsed] == [()] * 3
    return stitch(each.task for each in parsed if each.task)


def test_every_task_has_its_window_its_moment_and_its_time() -> None:
    [layer] = exported()
    found = tasks(layer)
    assert [TEXT[slice(*task.window)].split()[0] for task in found if task.window] == [
        *("One", "Four", "Six")
    ]
    assert [task.made and task.made.isoformat(timespec="minutes") for task in found] == [
        "2026-11-03T10:00+00:00",
        "2026-11-03T01:30+00:00",
        "2026-11-01T10:00+00:00",
    ]
    assert [task.seconds for task in found] == [30.0, None, 10.0]


def test_one_task_of_a_document_is_its_window() -> None:
    [layer] = exported(windows=1)
    [task] = tasks(layer)
    assert task.window is not None
    assert TEXT[slice(*task.window)].strip() == "One two three."


def test_speed_counts_the_words_of_each_task() -> None:
    [row] = annotator_speed(exported(), scheme=SCHEME)
    assert (row.tasks, row.untimed) == (2, 1)
    assert row.words is not None
    assert row.words.median == pytest.approx((30_000 / 3 + 10_000 / 2) / 2)
    assert (row.first, row.second) == (5000.0, 10_000.0)  # the last window came first


def test_drift_goes_by_the_tasks_of_one_document() -> None:
    corpus = exported()
    [ana] = corpus.annotations
    ben = Annotation(DOC.id, DOC.sha256, "ben@x.org", CUES[:2], scheme=SCHEME.id)
    both = Corpus(corpus.documents, (ana, ben))
    rows = {(row.annotator, row.label): row for row in annotator_drift(both, scheme=SCHEME)}
    row = rows["ana@x.org", "Cue"]
    assert (row.first, row.second, row.p) == (0.0, 1.0, None)
    assert (row.tasks, row.untimed) == (3, 0)
    assert rows["ben@x.org", "Cue"].untimed == 1


@pytest.mark.parametrize("others", [("b", "c"), ("z", "c")])
def test_drift_is_of_the_annotators_own_tasks_whatever_the_others_are_called(
    others: Sequence[str],
) -> None:
    """What one of the others was asked is no task of the annotator's."""
    made = {"label_studio": {"created_at": "2026-11-02T10:00:00Z"}}
    later = {"label_studio": {"created_at": "2026-11-03T10:00:00Z"}}
    spans = (Span("1", "Cue", ((0, 4),)), Span("2", "Cue", ((60, 64),)))
    part, whole = others
    layers = []
    for doc, when in (("x", made), ("y", later)):
        own = Annotation(doc, "", "me", spans, provenance=when)
        asked = Asked(windows=((0, 50),))
        layers += [
            own,
            replace(own, annotator=part, spans=spans[:1], asked=asked),
            replace(own, annotator=whole, spans=spans[:1]),
        ]
    corpus = Corpus({}, tuple(layers))
    rows = {(row.annotator, row.label): row for row in annotator_drift(corpus, scheme=SCHEME)}
    row = rows["me", "Cue"]  # of each document, 2 found by both, and 1 that `whole` has not
    assert (row.first, row.second, row.tasks) == (0.8, 0.8, 2)
