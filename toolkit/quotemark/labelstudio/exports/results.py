"""An annotation of another project: its regions, arrows and answers, as results of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quotemark.errors import Problem, Where
from quotemark.labelstudio.controls import COMMENT, LABEL, TEXT, UNSURE
from quotemark.labelstudio.exports.names import Names
from quotemark.labelstudio.exports.places import Reading, Source, Value, words_of
from quotemark.model import Json

PLACES = ("start", "end", "startOffset", "endOffset", "globalOffsets")
TYPED = ("textarea",)
ELSEWHERE = "the text is behind its address, not in the export: put it into the data in its place"


class Layer:
    """An annotation, draft or prediction, its results sorted by what they say.

    `regions` say where a region is and what it is; `values` are their values. `answers` say
    something of the whole task. `left` are regions of which something is left out, as names say.
    """

    def __init__(
        self,
        group: str,
        status: str,
        who: str,
        unnamed: bool,
        about: Mapping[str, Json],
        results: Sequence[Any],
        answers: Mapping[str, Json],
        names: Names,
        aims: Mapping[str, str],
    ) -> None:
        self.group, self.status, self.who = group, status, who
        self.unnamed, self.about = unnamed, about
        self.guess = group == "predictions"
        self.answers: dict[str, Json] = dict(answers)
        self.arrows: list[Mapping[str, Any]] = []
        self.regions: list[Mapping[str, Any]] = []
        self.broken: list[Json] = []
        self.objects: set[str] = set()
        self.left: set[str] = set()
        placed = {_id(r): _place(r) for r in results if isinstance(r, dict) and _place(r)}
        for number, result in enumerate(results, 1):
            if not isinstance(result, dict):
                self.broken.append(result)
            elif result.get("type") == "relation":
                self.arrows.append(result)
            elif any(names.ours(_text(result, key)) == "" for key in _named(result)):
                self.left.add(_id(result))
            elif place := _place(result) or (placed.get(_id(result), {}) if _id(result) else {}):
                name = _id(result) or f"region-{number}"
                value = {**place, **_value(result)}
                self.regions.append({**result, "id": name, "value": value})
                aim = _text(result, "to_name") or aims.get(_text(result, "from_name"), "")
                self.objects |= {aim} - {""}
            else:
                self._answer(result)
        self.values = [_said_of(region) for region in self.regions]

    def _answer(self, result: Mapping[str, Any]) -> None:
        value = _value(result)
        said = next(iter(value.values())) if len(value) == 1 else dict(value)
        name = _text(result, "from_name") or "answer"
        if name in self.answers:
            said = [*_listed(self.answers[name]), *_listed(said)]
        self.answers[name] = said


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def misfits(
    layer: Layer,
    source: Source,
    found: Sequence[Reading],
    reading: Reading,
    where: Where,
    *,
    sure: bool,
) -> Iterator[Problem]:
    """The regions that have no place in the text, or another place than their words say."""
    for number, broken in enumerate(layer.broken, 1):
        message = f"result {number} is {str(broken)[:40]!r}, not a table"
        yield Problem(where, "result", message, "export it anew")
    told: set[str] = set()
    for number, region in enumerate(layer.regions):
        if region["id"] in told:
            continue
        place = Where(where.file, 0, where.doc, f"{where.item} {region['id']}")
        value = layer.values[number]
        both = [(r.unit, r.places[number]) for r in found]
        if not sure and len({p for _, p in both}) > 1:
            message = f"no words decide what {_said(value)} counts: {_compared(both, source)}"
            remedy = "say it: quotemark import --offsets code-points, or utf-16"
            yield Problem(place, "offsets", message, remedy)
            return  # the others of this layer are as undecided
        if reading.fits[number]:
            continue
        told.add(region["id"])
        words = words_of(value)
        if words is None:
            message = f"{_said(value)} does not lie in a text of {len(source.text)}"
            if isinstance(value.get("text"), str) and not value["text"].strip():
                message = f"{_said(value)} is white space that the page does not show"
            remedy = ELSEWHERE if _is_address(source.text) else "delete the region and draw it anew"
            yield Problem(place, "offset", message, remedy)
            continue
        message = f"the region says {words[:60]!r}; {_said(value)} is {_compared(both, source)}"
        remedy = "was the text changed, or is it another? quotemark import --config tells which"
        remedy = ELSEWHERE if _is_address(source.text) else remedy
        yield Problem(place, "surface", message, remedy)


def results_of(
    layer: Layer, source: Source, reading: Reading, names: Names, where: Where
) -> list[Json]:
    """A layer's results as ours; what the scheme has no name for is noted in `names`."""
    made: list[Json] = []
    labels: dict[str, str] = {}
    dropped: set[str] = set()
    values: list[tuple[Mapping[str, Any], dict[str, Json]]] = []
    for region, place in zip(layer.regions, reading.places, strict=True):
        start, end = place or (0, 0)
        spot = {"start": start, "end": end, "text": source.text[start:end]}
        key = _labels_key(region)
        if not key:
            values.append((region, spot))
            continue
        theirs = [str(label) for label in _value(region)[key]]
        ours = [name for name in map(names.ours, theirs) if name]
        if theirs and not ours:
            dropped.add(region["id"])
            continue
        for mine, label in zip(ours, [n for n in theirs if names.ours(n)], strict=True):
            if mine not in names.scheme.labels:
                names.lacking("label", label, _at(where, region["id"]))
        labels.setdefault(region["id"], ours[0] if ours else "")
        made.append(_result(region, LABEL, "labels", {**spot, "labels": ours}))
    for region, spot in values:
        if region["id"] in dropped and region["id"] not in labels:
            continue
        made += _answered(region, spot, labels.get(region["id"], ""), names, where)
    gone = (dropped | layer.left) - {result["id"] for result in made}
    return [*made, *_arrows(layer, names, gone, where)]


