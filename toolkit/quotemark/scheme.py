"""The annotation scheme: labels, their attributes, and the relations between them.

Read from TOML (`annotations/scheme.toml` is the default one and documents the keys). The
labelling configuration, the validator, the codec, the guidelines' label table and the
scorer's groups all come from a `Scheme`; another scheme is another file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from quotemark.errors import Problem, QuotemarkError, Where, error

AttributeType = Literal["choice", "entity", "target", "text"]

NEAREST = ("before", "around", "after")
"""Where the nearest span of a label can stand, seen from another span."""

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
RESERVED = {"continues", "unsure", "comment"}
"""Names that the Label Studio codec needs for itself."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a label.

    `type` says what a value is: *choice* (one of `values`), *entity* (a canonical name: one of
    the document's speakers, of `extra`, or typed), *target* (a topic, an entity, or typed) or
    *text*. `many` allows several values. `required` makes a null a problem. `group` makes the
    scorer report each value by itself. `when` (attribute, value) says when it is asked at all.
    """

    name: str
    type: AttributeType
    values: tuple[str, ...] = ()
    many: bool = False
    required: bool = False
    group: bool = False
    when: tuple[str, str] | None = None
    extra: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class Label:
    """A kind of span, with its attributes by name."""

    name: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    hotkey: str = ""
    color: str = "#6e7781"
    description: str = ""


@dataclass(frozen=True, slots=True)
class RelationType:
    """A kind of relation: the labels it may join, and how many may leave one head.

    `nearest` are the places (`NEAREST`) where an annotator can say by one key that the tail
    stands nearest to the head, each with that key.
    """

    name: str
    head: str
    tail: str
    most: int | None = None
    description: str = ""
    nearest: tuple[tuple[str, str], ...] = ()


ROLES = (
    *("quote", "speaker", "cue", "stance"),
    *("said_by", "cued_by", "held_by", "expressed_in"),
    *("form", "source", "source_entity", "entity", "kind", "polarity", "target", "holder"),
)


@dataclass(frozen=True)
class Scheme:
    """Labels, relations, and which of them play the standard roles.

    >>> scheme = default_scheme()
    >>> scheme.id
    'quotemark@1.0'
    >>> scheme.labels["Quote"].attributes["form"].values
    ('direct', 'indirect', 'mixed')
    >>> scheme.role("speaker")
    'Speaker'
    """

    name: str
    version: str
    labels: Mapping[str, Label]
    relations: Mapping[str, RelationType]
    targets: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.name}@{self.version}"

    def role(self, role: str) -> str:
        """The scheme's name for a standard role (`ROLES`); empty where it has none."""
        if role not in ROLES:
            raise ValueError(f"no such role: {role!r}")
        return self.roles.get(role, "")

    def attribute(self, label: str, name: str) -> Attribute | None:
        """The attribute `name` of `label`, or None."""
        found = self.labels.get(label)
        return found.attributes.get(name) if found else None

    @cached_property
    def groups(self) -> tuple[tuple[str, str, str], ...]:
        """The (label, attribute, value) triples that scores report by themselves."""
        return tuple(
            (label.name, attribute.name, value)
            for label in self.labels.values()
            for attribute in label.attributes.values()
            if attribute.group
            for value in attribute.values
        )


def default_path(name: str) -> Path:
    """The path of a file that every project starts from: scheme.toml or GUIDELINES.md.

    In an installed package it lies inside the package; in a checkout, in `annotations/`.
    """
    packaged = Path(str(files("quotemark"))) / "defaults" / name
    return packaged if packaged.is_file() else Path(__file__).parents[2] / "annotations" / name


@cache
def default_scheme() -> Scheme:
    """The scheme that the package ships: Quote, Speaker, Cue, Stance."""
    return read_scheme(default_path("scheme.toml"))


def read_scheme(path: Path) -> Scheme:
    """Read a scheme file. Raises `QuotemarkError` with every problem found in it."""
    try:
        text = path.read_text(encoding="utf-8")
        return parse_scheme(text, file=str(path))
    except (OSError, UnicodeDecodeError) as failure:
        raise error("scheme-file", str(failure), "name a readable TOML file", file=path) from None


def parse_scheme(text: str, *, file: str = "scheme.toml") -> Scheme:
    """A `Scheme` from TOML text.

    >>> parse_scheme('name = "s"\\nversion = "1"\\n[labels.A]\\n').labels["A"].name
    'A'
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as failure:
        raise error("scheme-toml", str(failure), "mend the TOML", file=file) from None
    reader = _Reader(file)
    scheme = reader.scheme(raw)
    if reader.problems:
        raise QuotemarkError(reader.problems)
    return scheme


class _Reader:
    """Turns parsed TOML into a `Scheme`, collecting every problem on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def problem(self, item: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(Where(self.file, item=item), "scheme", message, remedy))

    def get(self, raw: Mapping[str, Any], key: str, kind: type, place: str, default: Any) -> Any:
        value = raw.get(key, default)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            if value is not default:
                self.problem(f"{place}{key}", f"is {value!r}", f"give a {kind.__name__}")
            return default
        return value

    def strings(self, raw: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
        values = self.get(raw, key, list, place, [])
        if not all(isinstance(v, str) and v for v in values) or len(set(values)) < len(values):
            self.problem(f"{place}{key}", f"is {values!r}", "give distinct, non-empty strings")
            return ()
        return tuple(values)

    def known(self, raw: Mapping[str, Any], allowed: str, place: str) -> None:
        for key in sorted(set(raw) - set(allowed.split())):
            self.problem(f"{place}{key}", "is no key here", f"use one of: {allowed}")

    def name(self, name: str, place: str) -> None:
        if not NAME.match(name) or name in RESERVED:
            self.problem(f"{place}{name}", "is no usable name", "use letters, digits and _")

    def scheme(self, raw: Mapping[str, Any]) -> Scheme:
        self.known(raw, "name version targets roles labels relations", "")
        for key in ("name", "version"):
            if not self.get(raw, key, str, "", ""):
                self.problem(key, "is missing", "give the scheme a name and a version")
        raw_labels = self.get(raw, "labels", dict, "", {})
        labels = {name: self.label(name, body) for name, body in raw_labels.items()}
        if not labels:
            self.problem("labels", "there is none", "add a [labels.NAME] table")
        raw_relations = self.get(raw, "relations", dict, "", {})
        relations = {
            name: self.relation(name, body, labels) for name, body in raw_relations.items()
        }
        hotkeys = [label.hotkey for label in labels.values() if label.hotkey]
        hotkeys += [key for kind in relations.values() for _, key in kind.nearest]
        for hotkey in sorted({h for h in hotkeys if hotkeys.count(h) > 1}):
            self.problem("labels", f"hotkey {hotkey!r} is used twice", "give each label its own")
        return Scheme(
            str(raw.get("name", "")),
            str(raw.get("version", "")),
            labels,
            relations,
            self.strings(raw, "targets", ""),
            self.roles(self.get(raw, "roles", dict, "", {}), labels, relations),
        )

    def label(self, name: str, raw: Any) -> Label:
        place = f"labels.{name}."
        self.name(name, "labels.")
        if not isinstance(raw, dict):
            self.problem(f"labels.{name}", f"is {raw!r}", "make it a table")
            return Label(name)
        self.known(raw, "description hotkey color attributes", place)
        bodies = self.get(raw, "attributes", dict, place, {})
        attributes = {n: self.attribute(n, body, place) for n, body in bodies.items()}
        for attribute in attributes.values():
            if attribute.when is None:
                continue
            other, value = attribute.when
            if other not in attributes or value not in attributes[other].values:
                self.problem(
                    f"{place}attributes.{attribute.name}.when",
                    f"no {other} = {value}",
                    "name a choice attribute of the same label and one of its values",
                )
        return Label(
            name,
            attributes,
            self.get(raw, "hotkey", str, place, ""),
            self.get(raw, "color", str, place, "#6e7781"),
            self.get(raw, "description", str, place, ""),
        )

    def attribute(self, name: str, raw: Any, place: str) -> Attribute:
        place = f"{place}attributes.{name}."
        self.name(name, place)
        if not isinstance(raw, dict):
            self.problem(place, f"is {raw!r}", "make it a table")
            return Attribute(name, "text")
        self.known(raw, "description type values many required group when extra", place)
        kind: AttributeType = "text"
        if raw.get("type") in get_args(AttributeType):
            kind = raw["type"]
        else:
            one_of = ", ".join(get_args(AttributeType))
            self.problem(f"{place}type", f"is {raw.get('type')!r}", f"use one of: {one_of}")
        values = self.strings(raw, "values", place)
        if (kind == "choice") != bool(values):
            self.problem(f"{place}values", "are for choices", "give a choice, and only it, values")
        when = self.get(raw, "when", dict, place, None)
        if when is not None and set(when) != {"attribute", "value"}:
            self.problem(f"{place}when", f"is {when!r}", "give attribute and value")
            when = None
        return Attribute(
            name,
            kind,
            values,
            self.get(raw, "many", bool, place, False),
            self.get(raw, "required", bool, place, False),
            self.get(raw, "group", bool, place, False),
            (str(when["attribute"]), str(when["value"])) if when else None,
            self.strings(raw, "extra", place),
            self.get(raw, "description", str, place, ""),
        )

    def relation(self, name: str, raw: Any, labels: Mapping[str, Label]) -> RelationType:
        place = f"relations.{name}."
        self.name(name, "relations.")
        if not isinstance(raw, dict):
            self.problem(f"relations.{name}", f"is {raw!r}", "make it a table")
            return RelationType(name, "", "")
        self.known(raw, "description head tail most nearest", place)
        for end in ("head", "tail"):
            if raw.get(end) not in labels:
                self.problem(f"{place}{end}", f"is {raw.get(end)!r}", "name one of the labels")
        most = self.get(raw, "most", int, place, None)
        if most is not None and most < 1:
            self.problem(f"{place}most", f"is {most}", "give 1 or more")
        return RelationType(
            name,
            str(raw.get("head", "")),
            str(raw.get("tail", "")),
            most,
            self.get(raw, "description", str, place, ""),
            self.nearest(raw, place),
        )

    def nearest(self, raw: Mapping[str, Any], place: str) -> tuple[tuple[str, str], ...]:
        keys = self.get(raw, "nearest", dict, place, {})
        self.known(keys, " ".join(NEAREST), f"{place}nearest.")
        if not all(isinstance(key, str) and key for key in keys.values()):
            self.problem(f"{place}nearest", f"is {keys!r}", "give each place a key")
            return ()
        return tuple((where, keys[where]) for where in NEAREST if where in keys)

    def roles(
        self,
        raw: Mapping[str, Any],
        labels: Mapping[str, Label],
        relations: Mapping[str, RelationType],
    ) -> dict[str, str]:
        self.known(raw, " ".join(ROLES), "roles.")
        attributes = {a for label in labels.values() for a in label.attributes}
        names = set(labels) | set(relations) | attributes
        for role, name in raw.items():
            if name not in names:
                self.problem(f"roles.{role}", f"is {name!r}", "name a label, attribute or relation")
        return {role: str(name) for role, name in raw.items()}
