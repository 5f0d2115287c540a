"""How many documents it takes to tell two systems apart, planned from the ones there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quotemark.comparison.rows import defined, match, names_of, rows_of, signed
from quotemark.errors import error
from quotemark.metrics.results import ScoreReport
from quotemark.stats import documents_needed

if TYPE_CHECKING:
    from quotemark.metrics.names import Metric


@dataclass(frozen=True, slots=True)
class Plan:
    """What it takes to tell two systems apart on one row, should they differ as they do here.

    `difference` is the first's score less the second's, over `documents`; `now` is the power
    of a test on as many. `needed` is how many documents, in all, give at least the power that
    was asked for, and `reached` theirs; both are None where no number up to `limit` does.
    `difference` is None where it is undefined, `now` where there is none to find, or fewer than
    two documents.
    """

    metric: str
    label: str
    on: str
    system: str
    against: str
    documents: int
    difference: float | None
    now: float | None
    power: float
    needed: int | None
    reached: float | None
    limit: int
    signature: str

    @property
    def more(self) -> int | None:
        """How many documents are to be annotated beyond those there are."""
        return None if self.needed is None else max(0, self.needed - self.documents)


def plan(
    reports: Sequence[ScoreReport],
    *,
    metric: str | Metric = "exact",
    label: str = "Quote",
    on: str = "f1",
    power: float = 0.8,
    limit: int = 100_000,
    simulations: int = 1000,
    seed: int = 1,
) -> Plan:
    """How many documents tell two systems apart at 5%, with a `power` of 80%.

    By simulation, as `stats.documents_needed` says, of paired randomization tests of one row
    (`metric`, `label`, and `on` as for `comparison.compare`). Raises `QuotemarkError` for other
    than two systems, and as `compare` does.

    >>> from quotemark.metrics.scoring import score
    >>> from quotemark.model import Annotation, Corpus, Span
    >>> def layers(who, *ends):
    ...     return Corpus({}, tuple(Annotation(f"d{n}", "", who, (Span("q", "Quote", ((0, end),)),))
    ...                             for n, end in enumerate(ends)))
    >>> gold = layers("gold", 9, 9, 9, 9)
    >>> found = plan([score(gold, layers("a", 9, 9, 9, 9)), score(gold, layers("b", 9, 9, 9, 8))])
    >>> found.difference, found.needed, found.more
    (0.25, 31, 27)
    """
    if len(reports) != 2:
        message = f"{len(reports)} to tell apart"
        raise error("systems", message, "name the predictions of two systems")
    system, against = names_of(reports)
    (first, second), *_ = rows_of(reports, [metric], [label])
    same = match(first, second, on)
    found = None
    if same.pair:
        found = documents_needed(
            same.pair, power=power, limit=limit, simulations=simulations, seed=seed
        )
    return Plan(
        str(first.metric),
        label,
        same.figure,
        system,
        against,
        same.documents,
        defined(same.pair.difference) if same.pair else None,
        found.now if found else None,
        power,
        found.documents if found else None,
        found.power if found else None,
        limit,
        signed(reports, "test:randomization", f"power:{power}|sim:{simulations}|seed:{seed}"),
    )
