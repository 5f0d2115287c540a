"""What scoring gives: rows of counts, each with its signature, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import fsum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quotemark.grounding.strings import StringCounts
from quotemark.metrics.counts import Tally
from quotemark.metrics.ledger import Ledger
from quotemark.metrics.names import Metric
from quotemark.metrics.spans import TOKENIZER

if TYPE_CHECKING:
    import pandas as pd


class Average(NamedTuple):
    """Means over documents of the ratios that are defined; None where none is."""

    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True)
class Row:
    """The scores of one metric on one label or group, with the counts of every document.

    A document's counts are None where it was not scored. Ratios are over the summed counts
    (micro); they and the counts are None where no document was scored. `slice` says which part
    of the row's items is counted, such as `length=26-50`; empty: all. `intervals` are the two
    ends of precision, recall and the kind's FIGURE, if asked for; None where there is none.
    """

    metric: Metric
    label: str
    documents: Ledger
    signature: str = ""
    slice: str = ""
    intervals: Mapping[str, tuple[float, float] | None] = field(default_factory=dict)

    @property
    def counts(self) -> Tally | None:
        """The sum over the documents that were scored."""
        return self.documents.total

    @property
    def precision(self) -> float | None:
        return self.counts.precision if self.counts else None

    @property
    def recall(self) -> float | None:
        return self.counts.recall if self.counts else None

    @property
    def f1(self) -> float | None:
        return self.counts.f1 if self.counts else None

    @property
    def macro(self) -> Average:
        """The mean of each ratio over the documents that define it; of kappa, there is none.

        >>> from quotemark.metrics.counts import Counts
        >>> from quotemark.metrics.ledger import ledger
        >>> docs = ledger(["a", "b", "c"], [Counts(tp=1), Counts(tp=1, fp=1), Counts(fn=1)])
        >>> Row(Metric("exact"), "Quote", docs).macro.precision
        0.75
        """
        found = Average(*map(_mean, self.documents.ratios.T))
        return found if self.documents.kind.FIGURE == "f1" else found._replace(f1=None)


Record = dict[str, str | int | float | None]
"""One line of a table of scores."""


@dataclass(frozen=True)
class ScoreReport:
    """The scores of one system's predictions against gold.

    `documents` are gold's, by id; `missing`, `extra`, `outside` and `unfinished` as in
    `prepare.Prepared`; `untexted` are the documents without a text, on which tokens could not
    be counted. `gold` is a short hash of gold's content. `grounding` has, for predictions made
    from strings, how many of them are in the text, by label. `resampling` says how intervals
    were made, such as `boot:1000|seed:1`; empty: there are none. `remarks` go with the scores
    wherever they are shown. `beside`: shown beside systems and not compared with them, such as
    annotators (see `ceiling`).
    """

    rows: tuple[Row, ...]
    documents: tuple[str, ...]
    gold: str
    version: str
    system: str = ""
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    outside: Mapping[str, int] = field(default_factory=dict)
    unfinished: tuple[str, ...] = ()
    untexted: tuple[str, ...] = ()
    grounding: Mapping[str, StringCounts] = field(default_factory=dict)
    resampling: str = ""
    remarks: tuple[str, ...] = ()
    beside: bool = False

    @property
    def signature(self) -> str:
        """What all rows share: averaging, documents, gold's hash, resampling, version."""
        resampled = f"|{self.resampling}" if self.resampling else ""
        documents = f"docs:{len(self.documents)}"
        return f"avg:micro|{documents}|gold:{self.gold}{resampled}|v:{self.version}"

    def row(self, metric: str | Metric, label: str, *, slice: str = "") -> Row:
        """The row of a metric (or its string), a label, and a slice of it.

        KeyError where there is none.
        """
        for row in self.rows:
            if (str(row.metric), row.label, row.slice) == (str(metric), label, slice):
                return row
        raise KeyError((str(metric), label, slice) if slice else (str(metric), label))

    def records(self, *, per_document: bool = False) -> Iterator[Record]:
        """The rows as flat records; with `per_document`, each followed by its documents'."""
        for row in self.rows:
            macro = row.macro
            yield {
                **_head(self.system, row, None),
                **_ratios(row.counts),
                **_ends(row),
                "macro_precision": macro.precision,
                "macro_recall": macro.recall,
                "macro_f1": macro.f1,
                "signature": row.signature,
            }
            for doc, counts in row.documents.items() if per_document else ():
                yield {
                    **_head(self.system, row, doc),
                    **_ratios(counts),
                    **dict.fromkeys((*ENDS, *KAPPA_ENDS, *MACRO)),
                    "signature": row.signature,
                }

    def frame(self, *, per_document: bool = False) -> pd.DataFrame:
        """The records as a pandas DataFrame; undefined numbers are missing (`<NA>`)."""
        import pandas as pd

        records = list(self.records(per_document=per_document))
        names = columns([self])
        frame = pd.DataFrame(records, columns=names)
        types = dict.fromkeys(names, "string")
        for name in ("tp", "fp", "fn", "support"):
            parts = any(isinstance(record[name], float) for record in records)
            types[name] = "Float64" if parts else "Int64"
        ratios = (*RATIOS, KAPPA, *ENDS, *KAPPA_ENDS, *MACRO)
        types |= dict.fromkeys((name for name in names if name in ratios), "Float64")
        return frame.astype(types)


