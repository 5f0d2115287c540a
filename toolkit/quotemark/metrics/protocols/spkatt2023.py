"""SpkAtt 2023 task 1: cues aligned one-to-one, and the tokens of cues and their roles."""

from __future__ import annotations

from dataclasses import dataclass

from quotemark.metrics.case import Case
from quotemark.metrics.counts import Counts, total
from quotemark.metrics.measure import Measure, Rows
from quotemark.metrics.protocols.base import ALL, Published, is_asked, is_related
from quotemark.metrics.protocols.pairing import best_pairs
from quotemark.metrics.protocols.words import Words, shared, words
from quotemark.model import Annotation, Span
from quotemark.scheme import Scheme

ROLES = "(roles)"
"""The row of all roles together; no label can have this name."""


@dataclass(frozen=True, slots=True)
class Event:
    """A cue with its roles, in tokens: who says it (source), and what is said (message)."""

    cue: Words
    source: Words = frozenset()
    message: Words = frozenset()

    @property
    def parts(self) -> tuple[Words, Words, Words]:
        """Cue, source and message."""
        return self.cue, self.source, self.message


def events(text: str, layer: Annotation, cues: tuple[Span, ...], scheme: Scheme) -> list[Event]:
    """The cues of a layer, each with all quotes that it introduces and all their speakers.

    >>> from quotemark.model import Relation
    >>> from quotemark.scheme import default_scheme
    >>> spans = Span("q", "Quote", ((0, 5),)), Span("c", "Cue", ((9, 13),))
    >>> layer = Annotation("a", "", "ann", spans, (Relation("cued_by", "q", "c"),))
    >>> [event] = events('"No", he said.', layer, spans[1:], default_scheme())
    >>> sorted(event.cue), sorted(event.source), sorted(event.message)
    ([5], [], [0, 1, 2, 3])
    """
    quotes: dict[str, list[Span]] = {}
    for quote in layer.labelled(scheme.role("quote")):
        for cue in layer.tails(quote.id, scheme.role("cued_by")):
            quotes.setdefault(cue.id, []).append(quote)
    found = []
    for cue in cues:
        said = quotes.get(cue.id, [])
        speakers = [s for quote in said for s in layer.tails(quote.id, scheme.role("said_by"))]
        found.append(Event(words(text, cue), words(text, *speakers), words(text, *said)))
    return [event for event in found if event.cue]


def counts(golds: list[Event], preds: list[Event]) -> tuple[Counts, Counts, Counts]:
    """Tokens of cues, sources and messages under the alignment with the best joint F1.

    Cues can be aligned that share a token. As every token is a tp, or else a fp or a fn, the
    best joint F1 is that with most tp; of several, the one with most tp in cues, then sources.
    """
    worth = {}
    for pair in shared([gold.cue for gold in golds], [pred.cue for pred in preds]):
        cue, source, message = _shared(golds[pair.gold], preds[pair.pred])
        worth[pair] = (cue + source + message, cue, source)
    pairs = best_pairs(worth)
    right = [_shared(golds[pair.gold], preds[pair.pred]) for pair in pairs]
    tp = [sum(part) for part in zip(*right, strict=True)] if right else [0, 0, 0]
    of_gold, of_pred = (
        [sum(len(event.parts[n]) for event in side) for n in range(3)] for side in (golds, preds)
    )
    cues, sources, messages = (
        Counts(tp[n], of_pred[n] - tp[n], of_gold[n] - tp[n]) for n in range(3)
    )
    return cues, sources, messages


def count(case: Case) -> Rows:
    """Tokens of cues, of each role, of the roles together, and of all together."""
    role = case.scheme.role
    cue, speaker, quote = role("cue"), role("speaker"), role("quote")
    if not (cue and speaker and quote and role("cued_by") and role("said_by")):
        return {}
    rows: dict[str, Counts | None] = dict.fromkeys((cue, speaker, quote, ROLES, ALL))
    if case.text is None or not is_asked(case, cue):
        return rows
    told = is_asked(case, quote) and is_related(case, role("cued_by"))
    sourced = told and is_asked(case, speaker) and is_related(case, role("said_by"))
    golds = events(case.text, case.gold, case.golds(cue), case.scheme)
    preds = events(case.text, case.pred, case.preds(cue), case.scheme)
    golds, preds = ([_limited(e, told, sourced) for e in side] for side in (golds, preds))
    of_cues, of_sources, of_messages = counts(golds, preds)
    rows[cue] = of_cues
    rows[quote] = of_messages if told else None
    if sourced:
        rows[speaker] = of_sources
        rows[ROLES] = total((of_sources, of_messages))
        rows[ALL] = total((of_cues, of_sources, of_messages))
    return rows


def _shared(gold: Event, pred: Event) -> tuple[int, int, int]:
    cue, source, message = (len(g & p) for g, p in zip(gold.parts, pred.parts, strict=True))
    return cue, source, message


def _limited(event: Event, told: bool, sourced: bool) -> Event:
    """An event without the roles that nobody was asked for."""
    empty: Words = frozenset()
    return Event(event.cue, event.source if sourced else empty, event.message if told else empty)


PROTOCOL = Published(
    "spkatt2023",
    "Rehbein et al. 2023, Overview of the GermEval 2023 Shared Task on Speaker Attribution in "
    "Newswire and Parliamentary Debates, 5.2",
    {"": Measure(count, symmetric=True, tokens=True)},
)
