"""How far the members of a committee, extractors or annotators, differ on each unit.

Query by committee: what several models differ on tells most (Seung, Opper and Sompolinsky 1992).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

from quotemark.errors import error
from quotemark.metrics.case import Case, groups
from quotemark.metrics.counts import Counts
from quotemark.metrics.names import Metric
from quotemark.metrics.prepare import prepare
from quotemark.model import Annotation, Asked, Corpus
from quotemark.ranking.units import Unit
from quotemark.scheme import Scheme


class Dispute(NamedTuple):
    """What two members of a committee, drawn at random, are expected to say of a unit.

    `agreed` items both have, `disputed` ones only one of them; `members` is how many looked.
    """

    agreed: float
    disputed: float
    members: int

    @property
    def items(self) -> float:
        """How many items one member has.

        >>> Dispute(2, 3, 2).items
        3.5
        """
        return self.agreed + self.disputed / 2

    @property
    def disagreement(self) -> float | None:
        """1 - F1, from 0 to 1; None where nobody has any item.

        >>> Dispute(1, 2, 2).disagreement, Dispute(0, 0, 2).disagreement
        (0.5, None)
        """
        either = 2 * self.agreed + self.disputed
        return self.disputed / either if either else None


Members = Mapping[str, Sequence[Annotation]]
"""The layers of each member of a committee, at most one over a document."""


def disputes(
    units: Sequence[Unit],
    members: Members,
    *,
    metric: Metric,
    labels: Collection[str] | None,
    scheme: Scheme,
) -> dict[str, Dispute]:
    """The dispute over each unit on which two members or more were asked, by its id.

    Every two members' layers are compared by `metric` as scores are, on what both produce, in
    the unit's window; counts are means over pairs, and sums over the rows of `labels` (None:
    the scheme's labels, else all rows that the metric has). A committee of one differs from
    itself as far as its spans' scores say: an item of score p is there in one of two draws with
    2p(1 - p). Raises `QuotemarkError` for an unknown row, a metric that does not count tp, fp and
    fn or needs the text, and one member whose spans have no scores.
    """
    rows = rows_of(metric, labels, scheme)
    if len(members) == 1:
        [(name, layers)] = members.items()
        return _alone(units, name, layers, rows, scheme)
    by_doc = {name: {layer.doc_id: layer for layer in found} for name, found in members.items()}
    sums: dict[str, list[tuple[float, float]]] = defaultdict(list)
    looked: dict[str, set[str]] = defaultdict(set)
    for one, two in combinations(sorted(members), 2):
        for unit, counts in _pair(units, by_doc[one], by_doc[two], metric, rows, scheme):
            sums[unit].append(counts)
            looked[unit] |= {one, two}
    return {
        unit: Dispute(
            sum(both for both, _ in found) / len(found),
            sum(only for _, only in found) / len(found),
            len(looked[unit]),
        )
        for unit, found in sums.items()
    }


def producing(layers: Sequence[Annotation]) -> list[Annotation]:
    """A system's layers, as asked for no label that none of them has and none says it produces.

    What it has nowhere, in all of its output, is nothing to differ on: not every extractor looks
    for everything. A system that has no span at all has been asked for all.

    >>> from quotemark.model import Span
    >>> quote = Span("q", "Quote", ((0, 4),))
    >>> [layer.asked.labels for layer in producing([Annotation("a", "", "x", (quote,))])]
    [('Quote',)]
    """
    labels = {span.label for layer in layers for span in layer.spans}
    declared = any(layer.asked.labels is not None for layer in layers)
    if declared or not labels:
        return list(layers)
    some = Asked(labels=tuple(labels))
    return [replace(layer, asked=layer.asked.common(some)) for layer in layers]


def rows_of(metric: Metric, labels: Collection[str] | None, scheme: Scheme) -> list[str]:
    """The rows to look at, in the metric's order. Raises `QuotemarkError`.

    >>> from quotemark.metrics.names import parse
    >>> from quotemark.scheme import default_scheme
    >>> rows_of(parse("exact"), None, default_scheme())
    ['Quote', 'Speaker', 'Cue', 'Stance']
    """
    nothing = Annotation("", "", "")
    known = metric.measure.rows(Case(nothing, nothing, "", scheme), metric.criterion)
    textual = metric.measure.text or metric.measure.tokens
    if textual or not all(isinstance(tally, Counts) for tally in known.values()):
        remedy = "name one that counts matches, such as exact, overlap or attribution"
        raise error(
            "metric",
            f"{metric} does not count what two have and what one has, or needs the text",
            remedy,
        )
    if labels is None:
        return [row for row in known if row in scheme.labels] or list(known)
    if unknown := sorted(set(labels) - set(known)):
        message = f"{metric} has no row {', '.join(map(repr, unknown))}"
        raise error("label", message, f"name one of: {', '.join(known)}")
    return [row for row in known if row in labels]


def _pair(
    units: Sequence[Unit],
    ones: Mapping[str, Annotation],
    twos: Mapping[str, Annotation],
    metric: Metric,
    rows: Sequence[str],
    scheme: Scheme,
) -> Iterator[tuple[str, tuple[float, float]]]:
    """What both of two members have, and only one, on each unit that both looked at."""
    sides: list[list[Annotation]] = [[], []]
    for unit in units:
        one, two = ones.get(unit.doc_id), twos.get(unit.doc_id)
        if one is None or two is None or not (unit.within(one) and unit.within(two)):
            continue
        asked = one.asked.common(two.asked).common(Asked(unit.window and (unit.window,)))
        for side, layer in zip(sides, (one, two), strict=True):
            side.append(replace(layer, doc_id=unit.id, asked=asked))
    first, second = (
        Corpus({}, tuple(replace(layer, annotator="", status="predicted") for layer in side))
        for side in sides
    )
    ways = [(first, second)] if metric.symmetric else [(first, second), (second, first)]
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for gold, pred in ways:
        for name, case in prepare(gold, pred, scheme=scheme, annotator=None).cases.items():
            tallies = metric.measure.rows(case, metric.criterion)
            counted = [c for row in rows if isinstance(c := tallies[row], Counts)]
            if counted:
                both = sum(c.tp for c in counted)
                found[name].append((both, sum(c.fp + c.fn for c in counted)))
    for name, counts in found.items():
        both, only = (sum(column) / len(counts) for column in zip(*counts, strict=True))
        yield name, (both, only)


def _alone(
    units: Sequence[Unit],
    name: str,
    layers: Sequence[Annotation],
    rows: Sequence[str],
    scheme: Scheme,
) -> dict[str, Dispute]:
    by_doc = {layer.doc_id: layer for layer in layers}
    wanted = [group for group in groups(scheme) if group.row in rows]
    found = {}
    for unit in units:
        layer = by_doc.get(unit.doc_id)
        if layer is None or not unit.within(layer):
            continue
        here = Asked(unit.window and (unit.window,))
        shares = [
            _score(name, layer, span.id, span.score)
            for group in wanted
            for span in layer.labelled(group.label)
            if here.covers(span) and group.holds(span)
        ]
        agreed, disputed = sum(p * p for p in shares), sum(2 * p * (1 - p) for p in shares)
        found[unit.id] = Dispute(agreed, disputed, 1)
    return found


def _score(name: str, layer: Annotation, span: str, score: float | None) -> float:
    if score is None or not 0 <= score <= 1:
        said = "no score" if score is None else f"the score {score}"
        message = f"{name!r} is alone, and this span has {said}: how sure it is of it is not known"
        remedy = "name another system, or give every span a score from 0 to 1"
        raise error("score", message, remedy, doc=layer.doc_id, item=span)
    return score
