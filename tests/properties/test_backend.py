"""What is served live equals what `split --extractor` would have pushed, where it must."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotemark.cli.split import Plan
from quotemark.extractors import extractor
from quotemark.labelstudio.backend import predict
from quotemark.labelstudio.codec import from_json, to_json
from quotemark.labelstudio.serving import serving
from quotemark.model import Annotation, Document
from quotemark.scheme import default_scheme
from quotemark.tasks import Task, Window, stitch
from quotemark.validate import check
from support.corpora import ANY_TEXTS

RULES = extractor("rules")
SCHEME = default_scheme()
PARAGRAPHS = [
    "“The old ferry must go”, said Ana Brandt, the mayor of Lund.",
    '"We will fight it," he said. "To the end."',
    "Brandt told reporters that the plan was “a disgrace”.",
    "😀 The ministry, she said, had welcomed the law.",
    "According to Ove Ray, the union opposes the deal.",
    "Nobody spoke.",
    "“It begins here.",
    "שלום said who",
]
TEXTS = st.lists(st.sampled_from(PARAGRAPHS), max_size=6).flatmap(
    lambda lines: st.sampled_from(["\n\n", "\r\n", "\n  \n"]).map(lambda gap: gap.join(lines))
)
KNOWN = [{"id": "e1", "name": "Ana Brandt", "aliases": ["the mayor", "she"]}]
METAS = st.sampled_from([{}, {"title": "T", "entities": KNOWN, "targets": ["the plan"]}])
WINDOWS: st.SearchStrategy[Window] = st.sampled_from(["paragraphs", 1, 2, 3])


def tasks(doc: Document, window: Window, context: int, *, guessed: bool) -> list[Task]:
    """A document's tasks as `split` makes them."""
    return Plan(window, context, SCHEME, RULES if guessed else None, RULES).tasks(doc, [])


def sent(task: Task) -> dict[str, Any]:
    """A task as Label Studio sends it to a backend."""
    data: dict[str, Any] = json.loads(json.dumps(to_json(task, SCHEME)["data"]))
    return {"id": 7, "data": data, "annotations": [1], "predictions": [], "project": 3}


def back(task: Task, prediction: object) -> Annotation:
    """What a pull makes of a prediction."""
    (layer,) = from_json(
        {**sent(task), "annotations": [], "predictions": [prediction]}, SCHEME
    ).predictions
    return layer


@given(TEXTS | ANY_TEXTS, METAS)
def test_a_whole_document_is_predicted_as_split_does(text: str, meta: dict[str, Any]) -> None:
    (task,) = tasks(Document("a", text, meta), "document", 0, guessed=True)
    (pushed,) = to_json(task, SCHEME)["predictions"]
    assert predict(sent(task), RULES, SCHEME) == pushed


@given(TEXTS | ANY_TEXTS, METAS)
def test_what_was_split_without_extractor_gets_the_extractors_layer(
    text: str, meta: dict[str, Any]
) -> None:
    doc = Document("a", text, meta)
    (task,) = tasks(doc, "document", 0, guessed=False)
    assert back(task, predict(sent(task), RULES, SCHEME)) == RULES.extract(doc, SCHEME)


@given(TEXTS | ANY_TEXTS, METAS, WINDOWS, st.integers(0, 3), st.booleans())
def test_predictions_of_windows_fit_them_and_are_put_together(
    text: str, meta: dict[str, Any], window: Window, context: int, guessed: bool
) -> None:
    doc = Document("a", text, meta)
    made = tasks(doc, window, context, guessed=guessed)
    layers = [back(task, predict(sent(task), RULES, SCHEME)) for task in made]
    for task, layer in zip(made, layers, strict=True):
        window_alone = Document("a", task.text, meta)
        assert check(replace(layer, text_sha256=window_alone.sha256), window_alone, SCHEME) == []
    done = [replace(t, annotations=(a,)) for t, a in zip(made, layers, strict=True)]
    (whole,) = stitch(done).annotations
    assert len(whole.spans) == sum(len(layer.spans) for layer in layers)
    assert whole.asked.windows is None


@given(TEXTS, METAS, WINDOWS)
def test_a_window_with_all_of_its_document_around_it_is_labelled_as_in_the_document(
    text: str, meta: dict[str, Any], window: Window
) -> None:
    doc = Document("a", text, meta)
    for task in tasks(doc, window, 99, guessed=True):
        (pushed,) = task.predictions
        live = back(task, predict(sent(task), RULES, SCHEME))
        assert [(s.label, s.fragments, s.attributes) for s in live.spans] == [
            (s.label, s.fragments, s.attributes) for s in pushed.spans
        ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda items: (
        st.lists(items, max_size=3)
        | st.dictionaries(st.sampled_from(["data", "text", "id", "tasks", "x"]), items, max_size=3)
    ),
    max_leaves=8,
)
OWN: dict[str, Any] = sent(tasks(Document("a", "\n\n".join(PARAGRAPHS)), 2, 1, guessed=True)[1])[
    "data"
]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serving(RULES, SCHEME) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


@given(st.sampled_from(["/predict", "/setup", "/webhook"]), JSON)
def test_whatever_is_sent_is_answered_or_refused(
    client: httpx.Client, path: str, body: object
) -> None:
    answer = client.post(path, content=json.dumps(body))
    assert answer.status_code in (200, 400)
    assert ("error" in answer.json()) == (answer.status_code == 400)


@given(
    st.lists(
        JSON.map(lambda data: {"id": 1, "data": data})
        | st.tuples(st.sampled_from(sorted(OWN)), JSON).map(
            lambda change: {"id": 1, "data": {**OWN, change[0]: change[1]}}
        ),
        max_size=3,
    )
)
def test_whatever_a_task_holds_it_gets_a_sound_prediction_or_none(
    client: httpx.Client, given_: list[dict[str, Any]]
) -> None:
    body = json.dumps({"tasks": given_})
    results = client.post("/predict", content=body).raise_for_status().json()["results"]
    assert len(results) == len(given_)
    for task, result in zip(given_, results, strict=True):
        if result:
            from_json({**task, "predictions": [result]}, SCHEME)
