"""Label Studio's JSON: exports of any project, and the task files that `split` writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import read_bytes
from quotemark.formats import ReadOptions
from quotemark.formats.jsonl import is_native
from quotemark.labelstudio.exports.older import is_with_task
from quotemark.labelstudio.exports.reading import Export, Options, read_export
from quotemark.model import Corpus, Json
from quotemark.scheme import default_scheme
from quotemark.tasks import Task, stitch

_NEITHER = "is neither Label Studio's JSON nor its JSON_MIN"


def read(path: Path, options: ReadOptions | None = None) -> Corpus:
    """Read an export in one of Label Studio's JSON formats, its tasks put together to documents.

    Predictions become annotations with the status *predicted*. A file of no tasks is
    an empty corpus. Raises `QuotemarkError` with every problem of every task.
    """
    return corpus_of(read_tasks(path, options))


def read_tasks(path: Path, options: ReadOptions | None = None) -> list[Task]:
    """The tasks of such a file, apart. Raises `QuotemarkError` as `read` does."""
    scheme = (options and options.scheme) or default_scheme()
    export = read_file(path, Options(scheme))
    if export.problems:
        raise QuotemarkError(export.problems)
    return list(export.tasks)


def read_file(path: Path, options: Options) -> Export:
    """What such a file holds, with its problems and notes as values.

    Raises `QuotemarkError` where it is no export at all.
    """
    export = read_export(_items(path), options)
    return replace(
        export,
        problems=tuple(_in_file(problem, path) for problem in export.problems),
        notes=tuple(_in_file(note, path) for note in export.notes),
    )


def corpus_of(tasks: list[Task]) -> Corpus:
    """The documents that tasks make up, with all annotations and predictions."""
    return stitch(replace(t, annotations=(*t.annotations, *t.predictions)) for t in tasks)


def _items(path: Path) -> list[Json]:
    remedy = "in Label Studio, export the project as JSON; or write tasks with quotemark split"
    data = read_bytes(path)
    if is_native(data):
        message = "is in the native format already, not a Label Studio export"
        remedy = "use it as it is, in a file with the suffix .jsonl"
        raise error("native", message, remedy, file=path)
    try:
        items = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as failure:
        raise error("json", f"{_NEITHER}: {failure}", remedy, file=path) from None
    except RecursionError:
        raise error("json", f"{_NEITHER}: is nested too deeply", remedy, file=path) from None
    if isinstance(items, dict) and (isinstance(items.get("data"), dict) or is_with_task(items)):
        return [items]  # a file a task, as the first versions kept them, or an annotation
    if not isinstance(items, list):
        raise error("json", f"{_NEITHER}: is not a list of tasks", remedy, file=path)
    return items


def _in_file(problem: Problem, path: Path) -> Problem:
    return replace(problem, where=Where(str(path), 0, problem.where.doc, problem.where.item))
