"""Every code of a finding, what it means, and what to do. docs/checks.md is this table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Check(NamedTuple):
    """What a finding's code stands for, and the remedy."""

    finding: str
    remedy: str


CHECKS: Mapping[str, Check] = {
    "text-hash": Check(
        "The annotation was made over another version of the text",
        "restore that version of the text, or annotate this one",
    ),
    "no-text": Check("The document is not among the texts given", "give its text with --texts"),
    "scheme": Check(
        "The annotation names another scheme than the one it is checked against",
        "check it against its own scheme with --scheme",
    ),
    "status": Check(
        "The status is none that is known",
        "use submitted, draft, cancelled, gold or predicted",
    ),
    "asked": Check(
        "What was asked names a window outside the text, or a name that the scheme does not have",
        "name windows of the text, and names of the scheme",
    ),
    "not-asked": Check(
        "A span, attribute or relation is given that was not asked for",
        "widen what was asked, or drop it",
    ),
    "twice": Check(
        "One annotator has two annotations of one document and status", "keep one of them"
    ),
    "label": Check("The scheme has no such label", "use one of the scheme's labels"),
    "duplicate-id": Check("Two spans have one id", "give each span an id of its own"),
    "offset": Check("The span reaches outside the text", "correct its offsets"),
    "empty-fragment": Check("A fragment has no characters", "drop it, or correct its offsets"),
    "overlap": Check("Fragments of one span overlap", "correct their offsets"),
    "edge-space": Check("White space stands at a span's edge", "leave it outside the span"),
    "edge-punctuation": Check("Punctuation stands at a span's edge", "leave it outside the span"),
    "edge-mark": Check(
        "A span takes in one quotation mark of a pair and not the other",
        "take in both marks, or neither",
    ),
    "edge-word": Check("A span begins or ends inside a word", "take in the whole word"),
    "surface": Check(
        "The words that the span states in `meta.surface` are not those at its offsets",
        "correct the offsets, or the words",
    ),
    "same-span": Check(
        "Two spans are equal in label, place, attributes and the relations from them",
        "drop one, or say how they differ",
    ),
    "attribute": Check("The label has no such attribute", "use one of the label's attributes"),
    "value": Check("The value is none that the attribute takes", "use a value of the scheme"),
    "required": Check("A required attribute is null", "give it a value"),
    "when": Check(
        "An attribute has a value although the condition for it does not hold",
        "drop the value, or correct the attribute that it depends on",
    ),
    "entity": Check(
        "A name is that of no entity",
        "add the entity, or use the canonical name of a known one",
    ),
    "entity-twice": Check(
        "Two entities have one id or one name", "make them one, or tell them apart"
    ),
    "entity-name": Check("An entity has no id or no name", "give it both"),
    "relation": Check("The scheme has no such relation", "use one of the scheme's relations"),
    "dangling": Check("A relation's end is no span of the annotation", "drop it, or add the span"),
    "relation-end": Check(
        "A relation joins labels that it must not join", "join the labels that the scheme names"
    ),
    "self-relation": Check("A relation leads from a span to itself", "drop it"),
    "relation-twice": Check("The same relation is given twice", "drop one"),
    "too-many": Check("More relations leave a span than the scheme allows", "keep the right ones"),
    "no-speaker": Check(
        "A quote whose source is a mention has no relation to a speaker",
        "link the speaker, or change the source",
    ),
    "stray-speaker": Check(
        "A quote whose source is no mention has a relation to a speaker",
        "drop the relation, or make the source a mention",
    ),
    "no-source-entity": Check(
        "A quote whose source is elsewhere does not name it",
        "name the entity, or make the source not_stated",
    ),
    "no-holder": Check(
        "A stance is in no quote, and neither a speaker nor a name holds it",
        "link its quote or its speaker, or name the holder",
    ),
    "unlinked": Check(
        "An answer links the nearest span of a label, where there is none",
        "label that span, or take the answer back",
    ),
}
