"""BBC Citron: quotes as cue, sources and content, exact and by overlap of tokens.

*exact* and *overlap* are what Citron prints, with what is wrong in it; the *-corrected* ones ask
the same and are put right. docs/deviations.md names the differences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from quotemark.assignment import Pair
from quotemark.metrics.case import Case
from quotemark.metrics.counts import Counts, Shares, Tally, total
from quotemark.metrics.measure import Measure, Rows
from quotemark.metrics.protocols.base import ALL, Published
from quotemark.metrics.protocols.pairing import best_pairs
from quotemark.metrics.protocols.words import runs, shared, words
from quotemark.model import Annotation, Asked, Fragment, Span
from quotemark.scheme import Scheme

PARTS = {"cue": ("cue", "cued_by"), "speaker": ("speaker", "said_by"), "quote": ()}
"""Cue, sources and content by the roles of their labels, and what must be asked for each."""


class Quote(NamedTuple):
    """A quote with a cue, in runs of tokens: Citron knows no quotes without."""

    cue: Fragment
    sources: tuple[Fragment, ...]
    content: tuple[Fragment, ...]

    def runs(self, part: str) -> tuple[Fragment, ...]:
        """The runs of one of `PARTS`."""
        return {"cue": (self.cue,), "speaker": self.sources, "quote": self.content}[part]


Quotes = Sequence[Quote]
Same = Callable[[Quote, Quote], bool]
"""Whether a predicted quote (second) is right about a gold one (first)."""


def quotes(text: str, layer: Annotation, spans: Iterable[Span], scheme: Scheme) -> list[Quote]:
    """Those of the quotes `spans` that have a cue, which reaches from its first to its last token.

    >>> from quotemark.model import Relation
    >>> from quotemark.scheme import default_scheme
    >>> spans = Span("q", "Quote", ((0, 5),)), Span("c", "Cue", ((9, 13),))
    >>> layer = Annotation("a", "", "ann", spans, (Relation("cued_by", "q", "c"),))
    >>> quotes('"No", he said.', layer, spans[:1], default_scheme())
    [Quote(cue=(5, 6), sources=(), content=((0, 4),))]
    """
    found = []
    for span in spans:
        cues = [runs(words(text, cue)) for cue in layer.tails(span.id, scheme.role("cued_by"))]
        for cue in sorted(filter(None, cues))[:1]:
            speakers = layer.tails(span.id, scheme.role("said_by"))
            sources = {run for speaker in speakers for run in runs(words(text, speaker))}
            content = runs(words(text, span))
            found.append(Quote((cue[0][0], cue[-1][1]), tuple(sorted(sources)), content))
    return found


def near(gold: Quote, pred: Quote) -> bool:
    """Citron's test of overlapping cues, which a predicted cue right behind gold's passes."""
    return pred.cue[0] <= gold.cue[1] and pred.cue[1] > gold.cue[0]


def meet(gold: Quote, pred: Quote) -> bool:
    """Whether the cues share a token."""
    return pred.cue[0] < gold.cue[1] and pred.cue[1] > gold.cue[0]


def candidates(golds: Quotes, preds: Quotes) -> Iterable[Pair]:
    """The pairs whose cues are `near`, as all are whose cues `meet` or are the same."""
    cues = [frozenset(range(gold.cue[0], gold.cue[1] + 1)) for gold in golds]
    return shared(cues, [frozenset(range(*pred.cue)) for pred in preds])


def same(of_cues: Same) -> Mapping[str, Same]:
    """When a part is right: the same runs, and for sources and content cues that go together."""
    return {
        "cue": lambda gold, pred: gold.cue == pred.cue,
        "speaker": lambda gold, pred: of_cues(gold, pred) and gold.sources == pred.sources,
        "quote": lambda gold, pred: of_cues(gold, pred) and gold.content == pred.content,
        ALL: lambda gold, pred: gold == pred,
    }


def exact(golds: Quotes, preds: Quotes) -> Mapping[str, Tally]:
    """Predicted quotes that are right about any gold one, and gold ones that none is right about.

    >>> one = Quote((0, 1), (), ((2, 5),))
    >>> exact([one], [one, one])["(all)"]
    Counts(tp=2, fp=0, fn=0)
    """
    found = {}
    for part, right in same(near).items():
        pairs = [pair for pair in candidates(golds, preds) if right(*_sides(pair, golds, preds))]
        tp, found_golds = len({pair.pred for pair in pairs}), len({pair.gold for pair in pairs})
        found[part] = Counts(tp, len(preds) - tp, len(golds) - found_golds)
    return found


def exact_corrected(golds: Quotes, preds: Quotes) -> Mapping[str, Tally]:
    """The most one-to-one pairs that are right, of quotes whose cues share a token.

    >>> one = Quote((0, 1), (), ((2, 5),))
    >>> exact_corrected([one], [one, one])["(all)"]
    Counts(tp=1, fp=1, fn=0)
    """
    found = {}
    for part, right in same(meet).items():
        pairs = [pair for pair in candidates(golds, preds) if right(*_sides(pair, golds, preds))]
        tp = len(best_pairs(dict.fromkeys(pairs, (1,))))
        found[part] = Counts(tp, len(preds) - tp, len(golds) - tp)
    return found


def overlap(golds: Quotes, preds: Quotes) -> Mapping[str, Tally]:
    """Shared tokens of every gold with every predicted quote, over the tokens of each side.

    Whole quotes have precision and recall the wrong way round.

    >>> overlap([Quote((0, 1), (), ((2, 6),))], [Quote((0, 1), (), ((2, 3),))])["(all)"].recall
    1.0
    """
    found, whole = {}, Shares()
    for part in PARTS:
        gold, pred = _tokens(golds, part), _tokens(preds, part)
        common = sum(times * pred[token] for token, times in gold.items())
        found[part] = Shares(common, pred.total(), common, gold.total())
        whole += Shares(common, gold.total(), common, pred.total())
    return {**found, ALL: whole}


def overlap_corrected(golds: Quotes, preds: Quotes) -> Mapping[str, Tally]:
    """Tokens of each part, however many quotes they are part of; `(all)` is the sum."""
    found = {}
    for part in PARTS:
        gold, pred = set(_tokens(golds, part)), set(_tokens(preds, part))
        found[part] = Counts(len(gold & pred), len(pred - gold), len(gold - pred))
    return {**found, ALL: total(found.values())}


def count(case: Case, compare: Callable[[Quotes, Quotes], Mapping[str, Tally]]) -> Rows:
    """Cue, sources and content by their labels, and `(all)` for whole quotes."""
    scheme, role = case.scheme, case.scheme.role
    if not all(role(name) for name in (*PARTS, "said_by", "cued_by")):
        return {}
    found: Mapping[str, Tally] = {}
    if case.text is not None:
        golds = quotes(case.text, case.gold, case.golds(role("quote")), scheme)
        preds = quotes(case.text, case.pred, case.preds(role("quote")), scheme)
        found = compare(golds, preds)
    rows = {}
    for part in (*PARTS, ALL):
        told = case.both(partial(_asks, scheme=scheme, part=part))
        rows[role(part) if part in PARTS else part] = found.get(part) if told else None
    return rows


def _asks(asked: Asked, scheme: Scheme, part: str) -> bool:
    """Whether somebody was asked for quotes with cues, and for a part of them."""
    needed = {"quote", *PARTS["cue"], *(PARTS[part] if part in PARTS else PARTS["speaker"])}
    labels = [scheme.role(name) for name in needed if name in PARTS]
    relations = [scheme.role(name) for name in needed if name not in PARTS]
    return all(map(asked.label, labels)) and all(map(asked.relation, relations))


def _sides(pair: Pair, golds: Quotes, preds: Quotes) -> tuple[Quote, Quote]:
    return golds[pair.gold], preds[pair.pred]


def _tokens(found: Quotes, part: str) -> Counter[int]:
    """How many of the runs of a part each token is in."""
    return Counter(i for quote in found for run in quote.runs(part) for i in range(*run))


PROTOCOL = Published(
    "citron",
    "BBC Citron; bbc/citron, citron/metrics.py",
    {
        "exact": Measure(partial(count, compare=exact), tokens=True),
        "exact-corrected": Measure(
            partial(count, compare=exact_corrected), symmetric=True, tokens=True
        ),
        "overlap": Measure(
            partial(count, compare=overlap), perfect=False, symmetric=True, tokens=True
        ),
        "overlap-corrected": Measure(
            partial(count, compare=overlap_corrected), symmetric=True, tokens=True
        ),
    },
)
