"""Names of a scheme that have changed: annotations and Label Studio's results follow alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.codec import decode, encode
from quotemark.labelstudio.config import labeling_config
from quotemark.labelstudio.controls import controls, links
from quotemark.labelstudio.renamed import losses, rename_results
from quotemark.labelstudio.transition import narrowed, transitional
from quotemark.model import Annotation, Asked, Document, Relation, Span
from quotemark.renaming import Renames, parse_renames, renamed
from quotemark.scheme import Scheme, parse_scheme
from quotemark.tasks import split

HEAD = 'name = "s"\nversion = "{}"\n'
OLD = parse_scheme(
    HEAD.format(1)
    + """
[labels.Stance]
[labels.Stance.attributes.polarity]
type = "choice"
values = ["support", "oppose", "a=b"]
[labels.Stance.attributes.target]
type = "text"
[labels.Stance.attributes.kinds]
type = "choice"
values = ["x", "y"]
many = true
when = { attribute = "polarity", value = "support" }
[labels.Quote]
[labels.Quote.attributes.form]
type = "choice"
values = ["direct", "indirect"]
[labels.Speaker]
[relations.said_by]
head = "Quote"
tail = "Speaker"
[relations.held_by]
head = "Stance"
tail = "Speaker"
"""
)
NEW = parse_scheme(
    HEAD.format(2)
    + """
