"""Metrics as values, addressed by a string: `parse(str(metric)) == metric`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from quotemark.errors import error
from quotemark.matching import EXACT, HALF, Criterion
from quotemark.metrics.protocols import PROTOCOLS

ASPECTS = {"attribution": ("mention", "entity"), "stance": ("polarity", "target", "tuple")}
"""What of a matched span is compared, for each metric that compares more than spans."""

SCOPES = ("matched", "end-to-end")
"""Conditional on a matched span, or with every missed and spurious span as an error."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: what is compared, over what, and when spans match.

    Or a measure of a published protocol (`protocols.PROTOCOLS`): its name and, as `aspect`,
    which of its measures.

    >>> str(Metric("attribution", "entity", "end-to-end"))
    'attribution(entity,end-to-end)'
    """

    name: str
    aspect: str = ""
    scope: str = ""
    criterion: Criterion = HALF

    def __post_init__(self) -> None:
        if self.name in PROTOCOLS:
            known = self.aspect in PROTOCOLS[self.name].measures
            known = known and not self.scope and self.criterion == HALF
        elif self.name in ("exact", "token"):
            known = not self.aspect and not self.scope and self.criterion == HALF
        elif self.name == "overlap":
            known = not self.aspect and not self.scope
        else:
            known = self.aspect in ASPECTS.get(self.name, ()) and self.scope in SCOPES
        if not known:
            raise ValueError(f"no such metric: {self!r}")

    def __str__(self) -> str:
        parts = [part for part in (self.aspect, self.scope) if part]
        if self.name == "overlap":
            iou = self.criterion.iou
            parts.append("iou>=1" if iou == 1 else str(self.criterion))
        elif self.criterion != HALF:
            parts.append(str(self.criterion))
        return f"{self.name}({','.join(parts)})" if parts else self.name


METRICS = (
    Metric("exact"),
    Metric("overlap"),
    Metric("token"),
    *(Metric(name, a, s) for name in ASPECTS for a in ASPECTS[name] for s in SCOPES),
)
"""What `score` reports unless told otherwise."""

MEASURES = tuple(Metric(p.name, aspect) for p in PROTOCOLS.values() for aspect in p.measures)
"""The measures of every published protocol."""

IOU = re.compile(r"iou(?:>(?P<any>0)|>=(?P<least>0?\.\d{1,6}|1(?:\.0{1,6})?))\Z")
CALL = re.compile(r"(?P<name>[a-z][a-z0-9-]*)(?:\((?P<arguments>[^()]*)\))?\Z")


def parse(text: str) -> Metric:
    """The metric that a string names: one of `METRICS`, or one with another criterion.

    Span criteria are `iou>=X` (X over 0 and up to 1, six decimals), `iou>0` (any overlap) and
    `exact`. Raises `QuotemarkError` naming the known ones.

    >>> parse("overlap") == parse("overlap(iou>=0.5)")
    True
    >>> str(parse("attribution(mention, matched, exact)"))
    'attribution(mention,matched,exact)'
    """
    found = CALL.match(text.replace(" ", ""))
    metric = None
    if found:
        arguments = found["arguments"].split(",") if found["arguments"] is not None else []
        metric = _metric(found["name"], arguments)
    if metric is None:
        known = ", ".join([*map(str, METRICS), *PROTOCOLS])
        remedy = f"name one of: {known}; or another criterion, such as overlap(iou>=0.8)"
        raise error("metric", f"no metric {text!r}", remedy)
    return metric


def select(names: Iterable[str]) -> tuple[Metric, ...]:
    """The metrics that strings name, each once.

    `attribution`, `stance` and the names of protocols name all of theirs.

    >>> [str(m) for m in select(["exact", "attribution"])][:2]
    ['exact', 'attribution(mention,matched)']
    """
    chosen: dict[Metric, None] = {}
    for name in names:
        family = [m for m in (*METRICS, *MEASURES) if m.name == name.strip()]
        chosen.update(dict.fromkeys(family or [parse(name)]))
    return tuple(chosen)


def of_protocol(name: str) -> tuple[Metric, ...]:
    """The measures of a published protocol. Raises `QuotemarkError` naming the known ones.

    >>> [str(metric) for metric in of_protocol("semeval2013")][:2]
    ['semeval2013(strict)', 'semeval2013(exact)']
    """
    if name not in PROTOCOLS:
        remedy = f"name one of: {', '.join(PROTOCOLS)}"
        raise error("protocol", f"no protocol {name!r}", remedy)
    return tuple(metric for metric in MEASURES if metric.name == name)


def _metric(name: str, arguments: list[str]) -> Metric | None:
    if name in PROTOCOLS:
        aspect, *more = arguments or [""]
        return Metric(name, aspect) if aspect in PROTOCOLS[name].measures and not more else None
    if name in ASPECTS:
        if len(arguments) not in (2, 3):
            return None
        aspect, scope, *rest = arguments
    else:
        aspect, scope, rest = "", "", arguments
    criterion = _criterion(rest)
    if criterion is None or (name in ("exact", "token") and rest):
        return None
    try:
        return Metric(name, aspect, scope, criterion)
    except ValueError:
        return None


def _criterion(arguments: list[str]) -> Criterion | None:
    if not arguments:
        return HALF
    if arguments == ["exact"]:
        return EXACT
    found = IOU.match(arguments[0]) if len(arguments) == 1 else None
    if not found:
        return None
    iou = Fraction(found["any"] or found["least"])
    return Criterion(iou) if iou or found["any"] else None
