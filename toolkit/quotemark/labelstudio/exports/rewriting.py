"""A task of another project as `codec.to_json` would have written it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from quotemark.errors import Problem, Where
from quotemark.formats.meta import problems_of
from quotemark.labelstudio.controls import LAYER, TEXT
from quotemark.labelstudio.exports.interface import Shown
from quotemark.labelstudio.exports.names import Names
from quotemark.labelstudio.exports.older import RawItem
from quotemark.labelstudio.exports.places import Reading, Source, Unit, decided
from quotemark.labelstudio.exports.results import Layer, misfits, results_of
from quotemark.model import Json, text_hash

OURS = ("id", "title", "encoding", "targets", "entities")
"""Keys of a document's meta that have a meaning to this package."""


@dataclass(slots=True)
class Item:
    """A task on its way: what the file says, and what has been found out about it.

    `readings` are those of each layer in `source`, the text that annotators saw.
    """

    raw: RawItem
    name: str
    layers: list[Layer]
    source: Source | None = None
    readings: list[Sequence[Reading]] = field(default_factory=list)


def rewritten(
    item: Item,
    shown: Shown,
    names: Names,
    units: Mapping[bool, Unit | None],
    *,
    forced: Unit | None,
    about: Mapping[str, Json],
) -> tuple[Json, list[Problem]]:
    """A task as ours, without the layers that have problems, and the problems.

    Where a layer's words do not say what its offsets count, that is what the `units` of all
    annotations (or, by True, predictions) of the file are; `forced` goes before either. `about`
    is said of the export in every layer's provenance.
    """
    text = item.source
    if text is None:
        raise ValueError("a task without a text")
    problems: list[Problem] = []
    made: dict[str, list[Json]] = {"annotations": [], "drafts": [], "predictions": []}
    meta = _meta(item, shown, text)
    entities = [{"aliases": [], **entity} for entity in meta.get("entities", [])]
    for layer, found in zip(item.layers, item.readings, strict=True):
        reading, sure = _reading(found, forced, units[layer.guess])
        place = f"{item.name}:0-{len(text.text)} {layer.who}".strip()
        where = Where(doc=item.name, item=place)
        bad = list(misfits(layer, text, found, reading, where, sure=sure))
        before = names.missing
        results = results_of(layer, text, reading, names, where)
        problems += bad
        if bad or names.missing > before:
            continue
        export = {
            **about,
            "tag": shown.kind,
            "key": shown.key,
            **({"offsets": reading.unit} if len(found) > 1 else {}),
            **({"answers": layer.answers} if layer.answers else {}),
        }
        hidden = {
            "annotator": layer.who,
            "status": layer.status,
            "entities": entities,
            "scheme": names.scheme.id,
            "provenance": {"export": export},
        }
        made[layer.group].append({**layer.about, "result": [*results, _hidden(hidden)]})
    title = meta.get("title")
    data = {
        "document": item.name,
        "window": [0, len(text.text)],
        "text": text.text,
        "text_sha256": text_hash(text.text),
        "length": len(text.text),
        "title": title if isinstance(title, str) else item.name,
        "meta": meta,
        "scheme": names.scheme.id,
        "entities": entities,
    }
    return {"id": item.raw.id, "data": data, **made}, problems


def _reading(
    found: Sequence[Reading], forced: Unit | None, known: Unit | None
) -> tuple[Reading, bool]:
    """The reading that holds, and whether anything speaks for it."""
    if len(found) == 1:
        return found[0], True
    best = next((r for r in found if r.unit == forced), None) or decided(found)
    if best is None:
        best = next((r for r in found if r.unit == known), None)
    unfit = not any(all(reading.fits) for reading in found)
    return best or found[0], best is not None or unfit


def _hidden(layer: Json) -> Json:
    """The result in which the codec keeps what a layer holds beside spans and relations."""
    text = {"text": [msgspec.json.encode(layer).decode()]}
    return {"id": LAYER, "from_name": LAYER, "to_name": TEXT, "type": "textarea", "value": text}


def _meta(item: Item, shown: Shown, text: Source) -> dict[str, Json]:
    """What a task's data says beside its text and id.

    A key of ours that means something else to them stands under `data`.
    """
    data = item.raw.data
    rest = {key: value for key, value in data.items() if key != shown.key}
    if str(rest.get("id")) == item.name:
        del rest["id"]
    strange = [key for key in OURS if key in rest and [*problems_of({key: rest[key]}, Where())]]
    kept = {key: rest.pop(key) for key in strange}
    return {**rest, **({"data": kept} if kept else {}), **text.meta}
