"""Label Studio results taken apart: regions with their values, arrows between them, problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from quotemark.errors import Problem, Where
from quotemark.labelstudio.controls import COMMENT, LAYER, UNSURE, Control, controls, links
from quotemark.labelstudio.encode import RawLayer
from quotemark.model import Fragment
from quotemark.offsets import to_points, utf16_offsets
from quotemark.scheme import RelationType, Scheme
from quotemark.tasks import Task


class RawValue(msgspec.Struct):
    """What a result says; `text` is the region's words, or the answers in a field."""

    start: int | None = None
    end: int | None = None
    text: str | list[str] | None = None
    labels: list[str] = []
    choices: list[str] = []


class RawResult(msgspec.Struct):
    """A result: a region's label, a value of it, or a relation."""

    type: str = ""
    id: str = ""
    from_name: str = ""
    value: RawValue | None = None
    score: float | None = None
    origin: str | None = None
    meta: dict[str, Any] | None = None
    from_id: str = ""
    to_id: str = ""
    direction: str = "right"
    labels: list[str] | None = None


@dataclass(slots=True)
class Region:
    """A labelled stretch of text, with the values of its controls by their names."""

    id: str
    start: int
    end: int
    label: str = ""
    score: float | None = None
    origin: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)

    @property
    def notes(self) -> list[str]:
        """What was written in the region's own note, which Label Studio keeps in its meta."""
        notes = self.meta.get("text")
        return [n for n in notes if isinstance(n, str)] if isinstance(notes, list) else []


class Results:
    """The regions, arrows and hidden layer of an annotation's results.

    `problems` are collected here, those of `decode` too: each names task, annotator and region.
    """

    def __init__(
        self, results: Sequence[Any], task: Task, scheme: Scheme, *, annotator: str
    ) -> None:
        self.task = task
        self.scheme = scheme
        self.annotator = annotator
        self.controls: Mapping[str, Control] = controls(scheme)
        self.links: Mapping[str, RelationType] = links(scheme)
        self.regions: dict[str, Region] = {}
        self.arrows: list[RawResult] = []
        self.layer: RawLayer | None = None
        self.problems: list[Problem] = []
        self._read(results)

    def problem(self, item: str, code: str, message: str, remedy: str) -> None:
        """Add a problem at a region, or at the annotation as a whole."""
        place = " ".join(part for part in (self.task.key, self.annotator, item) if part)
        where = Where(doc=self.task.doc_id, item=place)
        self.problems.append(Problem(where, code, message, remedy))

    def _read(self, results: Sequence[Any]) -> None:
        parsed = []
        for number, result in enumerate(results, 1):
            try:
                parsed.append(msgspec.convert(result, RawResult))
            except msgspec.ValidationError as failure:
                message = f"cannot be read: {failure}"
                self.problem(f"result {number}", "result", message, "export it anew")
        offsets = moved_offsets([r for r in parsed if r.type != "relation"], self.task.text)
        values = {*self.controls, *self.links, UNSURE, COMMENT}
        unknown: dict[str, None] = {}
        for result in parsed:
            if result.type == "relation":
                self.arrows.append(result)
            elif result.from_name == LAYER:
                self._read_layer(result)
            elif result.type == "labels" or result.from_name in values:
                self._read_value(result, offsets)
            else:
                unknown[result.from_name] = None
        for name in unknown:
            message = f"control {name!r} belongs to no attribute of the scheme {self.scheme.id}"
            self.problem("", "control", message, "give the scheme that the project was made from")

    def _read_layer(self, result: RawResult) -> None:
        answer = result.value.text if result.value else None
        try:
            text = answer[0] if isinstance(answer, list) and answer else ""
            self.layer = msgspec.json.decode(text, type=RawLayer)
        except msgspec.DecodeError as failure:
            self.problem(LAYER, "result", f"cannot be read: {failure}", "drop this result")

    def _read_value(self, result: RawResult, offsets: Mapping[Fragment, Fragment]) -> None:
        value = result.value or RawValue()
        region = self.regions.get(result.id) or self._region(result, value, offsets)
        if region is None:
            return
        region.meta.update(result.meta or {})
        region.origin = region.origin or result.origin
        if result.type == "labels":
            self._read_label(region, result, value)
        else:
            answers = [value.text] if isinstance(value.text, str) else value.text or []
            items = value.choices if result.type == "choices" else answers
            tidy = [item.strip() for item in items if item.strip()]
            region.values.setdefault(result.from_name, []).extend(tidy)

    def _region(
        self, result: RawResult, value: RawValue, offsets: Mapping[Fragment, Fragment]
    ) -> Region | None:
        if value.start is None or value.end is None or not result.id:
            message = f"a value of {result.from_name!r} that belongs to no stretch of text"
            self.problem(result.id, "result", message, "drop this result")
            return None
        start, end = offsets.get((value.start, value.end), (value.start, value.end))
        if not 0 <= start < end <= len(self.task.text):
            message = f"[{start}, {end}) does not lie in a text of {len(self.task.text)}"
            self.problem(result.id, "offset", message, "delete the region and draw it anew")
            return None
        self.regions[result.id] = Region(result.id, start, end)
        return self.regions[result.id]

    def _read_label(self, region: Region, result: RawResult, value: RawValue) -> None:
        labels = sorted({*value.labels, *([region.label] if region.label else [])})
        if len(labels) != 1 or labels[0] not in self.scheme.labels:
            message = f"labels {labels}: one of {', '.join(self.scheme.labels)} is expected"
            remedy = "give the region one label, or another scheme to read by"
            self.problem(region.id, "label", message, remedy)
        region.label = labels[0] if labels else ""
        region.score = result.score if region.score is None else region.score
        words = self.task.text[region.start : region.end]
        if isinstance(value.text, str) and not same_words(value.text, words):
            message = f"the region says {value.text[:60]!r}, the text {words[:60]!r}"
            remedy = "was the text changed, or does the export hold other offsets?"
            self.problem(region.id, "surface", message, remedy)


def moved_offsets(results: Sequence[RawResult], text: str) -> Mapping[Fragment, Fragment]:
    """Where results speak of UTF-16 units, as older exports do, their offsets in code points.

    Empty where the words of all regions stand at their offsets read as code points, or where
    reading them as UTF-16 does not make all of them fit.

    >>> value = RawValue(3, 7, "said")
    >>> moved_offsets([RawResult("labels", value=value)], "😀 said")
    {(3, 7): (2, 6)}
    """
    places = {
        (r.value.start, r.value.end): r.value.text
        for r in results
        if r.value and r.value.start is not None and r.value.end is not None
        if isinstance(r.value.text, str)
    }
    if all(same_words(words, text[start:end]) for (start, end), words in places.items()):
        return {}
    ends = to_points(utf16_offsets(text), [end for place in places for end in place])
    moved = {
        place: (start, end)
        for place, start, end in zip(places, ends[::2], ends[1::2], strict=True)
        if start is not None and end is not None
    }
    fits = len(moved) == len(places) and all(
        same_words(places[place], text[start:end]) for place, (start, end) in moved.items()
    )
    return moved if fits else {}


def same_words(shown: str, words: str) -> bool:
    """Whether two texts are equal but for white space and how line breaks are written.

    Label Studio collapses spaces and writes line breaks as a backslash and an n.

    >>> same_words("one\\\\n\\\\ntwo", "one\\n \\ntwo")
    True
    """
    return plain_words(shown) == plain_words(words)


def plain_words(text: str) -> str:
    """A text without white space and line breaks, however these are written."""
    return "".join(text.replace("\\n", "").replace("\\r", "").split())
