"""The data card of a release: Markdown, made from its manifest."""

from __future__ import annotations

from collections.abc import Iterator

from quotemark.release.manifest import CROISSANT, GUIDELINES, MANIFEST, SCHEME, SUMS, Manifest
from quotemark.release.summary import agreement
from quotemark.report.grid import Cell, to_markdown
from quotemark.report.plain import escape
from quotemark.wording import counted

KEPT = """\
Of the articles there are ids, SHA-256 hashes and offsets; no text, title or other metadata of them.
What the annotators said remains: labels, attributes, relations, and the canonical names,
aliases and topics in them. `quotemark gold hydrate` puts your own copy of the texts back,
verified by hash."""

UNSTATED = """\
Whoever published this has not stated why it was made, where the articles are from and how they
were chosen, who the annotators are and how they were taught and paid, what it should not be used
for, and whose rights are in the texts."""

FEW = 30
"""Below how many spans in the test part a score is said to rest on little."""


def card(manifest: Manifest) -> bytes:
    """The card's bytes. What is stated nowhere is said to be so."""
    return "\n\n".join(part.rstrip("\n") for part in _parts(manifest)).encode() + b"\n"


def _parts(manifest: Manifest) -> Iterator[str]:
    yield f"# Data card: {escape(manifest.id)}"
    texts = "with the texts" if manifest.texts else "without the texts"
    yield (
        f"Who said what and where they stand: {counted(len(manifest.documents), 'document')} "
        f"{texts}, annotated by scheme {escape(manifest.scheme)}."
    )
    yield to_markdown(
        [
            {"what": "license", "is": manifest.license or "none stated"},
            {"what": "date", "is": manifest.date or "none stated"},
            {"what": "made with", "is": f"quotemark {manifest.quotemark}"},
            {"what": "cite as", "is": f"{manifest.id}, gold {manifest.gold}"},
        ]
    )
    yield "## Why and from what it was made"
    yield manifest.about or UNSTATED
    if not manifest.texts:
        yield KEPT
    yield "## What is in it"
    yield to_markdown(_counts(manifest)) or "There are no documents."
    yield "## Splits"
    yield _splits(manifest)
    yield "## How it was made"
    yield _people(manifest)
    yield _rules(manifest)
    yield "## Agreement"
    yield from agreement(manifest)
    yield "## Known limits"
    if measured := "\n".join(f"- {limit}" for limit in _limits(manifest)):
        yield measured
    yield manifest.limits or (
        "Whoever published this has stated no others. That does not mean that there are none."
    )
    yield "## Files, and how to use them"
    yield to_markdown([{"file": name, "what it is": what} for name, what in _files(manifest)])
    yield _use(manifest)


def _counts(manifest: Manifest) -> list[dict[str, Cell]]:
    parts = manifest.parts
    if not parts:
        return []
    of_part = {size.part: size for size in manifest.sizes}
    rows = [
        ("documents", "", [sum(p.part == part for p in manifest.documents) for part in parts]),
        ("tokens", "", [of_part[part].tokens for part in parts]),
    ]
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
    joined = len(manifest.documents) - len({place.cluster for place in manifest.documents})
    grouped = f" the same {escape(how.group_by)}, or" if how.group_by else ""
    empty = [part for part in _named(how.fractions) if part not in manifest.parts]
    said = (
        f"By document, in shares of {', '.join(map(str, how.fractions))}, stratified by label and "
        f"form with scikit-learn's StratifiedGroupKFold, seed {how.seed}. On one side stay "
        f"documents with{grouped} texts that share {how.near:.0%} or more of the shorter one's "
        f"runs of {how.shingle} words: {counted(joined, 'document')} joined another's cluster."
    )
    if how.kept_from:
        said += f" Documents of {escape(how.kept_from)} are in the parts that they were in there."
    return said + (f" Too few clusters: {' and '.join(empty)} is empty." if empty else "")


def _named(fractions: list[float]) -> tuple[str, ...]:
    return ("train", "dev", "test") if len(fractions) == 3 else ("train", "test")


