"""`quotemark gold diff`: what changed from one gold to another, and how saved scores move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from quotemark.cli import output
from quotemark.cli.options import Format, FormatOption, SchemeFile, Texts, scheme_of, stdin_once
from quotemark.errors import QuotemarkError, error, printable

if TYPE_CHECKING:
    from quotemark.metrics.results import Record
    from quotemark.model import Corpus
    from quotemark.release.differing import Change
    from quotemark.release.effects import Effect, Gold
    from quotemark.release.manifest import Manifest
    from quotemark.report.grid import Cell


def diff(
    old: Annotated[Path, typer.Argument(help="A release, or a file of gold.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="Another one.", metavar="NEW")],
    runs: Annotated[
        list[Path] | None,
        typer.Option(
            "--runs",
            help="A run of score --save against OLD, to tell how its scores move; repeatable.",
            metavar="RUN",
        ),
    ] = None,
    predictions: Annotated[
        list[Path] | None,
        typer.Option(
            "--predictions",
            help="What a run was made of, to score it against NEW; repeatable. Without, scores on "
            "the documents that did not change are told.",
            metavar="PRED",
        ),
    ] = None,
    per_document: output.PerDocument = False,
    format: FormatOption = Format.table,
    scheme: SchemeFile = None,
    texts: Texts = None,
) -> None:
    """Say what changed from one gold to another, span by span, and how scores move.

    Exit code 1 where anything changed. Ids and the order of spans do not count. With --runs, CSV
    and LaTeX hold the scores alone.
    """
    stdin_once(old, new, *(runs or ()), *(predictions or ()), *(texts or ()))
    if predictions and not runs:
        raise typer.BadParameter("--predictions are for --runs")
    from quotemark.release.differing import diff as library_diff
    from quotemark.release.differing import diff_releases

    golds = [_gold(path, scheme, texts or []) for path in (old, new)]
    manifests = [gold.manifest for gold in golds]
    changes = library_diff(*(gold.gold.corpus for gold in golds))
    if manifests[0] and manifests[1]:
        changes = diff_releases(manifests[0], manifests[1]) + changes
    effects = _effects(golds[0].gold, golds[1].gold, changes, runs or [], predictions or [])
    for found in effects:
        for note in _notes(found, changes):
            typer.echo(f"quotemark: {printable(found.system)}: {note}", err=True)
    _print(changes, effects if runs else None, format, per_document=per_document)
    if changes:
        raise typer.Exit(1)


class Given(NamedTuple):
    """A gold that was named, with its manifest if it is a release."""

    gold: Gold
    manifest: Manifest | None


def _gold(path: Path, scheme: Path | None, texts: Sequence[Path]) -> Given:
    from quotemark.formats import read
    from quotemark.model import Corpus
    from quotemark.release import read_release
    from quotemark.release.effects import Gold
    from quotemark.release.reading import claims_to_be

    release = read_release(path) if claims_to_be(path) else None
    corpus = release.corpus if release else read(path)
    known = read(*texts).documents if texts else {}
    wanted = {layer.doc_id for layer in corpus} & known.keys() - corpus.documents.keys()
    corpus = Corpus({**corpus.documents, **{doc: known[doc] for doc in wanted}}, corpus.annotations)
    parts: dict[str, set[str]] = {}
    for place in release.manifest.documents if release else ():
        parts.setdefault(place.part, set()).add(place.id)
    gold = Gold(
        corpus,
        scheme_of(scheme, path),
        tuple((part, frozenset(ids)) for part, ids in sorted(parts.items())),
    )
    _refuse_several(gold, path)
    return Given(gold, release.manifest if release else None)


def _refuse_several(gold: Gold, path: Path) -> None:
    seen: set[str] = set()
    for layer in gold.layers:
        if layer.doc_id in seen:
            message = "has several layers, and gold is one"
            remedy = "name a file of gold alone"
            raise error("annotators", message, remedy, file=path, doc=layer.doc_id)
        seen.add(layer.doc_id)


def _effects(
    old: Gold, new: Gold, changes: Sequence[Change], runs: list[Path], predictions: list[Path]
) -> list[Effect]:
    """The effects on every system of the runs; each prediction belongs to one of them."""
    from quotemark.cli.systems import by_annotator
    from quotemark.formats import read
    from quotemark.metrics.runs import read_run
    from quotemark.release.effects import effect

    systems: list[tuple[Path, str, Corpus]] = []
    for path in predictions:
        systems += ((path, *named) for named in by_annotator(read(path), path))
    effects, used = [], set()
    for path in runs:
        for report in read_run(path):
            if report.beside:
                continue
            try:
                found, number = effect(old, new, report, changes, [s[2] for s in systems])
            except QuotemarkError as failure:
                raise _in_file(failure, path) from None
            effects.append(found)
            used.add(number)
    for number, (path, name, _) in enumerate(systems):
        if number not in used:
            message = f"the predictions of {name} do not give the counts of any of the runs"
            remedy = "name what the runs were made of, and the quotemark that made them"
            raise error("predictions", message, remedy, file=path)
    return effects


def _in_file(failure: QuotemarkError, path: Path) -> QuotemarkError:
    from dataclasses import replace

    problems = (replace(p, where=replace(p.where, file=str(path))) for p in failure.problems)
    return QuotemarkError(problems)


def _notes(found: Effect, changes: Sequence[Change]) -> Iterator[str]:
    from quotemark.cli.systems import names_of
    from quotemark.release.effects import UNCHANGED

    if found.basis != UNCHANGED:
        if lacking := sorted({doc for row in found.rows for doc in row.unscored}):
            yield f"no text, so some scores leave out: {names_of(lacking)}; name it with --texts"
        return
    new_scheme = any(change.kind == "scheme" for change in changes)
    if not (found.stale or found.gone or found.come or new_scheme):
        return
    yield "no predictions, so NEW's scores are on the documents that did not change"
    for what, docs in (
        ("counts that no longer hold", found.stale),
        ("not in NEW", found.gone),
        ("only in NEW", found.come),
    ):
        if docs:
            yield f"{what}: {names_of(docs)}"
    if new_scheme:
        yield "the scheme changed, and counts are by the old one"


def _print(
    changes: Sequence[Change],
    effects: Sequence[Effect] | None,
    format: Format,
    *,
    per_document: bool,
) -> None:
    from quotemark.report import grid
    from quotemark.report.plain import as_json

    rows: list[dict[str, Cell]] = [dict(change._asdict()) for change in changes]
    if format is Format.json:
        data = {"changes": rows, **_json(effects or (), per_document=per_document)}
        grid.print_text(as_json(data))
        return
    if format is Format.csv:
        records = [r for e in effects or () for r in e.records(per_document=per_document)]
        grid.print_text(grid.to_csv(records if effects is not None else rows))
        return
    moved = _moved(effects or (), per_document=per_document)
    if format is Format.latex:
        from quotemark.report.latex import to_latex

        shown = rows if effects is None else moved
        grid.print_text(to_latex(shown, signature="") if shown else "")
        return
    tables = [table for table in (rows, moved) if table]
    for number, table in enumerate(tables):
        grid.print_text("\n" if number else "")
        if format is Format.markdown:
            grid.print_text(grid.to_markdown(table))
        else:
            grid.print_table(table)


def _json(effects: Sequence[Effect], *, per_document: bool) -> dict[str, object]:
    systems = [
        {"system": e.system, "part": e.part, "basis": e.basis, "stale": list(e.stale),
         "gone": list(e.gone), "come": list(e.come)}
        for e in effects
    ]  # fmt: skip
    scores = [record for e in effects for record in e.records(per_document=per_document)]
    return {"systems": systems, "scores": scores}


SHOWN = {"P": "precision", "R": "recall", "F1": "f1", "κ": "kappa", "support": "support"}

BASIS = {"rescored": "", "unchanged documents": " (unchanged documents)"}


def _moved(effects: Sequence[Effect], *, per_document: bool) -> list[dict[str, Cell]]:
    """The rows that moved, as people read them: each number before and after."""
    records: list[Record] = []
    for found in effects:
        moved = {(str(m.row.metric), m.row.label, m.row.slice) for m in found.rows if m.moved}
        every = found.records(per_document=per_document)
        records += (r for r in every if (r["metric"], r["label"], r["slice"]) in moved)
    heads = [
        head
        for head, name in SHOWN.items()
        if head != "κ" or any(record[f"{name}_{when}"] is not None
                              for record in records for when in ("old", "new"))
    ]  # fmt: skip
    table: list[dict[str, Cell]] = []
    for record in records:
        part = f" {record['slice']}" if record["slice"] else ""
        line: dict[str, Cell] = {
            "system": f"{record['system']}{BASIS[str(record['basis'])]}",
            "metric": record["metric"],
            "label": f"{record['label']}{part}",
        }
        if per_document:
            line["document"] = record["document"] or ""
        line |= {head: _both(record, SHOWN[head]) for head in heads}
        if per_document:
            line["alone"] = record["alone"]
        table.append(line)
    return table


def _both(record: Record, name: str) -> str:
    from quotemark.report.grid import shown

    old, new = (shown(record[f"{name}_{when}"]) for when in ("old", "new"))
    return old if old == new else f"{old} → {new}"
