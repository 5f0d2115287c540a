"""Tables: a row is an article, in .csv and .tsv files."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import read_bytes
from quotemark.formats import ReadOptions
from quotemark.formats.encoding import decode
from quotemark.formats.meta import checked
from quotemark.model import Corpus, Document

DELIMITERS = ",;\t|"
STRUCTURED = ("entities", "targets")
"""Columns whose cells hold JSON lists."""


class Row(NamedTuple):
    """A row by its columns' names, and its line (or number) in the file."""

    line: int
    cells: dict[str, Any]


def read(path: Path, options: ReadOptions | None = None) -> Corpus:
    """Read a table into a corpus of one document a row.

    The columns that `options` name hold ids and texts; other columns' filled cells are meta,
    those of `entities` and `targets` JSON lists. A table without rows is an empty corpus.
    Raises `QuotemarkError` with a problem for every row that cannot be read.
    """
    options = options or ReadOptions()
    text = decode(read_bytes(path), file=path, declared=options.encoding).text
    return articles(csv_rows(text, options, path=path), path, options)


def articles(rows: Iterable[Row | Problem], path: Path, options: ReadOptions) -> Corpus:
    """A corpus of one document a row; rows have the columns that `options` name.

    Raises `QuotemarkError` with the problems among them, and one for every row that is no article.
    """
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for row in rows:
        if isinstance(row, Problem):
            problems.append(row)
            continue
        where = Where(str(path), row.line)
        try:
            document = _document(row.cells, options, where)
        except QuotemarkError as failure:
            problems += failure.problems
            continue
        if document.id in documents:
            message = f"{options.id_column} {document.id!r} is that of an earlier row"
            problems.append(Problem(where, "twice", message, "give each row an id of its own"))
        documents[document.id] = document
    if problems:
        raise QuotemarkError(problems)
    return Corpus(documents)


def _document(cells: dict[str, Any], options: ReadOptions, where: Where) -> Document:
    doc_id, text = cells.pop(options.id_column), cells.pop(options.text_column)
    if isinstance(doc_id, int):
        doc_id = str(doc_id)
    problems = []
    if not isinstance(doc_id, str) or not doc_id.strip():
        message = f"{options.id_column} is {doc_id!r}"
        problems.append(Problem(where, "row", message, "give each row an id"))
    if not isinstance(text, str):
        message = f"{options.text_column} is {text!r}"
        problems.append(Problem(where, "row", message, "give each row a text"))
    meta = {key: value for key, value in cells.items() if _is_filled(value)}
    for key in STRUCTURED:
        if isinstance(meta.get(key), str):
            try:
                meta[key] = json.loads(meta[key])
            except (ValueError, RecursionError):
                problems.append(Problem(where, "row", f"{key} is no JSON", "give a JSON list"))
    if problems:
        raise QuotemarkError(problems)
    return Document(str(doc_id), text, checked(meta, where))


def _is_filled(value: Any) -> bool:
    missing = isinstance(value, float) and math.isnan(value)  # as pandas writes it
    return not missing and value not in (None, "")


def csv_rows(text: str, options: ReadOptions, *, path: Path = Path()) -> Iterator[Row | Problem]:
    """The rows of a delimited text, or a problem in a row's place.

    The delimiter is the one (`DELIMITERS`) that gives the header the columns of `options`;
    raises `QuotemarkError` where none does.

    >>> list(csv_rows("id;text\\n1;Yes.\\n", ReadOptions()))
    [Row(line=2, cells={'id': '1', 'text': 'Yes.'})]
    """
    header, delimiter = _header(text, path, options)
    limit = csv.field_size_limit()
    csv.field_size_limit(max(limit, len(text)))  # of the whole process, so it is put back
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        next(reader, None)
        for cells in reader:
            if len(cells) not in (0, len(header)):
                message = f"{len(cells)} cells under {len(header)} columns"
                remedy = "mend the row: quote cells that hold delimiters or line ends"
                yield Problem(Where(str(path), reader.line_num), "row", message, remedy)
            elif cells:
                yield Row(reader.line_num, dict(zip(header, cells, strict=True)))
    except csv.Error as failure:
        remedy = "mend the row: close every quoted cell"
        yield Problem(Where(str(path), reader.line_num), "row", str(failure), remedy)
    finally:
        csv.field_size_limit(limit)


def _header(text: str, path: Path, options: ReadOptions) -> tuple[list[str], str]:
    best: list[str] = []
    for delimiter in DELIMITERS:
        try:
            names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        except csv.Error:
            continue
        if {options.id_column, options.text_column} <= set(names):
            check_columns(names, path, options)
            return names, delimiter
        best = max(best, names, key=len)
    check_columns(best, path, options)
    raise error("columns", "no header", "give a header row", file=path)


def check_columns(names: list[str], path: Path, options: ReadOptions) -> None:
    """Raise `QuotemarkError` unless each column that `options` name is there once."""
    wanted = (options.id_column, options.text_column)
    if wanted[0] == wanted[1]:
        message = f"column {wanted[0]!r} cannot be both id and text"
        raise error("columns", message, "name two columns", file=path)
    for name in wanted:
        if names.count(name) != 1:
            found = "twice" if name in names else "missing"
            message = f"column {name!r} is {found}; the columns are: {', '.join(names) or 'none'}"
            remedy = "name the columns with --id-column and --text-column"
            raise error("columns", message, remedy, file=path)
