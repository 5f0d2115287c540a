"""release.json: what a release is, and all that its card and metadata are made of."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from quotemark.errors import error
from quotemark.formats import MANIFEST as MANIFEST
from quotemark.formats import SUMS as SUMS

FORMAT, VERSION = "quotemark-release", 1

CARD, CROISSANT = "README.md", "croissant.json"
SCHEME, GUIDELINES = "scheme.toml", "GUIDELINES.md"

PARTS = ("train", "dev", "test")
WHOLE = "all"
"""The part that everything is in where there are no splits."""

NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,63})@([A-Za-z0-9][A-Za-z0-9._+-]{0,31})")
DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Place(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A document, the part that it is in, and the cluster that must stay on one side."""

    id: str
    text_sha256: str
    part: str
    cluster: int


class Splits(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How documents came to their parts; `kept_from` is the release that others were kept from."""

    fractions: list[float]
    seed: int
    group_by: str
    shingle: int
    near: float
    kept_from: str


class Count(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How many spans of a label, or of one value of an attribute of it, a part has."""

    part: str
    label: str
    group: str
    spans: int


class Size(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How long the texts of a part are, in tokens (`unicode-words`) and code points."""

    part: str
    tokens: int
    code_points: int


class Share(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How much of an annotator's work the agreement is over."""

    annotator: str
    documents: int
    spans: int


class AgreementRow(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One measure of agreement, its annotators by pseudonyms."""

    annotators: list[str]
    measure: str
    label: str
    value: float | None
    low: float | None
    high: float | None
    items: int
    documents: int


class Manifest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What release.json holds. `gold` is the content hash that signatures of scores carry.

    `origins` has how many of the annotators' spans were made by hand, kept or changed from a
    pre-annotation, as far as it is known; `about` and `limits` are the publisher's own words.
    """

    format: str
    format_version: int
    name: str
    version: str
    license: str
    date: str
    quotemark: str
    gold: str
    scheme: str
    scheme_sha256: str
    guidelines_sha256: str
    texts: bool
    parquet: bool
    splits: Splits | None
    annotators: list[str]
    shares: list[Share]
    origins: dict[str, int]
    adjudicator: str
    decisions: dict[str, int]
    sizes: list[Size]
    counts: list[Count]
    agreement: list[AgreementRow]
    about: str
    limits: str
    documents: list[Place]

    @property
    def id(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def parts(self) -> list[str]:
        """The parts that have a document, in the order of `PARTS`."""
        found = {place.part for place in self.documents}
        return [part for part in (WHOLE, *PARTS) if part in found]


def parse_name(text: str) -> tuple[str, str]:
    """A release's name and version, from `NAME@VERSION`. Raises `QuotemarkError`.

    >>> parse_name("nk-talks@1.0")
    ('nk-talks', '1.0')
    """
    found = NAME.fullmatch(text)
    if not found:
        remedy = "give NAME@VERSION of letters, digits and . _ -, such as talks@1.0"
        raise error("release-name", f"{text!r} names no release", remedy)
    return found[1], found[2]


def encode(manifest: Manifest) -> bytes:
    """The bytes of release.json. Raises `QuotemarkError` for what UTF-8 cannot hold."""
    try:
        data = msgspec.json.encode(manifest, order="deterministic")
    except UnicodeEncodeError as failure:
        message = f"{failure.object!r} has a lone surrogate, which release.json cannot hold"
        raise error("release", message, "mend this id or name") from None
    return msgspec.json.format(data, indent=1) + b"\n"


def decode(data: bytes, file: Path) -> Manifest:
    """The manifest that release.json holds. Raises `QuotemarkError` naming what is wrong."""
    try:
        found = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as failure:
        remedy = "name a folder of quotemark gold freeze"
        raise error("release", f"is no release's: {failure}", remedy, file=file) from None
    if (found.format, found.format_version) != (FORMAT, VERSION):
        message = f"is {found.format} {found.format_version}, not {FORMAT} {VERSION}"
        raise error("release", message, "use the quotemark that made it", file=file)
    return found
