"""Other people's tasks rewritten as ours, for the codec to read.

Names, texts, ids and offsets may be any that Label Studio has written since its first version.
Whatever is not understood is a problem or a note: nothing is left out unsaid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.formats.meta import problems_of
from quotemark.labelstudio.codec import parse
from quotemark.labelstudio.controls import COMMENT, UNSURE
from quotemark.labelstudio.exports import minimal
from quotemark.labelstudio.exports.interface import Interface, Shown
from quotemark.labelstudio.exports.names import Names
from quotemark.labelstudio.exports.older import RawItem, layers_of, predictions_of, with_task
from quotemark.labelstudio.exports.places import Reading, Source, Unit, decided, readings
from quotemark.labelstudio.exports.results import Layer, misfits, results_of
from quotemark.labelstudio.exports.texts import REMEDY as WHICH
from quotemark.labelstudio.exports.texts import Labelled, choose, source
from quotemark.model import Annotation, Asked, Json, text_hash
from quotemark.scheme import Scheme
from quotemark.tasks import Task

NOTHING = Interface({}, (), {}, {}, None)
REMEDY = "export the project as JSON"


@dataclass(frozen=True, slots=True)
class Options:
    """How other people's exports are read: by which scheme, and what else is known of them.

    `names` maps their names to ours, or to nothing for what is to be left out. `id_key` is the
    key of the data that names documents; else that is `id`, `key`, or the task's number.
    """

    scheme: Scheme
    interface: Interface | None = None
    unit: Unit | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    id_key: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """The tasks of a file, what could not be read of it, and what it does not say.

    An annotation with problems is left out of its task. `used` are the names of `Options.names`
    that the file has.
    """

    tasks: tuple[Task, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    used: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Item:
    """A task on its way: what the file says, and what has been found out about it."""

    raw: RawItem
    name: str
    layers: list[Layer]
    source: Source | None = None
    readings: list[Sequence[Reading]] = field(default_factory=list)


def read_export(items: Sequence[Json], options: Options) -> Export:
    """The tasks of an export, in any of Label Studio's JSON formats, old or new.

    Each is the whole of a document: its text is what annotators saw, its meta the rest of the
    task's data. What offsets count is decided for each annotation by the words of its regions,
    else by the other annotations of the file.

    >>> from quotemark.scheme import parse_scheme
    >>> scheme = parse_scheme('name = "s"\\nversion = "1"\\n[labels.Claim]')
    >>> value = {"start": 3, "end": 7, "text": "said", "labels": ["claim"]}
    >>> result = {"id": "x", "from_name": "ner", "type": "labels", "value": value}
    >>> task = {"id": 7, "data": {"body": "😀 said"}, "completions": [{"result": [result]}]}
    >>> export = read_export([task], Options(scheme, names={"claim": "Claim"}))
    >>> export.tasks[0].annotations[0].spans[0].fragments
    ((2, 6),)
    """
    names = Names(options.names, options.scheme)
    notes: list[Problem] = []
    problems: list[Problem] = []
    records = [item for item in items if minimal.is_minimal(item)]
    asking = (*names.controls, UNSURE, COMMENT, *(options.interface or NOTHING).controls)
    short = minimal.tasks_of(records, asking)
    full = [item for item in items if not minimal.is_minimal(item)]
    ours: list[Task] = []
    for made in (full, short):
        for item in filter(_is_own, made):
            parsed = parse(item, options.scheme)
            problems += parsed.problems
            if parsed.task:
                ours.append(parsed.task if made is full else _in_short(parsed.task, item))
    if records:
        message = f"{minimal.FORMAT} lacks {', '.join(minimal.LACKS)}"
        notes.append(Problem(Where(), "lacks", message, f"{REMEDY} to have them"))
    form = minimal.FORMAT if records else "JSON"
    read: list[_Item] = []
    for item in (item for item in (*full, *short) if not _is_own(item)):
        try:
            read.append(_item(item, names, options))
        except QuotemarkError as failure:
            problems += failure.problems
        except msgspec.ValidationError as failure:
            number = item.get("id", "") if isinstance(item, dict) else ""
            message = f"task {number}: {failure}" if number else str(failure)
            remedy = f"{REMEDY}, with tasks and annotations"
            problems.append(Problem(Where(), "task", message, remedy))
    notes += _unsaid(read)
    shown = _place(read, options, problems)
    tasks: list[Task] = []
    if shown:
        known = _units(read, options)
        for each in read:
            if each.source is None:
                continue
            json = _json(each, shown, form, known, names, options, problems)
            parsed = parse(json, options.scheme)
            problems += parsed.problems
            tasks += [parsed.task] if parsed.task else []
    problems += names.problems()
    asked = _asked(tasks, options, names, form)
    return Export(
        (*ours, *(_with_asked(task, asked) for task in tasks)),
        tuple(problems),
        tuple(notes),
        frozenset(names.used),
    )


def _is_own(item: Json) -> bool:
    """Whether `codec.to_json` has written a task."""
    data = item.get("data") if isinstance(item, dict) else None
    return isinstance(data, dict) and "text_sha256" in data


def _in_short(task: Task, item: Json) -> Task:
    """A task of ours from JSON-MIN: its regions' attributes and its relations are not in it."""
    answers = {made["id"]: made["answers"] for made in item["annotations"]}
    layers = []
    for layer in task.annotations:
        number = layer.provenance.get("label_studio", {}).get("annotation")
        said = {"answers": answers[number]} if answers.get(number) else {}
        export = {"format": minimal.FORMAT, "lacks": list(minimal.LACKS), **said}
        spans = tuple(replace(span, attributes={}) for span in layer.spans)
        asked = replace(layer.asked, attributes=(), relations=())
        made = {**layer.provenance, "export": export}
        layers.append(replace(layer, spans=spans, asked=asked, provenance=made))
    return replace(task, annotations=tuple(layers))


