"""`quotemark annotators`: how good each annotator is, and in what."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from quotemark.cli.options import (
    Format,
    FormatOption,
    Layers,
    SchemeFile,
    Texts,
    layers_of,
    scheme_of,
    stdin_once,
)
from quotemark.cli.terms import in_files
from quotemark.errors import QuotemarkError, error, printable
from quotemark.wording import counted

if TYPE_CHECKING:
    from quotemark.metrics.favour import Favour
    from quotemark.model import Corpus
    from quotemark.quality import Reliability
    from quotemark.report.grid import Cell
    from quotemark.scheme import Scheme


class Show(StrEnum):
    """What can be printed of annotators."""

    overview = "overview"
    scores = "scores"
    mistakes = "mistakes"
    drift = "drift"
    speed = "speed"
    reliability = "reliability"
    confusion = "confusion"


COMPARING = [Show.overview, Show.scores, Show.mistakes, Show.drift]


class By(StrEnum):
    """Stretches of an annotator's work."""

    half = "half"
    week = "week"
    batch = "batch"


def annotators(
    files: Layers,
    texts: Texts = None,
    scheme: SchemeFile = None,
    gold: Annotated[
        Path | None,
        typer.Option("--gold", help="Adjudicated gold, to compare with as well.", metavar="GOLD"),
    ] = None,
    judge: Annotated[
        str | None,
        typer.Option("--annotator", help="Whose layers of the gold file are gold.", metavar="NAME"),
    ] = None,
    show: Annotated[
        Show,
        typer.Option("--show", "-s", help="What to print: each annotator in one line, or more."),
    ] = Show.overview,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            "--metric",
            "-m",
            help="With --show scores: a metric of `score`, else exact and "
            "overlap; repeat for several.",
        ),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label",
            "-l",
            help="Print this label, group, attribute or relation only; repeat for several.",
        ),
    ] = None,
    examples: Annotated[
        int,
        typer.Option(
            "--examples",
            min=0,
            metavar="N",
            help="With --show mistakes: print so many examples of each kind, in their context.",
        ),
    ] = 0,
    by: Annotated[
        By, typer.Option("--by", help="With --show drift: which stretches of work to compare.")
    ] = By.half,
    batch: Annotated[
        int, typer.Option("--batch", min=1, help="How many tasks --by batch takes together.")
    ] = 20,
    model: Annotated[
        str,
        typer.Option("--model", help="The model of reliability: dawid-skene or mace."),
    ] = "dawid-skene",
    pseudonyms: Annotated[
        bool, typer.Option("--pseudonyms", help="Print annotator-1, annotator-2 … for names.")
    ] = False,
    resamples: Annotated[
        int,
        typer.Option("--resamples", min=1, help="How often documents are drawn or exchanged."),
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The seed of the draws.")] = 1,
    format: FormatOption = Format.table,
) -> None:
    """Tell how good each annotator is: against the others, gold, and the clock.

    Scores by the metrics of `score`; mistakes by kind, with examples; drift over time; speed; and
    how far each can be relied on, by a model of three or more. Only what both sides were asked
    counts. Where nothing can be compared or no time is known, there is a dash.
    """
    from quotemark.formats import ReadOptions, read
    from quotemark.metrics.favour import favour
    from quotemark.model import Corpus
    from quotemark.panel import SUBMITTED

    _refuse(show, metric=metric, label=label, examples=examples, by=by, gold=gold)
    schema = scheme_of(scheme)
    stdin_once(*files, *(texts or ()), *([gold] if gold else ()))
    corpus = layers_of(files, texts, schema)
    truth = read(gold, options=ReadOptions(scheme=schema)) if gold else None
    if truth is not None and not {a.doc_id for a in truth} & {a.doc_id for a in corpus}:
        remedy = "name the gold of the documents that were annotated"
        raise error("gold", "shares no document with the layers", remedy, file=gold)
    submitted = tuple(layer for layer in corpus if layer.status == SUBMITTED)
    corpus = Corpus(corpus.documents, submitted)
    people = {layer.annotator for layer in corpus}
    made_from = favour(truth or (), people, judge=judge)
    if pseudonyms:
        corpus, truth, names = _pseudonymous(corpus, truth, judge)
        judge, made_from = None, made_from.renamed(names)
    options = (metric, label, examples, by, batch, model, resamples, seed)
    how = _How(corpus, schema, truth, judge, made_from, *options)
    try:
        view = _VIEWS[show](how)
    except QuotemarkError as failure:
        raise in_files(failure, gold or files[0], files[0]) from None
    _print(view, how, show, format)


