"""How many documents are needed, as a line of a table and in a plain sentence."""

from __future__ import annotations

from quotemark.comparison import ALPHA, Plan
from quotemark.report.grid import Cell


def row(found: Plan) -> dict[str, Cell]:
    """A plan as one line of a table."""
    return {
        "metric": found.metric,
        "label": found.label,
        "system": found.system,
        "against": found.against,
        "difference": found.difference,
        "documents": found.documents,
        "power": found.now,
        "needed": found.needed,
        "more": found.more,
    }


def sentence(found: Plan) -> str:
    """What a plan comes to, in words.

    >>> sentence(Plan("exact", "Quote", "f1", "mine", "rules", 30, 0.05, 0.31, 0.8, 110, 0.803,
    ...               100_000, ""))
    'mine and rules differ by +0.050 on Quote by exact F1 in 30 documents. If they go on to
     differ so, a test at 5% tells them apart with 80% power from 110 documents on: 80 more. With
     30 it has 31% power.'
    """
    score = f"{found.label} by {found.metric} {'F1' if found.on == 'f1' else found.on}"
    both, here = f"{found.system} and {found.against}", _documents(found.documents)
    if found.difference is None:
        return f"{both} cannot be compared on {score}: it is undefined for one or both."
    if found.now is None and found.documents < 2:
        return f"{both} cannot be planned for: it takes two documents to see how documents vary."
    if found.now is None:
        return f"{both} are equal on {score} in {here}: no number of documents tells them apart."
    differ = f"{both} differ by {found.difference:+.3f} on {score} in {here}."
    now = f"With {found.documents:,} it has {found.now:.0%} power."
    test = f"a test at {ALPHA:.0%} tells them apart with {found.power:.0%} power"
    if found.needed is None:
        return (
            f"{differ} If they go on to differ so, no number of documents up to "
            f"{found.limit:,} is enough for a test at {ALPHA:.0%} to have {found.power:.0%} power. "
            f"{now}"
        )
    more = f"{found.more:,} more" if found.more else "there are enough"
    needed = f"from {found.needed:,} documents on: {more}"
    return f"{differ} If they go on to differ so, {test} {needed}. {now}"


def _documents(number: int) -> str:
    return "1 document" if number == 1 else f"{number:,} documents"
