"""The counts of one document after the other from columns, compiled.

What is counted is what `metrics.spans` and `metrics.protocols.semeval2013` count. Where spans
are in each other's way, only numbers that no choice among best matchings changes are taken from
here; a document where more would have to be known is *hard*: the ordinary scorer counts it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quotemark.columnar.assignment import assign, most_pairs
from quotemark.columnar.columns import Columns, Rows
from quotemark.columnar.compiled import Numbers, Smalls, compiled, inlined
from quotemark.columnar.plan import FIRST, GOLD, IOU, LAST, Plan
from quotemark.columnar.sorting import sort

WIDEST = 128
"""The largest tangle, in spans of one side, that is untangled here."""

BIT = np.uint64(1)
STRICT, EXACT, PARTIAL, TYPE = range(4)
COR, INC, PAR, MIS, SPU = range(5)


class Side(NamedTuple):
    """Room for what is known of one side's spans in one document."""

    order: Numbers  # fragments in the order of the text
    owner: Numbers  # (fragments,): the span of each
    key: Numbers  # (fragments,)
    active: Numbers  # fragments that may still overlap what comes
    size: Numbers  # (spans,): code points
    degree: Numbers  # (spans,)
    place: Numbers  # (spans,): in a tangle
    ends: Numbers  # (labels,): where the last fragment of each label ends


class Edges(NamedTuple):
    """Room for the pairs of spans in one document that share code points."""

    gold: Numbers
    pred: Numbers
    shared: Numbers
    key: Numbers
    order: Numbers
    spare: Numbers
    tangled: Numbers  # (edges,): the places of edges whose spans have others too
    tangled_gold: Numbers
    tangled_pred: Numbers


class Room(NamedTuple):
    """All the room that the kernels need for one document."""

    gold: Side
    pred: Side
    edges: Edges
    root: Numbers  # (golds + preds,): union and find
    first: Numbers
    mate: Numbers
    paths: Numbers  # (3, spans)
    weights: Numbers  # (WIDEST, WIDEST)
    owner: Numbers  # (WIDEST,)
    prices: Numbers  # (6, WIDEST)
    golds: Numbers  # (rows,)
    preds: Numbers  # (rows,)
    alike: Numbers  # (4 × (labels + 1),)


def room_for(spans: int, fragments: int, labels: int, rows: int) -> Room:
    """Room for documents of at most so many spans and fragments a side."""

    def numbers(*shape: int) -> Numbers:
        return np.empty(shape, np.int64)

    def side() -> Side:
        lengths = (fragments,) * 4 + (spans,) * 3 + (labels,)
        return Side(*map(numbers, lengths))

    edges = 8 * fragments + 64
    return Room(
        side(),
        side(),
        Edges(*(numbers(edges) for _ in Edges._fields)),
        numbers(2 * spans),
        numbers(spans),
        numbers(spans),
        numbers(3, spans + 1),
        numbers(WIDEST, WIDEST),
        numbers(WIDEST),
        numbers(6, WIDEST),
        numbers(rows),
        numbers(rows),
        numbers(4 * (labels + 1)),
    )


@compiled
def count(
    gold: Columns,
    pred: Columns,
    gold_lines: Numbers,
    pred_lines: Numbers,
    rows: Rows,
    labels: int,
    plan: Plan,
    room: Room,
    out: Smalls,
    hard: Smalls,
) -> None:
    """Fill a line of `out` for each document; where `hard` becomes 1 it says nothing.

    Document d is line `gold_lines[d]` of gold and `pred_lines[d]` of the predictions (-1: none).
    """
    for d in range(len(gold_lines)):
        g0, g1 = gold.spans[gold_lines[d]], gold.spans[gold_lines[d] + 1]
        p0, p1 = 0, 0
        if pred_lines[d] >= 0:
            p0, p1 = pred.spans[pred_lines[d]], pred.spans[pred_lines[d] + 1]
        flat = prepare(gold, g0, g1, labels, room.gold, room.edges.spare)
        flat = prepare(pred, p0, p1, labels, room.pred, room.edges.spare) and flat
        edges = sweep(gold, pred, g0, g1, p0, p1, room.gold, room.pred, room.edges)
        if edges < 0:
            hard[d] = 1
            continue
        held(gold, g0, g1, rows, room.golds)
        held(pred, p0, p1, rows, room.preds)
        for c in range(len(plan.kind)):
            kind, column = plan.kind[c], plan.column[c]
            least, of = plan.least[c, 0], plan.least[c, 1]
            if not match(gold, pred, g0, p0, edges, kind, least, of, rows, column, room, out[d]):
                hard[d] = 1
        if plan.char >= 0 and flat:
            cover_flat(gold, pred, g0, g1, p0, p1, edges, rows, plan.char, room, out[d])
        elif plan.char >= 0:
            cover(gold, pred, g0, g1, p0, p1, labels, rows, plan.char, room, out[d])
        for by_label in (False, True):
            if not judge(gold, pred, g0, g1, p0, p1, edges, by_label, rows, plan, room, out[d]):
                hard[d] = 1


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
    return group < 0 or (columns.holds[j] >> np.uint64(group)) & BIT == BIT


@inlined
def held(columns: Columns, first: int, last: int, rows: Rows, out: Numbers) -> None:
    """How many spans are in each row."""
    for r in range(len(rows.group)):
        out[r] = 0
    for j in range(first, last):
        for r in range(rows.first[columns.label[j]], rows.first[columns.label[j] + 1]):
            out[r] += holds(columns, j, rows.group[r])


