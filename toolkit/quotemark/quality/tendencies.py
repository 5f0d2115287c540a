"""An annotator's mistakes counted by kind, with examples in their context."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quotemark.model import Corpus, Fragment, Span
from quotemark.quality.comparing import Comparison, against, comparisons
from quotemark.quality.mistakes import KINDS, Mistake, mistakes, place
from quotemark.scheme import Scheme, default_scheme

CONTEXT = 40
"""How many code points of context an example has on either side, at most."""


@dataclass(frozen=True, slots=True)
class Example:
    """One mistake where it was made, and who of the others says otherwise.

    `place` is from where to where both sides' spans reach. `words` is that stretch in brackets
    with the context around it, None where the text is not known. `theirs` and `own` are what
    either side has: a label, value, speaker or relation's end, else the words of the span; None
    where a side has no span.
    """

    document: str
    place: Fragment
    others: tuple[str, ...]
    words: str | None
    theirs: str | None
    own: str | None


@dataclass(frozen=True, slots=True)
class Tendency:
    """How often an annotator makes one kind of mistake, by the word of the rest or of gold.

    `kind`, `label` and `detail` are as of `mistakes.Mistake`. `count` adds up over the others.
    `rate` is count / `of`, how often it could have been made (docs/annotators.md says which), and
    `share` what part it is of all the annotator's mistakes; both from 0 to 1. `examples` come with
    those first that most of the others see so.
    """

    annotator: str
    against: str
    kind: str
    label: str
    detail: str
    count: int
    of: int
    rate: float
    share: float
    examples: tuple[Example, ...]


def annotator_mistakes(
    corpus: Corpus,
    *,
    scheme: Scheme | None = None,
    gold: Corpus | None = None,
    judge: str | None = None,
) -> list[Tendency]:
    """Every annotator's mistakes against the rest, and against gold if given, most frequent first.

    Against the rest a mistake is a difference from one other annotator, who may be the one who is
    wrong; `count` is high where many others differ. Kinds that were never made have no row. Only
    submitted layers count, and only what both sides were asked. `judge` chooses among gold's
    layers. Raises `QuotemarkError` for layers that cannot be compared.

    >>> from quotemark.model import Annotation
    >>> a = Annotation("d", "", "a", (Span("x", "Cue", ((0, 4),)), Span("y", "Cue", ((9, 12),))))
    >>> b = Annotation("d", "", "b", (Span("x", "Cue", ((0, 4),)),))
    >>> [(t.annotator, t.kind, t.count, t.of) for t in annotator_mistakes(Corpus({}, (a, b)))]
    [('a', 'spurious', 1, 2), ('b', 'missed', 1, 2)]
    """
    scheme = scheme or default_scheme()
    return tend(comparisons(corpus, scheme=scheme, gold=gold, judge=judge))


def tend(found: Sequence[Comparison]) -> list[Tendency]:
    """As `annotator_mistakes`, of comparisons that are made already."""
    rows: list[Tendency] = []
    for (annotator, held_against), same in against(found).items():
        made: dict[tuple[str, str, str], list[tuple[str, Mistake]]] = {}
        chances: Counter[tuple[str, str]] = Counter()
        for comparison in same:
            each = mistakes(comparison)
            chances.update(each.chances)
            for mistake in each.mistakes:
                key = (mistake.kind, mistake.label, mistake.detail)
                made.setdefault(key, []).append((comparison.other, mistake))
        total = sum(map(len, made.values()))
        texts = {doc: case.text for comparison in same for doc, case in comparison.cases.items()}
        own = [
            Tendency(
                annotator,
                held_against,
                *key,
                len(cases),
                chances[key[0], key[1]],
                len(cases) / chances[key[0], key[1]],
                len(cases) / total,
                _examples(cases, texts),
            )
            for key, cases in made.items()
        ]
        rows += sorted(own, key=lambda t: (-t.count, KINDS.index(t.kind), t.label, t.detail))
    return rows


def _examples(
    found: Iterable[tuple[str, Mistake]], texts: Mapping[str, str | None]
) -> tuple[Example, ...]:
    """Each mistake once, whoever of the others it differs from."""
    same: dict[Any, list[tuple[str, Mistake]]] = {}
    for other, mistake in found:
        own, theirs = (span and place(span) for span in (mistake.own, mistake.theirs))
        # where others say the same of the annotator's span, they may well see its ends differently
        said = mistake.instead if any(mistake.instead) else theirs
        key = (mistake.document, own, said)
        same.setdefault(key, []).append((other, mistake))
    examples = [
        _example(group[0][1], sorted(other for other, _ in group), texts) for group in same.values()
    ]
    return tuple(
        sorted(
            examples,
            key=lambda e: (-len(e.others), e.document, e.place, e.theirs or "", e.own or ""),
        )
    )


def _example(mistake: Mistake, others: Sequence[str], texts: Mapping[str, str | None]) -> Example:
    spans = [span for span in (mistake.theirs, mistake.own) if span is not None]
    start = min(span.start for span in spans)
    end = max(span.end for span in spans)
    text = texts[mistake.document]
    theirs, own = (
        mistake.instead
        if any(mistake.instead)
        else (
            _surface(mistake.theirs, text),
            _surface(mistake.own, text),
        )
    )
    words = None if text is None else in_context(text, start, end)
    return Example(mistake.document, (start, end), tuple(others), words, theirs, own)


def in_context(text: str, start: int, end: int) -> str:
    """A stretch of a text in brackets, with whole words of context, on one line.

    >>> in_context("He said they had never talked of it", 8, 12)
    'He said [they] had never talked of it'
    >>> in_context("a" * 60 + " word " + "b" * 60, 61, 65)
    '… [word] …'
    """
    before, after = text[:start], text[end:]
    if len(before) > CONTEXT:
        before = f"… {before[-CONTEXT:].partition(' ')[2]}"
    if len(after) > CONTEXT:
        after = f"{after[:CONTEXT].rpartition(' ')[0]} …"
    return " ".join(f"{before}[{text[start:end]}]{after}".split())


def _surface(span: Span | None, text: str | None) -> str | None:
    if span is None:
        return None
    if text is None:
        return ", ".join(f"{start}–{end}" for start, end in span.fragments)
    return " ".join(span.surface(text).split())
