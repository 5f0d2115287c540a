"""Agreement as small tables: measures, a matrix of annotators, and passages with their text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from quotemark.agreement import Agreement, Mark, Passage
from quotemark.errors import printable
from quotemark.metrics.spans import TOKENIZER
from quotemark.model import Span
from quotemark.report.grid import Cell

Row = dict[str, Cell]


def measure_rows(found: Sequence[Agreement], *, named: bool) -> list[Row]:
    """A row for each measure; with whom it is of where `named`, and of which document."""
    return [_row(each, named=named) for each in found]


def records(found: Sequence[Agreement]) -> list[dict[str, object]]:
    """The same for JSON: annotators are a list."""
    return [{**_row(each, named=False), "annotators": list(each.annotators)} for each in found]


def _row(row: Agreement, *, named: bool) -> Row:
    low, high = row.interval or (None, None)
    return {
        **({"document": row.document} if row.document else {}),
        **({"annotators": " ~ ".join(row.annotators)} if named else {}),
        "measure": row.measure,
        "label": row.label,
        "value": row.value,
        "low": low,
        "high": high,
        "items": row.items,
        "documents": row.documents,
    }


def matrix_rows(found: Sequence[Agreement]) -> list[Row]:
    """For each label a row of every annotator, with the value for every other.

    Undefined where two share no document, and on the diagonal. No rows: none.

    >>> pair = Agreement(("a", "b"), "uα", "Cue", 0.5, 9, 1, None)
    >>> matrix_rows([pair])[0]
    {'label': 'Cue', 'annotator': 'a', '~ a': None, '~ b': 0.5}
    """
    names = sorted({name for row in found for name in row.annotators})
    values = {(row.label, *row.annotators): row.value for row in found}
    values |= {(label, two, one): value for (label, one, two), value in values.items()}
    return [
        {
            "label": label,
            "annotator": one,
            **{f"~ {two}": values.get((label, one, two)) for two in names},
        }
        for label in dict.fromkeys(row.label for row in found)
        for one in names
    ]


def passage_rows(found: Iterable[Passage]) -> list[Row]:
    """A row for what each annotator has of each thing that is differed on, passage by passage."""
    return [
        {
            "document": passage.document,
            "start": passage.start,
            "end": passage.end,
            "agreement": passage.agreement,
            "text": " ".join(passage.text.split()),
            **_mark(mark, passage),
        }
        for passage in found
        for mark in passage.marks
    ]


def passage_blocks(found: Iterable[Passage]) -> Iterator[tuple[str, list[Row]]]:
    """For a terminal: each passage's place and text, and the rows of what is differed on."""
    for each in found:
        place = f"{each.document} {each.start}–{each.end}"
        said = f"{each.same} of {each.pairs} pairs agree"
        text = " ".join(each.text.split())
        head = f"{printable(place)}: {said}\n  {printable(text)}"
        yield head, [_mark(mark, each) for mark in each.marks]


def passage_records(found: Iterable[Passage]) -> list[dict[str, Any]]:
    """The same for JSON, with the fragments and attributes as they are."""
    return [
        {
            "document": each.document,
            "start": each.start,
            "end": each.end,
            "agreement": each.agreement,
            "pairs": each.pairs,
            "text": each.text,
            "marks": [
                {
                    "label": mark.label,
                    "annotator": mark.annotator,
                    "fragments": mark.span and mark.span.fragments,
                    "attributes": mark.span and dict(mark.span.attributes),
                }
                for mark in each.marks
            ],
        }
        for each in found
    ]


def _mark(mark: Mark, passage: Passage) -> Row:
    span = mark.span
    moved = span.shifted(-passage.start).surface(passage.text) if span else None
    return {
        "label": mark.label,
        "annotator": mark.annotator,
        "place": ", ".join(f"{s}–{e}" for s, e in span.fragments) if span else None,
        "words": " ".join(moved.split()) if moved is not None else None,
        "values": _values(span) if span else None,
    }


def _values(span: Span) -> str:
    return "; ".join(
        f"{name}: {value if isinstance(value, str) else ', '.join(value or ()) or '–'}"
        for name, value in span.attributes.items()
    )


def signature(
    found: Sequence[Agreement], *, resamples: int | None, seed: int, precision: float
) -> str:
    """What the measures were made of, on one line; no `resamples`: no intervals.

    The seed stands there where something was drawn from it.

    >>> row = Agreement(("a", "b"), "γ", "Cue", 0.5, 9, 1, None)
    >>> signature([row], resamples=None, seed=1, precision=0.02).rpartition("|")[0]
    'annotators:a,b|docs:1|tok:unicode-words|gamma:0.02|seed:1'
    """
    from quotemark import __version__

    names = sorted({name for row in found for name in row.annotators})
    documents = len({row.document for row in found if row.document})
    documents = documents or max((row.documents for row in found), default=0)
    drawn = [f"boot:{resamples}"] if resamples else []
    if any(row.measure == "γ" for row in found):
        drawn.append(f"gamma:{precision:g}")
    parts = [
        f"annotators:{','.join(map(printable, names))}",
        f"docs:{documents}",
        f"tok:{TOKENIZER}",
        *drawn,
        *([f"seed:{seed}"] if drawn else []),
        f"v:{__version__}",
    ]
    return "|".join(parts)
