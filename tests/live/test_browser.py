"""An annotator at work in a real browser, on a real server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from quotemark.labelstudio.remote import pull, push
from quotemark.labelstudio.studio import Studio
from quotemark.model import Annotation, Document, Entity, Relation, Span
from quotemark.scheme import default_scheme
from quotemark.tasks import split

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.live, pytest.mark.browser]

SCHEME = default_scheme()
TEXT = (
    "😀 A first line.\r\n\r\n"
    '"We  will not go", said 👩‍👩‍👧 the minister, "not today".\r\n\r\n'
    "She went."
)
ENTITIES = [{"id": "ruiz", "name": "Ana Ruiz"}, {"id": "asap", "name": "A$AP Rocky"}]
DOC = Document("browser", TEXT, {"title": "Not today", "entities": ENTITIES})

POINTS = """words => {
  const root = document.querySelector('.qm-text .lsf-htx-richtext');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(words);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + words.length);
    node.parentElement.scrollIntoView({block: 'center'});
    const boxes = range.getClientRects(), a = boxes[0], b = boxes[boxes.length - 1];
    return [a.left + 1, a.top + a.height / 2, b.right - 1, b.top + b.height / 2];
  }
  throw new Error('not in the text: ' + words);
}"""
"""Where words begin and end on the screen."""


@pytest.fixture
def page(server: Studio, browser: Browser) -> Iterator[Page]:
    """A browser window in which the server's first user is logged in."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.goto(f"{server.url}/user/login")
    page.fill("[name=email]", server.username)
    page.fill("[name=password]", server.password)
    page.click("[type=submit]")
    page.wait_for_url(lambda url: "/user/login" not in url)
    yield page
    context.close()


def start(page: Page, server: Studio, project: int) -> None:
    """Open a project's first task, as an annotator does."""
    page.goto(f"{server.url}/projects/{project}/data?labeling=1")
    ready(page)


def ready(page: Page) -> None:
    page.wait_for_selector(".qm-text .lsf-htx-richtext", timeout=60_000)
    page.wait_for_function("window.Htx?.annotationStore?.selected?.objects?.every(o => o.isReady)")


def mark(page: Page, key: str, words: str) -> None:
    """Press a label's hotkey and drag over words."""
    before = page.locator(".htx-highlight").count()
    page.keyboard.press(key)
    left, top, right, bottom = page.evaluate(POINTS, words)
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move((left + right) / 2, (top + bottom) / 2, steps=4)
    page.mouse.move(right, bottom, steps=4)
    page.mouse.up()
    page.wait_for_function(f"document.querySelectorAll('.htx-highlight').length > {before}")


def region(page: Page, words: str) -> Locator:
    """The region, the innermost of several, that has these words in it."""
    return page.locator(".qm-text .htx-highlight", has_text=words).last


def click(page: Page, words: str) -> None:
    """Click on a region's first letter: another region may lie inside it."""
    region(page, words).click(position={"x": 3, "y": 12})


def link(page: Page, head: str, tail: str) -> None:
    count = "window.Htx.annotationStore.selected.relationStore.size"
    before = page.evaluate(count)
    click(page, head)
    page.keyboard.press("Alt+r")
    click(page, tail)
    page.wait_for_function(f"{count} > {before}")
    page.keyboard.press("Escape")


def select(page: Page, words: str) -> None:
    click(page, words)
    page.wait_for_selector(".qm-region:visible")


def shown(page: Page, attribute: str) -> Locator:
    """The place where the selected region's attribute is asked."""
    heading = page.locator("h4", has_text=re.compile(rf"^{attribute}( \*)?$"))
    return page.locator(".qm-attribute:visible", has=heading)


def choose(page: Page, name: str) -> None:
    """Choose from the list of names that the selected region shows."""
    page.locator(".qm-region:visible .lsf-choices_layout_select button").first.click()
    page.get_by_role("option", name=name).click()


def resize(page: Page, words: str, shorter: str) -> None:
    """Drag the left handle of the selected region to where its last words begin."""
    left, top, _, _ = page.evaluate(POINTS, shorter)
    handle = region(page, words).locator("area").first.bounding_box()
    assert handle
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(left + 10, top, steps=4)
    page.mouse.move(left, top, steps=4)
    page.mouse.up()


def select_what_is_made(page: Page) -> None:
    """Switch on that a new region is selected, in the settings of the screen."""
    page.get_by_role("button", name="Settings", exact=True).last.click()
    name = page.get_by_text("Select region after creating it")
    switch = name.locator("xpath=ancestor::*[.//input][1]").locator("input").first
    switch.press("Space")  # by keys: it is covered by its picture
    page.wait_for_function("window.Htx.settings.selectAfterCreate")
    switch.press("Escape")
    name.wait_for(state="hidden")


def save(page: Page, button: str) -> None:
    with page.expect_response(
        lambda r: "/annotations" in r.url and r.request.method in ("POST", "PATCH")
    ) as answer:
        page.locator("button", has_text=re.compile(f"^{button}$")).click()
    assert answer.value.ok


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
    resize(page, "the minister", "minister")
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
