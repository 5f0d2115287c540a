"""Code points that spans cover, as `metrics.spans.count_characters` counts them, compiled."""

from __future__ import annotations

import numpy as np

from quotemark.columnar.columns import Columns, Rows
from quotemark.columnar.compiled import Smalls, compiled, inlined
from quotemark.columnar.overlaps import NONE, holds
from quotemark.columnar.room import Room, Side


@compiled
def stretch(
    columns: Columns, first: int, side: Side, n: int, number: int, label: int, group: int
) -> tuple[int, int, int]:
    """The next run of code points that a row's spans cover: from, to, and where to go on."""
    begin, start, end = columns.fragments[first], -1, -1
    while n < number:
        k = side.order[n]
        j = first + side.owner[k]
        if columns.label[j] == label and (group < 0 or holds(columns, j, group)):
            if start >= 0 and columns.start[begin + k] > end:
                break
            start = np.int64(columns.start[begin + k]) if start < 0 else start
            end = max(end, np.int64(columns.end[begin + k]))
        n += 1
    return start, end, n


@inlined
def cover_flat(
    gold: Columns,
    pred: Columns,
    g0: int,
    p0: int,
    edges: int,
    rows: Rows,
    column: int,
    room: Room,
    out: Smalls,
) -> None:
    """Count the code points that each row's spans cover, where no two of a label overlap."""
    for r in range(len(rows.group)):
        out[column + 3 * r] = 0
        out[column + 3 * r + 1] = room.pred_sizes[r]
        out[column + 3 * r + 2] = room.gold_sizes[r]
    for e in range(edges):
        g, p, shared = g0 + room.edges.gold[e], p0 + room.edges.pred[e], room.edges.shared[e]
        alike = room.edges.label[e] >= 0
        whole = rows.first[gold.label[g]]
        out[column + 3 * whole] += shared * alike
        if alike and gold.holds[g] & pred.holds[p] != NONE:
            for r in range(whole + 1, rows.first[gold.label[g] + 1]):
                if holds(gold, g, rows.group[r]) and holds(pred, p, rows.group[r]):
                    out[column + 3 * r] += shared
    take_off(len(rows.group), column, out)


@inlined
def take_off(rows: int, column: int, out: Smalls) -> None:
    """Take what both sides have off what each has, in every row."""
    for r in range(rows):
        at = column + 3 * r
        out[at + 1] -= out[at]
        out[at + 2] -= out[at]


@compiled
def cover(
    gold: Columns,
    pred: Columns,
    g0: int,
    g1: int,
    p0: int,
    p1: int,
    labels: int,
    rows: Rows,
    column: int,
    room: Room,
    out: Smalls,
) -> None:
    """Count the code points that each row's spans cover, once however often."""
    gn = gold.fragments[g1] - gold.fragments[g0]
    pn = pred.fragments[p1] - pred.fragments[p0]
    for label in range(labels):
        for r in range(rows.first[label], rows.first[label + 1]):
            group, golds, preds, both = rows.group[r], 0, 0, 0
            g_start, g_end, g = stretch(gold, g0, room.gold, 0, gn, label, group)
            p_start, p_end, p = stretch(pred, p0, room.pred, 0, pn, label, group)
            while g_start >= 0 or p_start >= 0:
                if g_start >= 0 and p_start >= 0:
                    both += max(0, min(g_end, p_end) - max(g_start, p_start))
                if p_start < 0 or (g_start >= 0 and g_end <= p_end):
                    golds += g_end - g_start
                    g_start, g_end, g = stretch(gold, g0, room.gold, g, gn, label, group)
                else:
                    preds += p_end - p_start
                    p_start, p_end, p = stretch(pred, p0, room.pred, p, pn, label, group)
            at = column + 3 * r
            out[at], out[at + 1], out[at + 2] = both, preds - both, golds - both
