"""What pre-annotation does to annotators, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.anchoring import ENOUGH, Anchoring, Compared, anchoring, median_of_draws
from quotemark.model import Annotation, Document, Span
from quotemark.scheme import default_scheme
from quotemark.tasks import Task, split

SCHEME = default_scheme()
TEXT = "x" * 500


def quote(start: int, origin: str = "manual") -> Span:
    return Span(f"q{start}", "Quote", ((start, start + 5),), meta={"origin": origin})


def cue(start: int) -> Span:
    return Span(f"c{start}", "Cue", ((start, start + 5),), meta={"origin": "manual"})


def task(name: str, arm: str, *spans: Span, seconds: float | None = None, **other: Any) -> Task:
    (bare,) = split(Document(name, TEXT))
    made = {} if seconds is None else {"label_studio": {"lead_time": seconds}}
    work = Annotation(name, bare.text_sha256, "ana", spans, provenance=made, **other)
    return replace(bare, annotations=(work,), arm=arm)


def guessed(task: Task, *spans: Span) -> Task:
    guess = Annotation(task.doc_id, task.text_sha256, "rules", spans, status="predicted")
    return replace(task, annotations=(), predictions=(guess,))


def row(found: Anchoring, measure: str, label: str) -> Compared:
    (only,) = (r for r in found.rows if (r.measure, r.label) == (measure, label))
    return only


def test_a_case_counted_by_hand() -> None:
    tasks = [
        task("a", "assisted", quote(0, "prediction"), quote(10, "prediction-changed"), seconds=10),
        task("b", "assisted", quote(0, "prediction"), cue(20), seconds=30),
        task("c", "control", quote(2), seconds=50),
        task("d", "control", quote(0), status="draft"),
    ]
    files = [guessed(each, quote(0), quote(9)) for each in tasks]
    found = anchoring(tasks, SCHEME, predicted=files, resamples=50)
    assert found.documents == {"assisted": 2, "control": 1}
    spans = row(found, "spans per 1,000 characters", "all")
    assert (spans.assisted, spans.control, spans.difference) == (4.0, 2.0, 2.0)
    assert row(found, "spans per 1,000 characters", "Cue").assisted == 1.0
    assert row(found, "share of spans", "prediction").assisted == 0.5
    assert row(found, "share of spans", "prediction-changed").assisted == 0.25
    assert row(found, "share of spans", "manual").control == 1.0
    kept = row(found, "share of predicted spans", "in the work")
    assert (kept.assisted, kept.control) == (2 / 4, 0.0)
    f1 = row(found, "F1 with the prediction", "all")
    assert (f1.assisted, f1.control) == (2 * 2 / (4 + 4), 0.0)
    assert row(found, "F1 with the prediction", "Quote").assisted == 2 * 2 / (3 + 4)
    assert row(found, "F1 with the prediction", "Speaker").assisted is None
    time = row(found, "seconds per 1,000 characters", "")
    assert (time.assisted, time.control, time.difference) == (40.0, 100.0, -60.0)
    assert time.assisted_interval == (20.0, 60.0)
    assert time.control_interval is None
    assert "2 in the assisted arm and 1 in the control arm" in found.remarks[0]


def test_all_work_on_a_document_counts_as_one() -> None:
    one = task("a", "control", quote(0), seconds=10)
    work = (one.annotations[0], replace(one.annotations[0], annotator="bo", spans=()))
    found = anchoring([replace(one, annotations=work)], SCHEME)
    assert found.documents["control"] == 1
    assert row(found, "spans per 1,000 characters", "all").control == 1.0


def test_without_the_files_only_what_was_shown_is_compared() -> None:
    shown = guessed(task("a", "assisted"), quote(0)).predictions
    tasks = [
        replace(task("a", "assisted", quote(0)), predictions=shown),
        task("b", "control", quote(0)),
    ]
    found = anchoring(tasks, SCHEME)
    f1 = row(found, "F1 with the prediction", "all")
    assert (f1.assisted, f1.control, f1.difference) == (1.0, None, None)
    assert "task files" in found.remarks[-1]
    changed = replace(guessed(tasks[1], quote(0)), text_sha256="another")
    f1 = row(anchoring(tasks, SCHEME, predicted=[changed]), "F1 with the prediction", "all")
    assert f1.control is None


def test_a_clear_effect_is_told_once_there_are_enough_documents() -> None:
    tasks = [task(f"a{i}", "assisted", quote(0), quote(10), seconds=i) for i in range(ENOUGH)]
    tasks += [task(f"c{i}", "control", quote(0), seconds=100 + i) for i in range(ENOUGH)]
    found = anchoring(tasks, SCHEME, predicted=tasks, resamples=200)
    spans = row(found, "spans per 1,000 characters", "Quote")
    assert spans.difference == 2.0
    assert spans.difference_interval == (2.0, 2.0)
    time = row(found, "seconds per 1,000 characters", "")
    assert time.difference_interval is not None
    assert time.difference_interval.high < 0
    assert not any("Not enough" in remark for remark in found.remarks)
    assert any("have an interval without 0" in remark for remark in found.remarks)
    assert anchoring(reversed(tasks), SCHEME, predicted=tasks, resamples=200) == found


def test_without_arms_there_is_nothing_to_compare() -> None:
    with pytest.raises(QuotemarkError, match="no task there says"):
        anchoring([task("a", "", quote(0))], SCHEME)
    bare = replace(task("a", "control"), annotations=())
    found = anchoring([bare], SCHEME)
    assert found.documents == {"assisted": 0, "control": 0}
    assert all(r.assisted is r.control is r.difference is None for r in found.rows)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 4)), max_size=12))
@settings(max_examples=60)
def test_the_median_of_draws_is_that_of_what_was_drawn(
    pairs: list[tuple[float, int]],
) -> None:
    values = np.array([value for value, _ in pairs])
    times = np.array([number for _, number in pairs], dtype=float)
    drawn = [value for value, number in pairs for _ in range(number)]
    found = median_of_draws(values, times[None, :])[0]
    if drawn:
        assert found == median(drawn)
    else:
        assert np.isnan(found)
