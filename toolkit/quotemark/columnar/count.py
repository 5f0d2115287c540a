"""The counts of one document after the other from columns, compiled.

What is counted is what `metrics.spans` and `metrics.protocols.semeval2013` count. Where spans
are in each other's way, only numbers that no choice among best matchings changes are taken from
here; a document where more would have to be known is *hard*: the ordinary scorer counts it.
"""

from __future__ import annotations

import numpy as np

from quotemark.columnar.columns import Columns, Rows
from quotemark.columnar.compiled import Flags, Hashes, Numbers, Smalls, brief, compiled, inlined
from quotemark.columnar.cover import cover, cover_flat
from quotemark.columnar.hashing import EMPTY, layer_hash
from quotemark.columnar.outcomes import judge
from quotemark.columnar.overlaps import compare, held, in_a_row, pass_by, prepare, sweep
from quotemark.columnar.pairs import match
from quotemark.columnar.plan import Plan
from quotemark.columnar.room import Room
from quotemark.columnar.source import Block


@brief
def pair_up(
    gold: Block, pred: Block, places: Numbers, hashes: Hashes, texted: Flags, sha: Hashes
) -> tuple[bool, np.uint64, int, int]:
    """Whether layers of one document are over the same text and end where it does; the sum of
    the hashes of gold's layers; the most spans, and the most fragments, of one document.

    Document d is layer d of gold and `places[d]` of the predictions (-1: none); `hashes` are those
    of ids. What is known of its text goes to `texted` and `sha`.
    """
    golds, preds = gold.columns, pred.columns
    total, spans, fragments = np.uint64(0), 1, 1
    for d in range(len(places)):
        p, length, reach, text = places[d], gold.lengths[d], golds.reach[d], golds.sha[d]
        total += layer_hash(hashes[d], text, golds.said[d], golds.entities[d])
        spans = max(spans, golds.spans[d + 1] - golds.spans[d])
        fragments = max(fragments, fragments_of(golds, d))
        if p >= 0:
            length, reach = max(length, pred.lengths[p]), max(reach, preds.reach[p])
            spans = max(spans, preds.spans[p + 1] - preds.spans[p])
            fragments = max(fragments, fragments_of(preds, p))
            if text != EMPTY and preds.sha[p] not in (EMPTY, text):
                return False, total, 0, 0
            text = text if preds.sha[p] == EMPTY else preds.sha[p]
        if 0 <= length < reach:
            return False, total, 0, 0
        texted[d], sha[d] = length >= 0, text
    return True, total, spans, fragments


@inlined
def fragments_of(columns: Columns, layer: int) -> int:
    """How many fragments a layer's spans have."""
    first, last = columns.spans[layer], columns.spans[layer + 1]
    return int(columns.fragments[last] - columns.fragments[first])


@compiled
def count(
    gold: Columns,
    pred: Columns,
    places: Numbers,
    rows: Rows,
    labels: int,
    plan: Plan,
    room: Room,
    out: Smalls,
    hard: Flags,
) -> None:
    """Fill a line of `out` for each document; where `hard` becomes true it says nothing.

    Document d is layer d of gold and `places[d]` of the predictions (-1: none).
    """
    is_judged = False
    for name in range(len(plan.judges)):
        is_judged = is_judged or plan.judges[name] >= 0
    for d in range(len(places)):
        g0, g1 = gold.spans[d], gold.spans[d + 1]
        p0, p1 = 0, 0
        if places[d] >= 0:
            p0, p1 = pred.spans[places[d]], pred.spans[places[d] + 1]
        flat = in_a_row(gold, g0, g1, room.gold) and in_a_row(pred, p0, p1, room.pred)
        if flat:
            edges, apart = pass_by(gold, pred, g0, g1, p0, p1, room.edges)
        else:
            flat = prepare(gold, g0, g1, labels, room.gold, room.edges.spare)
            flat = prepare(pred, p0, p1, labels, room.pred, room.edges.spare) and flat
            apart = False
            edges = sweep(gold, pred, g0, g1, p0, p1, room.gold, room.pred, room.edges)
        if edges < 0:
            hard[d] = True
            continue
        compare(gold, pred, g0, p0, edges, room.edges)
        held(gold, g0, g1, rows, room.gold, room.golds, room.gold_sizes)
        held(pred, p0, p1, rows, room.pred, room.preds, room.pred_sizes)
        for c in range(len(plan.kind)):
            kind, column = plan.kind[c], plan.column[c]
            least, of = plan.least[c, 0], plan.least[c, 1]
            if not match(
                gold, pred, g0, p0, edges, apart, kind, least, of, rows, column, room, out[d]
            ):
                hard[d] = True
        if plan.char >= 0 and flat:
            cover_flat(gold, pred, g0, p0, edges, rows, plan.char, room, out[d])
        elif plan.char >= 0:
            cover(gold, pred, g0, g1, p0, p1, labels, rows, plan.char, room, out[d])
        if is_judged and not judge(
            gold, pred, g0, g1, p0, p1, edges, apart, rows, plan, room, out[d]
        ):
            hard[d] = True
