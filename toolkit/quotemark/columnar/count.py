"""The counts of one document after the other from columns, compiled.

What is counted is what `metrics.spans` and `metrics.protocols.semeval2013` count. Where spans
are in each other's way, only numbers that no choice among best matchings changes are taken from
here; a document where more would have to be known is *hard*: the ordinary scorer counts it.
"""

from __future__ import annotations

from quotemark.columnar.columns import Columns, Rows
from quotemark.columnar.compiled import Numbers, Smalls, compiled
from quotemark.columnar.cover import cover, cover_flat
from quotemark.columnar.outcomes import judge
from quotemark.columnar.overlaps import held, in_a_row, pass_by, prepare, sweep
from quotemark.columnar.pairs import match
from quotemark.columnar.plan import Plan
from quotemark.columnar.room import Room


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
    is_judged = False
    for name in range(len(plan.judges)):
        is_judged = is_judged or plan.judges[name] >= 0
    for d in range(len(gold_lines)):
        g0, g1 = gold.spans[gold_lines[d]], gold.spans[gold_lines[d] + 1]
        p0, p1 = 0, 0
        if pred_lines[d] >= 0:
            p0, p1 = pred.spans[pred_lines[d]], pred.spans[pred_lines[d] + 1]
        flat = in_a_row(gold, g0, g1, room.gold) and in_a_row(pred, p0, p1, room.pred)
        if flat:
            edges, apart = pass_by(gold, pred, g0, g1, p0, p1, room.edges)
        else:
            flat = prepare(gold, g0, g1, labels, room.gold, room.edges.spare)
            flat = prepare(pred, p0, p1, labels, room.pred, room.edges.spare) and flat
            apart = False
            edges = sweep(gold, pred, g0, g1, p0, p1, room.gold, room.pred, room.edges)
        if edges < 0:
            hard[d] = 1
            continue
        held(gold, g0, g1, rows, room.gold, room.golds, room.gold_sizes)
        held(pred, p0, p1, rows, room.pred, room.preds, room.pred_sizes)
        for c in range(len(plan.kind)):
            kind, column = plan.kind[c], plan.column[c]
            least, of = plan.least[c, 0], plan.least[c, 1]
            if not match(
                gold, pred, g0, p0, edges, apart, kind, least, of, rows, column, room, out[d]
            ):
                hard[d] = 1
        if plan.char >= 0 and flat:
            cover_flat(gold, pred, g0, p0, edges, rows, plan.char, room, out[d])
        elif plan.char >= 0:
            cover(gold, pred, g0, g1, p0, p1, labels, rows, plan.char, room, out[d])
        if is_judged:
            for by_label in (False, True):
                if not judge(
                    gold, pred, g0, g1, p0, p1, edges, apart, by_label, rows, plan, room, out[d]
                ):
                    hard[d] = 1