def _answered(
    region: Mapping[str, Any], spot: dict[str, Json], label: str, names: Names, where: Where
) -> Iterator[Json]:
    """What a control says of a region, as what our control for it says."""
    theirs = _text(region, "from_name")
    value = _value(region)
    kind = _text(region, "type")
    said = value.get("choices" if kind == "choices" else "text")
    name = names.ours(theirs)
    mine = name if name in (UNSURE, COMMENT) else names.control(label, name, kind in TYPED)
    items = [said] if isinstance(said, str) else said
    if kind not in ("choices", *TYPED) or not mine or not isinstance(items, list):
        names.lacking("control", theirs, _at(where, region["id"]))
        return
    ours = [item for item in (names.ours(str(item)) for item in items) if item]
    if mine == COMMENT or mine.endswith("-typed"):
        yield _result(region, mine, "textarea", {**spot, "text": ours})
    else:
        yield _result(region, mine, "choices", {**spot, "choices": ours})


def _arrows(layer: Layer, names: Names, gone: set[str], where: Where) -> Iterator[Json]:
    for arrow in layer.arrows:
        ends = [str(arrow.get("from_id") or ""), str(arrow.get("to_id") or "")]
        if gone & set(ends):
            continue
        labels = arrow.get("labels") or []
        theirs = [str(label) for label in labels] if isinstance(labels, list) else [str(labels)]
        ours = [name for name in map(names.ours, theirs) if name]
        if theirs and not ours:
            continue
        for label in theirs:
            mine = names.ours(label)
            if mine and mine not in (*names.scheme.relations, "continues"):
                names.lacking("relation", label, _at(where, " → ".join(ends)))
        direction = arrow.get("direction")
        yield {
            "type": "relation",
            "from_id": ends[0],
            "to_id": ends[1],
            "direction": direction if isinstance(direction, str) else "right",
            "labels": ours,
        }


def _result(region: Mapping[str, Any], control: str, kind: str, value: Json) -> Json:
    made = {"id": region["id"], "from_name": control, "to_name": TEXT, "type": kind, "value": value}
    origin, meta, score = (region.get(key) for key in ("origin", "meta", "score"))
    made |= {"origin": origin} if isinstance(origin, str) else {}
    made |= {"meta": meta} if isinstance(meta, dict) and meta else {}
    return made | ({"score": score} if isinstance(score, (int, float)) else {})


def _labels_key(region: Mapping[str, Any]) -> str:
    for key, names in _value(region).items():
        if key.endswith("labels") and isinstance(names, list):
            return key
    return ""


def _value(result: Mapping[str, Any]) -> Value:
    value = result.get("value")
    return value if isinstance(value, dict) else {}


def _place(result: Mapping[str, Any]) -> dict[str, Json]:
    """Where a result says its region is; empty where it does not."""
    return {key: item for key, item in _value(result).items() if key in PLACES}


def _said_of(region: Mapping[str, Any]) -> Value:
    """A region's place and its own words; `text` of what was typed is something else."""
    value = dict(_value(region))
    if region.get("type") in TYPED:
        value.pop("text", None)
    return value


def _id(result: Mapping[str, Any]) -> str:
    name = result.get("id")
    return str(name) if isinstance(name, (str, int)) else ""


def _named(result: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(key for key in ("from_name", "to_name") if _text(result, key))


def _text(result: Mapping[str, Any], key: str) -> str:
    value = result.get(key)
    return value if isinstance(value, str) else ""


def _at(where: Where, item: str) -> Where:
    return Where(where.file, 0, where.doc, f"{where.item} {item}".strip())


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://")) and len(text.split()) == 1


def _said(value: Value) -> str:
    """A region's place as the export gives it."""
    if "startOffset" in value:
        ends = [f"{value.get(end)}:{value.get(f'{end}Offset')}" for end in ("start", "end")]
    elif "start" in value or "end" in value:
        ends = [str(value.get(end)) for end in ("start", "end")]
    else:
        ends = [str(value.get("globalOffsets"))]
    return f"[{', '.join(ends)})"


def _compared(both: Sequence[tuple[str, Any]], source: Source) -> str:
    """What stands at a region's place, in each unit."""
    shown = [
        (unit, repr(source.text[place[0] : place[1]][:60]) if place else "nowhere")
        for unit, place in both
    ]
    if len(shown) == 1 or shown[0][1] == shown[1][1]:
        return shown[0][1]
    names = {"code-points": "code points", "utf-16": "UTF-16 units"}
    return ", ".join(f"{words} in {names[unit]}" for unit, words in shown)