class _How(NamedTuple):
    """What the options say, and the submitted layers."""

    corpus: Corpus
    scheme: Scheme
    gold: Corpus | None
    judge: str | None
    favour: Favour
    metrics: Sequence[str] | None
    labels: Sequence[str] | None
    examples: int
    by: By
    batch: int
    model: str
    resamples: int
    seed: int

    @property
    def sides(self) -> dict[str, Any]:
        return {"scheme": self.scheme, "gold": self.gold, "judge": self.judge}

    @property
    def draws(self) -> dict[str, Any]:
        return {"resamples": self.resamples, "seed": self.seed}

    def chosen(self, found: Sequence[Any]) -> list[Any]:
        """Those of the labels that were named. Raises `QuotemarkError` for an unknown one."""
        names = [getattr(each, "label", None) or each.question for each in found]
        known = dict.fromkeys([*_labels(self.scheme), *names])
        if unknown := [label for label in self.labels or () if label not in known]:
            message = f"nothing is told of {', '.join(map(repr, unknown))}"
            raise error("label", message, f"name one of: {', '.join(known)}")
        pairs = zip(names, found, strict=True)
        return [each for name, each in pairs if not self.labels or name in self.labels]


class _View(NamedTuple):
    """What one view prints: rows, and what they were made of.

    Tables leave out rows in which all `values` are undefined. `records` are for JSON, where they
    are not the rows.
    """

    rows: Sequence[dict[str, Cell]]
    signed: Sequence[str]
    values: Sequence[str] = ()
    remarks: Sequence[str] = ()
    records: Sequence[dict[str, Any]] | None = None


def _refuse(
    show: Show, *, metric: object, label: object, examples: object, by: By, gold: object
) -> None:
    """Raise `typer.BadParameter` for options that another view has."""
    several = (Show.overview, Show.speed)
    for given, option, views in (
        (metric, "--metric", [Show.scores]),
        (label, "--label", [view for view in Show if view not in several]),
        (examples, "--examples", [Show.mistakes]),
        (by is not By.half, "--by", [Show.drift]),
        (gold, "--gold", COMPARING),
    ):
        if given and show not in views:
            named = ", ".join(view.value for view in views)
            raise typer.BadParameter(f"goes with --show {named}", param_hint=option)


def _overview(how: _How) -> _View:
    from dataclasses import replace

    from quotemark import quality
    from quotemark.quality.relying import OVERALL
    from quotemark.report import annotators as report

    remarks = []
    reliability = {}
    try:
        estimated = quality.reliabilities(how.corpus, scheme=how.scheme, model=how.model)
        reliability = {row.annotator: row.value for row in estimated if row.question == OVERALL}
    except QuotemarkError as failure:
        if any(problem.code != "crowd" for problem in failure.problems):
            raise
        remarks.append(f"no reliability: {failure}")
    found = quality.annotators(how.corpus, **how.sides, **how.draws, reliability=reliability)
    found = [replace(each, favoured=how.favour.of(each.annotator)) for each in found]
    rows = report.overview_rows(found, gold=how.gold is not None)
    signed = ("overlap", f"perm:{how.resamples}", f"model:{how.model}", f"seed:{how.seed}")
    return _View(rows, signed, remarks=remarks)


def _scores(how: _How) -> _View:
    from quotemark import quality
    from quotemark.quality.scores import METRICS
    from quotemark.report import annotators as report

    metrics = how.metrics or METRICS
    options = {**how.sides, **how.draws, "metrics": metrics}
    found = how.chosen(quality.annotator_scores(how.corpus, **options))
    signed = (f"boot:{how.resamples}", f"seed:{how.seed}")
    return _View(report.score_rows(found), signed, ("f1",))


def _mistakes(how: _How) -> _View:
    from quotemark import quality
    from quotemark.report import annotators as report

    found = how.chosen(quality.annotator_mistakes(how.corpus, **how.sides))
    most = how.examples
    rows = report.example_rows(found, most) if most else report.mistake_rows(found)
    records = report.mistake_records(found, most) if most else None
    return _View(rows, ("iou>0",), records=records)


def _drift(how: _How) -> _View:
    from quotemark import quality
    from quotemark.report import annotators as report

    if how.by is By.half:
        found = how.chosen(quality.annotator_drift(how.corpus, **how.sides, **how.draws))
        rows = report.drift_rows(found)
        signed = ("overlap", f"perm:{how.resamples}", f"seed:{how.seed}")
        every = {row.annotator: (row.untimed, row.tasks + row.untimed) for row in found}
        remarks = [
            f"{name}: no time of submission of {untimed} of {counted(tasks, 'task')}"
            for name, (untimed, tasks) in every.items()
            if untimed
        ]
        return _View(rows, signed, ("first half", "second half"), remarks)
    batch = how.batch if how.by is By.batch else None
    periods = quality.annotator_periods(how.corpus, **how.sides, batch=batch)
    return _View(report.period_rows(how.chosen(periods)), ("overlap",), ("f1",))


