"""Read a release: its manifest and corpus, from the JSON Lines of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from quotemark.errors import error
from quotemark.files import read_bytes
from quotemark.formats import MANIFEST, RELEASE, read
from quotemark.model import Corpus
from quotemark.release.manifest import Manifest, decode


@dataclass(frozen=True)
class Release:
    """A release that was read: what it says of itself, and its gold."""

    manifest: Manifest
    corpus: Corpus


def claims_to_be(folder: Path) -> bool:
    """Whether a folder has one, at least, of the two files by which a release is known.

    >>> claims_to_be(Path("nowhere"))
    False
    """
    return any((folder / name).exists() for name in RELEASE)


def read_release(folder: Path) -> Release:
    """The release in a folder; `verify` says whether it is as it was frozen.

    Raises `QuotemarkError` for what is no release, and for data that cannot be read.
    """
    if not claims_to_be(folder):
        raise error("release", "is no release", "name a folder of gold freeze", file=folder)
    manifest = decode(read_bytes(folder / MANIFEST), folder / MANIFEST)
    files = [folder / "data" / f"{part}.jsonl" for part in manifest.parts]
    return Release(manifest, read(*files))
