"""Score two files block by block: each block is read into columns, counted and let go."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from operator import lt
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quotemark import __version__
from quotemark.columnar import native
from quotemark.columnar.columns import Names, Rows, names_of
from quotemark.columnar.compiled import Hashes, Numbers, is_new
from quotemark.columnar.count import count, pair_up
from quotemark.columnar.hashing import EMPTY
from quotemark.columnar.plan import Layout, layout_of
from quotemark.columnar.room import room_for
from quotemark.columnar.source import BLOCK, Block, Source
from quotemark.errors import QuotemarkError
from quotemark.metrics.case import Case
from quotemark.metrics.fingerprint import shown
from quotemark.metrics.ledger import Ledger
from quotemark.metrics.names import Metric
from quotemark.metrics.results import Row, ScoreReport, sign
from quotemark.metrics.scoring import count as count_case
from quotemark.model import Annotation
from quotemark.scheme import Scheme


def score_systems(
    gold: Path,
    preds: Sequence[Path],
    *,
    scheme: Scheme,
    metrics: Sequence[Metric],
    annotator: str | None,
    say: Callable[[str], None] = lambda note: None,
) -> list[ScoreReport]:
    """What `score` says of several systems' files against one of gold, much faster.

    None where a file or metric is out of the ordinary, or two systems are over different texts.
    Memory holds one block of each file for each processor, and what the reports keep: ids and
    counts. `say` is told what takes its time.
    """
    layout, named = layout_of(metrics, scheme), names_of(scheme)
    if layout is None or named is None:
        return []
    if is_new():
        say("compiling for large files, once after an installation: about half a minute")
    reports: list[ScoreReport] = []
    texts = None
    for pred in preds:
        try:
            with ThreadPoolExecutor(2) as pool:
                golds, found = pool.map(
                    lambda path: _source(path, named[0], hashed=path is gold), (gold, pred)
                )
            joined = _join(golds, found) if golds and found else None
            if golds is None or found is None or joined is None:
                return []
            task = Task(golds, found, *joined, scheme, layout, named[1])
            done = task.run()
        except DAMAGE:
            return []
        if done is None or (annotator is not None and annotator != done.annotators[0]):
            return []
        if texts is not None and not _same(texts, done.sha):
            return []
        texts = done.sha if texts is None else np.where(texts == EMPTY, done.sha, texts)
        reports.append(_report(task, done, metrics))
    return reports


DAMAGE = (
    *(OSError, ValueError, LookupError),
    *(NotImplementedError, RecursionError, QuotemarkError),
)
"""What readers raise where a file is not sound, or goes while it is read (pyarrow's errors are
among these): the ordinary reader then says what is wrong."""


def _source(path: Path, names: Names, *, hashed: bool) -> Source | None:
    if path.suffix.lower() != ".parquet":
        return native.source(path, names, hashed=hashed)
    from quotemark.columnar import parquet

    return parquet.source(path, names, hashed=hashed)


def _same(one: Hashes, two: Hashes) -> bool:
    """Whether hashes of texts are the same where both are known."""
    both = (one != EMPTY) & (two != EMPTY)
    return bool((one[both] == two[both]).all())


@dataclass(frozen=True, eq=False)
class Done:
    """What all blocks together gave."""

    counts: NDArray[np.int32]
    gold: str
    annotators: tuple[str, str]
    texted: NDArray[np.bool_]
    sha: Hashes


class Part(NamedTuple):
    """What one block gave: the sum of gold's hashes, and who annotated, on both sides."""

    said: int
    annotators: tuple[set[int], set[int]]


