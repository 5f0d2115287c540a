"""Label Studio's JSON: project exports, and the task files that `split` writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import read_bytes
from quotemark.formats import ReadOptions
from quotemark.formats.jsonl import is_native
from quotemark.labelstudio.codec import parse
from quotemark.model import Corpus
from quotemark.scheme import default_scheme
from quotemark.tasks import Task, stitch


def read(path: Path, options: ReadOptions | None = None) -> Corpus:
    """Read an export in Label Studio's JSON format, its tasks put together to documents.

    Predictions become annotations with the status *predicted*. A file of no tasks is
    an empty corpus. Raises `QuotemarkError` with every problem of every task.
    """
    tasks = read_tasks(path, options)
    return stitch(replace(t, annotations=(*t.annotations, *t.predictions)) for t in tasks)


def read_tasks(path: Path, options: ReadOptions | None = None) -> list[Task]:
    """The tasks of such a file, apart. Raises `QuotemarkError` as `read` does."""
    scheme = (options and options.scheme) or default_scheme()
    remedy = "export the project as JSON, not as JSON-MIN, or write tasks with quotemark split"
    data = read_bytes(path)
    if is_native(data):
        message = "is in the native format already, not a Label Studio export"
        remedy = "use it as it is, in a file with the suffix .jsonl"
        raise error("native", message, remedy, file=path)
    try:
        items = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as failure:
        raise error("json", str(failure), remedy, file=path) from None
    except RecursionError:
        raise error("json", "is nested too deeply", remedy, file=path) from None
    if not isinstance(items, list):
        raise error("json", "is not a list of tasks", remedy, file=path)
    tasks: list[Task] = []
    problems: list[Problem] = []
    for item in items:
        parsed = parse(item, scheme)
        problems += (_in_file(problem, path) for problem in parsed.problems)
        tasks += [parsed.task] if parsed.task else []
    if problems:
        raise QuotemarkError(problems)
    return tasks


def _in_file(problem: Problem, path: Path) -> Problem:
    return replace(problem, where=Where(str(path), 0, problem.where.doc, problem.where.item))
