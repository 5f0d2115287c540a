"""Models of annotators who answer the same questions, by crowd-kit.

Both take it that each item has one true answer, and that given this answer annotators err
independently of each other, and of what they answered elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.random import RandomState

from quotemark.errors import error
from quotemark.quality.answers import Answers

if TYPE_CHECKING:
    import pandas as pd

ITERATIONS = 100
"""Steps of expectation and maximization, at most."""

STARTS, SEED = 10, 1
"""MACE begins at random, so often, and the most likely end counts."""

Confusion = Mapping[tuple[str, str], float]
"""How probably somebody gives each answer (second) where another or the same is true (first)."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a model says of one annotator: how often they are right, and how they err.

    `right` is from 0 to 1: the expected share of right answers (Dawid and Skene), or how often
    they know the answer rather than guess (MACE).
    """

    right: float
    confusion: Confusion


def dawid_skene(answers: Answers) -> dict[str, Fitted]:
    """Each annotator's matrix of errors, by expectation and maximization from the majority.

    Dawid and Skene, *Maximum likelihood estimation of observer error-rates using the EM
    algorithm* (1979). `right` is the mean probability that the annotator's answers are true.
    Raises `QuotemarkError` where crowd-kit is not installed. No answers: nobody.
    """
    table, names, classes = _table(answers)
    if not len(table):
        return {}
    model = _library().DawidSkene(n_iter=ITERATIONS).fit(table)
    places = model.probas_.columns.get_indexer(table["label"])
    rows = model.probas_.index.get_indexer(table["task"])
    table["right"] = model.probas_.to_numpy()[rows, places]
    right = table.groupby("worker")["right"].mean()
    found = {}
    for worker, name in enumerate(names):
        errors = model.errors_.loc[worker]
        confusion = {
            (true, given): float(errors[t].get(g, 0.0))
            for t, true in enumerate(classes)
            for g, given in enumerate(classes)
        }
        found[name] = Fitted(min(float(right[worker]), 1.0), confusion)
    return found


def mace(answers: Answers) -> dict[str, Fitted]:
    """How often each annotator knows the answer; else they guess, each in their own way.

    Hovy, Berg-Kirkpatrick, Vaswani and Hovy, *Learning whom to trust with MACE* (2013), by
    variational Bayes, the best of `STARTS`. Raises `QuotemarkError` where crowd-kit is not
    installed. No answers: nobody.
    """
    table, names, classes = _table(answers)
    if not len(table):
        return {}
    # with a number in place of a generator, crowd-kit would start ten times in the same place
    model = _library().MACE(n_restarts=STARTS, random_state=RandomState(SEED)).fit(table)
    found = {}
    for worker, name in enumerate(names):
        knows = float(model.spamming_[worker, 1] / model.spamming_[worker].sum())
        guesses = model.thetas_[worker] / model.thetas_[worker].sum()
        confusion = {
            (true, given): knows * (true == given) + (1 - knows) * float(guesses[g])
            for true in classes
            for g, given in enumerate(classes)
        }
        found[name] = Fitted(knows, confusion)
    return found


MODELS: dict[str, Callable[[Answers], dict[str, Fitted]]] = {
    "dawid-skene": dawid_skene,
    "mace": mace,
}
"""Models by the name that asks for them."""


def _library() -> Any:
    """crowd-kit's aggregation, which takes seconds to import."""
    try:
        from crowdkit import aggregation
    except ModuleNotFoundError as failure:
        message = f"the model needs crowd-kit, and {failure.name} is not installed"
        raise error("crowd", message, 'pip install "quotemark[crowd]"') from None
    return aggregation


def _table(answers: Answers) -> tuple[pd.DataFrame, Sequence[str], Sequence[str]]:
    """Answers as crowd-kit takes them, with numbers for annotators and answers, and their names.

    Numbers go by first appearance: its MACE mixes them up where that is not their order.
    """
    import pandas as pd

    rows = sorted(answers)
    names = list(dict.fromkeys(row.annotator for row in rows))
    classes = list(dict.fromkeys(row.value for row in rows))
    columns = {
        "task": [row.item for row in rows],
        "worker": [names.index(row.annotator) for row in rows],
        "label": [classes.index(row.value) for row in rows],
    }
    return pd.DataFrame(columns), names, classes
