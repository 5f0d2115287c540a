"""Comparisons of systems as tables, and in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from quotemark.comparison import ALPHA, Comparison, Difference, Standing
from quotemark.errors import printable
from quotemark.report import grid
from quotemark.report.latex import Ends, Styled, to_latex
from quotemark.report.plain import as_json, escape

HEADS = {"precision": "P", "recall": "R", "f1": "F1", "kappa": "κ"}
"""What ratios are called in tables; another figure by its own name."""

CORRECTED = {"holm": "Holm", "bh": "Benjamini–Hochberg"}
"""After whom p-values are corrected."""


def sentences(found: Comparison) -> list[str]:
    """What each difference comes to, in words, in the order of the differences."""
    return [sentence(each, found) for each in found.differences]


def sentence(each: Difference, found: Comparison) -> str:
    """One difference in words: better, not to be told apart, the same, or not to be compared.

    >>> from quotemark.stats import Interval
    >>> each = Difference("exact", "Quote", "f1", "mine", "rules", (0.8, 0.759), 0.041,
    ...                   Interval(0.012, 0.07), 0.004, 0.004, 40, 0, 31)
    >>> sentence(each, Comparison((), (each,), "f1", "randomization", "holm", "")).split(" (")
    ['mine is better than rules on Quote by exact F1: +0.041',
     '95% interval 0.012 to 0.070, p = 0.004).']
    """
    score = f"{each.metric} {HEADS[each.on] if each.on == 'f1' else each.on}"
    system, against = each.system, each.against
    if each.difference is None:
        return (
            f"{system} and {against} cannot be compared on {each.label} by {score}: {_why(each)}."
        )
    if not each.differing:
        return f"{system} and {against} are the same on {each.label} by {score}, in every document."
    if each.better is None:
        said = f"{system} and {against} cannot be told apart on {each.label} by {score}"
        return f"{said}: {each.difference:+.3f}{_evidence(each, found, 1)}{_few(each, found)}."
    sign = 1 if each.better == system else -1
    worse = against if sign > 0 else system
    said = f"{each.better} is better than {worse} on {each.label} by {score}"
    return f"{said}: {sign * each.difference:+.3f}{_evidence(each, found, sign)}."


def _evidence(each: Difference, found: Comparison, sign: int) -> str:
    parts = []
    if each.interval:
        low, high = sorted(sign * end for end in each.interval)
        parts.append(f"95% interval {low:.3f} to {high:.3f}")
    if each.corrected is not None:
        several = sum(other.p is not None for other in found.differences) > 1
        name = CORRECTED.get(found.correction) if several else None
        parts.append(f"p {_p(each.corrected)}{f' after {name}' if name else ''}")
    return f" ({', '.join(parts)})" if parts else ""


def _p(p: float) -> str:
    """
    >>> _p(0.0421), _p(0.0001), _p(0.9999)
    ('= 0.042', '< 0.001', '= 1.000')
    """
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def _few(each: Difference, found: Comparison) -> str:
    """Where so few documents differ that swapping them can never be significant."""
    least = 1
    while 2 / 2**least > ALPHA:
        least += 1
    if found.test != "randomization" or each.differing >= least:
        return ""
    documents = "1 document" if each.differing == 1 else f"{each.differing} documents"
    return f"; they differ on {documents}, and it takes {least} to tell"


def _why(each: Difference) -> str:
    if not each.documents:
        return "no document was scored for both"
    named = zip((each.system, each.against), each.values, strict=True)
    return f"undefined for {' and '.join(name for name, value in named if value is None)}"


def print_comparison(found: Comparison) -> None:
    """Print both tables, the sentences, and the signature, for a terminal."""
    grid.print_table([_spelled(row) for row in _standings(found)])
    grid.print_text("\n")
    grid.print_table([_spelled(row) for row in _differences(found)])
    lines = [*map(printable, sentences(found)), "", found.signature]
    grid.print_text("\n" + "\n".join(lines) + "\n")


def to_json(found: Comparison) -> str:
    """A comparison as JSON; undefined numbers are null.

    `{"signature", "test", "correction", "scores": [{"system", "metric", "label", "precision",
    "recall", "f1" (or the row's own figure), "intervals": {…: [low, high]}}], "comparisons":
    [{"metric", "label", "on", "system", "against", "values", "difference", "interval", "p",
    "corrected", "documents", "left_out", "differing", "better", "sentence"}]}`.
    """
    scores = [
        {"system": each.system, "metric": each.metric, "label": each.label, **each.ratios}
        | {"intervals": each.intervals}
        for each in found.standings
    ]
    comparisons = [
        {**asdict(each), "better": each.better, "sentence": sentence(each, found)}
        for each in found.differences
    ]
    data = {
        "signature": found.signature,
        "test": found.test,
        "correction": found.correction,
        "scores": scores,
        "comparisons": comparisons,
    }
    return as_json(data)


def to_csv(found: Comparison) -> str:
    """The differences as CSV, a line each; undefined numbers are empty."""
    return grid.to_csv([_line(each, found) for each in found.differences])


def to_markdown(found: Comparison) -> str:
    """Both tables in Markdown, the sentences as a list, and the signature."""
    tables = [
        grid.to_markdown([_spelled(row) for row in rows])
        for rows in (_standings(found), _differences(found))
    ]
    said = "".join(f"- {escape(printable(line))}\n" for line in sentences(found))
    return "\n".join([*tables, said, f"`{found.signature}`\n"])


def comparison_to_latex(found: Comparison) -> str:
    """Both tables in LaTeX; marks stand at differences that are told at 5% and at 1%."""
    after = CORRECTED.get(found.correction)
    corrected = f", after {after}'s correction" if after else ""
    tests = {
        "randomization": "paired approximate randomization",
        "bootstrap": "the paired bootstrap",
    }
    intervals = "95% intervals, by resampling documents."
    marks = f"†: p < 0.05, ‡: p < 0.01, by {tests[found.test]}{corrected}."
    scores = to_latex(
        _standings(found), caption="Scores of the systems.", notes=[f"In brackets: {intervals}"],
        signature=found.signature,
    )  # fmt: skip
    differences = to_latex(
        _differences(found), caption="Differences between the systems.", notes=[intervals, marks],
        signature=found.signature,
    )  # fmt: skip
    return f"{scores}\n{differences}"


Row = Mapping[str, grid.Cell | Styled | Ends]


def _standings(found: Comparison) -> list[Row]:
    known = {name for each in found.standings for name in each.ratios}
    names = [name for name in HEADS if name in known] + sorted(known - {*HEADS})
    return [
        {
            "metric": each.metric,
            "label": each.label,
            "system": each.system,
            **{HEADS.get(name, name): _ratio(each, name) for name in names},
        }
        for each in found.standings
    ]


def _ratio(each: Standing, name: str) -> Styled:
    return Styled(each.ratios.get(name), each.intervals.get(name))


def _differences(found: Comparison) -> list[Row]:
    same = all(each.on == found.on for each in found.differences)
    head = f"difference in {HEADS[found.on]}" if same else "difference"
    return [
        {
            "metric": each.metric,
            "label": each.label,
            "system": each.system,
            "against": each.against,
            head: Styled(each.difference, mark=_mark(each.corrected), signed=True),
            "95% interval": Ends(*each.interval) if each.interval else None,
            "p": _cell_of_p(each.p),
            **(
                {f"p after {CORRECTED[found.correction]}": _cell_of_p(each.corrected)}
                if found.correction in CORRECTED
                else {}
            ),
        }
        for each in found.differences
    ]


def _mark(p: float | None) -> str:
    return "" if p is None or p >= ALPHA else "‡" if p < ALPHA / 5 else "†"


def _cell_of_p(p: float | None) -> str | None:
    return None if p is None else _p(p).removeprefix("= ")


def _spelled(row: Row) -> dict[str, grid.Cell]:
    """A row with its intervals in words, or beside their numbers."""
    found: dict[str, grid.Cell] = {}
    for head, cell in row.items():
        if isinstance(cell, Ends):
            found[head] = f"{cell.low:.3f} to {cell.high:.3f}"
            continue
        if not isinstance(cell, Styled):
            found[head] = cell
            continue
        sign = "+" if cell.signed else ""
        value = grid.shown(cell.value) if cell.value is None else f"{cell.value:{sign}.3f}"
        ends = f" [{cell.ends[0]:.3f}, {cell.ends[1]:.3f}]" if cell.ends else ""
        found[head] = f"{value}{ends}"
    return found


def _line(each: Difference, found: Comparison) -> dict[str, grid.Cell]:
    low, high = each.interval or (None, None)
    return {
        "metric": each.metric,
        "label": each.label,
        "on": each.on,
        "system": each.system,
        "against": each.against,
        "value": each.values[0],
        "value_against": each.values[1],
        "difference": each.difference,
        "low": low,
        "high": high,
        "p": each.p,
        "corrected": each.corrected,
        "better": each.better,
        "documents": each.documents,
        "left_out": each.left_out,
        "differing": each.differing,
        "signature": found.signature,
    }
