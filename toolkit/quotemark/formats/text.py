"""Plain text: the whole file is the article."""

from __future__ import annotations

from pathlib import Path

from quotemark.formats import ReadOptions
from quotemark.formats.article import read_article
from quotemark.model import Corpus


def read(path: Path, options: ReadOptions | None = None) -> Corpus:
    """Read a .txt file (`-`: standard input) into a corpus of one document.

    The text is the file's, line ends and all, without its byte order mark.
    `quotemark.offsets.file_offsets(doc.text, doc.meta["encoding"])` leads back to its bytes.
    Raises `QuotemarkError` for a binary or undecodable file and for a broken sidecar.
    """
    return read_article(path, options or ReadOptions(), lambda text, path: (text, {}))
