"""Other people's projects on a real server, labelled in a real browser, and their exports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quotemark.labelstudio.studio import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

FORMATS = {"JSON": "", "JSON_MIN": "-min"}

ARTICLE = "😀 Ana Brandt said:\r\n“The  old ferry must go”, and left.\n\nThe mayor 🙂 disagreed."
PAGE = """<!doctype html><html><head><title>Ferry</title><style>p {color: #333}</style></head>
<body>
<!-- a comment -->
<h1>Ferry &amp; 😀 tolls</h1>
<p>“The old
 ferry must go”,<br>said <b>Ana Brandt</b>.</p>
<script>var x = 1;</script><table><tr><td>The mayor</td><td>disagreed 🙂 today.</td></tr></table>
<pre>One
  two</pre><ul><li>First<li>Second</ul></body></html>
"""
DIALOGUE = [
    {"author": "Ana Brandt", "text": "😀 The old  ferry must go.\nIt is unsafe.", "at": "9:00"},
    {"author": "Mayor", "text": "I  disagree 🙂 with her."},
    {"author": "Ana Brandt", "text": "Then I leave."},
]


@dataclass(frozen=True, slots=True)
class Project:
    """A labelling configuration, a task's data, and what is marked: a label's key, and words.

    `…` in the words stands for all that is between.
    """

    config: str
    data: Mapping[str, Any]
    marks: tuple[tuple[str, str], ...]
    root: str = ""


def _config(labels: str, shown: str, more: str = "") -> str:
    keys = '<Label value="Claim" hotkey="q"/><Label value="Person" hotkey="s"/>'
    name = re.search(r'name="(\w+)"', shown)
    to = name[1] if name else ""
    opened = f'<{labels} name="ner" toName="{to}">{keys}</{labels}>'
    return f"<View>{opened}<{shown}/>{more}</View>"


PAGE_MARKS = (
    ("q", "“The old\n ferry must go”"),
    ("s", "Ana Brandt"),
    ("s", "The mayor"),
    ("q", "disagreed 🙂 today"),
    ("s", "tolls"),
    ("q", "must go…said"),
    ("q", "One\n  two"),
    ("q", "First…Second"),
)
MOOD = (
    '<Choices name="mood" toName="body" perRegion="true">'
    '<Choice value="calm"/><Choice value="angry"/></Choices>'
    '<Relations><Relation value="made_by"/></Relations>'
)
HYPERTEXT = 'HyperText name="page" value="$html" granularity="symbol"'
PROJECTS = {
    "text": Project(
        _config("Labels", 'Text name="body" value="$article" granularity="symbol"', MOOD),
        {"article": ARTICLE, "url": "https://news.example/1"},
        (
            ("q", "“The  old ferry must go”"),
            ("s", "Ana Brandt"),
            ("s", "The mayor"),
            ("q", "disagreed"),
        ),
        ".lsf-htx-richtext",
    ),
    "hypertext": Project(_config("HyperTextLabels", HYPERTEXT), {"html": PAGE}, PAGE_MARKS),
    "hypertext-inline": Project(
        _config("HyperTextLabels", f'{HYPERTEXT} inline="true"'),
        {"html": PAGE},
        PAGE_MARKS,
        ".lsf-htx-richtext",
    ),
    "paragraphs": Project(
        _config("ParagraphLabels", 'Paragraphs name="talk" value="$dialogue" layout="dialogue"'),
        {"dialogue": DIALOGUE, "title": "The ferry"},
        (
            ("q", "The old  ferry must go"),
            ("q", "It is unsafe"),
            ("q", "disagree 🙂 with"),
            ("s", "her"),
            ("q", "with her.…Then I"),
        ),
        "phrases",
    ),
}

POINTS = """([root, words]) => {
  let place = root ? document.querySelector(root) : document.body;
  if (root === 'phrases') {
    const phrases = [...document.querySelectorAll('[data-testid^="phrase:"]')];
    place = phrases[0];
    while (!place.contains(phrases[phrases.length - 1])) place = place.parentElement;
  }
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let all = '';
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push([node, all.length]);
    all += node.data;
  }
  const [first, last] = [words.split('…')[0], words.split('…').pop()];
  const from = all.indexOf(first);
  const to = all.indexOf(last, first === last ? from : from + first.length) + last.length;
  if (from < 0 || to < from) throw new Error('not in the text: ' + words);
  const range = document.createRange();
  for (const [node, at] of nodes) {
    const end = at + node.data.length;
    if (from >= at && from < end) range.setStart(node, from - at);
    if (to > at && to <= end) range.setEnd(node, to - at);
  }
  range.startContainer.parentElement.scrollIntoView({block: 'center'});
  const boxes = range.getClientRects(), a = boxes[0], b = boxes[boxes.length - 1];
  return [a.left + 0.5, a.top + a.height / 2, b.right - 0.5, b.top + b.height / 2];
}"""
"""Where words begin and end on the screen."""


def log_in(page: Page, server: Studio) -> None:
    page.goto(f"{server.url}/user/login")
    page.fill("[name=email]", server.username)
    page.fill("[name=password]", server.password)
    page.click("[type=submit]")
    page.wait_for_url(lambda url: "/user/login" not in url)


def annotate(page: Page, server: Studio, client: Any, name: str) -> int:
    """Make a project, mark in it what is to be marked, and submit; the project's number."""
    given = PROJECTS[name]
    project = client.projects.create(title=f"Theirs: {name}", label_config=given.config)
    client.projects.import_tasks(project.id, request=[{"data": given.data}])
    page.goto(f"{server.url}/projects/{project.id}/data?labeling=1")
    ready = "window.Htx?.annotationStore?.selected?.objects?.every(o => o.isReady)"
    page.wait_for_function(ready, timeout=60_000)
    page.wait_for_timeout(500)
    for key, words in given.marks:
        count = "window.Htx.annotationStore.selected.regions.length"
        before = page.evaluate(count)
        page.keyboard.press("Escape")
        page.keyboard.press(key)
        left, top, right, bottom = _spot(page, given.root, words)
        page.mouse.move(left, top)
        page.mouse.down()
        page.mouse.move((left + right) / 2, (top + bottom) / 2, steps=4)
        page.mouse.move(right, bottom, steps=4)
        page.mouse.up()
        page.wait_for_function(f"{count} > {before}")
    with page.expect_response(
        lambda r: "/annotations" in r.url and r.request.method in ("POST", "PATCH")
    ) as answer:
        page.locator("button", has_text=re.compile("^Submit$")).click()
    assert answer.value.ok
    return int(project.id)


