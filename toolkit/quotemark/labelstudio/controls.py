"""The names that the labelling configuration and the codec share.

Every attribute of a label is asked by a control of its own, since Label Studio's control
names are one flat space: `Quote-form`. Scheme names hold no hyphen, so names cannot clash.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from quotemark.model import Entity
from quotemark.scheme import Attribute, RelationType, Scheme

TEXT = "text"
"""The text that is labelled."""

LABEL = "label"
"""The control that gives a region its label."""

UNSURE, COMMENT = "unsure", "comment"
"""The two controls that every region has."""

LAYER = "layer"
"""A hidden control of the whole task: what an annotation holds beside spans and relations."""

CONTINUES = "continues"
"""The relation that joins the regions of one discontinuous span."""

NO_KEY = "f20"
"""A key that no keyboard has, for choices that must not get the next free letter as hotkey:
a slip of the finger would change an entity unseen."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control for an attribute of a label: a choice, or a field to type in."""

    label: str
    attribute: Attribute
    typed: bool

    @property
    def name(self) -> str:
        return f"{self.label}-{self.attribute.name}" + ("-typed" if self.typed else "")


def controls(scheme: Scheme) -> Mapping[str, Control]:
    """Every attribute's controls by name, in the scheme's order.

    A *choice* has a choice, a *text* has a field, *entity* and *target* have both.

    >>> from quotemark.scheme import default_scheme
    >>> [name for name in controls(default_scheme()) if name.startswith("Speaker")]
    ['Speaker-entity', 'Speaker-entity-typed', 'Speaker-kind']
    """
    found = (
        Control(label.name, attribute, typed)
        for label in scheme.labels.values()
        for attribute in label.attributes.values()
        for typed in (False, True)
        if attribute.type != ("text" if not typed else "choice")
    )
    return {control.name: control for control in found}


def links(scheme: Scheme) -> Mapping[str, RelationType]:
    """The relations that one key can give, by the names of their controls.

    >>> from quotemark.scheme import default_scheme
    >>> list(links(default_scheme()))
    ['Quote--said_by', 'Quote--cued_by', 'Stance--expressed_in']
    """
    kinds = scheme.relations.values()
    return {f"{kind.head}--{kind.name}": kind for kind in kinds if kind.nearest}


def speaker_choices(entities: tuple[Entity, ...]) -> tuple[str, ...]:
    """The names offered for an *entity*, each once, in alphabetical order.

    A name with `$` is left out and typed instead: Label Studio would take it for a variable.

    >>> speaker_choices((Entity("1", "Bo"), Entity("2", "A$AP"), Entity("3", "ann")))
    ('ann', 'Bo')
    """
    names = {entity.name for entity in entities if _offerable(entity.name)}
    return tuple(sorted(names, key=lambda name: (name.casefold(), name)))


def target_choices(targets: tuple[str, ...], entities: tuple[Entity, ...]) -> tuple[str, ...]:
    """The topics and then the names offered for a *target*, each once.

    >>> target_choices(("talks",), (Entity("1", "Ann"),))
    ('talks', 'Ann')
    """
    names = dict.fromkeys([*targets, *speaker_choices(entities)])
    return tuple(name for name in names if _offerable(name))


def offered(
    attribute: Attribute, targets: tuple[str, ...], entities: tuple[Entity, ...]
) -> tuple[str, ...]:
    """The values that an attribute's choice offers; what is not among them is typed."""
    if attribute.type == "choice":
        return attribute.values
    if attribute.type == "entity":
        return tuple(dict.fromkeys([*attribute.extra, *speaker_choices(entities)]))
    if attribute.type == "target":
        return tuple(dict.fromkeys([*attribute.extra, *target_choices(targets, entities)]))
    return ()


def _offerable(name: str) -> bool:
    return bool(name) and name == name.strip() and "$" not in name


def region_id(span_id: str) -> str:
    """A span's id as a region's: what is not a letter, digit, `-` or `_` is written `_xHEX_`.

    Label Studio cuts ids at `#` and builds style sheet classes from them, so that dots, `@`
    or spaces would leave a region without its colour.

    >>> region_id("q1@240"), region_id("q1")
    ('q1_x40_240', 'q1')
    """
    return re.sub(r"[^A-Za-z0-9_-]|_(?=x)", lambda m: f"_x{ord(m[0]):x}_", span_id) or "_x_"


def span_id(region_id: str) -> str:
    """The span id that `region_id` made a region's id of.

    >>> span_id("q1_x40_240")
    'q1@240'
    """
    return re.sub(r"_x([0-9a-f]{0,6})_", _character, region_id)


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or "0", 16)
    if not escape[1]:
        return ""
    return chr(code) if code <= 0x10FFFF else escape[0]
