"""The annotator's comfort in a real browser: keys, order, drafts, long articles, odd characters.

Pictures are kept in out/screens, to be looked at.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from quotemark.extractors import extractor
from quotemark.labelstudio.guidelines import guide, instruction
from quotemark.labelstudio.remote import pull, push
from quotemark.labelstudio.studio import Studio
from quotemark.model import Annotation, Document
from quotemark.scheme import default_path, default_scheme
from quotemark.tasks import Task, split
from quotemark.validate import check
from support.screen import (
    drag,
    link,
    mark,
    picture,
    ready,
    region,
    save,
    select,
    select_what_is_made,
    start,
    window,
    words_of,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.live, pytest.mark.browser]

SCHEME = default_scheme()
ARTICLE = Path(__file__).parents[2] / "annotations/pompeo-north-korea/pompeo-north-korea.txt"
CONTRAST = (Path(__file__).parents[1] / "support" / "contrast.js").read_text(encoding="utf-8")


def pushed(server: Studio, project: str, tasks: list[Task]) -> int:
    where: dict[str, Any] = {"url": server.url, "token": server.token, "scheme": SCHEME}
    return push(tasks, project=project, **where).project


def pulled(server: Studio, project: int) -> list[Annotation]:
    where: dict[str, Any] = {"url": server.url, "token": server.token, "scheme": SCHEME}
    return list(pull(project=project, **where).corpus)


def test_relations_by_keys_alone(server: Studio, page: Page) -> None:
    text = 'Ana Ruiz said: "We will not go". "Not today", Bo Lund added.\n'
    number = pushed(server, "Keys", split(Document("keys", text), scheme=SCHEME.id))
    start(page, server, number)
    select_what_is_made(page)
    mark(page, "q", '"We will not go"')
    for key in ("1", "4", "b", "Shift+B", "Escape"):  # its speaker and cue are still to come
        page.keyboard.press(key)
    mark(page, "t", "We will not")
    page.keyboard.press("i")
    page.keyboard.press("Escape")
    mark(page, "q", '"Not today"')
    for key in ("b", "a", "Shift+A"):  # a slip of the finger is mended by the right key
        page.keyboard.press(key)
    picture(page, "keys")
    page.keyboard.press("Escape")
    for key, words in (("s", "Ana Ruiz"), ("c", "said"), ("s", "Bo Lund"), ("c", "added")):
        mark(page, key, words)
        page.keyboard.press("Escape")
    save(page, "Submit")
    (layer,) = pulled(server, number)
    name = {span.id: span.surface(text) for span in layer.spans}
    assert {(name[r.head], r.label, name[r.tail]) for r in layer.relations} == {
        ('"We will not go"', "said_by", "Ana Ruiz"),
        ('"We will not go"', "cued_by", "said"),
        ('"Not today"', "said_by", "Bo Lund"),
        ('"Not today"', "cued_by", "added"),
        ("We will not", "expressed_in", '"We will not go"'),
    }


def test_a_region_deleted_undone_and_given_another_label(server: Studio, page: Page) -> None:
    text = 'Ana Ruiz said: "We will not go".\n'
    number = pushed(server, "Undo", split(Document("undo", text), scheme=SCHEME.id))
    start(page, server, number)
    mark(page, "s", "Ana Ruiz")
    mark(page, "c", '"We will not go"')
    select(page, '"We will')
    page.keyboard.press("q")  # with the region selected, a label's key changes its label
    page.keyboard.press("Escape")
    link(page, '"We will', "Ana Ruiz")
    select(page, "Ana Ruiz")
    page.keyboard.press("Backspace")
    assert words_of(page) == ['"We will not go"']
    page.keyboard.press("Control+z")
    page.wait_for_function("document.querySelectorAll('.htx-highlight').length === 2")
    mark(page, "c", "said")
    page.keyboard.press("Control+z")
    page.wait_for_function("document.querySelectorAll('.htx-highlight').length === 2")
    save(page, "Submit")
    (layer,) = pulled(server, number)
    labels = {span.label: span for span in layer.spans}
    assert {name: span.surface(text) for name, span in labels.items()} == {
        "Speaker": "Ana Ruiz",
        "Quote": '"We will not go"',
    }
    (said_by,) = layer.relations
    assert said_by.label == "said_by"
    assert (said_by.head, said_by.tail) == (labels["Quote"].id, labels["Speaker"].id)


def test_an_edge_dragged_past_an_emoji_is_pulled_as_it_is_seen(server: Studio, page: Page) -> None:
    """Label Studio puts an edge one place too far for each emoji before it; check finds it."""
    text = "😀 One two three.\n\nShe 😀 said 😀 four five six."
    number = pushed(server, "Emoji", split(Document("emoji", text), scheme=SCHEME.id))
    start(page, server, number)
    mark(page, "c", "four five")
    mark(page, "s", "two")
    select(page, "two")
    drag(page, "two", 1, "three", end=True)
    page.keyboard.press("Escape")
    select(page, "four five")
    drag(page, "four five", 0, "said")
    picture(page, "emoji")
    seen = words_of(page)
    save(page, "Submit")
    (layer,) = pulled(server, number)
    assert [span.surface(text) for span in layer.spans] == seen
    assert seen[0] == "two three"
    found = check(layer, Document("emoji", text), SCHEME)
    crooked = {p.where.item for p in found if p.code.startswith("edge-")}
    assert crooked == {span.id for span in layer.spans if span.label == "Cue"}
    (address,) = {problem.link for problem in found}
    page.goto(address)  # where it can be mended
    ready(page)
    page.wait_for_selector(".htx-highlight")
    assert key(page) == f"emoji:0-{len(text)}"
    assert words_of(page) == seen


def test_what_was_not_submitted_is_there_again_and_a_skip_is_told(
    server: Studio, browser: Browser
) -> None:
    doc = Document("draft", "She said no.\n")
    number = pushed(server, "Draft", split(doc, scheme=SCHEME.id))
    with window(browser, server) as page:
        start(page, server, number)
        with page.expect_response(lambda r: "/drafts" in r.url and r.ok):
            mark(page, "c", "said")
    (draft,) = pulled(server, number)
    assert draft.status == "draft"
    assert [span.surface(doc.text) for span in draft.spans] == ["said"]
    with window(browser, server) as page:
        start(page, server, number)
        page.wait_for_selector(".htx-highlight")
        assert words_of(page) == ["said"]
        mark(page, "s", "She")
        save(page, "Skip")
    (skipped,) = pulled(server, number)
    assert skipped.status == "cancelled"
    assert [span.surface(doc.text) for span in skipped.spans] == ["She", "said"]


def test_tasks_come_in_the_order_of_documents_and_of_their_windows(
    server: Studio, page: Page
) -> None:
    """Also those that a later push adds; one that was skipped does not come back."""
    docs = [Document(name, "One.\n\nTwo.\n") for name in ("z", "a")]
    tasks = [task for doc in docs for task in split(doc, window=1, scheme=SCHEME.id)]
    number = pushed(server, "Order", tasks[:3])
    page.goto(f"{server.url}/projects/{number}/data")
    page.get_by_text("Label All Tasks").click()
    page.wait_for_selector(".qm-text .lsf-htx-richtext", timeout=60_000)
    seen = []
    for button in ("Submit", "Skip", "Submit"):
        seen.append(key(page))
        if len(seen) == 2:
            more = split(Document("m", "Three.\n"), scheme=SCHEME.id)
            assert pushed(server, "Order", [*more, *tasks]) == number
        save(page, button)
        page.wait_for_function(f"window.Htx.task?.dataObj.key !== '{seen[-1]}'")
    seen.append(key(page))
    assert seen[:3] == [task.key for task in tasks[:3]]
    assert seen[3] == "m:0-7"


def key(page: Page) -> str:
    page.wait_for_function("window.Htx?.task?.dataObj?.key")
    return str(page.evaluate("window.Htx.task.dataObj.key"))


def test_a_long_article_is_readable(server: Studio, browser: Browser, client: Any) -> None:
    """Labels and answers in sight, lines of 45 to 90 characters, contrast by WCAG AA."""
    text = "\n\n".join([ARTICLE.read_text(encoding="utf-8")] * 9)
    assert len(text.split()) > 5_000
    guess = extractor("rules").extract(Document("long", text), SCHEME)
    doc = Document("long", text, {"title": "A long article"})
    number = pushed(server, "Long", split(doc, predictions=[guess], scheme=SCHEME.id))
    html = instruction(default_path("GUIDELINES.md").read_text(encoding="utf-8"))
    assert guide(client, number, html) == "changed"
    assert guide(client, number, html) == "unchanged"  # the server stores it as it is
    for theme, width, height in (("Light", 1400, 900), ("Dark", 1280, 720)):
        with window(browser, server, width=width, height=height, theme=theme) as page:
            start(page, server, number)
            _is_readable(page, theme.lower(), height)


def _is_readable(page: Page, theme: str, height: int) -> None:
    last = page.locator(".qm-text .htx-highlight").last
    last.scroll_into_view_if_needed()
    across = page.locator(".lsf-main-content").evaluate("m => m.scrollWidth - m.clientWidth")
    assert across == 0
    box = page.locator(".qm-page .lsf-htx-richtext").nth(1).bounding_box()
    assert box
    assert 45 < box["width"] / 8 < 90  # a letter of 17 pixels is about 8 wide
    for label in SCHEME.labels:
        page.evaluate(
            "name => { const all = window.Htx.annotationStore.selected; all.unselectAll();"
            " all.selectArea(all.regions.findLast(r => r.labels.includes(name))) }",
            label,
        )
        page.wait_for_selector(f".qm-region:visible :text-is('{label}')")
        for place in (".qm-bar", ".qm-asking"):
            top = page.locator(place).bounding_box()
            assert top
            assert 0 <= top["y"] < height / 2
        contrast = page.evaluate(CONTRAST[CONTRAST.index("() =>") :])
        assert contrast["checked"] > 1_000
        assert contrast["found"] == []
        picture(page, f"long-{theme}-{label.lower()}")
    page.get_by_role("button", name="Instructions").click()
    page.wait_for_selector(".qm-guidelines h1:text-is('Annotation guidelines')")
    picture(page, f"guidelines-{theme}")
    page.keyboard.press("Escape")
    page.wait_for_selector(".qm-guidelines", state="detached")
    assert region(page, "Pompeo").count() == 1
