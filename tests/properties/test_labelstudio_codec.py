"""The Label Studio codec gives back exactly what it was given."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotemark.labelstudio.codec import decode, encode, from_json, to_json
from quotemark.labelstudio.controls import region_id, span_id
from quotemark.model import (
    EVERYTHING,
    Annotation,
    Asked,
    Document,
    Entity,
    Json,
    Relation,
    Span,
    Value,
)
from quotemark.scheme import Attribute, Scheme, default_scheme, parse_scheme
from quotemark.tasks import Task, split

OWN_SCHEME = parse_scheme(
    """
    name = "own"
    version = "2"
    [labels.A]
    [labels.A.attributes.b__c]
    type = "choice"
    many = true
    values = ["x", "y, z", "ü"]
    [labels.A.attributes.note]
    type = "text"
    [labels.A.attributes.notes]
    type = "text"
    many = true
    when = { attribute = "b__c", value = "y, z" }
    [labels.A__b]
    [labels.A__b.attributes.c]
    type = "target"
    many = true
    [relations.to]
    head = "A"
    tail = "A"
    """
)
SCHEMES = st.sampled_from([default_scheme(), OWN_SCHEME])

PIECES = [
    "\r\n",
    "\n\n",
    "  ",
    "“Yes”",
    '"',
    "😀",
    "👩‍👩‍👧",
    "שלום",
    "مرحبا",
    "é",
    "said",
    " ",
    "#",
    "\\n",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).filter(
    lambda word: word == word.strip()
)
NAMES = (
    st.sampled_from(["Mike Pompeo", "A$AP Rocky", "AUTHOR", "محمد", "n°1 😀", "<b>&amp;"]) | WORDS
)
IDS = st.text(st.sampled_from("ab1_x#@-. é"), max_size=6)
META = st.fixed_dictionaries(
    {},
    optional={
        "unsure": st.booleans(),
        "comment": WORDS | st.none() | st.just(" "),
        "origin": st.sampled_from(["manual", "prediction", "prediction-changed", "rules"]),
        "note": WORDS | st.integers(),
        "support": st.lists(WORDS, max_size=2),
    },
)


def values(attribute: Attribute, names: list[str]) -> st.SearchStrategy[Value]:
    """Values that fit an attribute: choices, offered names, and others that must be typed."""
    one = NAMES | st.sampled_from(names) if names else NAMES
    if attribute.type == "choice":
        one = st.sampled_from(attribute.values)
    if attribute.many:
        sets = st.sets(one, min_size=1, max_size=3).map(lambda items: tuple(sorted(items)))
        return st.none() | sets
    return st.none() | one


@st.composite
def tasks(draw: st.DrawFn) -> tuple[Task, str]:
    scheme = draw(SCHEMES)
    text = draw(TEXTS)
    entities = draw(st.lists(st.builds(Entity, IDS, NAMES), max_size=3, unique_by=lambda e: e.id))
    targets = draw(st.lists(NAMES, max_size=2, unique=True))
    meta: dict[str, Json] = {
        "entities": [{"id": e.id, "name": e.name, "aliases": []} for e in entities],
        "title": draw(NAMES),
    }
    doc = Document(draw(NAMES), text, meta)
    task = split(doc, targets=targets, scheme=scheme.id)[0]
    layers = [
        replace(draw(annotation_layers(task, scheme.name)), annotator=name)
        for name in draw(st.lists(WORDS, max_size=2, unique=True))
    ]
    guesses = [
        replace(layer, annotator=f"p{layer.annotator}", status="predicted") for layer in layers[:1]
    ]
    return replace(
        task,
        annotations=tuple(layers),
        predictions=tuple(guesses),
        assigned=draw(st.just("") | WORDS),
        arm=draw(st.sampled_from(["", "assisted", "control"])),
    ), scheme.name


@st.composite
def annotation_layers(draw: st.DrawFn, task: Task, scheme_name: str) -> Annotation:
    scheme = scheme_called(scheme_name)
    length = len(task.text)
    spans = []
    for name in draw(st.lists(IDS, max_size=4 if length else 0, unique=True)):
        label = draw(st.sampled_from(list(scheme.labels.values())))
        cuts = draw(st.sets(st.integers(0, length), min_size=2, max_size=6).map(sorted))
        fragments = tuple(zip(cuts[::2], cuts[1::2], strict=False))
        offered = [*(e.name for e in task.entities), *task.targets]
        attributes = {
            a.name: draw(values(a, offered))
            for a in label.attributes.values()
            if draw(st.booleans())
        }
        score = draw(st.none() | st.floats(0, 1))
        spans.append(Span(name, label.name, fragments, attributes, score, draw(META)))
    ids = [span.id for span in spans]
    ends = st.sampled_from(ids) if ids else st.nothing()
    kinds = st.sampled_from(list(scheme.relations))
    relations = draw(st.lists(st.builds(Relation, kinds, ends, ends), max_size=4)) if ids else []
    own = st.lists(st.builds(Entity, IDS, NAMES), max_size=2, unique_by=lambda e: e.id)
    return Annotation(
        task.doc_id,
        task.text_sha256,
        draw(WORDS),
        tuple(spans),
        tuple(relations),
        draw(st.just(task.entities) | own.map(tuple)),
        draw(st.just(EVERYTHING) | st.just(Asked(((0, 1),), ("A",), ("A.b",), ()))),
        draw(st.sampled_from(["submitted", "draft", "cancelled", "gold"])),
        draw(st.sampled_from([scheme.id, ""])),
        draw(st.just({}) | st.just({"model": "m", "n": [1, None]})),
    )


def scheme_called(name: str) -> Scheme:
    return OWN_SCHEME if name == OWN_SCHEME.name else default_scheme()


QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@QUICK
@given(st.data())
def test_decode_inverts_encode(data: st.DataObject) -> None:
    task, name = data.draw(tasks())
    scheme = scheme_called(name)
    annotation = data.draw(annotation_layers(task, name))
    results = json.loads(json.dumps(encode(annotation, task, scheme)))
    decoded = decode(
        results, task, scheme, annotator=annotation.annotator, status=annotation.status
    )
    assert decoded.problems == ()
    assert decoded.annotation == annotation


@QUICK
@given(tasks())
def test_from_json_inverts_to_json(drawn: tuple[Task, str]) -> None:
    task, name = drawn
    scheme = scheme_called(name)
    assert from_json(json.loads(json.dumps(to_json(task, scheme))), scheme) == task


@QUICK
@given(st.data())
def test_the_order_and_direction_of_what_was_drawn_are_nothing(data: st.DataObject) -> None:
    task, name = data.draw(tasks())
    scheme = scheme_called(name)
    annotation = data.draw(annotation_layers(task, name))
    results = encode(annotation, task, scheme)
    for result in results:
        if result.get("labels") == ["continues"] and data.draw(st.booleans()):
            result["from_id"], result["to_id"] = result["to_id"], result["from_id"]
    shuffled = data.draw(st.permutations(results))
    decoded = decode(
        shuffled, task, scheme, annotator=annotation.annotator, status=annotation.status
    )
    assert decoded.problems == ()
    assert decoded.annotation == annotation


@given(st.text())
def test_span_ids_survive_as_region_ids(name: str) -> None:
    escaped = region_id(name)
    assert span_id(escaped) == name
    assert escaped
    assert set(escaped) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


@QUICK
@given(st.data())
def test_whatever_a_file_holds_is_read_or_told(data: st.DataObject) -> None:
    """Results of any shape end in spans and problems, never in another exception."""
    scalars = st.none() | st.integers(-2, 12) | st.text(max_size=3) | st.floats(allow_nan=False)
    value = st.fixed_dictionaries(
        {},
        optional={
            "start": scalars,
            "end": scalars,
            "text": scalars | st.lists(scalars, max_size=2),
            "labels": st.lists(st.sampled_from(["Quote", "Cue", "X", ""]), max_size=2),
            "choices": st.lists(scalars, max_size=2),
        },
    )
    result = st.fixed_dictionaries(
        {},
        optional={
            "id": st.sampled_from(["a", "b", ""]),
            "from_id": st.sampled_from(["a", "b", "c"]),
            "to_id": st.sampled_from(["a", "b", "c"]),
            "type": st.sampled_from(["labels", "choices", "textarea", "relation", "rating"]),
            "from_name": st.sampled_from(["label", "Quote-form", "layer", "comment", "other"]),
            "direction": st.sampled_from(["left", "right", "bi", "?"]),
            "labels": st.none() | st.lists(st.sampled_from(["continues", "said_by", "?"])),
            "meta": st.none()
            | st.dictionaries(st.sampled_from(["quotemark", "text"]), scalars, min_size=1),
            "value": st.none() | value,
        },
    )
    results = data.draw(st.lists(result | scalars, max_size=5))
    task = split(Document("d", "He 😀 said so."))[0]
    decoded = decode(results, task, default_scheme())
    ids = {span.id for span in decoded.annotation.spans}
    assert all({r.head, r.tail} <= ids for r in decoded.annotation.relations)
    for span in decoded.annotation.spans:
        assert 0 <= span.start < span.end <= len(task.text)
