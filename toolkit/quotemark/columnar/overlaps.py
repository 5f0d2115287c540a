"""Which spans of the two sides of a document share code points, and how many, compiled."""

from __future__ import annotations

import numpy as np

from quotemark.columnar.columns import Columns, Rows
from quotemark.columnar.compiled import Numbers, compiled, inlined
from quotemark.columnar.room import Edges, Room, Side
from quotemark.columnar.sorting import sort

BIT, NONE = np.uint64(1), np.uint64(0)


@inlined
def in_a_row(columns: Columns, first: int, last: int, side: Side) -> bool:
    """Whether a document's spans stand one behind the other, each in one piece; takes sizes."""
    before = 0
    for j in range(first, last):
        k = columns.fragments[j]
        if columns.fragments[j + 1] != k + 1 or columns.start[k] < before:
            return False
        before = columns.end[k]
        side.size[j - first] = before - columns.start[k]
    return True


@inlined
def pass_by(
    gold: Columns, pred: Columns, g0: int, g1: int, p0: int, p1: int, edges: Edges
) -> tuple[int, bool]:
    """Find the pairs that share code points where both sides' spans stand in a row: how many there
    are, and whether no span is in two.

    The span that ends first is done with. Each pair is written down, and kept if it shares any:
    a branch would be guessed wrong too often.
    """
    gf, pf = gold.fragments[g0], pred.fragments[p0]
    found, g, p, apart, g_last, p_last = 0, 0, 0, True, -1, -1
    while g < g1 - g0 and p < p1 - p0:
        g_end, p_end = gold.end[gf + g], pred.end[pf + p]
        shared = min(g_end, p_end) - max(gold.start[gf + g], pred.start[pf + p])
        edges.gold[found], edges.pred[found], edges.shared[found] = g, p, shared
        if shared > 0:
            apart = apart and g != g_last and p != p_last
            found, g_last, p_last = found + 1, g, p
        g, p = g + (g_end <= p_end), p + (p_end <= g_end)
    return found, apart


@inlined
def compare(gold: Columns, pred: Columns, g0: int, p0: int, number: int, edges: Edges) -> None:
    """Put the label that the spans of each pair have in common into `edges.label`."""
    for e in range(number):
        label = gold.label[g0 + edges.gold[e]]
        edges.label[e] = label if label == pred.label[p0 + edges.pred[e]] else -1


@inlined
def prepare(
    columns: Columns, first: int, last: int, labels: int, side: Side, spare: Numbers
) -> bool:
    """Put a document's fragments in order; whether no two spans of one label overlap."""
    begin = columns.fragments[first]
    number = columns.fragments[last] - begin
    for j in range(first, last):
        size = 0
        for k in range(columns.fragments[j], columns.fragments[j + 1]):
            side.owner[k - begin] = j - first
            side.key[k - begin] = columns.start[k]
            size += columns.end[k] - columns.start[k]
        side.size[j - first] = size
    sort(side.key, side.order, spare, number)
    for label in range(labels):
        side.ends[label] = 0
    flat = True
    for n in range(number):
        k = begin + side.order[n]
        label = columns.label[first + side.owner[side.order[n]]]
        flat = flat and columns.start[k] >= side.ends[label]
        side.ends[label] = max(side.ends[label], np.int64(columns.end[k]))
    return flat


@inlined
def sweep(
    gold: Columns,
    pred: Columns,
    g0: int,
    g1: int,
    p0: int,
    p1: int,
    golds: Side,
    preds: Side,
    edges: Edges,
) -> int:
    """Find the pairs that share code points, sorted; how many, -1 where there is no room."""
    gf, pf = gold.fragments[g0], pred.fragments[p0]
    gn, pn = gold.fragments[g1] - gf, pred.fragments[p1] - pf
    found, g, p, g_active, p_active = 0, 0, 0, 0, 0
    while g < gn or p < pn:
        if p == pn or (g < gn and golds.key[golds.order[g]] <= preds.key[preds.order[p]]):
            this = golds.order[g]
            start, end = gold.start[gf + this], gold.end[gf + this]
            kept = 0
            for a in range(p_active):
                other = preds.active[a]
                if pred.end[pf + other] > start:
                    preds.active[kept] = other
                    kept += 1
                    if found == len(edges.gold):
                        return -1
                    edges.gold[found], edges.pred[found] = golds.owner[this], preds.owner[other]
                    edges.shared[found] = min(end, pred.end[pf + other]) - start
                    found += 1
            p_active = kept
            golds.active[g_active] = this
            g_active += 1
            g += 1
        else:
            this = preds.order[p]
            start, end = pred.start[pf + this], pred.end[pf + this]
            kept = 0
            for a in range(g_active):
                other = golds.active[a]
                if gold.end[gf + other] > start:
                    golds.active[kept] = other
                    kept += 1
                    if found == len(edges.gold):
                        return -1
                    edges.gold[found], edges.pred[found] = golds.owner[other], preds.owner[this]
                    edges.shared[found] = min(end, gold.end[gf + other]) - start
                    found += 1
            g_active = kept
            preds.active[p_active] = this
            p_active += 1
            p += 1
    return gathered(edges, found, p1 - p0)


@compiled
def gathered(edges: Edges, found: int, preds: int) -> int:
    """Edges sorted by gold, then pred, those of one pair made one; how many they are then."""
    for e in range(found):
        edges.key[e] = edges.gold[e] * preds + edges.pred[e]
    sort(edges.key, edges.order, edges.spare, found)
    is_sorted = True
    for e in range(1, found):
        is_sorted = is_sorted and edges.key[e - 1] < edges.key[e]
    if is_sorted:
        return found
    for e in range(found):
        edges.spare[e] = edges.shared[edges.order[e]]
    for e in range(found):
        edges.tangled[e] = edges.key[edges.order[e]]
    kept = 0
    for e in range(found):
        if kept > 0 and edges.key[kept - 1] == edges.tangled[e]:
            edges.shared[kept - 1] += edges.spare[e]
            continue
        edges.key[kept] = edges.tangled[e]
        edges.gold[kept], edges.pred[kept] = edges.tangled[e] // preds, edges.tangled[e] % preds
        edges.shared[kept] = edges.spare[e]
        kept += 1
    return kept


@inlined
def holds(columns: Columns, j: int, group: int) -> bool:
    """Whether a span is in a group."""
    return (columns.holds[j] >> np.uint64(group)) & BIT == BIT


@inlined
def held(
    columns: Columns, first: int, last: int, rows: Rows, side: Side, out: Numbers, sizes: Numbers
) -> None:
    """How many spans are in each row, and how many code points they have in all."""
    for r in range(len(rows.group)):
        out[r] = 0
        sizes[r] = 0
    for j in range(first, last):
        whole = rows.first[columns.label[j]]
        out[whole] += 1
        sizes[whole] += side.size[j - first]
        if columns.holds[j] != NONE:
            for r in range(whole + 1, rows.first[columns.label[j] + 1]):
                if holds(columns, j, rows.group[r]):
                    out[r] += 1
                    sizes[r] += side.size[j - first]


@inlined
def same_place(e: int, room: Room) -> bool:
    """Whether the spans of a pair have the same code points."""
    size = room.edges.shared[e]
    return room.gold.size[room.edges.gold[e]] == size == room.pred.size[room.edges.pred[e]]
