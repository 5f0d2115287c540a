"""Annotators' layers over the same documents, fit to be compared with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce

from quotemark.errors import Problem, QuotemarkError, Where
from quotemark.model import Annotation, Asked, Corpus
from quotemark.scheme import Scheme
from quotemark.validate import check_corpus

SUBMITTED = "submitted"
"""The status of layers that an annotator stands by."""

UNFIT = {
    *("text-hash", "scheme", "twice", "duplicate-id", "label", "relation", "dangling"),
    *("asked", "not-asked", "offset", "empty-fragment", "overlap"),
}
"""The codes of `check` with which layers cannot be compared; the others do not matter here."""


def panels(corpus: Corpus, scheme: Scheme) -> dict[str, tuple[Annotation, ...]]:
    """The submitted layers over each document, in the order of ids and annotators.

    Drafts, cancelled layers, predictions and gold are no annotator's word: they are left out
    (`left_out` counts them). Raises `QuotemarkError` with everything that forbids to compare:
    the findings of `UNFIT`, and layers over different texts. An empty corpus has no panels.

    >>> from quotemark.scheme import default_scheme
    >>> layers = (Annotation("d", "", "b"), Annotation("d", "", "a"))
    >>> [layer.annotator for layer in panels(Corpus({}, layers), default_scheme())["d"]]
    ['a', 'b']
    """
    layers = [layer for layer in corpus if layer.status == SUBMITTED]
    found: dict[str, tuple[Annotation, ...]] = {}
    for layer in sorted(layers, key=lambda layer: (layer.doc_id, layer.annotator)):
        found[layer.doc_id] = (*found.get(layer.doc_id, ()), layer)
    ordered = tuple(layer for panel in found.values() for layer in panel)
    findings = check_corpus(Corpus(corpus.documents, ordered), scheme)
    problems = [problem for problem in findings if problem.code in UNFIT]
    problems += (problem for panel in found.values() for problem in _two_texts(panel))
    if problems:
        raise QuotemarkError(problems)
    return found


Layers = Mapping[str, Annotation]
"""One annotator's layers, by document."""


def people(corpus: Corpus, scheme: Scheme) -> dict[str, Layers]:
    """Each annotator's submitted layers, in the order of names and ids. Raises as `panels`.

    >>> from quotemark.scheme import default_scheme
    >>> layers = (Annotation("d", "", "b"), Annotation("d", "", "a"))
    >>> {name: list(own) for name, own in people(Corpus({}, layers), default_scheme()).items()}
    {'a': ['d'], 'b': ['d']}
    """
    found: dict[str, dict[str, Annotation]] = {}
    for doc, panel in panels(corpus, scheme).items():
        for layer in panel:
            found.setdefault(layer.annotator, {})[doc] = layer
    return dict(sorted(found.items()))


def shared(*sides: Layers) -> dict[str, Asked]:
    """What all of several sides were asked, of each document that all have and share any of.

    In the order of ids.

    >>> one, two = ({"d": Annotation("d", "", n, asked=Asked(((0, end),)))} for n, end in
    ...             (("a", 9), ("b", 5)))
    >>> shared(one, two)["d"].windows, shared(one, {})
    (((0, 5),), {})
    """
    docs = sorted(set.intersection(*(set(side) for side in sides)))
    asked = {doc: reduce(Asked.common, (side[doc].asked for side in sides)) for doc in docs}
    return {doc: common for doc, common in asked.items() if common.windows != ()}


def left_out(corpus: Corpus) -> Mapping[str, int]:
    """How many layers of each status are not submitted, and so are left out.

    >>> left_out(Corpus({}, (Annotation("d", "", "rules", status="predicted"),)))
    {'predicted': 1}
    """
    counts = Counter(layer.status for layer in corpus if layer.status != SUBMITTED)
    return dict(sorted(counts.items()))


def _two_texts(panel: Sequence[Annotation]) -> Iterator[Problem]:
    """Layers whose hashes say that they are over different texts; without a hash, none says so."""
    known = [layer for layer in panel if layer.text_sha256]
    for layer in known[1:]:
        if layer.text_sha256 != known[0].text_sha256:
            message = f"is not over the text that {known[0].annotator!r} annotated"
            where = Where(doc=layer.doc_id, item=layer.annotator)
            yield Problem(where, "two-texts", message, "annotate one version of the text")