RATIOS = ("precision", "recall", "f1")
MACRO = tuple(f"macro_{ratio}" for ratio in RATIOS)
ENDS = tuple(f"{ratio}_{end}" for ratio in RATIOS for end in ("low", "high"))
"""The columns of intervals."""

KAPPA = "kappa"
"""The column of the one figure that is no ratio of counts."""

KAPPA_ENDS = ("kappa_low", "kappa_high")

COLUMNS = (
    *("system", "metric", "label", "document", *RATIOS, "tp", "fp", "fn", "support"),
    *(*MACRO, "signature"),
)
"""The columns of every table of records."""


def columns(reports: Iterable[ScoreReport]) -> tuple[str, ...]:
    """`COLUMNS`, with `slice` after the label, `KAPPA` and `ENDS` after F1 where a row has them.

    >>> columns([]) == COLUMNS
    True
    """
    rows = [row for report in reports for row in report.rows]
    slices = ("slice",) * any(row.slice for row in rows)
    kappa = any(row.documents.kind.FIGURE == KAPPA for row in rows)
    ends = (*ENDS, *(KAPPA_ENDS if kappa else ())) if any(row.intervals for row in rows) else ()
    return (*COLUMNS[:3], *slices, *COLUMNS[3:7], *(KAPPA,) * kappa, *ends, *COLUMNS[7:])


def sign(
    metric: Metric, label: str, documents: int, gold: str, version: str, *, slice: str = ""
) -> str:
    """The signature of a row or a slice; what stands before its first `|` parses to the metric.

    >>> sign(Metric("exact"), "Quote", 84, "1f2e3d4c", "0.1.0")
    'exact|label:Quote|avg:micro|docs:84|gold:1f2e3d4c|v:0.1.0'
    """
    tokenizer = f"|tok:{TOKENIZER}" if metric.measure.tokens else ""
    of = f"{label}|by:{slice}" if slice else label
    return f"{metric}|label:{of}{tokenizer}|avg:micro|docs:{documents}|gold:{gold}|v:{version}"


def needs_text(metric: Metric) -> bool:
    """Whether a metric looks at the text, so that documents without one are not scored.

    >>> needs_text(Metric("token")), needs_text(Metric("exact"))
    (True, False)
    """
    return metric.measure.text or metric.measure.tokens


def _head(system: str, row: Row, doc: str | None) -> Record:
    named = {"system": system, "metric": str(row.metric), "label": row.label}
    return {**named, "slice": row.slice, "document": doc}


def _ends(row: Row) -> Record:
    found = [row.intervals.get(ratio) or (None, None) for ratio in (*RATIOS, KAPPA)]
    return dict(zip((*ENDS, *KAPPA_ENDS), (end for ends in found for end in ends), strict=True))


def _ratios(counts: Tally | None) -> Record:
    names = (*RATIOS, KAPPA, "tp", "fp", "fn", "support")
    return {name: getattr(counts, name, None) for name in names}


def _mean(numbers: NDArray[np.float64]) -> float | None:
    defined = numbers[~np.isnan(numbers)]
    return fsum(defined) / len(defined) if len(defined) else None
