"""The guidelines inside a Label Studio project: behind its *Instructions* button, as HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml

from quotemark.errors import error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from label_studio_sdk import LabelStudio
    from markdown_it.token import Token

STYLE = "qm-guidelines"
"""The class by which screen.css lays the page out: the server strips every `style`."""

MOST = 200_000
"""Characters of HTML at most: the page is sent to the annotator with every task."""


_BEGIN = f'<div class="{STYLE}">'

Guided = Literal["changed", "unchanged", "kept"]
"""What became of a project's instruction."""


def instruction(text: str) -> str:
    """Guidelines in Markdown as the HTML of a project's instruction; empty where there are none.

    Label Studio puts this HTML into its page as it is. So HTML in the guidelines is shown as it
    was typed, but for `<br>` and for comments, which are left out. Links show where they lead but
    cannot be followed, since that would leave the task; an image becomes its description.
    Raises `QuotemarkError` where the page would be longer than `MOST`.

    >>> instruction("# Quote\\n\\nIt *counts*. <!-- not shown --> <b>")
    '<div class="qm-guidelines"><h1>Quote</h1><p>It <em>counts</em>.  &lt;b&gt;</p></div>'
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
    body = "".join(map(_html, tokens))
    if not body:
        return ""
    html = f"{_BEGIN}{body}</div>"
    if len(html) > MOST:
        message = f"the guidelines make {len(html)} characters of HTML, and {MOST} are the most"
        raise error("guidelines", message, "give the annotators a shorter page")
    return html


def guide(client: LabelStudio, project: int, html: str, *, replace: bool = False) -> Guided:
    """Put an instruction into a project, if it is not there already.

    What somebody has written there by hand is *kept*, unless it is to be replaced. Whether
    instructions open by themselves before the first task is left to the project's owner.
    """
    there = client.projects.get(project).expert_instruction or ""
    if there == html:
        return "unchanged"
    if there and not there.startswith(_BEGIN) and not replace:
        return "kept"
    client.projects.update(project, expert_instruction=html)
    return "changed"


def _html(token: Token) -> str:
    """A block's tag or its words, without the line breaks between blocks.

    Label Studio's editor would show these as empty lines. Only what is made here are tags.
    """
    if token.type == "inline":
        return _words(token.children or ())
    if token.type in ("fence", "code_block"):
        return f"<pre>{escapeHtml(token.content)}</pre>"
    if token.hidden:  # the paragraphs of a list whose items are not set apart
        return ""
    return f"</{token.tag}>" if token.nesting < 0 else f"<{token.tag}>"


def _words(tokens: Sequence[Token]) -> str:
    found = ""
    address, begun = "", 0
    for token in tokens:
        if token.type == "text":
            found += escapeHtml(token.content).replace("&lt;br&gt;", "<br>")
        elif token.type == "code_inline":
            found += f"<code>{escapeHtml(token.content)}</code>"
        elif token.type == "image":
            found += escapeHtml(token.content)
        elif token.type == "softbreak":
            found += " "
        elif token.type == "link_open":
            address, begun = escapeHtml(str(token.attrs["href"])), len(found)
        elif token.type == "link_close":
            web = address.startswith(("https://", "http://"))
            found += f" ({address})" if web and found[begun:] != address else ""
        else:
            found += f"</{token.tag}>" if token.nesting < 0 else f"<{token.tag}>"
    return found.strip()
