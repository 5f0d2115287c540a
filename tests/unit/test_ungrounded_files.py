"""Native files whose spans have words in place of offsets: read for grounding, and only for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quotemark import QuotemarkError, read, read_ungrounded
from quotemark.grounding import Ungrounded, Wording
from quotemark.model import EVERYTHING, Asked, Relation, Span

YES = {"label": "Quote", "text": "Yes"}


def save(tmp_path: Path, *records: dict[str, Any]) -> Path:
    path = tmp_path / "llm.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


def layer(tmp_path: Path, record: dict[str, Any]) -> Ungrounded:
    _, (found,) = read_ungrounded(save(tmp_path, {"id": "a", **record}))
    return found


def test_spans_with_and_without_offsets_stand_side_by_side_in_the_order_given(
    tmp_path: Path,
) -> None:
    spans = [
        {**YES, "id": "z", "before": "he said", "attributes": {"source_entity": ["B", "A"]}},
        {"label": "Cue", "start": 0, "end": 4},
        {**YES, "text": ["Yes", "No"], "score": 0.5, "after": ".", "meta": {"n": 1}},
    ]
    relations = [{"label": "cued_by", "head": "z", "tail": "s2"}]
    found = layer(tmp_path, {"spans": spans, "relations": relations})
    assert found.wordings == (
        Wording("z", "Quote", ("Yes",), "he said", "", {"source_entity": ("B", "A")}),
        Wording("s3", "Quote", ("Yes", "No"), "", ".", {}, 0.5, {"n": 1}),
    )
    assert found.annotation.spans == (Span("s2", "Cue", ((0, 4),)),)
    assert found.annotation.relations == (Relation("cued_by", "z", "s2"),)
    assert found.annotation.annotator == "llm"
    assert found.annotation.asked == EVERYTHING


def test_bare_quotes_get_ids_that_are_free_and_say_what_is_produced(tmp_path: Path) -> None:
    assert layer(tmp_path, {"quotes": ["Yes"]}).annotation.asked == Asked(None, ("Quote",), (), ())
    assert layer(tmp_path, {"quotes": []}).wordings == ()
    mixed = layer(tmp_path, {"quotes": ["Yes", "No"], "spans": [{**YES, "id": "q1"}]})
    assert [wording.id for wording in mixed.wordings] == ["q1", "q2", "q3"]
    assert mixed.annotation.asked == EVERYTHING


def test_a_file_with_offsets_alone_is_read_the_same_by_both(tmp_path: Path) -> None:
    path = save(
        tmp_path, {"id": "a", "text": "Yes.", "spans": [{"label": "Cue", "start": 0, "end": 3}]}
    )
    documents, layers = read_ungrounded(path)
    assert read(path).documents == documents
    assert read(path).annotations == tuple(layer.annotation for layer in layers)


def test_ordinary_reading_names_every_line_with_words_and_the_remedy(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        {"id": "a", "spans": [YES, {"label": "Cue", "start": 0, "end": 3}]},
        {"id": "b", "spans": [{"label": "Cue", "start": 0, "end": 3}]},
        {"id": "c", "quotes": ["Yes", "No"]},
    )
    with pytest.raises(QuotemarkError) as caught:
        read(path)
    assert [(p.where.line, p.code, p.message) for p in caught.value.problems] == [
        (1, "no-offsets", "1 of 2 spans have words in place of offsets"),
        (3, "no-offsets", "2 of 2 spans have words in place of offsets"),
    ]
    assert all("`quotemark ground`" in p.remedy for p in caught.value.problems)


@pytest.mark.parametrize(
    "span",
    [
        {**YES, "start": 0, "end": 3},
        {**YES, "fragments": [[0, 3]]},
        {**YES, "end": 3},
        {"label": "Quote", "before": "x"},
        {"label": "Quote", "start": 0, "end": 3, "after": "x"},
        {"label": "Quote"},
    ],
)
def test_words_beside_offsets_and_context_without_words_are_problems(
    tmp_path: Path, span: dict[str, Any]
) -> None:
    path = save(tmp_path, {"id": "a", "spans": [span]})
    for reader in (read, read_ungrounded):
        with pytest.raises(QuotemarkError) as caught:
            reader(path)
        assert [p.code for p in caught.value.problems] == ["no-offsets"]


def test_another_annotation_of_the_same_document_is_a_problem_here_too(tmp_path: Path) -> None:
    path = save(tmp_path, {"id": "a", "quotes": ["Yes"]}, {"id": "a", "quotes": ["No"]})
    with pytest.raises(QuotemarkError, match="twice"):
        read_ungrounded(path)