def _item(item: Json, names: Names, options: Options) -> _Item:
    raw = msgspec.convert(with_task(item), RawItem)
    name = raw.data.get("id") or raw.data.get("key") or raw.id
    if options.id_key:
        name = raw.data.get(options.id_key)
        if not isinstance(name, (str, int)) or name == "":
            message, remedy = f"no {options.id_key!r} in its data", "name another key: --id-key"
            raise error("id", message, remedy, doc=f"task {raw.id}")
    if name is None:
        name = text_hash(msgspec.json.encode(raw.data, order="deterministic").decode())[:12]
    aims = (options.interface or NOTHING).aims
    return _Item(raw, str(name), [Layer(*layer, names, aims) for layer in layers_of(raw)])


def _unsaid(read: Sequence[_Item]) -> Iterator[Problem]:
    """What the file does not say, though it was there."""
    ids = sum(not isinstance(guess, dict) for item in read for guess in predictions_of(item.raw))
    drafts = sum(not isinstance(d, dict) for item in read for d in item.raw.drafts or ())
    if drafts:
        message = f"drafts that are there by their numbers only: {drafts}"
        remedy = "quotemark pull has those of the token's own user"
        yield Problem(Where(), "drafts", message, remedy)
    if ids:
        message = f"predictions that are there by their numbers only: {ids}"
        remedy = "quotemark pull --predictions has them"
        yield Problem(Where(), "predictions", message, remedy)
    unnamed = sum(layer.unnamed for item in read for layer in item.layers)
    if unnamed:
        message = f"annotations that do not say whose they are: {unnamed}"
        remedy = "they are called unknown, in a task of several unknown-1, unknown-2, …"
        yield Problem(Where(), "annotator", message, remedy)


def _place(read: Sequence[_Item], options: Options, problems: list[Problem]) -> Shown | None:
    """Find the text that was labelled, and give each task its own; None where none is found."""
    objects = sorted({name for item in read for layer in item.layers for name in layer.objects})
    if len(objects) > 1:
        message = f"regions in several texts: {', '.join(objects)}"
        leave = " ".join(f"--map {name}=" for name in objects[1:])
        remedy = f"import one at a time: quotemark import {leave}"
        problems.append(Problem(Where(), "texts", message, remedy))
        return None
    labelled = [Labelled(i.raw.data, [layer.values for layer in i.layers]) for i in read]
    if not read:
        return None
    try:
        shown = choose(labelled, "".join(objects), options.interface)
    except QuotemarkError as failure:
        problems += failure.problems
        return None
    for item in read:
        item.source = source(item.raw.data, shown)
        if item.source is None:
            message = f"its data has no {shown.key!r} that {shown.kind} could show"
            where = Where(doc=item.name)
            problems.append(Problem(where, "task", message, WHICH))
        else:
            item.readings = [readings(item.source, layer.values) for layer in item.layers]
    return shown


def _units(read: Sequence[_Item], options: Options) -> Mapping[bool, Unit | None]:
    """What the offsets of all annotations, and of all predictions, count, if they are of one mind.

    Only those count whose words fit in one of two readings that differ.
    """
    votes: dict[bool, set[Unit]] = {False: set(), True: set()}
    for item in read:
        for layer, found in zip(item.layers, item.readings, strict=False):
            best = decided(found)
            if len(found) > 1 and best and all(best.fits):
                votes[layer.guess].add(best.unit)
    return {guess: next(iter(u)) if len(u) == 1 else options.unit for guess, u in votes.items()}


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


