"""`quotemark adjudicate`: from annotators' layers to gold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.options import Scheme, Texts, layers_of

if TYPE_CHECKING:
    from quotemark.gold import Dispute
    from quotemark.model import Corpus


def adjudicate(
    files: Annotated[
        list[Path],
        typer.Argument(help="The annotators' layers, in any number of files.", metavar="LAYERS..."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The gold file to write.", metavar="GOLD")
    ],
    decisions: Annotated[
        Path | None,
        typer.Option("--decisions", help="The adjudicator's decisions (TOML).", metavar="FILE"),
    ] = None,
    prefer: Annotated[
        str, typer.Option("--prefer", help="Whose version to take where nothing is decided.")
    ] = "",
    with_texts: Annotated[
        bool, typer.Option("--with-texts", help="Put the texts into the gold file.")
    ] = False,
    texts: Texts = None,
    scheme: Scheme = None,
) -> None:
    """Make gold of several annotators' layers.

    What all have alike is settled; the rest is settled by --decisions, or by --prefer. While
    anything is open, it is printed as decisions to fill in, no gold is written, and the exit
    code is 1.
    """
    from quotemark.decisions import Decisions, read_decisions
    from quotemark.errors import QuotemarkError, error
    from quotemark.formats import write
    from quotemark.gold import adjudicate as library_adjudicate
    from quotemark.validate import check_corpus

    corpus, schema = layers_of(files, texts, scheme)
    if not corpus.annotations:
        raise error("no-layers", "holds no annotation", "name annotators' layers", file=files[0])
    if prefer and prefer not in corpus.by_annotator():
        names = ", ".join(sorted(corpus.by_annotator()))
        raise error("annotator", f"no annotator {prefer!r}", f"name one of: {names}")
    decided = read_decisions(decisions) if decisions else Decisions("", ())
    made = library_adjudicate(
        corpus, decisions=decided.decisions, prefer=prefer, adjudicator=decided.adjudicator
    )
    counts = f"{made.settled} settled, {made.decided} decided, {len(made.disputes)} open"
    if made.disputes:
        for dispute in made.disputes:
            typer.echo(stanza(dispute, corpus))
        typer.echo(f"quotemark: {counts}; nothing written", err=True)
        raise typer.Exit(1)
    findings = check_corpus(made.gold, schema)
    if findings:
        raise QuotemarkError(findings)
    write(made.gold, output, texts=with_texts)
    typer.echo(f"quotemark: {counts}; gold in {output}", err=True)


def stanza(dispute: Dispute, corpus: Corpus) -> str:
    """A dispute as a decision to fill in, with every version in a comment."""
    document = corpus.documents.get(dispute.doc_id)
    lines = ["[[decision]]", f"doc = {_quoted(dispute.doc_id)}", f"span = {_quoted(dispute.key)}"]
    if document:
        lines.append(f"words = {_quoted(dispute.span.surface(document.text))}")
    for name, span in sorted(dispute.versions.items()):
        if span is None:
            said = "nothing"
        else:
            place = ", ".join(f"{start}-{end}" for start, end in span.fragments)
            attributes = ", ".join(f"{k}: {v}" for k, v in span.attributes.items())
            said = f"{place}; {attributes}"
        lines.append(f"# {_quoted(name)}: {_quoted(said)}")
    lines.append('take = ""  # an annotator, or none')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string on one line: JSON's escapes are TOML's, but for lone surrogates."""
    import json

    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False).replace(
        "\x7f", "\\u007f"
    )
