"""Whether annotators change over time: their agreement over the order of their own work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from quotemark.matching import HALF
from quotemark.metrics.case import Case
from quotemark.metrics.counts import Array, Counts
from quotemark.model import Corpus, Span
from quotemark.quality.comparing import Comparison, against, comparisons
from quotemark.quality.scores import ALL
from quotemark.quality.times import Task, tasks
from quotemark.scheme import Scheme, default_scheme
from quotemark.stats.unpaired import permutation

Table = Mapping[str, Array]
"""By label, the tp, fp and fn of each of an annotator's timed tasks: `(tasks, 3)`."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How an annotator's agreement changed from the first half of their work to the second.

    `first` and `second` are F1 by overlap, from 0 to 1, and `change` is the second less the
    first; None where undefined, as without times. Halves are of `documents`, in the order in
    which their first tasks were submitted; where all is in one document, of `tasks`. `p` is that
    of a permutation test over documents; None with fewer than two. `untimed` tasks tell no time
    and are left out.
    """

    annotator: str
    against: str
    label: str
    first: float | None
    second: float | None
    change: float | None
    p: float | None
    documents: int
    tasks: int
    untimed: int


@dataclass(frozen=True, slots=True)
class Period:
    """An annotator's agreement in one stretch of their work, by overlap.

    `period` is a week (ISO 8601, in UTC) or tasks by number, in the order of submission.
    """

    annotator: str
    against: str
    label: str
    period: str
    tasks: int
    precision: float | None
    recall: float | None
    f1: float | None


class _Work:
    """What one annotator did of what can be compared, in order: timed tasks and their counts."""

    def __init__(self, found: Sequence[Comparison]) -> None:
        own = {doc: layer for comparison in found for doc, layer in comparison.layers.items()}
        every = [task for doc in sorted(own) for task in tasks(own[doc])]
        timed = [(task.made, task) for task in every if task.made is not None]
        self.tasks = [task for _, task in sorted(timed, key=lambda pair: (pair[0], pair[1].place))]
        self.made = sorted(made for made, _ in timed)
        self.untimed = len(every) - len(timed)
        self.table = _table(found, self.tasks)

    @property
    def documents(self) -> list[str]:
        """Documents with a time, by that of their first task."""
        return list(dict.fromkeys(task.document for task in self.tasks))


def annotator_drift(
    corpus: Corpus,
    *,
    scheme: Scheme | None = None,
    gold: Corpus | None = None,
    judge: str | None = None,
    resamples: int = 10_000,
    seed: int = 1,
) -> list[Drift]:
    """Every annotator's change against the rest, and against gold if given, on every label.

    Of an annotator's documents in the order of their first submission, the first half, rounded
    down, is compared with the second. Against the rest, a change may be the others'. `judge`
    chooses among gold's layers. Raises `QuotemarkError` for layers that cannot be compared.

    >>> from quotemark.model import Annotation
    >>> def layer(who, doc, day, end):
    ...     made = {"label_studio": {"created_at": f"2026-11-{day}T10:00:00Z"}}
    ...     return Annotation(doc, "", who, (Span("x", "Cue", ((0, end),)),), provenance=made)
    >>> a = (layer("a", "x", "02", 2), layer("a", "y", "03", 9))
    >>> b = (layer("b", "x", "02", 9), layer("b", "y", "03", 9))
    >>> row = annotator_drift(Corpus({}, (*a, *b)))[0]
    >>> row.annotator, row.label, row.first, row.second, row.p
    ('a', '(all)', 0.0, 1.0, 1.0)
    """
    scheme = scheme or default_scheme()
    found = comparisons(corpus, scheme=scheme, gold=gold, judge=judge)
    return drift(found, (ALL, *scheme.labels), resamples=resamples, seed=seed)


def drift(
    found: Sequence[Comparison], labels: Sequence[str], *, resamples: int, seed: int
) -> list[Drift]:
    """As `annotator_drift`, of comparisons that are made already and of some labels."""
    rows = []
    for (name, held), same in against(found).items():
        work = _Work(same)
        first, second = _halves(work)
        for label in labels:
            table = work.table[label]
            early, late = (_f1(table[half].sum(axis=0)) for half in (first, second))
            change = None if early is None or late is None else late - early
            p = _p(work, table, first, second, resamples=resamples, seed=seed)
            numbers = (len(work.documents), len(work.tasks), work.untimed)
            rows.append(Drift(name, held, label, early, late, change, p, *numbers))
    return rows


def annotator_periods(
    corpus: Corpus,
    *,
    scheme: Scheme | None = None,
    gold: Corpus | None = None,
    judge: str | None = None,
    batch: int | None = None,
) -> list[Period]:
    """As `annotator_drift`, by week; with `batch`, by so many tasks, the last ones being fewer.

    A task counts what begins in its window. Raises `ValueError` for a batch under 1.

    >>> annotator_periods(Corpus())
    []
    """
    if batch is not None and batch < 1:
        raise ValueError(f"batch {batch}")
    scheme = scheme or default_scheme()
    found = comparisons(corpus, scheme=scheme, gold=gold, judge=judge)
    rows = []
    for (name, held), same in against(found).items():
        work = _Work(same)
        named = _weeks(work.made) if batch is None else _batches(len(work.tasks), batch)
        for label in (ALL, *scheme.labels):
            for period, places in named.items():
                counts = Counts.of(work.table[label][places].sum(axis=0))
                ratios = (counts.precision, counts.recall, counts.f1)
                rows.append(Period(name, held, label, period, len(places), *ratios))
    return rows


def _halves(work: _Work) -> tuple[list[int], list[int]]:
    """The tasks, by number, of the first half of the documents and of the second."""
    docs = work.documents
    if len(docs) < 2:
        middle = len(work.tasks) // 2
        return list(range(middle)), list(range(middle, len(work.tasks)))
    early = set(docs[: len(docs) // 2])
    first = [n for n, task in enumerate(work.tasks) if task.document in early]
    second = [n for n, task in enumerate(work.tasks) if task.document not in early]
    return first, second


def _p(
    work: _Work,
    table: Array,
    first: Sequence[int],
    second: Sequence[int],
    *,
    resamples: int,
    seed: int,
) -> float | None:
    if len(work.documents) < 2:
        return None
    early, late = (_by_document(work, table, half) for half in (first, second))
    return permutation(early, late, _figure, resamples=resamples, seed=seed)


def _by_document(work: _Work, table: Array, half: Sequence[int]) -> Array:
    found: dict[str, Array] = {}
    for n in half:
        doc = work.tasks[n].document
        found[doc] = found.get(doc, np.zeros(3)) + table[n]
    return np.array([found[doc] for doc in sorted(found)])


def _figure(sums: Array) -> Array:
    ratios: Array = Counts.ratios(sums)[..., 2]
    return ratios


def _f1(sums: Array) -> float | None:
    return Counts.of(sums).f1


def _weeks(made: Sequence[datetime]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for n, moment in enumerate(made):
        year, week, _ = moment.isocalendar()
        found.setdefault(f"{year}-W{week:02}", []).append(n)
    return found


def _batches(number: int, size: int) -> dict[str, list[int]]:
    """Stretches of tasks.

    >>> _batches(3, 2)
    {'tasks 1–2': [0, 1], 'tasks 3–3': [2]}
    """
    starts = range(0, number, size)
    stretches = (range(start, min(start + size, number)) for start in starts)
    return {f"tasks {each[0] + 1}–{each[-1] + 1}": list(each) for each in stretches}


def _table(found: Sequence[Comparison], timed: Sequence[Task]) -> Table:
    """What each timed task adds to the counts of each label, the others taken together."""
    numbers: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for n, task in enumerate(timed):
        document, window = task.place
        numbers[document].append((*window, n))
    labels = [label for c in found[:1] for case in c.cases.values() for label in case.scheme.labels]
    table = {label: np.zeros((len(timed), 3), np.int64) for label in (ALL, *labels)}
    for comparison in found:
        for doc, case in comparison.cases.items():
            for label, start, column in _events(case):
                for first, end, n in numbers[doc]:
                    if not end or first <= start < end:
                        table[label][n, column] += 1
                        table[ALL][n, column] += 1
                        break
    return table


def _events(case: Case) -> Iterator[tuple[str, int, int]]:
    """Of each aligned or single span: its label, where it begins, and which count it adds to."""
    for label in case.scheme.labels:
        if not (case.gold.asked.label(label) and case.pred.asked.label(label)):
            continue
        alignment = case.alignment(label, HALF)
        sides: tuple[Sequence[Span], ...] = (
            [own for _, own in alignment.spans()],
            alignment.spurious,
            alignment.missed,
        )
        for column, spans in enumerate(sides):
            yield from ((label, span.start, column) for span in spans)
