"""Dialogues, as the tag *Paragraphs* shows them: utterances as one text, and places in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quotemark.labelstudio.exports.places import Source, Unit, point, scales
from quotemark.labelstudio.regions import plain_words
from quotemark.model import Fragment, Json

BETWEEN = "\n\n"
"""What stands between two utterances: an empty line, so that each is a paragraph."""


def dialogue(utterances: Sequence[Mapping[str, Any]], text_key: str, name_key: str) -> Source:
    """A dialogue as a document: the utterances' texts in order, an empty line between two.

    Who spoke is not in the text, where nobody could have labelled it: `meta` has every utterance
    with its `start` and `end` in the text and all its other keys, and every author once as one of
    the document's `entities`.

    >>> said = [{"author": "Ann", "text": "Yes."}, {"author": "Bo", "text": "No."}]
    >>> source = dialogue(said, "text", "author")
    >>> source.text, [entity["name"] for entity in source.meta["entities"]]
    ('Yes.\\n\\nNo.', ['Ann', 'Bo'])
    >>> value = {"start": "1", "end": "1", "startOffset": 0, "endOffset": 2}
    >>> source.locate(value, "code-points")
    [(6, 8)]
    """
    texts = [utterance[text_key] for utterance in utterances]
    counted = [scales(text) for text in texts]
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + len(BETWEEN))

    def locate(value: Mapping[str, Any], unit: Unit) -> list[Fragment]:
        found = []
        for end in ("start", "end"):
            number = _index(value.get(end))
            if number is None or number >= len(texts):
                return []
            place = point(counted[number][unit], value.get(f"{end}Offset"))
            if place is None:
                return []
            found.append(starts[number] + place)
        return [(found[0], found[1])]

    spoken: list[Json] = [
        {
            **{key: value for key, value in utterance.items() if key != text_key},
            "start": start,
            "end": start + len(text),
        }
        for utterance, text, start in zip(utterances, texts, starts, strict=False)
    ]
    authors = dict.fromkeys(str(u[name_key]) for u in utterances if u.get(name_key))
    entities = [{"id": name, "name": name} for name in authors if name.strip()]
    meta = {"utterances": spoken, **({"entities": entities} if entities else {})}
    return Source(BETWEEN.join(texts), locate, meta, said)


def said(words: str, there: str) -> bool:
    """Whether a region's words are those at its place, but for what stands between utterances.

    There, the region's own words have what the screen shows: times, or who speaks next.

    >>> said("to you.\\n00:01 - 00:02\\nAnd you", "to you.\\n\\nAnd you")
    True
    """
    shown, parts = plain_words(words), [plain_words(part) for part in there.split(BETWEEN)]
    if not (shown.startswith(parts[0]) and shown.endswith(parts[-1])):
        return False
    at = 0
    for part in parts:
        at = shown.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return len(parts) > 1 or shown == parts[0]


def is_dialogue(value: Any, text_key: str) -> bool:
    """Whether a value of a task's data is what *Paragraphs* shows."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and isinstance(item.get(text_key), str) for item in value)
    )


def _index(value: Any) -> int | None:
    """A paragraph's number, which is saved as a string."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
