"""Models of what is true where annotators answer the same questions, by crowd-kit.

Both take it that each item has one true answer, and that given this answer annotators err
independently of each other, and of what they answered elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from quotemark.errors import error
from quotemark.quality.answers import Answers

if TYPE_CHECKING:
    import pandas as pd

ITERATIONS = 100
"""Steps of expectation and maximization of `dawid_skene`, at most."""

STARTS, SEED = 3, 1
"""`mace` begins at random, so often, and its most likely end counts."""


class Truth(NamedTuple):
    """How probable each answer is the true one: `(items, classes)`, rows add up to 1."""

    classes: Sequence[str]
    probabilities: NDArray[np.float64]


def dawid_skene(answers: Answers) -> Truth:
    """The truth, where each annotator errs by a matrix of their own.

    Dawid and Skene, *Maximum likelihood estimation of observer error-rates using the EM
    algorithm* (1979): from the shares of answers, until the likelihood grows no more. Raises
    `QuotemarkError` where crowd-kit is not installed, `ValueError` for no answers.
    """
    table, classes = _table(answers)
    return _truth(_library().DawidSkene(n_iter=ITERATIONS).fit(table).probas_, classes)


def one_coin(answers: Answers) -> Truth:
    """As `dawid_skene`, where each annotator is right equally often whatever is true.

    Of values, which are few and mostly the same, a whole matrix says more than there is to know:
    where one value is always true, it takes half of them for another. Raises as `dawid_skene`.
    """
    table, classes = _table(answers)
    return _truth(_library().OneCoinDawidSkene(n_iter=ITERATIONS).fit(table).probas_, classes)


def mace(answers: Answers) -> Truth:
    """The truth, where each annotator knows the answer or guesses, in a way of their own.

    Hovy, Berg-Kirkpatrick, Vaswani and Hovy, *Learning whom to trust with MACE* (2013), by
    variational Bayes; all answers are as likely before anything is seen. Raises as `dawid_skene`.
    """
    table, classes = _table(answers)
    # with a number in place of a generator, crowd-kit would start every time in the same place
    model = _library().MACE(n_restarts=STARTS, random_state=RandomState(SEED))
    return _truth(model.fit(table).probas_, classes)


class Model(NamedTuple):
    """What finds the truth of labels, and of values."""

    of_labels: Callable[[Answers], Truth]
    of_values: Callable[[Answers], Truth]


MODELS = {"dawid-skene": Model(dawid_skene, one_coin), "mace": Model(mace, mace)}
"""Models by the name that asks for them."""


def truth_of(answers: Answers, model: Callable[[Answers], Truth]) -> Truth:
    """What `model` makes of answers; where all are the same, they are true.

    >>> from quotemark.quality.answers import Answer
    >>> truth_of([Answer(0, "a", "marked"), Answer(0, "b", "marked")], mace)
    Truth(classes=['marked'], probabilities=array([[1.]]))
    """
    classes = sorted({answer.value for answer in answers})
    if len(classes) != 1:
        return model(answers)
    return Truth(classes, np.ones((1 + max(answer.item for answer in answers), 1)))


def _library() -> Any:
    """crowd-kit's aggregation, which takes seconds to import."""
    try:
        from crowdkit import aggregation
    except ModuleNotFoundError as failure:
        message = f"the model needs crowd-kit, and {failure.name} is not installed"
        raise error("crowd", message, 'pip install "quotemark[crowd]"') from None
    return aggregation


def _table(answers: Answers) -> tuple[pd.DataFrame, Sequence[str]]:
    """Answers as crowd-kit takes them, with numbers for annotators and classes; and the classes.

    Numbers go by first appearance: its MACE mixes them up where that is not their order.
    """
    import pandas as pd

    if not answers:
        raise ValueError("no answers")
    rows = sorted(answers)
    names = {name: n for n, name in enumerate(dict.fromkeys(row.annotator for row in rows))}
    classes = {value: n for n, value in enumerate(dict.fromkeys(row.value for row in rows))}
    columns = {
        "task": [row.item for row in rows],
        "worker": [names[row.annotator] for row in rows],
        "label": [classes[row.value] for row in rows],
    }
    return pd.DataFrame(columns), list(classes)


def _truth(probabilities: pd.DataFrame, classes: Sequence[str]) -> Truth:
    ordered = probabilities.sort_index(axis=0).sort_index(axis=1)
    return Truth(classes, ordered.to_numpy(float))
