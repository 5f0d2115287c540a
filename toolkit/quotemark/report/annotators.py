"""Annotators' quality as small tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from quotemark.errors import printable
from quotemark.quality import (
    Drift,
    Example,
    Period,
    Profile,
    Reliability,
    Score,
    Speed,
    Tendency,
)
from quotemark.report.grid import Cell

Row = dict[str, Cell]

_FAVOURED = {True: "yes", False: "no", None: None}


def overview_rows(found: Iterable[Profile], *, gold: bool) -> list[Row]:
    """A row for each annotator; with F1 against `gold` where that was given."""
    return [
        {
            "annotator": each.annotator,
            "documents": each.documents,
            "spans": each.spans,
            "f1": each.rest,
            **({"gold f1": each.gold, "favoured": _FAVOURED[each.favoured]} if gold else {}),
            "typical": _typical(each.typical),
            "drift": each.change,
            "p": each.p,
            "minutes": each.minutes,
            "reliability": each.reliability,
        }
        for each in found
    ]


def _typical(tendency: Tendency | None) -> str | None:
    if tendency is None:
        return None
    detail = f" ({tendency.detail})" if tendency.detail else ""
    return f"{tendency.kind} {tendency.label}{detail}: {tendency.count} of {tendency.of}"


def score_rows(found: Iterable[Score]) -> list[Row]:
    """A row for each score; `own` and `others` count what either side has."""
    rows = []
    for each in found:
        low, high = each.interval or (None, None)
        rows.append(
            {
                "annotator": each.annotator,
                "against": each.against,
                "metric": each.metric,
                "label": each.label,
                "precision": each.precision,
                "recall": each.recall,
                "f1": each.f1,
                "low": low,
                "high": high,
                "own": each.own,
                "others": each.others,
                "documents": each.documents,
            }
        )
    return rows


def mistake_rows(found: Iterable[Tendency]) -> list[Row]:
    """A row for each kind of mistake."""
    return [{**_kind(each), **_counts(each)} for each in found]


def example_rows(found: Iterable[Tendency], most: int) -> list[Row]:
    """A row for each of the first examples, `most` of a kind of mistake."""
    return [
        {
            **_kind(each),
            "document": example.document,
            "place": f"{example.place[0]}–{example.place[1]}",
            "by": ", ".join(example.others),
            "theirs": example.theirs,
            "own": example.own,
            "words": example.words,
        }
        for each in found
        for example in each.examples[:most]
    ]


def mistake_records(found: Iterable[Tendency], most: int) -> list[dict[str, Any]]:
    """The same for JSON, each kind of mistake with its first examples."""
    return [
        {**_kind(each), **_counts(each), "examples": [_record(e) for e in each.examples[:most]]}
        for each in found
    ]


def _record(example: Example) -> dict[str, Any]:
    start, end = example.place
    return {
        "document": example.document,
        "start": start,
        "end": end,
        "by": list(example.others),
        "theirs": example.theirs,
        "own": example.own,
        "words": example.words,
    }


def _kind(each: Tendency) -> Row:
    return {
        "annotator": each.annotator,
        "against": each.against,
        "mistake": each.kind,
        "label": each.label,
        "detail": each.detail or None,
    }


def _counts(each: Tendency) -> Row:
    return {"count": each.count, "of": each.of, "rate": each.rate, "share": each.share}


def drift_rows(found: Iterable[Drift]) -> list[Row]:
    """A row for each annotator and label: the halves of the work, and how they differ."""
    return [
        {
            "annotator": each.annotator,
            "against": each.against,
            "label": each.label,
            "first half": each.first,
            "second half": each.second,
            "change": each.change,
            "p": each.p,
            "documents": each.documents,
            "tasks": each.tasks,
            "untimed": each.untimed,
        }
        for each in found
    ]


def period_rows(found: Iterable[Period]) -> list[Row]:
    """A row for each stretch of an annotator's work, by label."""
    return [
        {
            "annotator": each.annotator,
            "against": each.against,
            "label": each.label,
            "period": each.period,
            "tasks": each.tasks,
            "precision": each.precision,
            "recall": each.recall,
            "f1": each.f1,
        }
        for each in found
    ]


def speed_rows(found: Iterable[Speed]) -> list[Row]:
    """A row for each annotator: the quartiles of seconds for a task, and for 1,000 words."""
    return [
        {
            "annotator": each.annotator,
            "tasks": each.tasks,
            "untimed": each.untimed,
            "hours": each.hours,
            **_quartiles("task", each.task),
            **_quartiles("words", each.words),
            "first half": each.first,
            "second half": each.second,
        }
        for each in found
    ]


def _quartiles(name: str, found: Sequence[float] | None) -> Row:
    three = found or (None, None, None)
    return {f"{name} {end}": n for end, n in zip(("q1", "median", "q3"), three, strict=True)}


def reliability_rows(found: Iterable[Reliability]) -> list[Row]:
    """A row for each annotator and question."""
    return [
        {
            "annotator": each.annotator,
            "question": each.question,
            "reliability": each.value,
            "items": each.items,
        }
        for each in found
    ]


def confusion_rows(found: Iterable[Reliability]) -> list[Row]:
    """A row for each true and given answer of each annotator and question."""
    return [
        {
            "annotator": each.annotator,
            "question": each.question,
            "true": true,
            "given": given,
            "probability": number,
        }
        for each in found
        for (true, given), number in each.confusion.items()
    ]


def signature(names: Iterable[str], documents: int, *parts: str) -> str:
    """What results were made of, on one line.

    >>> signature(["b", "a"], 2, "seed:1").rpartition("|")[0]
    'annotators:a,b|docs:2|seed:1'
    """
    from quotemark import __version__

    people = ",".join(map(printable, sorted(names)))
    return "|".join([f"annotators:{people}", f"docs:{documents}", *parts, f"v:{__version__}"])
