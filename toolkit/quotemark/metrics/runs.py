"""Saved runs: the counts of every document in one file, to show and compare without predictions.

A run is JSON. It holds the documents' ids once and, of every system, each row's counts by field,
one number a document: whole, or a fraction such as "3/2" where parts are counted. There is no
text and no prediction in it. docs/output.md describes every key.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import numpy as np

from quotemark.errors import QuotemarkError, error
from quotemark.files import STDIO, read_bytes
from quotemark.grounding.strings import StringCounts
from quotemark.metrics.counts import Number
from quotemark.metrics.kinds import kind_of
from quotemark.metrics.ledger import Ledger
from quotemark.metrics.names import parse
from quotemark.metrics.results import RATIOS, Row, ScoreReport

FORMAT, VERSION = "quotemark-run", 1
"""What the first key of a run says, and which version of the format this is."""

BEGIN = re.compile(rb'\s*\{\s*"format"\s*:\s*"quotemark-run"')
PART = re.compile(r"(\d{1,40})/([1-9]\d{0,39})\Z")

Natural = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Place = Natural
"""Where a document stands in the run's list, from 0."""

Ends = tuple[float, float] | None
Raw = TypeVar("Raw")


class RawRow(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    metric: str
    label: str
    kind: str
    counts: dict[str, list[Natural | str]]
    signature: str = ""
    slice: str = ""
    documents: list[Place] | None = None
    unscored: list[Place] = []
    intervals: dict[str, Ends] = {}


class RawSystem(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    system: str
    gold: str
    quotemark: str
    rows: list[msgspec.Raw]
    missing: list[str] = []
    extra: list[str] = []
    outside: dict[str, Natural] = {}
    unfinished: list[str] = []
    untexted: list[str] = []
    grounding: dict[str, tuple[Natural, Natural, Natural, Natural]] = {}
    resampling: str = ""
    remarks: list[str] = []
    beside: bool = False
    documents: list[Place] | None = None


class RawRun(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    version: int
    documents: list[str]
    systems: list[RawSystem]


class RawHead(msgspec.Struct):
    format: str = ""
    version: int = 0


def write_run(reports: Sequence[ScoreReport]) -> bytes:
    """The file of one or more systems' scores.

    >>> from quotemark import Corpus, score
    >>> write_run([score(Corpus(), Corpus(), metrics=["exact"])])[:40]
    b'{"format":"quotemark-run","version":1,"d'
    """
    return b"".join(run_chunks(reports))


def run_chunks(reports: Sequence[ScoreReport]) -> Iterator[bytes]:
    """What `write_run` gives, row by row, so that a large one is never in memory as a whole."""
    documents = sorted({doc for report in reports for doc in report.documents})
    places = {doc: place for place, doc in enumerate(documents)}
    head = {"format": FORMAT, "version": VERSION, "documents": documents}
    yield _encode(head)[:-1] + b',"systems":['
    for number, report in enumerate(reports):
        system = msgspec.to_builtins(_raw_system(report, places))
        del system["rows"]  # which come last
        yield (b"," if number else b"") + _encode(system)[:-1] + b',"rows":['
        for place, row in enumerate(report.rows):
            raw = msgspec.to_builtins(_raw_row(row, report, places))
            yield (b"," if place else b"") + _encode(raw)
        yield b"]}"
    yield b"]}\n"


def _encode(data: object) -> bytes:
    said = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return said.encode("utf-8", "backslashreplace")  # half an emoji is an escape in JSON


def is_run(path: Path) -> bool:
    """Whether a file begins as a run does; False for standard input. Raises `QuotemarkError`.

    >>> is_run(Path("README.md"))
    False
    """
    if path == STDIO or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return bool(BEGIN.match(file.read(256)))
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise error("file", reason, "name a readable file", file=path) from None


def read_run(path: str | Path) -> list[ScoreReport]:
    """The scores that a file (`-`: standard input) of `write_run` holds, one report a system.

    Raises `QuotemarkError` for a file that is no run, one of another version of the format, and
    one whose parts do not fit together.
    """
    path = Path(path)
    run = _decoded(read_bytes(path), path)
    try:
        if twice := [doc for doc, times in Counter(run.documents).items() if times > 1]:
            raise _MisfitError(f"document {twice[0]!r} is named twice")
        return [_report(system, tuple(run.documents)) for system in run.systems]
    except (ValueError, RecursionError) as failure:
        raise _bad(path, f"is broken: {failure}") from None
    except QuotemarkError as failure:  # a metric that is not known here
        raise _bad(path, failure.problems[0].message) from None


class _MisfitError(ValueError):
    """Parts of a run that do not fit together."""


def _bad(
    path: Path, message: str, remedy: str = "save it again with quotemark score --save"
) -> QuotemarkError:
    return error("run", message, remedy, file=path)


def _decoded(data: bytes, path: Path) -> RawRun:
    try:
        head = _decode(data, RawHead)
        if head.format == FORMAT and head.version != VERSION:
            raise _bad(path, f"is of version {head.version} of the format, not {VERSION}")
        if head.format == FORMAT:
            return _decode(data, RawRun)
    except (ValueError, RecursionError) as failure:
        if BEGIN.match(data):
            raise _bad(path, f"is broken: {failure}") from None
    raise _bad(path, "is no saved run", "name a file of quotemark score --save")


def _decode(data: bytes, kind: type[Raw]) -> Raw:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        if b"\\ud" not in data.lower():
            raise
    return msgspec.convert(_loaded(data), kind)  # perhaps half an emoji


def _loaded(data: bytes) -> object:
    """JSON as Python reads it, the rows of systems left as they are."""
    loaded = json.loads(data)
    systems = loaded.get("systems") if isinstance(loaded, dict) else None
    for system in systems if isinstance(systems, list) else ():
        if isinstance(system, dict) and isinstance(system.get("rows"), list):
            system["rows"] = [msgspec.Raw(_encode(row)) for row in system["rows"]]
    return loaded


def _raw_system(report: ScoreReport, places: dict[str, int]) -> RawSystem:
    return RawSystem(
        report.system,
        report.gold,
        report.version,
        [],
        list(report.missing),
        list(report.extra),
        dict(report.outside),
        list(report.unfinished),
        list(report.untexted),
        {
            label: (found.exact, found.normalized, found.altered, found.not_in_text)
            for label, found in report.grounding.items()
        },
        report.resampling,
        list(report.remarks),
        report.beside,
        [places[doc] for doc in report.documents] if len(report.documents) < len(places) else None,
    )


def _raw_row(row: Row, report: ScoreReport, places: dict[str, int]) -> RawRow:
    found = row.documents
    where = [places[doc] for doc in found.documents]
    numbers = found.counts[found.scored].T.tolist()
    return RawRow(
        str(row.metric),
        row.label,
        found.kind.__name__,
        {
            field: [_raw_number(number) for number in column]
            for field, column in zip(found.kind.FIELDS, numbers, strict=True)
        },
        row.signature,
        row.slice,
        where if len(where) < len(report.documents) else None,
        [place for place, scored in zip(where, found.scored, strict=True) if not scored],
        dict(row.intervals),
    )


def _raw_number(number: Number) -> int | str:
    return number.numerator if number.denominator == 1 else str(number)


def _report(raw: RawSystem, every: tuple[str, ...]) -> ScoreReport:
    own = _places(raw.documents, range(len(every)), raw.system)
    documents = tuple(every[place] for place in own)
    known = set(documents)
    for name in ("missing", "untexted"):
        if unknown := [doc for doc in getattr(raw, name) if doc not in known]:
            raise _MisfitError(f"{name} names {unknown[0]!r}, which is none of the documents")
    rows = tuple(_row(_decode(bytes(row), RawRow), own, every) for row in raw.rows)
    keys = Counter((str(row.metric), row.label, row.slice) for row in rows)
    if twice := [key for key, times in keys.items() if times > 1]:
        raise _MisfitError(f"{raw.system!r} has two rows {' '.join(twice[0]).strip()!r}")
    return ScoreReport(
        rows,
        documents,
        raw.gold,
        raw.quotemark,
        raw.system,
        tuple(raw.missing),
        tuple(raw.extra),
        raw.outside,
        tuple(raw.unfinished),
        tuple(raw.untexted),
        {label: StringCounts(*numbers) for label, numbers in raw.grounding.items()},
        raw.resampling,
        tuple(raw.remarks),
        raw.beside,
    )


def _places(given: list[int] | None, whole: Collection[int], name: str) -> Collection[int]:
    """Places among some others, each once; all of them where none are given."""
    if given is None:
        return whole
    known = set(whole)
    if len(set(given)) < len(given) or any(place not in known for place in given):
        raise _MisfitError(f"{name!r} has places of documents that are wrong: {given[:9]}")
    return given


def _row(raw: RawRow, own: Collection[int], every: tuple[str, ...]) -> Row:
    name = f"{raw.metric} {raw.label}"
    kind = kind_of(raw.kind, raw.counts)
    if kind is None:
        raise _MisfitError(
            f"{name!r} has counts of {list(raw.counts)} of the unknown kind {raw.kind!r}"
        )
    places = _places(raw.documents, own, name)
    left_out = set(_places(raw.unscored, places, name))
    scored = np.array([place not in left_out for place in places], dtype=bool)
    columns = [[_number(number, name) for number in column] for column in raw.counts.values()]
    for field, column in zip(kind.FIELDS, columns, strict=True):
        if len(column) != scored.sum():
            message = f"{name!r} has {len(column)} counts of {field} for {scored.sum()} documents"
            raise _MisfitError(message)
    broken = any(isinstance(number, Fraction) for column in columns for number in column)
    counts = np.zeros((len(places), len(kind.FIELDS)), dtype=object if broken else np.int64)
    counts[scored] = np.array(columns, dtype=counts.dtype).reshape(len(kind.FIELDS), -1).T
    if unknown := set(raw.intervals) - {*RATIOS[:2], kind.FIGURE}:
        raise _MisfitError(f"{name!r} has intervals of {sorted(unknown)}")
    ledger = Ledger(tuple(every[place] for place in places), kind, counts, scored)
    return Row(parse(raw.metric), raw.label, ledger, raw.signature, raw.slice, raw.intervals)


def _number(number: int | str, name: str) -> Number:
    if isinstance(number, int):
        return number
    found = PART.match(number)
    if not found:
        raise _MisfitError(f"{name!r} counts {number!r}, which is no fraction such as '3/2'")
    return Fraction(int(found[1]), int(found[2]))
