"""Made-up gold and predictions of any size, from a seed: places and labels, no texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec

LABELS = ("Quote", "Quote", "Speaker", "Speaker", "Cue", "Stance")
VALUES = {
    "Quote": ("form", ("direct", "indirect", "mixed")),
    "Stance": ("polarity", ("support", "oppose", "neutral")),
}


class Place(NamedTuple):
    """One span: its label, where it is, and the value of its label's attribute, if any."""

    label: str
    start: int
    end: int
    value: str | None


def documents(
    number: int, *, spans: int = 20, seed: int = 1
) -> Iterator[tuple[str, list[Place], list[Place]]]:
    """Document ids, each with its gold and its predicted spans.

    Gold is flat: spans stand one behind the other. An extractor finds most of them, some with
    another boundary, label or value, misses some, and invents some in the gaps.
    """
    random = Random(seed)
    for n in range(number):
        gold, pred = [], []
        at = 0
        for _ in range(spans):
            at += random.randrange(10, 60)
            end = at + random.randrange(5, 90)
            label = random.choice(LABELS)
            gold.append(Place(label, at, end, _value(random, label)))
            pred += _predicted(random, gold[-1])
            at = end
        yield f"doc-{n:08}", gold, pred


def _value(random: Random, label: str) -> str | None:
    return random.choice(VALUES[label][1]) if label in VALUES else None


def _predicted(random: Random, gold: Place) -> Iterator[Place]:
    if random.random() < 0.1:
        start = gold.start - 8
        yield Place("Cue", start, start + 5, None)
    if random.random() < 0.1:
        return
    label, start, end, value = gold
    if random.random() < 0.1:
        label = random.choice(LABELS)
        value = _value(random, label)
    elif random.random() < 0.1:
        value = _value(random, label)
    if random.random() < 0.2:
        end = max(start + 1, end + random.randrange(-20, 9))
    yield Place(label, start, end, value)


def write(
    folder: Path, number: int, *, spans: int = 20, seed: int = 1, attributes: bool = False
) -> tuple[Path, Path]:
    """Write gold.jsonl and pred.jsonl in the native format; their paths.

    Spans have their attributes' values only if asked for: other scorers know of none.
    """
    paths = folder / "gold.jsonl", folder / "pred.jsonl"
    with paths[0].open("wb") as gold, paths[1].open("wb") as pred:
        for doc, truth, found in documents(number, spans=spans, seed=seed):
            gold.write(_line(doc, "gold", truth, attributes))
            pred.write(_line(doc, "extractor", found, attributes))
    return paths


def _line(doc: str, annotator: str, places: list[Place], attributes: bool) -> bytes:
    spans = [
        {
            "id": f"s{n}",
            "label": place.label,
            "fragments": [[place.start, place.end]],
            **(
                {"attributes": {VALUES[place.label][0]: place.value}}
                if place.value and attributes
                else {}
            ),
        }
        for n, place in enumerate(places, 1)
    ]
    record = {"id": doc, "annotator": annotator, "spans": spans, "status": "submitted"}
    return msgspec.json.encode(record) + b"\n"
