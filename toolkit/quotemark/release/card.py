"""The data card of a release: Markdown, made from its manifest."""

from __future__ import annotations

from collections.abc import Iterator

from quotemark.release.manifest import CROISSANT, GUIDELINES, MANIFEST, SCHEME, SUMS, Manifest
from quotemark.report.grid import Cell, to_markdown
from quotemark.report.plain import escape

KEPT = """\
Of the articles there are ids, SHA-256 hashes and offsets; no text, title or other metadata of them.
What the annotators said remains: labels, attributes, relations, and the canonical names,
aliases and topics in them. `quotemark gold hydrate` puts your own copy of the texts back,
verified by hash."""


def card(manifest: Manifest) -> bytes:
    """The card's bytes. What is stated nowhere is said to be so."""
    return "\n\n".join(part.rstrip("\n") for part in _parts(manifest)).encode() + b"\n"


def _parts(manifest: Manifest) -> Iterator[str]:
    yield f"# Data card: {escape(manifest.id)}"
    texts = "with their texts" if manifest.texts else "without their texts"
    yield (
        f"{_many(len(manifest.documents), 'document')} {texts}, annotated by scheme "
        f"{escape(manifest.scheme)}. Scores against this gold have `gold:{manifest.gold}` in "
        "their signatures. `quotemark gold verify` proves that every file is as it was frozen."
    )
    yield to_markdown(
        [
            {"what": "license", "is": manifest.license or "none stated"},
            {"what": "date", "is": manifest.date or "none stated"},
            {"what": "made with", "is": f"quotemark {manifest.quotemark}"},
        ]
    )
    yield "## Files"
    yield to_markdown([{"file": name, "what it is": what} for name, what in _files(manifest)])
    if not manifest.texts:
        yield KEPT
    yield "## What is in it"
    yield to_markdown(_counts(manifest)) or "There are no documents."
    yield "## Splits"
    yield _splits(manifest)
    yield "## Who made it"
    yield _people(manifest)
    yield "## Agreement"
    yield _agreement(manifest)
    yield "## Guidelines and scheme"
    yield (
        f"The scheme is {escape(manifest.scheme)}, SHA-256 `{manifest.scheme_sha256[:16]}…`. "
        + (
            f"The guidelines have SHA-256 `{manifest.guidelines_sha256[:16]}…`."
            if manifest.guidelines_sha256
            else "No guidelines were given."
        )
    )
    yield "## Known limits"
    yield manifest.limits or "None were stated. That does not mean that there are none."


def _files(manifest: Manifest) -> Iterator[tuple[str, str]]:
    for part in manifest.parts:
        yield f"data/{part}.jsonl", "gold in quotemark's native format, one document a line"
        if manifest.parquet:
            yield f"data/{part}.parquet", "the same as Parquet"
        yield f"spans/{part}.jsonl", "the spans alone as a flat table, one a line, for pandas"
    yield SCHEME, "labels, attributes and relations"
    if manifest.guidelines_sha256:
        yield GUIDELINES, "what the annotators went by"
    yield MANIFEST, "all that this card says, to be read by programs; the part of each document"
    yield CROISSANT, "metadata in the Croissant format"
    yield SUMS, "a checksum of every other file"


def _counts(manifest: Manifest) -> list[dict[str, Cell]]:
    parts = manifest.parts
    if not parts:
        return []
    documents = [sum(place.part == part for place in manifest.documents) for part in parts]
    rows = [("documents", "", documents)]
    found = {(c.label, c.group, c.part): c.spans for c in manifest.counts}
    for label, group in dict.fromkeys((c.label, c.group) for c in manifest.counts):
        rows.append((label, group, [found.get((label, group, part), 0) for part in parts]))
    table: list[dict[str, Cell]] = []
    for label, group, numbers in rows:
        line: dict[str, Cell] = {"label": label, "of them": group}
        line.update(zip(parts, numbers, strict=True))
        table.append(line | ({"together": sum(numbers)} if len(parts) > 1 else {}))
    return table


def _splits(manifest: Manifest) -> str:
    how = manifest.splits
    if how is None:
        return "There are none: all documents are in one part."
    together = len(manifest.documents) - len({place.cluster for place in manifest.documents})
    grouped = f" the same {escape(how.group_by)}, or" if how.group_by else ""
    empty = [part for part in _named(how.fractions) if part not in manifest.parts]
    said = (
        f"By document, in shares of {', '.join(map(str, how.fractions))}, stratified by label and "
        f"form with scikit-learn's StratifiedGroupKFold, seed {how.seed}. On one side stay "
        f"documents with{grouped} texts that share {how.near:.0%} or more of the shorter one's "
        f"runs of {how.shingle} words: {_many(together, 'document')} joined another's cluster."
    )
    return said + (f" Too few clusters: {' and '.join(empty)} is empty." if empty else "")


def _named(fractions: list[float]) -> tuple[str, ...]:
    return ("train", "dev", "test") if len(fractions) == 3 else ("train", "test")


def _people(manifest: Manifest) -> str:
    said = (
        f"{_many(len(manifest.annotators), 'person')}, by pseudonyms" if manifest.annotators else ""
    )
    said = f"{said}: {', '.join(manifest.annotators)}." if said else "It is not stated who."
    if manifest.adjudicator:
        said += f" Disputes were decided by {manifest.adjudicator}."
    if manifest.decisions:
        ways = ", ".join(f"{count} {escape(way)}" for way, count in manifest.decisions.items())
        said += f" Spans by how they were decided: {ways}."
    return f"{said} Reasons and comments are left out."


def _agreement(manifest: Manifest) -> str:
    rows: list[dict[str, Cell]] = [
        {
            "annotators": ", ".join(row.annotators),
            "measure": row.measure,
            "label": row.label,
            "value": row.value,
            "low": row.low,
            "high": row.high,
            "items": row.items,
            "documents": row.documents,
        }
        for row in manifest.agreement
    ]
    if not rows:
        return "None was measured: no annotators' layers were given."
    said = "Intervals (95%) are over documents; with fewer than two there is none."
    return f"{said}\n\n{to_markdown(rows)}"


def _many(number: int, noun: str) -> str:
    """
    >>> _many(1, "document"), _many(2, "person")
    ('1 document', '2 people')
    """
    plural = {"person": "people"}.get(noun, f"{noun}s")
    return f"{number:,} {noun if number == 1 else plural}"
