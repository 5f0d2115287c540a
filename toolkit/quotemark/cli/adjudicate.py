"""`quotemark adjudicate`: from annotators' layers to gold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.options import (
    Layers,
    SchemeFile,
    Texts,
    layers_of,
    scheme_of,
    spare_inputs,
    stdin_once,
)
from quotemark.errors import error, printable
from quotemark.formats.meta import toml_string
from quotemark.model import Corpus
from quotemark.wording import counted, told

if TYPE_CHECKING:
    from quotemark.adjudication import Dispute
    from quotemark.model import Annotation, Document, Span
    from quotemark.scheme import Scheme


DecisionsFile = Annotated[
    Path | None,
    typer.Option("--decisions", help="The adjudicator's decisions (TOML).", metavar="FILE"),
]
Policies = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar="POLICY",
        help="What becomes of what nobody has decided: majority, union, intersection, weighted "
        "or prefer:NAME. Repeatable: the next one is for what those before leave open.",
    ),
]
Weights = Annotated[
    str,
    typer.Option(
        "--weights",
        metavar="NAME=NUMBER,...",
        help="The votes of each annotator, for --policy weighted; else their reliability.",
    ),
]


def adjudicate(
    files: Layers,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="The gold file to write, .jsonl or .parquet.", metavar="GOLD"
        ),
    ],
    decisions: DecisionsFile = None,
    reviews: Annotated[
        list[Path] | None,
        typer.Option(
            "--reviews",
            metavar="FILE",
            help="What adjudicators have submitted in a review project, pulled. Repeatable.",
        ),
    ] = None,
    policy: Policies = None,
    weights: Weights = "",
    partial: Annotated[
        bool,
        typer.Option(
            "--partial",
            help="Write the gold of the documents in which nothing is open, and end with 1.",
        ),
    ] = False,
    with_texts: Annotated[
        bool, typer.Option("--with-texts", help="Put the texts into the gold file.")
    ] = False,
    texts: Texts = None,
    scheme: SchemeFile = None,
) -> None:
    """Make gold of several annotators' layers.

    What all have alike is settled; the rest is settled by --decisions, --reviews or --policy, in
    this order. While anything is open, it is printed as decisions to fill in, no gold is written,
    and the exit code is 1. It is 1, too, where the gold does not pass `quotemark check`.
    """
    from quotemark.adjudication import adjudicate as library_adjudicate
    from quotemark.adjudication import named
    from quotemark.decisions import Decisions, read_decisions
    from quotemark.formats import write

    inputs = (*files, *(texts or ()), *(reviews or ()), decisions)
    stdin_once(*inputs)
    spare_inputs(output, *inputs, scheme)
    schema = scheme_of(scheme)
    corpus = layers_of(files, texts, schema)
    decided = read_decisions(decisions) if decisions else Decisions("", ())
    reviewed = reviews_of(reviews or (), schema)
    made = library_adjudicate(
        corpus,
        scheme=schema,
        decisions=decided.decisions,
        reviews=reviewed,
        policies=policy or (),
        weights=weights_of(weights),
        adjudicator=decided.adjudicator,
    )
    if not made.gold.annotations:
        raise error("no-layers", "no submitted layer", "name annotators' layers", file=files[0])
    known = Corpus(corpus.documents, (*corpus, *named(reviewed)))
    counts = f"{made.settled} settled, {made.decided} decided, {len(made.disputes)} open"
    if made.disputes:
        if not decisions:
            typer.echo('adjudicator = ""  # who decides\n')
        for dispute in made.disputes:
            typer.echo(stanza(dispute, known))
    for dispute in made.overruled:
        _tell_overruled(dispute, corpus)
    if made.left_out:
        message = f"reviews leave out {counted(made.left_out, 'thing')} that somebody has"
        typer.echo(f"quotemark: {message}", err=True)
    gold = made.complete if partial else made.gold
    if made.disputes and not (partial and gold.annotations):
        typer.echo(f"quotemark: {counts}; nothing written", err=True)
        raise typer.Exit(1)
    _refuse_unsound(gold, schema)
    write(gold, output, texts=with_texts)
    total = len(made.gold.annotations)
    part = f" of {len(gold.annotations)} of {counted(total, 'document')}" if made.disputes else ""
    typer.echo(f"quotemark: {counts}; gold{part} in {output}", err=True)
    if made.disputes:
        raise typer.Exit(1)


def reviews_of(files: Sequence[Path], scheme: Scheme) -> Corpus:
    """What reviewers have made; says which reviews will not count."""
    from quotemark.formats import ReadOptions, read
    from quotemark.panel import left_out

    if not files:
        return Corpus()
    found = read(*files, options=ReadOptions(scheme=scheme))
    passed_over = ", ".join(f"{count} {status}" for status, count in left_out(found).items())
    if passed_over:
        typer.echo(f"quotemark: reviews left out, not submitted: {passed_over}", err=True)
    if not found.annotations:
        typer.echo("quotemark: nobody has reviewed anything yet", err=True)
    return found


def _tell_overruled(dispute: Dispute, corpus: Corpus) -> None:
    document = corpus.documents.get(dispute.doc_id)
    words = f" {shorten(dispute.first[1].surface(document.text), 60)!r}" if document else ""
    message = f"{dispute.label} {dispute.key}{words}: all had it alike, the review did not"
    typer.echo(f"quotemark: {printable(dispute.doc_id)}: {printable(message)}", err=True)


def weights_of(given: str) -> dict[str, float] | None:
    """The weights of `--weights`, by annotator; None where there are none."""
    found: dict[str, float] = {}
    for pair in filter(None, given.split(",")):
        name, _, number = pair.rpartition("=")
        if name in found:
            raise typer.BadParameter(f"--weights: {name} has two")
        try:
            found[name] = float(number)
        except ValueError:
            name = ""
        if not name:
            raise typer.BadParameter(f"--weights {pair!r}: give NAME=NUMBER,NAME=NUMBER,…")
    return found if given else None


def _refuse_unsound(gold: Corpus, scheme: Scheme) -> None:
    """Say what `check` finds in gold, and end here unless it is about the edges of spans only.

    Annotators may agree on an odd edge, and no decision can move it.
    """
    from quotemark.validate import check_corpus

    findings = check_corpus(gold, scheme)
    for finding in findings:
        typer.echo(f"quotemark: {finding}", err=True)
    if not all(finding.code.startswith("edge-") for finding in findings):
        typer.echo("quotemark: the gold is not sound; nothing written", err=True)
        raise typer.Exit(1)


def stanza(dispute: Dispute, corpus: Corpus) -> str:
    """A dispute as a decision to fill in, with every version in a comment."""
    from quotemark.panel import SUBMITTED

    document = corpus.documents.get(dispute.doc_id)
    _, first = dispute.first
    lines = [
        "[[decision]]",
        f"doc = {toml_string(dispute.doc_id)}",
        f"span = {toml_string(dispute.key)}",
    ]
    if document:
        lines += _words(first.surface(document.text))
    layers = {
        layer.annotator: layer
        for layer in corpus
        if layer.doc_id == dispute.doc_id and layer.status == SUBMITTED
    }
    for name, span in dispute.versions.items():
        said = "nothing"
        if span is not None:
            moved = span.fragments != first.fragments
            said = "; ".join(_version(span, layers[name], document, moved=moved))
        lines.append(printable(f"# {name}: {said}"))
    lines.append('take = ""  # an annotator, or none')
    return "\n".join(lines) + "\n"


def _words(words: str) -> list[str]:
    """The line that states a span's words; none where TOML cannot hold them."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return []
    return [f"words = {toml_string(words)}"]


def _version(
    span: Span, layer: Annotation, document: Document | None, *, moved: bool
) -> Iterator[str]:
    """What one annotator says of a span: its place, words if `moved`, relations, doubts, …"""
    place = ", ".join(f"{start}-{end}" for start, end in span.fragments)
    yield f"{place} ({span.surface(document.text)})" if document and moved else place
    if span.attributes:
        yield ", ".join(f"{name}: {told(value)}" for name, value in span.attributes.items())
    for relation in layer.relations:
        if relation.head == span.id:
            tail = layer.by_id[relation.tail]
            words = f" ({shorten(tail.surface(document.text), 60)})" if document else ""
            yield f"{relation.label} {layer.annotator}:{tail.id}{words}"
    if span.meta.get("unsure"):
        yield "unsure"
    if span.meta.get("comment"):
        yield f"comment: {span.meta['comment']}"
