"""Which text of other people's tasks was labelled: told by a configuration, else by evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from quotemark.errors import error
from quotemark.labelstudio.exports.hypertext import page
from quotemark.labelstudio.exports.interface import Interface, Shown
from quotemark.labelstudio.exports.paragraphs import dialogue, is_dialogue
from quotemark.labelstudio.exports.places import Source, Value, plain, readings

REMEDY = "give the project's labelling configuration to quotemark import --config"


class Labelled(NamedTuple):
    """A task's data and the values of the regions in it, annotation by annotation."""

    data: Mapping[str, Any]
    layers: Sequence[Sequence[Value]]


def shape(value: Value) -> str:
    """The tag that a region's value is of, by its form.

    >>> shape({"start": "0", "end": "0", "startOffset": 1, "endOffset": 2})
    'Paragraphs'
    """
    if "globalOffsets" in value or str(value.get("start", "")).startswith("/"):
        return "HyperText"
    return "Paragraphs" if "startOffset" in value else "Text"


def source(data: Mapping[str, Any], shown: Shown) -> Source | None:
    """The text that a task shows; None where its data has none such."""
    value: Any = data
    for step in shown.key.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    if shown.kind == "Paragraphs":
        fine = is_dialogue(value, shown.text_key)
        return dialogue(value, shown.text_key, shown.name_key) if fine else None
    if not isinstance(value, str):
        return None
    return page(value) if shown.kind == "HyperText" else plain(value)


def choose(tasks: Sequence[Labelled], name: str, interface: Interface | None) -> Shown:
    """The text that the regions of a file's tasks lie in; `name` is what they call it.

    An interface says it. Without, it is the string (or dialogue) of the tasks' data into which
    most regions fit by their words; of several, the one called `text`, or any of them where all
    are the same. Where there are no regions, only `text` will do. Raises `QuotemarkError` where
    nothing decides.

    >>> value = {"start": 3, "end": 7, "text": "said"}
    >>> choose([Labelled({"title": "So", "body": "He said so."}, [[value]])], "x", None).key
    'body'
    """
    if interface:
        return _told(interface, name)
    shapes = Counter(shape(value) for task in tasks for layer in task.layers for value in layer)
    kinds = sorted(shapes, key=lambda kind: (-shapes[kind], kind))[:1] or ["Text", "Paragraphs"]
    options = list(dict.fromkeys(o for t in tasks for kind in kinds for o in _options(t, kind)))
    if len(options) == 1 and shapes:
        return options[0]
    scores = {option: _score(tasks, option) for option in options}
    best = [option for option in options if scores[option] == max(scores.values())]
    called = [option for option in best if option.key == "text"]
    if called or (shapes and best and (len(best) == 1 or _all_same(tasks, best))):
        return (called or best)[0]
    keys = ", ".join(dict.fromkeys(option.key for option in best))
    message = f"nothing decides which of its data is the text: {keys}"
    raise error("text", message if keys else "its data has no text", REMEDY)


def _told(interface: Interface, name: str) -> Shown:
    if name in interface.shown:
        return interface.shown[name]
    aims = set(interface.aims.values()) & interface.shown.keys() or interface.shown.keys()
    if len(aims) == 1 and not name:
        return interface.shown[next(iter(aims))]
    known = ", ".join(interface.shown)
    message = f"the configuration shows {known}, " + (f"not {name!r}" if name else "several texts")
    raise error("text", message, "give the configuration of this project")


def _options(task: Labelled, kind: str) -> Iterator[Shown]:
    for key, value in _values(task.data):
        if kind == "Paragraphs":
            names = value[0] if isinstance(value, list) and value else {}
            for name in names if isinstance(names, dict) else ():
                if name != "author" and is_dialogue(value, name):
                    yield Shown(kind, key, "author", name)
        elif isinstance(value, str):
            yield Shown(kind, key)


def _values(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        yield key, value
        if isinstance(value, dict):
            yield from ((f"{key}.{inner}", item) for inner, item in value.items())


def _score(tasks: Sequence[Labelled], option: Shown) -> tuple[int, int]:
    """How many regions fit into an option, and how many of them to the letter."""
    fits = exact = 0
    for task in tasks:
        text = source(task.data, option)
        for found in (readings(text, layer) for layer in task.layers) if text else ():
            fits += max(sum(reading.fits) for reading in found)
            exact += max(reading.exact for reading in found)
    return fits, exact


def _all_same(tasks: Sequence[Labelled], options: Sequence[Shown]) -> bool:
    found = [[source(task.data, option) for option in options] for task in tasks]
    return all(len({s.text if s else None for s in row}) == 1 for row in found)
