"""Any small table as LaTeX, with booktabs rules: numbers aligned, every label escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from quotemark.errors import printable
from quotemark.report import grid

ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "κ": r"\ensuremath{\kappa}",  # the head of a column
    **{special: f"\\{special}" for special in "&%$#_{}"},
}

MARKS = {"†": r"\dagger", "‡": r"\ddagger"}
"""Marks of significance, and their commands."""


class Styled(NamedTuple):
    """A cell with an interval, in bold, with one of `MARKS`, or `signed`: with its plus."""

    value: grid.Cell
    ends: tuple[float, float] | None = None
    bold: bool = False
    mark: str = ""
    signed: bool = False


class Ends(NamedTuple):
    """A cell that is an interval, in a column of its own."""

    low: float
    high: float


Row = Mapping[str, grid.Cell | Styled | Ends]


def to_latex(
    rows: Sequence[Row], *, caption: str = "", notes: Iterable[str] = (), signature: str = ""
) -> str:
    """A table environment of rows with the same keys, the heads of its columns.

    It needs the package booktabs. Words are to the left, numbers to the right; leading cells
    that repeat the line above are blank, and a new first cell gets some space. The signature
    stands in a comment and, in small print with the notes, under the table. No rows: no text.

    >>> print(to_latex([{"label": "A_1", "F1": Styled(0.5, bold=True, mark="†")}], signature="x"))
    % x
    % needs \\usepackage{booktabs}
    \\begin{table}
    \\centering
    \\begin{tabular}{lr}
    \\toprule
    label & F1 \\\\
    \\midrule
    A\\_1 & \\textbf{0.500}\\rlap{$^{\\dagger}$} \\\\
    \\bottomrule
    \\end{tabular}
    <BLANKLINE>
    {\\footnotesize \\texttt{x}\\par}
    \\end{table}
    <BLANKLINE>
    """
    if not rows:
        return ""
    heads = list(rows[0])
    columns = "".join("l" if _is_words(rows, head) else "r" for head in heads)
    small = [*map(escape, notes), *([rf"\texttt{{{escape(signature)}}}"] if signature else [])]
    lines = [
        *([f"% {printable(signature)}"] if signature else []),
        r"% needs \usepackage{booktabs}",
        r"\begin{table}",
        r"\centering",
        *([rf"\caption{{{escape(caption)}}}"] if caption else []),
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        _line(map(escape, heads)),
        r"\midrule",
        *_body(rows),
        r"\bottomrule",
        r"\end{tabular}",
        *(["", rf"{{\footnotesize {' '.join(small)}\par}}"] if small else []),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    r"""Text that LaTeX prints as it is.

    >>> escape("50% of A_1 & ~B")
    '50\\% of A\\_1 \\& \\textasciitilde{}B'
    """
    said = "".join(ESCAPES.get(c, c) for c in printable(text))
    return said.replace("--", "-{}-").replace("--", "-{}-")  # two hyphens would be a dash


def _body(rows: Sequence[Row]) -> Iterable[str]:
    above: list[str] = []
    for row in rows:
        cells = [_cell(cell) for cell in row.values()]
        if above and cells[0] != above[0]:
            yield r"\addlinespace"
        yield _line(grid.without_repeats(cells, above))
        above = cells


def _line(cells: Iterable[str]) -> str:
    line = " & ".join(cells)
    guard = "{}" if line.startswith(("[", "*")) else ""  # which \\ above would take for its own
    return rf"{guard}{line} \\"


def _cell(cell: grid.Cell | Styled | Ends) -> str:
    if isinstance(cell, Ends):
        return f"{_number(cell.low)} to {_number(cell.high)}"
    if not isinstance(cell, Styled):
        cell = Styled(cell)
    if isinstance(cell.value, (int, float)):
        said = _number(cell.value, signed=cell.signed)
    else:
        said = escape(grid.shown(cell.value))
    if cell.bold:
        said = rf"\textbf{{{said}}}"
    if cell.mark:
        said += rf"\rlap{{$^{{{MARKS[cell.mark]}}}$}}"
    if cell.ends:
        gap = r"\enspace" if cell.mark else " "
        low, high = map(_number, cell.ends)
        said += rf"{gap}{{\scriptsize [{low}, {high}]}}"
    return said


def _number(value: float, *, signed: bool = False) -> str:
    """A number with signs of mathematics: a minus, not a hyphen.

    >>> _number(-0.5), _number(0.5), _number(0.5, signed=True)
    ('$-$0.500', '0.500', '$+$0.500')
    """
    said = grid.shown(value)
    plus = "$+$" if signed and not said.startswith("-") else ""
    return plus + said.replace("-", "$-$")


def _is_words(rows: Sequence[Row], head: str) -> bool:
    values = (
        cell.value if isinstance(cell, Styled) else cell for row in rows for cell in [row[head]]
    )
    return any(isinstance(value, str) for value in values)
