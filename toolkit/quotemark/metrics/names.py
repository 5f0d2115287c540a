"""Metrics as values, addressed by a string: `parse(str(metric)) == metric`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

from quotemark.errors import QuotemarkError, error
from quotemark.matching import ANY, EXACT, HALF, Criterion
from quotemark.metrics.measure import SCOPES, Key, Measure
from quotemark.metrics.protocols import PROTOCOLS
from quotemark.metrics.registry import OWN, PUBLISHED, REGISTRY


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: what is compared, over what, and when spans match.

    Or a measure of a published protocol (`protocols.PROTOCOLS`): its name and, as `aspect`,
    which of its measures. Name, aspect and scope are a key of `registry.REGISTRY`; those whose
    measure takes no criterion have `HALF`.

    >>> str(Metric("attribution", "entity", "end-to-end"))
    'attribution(entity,end-to-end)'
    """

    name: str
    aspect: str = ""
    scope: str = ""
    criterion: Criterion = HALF

    def __post_init__(self) -> None:
        known = (self.name, self.aspect, self.scope) in REGISTRY
        if known and self.criterion != HALF:
            known = self.measure.criterion and not self.criterion.same
        if not known:
            raise ValueError(f"no such metric: {self!r}")

    def __str__(self) -> str:
        parts = [part for part in (self.aspect, self.scope) if part]
        if self.name == "overlap":
            parts.append("iou>=1" if self.criterion == EXACT else str(self.criterion))
        elif self.criterion != HALF:
            parts.append(str(self.criterion))
        return _call(self.name, parts)

    @property
    def measure(self) -> Measure:
        """How it counts, and what may be relied on."""
        return REGISTRY[self.name, self.aspect, self.scope]

    @property
    def symmetric(self) -> bool:
        """Whether swapping gold and predictions swaps precision and recall (see `Measure`)."""
        return self.measure.symmetric and self.criterion.symmetric


def _call(name: str, words: Iterable[str]) -> str:
    inside = ",".join(word for word in words if word)
    return f"{name}({inside})" if inside else name


STEMS: dict[str, Key] = {_call(key[0], key[1:]): key for key in REGISTRY}
"""Every metric by its string without a criterion."""

METRICS = (
    *map(Metric, ("exact", "overlap", "token")),
    *(Metric("attribution", a, s) for a in ("mention", "entity") for s in SCOPES),
    *(Metric("stance", a, s) for a in ("polarity", "target", "tuple") for s in SCOPES),
)
"""What `score` reports unless told otherwise."""

MEASURES = tuple(Metric(*key) for key in PUBLISHED)
"""The measures of every published protocol."""

EVERY = tuple(Metric(*key) for key in REGISTRY)
"""Every metric and measure, each with its usual criterion."""

THRESHOLD = re.compile(
    r"(?P<of>iou|gold|pred)(?P<sign>>=?)(?P<least>-?[0-9]{0,20}\.?[0-9]{1,20})\Z"
)
CALL = re.compile(r"(?P<name>[a-z][a-z0-9-]*)(?:\((?P<arguments>[^()]+)\))?\Z")


def parse(text: str) -> Metric:
    """The metric that a string names, with another criterion than the usual one if it says so.

    Criteria are `iou>=X`, `gold>=X` (of the gold span) and `pred>=X` (of the predicted one), X
    over 0 and up to 1 with six decimals; `iou>0` (any overlap); and `exact`. Raises
    `QuotemarkError` with the nearest metric's name, or a threshold's range.

    >>> parse("overlap") == parse("overlap(iou>=0.5)")
    True
    >>> str(parse("attribution(mention, matched, exact)"))
    'attribution(mention,matched,exact)'
    """
    plain = text.replace(" ", "")
    if plain in STEMS:
        return Metric(*STEMS[plain])
    found = CALL.match(plain)
    *words, last = (found["arguments"] or "").split(",") if found else [""]
    if "" in words:
        raise _unknown(text)
    stem = _call(found["name"], words) if found else ""
    if not last or stem not in STEMS or not REGISTRY[STEMS[stem]].criterion:
        raise _unknown(text)
    return Metric(*STEMS[stem], criterion=_criterion(last, text))


def select(names: Iterable[str]) -> tuple[Metric, ...]:
    """The metrics that strings name, each once.

    A name that is no metric by itself, such as `attribution`, `stance` or a protocol's, names
    all that begin with it.

    >>> [str(m) for m in select(["exact", "attribution"])][:2]
    ['exact', 'attribution(mention,matched)']
    """
    chosen: dict[Metric, None] = {}
    for text in names:
        name = text.strip()
        family = () if name in STEMS else (m for m in EVERY if m.name == name)
        chosen.update(dict.fromkeys(tuple(family) or [parse(text)]))
    return tuple(chosen)


def chosen(metrics: Iterable[str | Metric] | None, protocol: str | None) -> tuple[Metric, ...]:
    """The metrics that a score is of: `METRICS` unless any are named, a protocol's after them.

    A protocol by itself is scored alone.

    >>> [str(metric) for metric in chosen(["exact"], "semeval2013")][:2]
    ['exact', 'semeval2013(strict)']
    """
    named = None if metrics is None else select(map(str, metrics))
    if protocol is None:
        return METRICS if named is None else named
    return (*(named or ()), *of_protocol(protocol))


def of_protocol(name: str) -> tuple[Metric, ...]:
    """The measures of a published protocol. Raises `QuotemarkError` naming the known ones.

    >>> [str(metric) for metric in of_protocol("semeval2013")][:2]
    ['semeval2013(strict)', 'semeval2013(exact)']
    """
    if name not in PROTOCOLS:
        remedy = f"name one of: {', '.join(PROTOCOLS)}"
        raise error("protocol", f"no protocol {name!r}", remedy)
    return tuple(metric for metric in MEASURES if metric.name == name)


def _criterion(text: str, metric: str) -> Criterion:
    if text == "exact":
        return EXACT
    found = THRESHOLD.match(text)
    if not found:
        raise _unknown(metric)
    if found[0] == str(ANY):
        return ANY
    least = Fraction(found["least"])
    if found["sign"] == ">" or not 0 < least <= 1 or (least * 10**6).denominator != 1:
        message = f"metric {metric!r} has the threshold {found['sign']}{found['least']}"
        remedy = "give iou>=X, gold>=X or pred>=X, X over 0, up to 1, six decimals; or iou>0"
        raise error("threshold", message, remedy)
    if found["of"] == "iou":
        return Criterion(iou=least)
    return Criterion(gold=least) if found["of"] == "gold" else Criterion(pred=least)


def _unknown(text: str) -> QuotemarkError:
    known = (*(_call(key[0], key[1:]) for key in OWN), *PROTOCOLS)
    near = get_close_matches(text.replace(" ", ""), [*STEMS, *PROTOCOLS], n=1, cutoff=0.7)
    guess = f"did you mean {near[0]}? " if near else ""
    criterion = "or another criterion, such as overlap(iou>=0.8)"
    remedy = f"{guess}name one of: {', '.join(known)}; {criterion}"
    return error("metric", f"no metric {text!r}", remedy)
