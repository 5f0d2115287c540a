"""A labelling configuration read: what is shown, from which key of the data, and what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from quotemark.errors import error
from quotemark.files import read_bytes

KINDS = ("Text", "HyperText", "Paragraphs")
"""The tags whose words can be labelled."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that a screen shows: a tag, the key of the data, and where utterances have what."""

    kind: str
    key: str
    name_key: str = "author"
    text_key: str = "text"


@dataclass(frozen=True, slots=True)
class Interface:
    """What a labelling configuration shows and asks.

    `labels` are those that regions can have; `controls` are the other controls, each with the
    labels whose regions it is for (none: all). `aims` has the text that each control of labels
    is for. `relations` is None where any label will do.
    """

    shown: Mapping[str, Shown]
    labels: tuple[str, ...]
    controls: Mapping[str, tuple[str, ...]]
    aims: Mapping[str, str]
    relations: tuple[str, ...] | None


def read_interface(path: Path) -> Interface:
    """Read a labelling configuration, as Label Studio shows it under Settings, Labeling Interface.

    Raises `QuotemarkError` where it cannot be read or shows no text.
    """
    data = read_bytes(path)
    try:
        return parse_interface(data.decode("utf-8-sig"))
    except (ValueError, ParseError) as failure:
        remedy = "save the code of the project's labelling interface in this file"
        raise error("config", str(failure), remedy, file=path) from None


def parse_interface(xml: str) -> Interface:
    """What a labelling configuration shows and asks. Raises `ValueError` or `ParseError`.

    >>> read = parse_interface('''<View>
    ...   <Labels name="ner" toName="body"><Label value="Claim"/></Labels>
    ...   <Text name="body" value="$article"/>
    ... </View>''')
    >>> read.shown["body"].key, read.labels, read.relations
    ('article', ('Claim',), None)
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(xml)
    except DefusedXmlException as failure:
        raise ValueError(f"declares XML entities: {failure}") from None
    shown = {
        name: Shown(
            tag.tag,
            tag.get("value", "")[1:],
            tag.get("nameKey") or tag.get("namekey") or "author",
            tag.get("textKey") or tag.get("textkey") or "text",
        )
        for tag in root.iter()
        if tag.tag in KINDS and (name := tag.get("name")) and tag.get("value", "")[:1] == "$"
    }
    if not shown:
        raise ValueError(f"shows no {', '.join(KINDS)} with a value such as $text")
    labels: list[str] = []
    controls: dict[str, tuple[str, ...]] = {}
    aims: dict[str, str] = {}
    for tag in root.iter():
        name = tag.get("name")
        if not name or not tag.get("toName"):
            continue
        if tag.tag.endswith("Labels"):
            labels += _values(tag, "Label")
            aims[name] = tag.get("toName", "").split(",")[0]
        else:
            wanted = tag.get("whenLabelValue", "")
            controls[name] = tuple(part for part in wanted.split(",") if part)
    relations = [value for tag in root.iter("Relations") for value in _values(tag, "Relation")]
    return Interface(shown, tuple(labels), controls, aims, tuple(relations) or None)


def _values(tag: Any, child: str) -> Iterator[str]:
    """The values of a tag's children: an alias is what is saved in place of the value."""
    for item in tag.iter(child):
        value = item.get("alias") or item.get("value")
        if value:
            yield value
