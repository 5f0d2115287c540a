"""`quotemark ground`: strings without offsets placed in the texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.options import (
    LayersOutput,
    SchemeFile,
    Texts,
    scheme_of,
    spare_inputs,
    stdin_once,
)
from quotemark.errors import Problem, QuotemarkError, Where, printable
from quotemark.files import STDIO

if TYPE_CHECKING:
    from quotemark.model import Annotation, Document

SHOWN, WIDTH = 10, 70
"""How many strings that are not in the texts are shown, and how much of each."""


def ground(
    pred: Annotated[
        Path,
        typer.Argument(
            help="Predictions in the native format whose spans have text in place of offsets, "
            "or with quotes as bare strings; - is standard input.",
            metavar="PRED",
        ),
    ],
    texts: Texts = None,
    output: LayersOutput = STDIO,
    threshold: Annotated[
        float,
        typer.Option(
            "--threshold",
            help="The least similarity of altered words to those in the text, 0.7 to 1; "
            "1 takes none.",
        ),
    ] = 0.85,
    scheme: SchemeFile = None,
) -> None:
    """Find in the texts what predictions give as strings, such as a language model's.

    Writes a normal file of layers, and says how many strings are in the texts as they
    are, altered, or not at all; `quotemark score` reports these as rates.
    """
    from quotemark.formats import ReadOptions, jsonl, read, write
    from quotemark.grounding import LEAST
    from quotemark.grounding import ground as library_ground
    from quotemark.model import Corpus

    if not LEAST <= threshold <= 1:
        raise typer.BadParameter(f"--threshold must be {LEAST} to 1, not {threshold}")
    stdin_once(pred, *(texts or ()))
    spare_inputs(output, pred, *(texts or ()), scheme)
    options = ReadOptions(scheme=scheme_of(scheme))
    documents, layers = jsonl.read_ungrounded(pred, options)
    documents |= _agreeing(documents, read(*(texts or ()), options=options).documents)
    try:
        found = library_ground(layers, documents, scheme=options.scheme, threshold=threshold)
    except QuotemarkError as failure:
        raise QuotemarkError(
            replace(problem, where=replace(problem.where, file=str(pred)))
            for problem in failure.problems
        ) from None
    write(Corpus({}, tuple(found)), output, texts=False)
    for line in summary(found):
        typer.echo(f"quotemark: {line}", err=True)


def _agreeing(ours: Mapping[str, Document], theirs: Mapping[str, Document]) -> dict[str, Document]:
    """The documents of `--texts`; where PRED has a text, too, it has to be the same."""
    problems = [
        Problem(Where(doc=doc), "two-texts", "PRED has another text", "name the same text")
        for doc, document in theirs.items()
        if doc in ours and ours[doc].sha256 != document.sha256
    ]
    if problems:
        raise QuotemarkError(problems)
    return dict(theirs)


def summary(layers: Sequence[Annotation]) -> list[str]:
    """How many strings are in the texts, and some of those that are not, one line each.

    >>> summary([])
    ['no strings to place']
    """
    from quotemark.grounding import count_strings, lost

    found = [
        f"{printable(label)}: {each.total} strings: {each.exact} exact, "
        f"{each.normalized} normalized, {each.altered} altered, {each.not_in_text} not in the text"
        for label, each in count_strings(layers).items()
    ]
    gone = [(layer.doc_id, item) for layer in layers for item in lost(layer)]
    for doc, item in gone[:SHOWN]:
        where = Where(doc=doc, item=str(item.get("id", "")))
        found.append(f"{where}: not in the text: {_short(item.get('words'))}")
    if len(gone) > SHOWN:
        found.append(f"… and {len(gone) - SHOWN} more that are not in the text")
    return found or ["no strings to place"]


def _short(words: object) -> str:
    told = " … ".join(map(str, words)) if isinstance(words, list) else str(words)
    return printable(told if len(told) <= WIDTH else f"{told[: WIDTH - 1]}…")
