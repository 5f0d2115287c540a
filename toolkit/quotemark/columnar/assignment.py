"""Best one-to-one choices in small graphs, compiled: `quotemark.assignment` on 64-bit weights."""

from __future__ import annotations

import numpy as np

from quotemark.columnar.compiled import Numbers, compiled

FAR = np.int64(2**62)


@compiled
def assign(weights: Numbers, rows: int, columns: int, owner: Numbers, room: Numbers) -> None:
    """The row of each column, -1 where it has none, in the assignment of the largest total.

    `weights` is rows × columns, `rows <= columns`, 0 or more; a pair of weight 0 may be there and
    means none. `room` is 6 × columns. The Hungarian algorithm (Kuhn 1955, Munkres 1957).
    """
    row_price, column_price, slack, came_from, tree, done = 0, 1, 2, 3, 4, 5
    for j in range(columns):
        owner[j] = -1
        room[row_price, j] = 0
        room[column_price, j] = 0
    for start in range(rows):
        for j in range(columns):
            room[slack, j] = -weights[start, j] - room[row_price, start] - room[column_price, j]
            room[came_from, j] = -1
            room[done, j] = 0
        size = 0
        nearest = -1
        while True:
            nearest, step = -1, FAR
            for j in range(columns):
                if room[done, j] == 0 and room[slack, j] < step:
                    nearest, step = j, room[slack, j]
            room[row_price, start] += step
            for k in range(size):
                j = room[tree, k]
                room[row_price, owner[j]] += step
                room[column_price, j] -= step
            for j in range(columns):
                if room[done, j] == 0:
                    room[slack, j] -= step
            room[done, nearest] = 1
            room[tree, size] = nearest
            size += 1
            row = owner[nearest]
            if row < 0:
                break
            for j in range(columns):
                if room[done, j] == 0:
                    cost = -weights[row, j] - room[row_price, row] - room[column_price, j]
                    if cost < room[slack, j]:
                        room[slack, j], room[came_from, j] = cost, nearest
        while nearest >= 0:
            previous = room[came_from, nearest]
            owner[nearest] = start if previous < 0 else owner[previous]
            nearest = previous


@compiled
def most_pairs(
    golds: Numbers, preds: Numbers, first: Numbers, edges: int, mate: Numbers, room: Numbers
) -> int:
    """How many pairs a one-to-one choice among edges can have: augmenting paths (Berge 1957).

    Edge k joins `golds[k]` and `preds[k]` and edges are sorted by gold; `first[g]` is filled with
    the first edge of each gold and `mate[p]` with the gold of each pred, of those that have edges.
    `room` is 3 × as many as there are golds or preds.
    """
    seen, path, at = 0, 1, 2
    for k in range(edges):
        mate[preds[k]] = -1
        room[seen, preds[k]] = -1
        if k == 0 or golds[k] != golds[k - 1]:
            first[golds[k]] = k
    pairs = 0
    for k in range(edges):
        if k > 0 and golds[k] == golds[k - 1]:
            continue
        depth = 0
        room[path, 0], room[at, 0] = golds[k], k
        while depth >= 0:
            gold, edge = room[path, depth], room[at, depth]
            if edge == edges or golds[edge] != gold:
                depth -= 1
                continue
            room[at, depth] += 1
            pred = preds[edge]
            if room[seen, pred] == k:
                continue
            room[seen, pred] = k
            if mate[pred] >= 0:
                depth += 1
                room[path, depth], room[at, depth] = mate[pred], first[mate[pred]]
                continue
            for level in range(depth, -1, -1):
                mate[preds[room[at, level] - 1]] = room[path, level]
            pairs += 1
            break
    return pairs
