"""What annotators score against each other and against gold, to set beside systems.

The human ceiling of a metric: how well somebody who knows the guidelines does by it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np

from quotemark import __version__
from quotemark.metrics.favour import Favour, favour
from quotemark.metrics.fingerprint import content_hash
from quotemark.metrics.ledger import Ledger
from quotemark.metrics.names import Metric
from quotemark.metrics.prepare import prepare
from quotemark.metrics.results import Row, ScoreReport, sign
from quotemark.metrics.scoring import score
from quotemark.model import Annotation, Corpus, Document
from quotemark.panel import Layers, people, shared
from quotemark.scheme import Scheme, default_scheme

HUMAN = "human: "
"""How the names of annotators begin, where they stand beside systems."""

ALL_PAIRS = f"{HUMAN}all pairs"

TWICE = "each side taken for gold once"


def ceiling(
    gold: Corpus,
    layers: Corpus,
    *,
    scheme: Scheme | None = None,
    metrics: Iterable[str | Metric] | None = None,
    annotator: str | None = None,
    by: Iterable[str] = (),
) -> list[ScoreReport]:
    """The scores of annotators on gold's documents, one report for each comparison.

    `human: a × b` compares two on the documents that both annotated, and what both and gold were
    asked. Each is taken for gold once and the counts are added, so precision and recall are
    alike by symmetric metrics. With several pairs, `human: all pairs` adds up these. `human: a ×
    gold` scores one against gold, on the documents they annotated. `layers` are submitted ones;
    those of gold's own annotator do not count. The other options are `score`'s.

    `remarks` say over how many documents each is, and whether gold was made from these layers or
    may have been. No annotator in common documents: no report. Raises `QuotemarkError` as `score`
    and `panel.panels` do.

    >>> from quotemark.model import Span
    >>> def layer(who, end, status="submitted"):
    ...     return Annotation("d", "", who, (Span("q", "Quote", ((0, end),)),), status=status)
    >>> passes = Corpus({}, (layer("a", 9), layer("b", 8)))
    >>> gold = Corpus({}, (layer("gold", 9, "gold"),))
    >>> for report in ceiling(gold, passes, metrics=["exact"]):
    ...     print(report.system, report.row("exact", "Quote").f1)
    human: a × b 0.0
    human: a × gold 1.0
    human: b × gold 0.0
    """
    scheme = scheme or default_scheme()
    truth = {g.doc_id: g for g in prepare(gold, Corpus(), scheme=scheme, annotator=annotator).gold}
    documents = {**layers.documents, **gold.documents}
    everybody = _people(layers, truth, documents, scheme)
    chosen = None if metrics is None else tuple(metrics)
    compare = partial(score, scheme=scheme, metrics=chosen, by=tuple(by))
    judge = next(iter({layer.annotator for layer in truth.values()}), "")
    reports = []
    for one, two in combinations(everybody, 2):
        sides = [Corpus(documents, side) for side in _shared(everybody[one], everybody[two], truth)]
        if sides[0].annotations:
            both = [compare(*sides), compare(*reversed(sides))]
            reports.append(_added(both, f"{HUMAN}{one} × {two}", (*sides[0], *sides[1])))
    if len(reports) > 1:
        every = [layer for own in everybody.values() for layer in own.values()]
        reports.append(_added(reports, ALL_PAIRS, every))
    for name, own in everybody.items():
        known = Corpus(documents, tuple(truth[doc] for doc in own))
        against = compare(known, Corpus(documents, tuple(own.values())))
        reports.append(replace(against, system=f"{HUMAN}{name} × {judge}"))
    made_from = favour(truth.values(), everybody)
    return [
        replace(each, remarks=_remarks(each, judge, len(truth), made_from), beside=True)
        for each in reports
    ]


def on_their_documents(report: ScoreReport, people: Sequence[ScoreReport]) -> ScoreReport | None:
    """A system's scores on the documents that annotators are compared on, to set beside them.

    Those of every pair, or of every annotator where there is no pair. None where these are all
    of the system's, or none. Intervals are not kept: they are to be made anew.
    """
    pairs = [each for each in people if each.remarks and TWICE in each.remarks[0]] or people
    wanted = {doc for each in pairs for doc in each.documents}
    documents = tuple(doc for doc in report.documents if doc in wanted)
    if not documents or len(documents) == len(report.documents):
        return None
    rows = (_limited(row, report, wanted) for row in report.rows)
    some = f"{len(documents)} of {len(report.documents)} documents"
    return replace(
        report,
        rows=tuple(row for row in rows if row.documents),
        documents=documents,
        system=f"{report.system}, their documents",
        missing=tuple(doc for doc in report.missing if doc in wanted),
        extra=(),
        outside={},
        unfinished=(),
        untexted=tuple(doc for doc in report.untexted if doc in wanted),
        grounding={},
        resampling="",
        remarks=(f"their documents: the {some} that annotators are compared on",),
        beside=True,
    )


def _limited(row: Row, report: ScoreReport, wanted: Container[str]) -> Row:
    documents = row.documents.documents
    ledger = row.documents.at([place for place, doc in enumerate(documents) if doc in wanted])
    of = (row.metric, row.label, len(ledger), report.gold, report.version)
    signature = sign(*of, slice=row.slice)
    return replace(row, documents=ledger, signature=signature, intervals={})


def _people(
    layers: Corpus,
    truth: Mapping[str, Annotation],
    documents: Mapping[str, Document],
    scheme: Scheme,
) -> dict[str, Layers]:
    """Each annotator's layers over gold's documents, in the order of names."""
    judges = {layer.annotator for layer in truth.values()}
    fit = (a for a in layers if a.doc_id in truth and a.annotator not in judges)
    return people(Corpus(documents, tuple(fit)), scheme)


def _shared(
    one: Layers, two: Layers, truth: Mapping[str, Annotation]
) -> tuple[tuple[Annotation, ...], tuple[Annotation, ...]]:
    """Two annotators' layers of the same documents, on what both and gold were asked."""
    asked = shared(one, two, truth)
    ones, twos = (
        tuple(replace(side[doc], asked=common) for doc, common in asked.items())
        for side in (one, two)
    )
    return ones, twos


