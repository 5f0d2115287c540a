"""The ranking itself: what is left to annotate, in the order in which it tells most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from quotemark import __version__
from quotemark.errors import QuotemarkError, error
from quotemark.matching import HALF
from quotemark.metrics.names import Metric
from quotemark.metrics.prepare import UNFINISHED
from quotemark.metrics.results import Row
from quotemark.model import Annotation, Corpus, Document
from quotemark.panel import SUBMITTED, UNFIT
from quotemark.ranking.committee import Dispute, Members, disputes, producing
from quotemark.ranking.cost import Pace
from quotemark.ranking.interval import Expected, expectations, half_width
from quotemark.ranking.sampling import chances, draw
from quotemark.ranking.units import Unit
from quotemark.release.splits import clusters
from quotemark.scheme import Scheme, default_scheme
from quotemark.validate import check_corpus

OVERLAP = Metric("overlap", criterion=HALF)
DONE = (SUBMITTED, "gold")
"""The statuses of finished work."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that is left to annotate, and what is known of it.

    `dispute` is None where fewer than two members of the committee looked at it. `narrowing` is
    how much it narrows the score's interval for its cost, 1 being the mean; None without a run.
    `chance` is that of having been drawn. `drafts` are annotators who have begun it, `like` a
    near-duplicate that comes before it or is done, if that was looked for.
    """

    unit: Unit
    minutes: float
    dispute: Dispute | None = None
    narrowing: float | None = None
    chance: float | None = None
    drafts: tuple[str, ...] = ()
    like: str = ""

    @property
    def disputed(self) -> float | None:
        """How many items one of two members has and the other has not, on average."""
        return self.dispute.disputed if self.dispute else None

    @property
    def disagreement(self) -> float | None:
        """1 - F1 between members, from 0 to 1."""
        return self.dispute.disagreement if self.dispute else None

    @property
    def per_minute(self) -> float | None:
        """Disputed items for a minute of annotation."""
        if self.disputed is None or not self.minutes:
            return None
        return self.disputed / self.minutes


BY: Mapping[str, Callable[[Candidate], float | None]] = {
    "per-minute": lambda each: each.per_minute,
    "disputed": lambda each: each.disputed,
    "disagreement": lambda each: each.disagreement,
    "interval": lambda each: each.narrowing,
}
"""What can be ranked by: the more, the earlier."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates in their order, or those that were drawn in the order of the draw.

    `candidates` are all that is left, or was drawn; `pool` is how many were left, `done` how many
    units were not. `committee` are its members. `widths` are halves of the 95% interval to
    expect of F1 over the pool: of this draw, and of an even one that takes as many minutes.
    """

    candidates: tuple[Candidate, ...]
    pool: int
    done: int
    committee: tuple[str, ...]
    signature: str
    widths: tuple[float, float] | None = None


def rank(
    units: Iterable[Unit],
    *,
    predictions: Iterable[Annotation] = (),
    layers: Iterable[Annotation] = (),
    documents: Mapping[str, Document] | None = None,
    scheme: Scheme | None = None,
    by: str = "per-minute",
    metric: Metric = OVERLAP,
    labels: Collection[str] | None = None,
    pace: Pace | None = None,
    run: Row | None = None,
    diverse: bool = False,
    sample: int | None = None,
    seed: int = 1,
) -> Ranking:
    """Rank what is left to annotate of `units`, the most telling first; ties by id.

    The committee are the systems of `predictions`, by annotator; a label that a system has
    nowhere it does not produce (see `committee.producing`). `layers` are people's work:
    what is submitted or gold is done. Without predictions the annotators are the committee, and
    what two or more of them submitted and gold lacks is ranked, for another look. `documents`
    are known texts, to check layers by. `run` is a saved row of a system's score, for `by`
    *interval*; it needs predictions of its documents. `diverse` puts near-duplicates (as
    `release.splits.clusters` finds them) of what comes before or is done behind all others.
    With `sample`, so many are drawn by chances in proportion to `by`, and come in an order of
    chance. Nothing left gives no candidates.

    Raises `QuotemarkError` for a committee's layers that cannot be compared (see `panel.UNFIT`),
    for layers over other texts than `documents`, where nobody can differ on anything that is left,
    and as `committee.disputes` and `interval.expectations` do; `ValueError` for an unknown `by`,
    and for `diverse` with `sample`: a draw's chances would not hold.

    >>> from quotemark.model import Span
    >>> def layer(who, doc, *ends):
    ...     spans = (Span(f"q{n}", "Quote", ((n, n + 1),)) for n in ends)
    ...     return Annotation(doc, "", who, tuple(spans), status="predicted")
    >>> units = [Unit(doc, doc, "Six words are in this text.") for doc in "ab"]
    >>> found = rank(units, predictions=[layer("x", "a", 1, 3), layer("y", "a", 1, 3),
    ...                                  layer("x", "b", 1), layer("y", "b", 3)])
    >>> [(each.unit.id, each.disputed, each.disagreement) for each in found.candidates]
    [('b', 2.0, 1.0), ('a', 0.0, 0.0)]
    """
    if by not in BY or (diverse and sample is not None):
        raise ValueError(f"by {by!r}, diverse {diverse}, sample {sample}")
    scheme, pace = scheme or default_scheme(), pace or Pace()
    every = sorted(units, key=lambda unit: unit.id)
    guesses, work = list(predictions), list(layers)
    _check(guesses or work, UNFIT, documents or {}, scheme)
    _check(work, {"text-hash"}, documents or {}, scheme)
    open_, members = _left(every, guesses, work)
    left = [unit for unit in every if unit.id in open_]
    known = [] if run is None else [Unit(doc, doc, "") for doc in run.documents.documents]
    compared = disputes(left, members, metric=metric, labels=labels, scheme=scheme)
    if left and not compared:
        message = f"{', '.join(sorted(members))}: no two of these can be compared on what is left"
        remedy = "give predictions of these articles, with the same labels"
        raise error("committee", message, remedy)
    expected: dict[str, Expected] = {}
    if run is not None:
        seen = disputes(known, members, metric=metric, labels=labels, scheme=scheme)
        expected = expectations(run, seen, compared)
    drafts = _drafts(left, work)
    found = [
        Candidate(unit, pace.minutes(unit), compared.get(unit.id), drafts=drafts.get(unit.id, ()))
        for unit in left
    ]
    found = _narrowing(found, expected)
    widths = None
    if sample is None:
        found = _ordered(found, by)
        if diverse:
            found = _spread(found, [unit for unit in every if unit.id not in open_])
    else:
        drawn = chances(_sizes(found, by), sample)
        widths = _widths(found, expected, drawn)
        found = [replace(found[at], chance=drawn[at]) for at in draw(drawn, seed=seed)]
    said = [
        f"next|by:{by}|{metric}|label:{','.join(labels) if labels else 'all'}",
        f"committee:{','.join(sorted(members))}|{pace.signature}|of:{len(left)}",
        *(["diverse"] if diverse else []),
        *([] if sample is None else [f"sample:{sample}|seed:{seed}"]),
        f"v:{__version__}",
    ]
    return Ranking(
        tuple(found),
        len(left),
        len(every) - len(left),
        tuple(sorted(members)),
        "|".join(said),
        widths,
    )


def _check(
    layers: Sequence[Annotation],
    codes: Collection[str],
    documents: Mapping[str, Document],
    scheme: Scheme,
) -> None:
    """Refuse layers of which `check` finds one of the codes; drafts may be what they are."""
    ordered = sorted(
        (layer for layer in layers if layer.status not in UNFINISHED),
        key=lambda layer: (layer.annotator, layer.doc_id, layer.status),
    )
    findings = check_corpus(Corpus(documents, tuple(ordered)), scheme)
    problems = [problem for problem in findings if problem.code in codes]
    if problems:
        raise QuotemarkError(problems)


def _left(
    units: Sequence[Unit], guesses: Sequence[Annotation], work: Sequence[Annotation]
) -> tuple[set[str], Members]:
    """The units that are left, and the committee."""
    over = _by_document(layer for layer in work if layer.status in DONE)
    here = {unit.id: [a for a in over[unit.doc_id] if unit.within(a)] for unit in units}
    members: dict[str, list[Annotation]] = defaultdict(list)
    if guesses:
        for layer in guesses:
            if layer.status not in UNFINISHED:
                members[layer.annotator].append(layer)
        produced = {name: producing(found) for name, found in members.items()}
        return {unit for unit, done in here.items() if not done}, produced
    for layer in work:
        if layer.status == SUBMITTED:
            members[layer.annotator].append(layer)
    if len(members) < 2:
        message = f"{len(members)} annotators and no predictions: nobody can disagree"
        raise error("committee", message, "give predictions, or the layers of two annotators")
    left = {
        unit
        for unit, done in here.items()
        if len(done) > 1 and all(layer.status == SUBMITTED for layer in done)
    }
    return left, members


def _by_document(layers: Iterable[Annotation]) -> defaultdict[str, list[Annotation]]:
    found: defaultdict[str, list[Annotation]] = defaultdict(list)
    for layer in layers:
        found[layer.doc_id].append(layer)
    return found


def _drafts(units: Sequence[Unit], work: Sequence[Annotation]) -> dict[str, tuple[str, ...]]:
    over = _by_document(layer for layer in work if layer.status == "draft")
    return {
        unit.id: tuple(sorted({a.annotator for a in over[unit.doc_id] if unit.within(a)}))
        for unit in units
    }


def _narrowing(found: list[Candidate], expected: Mapping[str, Expected]) -> list[Candidate]:
    """What each adds for its cost, √(E[e²] / minutes), over the mean of all."""
    known = {
        each.unit.id: expected[each.unit.id].residual / each.minutes**0.5
        for each in found
        if each.unit.id in expected and each.minutes
    }
    mean = sum(known.values()) / len(known) if known else 0
    if not mean:
        return found
    return [
        replace(each, narrowing=known[each.unit.id] / mean) if each.unit.id in known else each
        for each in found
    ]


def _ordered(found: Iterable[Candidate], by: str) -> list[Candidate]:
    def key(each: Candidate) -> tuple[bool, float, str]:
        value = BY[by](each)
        # What differs by rounding alone is a tie.
        return value is None, -float(f"{value or 0:.9g}"), each.unit.id

    return sorted(found, key=key)


def _spread(found: Sequence[Candidate], done: Sequence[Unit]) -> list[Candidate]:
    """The first of each cluster of near-duplicates, then the second of each, and so on."""
    every = [*(each.unit for each in found), *done]
    cluster = clusters([Document(unit.id, unit.text) for unit in every])
    first: dict[int, str] = {}
    times: dict[int, int] = defaultdict(int)
    for unit in done:
        first.setdefault(cluster[unit.id], unit.id)
        times[cluster[unit.id]] = 1
    rounds = []
    for place, each in enumerate(found):
        number = cluster[each.unit.id]
        rounds.append((times[number], place, replace(each, like=first.get(number, ""))))
        first.setdefault(number, each.unit.id)
        times[number] += 1
    return [each for *_, each in sorted(rounds, key=lambda turn: turn[:2])]


def _sizes(found: Sequence[Candidate], by: str) -> list[float]:
    """What chances are in proportion to; of what is not known, the mean."""
    values = [BY[by](each) for each in found]
    known = [value for value in values if value is not None]
    mean = sum(known) / len(known) if known else 0.0
    return [mean if value is None else value for value in values]


def _widths(
    found: Sequence[Candidate], expected: Mapping[str, Expected], drawn: Sequence[float]
) -> tuple[float, float] | None:
    if not found or any(each.unit.id not in expected for each in found):
        return None
    spent = sum(each.minutes * chance for each, chance in zip(found, drawn, strict=True))
    even = spent / (sum(each.minutes for each in found) or 1)
    wanted = [expected[each.unit.id] for each in found]
    halves = half_width(wanted, drawn), half_width(wanted, [even] * len(wanted))
    return None if halves[0] is None or halves[1] is None else (halves[0], halves[1])
