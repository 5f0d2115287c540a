"""How far annotators can be relied on, where nobody knows the truth but three or more answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quotemark.errors import error
from quotemark.model import Corpus
from quotemark.panel import panels
from quotemark.quality.answers import MARKED, NONE, answers
from quotemark.quality.models import MODELS, Truth, truth_of
from quotemark.scheme import Scheme, default_scheme

FEWEST = 3
"""With fewer annotators, a model cannot tell who of two is right."""

OVERALL = "(all)"
"""The question of all questions together."""

Confusion = Mapping[tuple[str, str], float]
"""How probably somebody gives each answer (second) where another or the same is true (first)."""

Counts = NDArray[np.float64]
"""Expected true positives, false positives and false negatives."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far one annotator can be relied on in one question, as a model of all estimates it.

    `question` is a label (does a sentence have one?), `Label.attribute` (which value?) or
    `OVERALL`. `value` is the expected F1 of the annotator's answers, were the truth known, from 0
    to 1; of values it is the expected share of right ones. None where fewer than three annotators
    answered, and of a label that nobody used. `items` is how many sentences or things the
    annotator answered about that others did, too.
    """

    annotator: str
    question: str
    value: float | None
    items: int
    confusion: Confusion = field(default_factory=dict)


def reliabilities(
    corpus: Corpus, *, scheme: Scheme | None = None, model: str = "dawid-skene"
) -> list[Reliability]:
    """Every annotator's reliability, overall and in each question, as `model` estimates it.

    Items and questions are those of `answers.answers`; each question is fitted by itself.
    `OVERALL` is of all expected counts added up. Only submitted layers count, and only what was
    asked; texts are needed to tell sentences. Raises `QuotemarkError` for an unknown model, for
    layers that cannot be compared (see `panel.panels`), and where crowd-kit is not installed. An
    empty corpus has no rows.

    >>> from quotemark.model import Annotation, Document, Span
    >>> text = "No. Yes. No. Yes. No. Yes."
    >>> def layer(who, *starts):
    ...     spans = [Span(str(start), "Cue", ((start, start + 2),)) for start in starts]
    ...     return Annotation("d", "", who, tuple(spans))
    >>> layers = (layer("a", 0, 9, 18), layer("b", 0, 9, 18), layer("c", 0, 4))
    >>> for row in reliabilities(Corpus({"d": Document("d", text)}, layers)):
    ...     if row.question == "Cue":
    ...         print(row.annotator, round(row.value, 3), row.items)
    a 1.0 6
    b 1.0 6
    c 0.4 6
    """
    if model not in MODELS:
        message = f"no such model: {model!r}"
        raise error("model", message, f"name one of: {', '.join(MODELS)}")
    scheme = scheme or default_scheme()
    layers = panels(corpus, scheme)
    names = sorted({layer.annotator for panel in layers.values() for layer in panel})
    totals: dict[str, Counts] = defaultdict(lambda: np.zeros(3))
    items: dict[str, int] = defaultdict(int)
    found: list[Reliability] = []
    for question, given in answers(layers, corpus.documents, scheme).items():
        by_name: dict[str, list[tuple[int, str]]] = {name: [] for name in names}
        for answer in given:
            by_name[answer.annotator].append((answer.item, answer.value))
        fit = MODELS[model].of_labels if question in scheme.labels else MODELS[model].of_values
        enough = sum(map(bool, by_name.values())) >= FEWEST
        truth = truth_of(given, fit) if enough else None
        for name, own in by_name.items():
            if truth is None:
                found.append(Reliability(name, question, None, len(own)))
                continue
            cells = _cells(own, truth)
            counts = _counts(cells, truth.classes, question in scheme.labels)
            totals[name] += counts
            items[name] += len(own)
            confusion = dict(_confusion(cells, truth.classes))
            found.append(Reliability(name, question, _f1(counts), len(own), confusion))
    return [*(Reliability(n, OVERALL, _f1(totals[n]), items[n]) for n in names), *found]


def reliability(
    corpus: Corpus, *, scheme: Scheme | None = None, model: str = "dawid-skene"
) -> Mapping[str, float]:
    """A weight from 0 to 1 for each annotator of a corpus: the `OVERALL` of `reliabilities`.

    Who cannot be compared, or never had anything to mark, has the mean of the others: nothing
    speaks for or against them; where this is everybody, 1. Raises as `reliabilities`, and where
    fewer than three annotators answered the same questions.

    >>> reliability(Corpus())
    Traceback (most recent call last):
    quotemark.errors.QuotemarkError: fewer than three annotators share a document whose text is \
known [reliability]; name the layers of three or more, and their texts
    """
    rows = reliabilities(corpus, scheme=scheme, model=model)
    overall = [row for row in rows if row.question == OVERALL]
    if not any(row.items for row in overall):
        message = "fewer than three annotators share a document whose text is known"
        remedy = "name the layers of three or more, and their texts"
        raise error("reliability", message, remedy)
    known = [row.value for row in overall if row.value is not None]
    mean = sum(known) / len(known) if known else 1.0
    return {row.annotator: mean if row.value is None else row.value for row in overall}


def _cells(own: Sequence[tuple[int, str]], truth: Truth) -> Counts:
    """How many of an annotator's answers are expected by true class and given one."""
    cells = np.zeros((len(truth.classes), len(truth.classes)))
    places = {value: n for n, value in enumerate(truth.classes)}
    for item, value in own:
        cells[:, places[value]] += truth.probabilities[item]
    return cells


def _counts(cells: Counts, classes: Sequence[str], is_label: bool) -> Counts:
    if not is_label:
        right = np.trace(cells)
        wrong = cells.sum() - right
        return np.array([right, wrong, wrong])
    places = {value: n for n, value in enumerate(classes)}

    def cell(true: str, given: str) -> float:
        known = true in places and given in places
        return float(cells[places[true], places[given]]) if known else 0.0

    return np.array([cell(MARKED, MARKED), cell(NONE, MARKED), cell(MARKED, NONE)])


def _f1(counts: Counts) -> float | None:
    tp, fp, fn = map(float, counts)
    whole = 2 * tp + fp + fn
    return min(2 * tp / whole, 1.0) if whole > 0 else None


def _confusion(cells: Counts, classes: Sequence[str]) -> Iterator[tuple[tuple[str, str], float]]:
    """Probabilities of answers by true class; a class that is never true has none."""
    for true, row in zip(classes, cells, strict=True):
        if row.sum() > 0:
            for given, number in zip(classes, row, strict=True):
                yield (true, given), float(number / row.sum())
