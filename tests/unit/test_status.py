"""The state of projects, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.config import labeling_config
from quotemark.labelstudio.status import Stale, Surveyed, status
from quotemark.model import Annotation, Corpus, Document, Relation, Span
from quotemark.scheme import default_scheme
from quotemark.tasks import Task, split, stitch

SCHEME = default_scheme()
DOC = Document("d", "One two.\n\nThree four.\n\nFive.")
TASKS = split(DOC, window=1, scheme=SCHEME.id)
URL = "http://localhost:8080/projects/7"
QUOTE = Span("q", "Quote", ((0, 3),), {"form": "direct"})
CUE = Span("c", "Cue", ((4, 7),))


def layer(who: str, *spans: Span, status: str = "submitted", **on_server: Any) -> Annotation:
    made = {"label_studio": {"url": URL, **on_server}} if on_server else {}
    return Annotation("d", DOC.sha256, who, spans, status=status, provenance=made)


def surveyed(*tasks: Task, annotator: str = "", **other: Any) -> Surveyed:
    data = {task.key: to_json(replace(task, annotations=()), SCHEME)["data"] for task in tasks}
    settings = {"config": labeling_config(SCHEME), "data": data, **other}
    return Surveyed(URL, tasks=tasks, annotator=annotator, **settings)


def with_work(number: int, *layers: Annotation) -> Task:
    return replace(TASKS[number], annotations=layers)


def test_each_task_is_in_one_state() -> None:
    found = status(
        [
            surveyed(
                with_work(0, layer("ana", status="draft"), layer("bo")),
                with_work(1, layer("ana", status="cancelled"), layer("bo", status="draft")),
                TASKS[2],
            )
        ],
        SCHEME,
    )
    assert (found.documents, found.tasks) == (1, 3)
    assert (found.done, found.skipped, found.drafts, found.open) == (1, 1, 0, 1)
    ana, bo = found.annotators
    assert (ana.annotator, ana.submitted, ana.skipped, ana.drafts) == ("ana", 0, 1, 1)
    assert (bo.annotator, bo.submitted, bo.skipped, bo.drafts) == ("bo", 1, 0, 1)
    assert (bo.tasks, bo.open, bo.seconds) == (None, None, None)


def test_annotators_with_their_own_projects_have_their_own_tasks() -> None:
    times = [layer("ana@x.org", lead_time=seconds) for seconds in (10, 40, 20)]
    mine = surveyed(*(with_work(i, time) for i, time in enumerate(times)), annotator="ana@x.org")
    theirs = surveyed(TASKS[0], with_work(1, layer("Bo@X.org")), annotator="bo@x.org")
    found = status([mine, theirs], SCHEME)
    assert (found.documents, found.tasks, found.done, found.open) == (1, 5, 4, 1)
    ana, bo = found.annotators
    assert (ana.tasks, ana.submitted, ana.open, ana.seconds) == (3, 3, 0, 20)
    assert (bo.annotator, bo.tasks, bo.submitted, bo.open) == ("bo@x.org", 2, 1, 1)
    assert found.shared == 1


def test_work_differs_where_it_says_something_else() -> None:
    same = layer("bo", replace(QUOTE, id="other", meta={"origin": "manual"}))
    attribute = replace(QUOTE, attributes={"form": "mixed"})
    arrow = replace(layer("bo", QUOTE, CUE), relations=(Relation("cued_by", QUOTE.id, CUE.id),))
    found = status([surveyed(with_work(0, layer("ana", QUOTE), same))], SCHEME)
    assert (found.shared, found.differing, found.f1) == (1, 0, 1.0)
    found = status([surveyed(with_work(0, layer("ana", QUOTE), layer("bo", attribute)))], SCHEME)
    assert (found.shared, found.differing, found.f1) == (1, 1, 1.0)
    found = status([surveyed(with_work(0, layer("ana", QUOTE, CUE), arrow))], SCHEME)
    assert (found.shared, found.differing, found.f1) == (1, 1, 1.0)
    found = status([surveyed(with_work(0, layer("ana", QUOTE, CUE), layer("bo", CUE)))], SCHEME)
    assert (found.shared, found.differing) == (1, 1)
    assert found.f1 == 2 / 3
    # one window, annotated in two projects; a draft is nobody's word
    apart = [surveyed(with_work(0, layer(who, QUOTE)), annotator=who) for who in ("ana", "bo")]
    assert status(apart, SCHEME).shared == 1
    draft = with_work(0, layer("ana", QUOTE), layer("bo", CUE, status="draft"))
    assert status([surveyed(draft)], SCHEME).shared == 0


def test_one_person_in_two_projects_is_not_several() -> None:
    mine = surveyed(with_work(0, layer("Ana@x.org", QUOTE)), annotator="ana@x.org")
    stray = surveyed(with_work(0, layer("ana@x.org", CUE)), annotator="bo@x.org")
    found = status([mine, stray], SCHEME)
    assert (found.shared, found.differing, found.f1) == (0, 0, None)
    twice = surveyed(with_work(0, layer("ana@x.org", QUOTE), layer("ana@x.org", CUE)))
    assert status([twice], SCHEME).shared == 0
    # beside another's work, what counts is what somebody did in their own project
    theirs = surveyed(
        with_work(0, layer("ana@x.org", CUE), layer("bo@x.org", QUOTE)), annotator="bo@x.org"
    )
    for order in ([mine, theirs], [theirs, mine]):
        found = status(order, SCHEME)
        assert (found.shared, found.differing, found.f1) == (1, 0, 1.0)


def test_nothing_is_stale_where_all_is_as_it_was_pushed() -> None:
    found = status([surveyed(*TASKS)], SCHEME, tasks=TASKS, pulled=Corpus())
    unchanged = {"new": 0, "changed": 0, "gone": 0}
    assert found.stale == Stale(text=(), data=(), missing=(), extra=(), pulled=unchanged)
    assert status([surveyed(*TASKS)], SCHEME).stale == Stale()


def test_tasks_that_differ_from_the_files_are_named() -> None:
    changed = Document("e", "Old.")
    (old,) = split(changed, scheme=SCHEME.id)
    (new,) = split(replace(changed, text="New text."), scheme=SCHEME.id)
    (stranger,) = split(Document("f", "Hello."), scheme=SCHEME.id)
    titled = replace(TASKS[1], title="Another")
    found = status([surveyed(TASKS[0], titled, old, stranger)], SCHEME, tasks=[*TASKS, new])
    assert found.stale.text == (old.key,)
    assert found.stale.data == (titled.key,)
    assert found.stale.missing == (TASKS[2].key, new.key)
    assert found.stale.extra == (stranger.key,)


def test_what_a_blind_push_adds_to_a_task_is_no_difference() -> None:
    shared = [replace(task, assigned="ana@x.org", arm="control") for task in TASKS]
    assert status([surveyed(*shared)], SCHEME, tasks=TASKS).stale.data == ()


def test_another_configuration_or_model_is_stale() -> None:
    guess = Annotation("d", DOC.sha256, "rules", status="predicted")
    task = replace(TASKS[0], predictions=(guess,))
    found = status([surveyed(task, TASKS[1], model="crf", config="<View/>")], SCHEME)
    assert (found.stale.model, found.stale.config) == ((task.key,), (URL,))
    assert status([surveyed(task, model="rules")], SCHEME).stale.model == ()


def test_a_pulled_file_that_is_older_than_the_server_is_stale() -> None:
    first = [layer("ana", annotation=i, updated_at=f"2026-01-0{i + 1}") for i in range(3)]
    tasks = [with_work(i, each) for i, each in enumerate(first)]
    pulled = stitch(tasks)
    assert len(pulled.annotations) == 1
    assert status([surveyed(*tasks)], SCHEME, pulled=pulled).stale.pulled == {
        "new": 0,
        "changed": 0,
        "gone": 0,
    }
    later = [
        with_work(0, layer("ana", annotation=0, updated_at="2026-02-01")),
        with_work(1, first[1], layer("bo", annotation=9, updated_at="2026-02-01")),
        with_work(2, layer("ana", status="draft", annotation=4, updated_at="2026-02-01")),
    ]
    found = status([surveyed(*later)], SCHEME, pulled=pulled)
    assert found.stale.pulled == {"new": 1, "changed": 1, "gone": 1}
