"""Freeze gold: one release, from gold layers, the texts and what there is to state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from msgspec.structs import replace as replace_struct

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.model import Annotation, Corpus, Document
from quotemark.release.assembling import assembled, refuse_existing, write_folder
from quotemark.release.checksums import digest
from quotemark.release.content import adjudicators, counted, decided, origins, shares, sizes, strata
from quotemark.release.manifest import (
    DATE,
    FORMAT,
    SUMS,
    VERSION,
    WHOLE,
    AgreementRow,
    Manifest,
    Place,
    Splits,
    parse_name,
)
from quotemark.release.privacy import anonymous, in_order, people, pseudonyms, refuse_leaks
from quotemark.release.splits import NEAR, SHINGLE, clusters, continued
from quotemark.scheme import Scheme, default_path, parse_scheme

STANDING = ("gold", "submitted")
"""The statuses of layers that can be gold."""

MOST = 20
"""How many problems are named."""


def freeze(
    gold: Corpus,
    folder: Path,
    *,
    name: str,
    layers: Corpus | None = None,
    scheme: bytes | None = None,
    guidelines: bytes | None = None,
    about: str = "",
    limits: str = "",
    license: str = "",
    date: str = "",
    splits: Sequence[float] | None = None,
    seed: int = 1,
    group_by: str = "",
    near: float = NEAR,
    splits_of: Manifest | None = None,
    texts: bool = True,
    parquet: bool = True,
    resamples: int = 1000,
) -> str:
    """Write a release of gold into a new folder; returns the SHA-256 of its checksums.

    `gold` has one layer a document, and the documents' texts; `name` is `NAME@VERSION`.
    Agreement is measured of `layers`, over the documents of gold. `scheme` and `guidelines` are
    the bytes of their files (None: the default scheme, no guidelines). `about` and `limits` are
    Markdown for the data card: why and from what the gold was made, and where it falls short.
    `splits` are shares of train, dev and test (see `splits.split_documents`); None: one part.
    `splits_of` is an earlier release, whose documents stay in their parts and whose shares, seed,
    `group_by` and `near` go on for new ones (see `splits.continued`). Without `texts`, texts and
    metadata of documents are left out. The same arguments make the same bytes: there is no clock.
    No gold at all is an empty release.

    Raises `QuotemarkError` where something is at `folder`, for gold that does not pass `check`,
    lacks a text or has two layers of a document, for parts that cannot be kept, and for an
    annotator's e-mail address that would get into a file.
    """
    refuse_existing(folder)
    title, version = parse_name(name)
    if date and not DATE.fullmatch(date):
        raise error("date", f"{date!r} is no date", "write it as 2026-01-31")
    if scheme is None:
        scheme = default_path("scheme.toml").read_bytes()
    schema = _scheme(scheme)
    _refuse_unfit(gold, schema)
    drawn = _only_of(layers, gold)
    everybody = people(drawn, gold)
    names = pseudonyms(everybody)
    documents = [gold.documents[layer.doc_id] for layer in gold]
    made = [replace(anonymous(layer, names), text_sha256=doc.sha256, scheme=schema.id)
            for layer, doc in zip(gold, documents, strict=True)]  # fmt: skip
    how = Splits(list(splits), seed, group_by, SHINGLE, near, "") if splits else None
    if splits_of:
        how = _how_before(splits_of, splits)
        group_by, near = how.group_by, how.near
    cluster_of = clusters(documents, group_by=group_by, near=near)
    part_of = dict.fromkeys(cluster_of, WHOLE)
    if how:
        kinds = {layer.doc_id: strata(layer, schema) for layer in made}
        before = {place.id: place.part for place in splits_of.documents} if splits_of else {}
        part_of = continued(before, kinds, cluster_of, how.fractions, seed=how.seed)
    places = [Place(d.id, d.sha256, part_of[d.id], cluster_of[d.id]) for d in documents]
    manifest = Manifest(
        format=FORMAT,
        format_version=VERSION,
        name=title,
        version=version,
        license=license,
        date=date,
        quotemark=_version(),
        gold=_content_hash(made),
        scheme=schema.id,
        scheme_sha256=digest(scheme),
        guidelines_sha256="" if guidelines is None else digest(guidelines),
        texts=texts,
        parquet=parquet,
        splits=how,
        annotators=in_order(names.values()),
        shares=shares(drawn, names),
        origins=origins(drawn),
        adjudicator=adjudicators(made),
        decisions=decided(made),
        sizes=sizes(documents, part_of),
        counts=counted(made, part_of, schema),
        agreement=_agreement(drawn, gold, schema, names, seed, resamples),
        about=about.strip(),
        limits=limits.strip(),
        documents=sorted(places, key=lambda place: place.id),
    )
    corpus = Corpus(gold.documents, tuple(made))
    files = assembled(manifest, corpus, scheme=scheme, guidelines=guidelines)
    lines = replace_struct(manifest, parquet=False)  # which says the same
    told = assembled(lines, _without_texts(corpus), scheme=scheme, guidelines=guidelines)
    refuse_leaks({path: data for path, data in told.items() if path != SUMS}, everybody)
    write_folder(folder, files)
    return digest(files[SUMS])


def _how_before(earlier: Manifest, splits: Sequence[float] | None) -> Splits:
    """How an earlier release was split, to go on with it."""
    if splits:
        message = f"are to be both new and those of {earlier.id}"
        raise error("splits", message, "give shares, or a release whose parts to keep")
    if earlier.splits is None:
        raise error("splits", f"{earlier.id} has none", "name a release with parts")
    return replace_struct(earlier.splits, kept_from=earlier.id)


def _scheme(data: bytes) -> Scheme:
    try:
        return parse_scheme(data.decode("utf-8"))
    except UnicodeDecodeError as failure:
        raise error("scheme-file", str(failure), "save the scheme as UTF-8") from None


def _version() -> str:
    from quotemark import __version__

    return __version__


def _content_hash(layers: Sequence[Annotation]) -> str:
    from quotemark.metrics.fingerprint import content_hash

    return content_hash(layers)


def _without_texts(corpus: Corpus) -> Corpus:
    """The same with empty texts: what an article says is no leak."""
    return Corpus(
        {doc.id: Document(doc.id, "", doc.meta) for doc in corpus.documents.values()},
        tuple(replace(layer, text_sha256="") for layer in corpus),
    )


def _refuse_unfit(gold: Corpus, scheme: Scheme) -> None:
    from quotemark.validate import check_corpus

    problems = [
        Problem(Where(doc=doc), "twice", f"has {count} layers", "give one gold layer a document")
        for doc, count in sorted(Counter(layer.doc_id for layer in gold).items())
        if count > 1
    ]
    for layer in gold:
        where = Where(doc=layer.doc_id, item=layer.annotator)
        if layer.status not in STANDING:
            message, remedy = f"is {layer.status}", "give adjudicated layers"
            problems.append(Problem(where, "status", message, remedy))
        if layer.doc_id not in gold.documents:
            remedy = "name the documents with --texts"
            problems.append(Problem(where, "no-text", "the text is not there", remedy))
    findings = check_corpus(gold, scheme)
    problems += (p for p in findings if not p.code.startswith("edge-") and p.code != "twice")
    if len(problems) > MOST:
        message = f"there are {len(problems) - MOST:,} more problems"
        problems[MOST:] = [Problem(Where(), "more", message, "quotemark check names all of them")]
    if problems:
        raise QuotemarkError(problems)


def _only_of(layers: Corpus | None, gold: Corpus) -> Corpus:
    """The layers over gold's documents, which must be over gold's texts."""
    if layers is None:
        return Corpus()
    known = {layer.doc_id for layer in gold}
    texts = {doc: gold.documents[doc] for doc in known}
    return Corpus(texts, tuple(layer for layer in layers if layer.doc_id in known))


def _agreement(
    layers: Corpus,
    gold: Corpus,
    scheme: Scheme,
    names: dict[str, str],
    seed: int,
    resamples: int,
) -> list[AgreementRow]:
    """What the annotators agree on, rows with nothing to compare left out."""
    if not layers.annotations:
        return []
    from quotemark.agreement import agree

    rows = agree(layers, scheme=scheme, resamples=resamples, seed=seed)
    return [
        AgreementRow(
            in_order(names[name] for name in row.annotators),
            row.measure,
            row.label,
            row.value,
            row.interval[0] if row.interval else None,
            row.interval[1] if row.interval else None,
            int(row.items),
            row.documents,
        )
        for row in rows
        if row.items
    ]
