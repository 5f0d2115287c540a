"""`quotemark status`: how far an annotation is, and what pre-annotation does to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.blind import Annotators
from quotemark.cli.labelstudio import Project, Timeout, TokenFile, Url, find_server, servers_of
from quotemark.cli.options import SchemeFile, scheme_of
from quotemark.cli.output import Resamples, Seed
from quotemark.cli.progress import bars
from quotemark.errors import printable
from quotemark.labelstudio.session import TIMEOUT, URL
from quotemark.wording import counted

if TYPE_CHECKING:
    from quotemark.labelstudio.anchoring import Anchoring
    from quotemark.labelstudio.status import Status
    from quotemark.report.grid import Cell


class Shape(StrEnum):
    """How a status is printed."""

    table = "table"
    json = "json"


def status(
    project: Project,
    tasks: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="TASKS...", help="The task files that were pushed, to compare with."
        ),
    ] = None,
    url: Url = URL,
    token_file: TokenFile = None,
    timeout: Timeout = TIMEOUT,
    scheme: SchemeFile = None,
    annotators: Annotators = None,
    pulled: Annotated[
        Path | None,
        typer.Option(
            "--pulled", metavar="FILE", help="A file that pull wrote, to see if it is up to date."
        ),
    ] = None,
    anchoring: Annotated[
        bool,
        typer.Option(
            "--anchoring", help="Compare the work with and without pre-annotation (push --control)."
        ),
    ] = False,
    resamples: Resamples = 1000,
    seed: Seed = 1,
    format: Annotated[
        Shape, typer.Option("--format", "-f", help="How to print the results.")
    ] = Shape.table,
) -> None:
    """Say how far a Label Studio project is: what is done, by whom, and what is out of date.

    Of a blind annotation, by its name, all annotators' projects. With --anchoring, compare the
    documents annotated with and without pre-annotation: labels, edits and time.
    """
    from quotemark.formats import ReadOptions, read
    from quotemark.formats.labelstudio import read_tasks
    from quotemark.labelstudio.remote.surveying import survey
    from quotemark.labelstudio.status import status as library_status
    from quotemark.report import grid

    chosen = scheme_of(scheme)
    options = ReadOptions(scheme=chosen)
    given = [task for path in tasks for task in read_tasks(path, options)] if tasks else None
    earlier = read(pulled, options=options) if pulled else None
    servers = servers_of(annotators, url, token_file) if annotators else None
    with bars() as progress:
        surveyed = survey(
            project,
            servers.values() if servers else [find_server(url, token_file)],
            scheme=chosen,
            annotators=servers,
            timeout=timeout,
            progress=progress,
        )
    if anchoring:
        from quotemark.labelstudio.anchoring import anchoring as library_anchoring

        compared = library_anchoring(
            [task for each in surveyed for task in each.tasks],
            chosen,
            predicted=given or (),
            resamples=resamples,
            seed=seed,
        )
        _print_anchoring(compared, format)
        return
    found = library_status(surveyed, chosen, tasks=given, pulled=earlier)
    if format is Shape.json:
        grid.print_text(json.dumps(asdict(found), ensure_ascii=False, indent=2) + "\n")
        return
    size = f"{counted(found.tasks, 'task')} of {counted(found.documents, 'document')}"
    grid.print_text(f"{printable(project)}: {size}\n\n")
    grid.print_table(_progress(found))
    grid.print_text("\n" + "".join(f"{line}\n" for line in _remarks(found, pulled)))


def _progress(found: Status) -> list[dict[str, Cell]]:
    counts = (found.done, found.skipped, found.drafts)
    total: dict[str, Cell] = {
        "annotator": "all tasks",
        "tasks": found.tasks,
        **dict(zip(("submitted", "skipped", "draft"), counts, strict=True)),
        "open": found.open,
        "median time (s)": None,
    }
    rows: list[dict[str, Cell]] = [
        {
            "annotator": each.annotator,
            "tasks": each.tasks,
            "submitted": each.submitted,
            "skipped": each.skipped,
            "draft": each.drafts,
            "open": each.open,
            "median time (s)": None if each.seconds is None else f"{each.seconds:.0f}",
        }
        for each in found.annotators
    ]
    return [*rows, total]


def _remarks(found: Status, pulled: Path | None) -> Iterator[str]:
    """What there is to say in words, each with what to do about it."""
    if found.shared:
        f1 = "–" if found.f1 is None else f"{found.f1:.3f}"
        yield (
            f"submitted by several: {found.shared}; of these, not the same in places, labels, "
            f"attributes and relations: {found.differing} (F1 by place and label: {f1})"
        )
    stale = found.stale
    if stale.pulled is not None and any(stale.pulled.values()):
        said = ", ".join(f"{name} {number}" for name, number in stale.pulled.items())
        yield f"stale: {printable(str(pulled))} is older than the server ({said}); pull again"
    for keys, what, remedy in (
        (stale.text, "with another text than the task files", "push the new text, or keep the old"),
        (stale.data, "with other data than the task files", "push again"),
        (stale.missing, "of the task files not on the server", "push again"),
        (stale.extra, "not in the task files", "name all task files, or leave it so"),
        (stale.model, "with predictions, but none by the model shown", "push again"),
        (stale.doubled, "there more than once", "push again"),
    ):
        if keys:
            tasks = counted(len(keys), "task")
            yield f"stale: {tasks} {what}; {remedy} (first: {printable(keys[0])})"
    for url in stale.config:
        yield f"stale: the configuration of {url} is not the scheme's; push with --update-config"
    if found.unread:
        unread = counted(found.unread, "task")
        yield f"with annotations that cannot be understood: {unread}; pull names them"
    if _is_fresh(found):
        yield "nothing is stale"


def _is_fresh(found: Status) -> bool:
    stale = asdict(found.stale)
    counts = stale.pop("pulled") or {}
    return not (found.unread or any(stale.values()) or any(counts.values()))


def _print_anchoring(found: Anchoring, shape: Shape) -> None:
    from quotemark.report import grid

    if shape is Shape.json:
        grid.print_text(json.dumps(asdict(found), ensure_ascii=False, indent=2) + "\n")
        return
    rows: list[dict[str, Cell]] = [
        {
            "measure": row.measure,
            "of": row.label,
            "assisted": row.assisted,
            **_ends("", row.assisted_interval),
            "control": row.control,
            **_ends(" ", row.control_interval),
            "difference": row.difference,
            **_ends("  ", row.difference_interval),
        }
        for row in found.rows
        if row.assisted is not None or row.control is not None
    ]
    counts = ", ".join(f"{arm}: {number}" for arm, number in found.documents.items())
    grid.print_text(f"documents with submitted work: {counts}\n\n")
    grid.print_table(rows)
    grid.print_text("".join(f"\n{remark}" for remark in found.remarks) + "\n")


def _ends(spaces: str, interval: tuple[float, float] | None) -> dict[str, Cell]:
    """An interval in two columns, whose heads repeat but for spaces that nobody sees."""
    low, high = interval or (None, None)
    return {f"low{spaces}": low, f"high{spaces}": high}
