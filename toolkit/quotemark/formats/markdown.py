"""Markdown: the front matter is meta, the body verbatim is the article."""

from __future__ import annotations

from pathlib import Path

from quotemark.errors import Where, error
from quotemark.formats import ReadOptions
from quotemark.formats.article import read_article
from quotemark.formats.meta import checked
from quotemark.model import Corpus, Json


def read(path: Path, options: ReadOptions | None = None) -> Corpus:
    """Read a .md file into a corpus of one document.

    YAML front matter (between lines of `---`) gives the meta, as a sidecar does. The text is
    what follows it, markup included: nothing is rendered, so nothing is edited. Raises
    `QuotemarkError` where the front matter cannot be read.
    """
    return read_article(path, options or ReadOptions(), split_front_matter)


def split_front_matter(text: str, path: Path = Path()) -> tuple[str, dict[str, Json]]:
    """The body of a Markdown text, and the meta of its front matter; empty if there is none.

    A text that merely begins with a rule (`---`) is a body throughout.

    >>> split_front_matter("---\\ntitle: T\\n---\\nBody.\\n")
    ('Body.\\n', {'title': 'T'})
    """
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    handler = YAMLHandler()
    if not handler.detect(text):
        return text, {}
    try:
        front, body = handler.split(text)
    except ValueError:
        return text, {}  # only one delimiter
    try:
        # The loader in Python: the one in C dies of deep nesting.
        raw = handler.load(front, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as failure:
        reason = " ".join(str(failure).split())
        raise error("meta", f"front matter: {reason}", "mend the YAML", file=path) from None
    if not isinstance(raw, dict):
        return text, {}
    for end in ("\r\n", "\n", "\r"):  # the line end of the closing delimiter
        if body.startswith(end):
            body = body[len(end) :]
            break
    return body, checked(raw, Where(str(path)))
