"""Guidelines as a project's instruction: HTML that Label Studio puts into its page unseen."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.guidelines import MOST, STYLE, instruction
from quotemark.scheme import default_path

TAGS = {f"h{n}" for n in range(1, 7)} | {"div", "p", "ul", "ol", "li", "blockquote", "pre", "code"}
MORE = {"em", "strong", "br", "hr", "table", "thead", "tbody", "tr", "th", "td"}
EMPTY = {"br", "hr"}


class Seen(HTMLParser):
    """What a browser takes HTML for: its tags, closed in order, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.open: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= set(attrs)
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def seen(text: str) -> Seen:
    found = Seen(instruction(text))
    assert found.open == []
    return found


PIECES = st.sampled_from(
    [
        *("# ", "- ", "1. ", "> ", "```\n", "\n", "\n\n", "| a | b |\n|---|---|\n", "***", "    "),
        *("<script>", "</p>", "<img src=x onerror=y>", "<!--", "-->", "&lt;", "&", "<br>", "`"),
        *('[a](javascript:x "t")', "[a](https://example.org/?a=1&b=<)", "![i](x.png)", "<b", '"'),
        *("*", "_", "words ", "😀", "\\", "<https://example.org>", "[x]: http://y.z\n", "[x]"),
    ]
)


@given(st.lists(PIECES | st.text(max_size=6), max_size=20).map("".join))
@settings(max_examples=300)
def test_nothing_but_plain_tags_comes_out_whatever_goes_in(text: str) -> None:
    found = seen(text)
    assert found.tags <= TAGS | MORE
    assert found.attributes <= {("class", STYLE)}


def test_html_is_shown_as_it_was_typed() -> None:
    found = seen("<script>alert(1)</script>\n\n<p onclick='x'>one</p> &amp; `<b>`")
    assert found.words == "<script>alert(1)</script><p onclick='x'>one</p> & <b>"
    assert found.tags == {"div", "p", "code"}


def test_a_link_is_its_words_and_where_it_leads() -> None:
    text = "[a](https://example.org/?b=1&c=2) <https://example.org/> [d](other.md) ![e](f.png)"
    assert seen(text).words == "a (https://example.org/?b=1&c=2) https://example.org/ d e"


def test_lines_are_those_of_blocks_only() -> None:
    html = instruction("one\ntwo  \nthree\n\n- a\n- b\n\n```\nc\n  d\n```\n")
    assert html == (
        f'<div class="{STYLE}"><p>one two<br>three</p><ul><li>a</li><li>b</li></ul>'
        "<pre>c\n  d\n</pre></div>"
    )


def test_the_own_guidelines_are_whole() -> None:
    text = default_path("GUIDELINES.md").read_text(encoding="utf-8")
    found = seen(text)
    assert "label-table" not in found.words
    assert found.tags >= {"table", "h1", "h2", "blockquote", "li", "br"}
    for heading in ("The labels", "Worked examples", "17. Two stances in one quote."):
        assert heading in found.words


def test_no_guidelines_are_no_instruction() -> None:
    assert instruction(" \n<!-- nothing yet -->\n") == ""


def test_guidelines_that_are_a_book_are_refused() -> None:
    assert instruction("a" * (MOST - 100))
    with pytest.raises(QuotemarkError, match="shorter page"):
        instruction("a" * MOST)
