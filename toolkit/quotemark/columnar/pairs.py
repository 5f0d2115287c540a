"""Pairs of spans under a criterion, as `metrics.spans.count_spans` counts them, compiled."""

from __future__ import annotations

import numpy as np

from quotemark.columnar.assignment import most_pairs
from quotemark.columnar.columns import Columns, Rows
from quotemark.columnar.compiled import Smalls, compiled, inlined
from quotemark.columnar.cover import take_off
from quotemark.columnar.overlaps import BIT, NONE, holds
from quotemark.columnar.plan import FIRST, GOLD, IOU, LAST
from quotemark.columnar.room import Room


@inlined
def match(
    gold: Columns,
    pred: Columns,
    g0: int,
    p0: int,
    edges: int,
    apart: bool,
    kind: int,
    least: int,
    of: int,
    rows: Rows,
    column: int,
    room: Room,
    out: Smalls,
) -> bool:
    """Count pairs under a criterion; False where groups depend on which of them are taken.

    `apart` is whether no span is in two pairs.
    """
    golds, preds, e_gold, e_pred = room.gold, room.pred, room.edges.gold, room.edges.pred
    if not apart:
        for e in range(edges):
            golds.degree[e_gold[e]] = 0
            preds.degree[e_pred[e]] = 0
        for e in range(edges):
            room.edges.admitted[e] = admits(gold, pred, g0, p0, e, kind, least, of, room)
            if room.edges.admitted[e] == 1:
                golds.degree[e_gold[e]] += 1
                preds.degree[e_pred[e]] += 1
    for r in range(len(rows.group)):
        out[column + 3 * r] = 0
        out[column + 3 * r + 1] = room.preds[r]
        out[column + 3 * r + 2] = room.golds[r]
    tangled = 0
    for e in range(edges):
        if apart:
            taken = admits(gold, pred, g0, p0, e, kind, least, of, room)
            pair(gold, pred, g0 + e_gold[e], p0 + e_pred[e], taken, rows, column, out)
            continue
        if room.edges.admitted[e] == 0:
            continue
        if golds.degree[e_gold[e]] == 1 and preds.degree[e_pred[e]] == 1:
            pair(gold, pred, g0 + e_gold[e], p0 + e_pred[e], 1, rows, column, out)
        else:
            room.edges.tangled[tangled] = e
            tangled += 1
    if tangled > 0 and not untangle(gold, pred, g0, p0, tangled, rows, column, room, out):
        return False
    take_off(len(rows.group), column, out)
    return True


@inlined
def admits(
    gold: Columns,
    pred: Columns,
    g0: int,
    p0: int,
    e: int,
    kind: int,
    least: int,
    of: int,
    room: Room,
) -> bool:
    """Whether a pair has one label and meets a criterion."""
    g, p, shared = room.edges.gold[e], room.edges.pred[e], room.edges.shared[e]
    if room.edges.label[e] < 0:
        return False
    if kind == FIRST:
        return gold.start[gold.fragments[g0 + g]] == pred.start[pred.fragments[p0 + p]]
    if kind == LAST:
        return gold.end[gold.fragments[g0 + g + 1] - 1] == pred.end[pred.fragments[p0 + p + 1] - 1]
    whole = room.pred.size[p]
    if kind == IOU:
        whole += room.gold.size[g] - shared
    elif kind == GOLD:
        whole = room.gold.size[g]
    return shared * of >= least * whole


@inlined
def pair(
    gold: Columns, pred: Columns, g: int, p: int, times: int, rows: Rows, column: int, out: Smalls
) -> None:
    """Count a pair, as often as it comes, in the rows that it belongs to (see `take_off`)."""
    whole = rows.first[gold.label[g]]
    out[column + 3 * whole] += times
    if times == 0 or pred.holds[p] == NONE:
        return
    for r in range(whole + 1, rows.first[gold.label[g] + 1]):
        if holds(pred, p, rows.group[r]):
            at = column + 3 * r
            if holds(gold, g, rows.group[r]):
                out[at] += times
            elif (gold.has[g] >> np.uint64(rows.attribute[r])) & BIT != BIT:
                out[at + 1] -= times


@compiled
def untangle(
    gold: Columns,
    pred: Columns,
    g0: int,
    p0: int,
    tangled: int,
    rows: Rows,
    column: int,
    room: Room,
    out: Smalls,
) -> bool:
    """Count the pairs of tangled edges, label by label; False where groups depend on them."""
    edges = room.edges
    for label in range(len(rows.first) - 1):
        number, alike = 0, True
        for t in range(tangled):
            g, p = edges.gold[edges.tangled[t]], edges.pred[edges.tangled[t]]
            if gold.label[g0 + g] != label:
                continue
            edges.tangled_gold[number], edges.tangled_pred[number] = g, p
            alike = (
                alike
                and gold.holds[g0 + g] == gold.holds[g0 + edges.tangled_gold[0]]
                and gold.has[g0 + g] == gold.has[g0 + edges.tangled_gold[0]]
                and pred.holds[p0 + p] == pred.holds[p0 + edges.tangled_pred[0]]
            )
            number += 1
        if number == 0:
            continue
        if not alike:
            return False
        pairs = most_pairs(
            edges.tangled_gold, edges.tangled_pred, room.first, number, room.mate, room.paths
        )
        g, p = g0 + edges.tangled_gold[0], p0 + edges.tangled_pred[0]
        pair(gold, pred, g, p, pairs, rows, column, out)
    return True
