"""Outcomes of SemEval-2013, as `metrics.protocols.semeval2013` counts them, compiled."""

from __future__ import annotations

import numpy as np

from quotemark.columnar.assignment import assign
from quotemark.columnar.columns import Columns, Rows
from quotemark.columnar.compiled import Numbers, Smalls, compiled, inlined
from quotemark.columnar.overlaps import same_place
from quotemark.columnar.plan import Plan
from quotemark.columnar.room import WIDEST, Room
from quotemark.columnar.sorting import sort

STRICT, EXACT, PARTIAL, TYPE = range(4)
COR, INC, PAR, MIS, SPU = range(5)
LABEL, PLACE, BOTH = 1, 2, 3


@inlined
def verdict(name: int, same_place: bool, same_label: bool) -> int:
    """What one of the four schemes says of a pair that overlaps."""
    if name == TYPE:
        return COR if same_label else INC
    if same_place and (same_label or name != STRICT):
        return COR
    return PAR if name == PARTIAL else INC


@inlined
def judge(
    gold: Columns,
    pred: Columns,
    g0: int,
    g1: int,
    p0: int,
    p1: int,
    edges: int,
    apart: bool,
    rows: Rows,
    plan: Plan,
    room: Room,
    out: Smalls,
) -> bool:
    """Count outcomes over all labels, and of each by itself; False where a tangle is too wide.

    Pairs of spans that have no other are counted by what they share, a place, a label, both or
    none (`room.alike`, four for each row), and judged together.
    """
    labels = len(rows.first) - 1
    if apart:
        sort_out(edges, labels, room)
    for by_label in (False, True):
        tangled = 0 if apart else disentangle(edges, by_label, labels, g1 - g0, p1 - p0, room)
        for row in range(1, labels + 1) if by_label else range(1):
            in_gold = room.golds[rows.first[row - 1]] if by_label else g1 - g0
            in_pred = room.preds[rows.first[row - 1]] if by_label else p1 - p0
            write_down(row, in_gold, in_pred, plan, room, out)
        if tangled > 0 and not judge_tangled(
            gold, pred, g0, g1, p0, tangled, by_label, plan, room, out
        ):
            return False
    return True


@inlined
def sort_out(edges: int, labels: int, room: Room) -> None:
    """Count pairs by what they share, where no span is in two: of each label, and of all."""
    alike, label = room.alike, room.edges.label
    for k in range(4 * (labels + 1)):
        alike[k] = 0
    for e in range(edges):  # row 0 has those of two labels
        alike[4 * (label[e] + 1) + 2 * same_place(e, room) + (label[e] >= 0)] += 1
    for row in range(1, labels + 1):
        alike[LABEL] += alike[4 * row + LABEL]
        alike[BOTH] += alike[4 * row + BOTH]


@compiled
def disentangle(edges: int, by_label: bool, labels: int, golds: int, preds: int, room: Room) -> int:
    """Count pairs that are in nothing's way by what they share, of each label or of all; how many
    others there are."""
    of_gold, of_pred, label = room.edges.gold, room.edges.pred, room.edges.label
    for row in range(1, labels + 1) if by_label else range(1):
        for k in range(4):
            room.alike[4 * row + k] = 0
    for g in range(golds):
        room.gold.degree[g] = 0
    for p in range(preds):
        room.pred.degree[p] = 0
    for e in range(edges):
        if not by_label or label[e] >= 0:
            room.gold.degree[of_gold[e]] += 1
            room.pred.degree[of_pred[e]] += 1
    tangled = 0
    for e in range(edges):
        if by_label and label[e] < 0:
            continue
        if room.gold.degree[of_gold[e]] > 1 or room.pred.degree[of_pred[e]] > 1:
            room.edges.tangled[tangled] = e
            tangled += 1
        else:
            row = by_label * (label[e] + 1)
            room.alike[4 * row + 2 * same_place(e, room) + (label[e] >= 0)] += 1
    return tangled