def _spot(page: Page, root: str, words: str) -> tuple[float, float, float, float]:
    if root:
        left, top, right, bottom = page.evaluate(POINTS, [root, words])
        return left, top, right, bottom
    element = page.query_selector("iframe.lsf-htx-richtext, iframe[name=page]")
    assert element
    frame: Frame | None = element.content_frame()
    assert frame
    left, top, right, bottom = frame.evaluate(POINTS, [root, words])
    box = element.bounding_box()
    assert box
    return left + box["x"], top + box["y"], right + box["x"], bottom + box["y"]


def export(server: Studio, project: int, format: str) -> Any:
    """A project's export, as its page *Export* gives it."""
    import httpx

    answer = httpx.get(
        f"{server.url}/api/projects/{project}/export?exportType={format}",
        headers={"Authorization": f"Token {server.token}"},
        timeout=60,
        trust_env=False,
    )
    return answer.raise_for_status().json()


def answer_by_api(server: Studio, client: Any, project: int) -> None:
    """A second task in the project `text`: a relation, an answer of a region, a skip, a guess."""
    text = "🙂 “No”, said Bo."

    def region(name: str, words: str, label: str) -> dict[str, Any]:
        start = text.index(words)
        value = {"start": start, "end": start + len(words), "text": words, "labels": [label]}
        return {"id": name, "from_name": "ner", "to_name": "body", "type": "labels", "value": value}

    claim, person = region("c1", "“No”", "Claim"), region("p1", "Bo", "Person")
    place = {key: claim["value"][key] for key in ("start", "end", "text")}
    mood = {
        **claim,
        "from_name": "mood",
        "type": "choices",
        "value": {**place, "choices": ["calm"]},
    }
    arrow = {"type": "relation", "from_id": "c1", "to_id": "p1", "direction": "right"}
    guess = {"model_version": "guesser", "result": [person]}
    request = [{"data": {"article": text, "url": "https://news.example/2"}, "predictions": [guess]}]
    client.projects.import_tasks(project, request=request)
    task = max(task.id for task in client.tasks.list(project=project))
    results = [claim, mood, person, {**arrow, "labels": ["made_by"]}]
    client.annotations.create(task, result=results)
    client.annotations.create(task, result=[person], was_cancelled=True)
