"""Results under a scheme's new names, and what of results a scheme has no place for.

Both work on Label Studio's own results, so that whatever else stands in them stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from quotemark.errors import error
from quotemark.labelstudio.controls import (
    COMMENT,
    CONTINUES,
    LABEL,
    LAYER,
    UNSURE,
    controls,
    links,
)
from quotemark.model import Json
from quotemark.renaming import Renames, dotted
from quotemark.scheme import Scheme

Result = dict[str, Any]

TYPED, LINK = "-typed", "--"
"""What the names of controls have in them: of a field beside a choice, and of a relation."""


def rename_results(results: Sequence[Json], renames: Renames, scheme: Scheme) -> list[Json]:
    """Results with the new scheme's names; the same where none of the old ones is in them.

    Raises `QuotemarkError` where a region has an attribute under both names, with two values.

    >>> from quotemark.scheme import default_scheme
    >>> mark = {"id": "a", "from_name": "label", "value": {"labels": ["Stance"]}}
    >>> renames = Renames(labels={"Stance": "Position"})
    >>> rename_results([mark], renames, default_scheme())[0]["value"]
    {'labels': ['Position']}
    """
    if not renames:
        return list(results)
    labels = _labels(results)
    ours = {*controls(scheme), *links(scheme)}
    made: list[Json] = []
    known: dict[tuple[str, str], Json] = {}
    for old in results:
        new = _result(old, labels, renames, scheme) if isinstance(old, dict) else old
        if not isinstance(new, dict) or new.get("from_name") not in ours:
            made.append(new)
            continue
        place = (str(new.get("id")), str(new["from_name"]))
        first = known.setdefault(place, new)
        if first is new:
            made.append(new)
        elif _given(first) != _given(new):
            message = f"{place[1]} would be both {_given(first)} and {_given(new)}"
            raise error("rename", message, "keep one of them", item=place[0])
    return made


def _result(old: Result, labels: Mapping[str, str], renames: Renames, scheme: Scheme) -> Result:
    """One result under the new names; the old one itself where it has no other."""
    name = str(old.get("from_name", ""))
    value = old.get("value")
    new = dict(old)
    if old.get("type") == "relation" and isinstance(old.get("labels"), list):
        new["labels"] = list(dict.fromkeys(map(renames.relation, map(str, old["labels"]))))
    elif isinstance(value, dict) and name == LABEL and isinstance(value.get("labels"), list):
        new["value"] = {**value, "labels": [renames.label(str(each)) for each in value["labels"]]}
    elif isinstance(value, dict) and name == LAYER:
        new["value"] = {**value, "text": _layer(value.get("text"), renames, scheme)}
    elif isinstance(value, dict) and LINK in name:
        label, _, relation = name.partition(LINK)
        new["from_name"] = f"{renames.label(label)}{LINK}{renames.relation(relation)}"
    elif isinstance(value, dict) and "-" in name:
        label, _, attribute = name.removesuffix(TYPED).partition("-")
        typed = TYPED if name.endswith(TYPED) else ""
        new["from_name"] = f"{renames.label(label)}-{renames.attribute(label, attribute)}{typed}"
        for key in ("choices", "text"):
            if isinstance(value.get(key), list):
                items = (renames.value(label, attribute, str(each)) for each in value[key])
                new["value"] = {**value, key: list(dict.fromkeys(items))}
    kept = isinstance(old.get("meta"), dict) and old["meta"].get("quotemark")
    if isinstance(kept, dict):
        label = labels.get(str(old.get("id")), "")
        lists = {
            key: [renames.attribute(label, str(each)) for each in kept[key]]
            for key in ("missing", "null", "hidden")
            if isinstance(kept.get(key), list)
        }
        new["meta"] = {**old["meta"], "quotemark": {**kept, **lists}}
    return old if new == old else new


def _layer(texts: Json, renames: Renames, scheme: Scheme) -> Json:
    """What the hidden control keeps of an annotation: what was asked, and under which scheme."""
    try:
        kept = msgspec.json.decode(texts[0])
        asked = dict(kept.get("asked") or {})
    except (msgspec.DecodeError, TypeError, IndexError, KeyError, AttributeError, ValueError):
        return texts
    ways = {
        "labels": renames.label,
        "attributes": lambda name: dotted(name, renames),
        "relations": renames.relation,
    }
    for key, way in ways.items():
        if isinstance(asked.get(key), list):
            asked[key] = [way(str(each)) for each in asked[key]]
    new = {**kept, **({"asked": asked} if asked else {})}
    if kept.get("scheme"):
        new["scheme"] = scheme.id
    return texts if new == kept else [msgspec.json.encode(new).decode(), *texts[1:]]


def _labels(results: Sequence[Json]) -> dict[str, str]:
    """The label of each region, by its id."""
    return {
        str(item.get("id")): str(item["value"]["labels"][0])
        for item in results
        if isinstance(item, dict)
        and item.get("from_name") == LABEL
        and isinstance(item.get("value"), dict)
        and item["value"].get("labels")
    }


class Loss(NamedTuple):
    """A name that a scheme lacks: of a label, attribute, value, relation or control."""

    kind: str
    name: str


def losses(
    results: Sequence[Json], scheme: Scheme, narrowed: Collection[str] = ()
) -> Iterator[Loss]:
    """What of results neither shows nor is saved under a scheme, once for each time it is there.

    `narrowed` are attributes, as `Label.attribute`, that were asked without the condition that
    they have now: their values count where it does not hold.

    >>> from quotemark.scheme import default_scheme
    >>> arrow = {"type": "relation", "from_id": "a", "to_id": "b", "labels": ["source"]}
    >>> [f"{loss.kind} {loss.name}" for loss in losses([arrow], default_scheme())]
    ['relation source']
    """
    every = controls(scheme)
    values: dict[str, dict[tuple[str, str], list[str]]] = {}
    for item in results:
        if not isinstance(item, dict):
            continue
        if item.get("type") == "relation":
            yield from (Loss("relation", name) for name in _unknown(item.get("labels"), scheme))
            continue
        name, answers = str(item.get("from_name", "")), _given(item)
        if name == LABEL:
            yield from (Loss("label", label) for label in answers if label not in scheme.labels)
        elif name not in every:
            yield from _stray(name, scheme)
        else:
            attribute, label = every[name].attribute, every[name].label
            mine = values.setdefault(str(item.get("id")), {})
            mine.setdefault((label, attribute.name), []).extend(answers)
            for each in answers:
                if attribute.type == "choice" and each not in attribute.values:
                    yield Loss("value", f"{label}.{attribute.name}:{each}")
    for region in values.values():
        yield from _misplaced(region, scheme, narrowed)


def _misplaced(
    region: Mapping[tuple[str, str], list[str]], scheme: Scheme, narrowed: Collection[str]
) -> Iterator[Loss]:
    """Values of a region that are too many, or that are not asked any more."""
    for (label, name), items in region.items():
        attribute = scheme.labels[label].attributes[name]
        if len(items) > 1 and not attribute.many:
            yield Loss("attribute", f"{label}.{name} with several values")
        if items and attribute.when and f"{label}.{name}" in narrowed:
            other, wanted = attribute.when
            if wanted not in region.get((label, other), ()):
                yield Loss("attribute", f"{label}.{name} where {other} is not {wanted}")


def _given(result: Result) -> list[str]:
    """The labels, choices or answers of a result."""
    value = result.get("value")
    found = value if isinstance(value, dict) else {}
    given = found.get("labels", found.get("choices", found.get("text")))
    return list(map(str, given)) if isinstance(given, list) else []


def _unknown(labels: Json, scheme: Scheme) -> list[str]:
    known = {*scheme.relations, CONTINUES}
    return [label for label in map(str, labels or ()) if label not in known]


def _stray(name: str, scheme: Scheme) -> Iterator[Loss]:
    """What a control stands for that no attribute has."""
    if LINK in name:
        if name not in links(scheme):
            yield Loss("relation", name.partition(LINK)[2])
    elif "-" in name:
        yield Loss("attribute", name.removesuffix(TYPED).replace("-", ".", 1))
    elif name not in (UNSURE, COMMENT, LAYER):
        yield Loss("control", name)
