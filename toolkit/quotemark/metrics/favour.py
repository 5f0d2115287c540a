"""Whom gold favours: those whose layers it was adjudicated from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from quotemark.model import Annotation, Json

PSEUDONYM = re.compile(r"annotator-[1-9][0-9]*")
"""A name as releases give it: it is nobody's here, not even that of a layer called the same."""


@dataclass(frozen=True, slots=True)
class Favour:
    """Whom gold favours, as far as it says so.

    `sources` are all whose layers gold names, `people` those of them who are compared, and
    `hidden` says that some of the sources are pseudonyms.
    """

    sources: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    hidden: bool = False

    def of(self, name: str) -> bool | None:
        """Whether gold favours somebody who is compared; None where it cannot be told."""
        if name in self.people:
            return True
        return None if self.hidden or not self.people else False

    def renamed(self, names: Mapping[str, str]) -> Favour:
        """The same of other names."""
        sources, people = (_ordered(names[n] for n in own) for own in (self.sources, self.people))
        return Favour(sources, people, self.hidden)

    @property
    def doubt(self) -> str:
        """A remark on gold whose sources cannot be told, else nothing."""
        if self.people or not self.sources:
            return ""
        names = ", ".join(self.sources)
        return f"gold was adjudicated from {names} (names unknown here); it may favour these"


def favour(
    gold: Iterable[Annotation], people: Collection[str], *, judge: str | None = None
) -> Favour:
    """Whom gold favours of the people who are compared with it.

    Gold names its sources in `provenance` and in the `support` of its spans; `judge` chooses among
    gold's layers. No gold, or gold that names nobody: no sources, and nothing can be told of
    anybody.

    >>> def adjudicated(*names):
    ...     return [Annotation("d", "", "gold", provenance={"annotators": [*names]})]
    >>> found = favour(adjudicated("ben", "cyd"), ["ana", "ben"])
    >>> found.sources, found.people, found.of("ana"), found.of("ben")
    (('ben', 'cyd'), ('ben',), False, True)
    >>> favour(adjudicated("annotator-1"), ["annotator-1"]).of("annotator-1")  # of a release
    """
    found: set[str] = set()
    for layer in gold:
        if judge in (None, layer.annotator):
            found.update(sources(layer))
    hidden = {name for name in found if PSEUDONYM.fullmatch(name)}
    known = _ordered((found - hidden) & set(people))
    return Favour(_ordered(found), known, bool(hidden))


def sources(gold: Annotation) -> Iterator[str]:
    """Whose layers a gold layer says it was made from, as often as it says so."""
    yield from names_in(gold.provenance.get("annotators"))
    for span in gold.spans:
        yield from names_in(span.meta.get("support"))


def names_in(told: Json) -> list[str]:
    """The names in what provenance or `meta` holds, which may be anything.

    >>> names_in(["ana", "", 1]), names_in("ana")
    (['ana'], [])
    """
    if not isinstance(told, (list, tuple)):
        return []
    return [name for name in told if isinstance(name, str) and name]


def _ordered(names: Iterable[str]) -> tuple[str, ...]:
    """Names in their order, pseudonyms last, in the order of their numbers."""
    return tuple(sorted(names, key=lambda n: (len(n) if PSEUDONYM.fullmatch(n) else 0, n)))
