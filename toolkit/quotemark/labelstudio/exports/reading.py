"""Other people's tasks rewritten as ours, for the codec to read.

Names, texts, ids and offsets may be any that Label Studio has written since its first version.
Whatever is not understood is a problem or a note: nothing is left out unsaid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.labelstudio.codec import parse
from quotemark.labelstudio.controls import COMMENT, UNSURE
from quotemark.labelstudio.exports import minimal
from quotemark.labelstudio.exports.asked import asked_of, in_short, with_asked
from quotemark.labelstudio.exports.interface import Interface, Shown
from quotemark.labelstudio.exports.names import Names
from quotemark.labelstudio.exports.older import RawItem, layers_of, predictions_of, with_task
from quotemark.labelstudio.exports.places import Unit, decided, readings
from quotemark.labelstudio.exports.results import Layer
from quotemark.labelstudio.exports.rewriting import Item, rewritten
from quotemark.labelstudio.exports.texts import REMEDY as WHICH
from quotemark.labelstudio.exports.texts import Labelled, choose, source
from quotemark.model import Asked, Json, text_hash
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
    interface = options.interface or NOTHING
    records = [item for item in items if minimal.is_minimal(item)]
    asking = (*names.controls, UNSURE, COMMENT, *interface.controls)
    short = minimal.tasks_of(records, asking)
    full = [item for item in items if not minimal.is_minimal(item)]
    lacks = {"format": minimal.FORMAT, "lacks": list(minimal.LACKS)}
    about = lacks if records else {"format": "JSON"}
    problems: list[Problem] = []
    ours = list(_ours(full, options.scheme, problems))
    ours += _ours(short, options.scheme, problems, lacks)
    read = list(_items((*full, *short), names, options, problems))
    shown = _place(read, options, problems)
    units = _units(read)
    theirs: list[Task] = []
    for item in read:
        if shown and item.source:
            json, told = rewritten(item, shown, names, units, forced=options.unit, about=about)
            parsed = parse(json, options.scheme)
            problems += (*told, *parsed.problems)
            theirs += [parsed.task] if parsed.task else []
    problems += names.problems()
    offered = names.offered(interface)
    if records:
        offered = Asked(None, offered.labels, (), ())
    asked = asked_of(theirs, offered)
    return Export(
        (*ours, *(with_asked(task, asked) for task in theirs)),
        tuple(problems),
        (*_lacking(records), *_unsaid(read)),
        frozenset(names.used),
    )


def _ours(
    items: Iterable[Json],
    scheme: Scheme,
    problems: list[Problem],
    lacks: Mapping[str, Json] | None = None,
) -> Iterator[Task]:
    """The tasks that `codec.to_json` has written, with what their export `lacks`."""
    for item in filter(_is_own, items):
        parsed = parse(item, scheme)
        problems += parsed.problems
        if parsed.task and lacks:
            made = [each for each in item["annotations"] if isinstance(each["id"], int)]
            answers = {each["id"]: each["answers"] for each in made}
            yield in_short(parsed.task, answers, lacks)
        elif parsed.task:
            yield parsed.task


def _items(
    items: Iterable[Json], names: Names, options: Options, problems: list[Problem]
) -> Iterator[Item]:
    """The tasks of other people's projects, taken apart."""
    for item in items:
        if _is_own(item):
            continue
        try:
            yield _item(item, names, options)
        except QuotemarkError as failure:
            problems += failure.problems
        except msgspec.ValidationError as failure:
            number = item.get("id", "") if isinstance(item, dict) else ""
            message = f"task {number}: {failure}" if number else str(failure)
            remedy = f"{REMEDY}, with tasks and annotations"
            problems.append(Problem(Where(), "task", message, remedy))


def _is_own(item: Json) -> bool:
    """Whether `codec.to_json` has written a task."""
    data = item.get("data") if isinstance(item, dict) else None
    return isinstance(data, dict) and "text_sha256" in data


def _item(item: Json, names: Names, options: Options) -> Item:
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
    return Item(raw, str(name), [Layer(*layer, names, aims) for layer in layers_of(raw)])


def _lacking(records: Sequence[Json]) -> Iterator[Problem]:
    if records:
        message = f"{minimal.FORMAT} lacks {', '.join(minimal.LACKS)}"
        yield Problem(Where(), "lacks", message, f"{REMEDY} to have them")


def _unsaid(read: Sequence[Item]) -> Iterator[Problem]:
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
    makers = [
        (item.name, layer.group, layer.who, layer.status)
        for item in read
        for layer in item.layers
        if layer.group != "drafts"
    ]
    replaced = len(makers) - len(set(makers))
    if replaced:
        message = f"annotations and predictions that a later one by the same replaces: {replaced}"
        yield Problem(Where(), "replaced", message, "of one task, the one saved last counts")
    unnamed = sum(layer.unnamed for item in read for layer in item.layers)
    if unnamed:
        message = f"annotations that do not say whose they are: {unnamed}"
        remedy = "they are called unknown, in a task of several unknown-1, unknown-2, …"
        yield Problem(Where(), "annotator", message, remedy)


def _place(read: Sequence[Item], options: Options, problems: list[Problem]) -> Shown | None:
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


def _units(read: Sequence[Item]) -> Mapping[bool, Unit | None]:
    """What the offsets of all annotations, and of all predictions, count, if they are of one mind.

    Only those count whose words fit in one of two readings that differ.
    """
    votes: dict[bool, set[Unit]] = {False: set(), True: set()}
    for item in read:
        for layer, found in zip(item.layers, item.readings, strict=False):
            best = decided(found)
            if len(found) > 1 and best and all(best.fits):
                votes[layer.guess].add(best.unit)
    return {guess: next(iter(u)) if len(u) == 1 else None for guess, u in votes.items()}
