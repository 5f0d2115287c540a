"""Documents into train, dev and test: grouped, stratified, near-duplicates on one side."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from unicodedata import normalize

import numpy as np

from quotemark.errors import error
from quotemark.model import Document
from quotemark.release.manifest import PARTS
from quotemark.segment import WORD

SHINGLE = 5
"""How many words in a row are a shingle."""

NEAR = 0.5
"""From which share of the shorter text's shingles two texts are near-duplicates."""

FOLDS = 20
"""How many folds parts are made of, at most: shares are kept to a twentieth."""

BLOCK = 256


def clusters(
    documents: Sequence[Document], *, group_by: str = "", near: float = NEAR
) -> dict[str, int]:
    """The cluster of every document, by id: what must stay on one side.

    Documents are together that have the same text, whose texts share `near` or more of the
    shorter one's distinct shingles of `SHINGLE` words (the overlap coefficient; words by NFKC
    and case folding, so that reprints with cuts are found), or whose `meta` has the same value
    under `group_by`; and whoever is together with one of these. Clusters are numbered from 0
    in the order of their first id.

    >>> clusters([Document("a", "Yes."), Document("b", "yes!"), Document("c", "No.")])
    {'a': 0, 'b': 0, 'c': 1}
    """
    ordered = sorted(documents, key=lambda doc: doc.id)
    parent = list(range(len(ordered)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(one: int, two: int) -> None:
        first, second = sorted((root(one), root(two)))
        parent[second] = first

    for key in (lambda doc: doc.sha256, lambda doc: _group(doc, group_by)):
        firsts: dict[str, int] = {}
        for place, doc in enumerate(ordered):
            if value := key(doc):
                join(place, firsts.setdefault(value, place))
    for one, two in _near([doc.text for doc in ordered], near):
        join(one, two)
    numbers: dict[int, int] = {}
    return {
        doc.id: numbers.setdefault(root(place), len(numbers)) for place, doc in enumerate(ordered)
    }


def _group(document: Document, key: str) -> str:
    value = document.meta.get(key) if key else None
    return "" if value is None else repr(value)


def shingles(text: str) -> set[str]:
    """The distinct runs of `SHINGLE` words; all words as one where there are fewer.

    >>> sorted(shingles("One two three, four five six"))
    ['one two three four five', 'two three four five six']
    >>> shingles("…")
    set()
    """
    words = WORD.findall(normalize("NFKC", text).casefold())
    last = max(1, len(words) - SHINGLE + 1)
    return {" ".join(words[n : n + SHINGLE]) for n in range(last)} if words else set()


def _near(texts: Sequence[str], near: float) -> list[tuple[int, int]]:
    if sum(bool(WORD.search(text)) for text in texts) < 2:
        return []
    from sklearn.feature_extraction.text import CountVectorizer  # type: ignore[import-untyped]

    table = CountVectorizer(analyzer=shingles, binary=True, dtype=np.int32).fit_transform(texts)
    sizes = np.asarray(table.sum(axis=1)).ravel()
    found: list[tuple[int, int]] = []
    for start in range(0, len(texts), BLOCK):
        shared = (table[start : start + BLOCK] @ table.T).tocoo()
        ones, twos = shared.row + start, shared.col
        close = (ones < twos) & (shared.data >= near * np.minimum(sizes[ones], sizes[twos]))
        found += zip(ones[close].tolist(), twos[close].tolist(), strict=True)
    return found


def split_documents(
    strata: Mapping[str, Sequence[str]],
    cluster_of: Mapping[str, int],
    fractions: Sequence[float],
    *,
    seed: int = 1,
) -> dict[str, str]:
    """The part of each document, by id.

    `strata` has what each document's spans are, such as their labels and forms. scikit-learn's
    `StratifiedGroupKFold` over all spans, and over the documents as a kind of their own, makes
    folds that are alike; parts get as many folds as is their share, each part one at least
    where there are enough clusters. `fractions` are of train, dev and test, or of train and
    test. The order of documents changes nothing. No documents: nothing.

    >>> parts = split_documents({"a": [], "b": []}, {"a": 0, "b": 1}, [0.5, 0.5])
    >>> sorted(parts.values())
    ['test', 'train']
    """
    shares = check_fractions(fractions)
    names = PARTS if len(shares) == 3 else (PARTS[0], PARTS[2])
    ids = sorted(strata)
    number = min(lcm(*(s.denominator for s in shares)), FOLDS, len({cluster_of[d] for d in ids}))
    if number < 2:
        return dict.fromkeys(ids, names[0])
    samples = [(doc, kind) for doc in ids for kind in ("", *sorted(strata[doc]))]
    part_of_fold = [
        n for n, many in zip(names, _folds(shares, number), strict=True) for _ in range(many)
    ]
    from sklearn.model_selection import StratifiedGroupKFold  # type: ignore[import-untyped]

    found: dict[str, str] = {}
    folds = StratifiedGroupKFold(number, shuffle=True, random_state=seed)
    kinds, groups = [kind for _, kind in samples], [cluster_of[doc] for doc, _ in samples]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of kinds with fewer spans than folds
        for part, (_, places) in zip(
            part_of_fold, folds.split(samples, kinds, groups), strict=True
        ):
            found |= {samples[place][0]: part for place in places}
    return found


def continued(
    before: Mapping[str, str],
    strata: Mapping[str, Sequence[str]],
    cluster_of: Mapping[str, int],
    fractions: Sequence[float],
    *,
    seed: int = 1,
) -> dict[str, str]:
    """The part of each document, where `before` has the parts of an earlier release.

    Its documents stay in their parts, and so does what is in a cluster with one of them; the rest
    is drawn as by `split_documents`. Without `before`, everything is. Raises `QuotemarkError` for
    a cluster that is in two parts by now.

    >>> continued({"a": "test"}, {"a": [], "b": []}, {"a": 0, "b": 0}, [0.5, 0.5])
    {'a': 'test', 'b': 'test'}
    """
    kept: dict[int, str] = {}
    for doc in sorted(before.keys() & strata.keys()):
        other = kept.setdefault(cluster_of[doc], before[doc])
        if other != before[doc]:
            message = f"was in {before[doc]}, and one that it must stay with now was in {other}"
            remedy = "leave out the document that brings them together, or draw new splits"
            raise error("cluster", message, remedy, doc=doc)
    new = {doc: kinds for doc, kinds in strata.items() if cluster_of[doc] not in kept}
    drawn = split_documents(new, cluster_of, fractions, seed=seed)
    return {doc: kept.get(cluster_of[doc]) or drawn[doc] for doc in sorted(strata)}


def _folds(shares: Sequence[Fraction], number: int) -> list[int]:
    """How many of `number` folds each part gets: by largest remainder, one at least if it can."""
    exact = [share * number for share in shares]
    least = 1 if number >= len(shares) else 0
    many = [max(least, int(each)) for each in exact]
    while sum(many) != number:
        step = 1 if sum(many) < number else -1
        gaps = [step * (each - got) for each, got in zip(exact, many, strict=True)]
        open_ = [n for n, got in enumerate(many) if step > 0 or got > least]
        many[max(open_, key=lambda n: (gaps[n], -n))] += step
    return many


def check_fractions(fractions: Sequence[float]) -> list[Fraction]:
    """Shares of two or three parts that make 1. Raises `QuotemarkError`.

    >>> check_fractions([0.8, 0.1, 0.1])
    [Fraction(4, 5), Fraction(1, 10), Fraction(1, 10)]
    """
    usable = all(0 < share < 1 for share in fractions)  # so is no NaN
    shares = [Fraction(str(share)) for share in fractions] if usable else []
    if len(shares) not in (2, 3) or sum(shares) != 1:
        said = ",".join(map(str, fractions))
        remedy = "give two or three shares above 0 that add up to 1, such as 0.8,0.1,0.1"
        raise error("splits", f"{said} are no shares", remedy)
    return shares
