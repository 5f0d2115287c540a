"""Names of a scheme that have changed: what was annotated under the old ones follows.

A rename is written `OLD=NEW`, with the old names on the left and those of the new scheme on the
right:

- a label: `Stance=Position`
- an attribute: `Quote.form=Quote.kind`, with the label's new name on the right
- a value of a choice: `Stance.polarity:support=favor`
- a relation: `said_by=source`

All of them hold at once. No old name may be in the new scheme: so a rename that is done twice
changes nothing the second time, and one that was cut off can be done again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.model import Annotation, Asked, Span, Value
from quotemark.scheme import Attribute, Scheme


@dataclass(frozen=True, slots=True)
class Renames:
    """What the old names are called now; all keys are old names."""

    labels: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    values: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    relations: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.labels or self.attributes or self.values or self.relations)

    def label(self, name: str) -> str:
        return self.labels.get(name, name)

    def attribute(self, label: str, name: str) -> str:
        return self.attributes.get((label, name), name)

    def value(self, label: str, attribute: str, value: str) -> str:
        return self.values.get((label, attribute, value), value)

    def relation(self, name: str) -> str:
        return self.relations.get(name, name)


def parse_renames(pairs: Sequence[str], scheme: Scheme) -> Renames:
    """Renames as they are written, each checked against the new scheme.

    Several old labels, values or relations may become one; attributes may not, since their values
    might differ. Raises `QuotemarkError` with every rename that cannot be understood, leads
    to no name of the scheme, or begins at a name that is in it.

    >>> from quotemark.scheme import parse_scheme
    >>> new = parse_scheme('name = "s"\\nversion = "2"\\n[labels.Position]\\n')
    >>> parse_renames(["Stance=Position"], new).label("Stance")
    'Position'
    """
    renames = Renames({}, {}, {}, {})
    problems: list[Problem] = []
    # Labels first, values last: their new names are looked up under those of what they belong to.
    for pair in sorted(dict.fromkeys(pairs), key=_depth):
        message, remedy = _add(renames, pair, scheme)
        if message:
            problems.append(Problem(Where(item=pair), "rename", message, remedy))
    for where, new in renames.attributes.items():
        twins = [a for (label, a), name in renames.attributes.items() if label == where[0]]
        same = [a for a in twins if renames.attributes[where[0], a] == new]
        if len(same) > 1 and where[1] == same[0]:
            message = f"{' and '.join(same)} of {where[0]} would both become {new}"
            problems.append(Problem(Where(item=where[0]), "rename", message, "keep them apart"))
    if problems:
        raise QuotemarkError(problems)
    return renames


_PAIR = re.compile(r"(?P<name>\w+)(?:\.(?P<attribute>\w+)(?P<value>:.+)?)?=(?P<new>.+)", re.DOTALL)


def _depth(pair: str) -> int:
    found = _PAIR.fullmatch(pair)
    return sum(found[part] is not None for part in ("attribute", "value")) if found else 0


def _add(renames: Renames, pair: str, scheme: Scheme) -> tuple[str, str]:
    """Add one rename; what is wrong with it and what to do about it, both empty if nothing is."""
    found = _PAIR.fullmatch(pair)
    if not found:
        return "is no rename", "write Label=New, Label.attribute=Label.new, or as in --help"
    name, attribute = found["name"], found["attribute"]
    if attribute is None:
        return _add_name(renames, name, found["new"], scheme)
    label = renames.label(name)
    if label not in scheme.labels:
        return f"the new scheme has no label {label!r}", f"give {name}=NEW as well, or mend it"
    if found["value"] is None:
        owner, _, new = found["new"].rpartition(".")
        if owner != label:
            return f"the new name is not one of {label}", f"write {name}.{attribute}={label}.NEW"
        if new not in scheme.labels[label].attributes:
            return f"{label} has no attribute {new!r}", _one_of(scheme.labels[label].attributes)
        if attribute in scheme.labels[label].attributes:
            return f"{label} still has {attribute!r}", "rename what the new scheme lacks"
        return _set(renames.attributes, (name, attribute), new)
    return _add_value(renames, name, attribute, pair.partition(":")[2], scheme)


def _add_name(renames: Renames, old: str, new: str, scheme: Scheme) -> tuple[str, str]:
    """Add the rename of a label or relation, whichever has the new name."""
    kinds = (scheme.labels, scheme.relations)
    if new in scheme.labels and new in scheme.relations:
        return f"{new!r} is both a label and a relation", "call one of them otherwise"
    if not any(new in kind for kind in kinds):
        return f"the new scheme has no {new!r}", _one_of([*scheme.labels, *scheme.relations])
    if any(old in kind for kind in kinds):
        return f"the new scheme still has {old!r}", "rename what it lacks, one step at a time"
    return _set(renames.labels if new in scheme.labels else renames.relations, old, new)


def _add_value(
    renames: Renames, name: str, attribute: str, words: str, scheme: Scheme
) -> tuple[str, str]:
    """Add the rename of a value. `words` is OLD=NEW, where either may hold a `=` itself."""
    label = renames.label(name)
    now = renames.attributes.get((name, attribute), attribute)
    found = scheme.attribute(label, now)
    if found is None:
        message = f"{label} has no attribute {now!r}"
        return message, f"give {name}.{attribute}={label}.NEW before it, or mend it"
    known = _values(found)
    cuts = [at for at, sign in enumerate(words) if sign == "=" and words[at + 1 :] in known]
    if not cuts or not words[: cuts[0]]:
        return f"leads to no value of {label}.{now}", _one_of(known)
    old, new = words[: cuts[0]], words[cuts[0] + 1 :]
    if old in known:
        return f"{label}.{now} still has {old!r}", "rename what the new scheme lacks"
    return _set(renames.values, (name, attribute, old), new)


def _values(attribute: Attribute) -> tuple[str, ...]:
    return (*attribute.values, *attribute.extra)


def _set(names: Mapping[Any, str], old: Any, new: str) -> tuple[str, str]:
    if names.get(old, new) != new:
        return f"would become {names[old]} as well", "give one new name"
    names[old] = new  # type: ignore[index]
    return "", ""


def _one_of(names: Sequence[str] | Mapping[str, object]) -> str:
    return f"name one of: {', '.join(names) or 'none'}"


def renamed(annotation: Annotation, renames: Renames, scheme: Scheme) -> Annotation:
    """The same annotation under the new scheme's names; without renames, as it is.

    Relations that become the same one are one. Raises `QuotemarkError` where a span has an
    attribute under both names, with two values.

    >>> spans = (Span("s", "Stance", ((0, 1),)),)
    >>> from quotemark.scheme import default_scheme
    >>> layer = Annotation("a", "", "ann", spans)
    >>> renamed(layer, Renames(labels={"Stance": "Position"}), default_scheme()).spans[0].label
    'Position'
    """
    if not renames:
        return annotation
    relations = {
        replace(relation, label=renames.relation(relation.label)): None
        for relation in annotation.relations
    }
    return replace(
        annotation,
        spans=tuple(_span(span, renames, annotation.doc_id) for span in annotation.spans),
        relations=tuple(relations),
        asked=_asked(annotation.asked, renames),
        scheme=scheme.id if annotation.scheme else "",
    )


def _span(span: Span, renames: Renames, doc: str) -> Span:
    attributes: dict[str, Value] = {}
    for name, value in span.attributes.items():
        now = renames.attribute(span.label, name)
        moved = _value(value, span.label, name, renames)
        if attributes.setdefault(now, moved) != moved:
            message = f"{now} would be {attributes[now]!r} and {moved!r}"
            raise error("rename", message, "keep one of them", doc=doc, item=span.id)
    return replace(span, label=renames.label(span.label), attributes=attributes)


def _value(value: Value, label: str, attribute: str, renames: Renames) -> Value:
    if value is None or isinstance(value, str):
        return None if value is None else renames.value(label, attribute, value)
    return tuple(renames.value(label, attribute, item) for item in value)


def _asked(asked: Asked, renames: Renames) -> Asked:
    labels, attributes, relations = asked.labels, asked.attributes, asked.relations
    return replace(
        asked,
        labels=None if labels is None else tuple(map(renames.label, labels)),
        attributes=None
        if attributes is None
        else tuple(dotted(name, renames) for name in attributes),
        relations=None if relations is None else tuple(map(renames.relation, relations)),
    )


def dotted(name: str, renames: Renames) -> str:
    """An attribute's new name, both written `Label.attribute`."""
    label, _, attribute = name.partition(".")
    return f"{renames.label(label)}.{renames.attribute(label, attribute)}"
