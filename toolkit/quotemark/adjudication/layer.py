"""The gold layer of a document: what has been decided, written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from quotemark.adjudication.outcomes import OPEN, Outcome
from quotemark.adjudication.policies import PREFER, PREFERRED, WEIGHTED, Policy
from quotemark.adjudication.reviews import begun_from, reviewer
from quotemark.adjudication.things import Things
from quotemark.errors import Problem, Where
from quotemark.model import Annotation, Json, Relation, Span
from quotemark.pool import pooled_asked, pooled_entities


def gold_layer(
    things: Things, outcomes: Sequence[Outcome], policies: Sequence[Policy], adjudicator: str
) -> tuple[Annotation, list[Problem]]:
    """The gold layer of the things that are decided, and what keeps it from being one."""
    ids = _ids(things, outcomes)
    spans, relations = [], []
    problems: list[Problem] = []
    for number, outcome in enumerate(outcomes):
        version = outcome.version
        if version is None:
            continue
        meta = _meta(things, number, outcome)
        label = things.label(number)
        spans.append(
            Span(ids[number], label, version.fragments, dict(version.attributes), meta=meta)
        )
        for name, tails in version.relations.items():
            relations += [Relation(name, ids[number], ids[tail]) for tail in tails if tail in ids]
            problems += (
                _dangling(things, number, name, tail)
                for tail in sorted(tails)
                if outcomes[tail].version is None and outcomes[tail].how != OPEN
            )
    panel = things.panel
    entities, rivals = pooled_entities([*panel, *things.reviews], set(_names(spans)))
    asked, mixed = pooled_asked(panel)
    problems += [*rivals, *mixed]
    layer = Annotation(
        panel[0].doc_id,
        next((layer.text_sha256 for layer in panel if layer.text_sha256), ""),
        "gold",
        tuple(spans),
        tuple(relations),
        entities,
        asked,
        "gold",
        next((layer.scheme for layer in panel if layer.scheme), ""),
        _provenance(things, policies, adjudicator),
    )
    return layer, problems


def _meta(things: Things, number: int, outcome: Outcome) -> dict[str, Json]:
    """Who supports a gold span, and how it was decided, by whom, why."""
    meta: dict[str, Json] = {"support": list(outcome.support), "decision": outcome.how}
    if outcome.by:
        group = things.groups[number]
        meta["adjudicator"] = ", ".join(reviewer(name) for name in outcome.by)
        begun = [
            begun_from(layer, group[layer.annotator])
            for layer in things.reviews
            if layer.annotator in outcome.by and layer.annotator in group
        ]
        if version := ", ".join(filter(None, dict.fromkeys(begun))):
            meta["begun_from"] = version
        comments = (group[name].meta.get("comment") for name in outcome.by if name in group)
        reason = "\n".join(dict.fromkeys(text for text in comments if isinstance(text, str)))
    else:
        reason = outcome.reason
    return meta | ({"reason": reason} if reason else {})


def _provenance(things: Things, policies: Sequence[Policy], adjudicator: str) -> dict[str, Json]:
    """Who annotated and adjudicated, by which policies."""
    names = [layer.annotator for layer in things.panel]
    deciding = dict.fromkeys([adjudicator, *(reviewer(r.annotator) for r in things.reviews)])
    found: dict[str, Json] = {"annotators": names}
    if adjudicators := ", ".join(filter(None, deciding)):
        found["adjudicator"] = adjudicators
    if policies:
        found["policies"] = [p.how if p.how != PREFERRED else PREFER + p.prefer for p in policies]
    for policy in policies:
        if policy.how == WEIGHTED:
            found["weights"] = {name: float(policy.weights[name]) for name in names}
    return found


def _names(spans: Iterable[Span]) -> Iterator[str]:
    """All that attributes say, names of entities among it."""
    for span in spans:
        for value in span.attributes.values():
            yield from (value,) if isinstance(value, str) else value or ()


def _ids(things: Things, outcomes: Sequence[Outcome]) -> dict[int, str]:
    """An id for each thing that is in gold: its label and its number in the text."""
    decided = sorted((o.version.fragments, n) for n, o in enumerate(outcomes) if o.version)
    counts: Counter[str] = Counter()
    ids = {}
    for _, number in decided:
        stem = things.label(number).lower()
        counts[stem] += 1
        ids[number] = f"{stem}-{counts[stem]}"
    return ids


def _dangling(things: Things, head: int, relation: str, tail: int) -> Problem:
    here, there = (things.dispute(number).key for number in (head, tail))
    message = f"{relation} leads to {there}, which is decided to be none"
    remedy = f"take a version of {there}, or decide on {here} with other relations"
    return Problem(Where(doc=things.panel[0].doc_id, item=here), "dangling", message, remedy)