def _people(manifest: Manifest) -> str:
    if not manifest.annotators:
        return "It is not stated who annotated."
    worked = {share.annotator: share for share in manifest.shares}
    done = []
    for name in manifest.annotators:
        if name == manifest.adjudicator and name not in worked:
            continue
        share = worked.get(name)
        size = (
            f" ({counted(share.documents, 'document')}, {counted(share.spans, 'span')})"
            if share
            else ""
        )
        done.append(f"{name}{size}")
    said = f"Annotated by {', '.join(done)}; names are pseudonyms." if done else ""
    if manifest.origins:
        ways = ", ".join(f"{count:,} {way}" for way, count in manifest.origins.items())
        said += f" Of the annotators' spans, by origin: {ways} (prediction: a pre-annotation kept)."
    if manifest.adjudicator:
        said += f" Disputes were decided by {manifest.adjudicator}."
    if manifest.decisions:
        ways = ", ".join(f"{count:,} {escape(way)}" for way, count in manifest.decisions.items())
        said += f" Spans by how they were decided: {ways}."
    return f"{said} Reasons and comments are left out.".strip()


def _rules(manifest: Manifest) -> str:
    said = f"The scheme is {escape(manifest.scheme)}, SHA-256 `{manifest.scheme_sha256[:16]}…`. "
    if not manifest.guidelines_sha256:
        return f"{said}No guidelines were given."
    return f"{said}The guidelines have SHA-256 `{manifest.guidelines_sha256[:16]}…`."


def _limits(manifest: Manifest) -> Iterator[str]:
    """What can be counted of a release's limits."""
    everything: dict[str, int] = {}
    in_test: dict[str, int] = {}
    for count in manifest.counts:
        name = f"{count.label} {count.group}".strip()
        everything[name] = everything.get(name, 0) + count.spans
        if count.part == "test":
            in_test[name] = count.spans
    if nowhere := [name for name, spans in everything.items() if not spans]:
        yield f"Nothing is labelled {_listed(nowhere)}."
    few = [f"{name} ({n})" for name, n in in_test.items() if n < FEW and everything[name]]
    if few:
        yield f"In test are fewer than {FEW} spans of {_listed(few)}: scores of these are rough."
    if manifest.documents and not manifest.agreement:
        yield "How well annotators agree was not measured."
    elif len(manifest.documents) > (
        most := max((r.documents for r in manifest.agreement), default=0)
    ):
        yield f"Agreement is over {most:,} of {counted(len(manifest.documents), 'document')}."


def _listed(names: list[str]) -> str:
    return escape(", ".join(names))


def _files(manifest: Manifest) -> Iterator[tuple[str, str]]:
    if parts := ", ".join(manifest.parts):
        yield "data/PART.jsonl", f"gold in quotemark's native format, one document a line ({parts})"
        if manifest.parquet:
            yield "data/PART.parquet", "the same as Parquet"
        yield "spans/PART.jsonl", "the spans alone as a flat table, one a line, for pandas"
        if manifest.parquet:
            yield "spans/PART.parquet", "the same as Parquet"
    yield SCHEME, "labels, attributes and relations"
    if manifest.guidelines_sha256:
        yield GUIDELINES, "what the annotators went by"
    yield MANIFEST, "all that this card says, to be read by programs; the part of each document"
    yield CROISSANT, "metadata in the Croissant format"
    yield SUMS, "a checksum of every other file"


def _use(manifest: Manifest) -> str:
    part = manifest.parts[-1] if manifest.parts else "all"
    return f"""\
- `quotemark gold verify FOLDER` proves that every file is as it was frozen.
- `quotemark score FOLDER/data/{part}.jsonl PREDICTIONS` scores an extractor, and
  `quotemark score FOLDER PREDICTIONS` does on all parts together: then `gold:{manifest.gold}` is in
  the signature.
- `pandas.read_json("FOLDER/spans/{part}.jsonl", lines=True, dtype=False)` has a row for a span.
- Offsets count Unicode code points of the text, half-open."""
