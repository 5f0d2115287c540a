"""What the readers of single articles share: bytes, encoding, sidecar, one document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from quotemark.files import STDIO, read_bytes
from quotemark.formats import ReadOptions
from quotemark.formats.encoding import decode
from quotemark.formats.meta import read_sidecar
from quotemark.model import Corpus, Document, Json

Parse = Callable[[str, Path], tuple[str, dict[str, Json]]]
"""A file's text turned into an article's text and meta."""


def read_article(
    path: Path,
    options: ReadOptions,
    parse: Parse,
    declared: Callable[[bytes], str | None] = lambda data: None,
) -> Corpus:
    """One file as a corpus of one document.

    The id is the sidecar's (or the file's own), else the one that the folder gives, else the
    file's stem. The encoding is the option's, else the sidecar's, else what `declared` finds in
    the bytes, else detected. The sidecar's meta wins over the file's own.
    """
    data = read_bytes(path)
    beside = read_sidecar(path)
    encoding = options.encoding or beside.get("encoding") or declared(data)
    decoded = decode(data, file=path, declared=encoding)
    text, own = parse(decoded.text, path)
    meta = {**own, **beside, "encoding": decoded.encoding}
    if decoded.guessed:
        meta["encoding_guessed"] = True
    fallback = options.doc_id or ("stdin" if path == STDIO else path.stem)
    doc_id = str(meta.pop("id", None) or fallback)
    return Corpus({doc_id: Document(doc_id, text, meta)})
