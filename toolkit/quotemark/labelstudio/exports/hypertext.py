"""Web pages, as the tag *HyperText* shows them: their words as one text, and places in it.

A browser gives a region's ends as XPaths of text nodes below the page's body with offsets inside
them, and also as offsets in all text nodes together, where `<br>` counts one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from quotemark.labelstudio.exports.places import UNITS, Source, Unit, Value, point, scales
from quotemark.model import Fragment
from quotemark.offsets import Offsets

REMOVED = ("script", "iframe", "textarea", "option", "noscript")
"""Elements that Label Studio takes away with all that is in them."""

UNSEEN = frozenset(("head", "style", "title"))
"""Elements whose text nodes count, but which nobody sees."""

PARAGRAPHS = ("blockquote", "dl", "figure", "ol", "p", "pre", "section", "table", "ul")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = (
    *("address", "article", "aside", "body", "center", "dd", "details", "div", "dt", "fieldset"),
    *("figcaption", "footer", "form", "header", "hr", "html", "li", "main", "nav", "summary", "tr"),
)
LINES = {**dict.fromkeys((*PARAGRAPHS, *HEADINGS), 2), **dict.fromkeys(BLOCKS, 1)}
"""Elements that stand apart, and the line breaks around them: 2 make an empty line."""

CELLS = ("td", "th")
KEPT = ("pre", "listing", "xmp")
"""Elements whose white space is shown as it is."""

WHITE = " \t\n\f"
STEP = re.compile(r"/(text\(\)|[a-z0-9_:-]+)(?:\[(\d{1,9})\])?", re.IGNORECASE)


def page(markup: str) -> Source:
    """A web page as a document: what it shows, block after block.

    White space is as a browser shows it: runs of it are one space, but in `<pre>`. List items,
    table rows and the like begin a line; paragraphs and headings stand between empty lines.

    >>> source = page("<h1>Toll</h1><p>“No”,<br> said <b>Ann</b>.</p><p>So <i>be</i> it.</p>")
    >>> source.text
    'Toll\\n\\n“No”,\\nsaid Ann.\\n\\nSo be it.'
    >>> name = "/p[1]/b[1]/text()[1]"
    >>> source.locate(
    ...     {"start": name, "startOffset": 0, "end": name, "endOffset": 3}, "utf-16"
    ... )
    [(17, 20)]
    >>> source.locate({"globalOffsets": {"start": 16, "end": 19}}, "code-points")
    [(17, 20)]
    """
    body = _body(markup)
    if body is None:
        return Source("", lambda value, unit: [])
    shown = _Shown()
    for event, element in _walk(body):
        shown.take(event, element)
    every = scales("".join(shown.counted))

    def locate(value: Value, unit: Unit) -> list[Fragment]:
        ends = [(value.get(name), value.get(f"{name}Offset")) for name in ("start", "end")]
        found = [shown.fragment(*(shown.place(body, *end, unit) for end in ends))]
        span = value.get("globalOffsets")
        if isinstance(span, dict):
            # They may count code points where the XPaths' offsets, beside them, count UTF-16.
            for other in (unit, *(u for u in UNITS if u != unit)):
                counts = [point(every[other], span.get(name)) for name in ("start", "end")]
                found.append(shown.fragment(*counts))
        return list(dict.fromkeys(place for place in found if place))

    return Source("".join(shown.parts), locate)


def is_page(value: Any) -> bool:
    """Whether a value of a task's data has the look of a web page.

    >>> is_page("<p>Yes.</p>"), is_page("1 < 2 > 0")
    (True, False)
    """
    return isinstance(value, str) and bool(re.search(r"<[a-zA-Z/!][^<>]*>", value))


def _body(markup: str) -> Any:
    """The body of a page, rid of what Label Studio takes away; None where there is none."""
    from lxml import etree, html

    markup = markup.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not re.search(r"<(html|head|body)\b", markup, re.IGNORECASE):
        markup = f"<html><body>{markup}</body></html>"  # else a paragraph is made of loose words
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root: Any = html.document_fromstring(markup, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    for element in root.xpath("|".join(f"//{name}" for name in REMOVED)):
        if element.getparent() is not None:
            element.drop_tree()
    for element in root.xpath("//template"):
        tail = element.tail
        element.clear()  # what is in it is no part of the page
        element.tail = tail
    for element in root.iter("pre", "listing"):
        if element.text:
            element.text = element.text.removeprefix("\n")  # browsers drop the first line break
    bodies = root.xpath("/html/body")
    return bodies[0] if bodies else None


def _walk(body: Any) -> Iterator[tuple[str, Any]]:
    from lxml import etree

    yield from etree.iterwalk(body, events=("start", "end"))


@dataclass(slots=True)
class _Shown:
    """A page's text while it is put together, and where its counted characters are in it.

    `counted` are the characters of all text nodes and `<br>`; `at` has for each its place in the
    text, or None where it is not shown. `nodes` has where a text node begins, and its text, by
    element and number among the element's text nodes; with number 0, where the element begins.
    """

    parts: list[str] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    at: list[int | None] = field(default_factory=list)
    nodes: dict[tuple[Any, int], tuple[int, str]] = field(default_factory=dict)
    scales: dict[tuple[Any, int], dict[Unit, Offsets]] = field(default_factory=dict)
    lines: int = 0
    gap: str = ""
    unseen: int = 0
    kept: int = 0

    def take(self, event: str, element: Any) -> None:
        """Go on with the beginning or the end of an element."""
        tag = str(element.tag).lower()
        step = 1 if event == "start" else -1
        self.lines = max(self.lines, LINES.get(tag, 0))
        self.unseen += step * (tag in UNSEEN)
        self.kept += step * (tag in KEPT)
        if event == "end":
            if tag in CELLS:
                self.gap = "\t"
            if tag != "body" and element.tail:
                self.words(element.getparent(), element.tail)
            return
        self.nodes[element, 0] = (len(self.counted), "")
        if tag == "br":
            self.counted.append("\n")
            self.at.append(None)
            self.lines += 1
        if element.text:
            self.words(element, element.text)

    def words(self, element: Any, text: str) -> None:
        """Go on with a text node of an element."""
        number = sum(1 for _, n in self.numbers(element)) + 1
        self.nodes[element, number] = (len(self.counted), text)
        self.counted += text
        for char in text:
            if self.unseen or (char in WHITE and not self.kept):
                self.gap = self.gap or (" " if not self.unseen else "")
                self.at.append(None)
                continue
            if self.parts:
                self.parts += "\n" * min(self.lines, 2) or self.gap
            self.lines, self.gap = 0, ""
            self.at.append(len(self.parts))
            self.parts.append(char)

    def numbers(self, element: Any) -> Iterator[tuple[Any, int]]:
        number = 1
        while (element, number) in self.nodes:
            yield element, number
            number += 1

    def place(self, body: Any, path: Any, offset: Any, unit: Unit) -> int | None:
        """The counted character that an XPath and an offset lead to."""
        key = _resolved(body, path) if isinstance(path, str) else None
        if key not in self.nodes:
            return None
        first, text = self.nodes[key]
        if not key[1]:  # an element: the offset counts all of the text in it
            text = "".join(self.counted[first:])
        inside = point(scales(text)[unit], offset)
        return None if inside is None else first + inside

    def fragment(self, start: int | None, end: int | None) -> Fragment | None:
        """What is shown of the counted characters from `start` to `end`."""
        if start is None or end is None:
            return None
        shown = [place for place in self.at[start:end] if place is not None]
        return (shown[0], shown[-1] + 1) if shown else None


def _resolved(body: Any, path: str) -> tuple[Any, int] | None:
    """The element that an XPath below the body leads to, and which of its text nodes (0: all)."""
    element, at = body, 0
    while at < len(path):
        step = STEP.match(path, at)
        if step is None:
            return None
        name, number, at = step[1].lower(), int(step[2] or 1), step.end()
        if name == "text()":
            return (element, number) if at == len(path) else None
        found = [child for child in element if str(child.tag).lower() == name]
        if number <= len(found) and number > 0:
            element = found[number - 1]
        elif name != "tbody":  # which browsers put into every table
            return None
    return element, 0
