"""What people draw in Label Studio, read as they mean it; what cannot be meant is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.codec import Decoded, decode, encode, parse, to_json
from quotemark.model import Annotation, Document, Entity, Relation, Span
from quotemark.scheme import default_scheme
from quotemark.tasks import split

SCHEME = default_scheme()
TEXT = '"No", said 😀 Ann Lee. "Never",\r\nshe added.'
ANN = Entity("ann", "Ann Lee", ("Ann",))
DOC = Document("d", TEXT, {"entities": [{"id": "ann", "name": "Ann Lee", "aliases": ["Ann"]}]})
(TASK,) = split(DOC, scheme=SCHEME.id)


def at(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


def region(name: str, label: str, words: str, **more: Any) -> dict[str, Any]:
    start, end = at(words)
    value = {"start": start, "end": end, "text": words, "labels": [label]}
    common = {"id": name, "from_name": "label", "to_name": "text", "type": "labels"}
    return {**common, "origin": "manual", "value": value, **more}


def answer(name: str, control: str, *items: str) -> dict[str, Any]:
    typed = control.endswith("typed") or control == "comment"
    value = {"start": 0, "end": 4, ("text" if typed else "choices"): list(items)}
    kind = "textarea" if typed else "choices"
    return {"id": name, "from_name": control, "to_name": "text", "type": kind, "value": value}


def arrow(head: str, tail: str, *labels: str, direction: str = "right") -> dict[str, Any]:
    made = {"type": "relation", "from_id": head, "to_id": tail, "direction": direction}
    return {**made, "labels": list(labels)}


QUOTE, AGAIN = region("r1", "Quote", '"No"'), region("r2", "Quote", '"Never"')
SPEAKER, CUE = region("r3", "Speaker", "Ann Lee"), region("r4", "Cue", "said")


def read(*results: Any, status: str = "submitted") -> Decoded:
    return decode(list(results), TASK, SCHEME, annotator="ann@x.org", status=status)


def clean(*results: Any) -> Annotation:
    decoded = read(*results)
    assert decoded.problems == ()
    return decoded.annotation


def codes(*results: Any) -> list[str]:
    return [problem.code for problem in read(*results).problems]


def test_nothing_drawn_is_an_annotation_without_spans() -> None:
    layer = clean()
    assert layer == Annotation("d", DOC.sha256, "ann@x.org", entities=(ANN,), scheme=SCHEME.id)


def test_an_empty_control_is_null_and_one_not_shown_is_missing() -> None:
    (quote,) = clean(QUOTE, answer("r1", "Quote-source", "mention")).spans
    assert quote.attributes == {"form": None, "source": "mention"}
    (quote,) = clean(QUOTE, answer("r1", "Quote-source", "elsewhere")).spans
    assert quote.attributes == {"form": None, "source": "elsewhere", "source_entity": None}


def test_what_is_left_in_a_field_that_is_hidden_again_is_dropped() -> None:
    left = answer("r1", "Quote-source_entity-typed", "Somebody")
    layer = clean(QUOTE, answer("r1", "Quote-source", "mention"), left)
    assert layer.spans[0].attributes == {"form": None, "source": "mention"}
    assert layer.entities == (ANN,)


@pytest.mark.parametrize("ends", [("r1", "r2"), ("r2", "r1")])
@pytest.mark.parametrize("labels", [(), ("continues",)])
def test_continues_joins_regions_whichever_way_it_is_drawn(
    ends: tuple[str, str], labels: tuple[str, ...]
) -> None:
    layer = clean(
        AGAIN, SPEAKER, QUOTE, arrow(*ends, *labels), arrow("r2", "r3", "said_by"),
        answer("r2", "Quote-form", "direct"),
    )  # fmt: skip
    quote = layer.labelled("Quote")[0]
    assert (quote.id, quote.fragments) == ("r1", (at('"No"'), at('"Never"')))
    assert quote.attributes["form"] == "direct"
    assert layer.relations == (Relation("said_by", "r1", "r3"),)


def test_an_arrow_without_a_label_means_the_only_one_there_can_be() -> None:
    layer = clean(QUOTE, SPEAKER, CUE, arrow("r1", "r3"), arrow("r1", "r4"))
    assert layer.relations == (Relation("cued_by", "r1", "r4"), Relation("said_by", "r1", "r3"))
    assert clean(QUOTE, SPEAKER, CUE, arrow("r3", "r1"), arrow("r4", "r1")) == layer  # from behind
    assert codes(SPEAKER, CUE, arrow("r3", "r4")) == ["relation"]


def test_an_arrow_to_the_left_is_turned_and_one_both_ways_follows_the_scheme() -> None:
    for direction in ("left", "bi"):
        layer = clean(QUOTE, SPEAKER, arrow("r3", "r1", "said_by", direction=direction))
        assert layer.relations == (Relation("said_by", "r1", "r3"),)


def test_typed_names_become_entities_with_ids_of_their_own() -> None:
    other = region("r5", "Speaker", "she")
    layer = clean(
        SPEAKER, answer("r3", "Speaker-entity", "Ann Lee"),
        other, answer("r5", "Speaker-entity-typed", "  Ann!  "),
    )  # fmt: skip
    assert layer.by_id["r3"].attributes["entity"] == "Ann Lee"
    assert layer.by_id["r5"].attributes["entity"] == "Ann!"
    assert layer.entities == (ANN, Entity("ann-2", "Ann!"))


def test_author_is_no_entity() -> None:
    stance = region("r6", "Stance", "Never")
    assert clean(stance, answer("r6", "Stance-holder", "AUTHOR")).entities == (ANN,)


def test_a_set_is_what_is_chosen_and_what_is_typed() -> None:
    (quote,) = clean(
        QUOTE, answer("r1", "Quote-source", "elsewhere"),
        answer("r1", "Quote-source_entity", "Ann Lee"),
        answer("r1", "Quote-source_entity-typed", "Bo", "Ann Lee"),
    ).spans  # fmt: skip
    assert quote.attributes["source_entity"] == ("Ann Lee", "Bo")


def test_flags_comments_and_notes_are_meta() -> None:
    noted = region("r1", "Quote", '"No"', meta={"text": ["look", "again"], "lead_time": 1.5})
    (quote,) = clean(noted, answer("r1", "unsure", "unsure"), answer("r1", "comment", "hm")).spans
    assert quote.meta == {
        "origin": "manual",
        "unsure": True,
        "comment": "hm",
        "note": "look\nagain",
    }


@pytest.mark.parametrize(
    ("code", "results"),
    [
        ("attribute", [QUOTE, answer("r1", "Quote-form", "direct", "mixed")]),
        ("attribute", [QUOTE, answer("r1", "Quote-form", "sung")]),
        ("attribute", [QUOTE, answer("r1", "Speaker-kind", "named")]),
        ("attribute", [QUOTE, AGAIN, arrow("r1", "r2", "continues"),
                       answer("r1", "Quote-form", "direct"), answer("r2", "Quote-form", "mixed")]),
        ("attribute", [SPEAKER, answer("r3", "Speaker-entity", "Ann Lee"),
                       answer("r3", "Speaker-entity-typed", "Bo")]),
        ("continues", [QUOTE, CUE, arrow("r1", "r4", "continues")]),
        ("control", [QUOTE, answer("r1", "mood", "sad"), answer("r1", "mood", "glad")]),
        ("dangling", [QUOTE, arrow("r1", "gone", "said_by")]),
        ("label", [region("r1", "Person", "Ann")]),
        ("label", [region("r1", "Quote", "Ann"), region("r1", "Cue", "Ann")]),
        ("label", [answer("r1", "Quote-form", "direct")]),
        ("offset", [{**CUE, "value": {"start": 5, "end": 99, "labels": ["Cue"]}}]),
        ("offset", [{**CUE, "value": {"start": 5, "end": 5, "labels": ["Cue"]}}]),
        ("relation", [QUOTE, SPEAKER, arrow("r1", "r3", "loved_by")]),
        ("result", [{**CUE, "value": {"start": "5", "end": 9, "labels": ["Cue"]}}]),
        ("result", [{**CUE, "value": {"labels": ["Cue"]}}]),
        ("result", ["what?"]),
        ("surface", [region("r1", "Cue", "said", value={
            "start": 0, "end": 4, "text": "said", "labels": ["Cue"]})]),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_one_problem_at_its_place(code: str, results: list[Any]) -> None:
    (problem,) = read(*results).problems
    assert problem.code == code
    assert problem.where.doc == "d"
    assert TASK.key in problem.where.item
    assert "ann@x.org" in problem.where.item
    assert problem.remedy


def test_words_are_compared_as_label_studio_shows_them() -> None:
    start, end = at('"Never",\r\nshe')
    value = {"start": start, "end": end, "labels": ["Quote"]}
    for shown in ('"Never",\\nshe', '"Never",\nshe', '"Never", she'):
        clean({**QUOTE, "value": {**value, "text": shown}})


def test_utf16_offsets_of_older_exports_are_understood() -> None:
    moved = [
        {
            **r,
            "value": {**r["value"], "start": r["value"]["start"] + 1, "end": r["value"]["end"] + 1},
        }
        for r in (SPEAKER, AGAIN)
    ]
    layer = clean(QUOTE, *moved)
    assert {span.fragments[0] for span in layer.spans} == {
        at('"No"'), at("Ann Lee"), at('"Never"'),
    }  # fmt: skip


def guess() -> Annotation:
    """A prediction that was asked for some things only, with a missing attribute."""
    quote = Span("q", "Quote", (at('"No"'),), {"form": "direct"}, 0.5)
    speaker = Span("s", "Speaker", (at("Ann Lee"),), {"entity": "Ms Lee"})
    layer = Annotation("d", DOC.sha256, "rules", (quote, speaker), status="predicted")
    return replace(layer, entities=(Entity("lee", "Ms Lee"),), provenance={"version": "1"})


def test_a_person_who_accepts_a_prediction_answers_for_what_it_left_out() -> None:
    results = encode(guess(), TASK, SCHEME)
    opened = [r if r["type"] == "relation" else {**r, "origin": "prediction"} for r in results]
    layer = clean(*opened)
    assert layer.by_id["q"].attributes == {"form": "direct", "source": None}
    assert layer.by_id["q"].meta == {"origin": "prediction"}
    assert layer.by_id["s"].attributes == {"entity": "Ms Lee", "kind": None}
    assert layer.entities == (ANN, Entity("lee", "Ms Lee"))
    assert layer.provenance == {"prediction_of": "rules"}
    assert (layer.annotator, layer.status) == ("ann@x.org", "submitted")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("offset", {"spans": (Span("q", "Cue", ((0, 99),)),)}),
        ("offset", {"spans": (Span("q", "Cue", ((3, 3),)),)}),
        ("label", {"spans": (Span("q", "Person", ((0, 3),)),)}),
        ("duplicate-id", {"spans": (Span("q", "Cue", ((0, 3),)), Span("q", "Cue", ((4, 6),)))}),
        ("attribute", {"spans": (Span("q", "Quote", ((0, 3),), {"mood": "x"}),)}),
        ("attribute", {"spans": (Span("q", "Quote", ((0, 3),), {"form": "sung"}),)}),
        ("attribute", {"spans": (Span("q", "Quote", ((0, 3),), {"form": ("direct",)}),)}),
        ("attribute", {"spans": (Span("q", "Speaker", ((0, 3),), {"entity": " "}),)}),
        ("attribute", {"spans": (Span("q", "Quote", ((0, 3),), {"source_entity": ()}),)}),
        ("dangling", {"relations": (Relation("said_by", "q", "z"),)}),
        ("relation", {"relations": (Relation("loved_by", "q", "s"),)}),
        ("text-hash", {"text_sha256": "0" * 64}),
    ],
)
def test_what_label_studio_cannot_hold_is_not_sent(code: str, change: dict[str, Any]) -> None:
    layer = replace(guess(), **{"relations": (), **change})
    with pytest.raises(QuotemarkError) as caught:
        to_json(replace(TASK, predictions=(layer,)), SCHEME)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_the_last_of_several_annotations_by_one_person_counts() -> None:
    def made(number: int, when: str, **more: Any) -> dict[str, Any]:
        words = {**CUE, "id": f"c{number}"}
        return {"result": [words], "completed_by": 3, "updated_at": when, **more}

    export = {
        **to_json(TASK, SCHEME),
        "annotations": [
            made(1, "2030-01-02T00:00:00Z"),
            made(2, "2030-01-01T00:00:00Z"),
            made(3, "2030-01-03T00:00:00Z", was_cancelled=True),
        ],
        "drafts": [made(4, "2030-01-04T00:00:00Z"), {"result": [], "user": "bo@x.org"}],
    }
    task = parse(export, SCHEME, users={3: "ann@x.org"}).task
    assert task
    assert [(a.annotator, a.status, a.spans[0].id) for a in task.annotations] == [
        ("ann@x.org", "submitted", "c1"),
        ("ann@x.org", "cancelled", "c3"),
        ("ann@x.org", "draft", "c4"),
    ]
