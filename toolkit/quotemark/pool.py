"""What several annotators' layers over one document know and were asked, taken together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import reduce

from quotemark.errors import Problem, Where
from quotemark.matching import disjoint
from quotemark.model import Annotation, Asked, Entity


def pooled_entities(
    layers: Sequence[Annotation], used: Collection[str]
) -> tuple[tuple[Entity, ...], list[Problem]]:
    """The entities of all layers, one for each name and id, with everybody's aliases.

    One name under several ids gets the first of them. Where one id has several names, that
    among the `used` ones stands; several used ones are a problem. No layers: no entities.

    >>> one = Annotation("d", "", "a", entities=(Entity("e1", "Ana Lund", ("Lund",)),))
    >>> two = Annotation("d", "", "b", entities=(Entity("e1", "A. Lund"), Entity("e2", "Bo")))
    >>> pooled_entities([one, two], {"Ana Lund"})[0]
    (Entity(id='e1', name='Ana Lund', aliases=('Lund',)), Entity(id='e2', name='Bo', aliases=()))
    >>> [problem.message for problem in pooled_entities([one, two], {"Ana Lund", "A. Lund"})[1]]
    ["the entity 'e1' is called 'A. Lund' and 'Ana Lund'"]
    """
    by_name: dict[str, list[Entity]] = {}
    for entity in sorted(entity for layer in layers for entity in layer.entities):
        by_name.setdefault(entity.name, []).append(entity)
    merged = [
        Entity(same[0].id, name, tuple(dict.fromkeys(a for e in same for a in e.aliases)))
        for name, same in by_name.items()
    ]
    by_id: dict[str, list[Entity]] = {}
    for entity in sorted(merged, key=lambda e: (e.id, e.name not in used, e.name)):
        by_id.setdefault(entity.id, []).append(entity)
    problems = []
    for name, rivals in by_id.items():
        called = [repr(entity.name) for entity in rivals if entity.name in used]
        if len(called) > 1:
            message = f"the entity {name!r} is called {' and '.join(called)}"
            remedy = "decide for one name, or give each entity an id of its own"
            problems.append(Problem(Where(doc=layers[0].doc_id), "entity-twice", message, remedy))
    return tuple(rivals[0] for rivals in by_id.values()), problems


def pooled_asked(layers: Sequence[Annotation]) -> tuple[Asked, list[Problem]]:
    """What was asked of any of the layers' annotators; a problem where no `Asked` can say it.

    >>> parts = [Annotation("d", "", n, asked=Asked(windows=(w,))) for n, w in
    ...          [("a", (0, 60)), ("b", (40, 90))]]
    >>> pooled_asked(parts)[0].windows
    ((0, 90),)
    """
    everything = list(dict.fromkeys(layer.asked for layer in layers))
    widest = [
        asked
        for asked in everything
        if not any(other != asked and other.common(asked) == asked for other in everything)
    ]
    windows, labels, attributes = (
        {getattr(asked, name) for asked in widest} for name in ("windows", "labels", "attributes")
    )
    questions = {(asked.labels, asked.attributes, asked.relations) for asked in widest}
    pooled = reduce(_either, widest)
    # The two cases in which the union would claim something that nobody was asked.
    by_window = len(windows) > 1 and len(questions) > 1
    by_label = len(labels) > 1 and len(attributes) > 1 and None in attributes
    if not by_window and not by_label:
        return pooled, []
    message = (
        "annotators were asked different questions in different windows or of different labels"
    )
    remedy = "adjudicate the layers of each question apart"
    return pooled, [Problem(Where(doc=layers[0].doc_id), "asked", message, remedy)]


def _either(ours: Asked, theirs: Asked) -> Asked:
    windows = None
    if ours.windows is not None and theirs.windows is not None:
        windows = tuple(disjoint((*ours.windows, *theirs.windows)))
    return Asked(
        windows,
        _union(ours.labels, theirs.labels),
        _union(ours.attributes, theirs.attributes),
        _union(ours.relations, theirs.relations),
    )


def _union(ours: tuple[str, ...] | None, theirs: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if ours is None or theirs is None else (*ours, *theirs)