def _json(
    item: _Item,
    shown: Shown,
    form: str,
    known: Mapping[bool, Unit | None],
    names: Names,
    options: Options,
    problems: list[Problem],
) -> Json:
    """A task as `codec.to_json` would have written it, without the layers that have problems."""
    text = item.source
    if text is None:
        raise ValueError("a task without a text")
    key = f"{item.name}:0-{len(text.text)}"
    made: dict[str, list[Json]] = {"annotations": [], "drafts": [], "predictions": []}
    meta = _meta(item.raw.data, shown, text)
    entities = [{"aliases": [], **entity} for entity in meta.get("entities", [])]
    for layer, found in zip(item.layers, item.readings, strict=True):
        reading, sure = _reading(found, options.unit, known[layer.guess])
        where = Where(doc=item.name, item=f"{key} {layer.who}".strip())
        bad = list(misfits(layer, text, found, reading, where, sure=sure))
        before = names.missing
        results = results_of(layer, text, reading, names, where)
        problems += bad
        if bad or names.missing > before:
            continue
        read_as = {"format": form, "tag": shown.kind, "key": shown.key}
        export = {
            **read_as,
            **({"offsets": reading.unit} if len(found) > 1 else {}),
            **({"lacks": list(minimal.LACKS)} if form == minimal.FORMAT else {}),
            **({"answers": layer.answers} if layer.answers else {}),
        }
        hidden = {
            "annotator": layer.who,
            "status": layer.status,
            "entities": entities,
            "scheme": options.scheme.id,
            "provenance": {"export": export},
        }
        made[layer.group].append({**layer.about, "result": [*results, _hidden(hidden)]})
    title = meta.get("title")
    return {
        "id": item.raw.id,
        "data": {
            "document": item.name,
            "window": [0, len(text.text)],
            "text": text.text,
            "text_sha256": text_hash(text.text),
            "length": len(text.text),
            "title": title if isinstance(title, str) else item.name,
            "meta": meta,
            "scheme": options.scheme.id,
            "entities": entities,
        },
        **made,
    }


def _hidden(layer: Json) -> Json:
    text = {"text": [msgspec.json.encode(layer).decode()]}
    common = {"from_name": "layer", "to_name": "text", "type": "textarea"}
    return {"id": "layer", **common, "value": text}


def _meta(data: Mapping[str, Any], shown: Shown, text: Source) -> dict[str, Json]:
    """What a task's data says beside the text; a key of ours that means something else to them
    stands under `data`."""
    rest = {key: value for key, value in data.items() if key not in (shown.key, "id")}
    ours = ("title", "encoding", "targets", "entities")
    strange = [key for key in ours if key in rest and [*problems_of({key: rest[key]}, Where())]]
    kept = {key: rest.pop(key) for key in strange}
    return {**rest, **({"data": kept} if kept else {}), **text.meta}


def _asked(tasks: Sequence[Task], options: Options, names: Names, form: str) -> Mapping[str, Asked]:
    """What annotators ("") and each model were asked: what the interface asks, else what is there.

    A label, attribute or relation that nobody in the file ever gave was not asked, as far as the
    file says, so that its absence is no answer.
    """
    layers: dict[str, list[Annotation]] = defaultdict(list)
    for task in tasks:
        layers[""] += task.annotations
        for guess in task.predictions:
            layers[guess.annotator] += [guess]
    found = {}
    for who, group in layers.items():
        spans = [span for layer in group for span in layer.spans]
        labels = {span.label for span in spans}
        attributes = {
            f"{s.label}.{name}" for s in spans for name, value in s.attributes.items() if value
        }
        relations = {r.label for layer in group for r in layer.relations}
        if options.interface and not who:
            offered = names.offered(options.interface)
            labels |= set(offered.labels or ())
            attributes |= set(offered.attributes or ()) if form != minimal.FORMAT else set()
            relations |= set(offered.relations or ()) if form != minimal.FORMAT else set()
        found[who] = Asked(None, tuple(labels), tuple(attributes), tuple(relations))
    return found


def _with_asked(task: Task, asked: Mapping[str, Asked]) -> Task:
    def told(layer: Annotation, wanted: Asked) -> Annotation:
        spans = [
            replace(
                span,
                attributes={
                    name: value
                    for name, value in span.attributes.items()
                    if value is not None or wanted.attribute(span.label, name)
                },
            )
            for span in layer.spans
        ]
        return replace(layer, spans=tuple(spans), asked=wanted)

    return replace(
        task,
        annotations=tuple(told(layer, asked[""]) for layer in task.annotations),
        predictions=tuple(told(layer, asked[layer.annotator]) for layer in task.predictions),
    )
