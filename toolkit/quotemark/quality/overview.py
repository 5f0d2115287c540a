"""Everything about each annotator in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quotemark.metrics.favour import favour
from quotemark.metrics.names import parse
from quotemark.model import Corpus
from quotemark.panel import people
from quotemark.quality.comparing import GOLD, REST, compare
from quotemark.quality.drift import drift
from quotemark.quality.scores import ALL, score_comparisons
from quotemark.quality.speed import speed
from quotemark.quality.tendencies import Tendency, tend
from quotemark.scheme import Scheme, default_scheme


@dataclass(frozen=True, slots=True)
class Profile:
    """One annotator: their work, and the main figure of each view.

    `rest` and `gold` are F1 by overlap on all labels, None where nothing can be compared.
    `favoured`: gold was made from this annotator's layers, among others'; None where it cannot be
    told. `typical` is the most frequent mistake against the rest. `change` is `drift.Drift.change`
    against the rest, with its `p`. `minutes` are the median for 1,000 words. `reliability` is as
    given.
    """

    annotator: str
    documents: int
    spans: int
    rest: float | None
    gold: float | None
    favoured: bool | None
    typical: Tendency | None
    change: float | None
    p: float | None
    minutes: float | None
    reliability: float | None


def annotators(
    corpus: Corpus,
    *,
    scheme: Scheme | None = None,
    gold: Corpus | None = None,
    judge: str | None = None,
    reliability: Mapping[str, float | None] | None = None,
    resamples: int = 10_000,
    seed: int = 1,
) -> list[Profile]:
    """A line for every annotator with a submitted layer, in the order of names.

    `reliability` is what a model estimates (`reliabilities`), which takes a library of
    its own. The other options are as of `annotator_scores`, `annotator_drift` and
    `annotator_speed`, which have the details.

    >>> from quotemark.model import Annotation, Span
    >>> def layer(who, end):
    ...     return Annotation("d", "", who, (Span("x", "Cue", ((0, end),)),))
    >>> for each in annotators(Corpus({}, (layer("a", 4), layer("b", 3)))):
    ...     print(each.annotator, each.rest, each.typical.kind, each.typical.detail)
    a 1.0 boundary end, wide
    b 1.0 boundary end, narrow
    """
    scheme = scheme or default_scheme()
    everybody = people(corpus, scheme)
    found = compare(everybody, corpus.documents, scheme, gold=gold, judge=judge)
    scored = score_comparisons(found, scheme, [parse("overlap")], resamples=None, seed=seed)
    f1 = {(row.annotator, row.against): row.f1 for row in scored if row.label == ALL}
    typical: dict[str, Tendency] = {}
    for tendency in tend([each for each in found if each.against == REST]):
        typical.setdefault(tendency.annotator, tendency)
    drifted = drift(found, (ALL,), resamples=resamples, seed=seed)
    changes = {row.annotator: row for row in drifted if row.against == REST}
    pace = {row.annotator: row.words for row in speed(everybody, corpus.documents)}
    made_from = favour(gold or (), everybody, judge=judge)
    profiles = []
    for name, layers in everybody.items():
        change, words = changes.get(name), pace[name]
        profiles.append(
            Profile(
                name,
                len(layers),
                sum(len(layer.spans) for layer in layers.values()),
                f1.get((name, REST)),
                f1.get((name, GOLD)),
                made_from.of(name),
                typical.get(name),
                change.change if change else None,
                change.p if change else None,
                words.median / 60 if words else None,
                (reliability or {}).get(name),
            )
        )
    return profiles
