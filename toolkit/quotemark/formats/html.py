"""Web pages: the text of the article in them, as inscriptis renders it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from quotemark.errors import Where, error
from quotemark.formats import ReadOptions
from quotemark.formats.article import read_article
from quotemark.formats.meta import checked
from quotemark.model import Corpus, Json

DROPPED = (
    *("script", "style", "noscript", "template", "nav", "aside", "footer", "form", "button"),
    *("iframe", "object", "svg", "math", "select", "textarea"),
    *("*[@hidden]", '*[@aria-hidden="true"]', '*[@role="navigation"]'),
)
"""Elements that are no part of what a reader reads, as XPath steps."""

DEEPEST = 200
"""Elements nested deeper keep their words but not their paragraphs: rendering is recursive."""

CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>", re.IGNORECASE)
XML_ENCODING = re.compile(rb"\A\s*<\?xml[^>]*encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)


def read(path: Path, options: ReadOptions | None = None) -> Corpus:
    """Read an .html file into a corpus of one document.

    The text is rendered from the page, so offsets are those of this text, not of the file. It
    is the page's longest `<article>`, else its `<main>`, else its body, without scripts,
    navigation and the like; paragraphs stand apart. The page's title and language are
    meta. Raises `QuotemarkError` for a binary or undecodable file.
    """
    return read_article(path, options or ReadOptions(), page_text, declared_charset)


def declared_charset(data: bytes) -> str | None:
    """The encoding that a page declares in its first 2,048 bytes, read as browsers do.

    A byte order mark wins, so there is none then. Browsers take Latin-1 and ASCII for Windows
    1252, and UTF-16, which could not be read up to here, for UTF-8 (WHATWG Encoding, HTML).

    >>> declared_charset(b'<meta charset="iso-8859-1">')
    'cp1252'
    """
    import codecs

    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    found = CHARSET.search(data[:2048]) or XML_ENCODING.search(data[:2048])
    if not found:
        return None
    try:
        name = codecs.lookup(found.group(1).decode("ascii", "replace")).name
    except LookupError:
        return None  # a page's misspelt charset is no reason to give up: detect it
    if name in ("iso8859-1", "ascii"):
        return "cp1252"
    return "utf-8" if name.startswith(("utf-16", "utf-32")) else name


def page_text(page: str, path: Path = Path()) -> tuple[str, dict[str, Json]]:
    """The text of a page's article, and the page's title and language.

    >>> page_text("<title>T</title><nav>Menu</nav><p>One<br>line.</p><p>Two &amp; three.</p>")
    ('One\\nline.\\n\\nTwo & three.\\n', {'title': 'T'})
    """
    from inscriptis import Inscriptis
    from inscriptis.css_profiles import STRICT_CSS_PROFILE
    from inscriptis.model.config import ParserConfig
    from lxml import etree, html

    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root: Any = html.document_fromstring(XML_DECLARATION.sub("", page), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return "", {}  # a page without any element or text
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        # The parser stops there, and what follows would be lost without a word.
        message, remedy = "is nested too deeply to be read", "save the article as plain text"
        raise error("html", message, remedy, file=path)
    title = " ".join("".join(root.xpath("(//title[not(ancestor::svg)])[1]//text()")).split())
    language = root.get("lang", "").strip()
    meta = {key: value for key, value in (("title", title), ("language", language)) if value}
    for element in root.xpath("|".join(f"//{step}" for step in DROPPED)):
        if element.getparent() is not None:
            element.drop_tree()
    content = _content(root)
    content.tail = None
    _flatten(content)
    text = Inscriptis(content, ParserConfig(css=STRICT_CSS_PROFILE)).get_text()
    return _tidy(text), checked(meta, Where(str(path)))


def _content(root: Any) -> Any:
    """The element that holds the article."""
    articles = root.xpath("//article[not(ancestor::article)]")
    if articles:
        content = max(articles, key=lambda a: len(a.text_content()))
        for nested in content.xpath(".//article"):  # comments, related stories
            if nested.getparent() is not None:
                nested.drop_tree()
        return content
    mains = root.xpath('//main | //*[@role="main"]')
    if mains:
        return mains[0]
    for header in root.xpath("//header[not(ancestor::header)]"):  # the site's, not an article's
        header.drop_tree()
    return root


def _flatten(content: Any) -> None:
    """Turn what lies too deep into plain text of its ancestor."""
    from lxml import etree

    depth = 0
    deep = []
    for event, element in etree.iterwalk(content, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start" and depth == DEEPEST:
            deep.append(element)
    for element in deep:
        words = " ".join(element.itertext())
        for child in list(element):
            element.remove(child)
        element.text = words


def _tidy(text: str) -> str:
    """No white space at line ends, one empty line at most, one line end at the end."""
    text = re.sub(r"[^\S\n]+\n", "\n", text)
    text = re.sub(r"\n{3,}", "\n\n", text).strip("\n")
    return f"{text}\n" if text else ""
