"""A labelling configuration on its way to another scheme: it takes the old names and the new.

While results are rewritten, an annotator may save one that has names of either kind, and Label
Studio's editor drops what its configuration does not know.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from defusedxml import ElementTree

from quotemark.labelstudio.config import labeling_config
from quotemark.labelstudio.controls import CONTINUES, LABEL, links
from quotemark.renaming import Renames
from quotemark.scheme import NAME, RESERVED, Attribute, AttributeType, Label, RelationType, Scheme

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def transitional(config: str, scheme: Scheme) -> Scheme:
    """A scheme of everything in `scheme` and everything that a configuration can hold.

    No attribute depends on another: what is hidden is not saved. What is not in the configuration
    as `labeling_config` writes it is passed over.

    >>> from quotemark.labelstudio.config import labeling_config
    >>> from quotemark.scheme import default_scheme, parse_scheme
    >>> new = parse_scheme('name = "s"\\nversion = "2"\\n[labels.Position]\\n')
    >>> list(transitional(labeling_config(default_scheme()), new).labels)
    ['Position', 'Quote', 'Speaker', 'Cue', 'Stance']
    """
    old = _read(config)
    keys = {label.hotkey for label in scheme.labels.values()}
    labels = {
        name: replace(label, attributes=_free(label)) for name, label in scheme.labels.items()
    }
    for name, label in old.items():
        if name not in labels:
            labels[name] = replace(label, hotkey="" if label.hotkey in keys else label.hotkey)
            continue
        attributes = dict(labels[name].attributes)
        for attribute in label.attributes.values():
            attributes[attribute.name] = _both(attributes.get(attribute.name), attribute)
        labels[name] = replace(labels[name], attributes=attributes)
    relations = dict(scheme.relations)
    for name, kind in _relations(config, next(iter(labels))).items():
        if name not in {*relations, *links(scheme)}:
            relations[name] = kind
    return replace(scheme, labels=labels, relations=relations)


def narrowed(config: str, scheme: Scheme, renames: Renames) -> frozenset[str]:
    """The attributes, as `Label.attribute`, that a scheme asks under a condition which a
    configuration has not.

    >>> from quotemark.labelstudio.config import labeling_config
    >>> from quotemark.scheme import default_scheme
    >>> scheme = default_scheme()
    >>> narrowed(labeling_config(scheme), scheme, Renames())
    frozenset()
    """
    both, new = (labeling_config(transitional(each, scheme)).split() for each in (config, ""))
    if config.split() == both != new:
        return frozenset()  # it has old names and new ones: it is on its way, and was looked at
    root = _root(config)
    known: dict[str, tuple[str, str]] = {}
    for view in root.iter("View") if root is not None else ():
        label, _, other = view.get("whenTagName", "").partition("-")
        if view.get("visibleWhen") != "choice-selected" or not other:
            continue
        value = renames.value(label, other, view.get("whenChoiceValue", ""))
        for tag in (*view.iter("Choices"), *view.iter("TextArea")):
            name = tag.get("name", "").removesuffix("-typed").partition("-")[2]
            place = f"{renames.label(label)}.{renames.attribute(label, name)}"
            known[place] = renames.attribute(label, other), value
    return frozenset(
        place
        for label in scheme.labels.values()
        for attribute in label.attributes.values()
        if attribute.when and known.get(place := f"{label.name}.{attribute.name}") != attribute.when
    )


def _free(label: Label) -> dict[str, Attribute]:
    return {name: replace(each, when=None) for name, each in label.attributes.items()}


def _both(new: Attribute | None, old: Attribute) -> Attribute:
    """An attribute that takes the values of both."""
    if new is None:
        return old
    values = tuple(dict.fromkeys([*new.values, *old.values])) if new.type == "choice" else ()
    return replace(
        new,
        values=values,
        extra=tuple(dict.fromkeys([*new.extra, *old.extra])),
        many=new.many or old.many,
    )


def _root(config: str) -> Element | None:
    try:
        found: Element = ElementTree.fromstring(config)
    except (ElementTree.ParseError, ValueError):
        return None
    return found


def _relations(config: str, some: str) -> dict[str, RelationType]:
    """The relations by name, and those that one key gives by the names of their controls.

    Between which labels the former lead, a configuration does not say: `some` stands for them.
    """
    root = _root(config)
    if root is None:
        return {}
    names = [tag.get("value", "") for tag in root.iter("Relation")]
    found = {n: RelationType(n, some, some) for n in names if NAME.match(n) and n != CONTINUES}
    for tag in root.iter("Choices"):
        head, link, name = tag.get("name", "").partition("--")
        if link and NAME.match(head) and NAME.match(name):
            keys = ((c.get("value", ""), c.get("hotkey", "")) for c in tag.iter("Choice"))
            found[f"{head}--{name}"] = RelationType(name, head, some, nearest=tuple(keys))
    return found


def _read(config: str) -> dict[str, Label]:
    """The labels of a configuration that `labeling_config` has written."""
    root = _root(config)
    if root is None:
        return {}
    labels = {
        tag.get("value", ""): Label(tag.get("value", ""), {}, tag.get("hotkey", ""))
        for group in root.iter("Labels")
        if group.get("name") == LABEL
        for tag in group.iter("Label")
        if NAME.match(tag.get("value", ""))
    }
    found: dict[tuple[str, str], list[Element]] = {}
    for tag in (*root.iter("Choices"), *root.iter("TextArea")):
        label, _, name = tag.get("name", "").removesuffix("-typed").partition("-")
        if label in labels and NAME.match(name) and name not in RESERVED:
            found.setdefault((label, name), []).append(tag)
    for (label, name), tags in found.items():
        attributes = {**labels[label].attributes, name: _attribute(name, tags)}
        labels[label] = replace(labels[label], attributes=attributes)
    return labels


def _attribute(name: str, tags: list[Element]) -> Attribute:
    """An attribute by its controls: a choice, a field, or both."""
    choices = next((tag for tag in tags if tag.tag == "Choices"), None)
    if choices is None:
        return Attribute(name, "text", many=tags[0].get("maxSubmissions") != "1")
    kinds: dict[str, AttributeType] = {"$speakers": "entity", "$targets": "target"}
    kind = kinds.get(choices.get("value", ""), "choice")
    values = tuple(tag.get("value", "") for tag in choices.iter("Choice"))
    many = choices.get("choice") == "multiple"
    if kind == "choice":
        return Attribute(name, kind, values, many)
    return Attribute(name, kind, many=many, extra=values)