@inlined
def write_down(row: int, in_gold: int, in_pred: int, plan: Plan, room: Room, out: Smalls) -> None:
    """The outcomes of a row's pairs, and of spans that are in none."""
    place, label = room.alike[4 * row + PLACE], room.alike[4 * row + LABEL]
    both = room.alike[4 * row + BOTH]
    pairs = room.alike[4 * row] + place + label + both
    for name in range(4):
        if plan.judges[name] >= 0:
            right = both
            right += place if name in (EXACT, PARTIAL) else label if name == TYPE else 0
            at = plan.judges[name] + 5 * row
            out[at + COR] = right
            out[at + INC] = 0 if name == PARTIAL else pairs - right
            out[at + PAR] = pairs - right if name == PARTIAL else 0
            out[at + MIS] = in_gold - pairs
            out[at + SPU] = in_pred - pairs


@inlined
def took(found: int, at: int, out: Smalls) -> None:
    """Count one pair in a row of outcomes."""
    out[at + found] += 1
    out[at + MIS] -= 1
    out[at + SPU] -= 1


@compiled
def top(root: Numbers, node: int) -> int:
    """The node that stands for all that a node hangs together with."""
    while root[node] != node:
        root[node] = root[root[node]]
        node = root[node]
    return node


@compiled
def judge_tangled(
    gold: Columns,
    pred: Columns,
    g0: int,
    g1: int,
    p0: int,
    tangled: int,
    by_label: bool,
    plan: Plan,
    room: Room,
    out: Smalls,
) -> bool:
    """Count the best outcomes in each tangle; False where one is too wide."""
    edges, root = room.edges, room.root
    n = g1 - g0
    for t in range(tangled):
        e = edges.tangled[t]
        root[edges.gold[e]] = edges.gold[e]
        root[n + edges.pred[e]] = n + edges.pred[e]
    for t in range(tangled):
        e = edges.tangled[t]
        root[top(root, edges.gold[e])] = top(root, n + edges.pred[e])
    for t in range(tangled):
        edges.key[t] = top(root, edges.gold[edges.tangled[t]])
    sort(edges.key, edges.order, edges.spare, tangled)
    begin = 0
    while begin < tangled:
        end = begin
        tangle = edges.key[edges.order[begin]]
        while end < tangled and edges.key[edges.order[end]] == tangle:
            e = edges.tangled[edges.order[end]]
            room.gold.place[edges.gold[e]] = -1
            room.pred.place[edges.pred[e]] = -1
            end += 1
        rows, columns = 0, 0
        for t in range(begin, end):
            e = edges.tangled[edges.order[t]]
            if room.gold.place[edges.gold[e]] < 0:
                room.gold.place[edges.gold[e]] = rows
                rows += 1
            if room.pred.place[edges.pred[e]] < 0:
                room.pred.place[edges.pred[e]] = columns
                columns += 1
        if max(rows, columns) > WIDEST:
            return False
        for name in range(4):
            if plan.judges[name] >= 0:
                best(gold, pred, g0, p0, begin, end, rows, columns, name, room)
                row = by_label * (
                    gold.label[g0 + edges.gold[edges.tangled[edges.order[begin]]]] + 1
                )
                at = plan.judges[name] + 5 * row
                for t in range(begin, end):
                    e = edges.tangled[edges.order[t]]
                    g, p = edges.gold[e], edges.pred[e]
                    r, c = room.gold.place[g], room.pred.place[p]
                    if rows > columns:
                        r, c = c, r
                    if room.owner[c] == r:
                        same_label = gold.label[g0 + g] == pred.label[p0 + p]
                        took(verdict(name, same_place(e, room), same_label), at, out)
        begin = end
    return True


@compiled
def best(
    gold: Columns,
    pred: Columns,
    g0: int,
    p0: int,
    begin: int,
    end: int,
    rows: int,
    columns: int,
    name: int,
    room: Room,
) -> None:
    """Leave in `room.owner` the pairs of a tangle with most credit, most correct, most pairs."""
    edges = room.edges
    for r in range(min(rows, columns)):
        for c in range(max(rows, columns)):
            room.weights[r, c] = 0
    base = np.int64(min(rows, columns) + 1)
    for t in range(begin, end):
        e = edges.tangled[edges.order[t]]
        g, p = edges.gold[e], edges.pred[e]
        found = verdict(name, same_place(e, room), gold.label[g0 + g] == pred.label[p0 + p])
        credit, correct = 2 if found == COR else 1 if found == PAR else 0, found == COR
        r, c = room.gold.place[g], room.pred.place[p]
        if rows > columns:
            r, c = c, r
        room.weights[r, c] = (credit * base + correct) * base + 1
    assign(room.weights, min(rows, columns), max(rows, columns), room.owner, room.prices)