@inlined
def match(
    gold: Columns,
    pred: Columns,
    g0: int,
    p0: int,
    edges: int,
    kind: int,
    least: int,
    of: int,
    rows: Rows,
    column: int,
    room: Room,
    out: Smalls,
) -> bool:
    """Count pairs under a criterion; False where groups depend on which of them are taken."""
    golds, preds, e_gold, e_pred = room.gold, room.pred, room.edges.gold, room.edges.pred
    for e in range(edges):
        golds.degree[e_gold[e]] = 0
        preds.degree[e_pred[e]] = 0
    for e in range(edges):
        if admits(gold, pred, g0, p0, e, kind, least, of, room):
            golds.degree[e_gold[e]] += 1
            preds.degree[e_pred[e]] += 1
    for r in range(len(rows.group)):
        out[column + 3 * r] = 0
        out[column + 3 * r + 1] = room.preds[r]
        out[column + 3 * r + 2] = room.golds[r]
    tangled = 0
    for e in range(edges):
        if not admits(gold, pred, g0, p0, e, kind, least, of, room):
            continue
        if golds.degree[e_gold[e]] == 1 and preds.degree[e_pred[e]] == 1:
            pair(gold, pred, g0 + e_gold[e], p0 + e_pred[e], 1, rows, column, out)
        else:
            room.edges.tangled[tangled] = e
            tangled += 1
    return tangled == 0 or untangle(gold, pred, g0, p0, tangled, rows, column, room, out)


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
    if gold.label[g0 + g] != pred.label[p0 + p]:
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
    """Count a pair, as often as it comes, in the rows that it belongs to."""
    for r in range(rows.first[gold.label[g]], rows.first[gold.label[g] + 1]):
        if holds(pred, p, rows.group[r]):
            at = column + 3 * r
            if holds(gold, g, rows.group[r]):
                out[at] += times
                out[at + 1] -= times
                out[at + 2] -= times
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


@compiled
def stretch(
    columns: Columns, first: int, side: Side, n: int, number: int, label: int, group: int
) -> tuple[int, int, int]:
    """The next run of code points that a row's spans cover: from, to, and where to go on."""
    begin, start, end = columns.fragments[first], -1, -1
    while n < number:
        k = side.order[n]
        j = first + side.owner[k]
        if columns.label[j] == label and holds(columns, j, group):
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
    g1: int,
    p0: int,
    p1: int,
    edges: int,
    rows: Rows,
    column: int,
    room: Room,
    out: Smalls,
) -> None:
    """Count the code points that each row's spans cover, where no two of a label overlap."""
    for k in range(3 * len(rows.group)):
        out[column + k] = 0
    for j in range(g0, g1):
        for r in range(rows.first[gold.label[j]], rows.first[gold.label[j] + 1]):
            if holds(gold, j, rows.group[r]):
                out[column + 3 * r + 2] += room.gold.size[j - g0]
    for j in range(p0, p1):
        for r in range(rows.first[pred.label[j]], rows.first[pred.label[j] + 1]):
            if holds(pred, j, rows.group[r]):
                out[column + 3 * r + 1] += room.pred.size[j - p0]
    for e in range(edges):
        g, p, shared = g0 + room.edges.gold[e], p0 + room.edges.pred[e], room.edges.shared[e]
        if gold.label[g] == pred.label[p]:
            for r in range(rows.first[gold.label[g]], rows.first[gold.label[g] + 1]):
                if holds(gold, g, rows.group[r]) and holds(pred, p, rows.group[r]):
                    out[column + 3 * r] += shared
                    out[column + 3 * r + 1] -= shared
                    out[column + 3 * r + 2] -= shared


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
    by_label: bool,
    rows: Rows,
    plan: Plan,
    room: Room,
    out: Smalls,
) -> bool:
    """Count outcomes over all labels, or of each by itself; False where a tangle is too wide.

    Pairs of spans that have no other are counted by what they share, a place, a label, both or
    none (`room.alike`, four for each row), and judged together.
    """
    golds, preds, e_gold, e_pred = room.gold, room.pred, room.edges.gold, room.edges.pred
    first, last = (1, len(rows.first)) if by_label else (0, 1)
    for k in range(4 * last):
        room.alike[k] = 0
    for e in range(edges):
        golds.degree[e_gold[e]] = 0
        preds.degree[e_pred[e]] = 0
    for e in range(edges):
        if not by_label or gold.label[g0 + e_gold[e]] == pred.label[p0 + e_pred[e]]:
            golds.degree[e_gold[e]] += 1
            preds.degree[e_pred[e]] += 1
    tangled = 0
    for e in range(edges):
        g, p = e_gold[e], e_pred[e]
        same_label = gold.label[g0 + g] == pred.label[p0 + p]
        if by_label and not same_label:
            continue
        if golds.degree[g] > 1 or preds.degree[p] > 1:
            room.edges.tangled[tangled] = e
            tangled += 1
        else:
            row = by_label * (gold.label[g0 + g] + 1)
            room.alike[4 * row + 2 * same_place(e, room) + same_label] += 1
    for row in range(first, last):
        in_gold = room.golds[rows.first[row - 1]] if by_label else g1 - g0
        in_pred = room.preds[rows.first[row - 1]] if by_label else p1 - p0
        apart, label, place = room.alike[4 * row], room.alike[4 * row + 1], room.alike[4 * row + 2]
        both = room.alike[4 * row + 3]
        pairs = apart + label + place + both
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
    return tangled == 0 or judge_tangled(gold, pred, g0, g1, p0, tangled, by_label, plan, room, out)


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


@inlined
def same_place(e: int, room: Room) -> bool:
    """Whether the spans of a pair have the same code points."""
    size = room.edges.shared[e]
    return room.gold.size[room.edges.gold[e]] == size == room.pred.size[room.edges.pred[e]]


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
