"""Relations by one key: an answer at a region links it to the nearest one of another label.

Label Studio has no key that draws an arrow. So the screen asks, for the relations whose
`nearest` the scheme gives, where the other end stands: `before`, `around` or `after` the region.
Which region that is, is decided from the regions of the annotation as it was saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from quotemark.labelstudio.regions import Region
from quotemark.scheme import RelationType


def nearest(region: Region, place: str, label: str, regions: Iterable[Region]) -> Region | None:
    """The region of a label that stands nearest before, around or after another one.

    *Around* is the shortest that holds all of it. Ones that merely overlap are nowhere. Of several
    at the same distance the shortest counts, and then the one whose id comes first.

    >>> quote, first, last = Region("q", 9, 20), Region("a", 0, 3, "S"), Region("b", 5, 8, "S")
    >>> nearest(quote, "before", "S", [first, last, quote])
    Region(id='b', start=5, end=8, label='S', score=None, origin=None, meta={}, values={})
    """
    best: tuple[int, int, str] | None = None
    found = None
    for other in regions:
        distance = _distance(region, place, other)
        if other is region or other.label != label or distance is None:
            continue
        rank = (distance, other.end - other.start, other.id)
        if best is None or rank < best:
            best, found = rank, other
    return found


def linked(
    regions: Sequence[Region], links: Mapping[str, RelationType], owners: Mapping[str, str]
) -> Iterator[tuple[str, RelationType, str, str | None]]:
    """What the regions' answers link: head, relation, place, and the tail or None.

    `links` are the relations by the names of their controls, `owners` the spans' ids by those of
    their regions; head and tail are two spans.
    """
    for region in sorted(regions, key=lambda r: (r.start, r.end, r.id)):
        head = owners.get(region.id)
        others = [r for r in regions if owners.get(r.id, head) != head]
        for name, kind in links.items():
            if head is None or region.label != kind.head:
                continue
            for place in region.values.get(name, ()):
                tail = nearest(region, place, kind.tail, others)
                yield head, kind, place, owners[tail.id] if tail else None


def _distance(region: Region, place: str, other: Region) -> int | None:
    """How far off another region is; None where it does not stand in this place."""
    if place == "before" and other.end <= region.start:
        return region.start - other.end
    if place == "after" and other.start >= region.end:
        return other.start - region.end
    if place == "around" and other.start <= region.start and other.end >= region.end:
        return 0
    return None
