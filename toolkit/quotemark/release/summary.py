"""Agreement as a data card shows it: short for any number of annotators."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from quotemark.release.manifest import AgreementRow, Manifest
from quotemark.report.grid import Cell, shown, to_markdown
from quotemark.report.plain import UNDEFINED, escape


def agreement(manifest: Manifest) -> Iterator[str]:
    """What annotators agree on, as paragraphs and tables of Markdown.

    Of all annotators together: one table of spans, a line a label, and one of the rest. How far
    the pairs lie apart is one more column each; release.json has them one by one.
    """
    everybody = max((len(row.annotators) for row in manifest.agreement), default=0)
    together = [row for row in manifest.agreement if len(row.annotators) == everybody]
    if not together:
        yield "None was measured: no annotators' layers were given."
        return
    pairs = [r for r in manifest.agreement if len(r.annotators) == 2] if everybody > 2 else []
    yield _how(together, everybody)
    labels = {count.label for count in manifest.counts}
    known = [row for row in together if row.value is not None]
    of_spans = [
        m for m in dict.fromkeys(row.measure for row in known) if _is_of_spans(m, known, labels)
    ]
    spans = [row for row in known if row.measure in of_spans]
    others = [row for row in known if row.measure not in of_spans]
    if spans:
        yield to_markdown(_pivot(spans, of_spans, pairs))
    if others:
        yield to_markdown([_line(row, pairs) for row in others])
    if len(known) < len(together):
        lacking = ", ".join(dict.fromkeys(row.label for row in together if row.value is None))
        yield f"Undefined, for want of items or of anything to tell apart: {escape(lacking)}."


def _how(rows: Sequence[AgreementRow], everybody: int) -> str:
    documents = sorted({row.documents for row in rows})
    over = f"{documents[0]:,}" if len(documents) == 1 else f"{documents[0]:,} to {documents[-1]:,}"
    said = (
        f"Of {everybody} annotators, over {over} document{'' if documents == [1] else 's'}. In "
        "brackets are 95% intervals, by resampling documents; with fewer than two there is none. "
        "F1 is over the spans of every two annotators; α and κ token are over tokens, uα is over "
        "code points, and α or κ of an attribute is over matched spans."
    )
    return said + (
        " After a slash: the lowest and the highest of the pairs. release.json has every pair."
        if everybody > 2
        else ""
    )


def _is_of_spans(measure: str, rows: Sequence[AgreementRow], labels: Collection[str]) -> bool:
    """Whether a measure has a line for several labels, or for the only one."""
    found = {row.label for row in rows if row.measure == measure} & set(labels)
    return len(found) >= min(2, len(labels)) and bool(found)


def _pivot(
    rows: Sequence[AgreementRow], measures: Sequence[str], pairs: Sequence[AgreementRow]
) -> list[dict[str, Cell]]:
    found = {(row.label, row.measure): _value(row, pairs) for row in rows}
    table: list[dict[str, Cell]] = []
    for label in dict.fromkeys(row.label for row in rows):
        values = {measure: found.get((label, measure), UNDEFINED) for measure in measures}
        table.append({"label": label, **values})
    return table


def _line(row: AgreementRow, pairs: Sequence[AgreementRow]) -> dict[str, Cell]:
    return {
        "measure": row.measure,
        "label": row.label,
        "agreement": _value(row, pairs),
        "items": row.items,
    }


def _value(row: AgreementRow, pairs: Sequence[AgreementRow]) -> str:
    said = shown(row.value)
    if row.low is not None and row.high is not None:
        said += f" [{shown(row.low)}, {shown(row.high)}]"
    values = [
        pair.value
        for pair in pairs
        if (pair.measure, pair.label) == (row.measure, row.label) and pair.value is not None
    ]
    return f"{said} / {shown(min(values))}–{shown(max(values))}" if values else said
