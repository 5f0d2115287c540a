"""How far annotators can be relied on, where nobody knows the truth but three or more answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from quotemark.errors import error
from quotemark.model import Corpus
from quotemark.panel import panels
from quotemark.quality.answers import Answers, answers
from quotemark.quality.models import MODELS, Confusion
from quotemark.scheme import Scheme, default_scheme

FEWEST = 3
"""With fewer annotators, a model cannot tell who of two is right."""

OVERALL = "(all)"
"""The question of all questions together."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far one annotator can be relied on in one question, as a model of all estimates it.

    `question` is a label (is the thing there?), `Label.attribute` (which value has it?) or
    `OVERALL`. `value` is from 0 to 1: the expected share of right answers (dawid-skene), or how
    often the annotator knows the answer (mace); None where fewer than three annotators answered.
    `items` is how many things the annotator answered about that others did, too. `confusion` has
    the probability of each answer (second) where another or the same is true (first).
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

    Items and questions are those of `answers.answers`; each question is a model of its own.
    `OVERALL` is the mean over questions, each counting by the annotator's items. Only submitted
    layers count, and only what was asked. Raises `QuotemarkError` for an unknown model, for
    layers that cannot be compared (see `panel.panels`), and where crowd-kit is not installed.
    An empty corpus has no rows.

    >>> from quotemark.model import Annotation, Span
    >>> def layer(who, *ends):
    ...     spans = [Span(str(end), "Cue", ((end - 4, end),)) for end in ends]
    ...     return Annotation("d", "", who, tuple(spans))
    >>> same = (10, 20, 30, 40)
    >>> three = (layer("a", *same), layer("b", *same), layer("c", 10, 90))
    >>> for row in reliabilities(Corpus({}, three)):
    ...     if row.question == "Cue":
    ...         print(row.annotator, row.value and round(row.value, 3), row.items)
    a 1.0 5
    b 1.0 5
    c 0.2 5
    """
    if model not in MODELS:
        message = f"no such model: {model!r}"
        raise error("model", message, f"name one of: {', '.join(MODELS)}")
    scheme = scheme or default_scheme()
    layers = panels(corpus, scheme)
    names = sorted({layer.annotator for panel in layers.values() for layer in panel})
    found = [
        row
        for question, given in answers(layers, scheme).items()
        for row in _question(names, question, given, model)
    ]
    return [*_overall(names, found), *found]


def reliability(
    corpus: Corpus, *, scheme: Scheme | None = None, model: str = "dawid-skene"
) -> Mapping[str, float]:
    """A weight from 0 to 1 for each annotator of a corpus: the `OVERALL` of `reliabilities`.

    Who cannot be compared has the mean of the others: nothing speaks for or against them. Raises
    as `reliabilities`, and where fewer than three annotators can be compared.

    >>> reliability(Corpus())
    Traceback (most recent call last):
    quotemark.errors.QuotemarkError: fewer than three annotators answered the same question \
[reliability]; name the layers of three or more who share documents
    """
    rows = reliabilities(corpus, scheme=scheme, model=model)
    overall = {row.annotator: row.value for row in rows if row.question == OVERALL}
    known = [value for value in overall.values() if value is not None]
    if not known:
        message = "fewer than three annotators answered the same question"
        remedy = "name the layers of three or more who share documents"
        raise error("reliability", message, remedy)
    mean = sum(known) / len(known)
    return {name: mean if value is None else value for name, value in overall.items()}


def _question(
    names: Sequence[str], question: str, given: Answers, model: str
) -> Iterator[Reliability]:
    items = Counter(answer.annotator for answer in given)
    fitted = MODELS[model](given) if len(items) >= FEWEST else {}
    for name in names:
        found = fitted.get(name)
        if found is None:
            yield Reliability(name, question, None, items[name])
        else:
            yield Reliability(name, question, found.right, items[name], found.confusion)


def _overall(names: Sequence[str], found: Sequence[Reliability]) -> Iterator[Reliability]:
    for name in names:
        own = [row for row in found if row.annotator == name and row.value is not None]
        items = sum(row.items for row in own)
        value = sum((row.value or 0.0) * row.items for row in own) / items if items else None
        yield Reliability(name, OVERALL, value, items)