[labels.Position]
[labels.Position.attributes.side]
type = "choice"
values = ["favor", "against", "b=c"]
[labels.Position.attributes.target]
type = "text"
[labels.Position.attributes.kinds]
type = "choice"
values = ["x", "z"]
many = true
when = { attribute = "side", value = "favor" }
[labels.Quote]
[labels.Quote.attributes.manner]
type = "choice"
values = ["direct", "other"]
[labels.Speaker]
[relations.source]
head = "Quote"
tail = "Speaker"
[relations.holder]
head = "Position"
tail = "Speaker"
"""
)
PAIRS = (
    "Stance.polarity:support=favor",
    "Stance.polarity:oppose=against",
    "Stance.polarity:a=b=b=c",
    "Stance.polarity=Position.side",
    "Stance.kinds:y=z",
    "Quote.form=Quote.manner",
    "Quote.form:indirect=other",
    "Stance=Position",
    "said_by=source",
    "held_by=holder",
)
RENAMES = parse_renames(PAIRS, NEW)
TEXT = "He said so. She did not."


@st.composite
def layers(draw: st.DrawFn) -> Annotation:
    """Layers under the old scheme, with everything that it has."""
    spans = []
    for number in range(draw(st.integers(0, 5))):
        label = draw(st.sampled_from(sorted(OLD.labels)))
        start = draw(st.integers(0, len(TEXT) - 1))
        end = draw(st.integers(start + 1, len(TEXT)))
        attributes: dict[str, Any] = {}
        for attribute in OLD.labels[label].attributes.values():
            if not draw(st.booleans()):
                continue
            given = st.sampled_from(attribute.values or ("words", "support"))
            some = st.sets(given, min_size=1).map(lambda s: tuple(sorted(s)))
            attributes[attribute.name] = draw(st.none() | (some if attribute.many else given))
        spans.append(Span(f"s{number}", label, ((start, end),), attributes))
    by_label = {label: [s.id for s in spans if s.label == label] for label in OLD.labels}
    arrows = [
        Relation(kind.name, head, tail)
        for kind in OLD.relations.values()
        for head in by_label[kind.head]
        for tail in by_label[kind.tail]
        if draw(st.booleans())
    ]
    asked = draw(
        st.sampled_from(
            [
                Asked(),
                Asked(labels=("Stance",), attributes=("Stance.polarity",), relations=("said_by",)),
            ]
        )
    )
    return Annotation(
        "a", DOC.sha256, "ann", tuple(spans), tuple(arrows), asked=asked, scheme=OLD.id
    )


DOC = Document("a", TEXT)
(TASK,) = split(DOC, scheme=OLD.id)
(NEW_TASK,) = split(DOC, scheme=NEW.id)


@given(layers())
@settings(max_examples=60)
def test_results_follow_as_annotations_do(layer: Annotation) -> None:
    results = rename_results(encode(layer, TASK, OLD), RENAMES, NEW)
    assert not list(losses(results, NEW))
    found = decode(results, NEW_TASK, NEW, annotator="ann")
    assert not found.problems
    assert found.annotation == renamed(layer, RENAMES, NEW)


@given(layers())
@settings(max_examples=60)
def test_once_more_changes_nothing(layer: Annotation) -> None:
    once = renamed(layer, RENAMES, NEW)
    assert renamed(once, RENAMES, NEW) == once
    results = rename_results(encode(layer, TASK, OLD), RENAMES, NEW)
    assert rename_results(results, RENAMES, NEW) == results


def said(layer: Annotation) -> list[tuple[object, ...]]:
    """The spans with their values; a null says only that an attribute is asked by now."""
    return [
        (s.id, s.label, s.fragments, {k: v for k, v in s.attributes.items() if v is not None})
        for s in layer.spans
    ]


@given(layers(), st.sets(st.sampled_from(PAIRS)))
@settings(max_examples=60)
def test_what_is_not_renamed_is_named(layer: Annotation, pairs: set[str]) -> None:
    """Nothing is dropped in silence: what is left can be read, or is named as lost."""
    try:
        some = parse_renames(sorted(pairs), NEW)
    except QuotemarkError:
        return  # such as a value of a label that is not renamed
    results = rename_results(encode(layer, TASK, OLD), some, NEW)
    if not list(losses(results, NEW)):
        found = decode(results, NEW_TASK, NEW, annotator="ann")
        assert not found.problems
        wanted = renamed(layer, some, NEW)
        assert said(found.annotation) == said(wanted)
        assert found.annotation.relations == wanted.relations


@given(layers(), st.data())
@settings(max_examples=60)
def test_the_configuration_between_takes_both(layer: Annotation, data: st.DataObject) -> None:
    """Whichever results of an annotation are rewritten already."""
    both = transitional(labeling_config(OLD), NEW)
    old = encode(layer, TASK, OLD)
    for results in (old, rename_results(old, RENAMES, NEW)):
        assert not [loss for loss in losses(results, both) if loss.kind != "relation"]
    assert {*controls(OLD), *controls(NEW)} <= set(controls(both))
    assert {*OLD.relations, *NEW.relations} <= set(both.relations)
    assert not [a for label in both.labels.values() for a in label.attributes.values() if a.when]
    labeling_config(both)


def test_relations_by_one_key_follow() -> None:
    toml = (
        HEAD.replace("{}", "{0}")
        + "[labels.{1}]\n[labels.B]\n[relations.{2}]\nhead = '{1}'\ntail = 'B'\n"
    )
    toml += "nearest = {{ before = '1' }}\n"
    old, new = (parse_scheme(toml.format(*names)) for names in ((1, "A", "r"), (2, "C", "q")))
    names = parse_renames(["A=C", "r=q"], new)
    key = {"id": "x", "from_name": "A--r", "type": "choices", "value": {"choices": ["before"]}}
    assert rename_results([key], names, new)[0]["from_name"] == "C--q"
    assert [loss.name for loss in losses([key], new)] == ["r"]
    assert {*links(old), *links(new)} <= set(links(transitional(labeling_config(old), new)))


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (["Stance"], "is no rename"),
        (["=Position"], "is no rename"),
        (["Stance=Nothing"], "has no 'Nothing'"),
        (["Quote=Position"], "still has 'Quote'"),
        (["Speaker=Quote", "Quote=Speaker"], "still has"),
        (["Stance=Position", "Stance=Quote"], "would become Position as well"),
        (["Stance.polarity=Position.side"], "has no label 'Stance'"),
        (["Quote.form=manner"], "the new name is not one of Quote"),
        (["Quote.form=Quote.nothing"], "has no attribute 'nothing'"),
        (["Quote.manner=Quote.manner"], "still has 'manner'"),
        (["Quote.form=Quote.manner", "Quote.kind=Quote.manner"], "would both become manner"),
        (["Quote.manner:indirect=nothing"], "leads to no value"),
        (["Quote.manner:direct=other"], "still has 'direct'"),
        (["Quote.form:indirect=other"], "has no attribute 'form'"),
    ],
)
def test_renames_that_make_no_sense(pairs: list[str], message: str) -> None:
    with pytest.raises(QuotemarkError, match=message):
        parse_renames(pairs, NEW)


def test_two_names_may_become_one() -> None:
    names = parse_renames(["Opinion=Position", "Stance=Position", "a=source", "b=source"], NEW)
    spans = (Span("x", "Opinion", ((0, 1),)), Span("y", "Stance", ((1, 2),)))
    arrows = (Relation("a", "x", "y"), Relation("b", "x", "y"))
    found = renamed(Annotation("a", "", "ann", spans, arrows), names, NEW)
    assert [span.label for span in found.spans] == ["Position", "Position"]
    assert found.relations == (Relation("source", "x", "y"),)


def test_two_values_for_one_name_are_refused() -> None:
    names = parse_renames(["Quote.form=Quote.manner"], NEW)
    both = {"form": "direct", "manner": "other"}
    layer = Annotation("a", "", "ann", (Span("x", "Quote", ((0, 1),), both),))
    with pytest.raises(QuotemarkError, match="manner would be 'direct' and 'other'"):
        renamed(layer, names, NEW)
    results = [
        {"id": "x", "from_name": f"Quote-{name}", "type": "choices", "value": {"choices": [value]}}
        for name, value in both.items()
    ]
    with pytest.raises(QuotemarkError, match="Quote-manner would be both"):
        rename_results(results, names, NEW)
    results[1]["value"] = {"choices": ["direct"]}
    assert [r["from_name"] for r in rename_results(results, names, NEW)] == ["Quote-manner"]


def test_without_renames_nothing_changes() -> None:
    layer = Annotation("a", "", "ann", (Span("x", "Stance", ((0, 1),)),), scheme=OLD.id)
    assert renamed(layer, Renames(), NEW) is layer
    assert rename_results([{"from_name": "label"}], Renames(), NEW) == [{"from_name": "label"}]


def test_what_is_lost_is_counted() -> None:
    scheme: Scheme = NEW
    value = {"choices": ["direct", "other"]}
    results = [
        {"id": "x", "from_name": "Quote-manner", "type": "choices", "value": value},
        {"id": "x", "from_name": "strange", "type": "choices", "value": value},
        "no result",
    ]
    names = [f"{loss.kind} {loss.name}" for loss in losses(results, scheme)]
    assert names == ["control strange", "attribute Quote.manner with several values"]


def test_a_condition_that_is_new_hides_nothing_in_silence() -> None:
    toml = HEAD.format(1) + "[labels.A]\n[labels.A.attributes.x]\ntype = 'choice'\n"
    toml += "values = ['yes', 'no']\n[labels.A.attributes.y]\ntype = 'text'\n"
    old = parse_scheme(toml)
    new = parse_scheme(toml + "when = { attribute = 'x', value = 'yes' }\n")
    names = narrowed(labeling_config(old), new, Renames())
    assert names == {"A.y"}
    assert not narrowed(labeling_config(new), new, Renames())

    def results(value: str) -> list[dict[str, Any]]:
        said = {"A-x": {"choices": [value]}, "A-y-typed": {"text": ["words"]}}
        return [{"id": "r", "from_name": name, "value": given} for name, given in said.items()]

    assert not list(losses(results("yes"), new, names))
    assert [loss.name for loss in losses(results("no"), new, names)] == ["A.y where x is not yes"]
    assert not list(losses(results("no"), new))
    assert not narrowed(labeling_config(OLD), NEW, RENAMES)  # the same condition, renamed
    assert not narrowed(labeling_config(transitional(labeling_config(OLD), NEW)), NEW, RENAMES)
