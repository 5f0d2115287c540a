"""Problems as values: found anywhere, collected, reported once.

A reader or check returns `Problem`s; whoever cannot go on raises one
`QuotemarkError` that carries all of them. Each names its place and its remedy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """The place of a problem: any of file, line (from 1), document and item id.

    >>> str(Where(file="gold.jsonl", line=3, doc="a1", item="q7"))
    'gold.jsonl:3: a1: q7'
    """

    file: str = ""
    line: int = 0
    doc: str = ""
    item: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(printable(part) for part in (place, self.doc, self.item) if part)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding: a stable code, its place, what is wrong and what to do about it.

    `link` is the address of a page where it can be mended, if there is one.

    >>> print(Problem(Where(doc="a1", item="q7"), "offset", "ends at 90 of 80", "correct the end"))
    a1: q7: ends at 90 of 80 [offset]; correct the end
    """

    where: Where
    code: str
    message: str
    remedy: str = ""
    link: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if str(self.where) else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        link = f" <{printable(self.link)}>" if self.link else ""
        return f"{place}{printable(self.message)} [{self.code}]{remedy}{link}"


class QuotemarkError(Exception):
    """What stops the work: one or more problems, each on a line of the message."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def error(
    code: str,
    message: str,
    remedy: str = "",
    *,
    file: object = "",
    line: int = 0,
    doc: str = "",
    item: str = "",
) -> QuotemarkError:
    """A `QuotemarkError` of one problem, for the common case.

    >>> raise error("file", "no such file", "check the path", file="x.txt")
    Traceback (most recent call last):
    quotemark.errors.QuotemarkError: x.txt: no such file [file]; check the path
    """
    return QuotemarkError(Problem(Where(str(file), line, doc, item), code, message, remedy))


def printable(text: str) -> str:
    """`text` on one line, with control characters escaped: names and labels are untrusted.

    >>> printable("a\\x1b[31m\\nb")
    'a\\\\x1b[31m\\\\nb'
    """
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )
