"""How a change of gold moves the scores of saved runs, row by row and document by document."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from quotemark.errors import error
from quotemark.metrics.counts import Tally
from quotemark.metrics.fingerprint import content_hash
from quotemark.metrics.ledger import Ledger
from quotemark.metrics.prepare import UNFINISHED
from quotemark.metrics.results import KAPPA, RATIOS, Record, Row, ScoreReport
from quotemark.metrics.scoring import score
from quotemark.metrics.slicing import META
from quotemark.model import Annotation, Corpus
from quotemark.release.differing import Change
from quotemark.scheme import Scheme

RESCORED, UNCHANGED = "rescored", "unchanged documents"
"""What scores after the change are of: the new gold, or the documents that are in both golds
unchanged, where there are no predictions to score."""

APART = ("split", "metadata")
"""Kinds of changes that leave a document's counts as they are, but for slices by metadata."""


@dataclass(frozen=True)
class Gold:
    """A gold with its scheme; `parts` has the ids of each part's documents, if it is a release."""

    corpus: Corpus
    scheme: Scheme
    parts: tuple[tuple[str, frozenset[str]], ...] = ()

    def only(self, part: str) -> Gold:
        """One part of it; `""`: all. KeyError where there is no such part."""
        if not part:
            return self
        ids = dict(self.parts)[part]
        layers = tuple(layer for layer in self.corpus if layer.doc_id in ids)
        texts = {doc: text for doc, text in self.corpus.documents.items() if doc in ids}
        return Gold(Corpus(texts, layers), self.scheme)

    @property
    def layers(self) -> tuple[Annotation, ...]:
        """The layers that are scored."""
        return tuple(layer for layer in self.corpus if layer.status not in UNFINISHED)


@dataclass(frozen=True)
class Movement:
    """One row of a saved run and what becomes of it; None where a gold has no such row."""

    old: Row | None
    new: Row | None

    @property
    def row(self) -> Row:
        """The newer of the two that is there."""
        found = self.new or self.old
        if found is None:
            raise ValueError("a movement of no row")
        return found

    @property
    def moved(self) -> tuple[str, ...]:
        """The documents whose counts are others, in the order of ids; none there is all zeros."""
        old, new = (_counted(row.documents) if row else {} for row in (self.old, self.new))
        return tuple(doc for doc in sorted({*old, *new}) if old.get(doc) != new.get(doc))

    @property
    def unscored(self) -> tuple[str, ...]:
        """The documents that were scored before and are not any more, for want of a text."""
        old, new = (row.documents if row else {} for row in (self.old, self.new))
        return tuple(doc for doc in sorted({*old} & {*new}) if old[doc] and not new[doc])

    def alone(self, doc: str) -> float | None:
        """How far the last ratio would move, had this document alone changed.

        None where it is undefined before or after, or counted by other classes.

        >>> from quotemark.metrics.counts import Counts
        >>> from quotemark.metrics.ledger import ledger
        >>> from quotemark.metrics.names import Metric
        >>> old, new = (Row(Metric("exact"), "Cue", ledger(["a", "b"], [Counts(1), last]))
        ...             for last in (Counts(fn=1), Counts(tp=1)))
        >>> found = Movement(old, new)
        >>> found.moved, round(found.alone("b"), 3), found.alone("a")
        (('b',), 0.333, 0.0)
        """
        if not self.old or not self.new or self.old.documents.kind != self.new.documents.kind:
            return None
        kind = self.old.documents.kind
        nothing = (0,) * len(kind.FIELDS)
        total, before, after = (
            np.array(tally.row if tally else nothing, dtype=object)
            for tally in (
                self.old.counts,
                self.old.documents.get(doc),
                self.new.documents.get(doc),
            )
        )
        sums = np.stack([total, total - before + after]).astype(float)
        figures = kind.ratios(sums)[:, 2]
        return None if np.isnan(figures).any() else float(figures[1] - figures[0])


def _counted(documents: Mapping[str, Tally | None]) -> dict[str, Tally]:
    """The documents in which anything was counted."""
    return {doc: tally for doc, tally in documents.items() if tally and any(tally.row)}


@dataclass(frozen=True)
class Effect:
    """What a change of gold does to one system's scores.

    `part` is the part of the release that the run was scored on (empty: all of it), `basis`
    RESCORED or UNCHANGED. `stale` are the documents whose counts in the run no longer hold,
    `gone` those that the new gold lacks, `come` those that the old one lacked.
    """

    system: str
    part: str
    basis: str
    stale: tuple[str, ...]
    gone: tuple[str, ...]
    come: tuple[str, ...]
    rows: tuple[Movement, ...]

    def records(self, *, per_document: bool = False) -> Iterator[Record]:
        """A flat record a row, each followed by its documents that moved if `per_document`.

        `f1_alone` (or `kappa_alone`) is `Movement.alone`; counts are those of the document.
        """
        for row in self.rows:
            yield {**_head(self, row, None), **_numbers(row.old, row.new, None), "alone": None}
            for doc in row.moved if per_document else ():
                numbers = _numbers(row.old, row.new, doc)
                yield {**_head(self, row, doc), **numbers, "alone": row.alone(doc)}


def effect(
    old: Gold,
    new: Gold,
    run: ScoreReport,
    changes: Sequence[Change],
    predictions: Sequence[Corpus] = (),
) -> tuple[Effect, int | None]:
    """What the changes between two golds do to a saved run, and which predictions it was made of.

    `predictions` are systems' predictions: those that give the run's counts when scored against
    the old gold are scored against the new one, by the run's metrics and slices. Where none do,
    what remains is the score on the documents that did not change. Raises `QuotemarkError` where
    the run was not made with the old gold or one of its parts, or the new gold lacks the part.
    """
    part = part_of(old, run)
    before, after = old.only(part), _same_part(new, part, run)
    ids = [{layer.doc_id for layer in gold.layers} for gold in (before, after)]
    stale = _stale(run, changes) & ids[0] & ids[1]
    head = (
        tuple(sorted(stale)),
        tuple(sorted(ids[0] - ids[1])),
        tuple(sorted(ids[1] - ids[0])),
    )
    other = {change.doc for change in changes if change.kind == "text"} & ids[0] & ids[1]
    named = [{layer.annotator for layer in each} for each in predictions]
    for number in sorted(range(len(named)), key=lambda n: run.system not in named[n]):
        found = predictions[number]
        if _is_made_of(run, _rescored(before, found, run)):
            _refuse_other_texts(other & {layer.doc_id for layer in found}, run)
            rows = _paired(run, _like(run, _rescored(after, found, run)))
            return Effect(run.system, part, RESCORED, *head, rows), number
    kept = ids[0] & ids[1] - stale
    rows = tuple(Movement(row, _on(row, kept)) for row in run.rows)
    return Effect(run.system, part, UNCHANGED, *head, rows), None


def part_of(gold: Gold, run: ScoreReport) -> str:
    """The part of gold that a run was scored on; empty: all. Raises `QuotemarkError`: none."""
    known = {}
    for part in ("", *(name for name, _ in gold.parts)):
        layers = gold.only(part).layers
        known[part] = content_hash(layers)
        if (known[part], {*run.documents}) == (run.gold, {layer.doc_id for layer in layers}):
            return part
    hashes = ", ".join(f"{sha} ({part})" if part else sha for part, sha in known.items())
    message = f"{run.system} was scored against gold {run.gold}, and OLD is {hashes}"
    raise error("gold", message, "name the gold that the run was made with as OLD")


def _same_part(new: Gold, part: str, run: ScoreReport) -> Gold:
    try:
        return new.only(part)
    except KeyError:
        message = f"{run.system} was scored on the part {part}, which NEW lacks"
        raise error("parts", message, "name a release with this part as NEW") from None


def _refuse_other_texts(docs: Collection[str], run: ScoreReport) -> None:
    if docs:
        message = f"has another text in NEW, of which {run.system}'s predictions say nothing"
        remedy = "leave --predictions out to see the scores on the documents that did not change"
        raise error("text-hash", message, remedy, doc=min(docs))


def _stale(run: ScoreReport, changes: Iterable[Change]) -> set[str]:
    by_meta = any(row.slice.startswith(META) for row in run.rows)
    apart = () if by_meta else APART
    return {change.doc for change in changes if change.doc and change.kind not in apart}


def _rescored(gold: Gold, predictions: Corpus, run: ScoreReport) -> ScoreReport:
    return score(
        gold.corpus,
        predictions,
        scheme=gold.scheme,
        metrics=list(dict.fromkeys(row.metric for row in run.rows)),
        by=list(dict.fromkeys(row.slice.partition("=")[0] for row in run.rows if row.slice)),
    )


Key = tuple[str, str, str]


def _keyed(report: ScoreReport) -> dict[Key, Row]:
    return {(str(row.metric), row.label, row.slice): row for row in report.rows}


def _is_made_of(run: ScoreReport, found: ScoreReport) -> bool:
    """Whether a run has the counts of a scoring, wherever both count (a run may lack texts)."""
    known = _keyed(found)
    if run.missing != found.missing:
        return False
    for key, row in _keyed(run).items():
        if key not in known:
            return False
        here, there = row.documents, known[key].documents
        if any(
            None not in (pair := (here[doc], there[doc])) and pair[0] != pair[1] for doc in here
        ):
            return False
    return True


def _like(run: ScoreReport, found: ScoreReport) -> ScoreReport:
    """A scoring without what the run left unscored for want of a text: that is no change."""
    saved = _keyed(run)
    rows = []
    for key, row in _keyed(found).items():
        known = saved[key].documents if key in saved else {}
        left_out = [doc in known and known[doc] is None for doc in row.documents]
        scored = row.documents.scored & ~np.array(left_out, dtype=bool)
        counts = row.documents.counts * scored[:, np.newaxis]
        rows.append(replace(row, documents=replace(row.documents, counts=counts, scored=scored)))
    return replace(found, rows=tuple(rows))


def _paired(old: ScoreReport, new: ScoreReport) -> tuple[Movement, ...]:
    ours, theirs = _keyed(old), _keyed(new)
    return tuple(
        Movement(ours.get(key), theirs.get(key)) for key in dict.fromkeys([*ours, *theirs])
    )


def _on(row: Row, kept: Collection[str]) -> Row:
    """A row over some documents; it is signed by no gold, so has no signature."""
    places = [n for n, doc in enumerate(row.documents.documents) if doc in kept]
    found: Ledger = row.documents.at(places)
    return Row(row.metric, row.label, found, "", row.slice)


def _head(effect: Effect, row: Movement, doc: str | None) -> Record:
    return {
        "system": effect.system,
        "part": effect.part,
        "basis": effect.basis,
        "metric": str(row.row.metric),
        "label": row.row.label,
        "slice": row.row.slice,
        "document": doc,
    }


NUMBERS = (*RATIOS, KAPPA, "tp", "fp", "fn", "support")


def _numbers(old: Row | None, new: Row | None, doc: str | None) -> Record:
    """Every number before and after, of one document or of all."""
    tallies = [
        None if row is None else row.counts if doc is None else row.documents.get(doc)
        for row in (old, new)
    ]
    return {
        f"{name}_{when}": getattr(tally, name, None)
        for name in NUMBERS
        for when, tally in zip(("old", "new"), tallies, strict=True)
    }
