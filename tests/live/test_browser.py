"""An annotator at work in a real browser, on a real server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from quotemark.labelstudio.remote import pull, push
from quotemark.labelstudio.studio import Studio
from quotemark.model import Annotation, Document, Entity, Relation, Span
from quotemark.scheme import default_scheme
from quotemark.tasks import split
from support.screen import (
    choose,
    drag,
    link,
    mark,
    ready,
    save,
    select,
    select_what_is_made,
    shown,
    start,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.live, pytest.mark.browser]

SCHEME = default_scheme()
TEXT = (
    "😀 A first line.\r\n\r\n"
    '"We  will not go", said 👩‍👩‍👧 the minister, "not today".\r\n\r\n'
    "She went."
)
ENTITIES = [{"id": "ruiz", "name": "Ana Ruiz"}, {"id": "asap", "name": "A$AP Rocky"}]
DOC = Document("browser", TEXT, {"title": "Not today", "entities": ENTITIES})


def at(words: str, nth: int = 0) -> tuple[int, int]:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return start, start + len(words)


def pulled(server: Studio, project: int) -> Annotation:
    where: dict[str, Any] = {"url": server.url, "token": server.token, "scheme": SCHEME}
    (layer,) = pull(project=project, **where).corpus
    return layer


def test_an_annotator_labels_links_and_submits(server: Studio, page: Page) -> None:
    where: dict[str, Any] = {"url": server.url, "token": server.token, "scheme": SCHEME}
    number = push(split(DOC, scheme=SCHEME.id), project="Labels by hand", **where).project
    start(page, server, number)
    mark(page, "q", '"We  will not go"')
    mark(page, "q", '"not today"')
    mark(page, "s", "the minister")
    mark(page, "c", "said")
    link(page, '"not today"', '"We  will not go"')
    link(page, '"We  will not go"', "the minister")
    link(page, '"not today"', "said")
    select(page, '"We  will not go"')
    page.keyboard.press("1")
    shown(page, "source").locator("label", has_text="mention").click()
    select(page, "the minister")
    choose(page, "Ana Ruiz")
    shown(page, "kind").locator("label", has_text="nominal").click()
    save(page, "Submit")
    layer = pulled(server, number)
    assert layer.annotator == server.username
    assert layer.status == "submitted"
    found = {(span.label, span.fragments): span.attributes for span in layer.spans}
    assert found == {
        ("Quote", (at('"We  will not go"'), at('"not today"'))): {
            "form": "direct",
            "source": "mention",
        },
        ("Speaker", (at("the minister"),)): {"entity": "Ana Ruiz", "kind": "nominal"},
        ("Cue", (at("said"),)): {},
    }
    labels = {span.id: span.label for span in layer.spans}
    arrows = {(r.label, labels[r.head], labels[r.tail]) for r in layer.relations}
    assert arrows == {("said_by", "Quote", "Speaker"), ("cued_by", "Quote", "Cue")}
    assert layer.entities == tuple(sorted(DOC.entities))


def test_what_an_annotator_leaves_alone_survives_an_edit(server: Studio, page: Page) -> None:
    """Ids, fragments, hidden meta and entities are as before; what was touched has changed."""
    quote = Span(
        "q#1",
        "Quote",
        (at('"We  will not go"'), at('"not today"')),
        {"form": "direct", "source": "elsewhere", "source_entity": ("A$AP Rocky", "Ana Ruiz")},
        0.5,
        {"decision": {"by": "rule"}, "comment": "Who?"},
    )
    speaker = Span(
        "s1", "Speaker", (at("the minister"),), {"entity": "Ana Ruiz", "kind": "nominal"}
    )
    before = Annotation(
        DOC.id,
        DOC.sha256,
        server.username,
        (quote, speaker, Span("c1", "Cue", (at("said"),))),
        (Relation("cued_by", "q#1", "c1"),),
        (*DOC.entities, Entity("zoe", "Zoë Roux", ("she",))),
        scheme=SCHEME.id,
        provenance={"guidelines": "1"},
    )
    where: dict[str, Any] = {"url": server.url, "token": server.token, "scheme": SCHEME}
    number = push(split(DOC, [before], scheme=SCHEME.id), project="Edits by hand", **where).project
    page.goto(f"{server.url}/projects/{number}/data")
    page.locator(".lsf-table__row-wrapper, .dm-table__row-wrapper").first.click()
    ready(page)
    select(page, '"We  will not go"')
    assert shown(page, "source_entity").get_by_text("A$AP Rocky").is_visible()
    page.keyboard.press("n")
    select(page, "the minister")
    field = shown(page, "entity").get_by_placeholder("Somebody else, then Enter")
    assert not shown(page, "source_entity").is_visible()
    page.locator(".qm-region:visible .lsf-choices_layout_select button").first.click()
    page.get_by_role("option", name="Ana Ruiz").click()
    field.fill("A new name")
    field.press("Enter")
    drag(page, "the minister", 0, "minister")
    save(page, "Update")
    layer = pulled(server, number)
    ways = {"origin": "manual"}
    assert layer.by_id["q#1"] == replace(quote, meta={**quote.meta, "unsure": True, **ways})
    assert layer.by_id["s1"].fragments == (at("minister"),)
    assert layer.by_id["s1"].attributes == {"entity": "A new name", "kind": "nominal"}
    assert layer.by_id["c1"] == Span("c1", "Cue", (at("said"),), meta=ways)
    assert layer.relations == before.relations
    new = Entity("a-new-name", "A new name")
    assert set(layer.entities) == {*before.entities, new}
    assert layer.provenance["guidelines"] == "1"


def test_a_suggestion_is_mended_and_a_stance_put_into_it(server: Studio, page: Page) -> None:
    """What an extractor suggests opens as work to go on with, and becomes the annotator's own."""
    words = '"We  will not go"'
    guess = Annotation(
        DOC.id,
        DOC.sha256,
        "guesser 1",
        (
            Span("q1", "Quote", (at(words),), {"form": "direct", "source": "not_stated"}),
            Span("c1", "Cue", (at("went"),)),
        ),
        status="predicted",
        scheme=SCHEME.id,
    )
    where: dict[str, Any] = {"url": server.url, "token": server.token, "scheme": SCHEME}
    tasks = split(DOC, predictions=[guess], scheme=SCHEME.id)
    number = push(tasks, project="Suggestions", **where).project
    start(page, server, number)
    select_what_is_made(page)
    select(page, "went")
    page.keyboard.press("Backspace")
    mark(page, "t", "will not")
    shown(page, "polarity").locator("label", has_text="oppose").click()  # of the new region
    target = shown(page, "target").get_by_placeholder("Something else, then Enter")
    target.fill("the journey")
    target.press("Enter")
    page.keyboard.press("Escape")
    link(page, '"We', "will not")  # from the wrong end, as happens
    save(page, "Submit")
    layer = pulled(server, number)
    assert (layer.annotator, layer.status) == (server.username, "submitted")
    assert layer.provenance["prediction_of"] == "guesser 1"
    quote, stance = layer.spans
    assert quote == replace(guess.by_id["q1"], meta={"origin": "prediction"})
    assert (stance.label, stance.fragments) == ("Stance", (at("will not"),))
    assert stance.attributes == {"polarity": "oppose", "target": "the journey", "holder": None}
    assert layer.relations == (Relation("expressed_in", stance.id, "q1"),)
