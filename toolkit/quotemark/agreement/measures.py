"""The measures of agreement by name, and what makes each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from quotemark.agreement import panels
from quotemark.agreement.attribution import attributions
from quotemark.agreement.gamma import gammas
from quotemark.agreement.pairs import attribute_kappas, relations, spans, token_kappas
from quotemark.agreement.rows import Measured
from quotemark.errors import error
from quotemark.matching import EXACT, HALF


class Measure(NamedTuple):
    """A measure: its name in results, and what counts it.

    `pairwise` ones are functions of two annotators' cases, the others of panels.
    """

    name: str
    pairwise: bool
    measured: Callable[..., Iterator[Measured]]


MEASURES = {
    "exact": Measure("F1 exact", True, partial(spans, criterion=EXACT)),
    "overlap": Measure(f"F1 overlap({HALF})", True, partial(spans, criterion=HALF)),
    "mention": Measure(
        "F1 attribution(mention,matched)", True, partial(attributions, aspect="mention")
    ),
    "entity": Measure(
        "F1 attribution(entity,matched)", True, partial(attributions, aspect="entity")
    ),
    "relation": Measure("F1 relation(relaxed)", True, relations),
    "kappa-token": Measure("κ token", True, token_kappas),
    "alpha-token": Measure("α token", False, panels.token_alphas),
    "u-alpha": Measure("uα", False, panels.unit_alphas),
    "kappa": Measure("κ", True, attribute_kappas),
    "alpha": Measure("α", False, panels.attribute_alphas),
    "gamma": Measure("γ", False, gammas),
}
"""Measures by the name that asks for them, in the order of results."""

ORDINARY = tuple(name for name in MEASURES if name != "gamma")
"""What is measured unless something else is asked for: γ takes longer than all of these."""


def checked(names: Iterable[str]) -> tuple[str, ...]:
    """Names of measures, each once, in the order of results. Raises `QuotemarkError`.

    >>> checked(["gamma", "exact", "gamma"])
    ('exact', 'gamma')
    """
    wanted = set(names)
    if unknown := sorted(wanted - MEASURES.keys()):
        message = f"no such measure: {', '.join(map(repr, unknown))}"
        raise error("measure", message, f"name one of: {', '.join(MEASURES)}")
    return tuple(name for name in MEASURES if name in wanted)
