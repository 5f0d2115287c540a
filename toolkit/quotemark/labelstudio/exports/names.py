"""Other people's names for labels, relations, controls and values as the scheme's."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import NamedTuple

from quotemark.errors import Problem, Where
from quotemark.labelstudio.controls import controls
from quotemark.labelstudio.exports.interface import Interface
from quotemark.model import Asked
from quotemark.scheme import Scheme


class Unknown(NamedTuple):
    """A name that the scheme lacks: where it was met first, and how often."""

    where: Where
    times: int


class Names:
    """A map of names while an export is read: what was used of it, and what it lacks.

    A name that maps to nothing is left out.
    """

    def __init__(self, given: Mapping[str, str], scheme: Scheme) -> None:
        self.given = given
        self.scheme = scheme
        self.controls = controls(scheme)
        self.used: set[str] = set()
        self.missing = 0
        self.unknown: dict[tuple[str, str], Unknown] = {}

    def ours(self, name: str) -> str:
        """Our name for one of theirs; empty where it is to be left out."""
        if name in self.given:
            self.used.add(name)
        return self.given.get(name, name)

    def lacking(self, kind: str, name: str, where: Where) -> None:
        """Note a name for which the scheme has no place."""
        self.missing += 1
        first = self.unknown.get((kind, name), Unknown(where, 0))
        self.unknown[kind, name] = Unknown(first.where, first.times + 1)

    def control(self, label: str, name: str, typed: bool) -> str:
        """The control that asks a label's attribute, by its name or the attribute's; empty: none.

        What was typed goes to the field, what was chosen to the choice, as far as there is one.
        """
        stem = name if name.startswith(f"{label}-") else f"{label}-{name}"
        stem = stem.removesuffix("-typed")
        for option in (f"{stem}-typed", stem) if typed else (stem, f"{stem}-typed"):
            if option in self.controls:
                return option
        return ""

    def offered(self, interface: Interface) -> Asked:
        """What an interface asks, in the scheme's names."""
        labels = {self.ours(label) for label in interface.labels} & self.scheme.labels.keys()
        attributes = set()
        for theirs, wanted in interface.controls.items():
            for label in {self.ours(name) for name in wanted} & labels or labels:
                found = self.control(label, self.ours(theirs), False)
                if found:
                    attributes.add(f"{label}.{self.controls[found].attribute.name}")
        relations = {self.ours(name) for name in interface.relations or ()}
        known = relations & self.scheme.relations.keys()
        return Asked(None, tuple(labels), tuple(attributes), tuple(known))

    def problems(self) -> list[Problem]:
        """One problem for each name that the scheme lacks."""
        known = {
            "label": ", ".join(self.scheme.labels),
            "relation": ", ".join(self.scheme.relations) or "none",
        }
        found = []
        for (kind, name), (where, number) in sorted(self.unknown.items()):
            times = f", {number} times" if number > 1 else ""
            has = known.get(kind, "no such attribute of its label")
            message = f"{kind} {name!r}{times}: the scheme {self.scheme.id} has {has}"
            theirs = shlex.quote(f"{name}=")
            remedy = f"read it as ours or, alone, leave it out with quotemark import --map {theirs}"
            remedy += ", or give the project's own --scheme"
            found.append(Problem(where, kind, message, remedy))
        return found
