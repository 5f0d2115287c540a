"""Score predictions against gold: every metric on every document, and the sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from quotemark import __version__
from quotemark.grounding.strings import count_strings
from quotemark.metrics.case import Case
from quotemark.metrics.counts import Tally
from quotemark.metrics.fingerprint import content_hash
from quotemark.metrics.ledger import ledger
from quotemark.metrics.names import Metric, chosen
from quotemark.metrics.prepare import UNFINISHED, prepare
from quotemark.metrics.results import Row, ScoreReport, sign
from quotemark.metrics.slices import with_slices
from quotemark.metrics.slicing import slicings
from quotemark.model import Annotation, Corpus
from quotemark.scheme import Scheme, default_scheme


def score(
    gold: Corpus,
    pred: Corpus,
    *,
    scheme: Scheme | None = None,
    metrics: Iterable[str | Metric] | None = None,
    protocol: str | None = None,
    annotator: str | None = None,
    by: Iterable[str] = (),
) -> ScoreReport:
    """Score the predictions of one system against gold.

    `metrics` are `Metric`s or their strings (default: `names.METRICS`); `protocol` names a
    published scorer (`protocols.PROTOCOLS`), whose measures come after them, or alone. `scheme`
    is the default one unless given; `annotator` chooses among gold's layers. Gold documents that
    `pred` lacks are missed and named; predicted documents that gold lacks are left out and
    named. What gold's `asked` leaves out is left out of the predictions and counted. What an
    extractor's `asked` leaves out is not scored; of its windows nothing is said: what it did
    not look at, it missed. Two empty corpora give rows that are undefined. `by` adds slices after
    the rows that can be parted so: `length`, `position`, `speaker`, an attribute, `meta:KEY`
    (see `slices` and `slicing`).

    Raises `QuotemarkError` for an unknown metric, protocol or key of slices and for layers that
    cannot be compared (see `prepare.prepare`).

    >>> from quotemark.model import Span
    >>> def layer(who, *places):
    ...     spans = (Span(f"q{n}", "Quote", (place,)) for n, place in enumerate(places))
    ...     return Corpus({}, (Annotation("a1", "", who, tuple(spans)),))
    >>> report = score(layer("gold", (0, 9), (20, 30)), layer("mine", (0, 9)), metrics=["exact"])
    >>> quote = report.row("exact", "Quote")
    >>> quote.precision, quote.recall, quote.counts
    (1.0, 0.5, Counts(tp=1, fp=0, fn=1))
    >>> quote.signature.rpartition("|v:")[0]
    'exact|label:Quote|avg:micro|docs:1|gold:d3fedcbe'
    """
    scheme = scheme or default_scheme()
    asked_for = chosen(metrics, protocol)
    ready = prepare(gold, pred, scheme=scheme, annotator=annotator)
    digest = content_hash(ready.gold)
    documents = tuple(ready.cases)
    known = {doc: document for c in (pred, gold) for doc, document in c.documents.items()}
    parted = slicings(by, scheme, known)

    def signed(row: Row, slice: str, number: int) -> str:
        return sign(row.metric, row.label, number, digest, __version__, slice=slice)

    rows: list[Row] = []
    for metric in asked_for:
        found = [count(case, metric) for case in ready.cases.values()]
        whole = [
            Row(
                metric,
                label,
                ledger(documents, [scores[label] for scores in found]),
                sign(metric, label, len(ready.cases), digest, __version__),
            )
            for label in count(_nothing(scheme), metric)
        ]
        rows += with_slices(whole, ready.cases, parted, sign=signed)
    systems = {a.annotator for a in pred}
    return ScoreReport(
        tuple(rows),
        documents,
        digest,
        __version__,
        systems.pop() if len(systems) == 1 else "",
        ready.missing,
        ready.extra,
        ready.outside,
        ready.unfinished,
        tuple(doc for doc, case in ready.cases.items() if case.text is None),
        count_strings(a for a in pred if a.doc_id in ready.cases and a.status not in UNFINISHED),
    )


def count(case: Case, metric: Metric) -> Mapping[str, Tally | None]:
    """One document's counts of one metric, by row label: the same rows for every document."""
    return metric.measure.rows(case, metric.criterion)


def _nothing(scheme: Scheme) -> Case:
    """A document without anything, to tell which rows a metric has."""
    empty = Annotation("", "", "")
    return Case(empty, empty, None, scheme)
