"""An annotator's hands and eyes: what a browser does on Label Studio's labelling screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from quotemark.labelstudio.studio import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, StorageState

SHOTS = Path(__file__).parents[2] / "out" / "screens"
"""Where the pictures go that are taken on the way, to be looked at."""

_LOGINS: dict[str, StorageState] = {}
"""What a logged-in browser remembers, by the server's address."""

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


@contextmanager
def window(
    browser: Browser, server: Studio, *, width: int = 1400, height: int = 900, theme: str = "Light"
) -> Iterator[Page]:
    """A browser window of its own in which the server's first user is logged in."""
    known = _LOGINS.get(server.url)
    context = browser.new_context(viewport={"width": width, "height": height}, storage_state=known)
    context.add_init_script(f"localStorage.setItem('preferred-color-scheme', '{theme}')")
    page = context.new_page()
    if known is None:
        page.goto(f"{server.url}/user/login")
        page.fill("[name=email]", server.username)
        page.fill("[name=password]", server.password)
        page.click("[type=submit]")
        page.wait_for_url(lambda url: "/user/login" not in url)
        _LOGINS[server.url] = context.storage_state()
    yield page
    context.close()


def picture(page: Page, name: str) -> None:
    """Keep what the window shows."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(300)  # what fades in has come
    page.screenshot(path=SHOTS / f"{name}.png")


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


def drag(page: Page, words: str, handle: int, target: str, *, end: bool = False) -> None:
    """Drag a handle (0 left, 1 right) of the selected region to where words begin, or end."""
    left, top, right, bottom = page.evaluate(POINTS, target)
    x, y = (right + 2, bottom) if end else (left, top)
    box = region(page, words).locator("area").nth(handle).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(x + 10, y, steps=4)
    page.mouse.move(x, y, steps=4)
    page.mouse.up()


def words_of(page: Page) -> list[str]:
    """The words that are highlighted, in the order of the text; a region in one line is one."""
    script = "[...document.querySelectorAll('.qm-text .htx-highlight')].map(e => e.textContent)"
    found: list[str] = page.evaluate(script)
    return found


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
