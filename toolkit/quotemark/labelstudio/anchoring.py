"""What pre-annotation does to annotators: work with it and without it, compared.

Documents come to an arm by chance, so what differs between the arms is its effect. The unit of
chance is the document: all work on one is summed, and intervals are over documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from quotemark.errors import error
from quotemark.labelstudio.shares import ASSISTED, CONTROL
from quotemark.labelstudio.status import SUBMITTED, lead_time
from quotemark.model import Annotation
from quotemark.scheme import Scheme
from quotemark.stats import Interval, Statistic, bootstrap
from quotemark.tasks import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.floating[Any]]

ARMS = (ASSISTED, CONTROL)

ENOUGH = 20
"""Documents in an arm; with fewer, bootstrap intervals are known to be too narrow."""

ORIGINS = ("prediction", "prediction-changed", "manual", "unknown")
"""How a region came about: taken over, that and changed, drawn by hand; or nobody has said."""

ALL = "all"


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure in both arms, and the assisted less the control one, with 95% intervals.

    None where it is undefined; an interval also with fewer than two documents.
    """

    measure: str
    label: str
    assisted: float | None
    control: float | None
    difference: float | None
    assisted_interval: Interval | None
    control_interval: Interval | None
    difference_interval: Interval | None


@dataclass(frozen=True, slots=True)
class Anchoring:
    """Both arms compared. `documents` have submitted work, by arm; `remarks` say what it is worth.

    Measures are *spans per 1,000 characters*; *share of spans* by their origin; *share of
    predicted spans*, shown or not, that are in the work as they were; *F1 with the prediction*, by
    place and label; and *seconds per 1,000 characters*, the median of documents.
    """

    documents: Mapping[str, int]
    rows: tuple[Compared, ...]
    remarks: tuple[str, ...]


@dataclass(slots=True)
class _Work:
    """All that was submitted on one document, by all its annotators."""

    characters: int = 0
    seconds: float = 0.0
    timed: int = 0
    spans: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    both: Counter[str] = field(default_factory=Counter)
    either: Counter[str] = field(default_factory=Counter)
    predicted: int = 0

    def add(self, task: Task, layer: Annotation, predicted: Annotation | None) -> None:
        size = len(task.text)
        self.characters += size
        took = lead_time(layer)
        if took is not None:
            self.seconds += took
            self.timed += size
        self.spans.update(_labels(_places(layer)))
        self.origins.update(str(span.meta.get("origin", "unknown")) for span in layer.spans)
        if predicted is not None:
            ours, theirs = _places(layer), _places(predicted)
            self.both.update(_labels(ours & theirs))
            self.either.update(_labels(ours))
            self.either.update(_labels(theirs))
            self.predicted += theirs.total()


class _Ratio(NamedTuple):
    """A measure that is a ratio of sums: each document's share of both."""

    measure: str
    label: str
    pairs: Sequence[tuple[float, float]]


def anchoring(
    tasks: Iterable[Task],
    scheme: Scheme,
    *,
    predicted: Iterable[Task] = (),
    resamples: int = 1000,
    seed: int = 1,
) -> Anchoring:
    """Compare the submitted work of both arms, over `tasks` as they are on the server.

    `predicted` are the tasks as they were given to push: only they have the predictions that the
    control arm was not shown. Without them, agreement with these is undefined. Of several
    predictions of a task the last counts, which is the one that push has shown. Raises
    `QuotemarkError` where no task says its arm.

    >>> from quotemark.scheme import default_scheme
    >>> work = (Annotation("a", "", "ana@example.org"),)
    >>> task = Task("a", 0, 4, "Yes.", "", 4, annotations=work, arm="control")
    >>> found = anchoring([task], default_scheme())
    >>> found.documents, found.rows[0].control
    ({'assisted': 0, 'control': 1}, 0.0)
    """
    given = {task.key: task for task in predicted}
    work: dict[tuple[str, str], _Work] = {}
    armed = False
    for task in tasks:
        armed = armed or task.arm in ARMS
        guess = _prediction(task, given.get(task.key))
        for layer in task.annotations if task.arm in ARMS else ():
            if layer.status == SUBMITTED:
                found = work.setdefault((task.doc_id, task.arm), _Work())
                found.add(task, layer, guess)
    if not armed:
        message = "no task there says with or without pre-annotation"
        raise error("arm", message, "push with --annotators and --control")
    ordered = sorted(work.items())
    arms = [arm for (_, arm), _ in ordered]
    works = [each for _, each in ordered]
    rows = [_compared(ratio, arms, resamples, seed) for ratio in _ratios(works, scheme)]
    rows.append(_times(works, arms, resamples, seed))
    documents = {arm: arms.count(arm) for arm in ARMS}
    return Anchoring(documents, tuple(rows), tuple(_remarks(documents, rows, bool(given))))


def _prediction(task: Task, given: Task | None) -> Annotation | None:
    """What was shown for a task, or would have been."""
    if given is not None and given.predictions and given.text_sha256 == task.text_sha256:
        return given.predictions[-1]
    return task.predictions[-1] if task.predictions else None


def _places(layer: Annotation) -> Counter[tuple[str, Any]]:
    return Counter((span.label, span.fragments) for span in layer.spans)