def _speed(how: _How) -> _View:
    from quotemark import quality
    from quotemark.report import annotators as report

    found = quality.annotator_speed(how.corpus, scheme=how.scheme)
    return _View(report.speed_rows(found), ("unit:seconds",))


def _reliability(how: _How) -> _View:
    from quotemark.report import annotators as report

    found, remarks = _estimated(how)
    rows = report.reliability_rows(found)
    return _View(rows, (f"model:{how.model}",), ("reliability",), remarks)


def _confusion(how: _How) -> _View:
    from quotemark.report import annotators as report

    found, remarks = _estimated(how)
    return _View(report.confusion_rows(found), (f"model:{how.model}",), remarks=remarks)


def _estimated(how: _How) -> tuple[list[Reliability], list[str]]:
    """What a model estimates of the labels that were named, or why it cannot."""
    from quotemark import quality
    from quotemark.quality.relying import OVERALL

    found = quality.reliabilities(how.corpus, scheme=how.scheme, model=how.model)
    few = "no reliability: fewer than three annotators share a document whose text is known"
    enough = any(row.items for row in found if row.question == OVERALL)
    return how.chosen(found), [] if enough else [few]


_VIEWS = {
    Show.overview: _overview,
    Show.scores: _scores,
    Show.mistakes: _mistakes,
    Show.drift: _drift,
    Show.speed: _speed,
    Show.reliability: _reliability,
    Show.confusion: _confusion,
}


def _labels(scheme: Scheme) -> list[str]:
    """Everything of a scheme that results can be of."""
    attributes = [f"{label}.{name}" for label, a in scheme.labels.items() for name in a.attributes]
    return [*scheme.labels, *attributes, *scheme.relations]


def _pseudonymous(
    corpus: Corpus, gold: Corpus | None, judge: str | None
) -> tuple[Corpus, Corpus | None, dict[str, str]]:
    """Layers and gold with pseudonyms for all names, and these by name."""
    from dataclasses import replace

    from quotemark.model import Corpus
    from quotemark.release.privacy import anonymous, people
    from quotemark.release.privacy import pseudonyms as pseudonyms_of

    truth = [layer for layer in gold or () if judge in (None, layer.annotator)]
    names = pseudonyms_of(people(corpus, truth))
    renamed = tuple(replace(layer, annotator=names[layer.annotator]) for layer in corpus)
    anonymised = tuple(anonymous(layer, names) for layer in truth)
    return Corpus(corpus.documents, renamed), gold and Corpus(gold.documents, anonymised), names


def _remarks(how: _How, view: _View, show: Show) -> list[str]:
    """What goes with the rows."""
    if show in COMPARING and how.gold is None and not _shared(how.corpus):
        alone = "nothing to compare: no two annotators share a document, and there is no --gold"
        return [*view.remarks, alone]
    made_from = how.favour
    if not made_from.people:
        return [*view.remarks, *filter(None, [made_from.doubt])]
    whom = "them" if made_from.people == made_from.sources else ", ".join(made_from.people)
    names = ", ".join(made_from.sources)
    said = f"gold was adjudicated from the layers of {names}, and favours {whom}"
    return [*view.remarks, f"{said}; being held against the rest does not"]


def _shared(corpus: Corpus) -> bool:
    documents = [layer.doc_id for layer in corpus]
    return len(set(documents)) < len(documents)


def _print(view: _View, how: _How, show: Show, format: Format) -> None:
    from quotemark.report import annotators as report
    from quotemark.report import grid
    from quotemark.report.plain import as_json, escape

    names = {layer.annotator for layer in how.corpus}
    documents = {layer.doc_id for layer in how.corpus}
    signed = report.signature(names, len(documents), *view.signed)
    remarks = _remarks(how, view, show)
    if format is Format.json:
        rows = view.rows if view.records is None else view.records
        grid.print_text(as_json({"signature": signed, show.value: rows, "remarks": remarks}))
        return
    if format is Format.csv:
        for remark in remarks:
            typer.echo(f"quotemark: {printable(remark)}", err=True)
        grid.print_text(grid.to_csv(view.rows))
        return
    rows = [row for row in view.rows if _tells(row, view.values)]
    if format is Format.latex:
        from quotemark.report.latex import to_latex

        notes = [f"{remark}." for remark in remarks]
        grid.print_text(to_latex(rows, notes=notes, signature=signed))
    elif format is Format.markdown:
        said = "".join(f"\n{escape(printable(remark))}\n" for remark in remarks)
        grid.print_text(f"{grid.to_markdown(rows)}{said}\n`{signed}`\n")
    else:
        grid.print_table(rows)
        said = "".join(f"{printable(remark)}\n" for remark in remarks)
        grid.print_text(f"\n{said}{signed}\n")


def _tells(row: dict[str, Cell], values: Sequence[str]) -> bool:
    whole = "(all)" in (row.get("label"), row.get("question"))
    return whole or not values or any(row[value] is not None for value in values)