@dataclass(frozen=True, eq=False)
class Task:
    """Two sources, which of their layers belong together, and what to count.

    Document d is layer `gold_lines[d]` of gold and `pred_lines[d]` of the predictions (-1: none);
    documents are sorted by id.
    """

    golds: Source
    preds: Source
    gold_lines: Numbers
    pred_lines: Numbers
    scheme: Scheme
    layout: Layout
    rows: Rows

    @cached_property
    def spare(self) -> Numbers:
        """The layers of predictions whose documents gold lacks."""
        return np.setdiff1d(np.arange(len(self.preds.ids)), self.pred_lines)

    def run(self) -> Done | None:
        """Every block counted; None where one is out of the ordinary."""
        documents = len(self.gold_lines)
        counts = np.zeros((documents, self.layout.width), np.int32)
        texted = np.zeros(documents, dtype=bool)
        sha = np.full(documents, EMPTY)
        spare = self.spare
        jobs = [
            *(
                partial(self._part, part, counts[part], texted[part], sha[part])
                for part in _blocks(documents)
            ),
            *(partial(self._spare, spare[part]) for part in _blocks(len(spare))),
        ]
        said, annotators = 0, (set[int](), set[int]())
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for part in pool.map(lambda job: job(), jobs):
                if part is None:
                    return None
                said += part.said
                for known, found in zip(annotators, part.annotators, strict=True):
                    known |= found
        if any(len(known) != 1 for known in annotators):
            return None
        if not (self.golds.is_as_it_was() and self.preds.is_as_it_was()):
            return None
        return Done(
            counts, shown(said), (self.golds.annotator(), self.preds.annotator()), texted, sha
        )

    def _part(
        self, block: slice, out: NDArray[np.int32], texted: NDArray[np.bool_], sha: Hashes
    ) -> Part | None:
        gold_lines, pred_lines = self.gold_lines[block], self.pred_lines[block]
        found = pred_lines >= 0
        places = np.where(found, np.cumsum(found) - 1, -1)
        gold, pred = self.golds.block(gold_lines), self.preds.block(pred_lines[found])
        if gold is None or pred is None:
            return None
        hashes = self.golds.hashes[gold_lines]
        fit, said, spans, fragments = pair_up(gold, pred, places, hashes, texted, sha)
        if not fit:
            return None
        hard = np.zeros(len(places), np.bool_)
        labels, rows = len(self.scheme.labels), len(self.rows.group)
        room = room_for(spans, fragments, labels, rows)
        count(
            gold.columns, pred.columns, places, self.rows, labels, self.layout.plan, room, out, hard
        )
        for place in np.flatnonzero(hard):
            self._count_hard(int(gold_lines[place]), int(pred_lines[place]), out[place])
        return Part(int(said), (_who(gold), _who(pred)))

    def _spare(self, lines: Numbers) -> Part | None:
        """Predictions that gold lacks: read, so that nothing about them is out of the ordinary."""
        pred = self.preds.block(lines)
        return Part(0, (set(), _who(pred))) if pred else None

    def _count_hard(self, gold_line: int, pred_line: int, out: NDArray[np.int32]) -> None:
        """Count one document as the ordinary scorer does."""
        gold = self.golds.layer(gold_line)
        pred = self.preds.layer(pred_line) if pred_line >= 0 else Annotation(gold.doc_id, "", "")
        case = Case(gold, pred, None, self.scheme)
        for metric, (column, labels, kind) in self.layout.rows.items():
            found = count_case(case, metric)
            width = len(kind.FIELDS)
            for row, label in enumerate(labels):
                tally = found[label]
                if tally is not None:
                    out[column + width * row : column + width * (row + 1)] = tally.row


def _blocks(number: int) -> Iterator[slice]:
    return (slice(first, first + BLOCK) for first in range(0, number, BLOCK))


def _join(golds: Source, preds: Source) -> tuple[Numbers, Numbers] | None:
    """The places of each document in gold and predictions; None where one comes twice."""
    ids = golds.ids
    if ids == preds.ids and all(map(lt, ids, ids[1:])):  # as files mostly are
        return np.arange(len(ids)), np.arange(len(ids))
    places = {doc: place for place, doc in enumerate(preds.ids)}
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
    if len(places) < len(preds.ids) or any(ids[a] == ids[b] for a, b in pairwise(order.tolist())):
        return None
    found = np.fromiter((places.get(doc, -1) for doc in ids), np.int64, len(ids))
    return order, found[order]


def _who(block: Block) -> set[int]:
    """Those who annotated, by their hashes."""
    names = block.columns.annotator
    return set((names[:1] if (names == names[:1]).all() else names).tolist())


def _report(task: Task, done: Done, metrics: Sequence[Metric]) -> ScoreReport:
    documents = _at(task.golds.ids, task.gold_lines)
    scored = np.ones(len(documents), dtype=bool)
    rows = []
    for metric in metrics:
        column, labels, kind = task.layout.rows[metric]
        for label in labels:
            counts = done.counts[:, column : column + len(kind.FIELDS)]
            column += len(kind.FIELDS)
            ledger = Ledger(documents, kind, counts, scored)
            signature = sign(metric, label, len(documents), done.gold, __version__)
            rows.append(Row(metric, label, ledger, signature))
    extra = _at(task.preds.ids, task.spare)
    return ScoreReport(
        tuple(rows),
        documents,
        done.gold,
        __version__,
        done.annotators[1],
        _at(documents, np.flatnonzero(task.pred_lines < 0)),
        tuple(sorted(extra)),
        untexted=_at(documents, np.flatnonzero(~done.texted)),
    )


def _at(ids: Sequence[str], places: Numbers) -> tuple[str, ...]:
    if len(places) == len(ids) and (np.diff(places) > 0).all():
        return tuple(ids)
    return tuple(map(ids.__getitem__, places.tolist()))
