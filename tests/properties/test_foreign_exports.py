"""Layers written as each form of export, by a writer of its own, and read back."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from quotemark.labelstudio.exports.reading import Export, Options, read_export
from quotemark.model import Annotation, Asked
from quotemark.scheme import parse_scheme

SCHEME = parse_scheme(
    'name = "theirs"\nversion = "1"\n[labels.Claim]\n[labels.Person]\n'
    '[relations.made_by]\nhead = "Claim"\ntail = "Person"\n'
)
QUICK = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
PIECES = [
    "said",
    "ab",
    "a",
    "😀",
    "👩‍👩‍👧",
    "שלום",
    "“No”",
    "\r\n",
    "\n\n",
    "  ",
    " ",
    ".",
    "\\n",
    "é",
]
WORDS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join)
LINES = st.lists(
    st.sampled_from([piece for piece in PIECES if "\r" not in piece]), min_size=1, max_size=6
).map("".join)


class Mark(NamedTuple):
    """A region of a text, in code points."""

    id: str
    label: str
    start: int
    end: int


@st.composite
def marks(draw: st.DrawFn, text: str) -> list[Mark]:
    """Regions that begin and end with a letter or the like, as people draw them."""
    seen = [i for i, char in enumerate(text) if not char.isspace()]
    if not seen:
        return []
    found = []
    for number in range(draw(st.integers(1, 4))):
        ends = sorted((draw(st.sampled_from(seen)), draw(st.sampled_from(seen))))
        label = draw(st.sampled_from(["Claim", "Person"]))
        found.append(Mark(f"r{number}", label, ends[0], ends[1] + 1))
    return found


def arrows(made: Sequence[Mark]) -> list[dict[str, Any]]:
    """An arrow from every claim to every person."""
    return [
        {"type": "relation", "from_id": a.id, "to_id": b.id, "labels": ["made_by"]}
        for a in made
        for b in made
        if (a.label, b.label) == ("Claim", "Person")
    ]


def shown(words: str) -> str:
    """Words as Label Studio says them."""
    return re.sub(" +", " ", words).replace("\r", "\\n").replace("\n", "\\n")


def units(text: str, at: int) -> int:
    """An offset in UTF-16 units, by the codec."""
    return len(text[:at].encode("utf-16-le")) // 2


def text_region(text: str, mark: Mark, *, utf16: bool) -> dict[str, Any]:
    start, end = (
        (units(text, mark.start), units(text, mark.end)) if utf16 else (mark.start, mark.end)
    )
    words = shown(text[mark.start : mark.end])
    value = {"start": start, "end": end, "text": words, "labels": [mark.label]}
    return {"id": mark.id, "from_name": "ner", "to_name": "t", "type": "labels", "value": value}


def found(layer: Annotation) -> list[tuple[str, str, int, int]]:
    return sorted((s.id, s.label, s.start, s.end) for s in layer.spans)


def expected(made: Sequence[Mark]) -> list[tuple[str, str, int, int]]:
    return sorted((m.id, m.label, m.start, m.end) for m in made)


def read(*tasks: Any, **more: Any) -> Export:
    return read_export(json.loads(json.dumps(tasks)), Options(SCHEME, **more))


def layer_of(export: Export) -> Annotation:
    """The one layer; there may be no words that decide what offsets count, but nothing else."""
    assume(not any(problem.code == "offsets" for problem in export.problems))
    assert export.problems == ()
    (layer,) = export.tasks[0].annotations
    return layer


@pytest.mark.parametrize("utf16", [False, True])
@pytest.mark.parametrize("old", [False, True])
@QUICK
@given(st.data())
def test_a_text_in_either_unit_old_or_new(utf16: bool, old: bool, data: st.DataObject) -> None:
    text = data.draw(WORDS)
    made = data.draw(marks(text))
    assume(made)
    results = [*(text_region(text, mark, utf16=utf16) for mark in made), *arrows(made)]
    layer = {"result": data.draw(st.permutations(results)), "completed_by": 3}
    key = "completions" if old else "annotations"
    read_back = layer_of(read({"id": 1, "data": {"body": text, "n": 3}, key: [layer]}))
    assert found(read_back) == expected(made)
    wanted = sorted((a["from_id"], a["to_id"]) for a in arrows(made))
    assert sorted((r.head, r.tail) for r in read_back.relations) == wanted


@pytest.mark.parametrize("utf16", [False, True])
@QUICK
@given(st.data())
def test_a_unit_that_is_given_is_enough(utf16: bool, data: st.DataObject) -> None:
    text = data.draw(WORDS)
    made = data.draw(marks(text))
    assume(made)
    results = [text_region(text, mark, utf16=utf16) for mark in made]
    for result in results:
        del result["value"]["text"]
    task = {"id": 1, "data": {"body": text}, "annotations": [{"result": results}]}
    export = read(task, unit="utf-16" if utf16 else "code-points")
    assert export.problems == ()
    assert found(export.tasks[0].annotations[0]) == expected(made)


@QUICK
@given(st.data())
def test_json_min_has_the_spans(data: st.DataObject) -> None:
    text = data.draw(WORDS)
    made = data.draw(marks(text))
    assume(made)
    regions = [text_region(text, mark, utf16=False)["value"] for mark in made]
    record = {"id": 1, "body": text, "ner": regions, "annotator": 3, "annotation_id": 9}
    layer = layer_of(read(record))
    spans = sorted(name[1:] for name in found(layer))
    assert spans == sorted((m.label, m.start, m.end) for m in made)
    assert layer.asked == Asked(None, tuple({m.label for m in made}), (), ())


@QUICK
@given(st.data())
def test_a_dialogue(data: st.DataObject) -> None:
    said = data.draw(st.lists(WORDS, min_size=1, max_size=4))
    text = "\n\n".join(said)
    starts = [len("\n\n".join([*said[:number], ""])) for number in range(len(said))]
    made = data.draw(marks(text))
    assume(made)

    def end_of(at: int, *, last: bool) -> tuple[str, int]:
        number = max(i for i, start in enumerate(starts) if start < at + (not last))
        return str(number), units(said[number], at - starts[number])

    results = []
    for mark in made:
        (start, first), (end, after) = end_of(mark.start, last=False), end_of(mark.end, last=True)
        pieces = [
            shown(text[max(mark.start, at) : min(mark.end, at + len(words))])
            for at, words in zip(starts, said, strict=True)
            if at < mark.end and at + len(words) > mark.start
        ]
        value = {"start": start, "startOffset": first, "end": end, "endOffset": after}
        value |= {"text": "\n00:00 - 00:01\n".join(pieces), "paragraphlabels": [mark.label]}
        common = {"from_name": "ner", "to_name": "talk", "type": "paragraphlabels"}
        results.append({"id": mark.id, **common, "value": value})
    utterances = [{"author": f"A{n % 2}", "text": words} for n, words in enumerate(said)]
    task = {"id": 1, "data": {"talk": utterances}, "annotations": [{"result": results}]}
    export = read(task)
    assert found(layer_of(export)) == expected(made)
    assert export.tasks[0].text == text
    assert {e.name for e in export.tasks[0].entities} == {u["author"] for u in utterances}


@pytest.mark.parametrize("globals_too", [False, True])
@QUICK
@given(st.data())
def test_a_page(globals_too: bool, data: st.DataObject) -> None:
    """Paragraphs of two runs, the second bold: text nodes and what they count are known."""
    runs = data.draw(st.lists(st.tuples(LINES, LINES), min_size=1, max_size=3))
    markup = "".join(f"<p>{escape(a)}<b>{escape(b)}</b></p>\n" for a, b in runs)
    nodes = []
    for number, (a, b) in enumerate(runs, 1):
        nodes += [(f"/p[{number}]/text()[1]", a), (f"/p[{number}]/b[1]/text()[1]", b)]
    counts = [0]
    for number, (_, run) in enumerate(nodes):
        counts.append(counts[-1] + len(run) + number % 2)  # a line break after each paragraph
    places = [
        (node, at)
        for node, (_, run) in enumerate(nodes)
        for at, char in enumerate(run)
        if char not in " \n"
    ]
    assume(places)
    results, wanted = [], []
    for number in range(data.draw(st.integers(1, 3))):
        first, last = sorted(
            (data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places)))
        )
        words = [
            text[first[1] if node == first[0] else 0 : last[1] + 1 if node == last[0] else None]
            for node, (_, text) in enumerate(nodes)
            if first[0] <= node <= last[0]
        ]
        (start, before), (end, after) = nodes[first[0]], nodes[last[0]]
        value: dict[str, Any] = {"start": start, "startOffset": units(before, first[1])}
        value |= {"end": end, "endOffset": units(after, last[1] + 1)}
        value |= {"text": shown("".join(words)), "hypertextlabels": ["Claim"]}
        if globals_too:
            counted = {"start": counts[first[0]] + first[1], "end": counts[last[0]] + last[1] + 1}
            value["globalOffsets"] = counted
        common = {"from_name": "ner", "to_name": "page", "type": "hypertextlabels"}
        results.append({"id": f"r{number}", **common, "value": value})
        wanted.append((f"r{number}", "".join("".join(words).split())))
    task = {"id": 1, "data": {"html": markup}, "annotations": [{"result": results}]}
    layer = layer_of(read(task))
    text = read(task).tasks[0].text
    assert "".join(text.split()) == "".join("".join(run for _, run in nodes).split())
    assert sorted((s.id, "".join(s.surface(text).split())) for s in layer.spans) == wanted


@QUICK
@given(st.data())
def test_whatever_a_file_holds_is_read_or_told(data: st.DataObject) -> None:
    """Tasks of any shape end in tasks and problems, never in another exception."""
    others: st.SearchStrategy[Any] = st.booleans() | st.sampled_from([[], {}, [{}]])
    scalar = st.none() | st.integers(-2, 12) | st.text(max_size=3) | others
    path = st.sampled_from(["/p[1]/text()[1]", "/p[0]", "//", "/text()", "0", "1", "7"])
    value = st.fixed_dictionaries(
        {},
        optional={
            "start": scalar | path,
            "end": scalar | path,
            "startOffset": scalar,
            "endOffset": scalar,
            "globalOffsets": scalar | st.fixed_dictionaries({"start": scalar, "end": scalar}),
            "text": scalar | st.lists(scalar, max_size=2),
            "labels": scalar | st.lists(st.sampled_from(["Claim", "X", 3]), max_size=2),
            "choices": scalar | st.lists(scalar, max_size=2),
        },
    )
    result = st.fixed_dictionaries(
        {},
        optional={
            "id": scalar,
            "type": st.sampled_from(["labels", "choices", "relation", "textarea"]) | scalar,
            "from_name": st.sampled_from(["ner", "mood"]) | scalar,
            "to_name": scalar,
            "from_id": scalar,
            "to_id": scalar,
            "labels": scalar | st.lists(scalar, max_size=2),
            "direction": scalar,
            "meta": scalar,
            "score": scalar,
            "value": scalar | value,
        },
    )
    layer = st.fixed_dictionaries(
        {},
        optional={
            "id": scalar,
            "result": scalar | st.lists(result | scalar, max_size=3),
            "completed_by": scalar | st.fixed_dictionaries({"email": scalar}),
            "created_at": scalar | st.floats(),
            "answers": scalar,
            "prediction": scalar | st.fixed_dictionaries({"id": scalar}),
        },
    )
    layers = scalar | st.lists(layer | scalar, max_size=2)
    said = st.lists(st.fixed_dictionaries({"author": scalar, "text": st.text(max_size=3)} | {}))
    item = st.fixed_dictionaries(
        {},
        optional={
            "id": scalar,
            "data": st.dictionaries(
                st.sampled_from(["text", "b", "id", "key", "title", "entities", "text_sha256"]),
                scalar | said | st.just("<p>He 😀 said</p>"),
                max_size=3,
            ),
            "annotations": layers,
            "completions": layers,
            "drafts": layers,
            "predictions": layers,
            "annotator": scalar,
            "annotation_id": scalar,
            "task": scalar,
            "result": scalar,
            "ner": st.lists(value, max_size=2),
        },
    )
    export = read_export(data.draw(st.lists(item | scalar, max_size=3)), Options(SCHEME))
    for task in export.tasks:
        for made in (*task.annotations, *task.predictions):
            assert all(0 <= span.start < span.end <= len(task.text) for span in made.spans)