def _labels(places: Counter[tuple[str, Any]]) -> Counter[str]:
    """How many there are of each label, and of all."""
    counts: Counter[str] = Counter()
    for (label, _), number in places.items():
        counts[label] += number
        counts[ALL] += number
    return counts


def _ratios(works: Sequence[_Work], scheme: Scheme) -> Iterator[_Ratio]:
    labels = (ALL, *scheme.labels)
    for label in labels:
        pairs = [(1000.0 * work.spans[label], float(work.characters)) for work in works]
        yield _Ratio("spans per 1,000 characters", label, pairs)
    for origin in ORIGINS:
        pairs = [(float(work.origins[origin]), float(work.origins.total())) for work in works]
        yield _Ratio("share of spans", origin, pairs)
    pairs = [(float(work.both[ALL]), float(work.predicted)) for work in works]
    yield _Ratio("share of predicted spans", "in the work", pairs)
    for label in labels:
        pairs = [(2.0 * work.both[label], float(work.either[label])) for work in works]
        yield _Ratio("F1 with the prediction", label, pairs)


def _compared(ratio: _Ratio, arms: Sequence[str], resamples: int, seed: int) -> Compared:
    import numpy as np

    pairs = np.array(ratio.pairs, dtype=float).reshape(-1, 2)
    mine = {arm: np.array([each == arm for each in arms], dtype=bool) for arm in ARMS}
    # a document counts in its own arm's columns only
    both = np.concatenate([pairs * mine[arm][:, None] for arm in ARMS], axis=1)

    def share(sums: Array) -> Array:
        result: Array = sums[..., 0] / sums[..., 1]
        return result

    def apart(sums: Array) -> Array:
        return share(sums[..., :2]) - share(sums[..., 2:])

    sides = [(pairs[mine[arm]], share) for arm in ARMS]
    return _row(ratio.measure, ratio.label, [*sides, (both, apart)], resamples, seed)


def _times(works: Sequence[_Work], arms: Sequence[str], resamples: int, seed: int) -> Compared:
    """The median is no function of sums, but of how often each document is drawn: sums of ones."""
    import numpy as np

    known = [i for i, work in enumerate(works) if work.timed]
    values = np.array([1000 * works[i].seconds / works[i].timed for i in known])
    mine = {arm: np.array([arms[i] == arm for i in known], dtype=bool) for arm in ARMS}

    def middle(arm: str) -> Statistic:
        return lambda times: median_of_draws(values[mine[arm]], times)

    def apart(times: Array) -> Array:
        one, two = (median_of_draws(values[mine[arm]], times[..., mine[arm]]) for arm in ARMS)
        return one - two

    sides = [(np.eye(int(mine[arm].sum())), middle(arm)) for arm in ARMS]
    both = (np.eye(len(known)), apart)
    return _row("seconds per 1,000 characters", "", [*sides, both], resamples, seed)


def median_of_draws(values: Array, times: Array) -> Array:
    """The median of values, each taken as often as `times`, `(draws, values)`, says.

    >>> import numpy as np
    >>> median_of_draws(np.array([1.0, 5.0]), np.array([[2, 0], [1, 1], [0, 0]]))
    array([ 1.,  3., nan])
    """
    import numpy as np

    order = np.argsort(values)
    below = np.cumsum(times[..., order], axis=-1)
    drawn = times.sum(axis=-1)
    if not len(values):
        return np.full(drawn.shape, np.nan)

    def nth(number: Array) -> Array:
        place = (below <= number[..., None]).sum(axis=-1)
        taken: Array = values[order][np.minimum(place, len(values) - 1)]
        return taken

    middle = (nth((drawn - 1) // 2) + nth(drawn // 2)) / 2
    return np.where(drawn > 0, middle, np.nan)


def _row(
    measure: str,
    label: str,
    sides: Sequence[tuple[Array, Statistic]],
    resamples: int,
    seed: int,
) -> Compared:
    (one, first), (two, second), (apart, third) = (
        _estimate(counts, statistic, resamples, seed) for counts, statistic in sides
    )
    return Compared(measure, label, one, two, apart, first, second, third)


def _estimate(
    counts: Array, statistic: Statistic, resamples: int, seed: int
) -> tuple[float | None, Interval | None]:
    import numpy as np

    if not len(counts):
        return None, None
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(counts.sum(axis=0, keepdims=True))[0])
    if np.isnan(value):
        return None, None
    return value, bootstrap(counts, statistic, resamples=resamples, seed=seed)


def _remarks(documents: Mapping[str, int], rows: Sequence[Compared], given: bool) -> Iterator[str]:
    few = [f"{documents[arm]} in the {arm} arm" for arm in ARMS if documents[arm] < ENOUGH]
    if few:
        yield (
            f"Not enough documents to conclude anything: {' and '.join(few)}. With fewer than "
            f"{ENOUGH}, intervals are too narrow."
        )
    compared = [row for row in rows if row.difference_interval]
    clear = sum(not row.low <= 0 <= row.high for r in compared if (row := r.difference_interval))
    if compared and not few:
        yield (
            f"Of {len(compared)} differences, {clear} have an interval without 0; by chance "
            f"alone, about {len(compared) / 20:.0f} would."
        )
    if not given:
        yield (
            "What the control arm was not shown stands in the task files only: name them to "
            "compare its work with that."
        )
