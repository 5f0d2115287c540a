"""Put texts back into a release without them, each verified by its hash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from unicodedata import normalize

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import read_bytes
from quotemark.model import Corpus, Document, text_hash
from quotemark.release.assembling import assembled, refuse_existing, write_folder
from quotemark.release.checksums import digest
from quotemark.release.manifest import GUIDELINES, SCHEME, SUMS
from quotemark.release.reading import read_release
from quotemark.release.verifying import verify


def hydrate(folder: Path, texts: Corpus, output: Path) -> str:
    """Write a release with texts into a new folder; returns the SHA-256 of its checksums.

    `folder` is a release without texts, `texts` has the documents, by the release's ids. What
    comes of it is what `freeze` with texts would have written, as long as the documents have
    the same metadata. Raises `QuotemarkError` naming every text that is missing or differs,
    and in what if that explains it; for a release that is not sound or has its texts; and
    where something is at `output`. Then nothing is written.
    """
    refuse_existing(output)
    if problems := verify(folder):
        raise QuotemarkError(problems)
    release = read_release(folder)
    if release.manifest.texts:
        raise error("texts", "has its texts", "use it as it is", file=folder)
    found: dict[str, Document] = {}
    for place in release.manifest.documents:
        document = texts.documents.get(place.id)
        if document is None:
            remedy = "give the text under this id"
            problems.append(Problem(Where(doc=place.id), "no-text", "is not in the texts", remedy))
        elif document.sha256 != place.text_sha256:
            message = f"is another text: {difference(document.text, place.text_sha256)}"
            remedy = "find the version that was annotated"
            problems.append(Problem(Where(doc=place.id), "text-hash", message, remedy))
        else:
            found[place.id] = document
    if problems:
        raise QuotemarkError(problems)
    manifest = msgspec.structs.replace(release.manifest, texts=True)
    guidelines = read_bytes(folder / GUIDELINES) if manifest.guidelines_sha256 else None
    files = assembled(
        manifest,
        Corpus(found, release.corpus.annotations),
        scheme=read_bytes(folder / SCHEME),
        guidelines=guidelines,
    )
    write_folder(output, files)
    return digest(files[SUMS])


QUOTES = str.maketrans("“”„‟«»‘’‚‛", '""""""' + "''''")

MENDINGS: Mapping[str, Callable[[str], str]] = {
    "line ends: the release has LF": lambda t: t.replace("\r\n", "\n").replace("\r", "\n"),
    "line ends: the release has CRLF": lambda t: t.replace("\r\n", "\n").replace("\n", "\r\n"),
    "white space at the ends: the release has none": str.strip,
    "white space at the ends: the release has one line end there": lambda t: t.strip() + "\n",
    "white space at the ends of lines: the release has none": lambda t: "\n".join(
        line.rstrip() for line in t.split("\n")
    ),
    "white space: the release has plain spaces": lambda t: t.replace("\u00a0", " "),
    "quote marks: the release has straight ones": lambda t: t.translate(QUOTES),
    "Unicode: the release is in NFC": lambda t: normalize("NFC", t),
    "a byte order mark: the release has none": lambda t: t.removeprefix("\ufeff"),
}
"""What makes a text one that hashes as the release's: the only way to see how it differs."""


def difference(text: str, sha256: str) -> str:
    """In what a text differs from the one with a hash, if one thing, or two, explain it.

    >>> difference("One.\\r\\nTwo.", text_hash("One.\\nTwo."))
    'line ends: the release has LF'
    >>> difference("One.", text_hash("Two."))
    'in its words, or in more than line ends, white space and quote marks'
    """
    for one, mend in MENDINGS.items():
        if text_hash(mend(text)) == sha256:
            return one
    for one, mend in MENDINGS.items():
        mended = mend(text)
        for two, also in MENDINGS.items():
            if text_hash(also(mended)) == sha256:
                return f"{one}; {two}"
    return "in its words, or in more than line ends, white space and quote marks"