def _added(reports: Sequence[ScoreReport], name: str, layers: Iterable[Annotation]) -> ScoreReport:
    """The counts of reports added up, over all their documents."""
    digest = content_hash(layers)
    found: dict[tuple[Metric, str, str], list[Ledger]] = {}
    for report in reports:
        for row in report.rows:
            found.setdefault((row.metric, row.label, row.slice), []).append(row.documents)
    rows = []
    for (metric, label, part), ledgers in found.items():
        ledger = _sum(ledgers)
        signature = sign(metric, label, len(ledger), digest, __version__, slice=part)
        rows.append(Row(metric, label, ledger, signature, part))
    documents = sorted({doc for report in reports for doc in report.documents})
    untexted = sorted({doc for report in reports for doc in report.untexted})
    return ScoreReport(
        tuple(rows), tuple(documents), digest, __version__, name, untexted=tuple(untexted)
    )


def _sum(ledgers: Sequence[Ledger]) -> Ledger:
    documents = sorted({doc for ledger in ledgers for doc in ledger.documents})
    places = {doc: place for place, doc in enumerate(documents)}
    scored = [ledger for ledger in ledgers if ledger.scored.any()] or ledgers[:1]
    kind = scored[0].kind  # that of a ledger of nothing may be another
    broken = any(ledger.counts.dtype == object for ledger in scored)
    counts = np.zeros((len(documents), len(kind.FIELDS)), dtype=object if broken else np.int64)
    known = np.zeros(len(documents), dtype=bool)
    for ledger in scored:
        rows = [places[doc] for doc in ledger.documents]
        counts[rows] += ledger.counts
        known[rows] |= ledger.scored
    return Ledger(tuple(documents), kind, counts, known)


def _remarks(report: ScoreReport, judge: str, documents: int, made_from: Favour) -> tuple[str, ...]:
    said = [f"{report.system}: over {len(report.documents)} of {documents} documents"]
    if not report.system.endswith(f" × {judge}"):
        said[0] += f", {TWICE}"
    if made_from.people:
        names = ", ".join(made_from.sources)
        said.append(f"no independent ceiling: gold was adjudicated from the layers of {names}")
    elif made_from.doubt:
        said.append(made_from.doubt)
    return tuple(said)
