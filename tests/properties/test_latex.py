"""LaTeX tables: nothing in a label is a command, and what is opened is closed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from quotemark import score, with_intervals
from quotemark.errors import printable
from quotemark.model import Annotation, Corpus, Span
from quotemark.report.grid import Cell
from quotemark.report.latex import MARKS, Ends, Row, Styled, escape, to_latex
from quotemark.report.publication import scores_to_latex

SPECIAL = "\\&%$#_{}~^<>|-[]*κ"
LABELS = st.text(st.sampled_from(SPECIAL) | st.characters(), max_size=12)
KAPPA = r"\\ensuremath\{\\kappa\}"
SAFE = re.compile(rf"(?:[^\\&%$#_{{}}~^<>|κ]|\\[&%$#_{{}}]|\\text[a-z]+\{{\}}|{KAPPA}|-\{{\}})*\Z")
NAMES = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    r"\ensuremath{\kappa}": "κ",
    "{}": "",
}


@given(LABELS)
def test_no_special_sign_is_left_and_all_can_be_read_back(label: str) -> None:
    escaped = escape(label)
    assert SAFE.match(escaped)
    assert "--" not in escaped

    def sign(found: re.Match[str]) -> str:
        return NAMES.get(found[0], found[0][1:])

    assert re.sub(rf"{KAPPA}|\\text[a-z]+\{{\}}|\{{\}}|\\[&%$#_{{}}]", sign, escaped) == printable(
        label
    )


CELLS: st.SearchStrategy[Cell | Styled | Ends] = st.one_of(
    LABELS,
    st.none(),
    st.integers(0, 99),
    st.builds(
        Styled,
        st.floats(-1, 1) | st.none(),
        st.none() | st.just((-0.25, 0.75)),
        st.booleans(),
        st.sampled_from(["", *MARKS]),
        st.booleans(),
    ),
    st.builds(Ends, st.floats(-1, 1), st.floats(-1, 1)),
)


@settings(max_examples=60)
@given(st.data(), st.lists(LABELS, min_size=1, max_size=4, unique=True), LABELS, LABELS)
def test_a_table_is_balanced(data: st.DataObject, heads: list[str], words: str, said: str) -> None:
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(heads, CELLS)), max_size=4))
    table = to_latex(rows, caption=words, notes=[words], signature=said)
    if not rows:
        assert table == ""
        return
    check(table, columns=len(heads), rows=len(rows))


def check(table: str, *, columns: int, rows: int) -> None:
    lines = table.splitlines()
    code = [line for line in lines if not line.startswith("% ")]
    text = "\n".join(code)
    bare = re.sub(r"\\[&%$#_{}]", "", text)
    depth = 0
    for sign in bare:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    assert "%" not in bare
    opened = Counter(re.findall(r"\\begin\{(\w+)\}", text))
    assert opened == Counter(re.findall(r"\\end\{(\w+)\}", text)) == {"table": 1, "tabular": 1}
    body = [line for line in code if line.endswith(r"\\")]
    assert len(body) == rows + 1
    assert not any(line.startswith(("[", "*")) for line in body)
    for line in body:
        assert re.sub(r"\\&", "", line).count("&") == columns - 1


@given(st.floats(-1, 1), st.booleans(), st.floats(-1, 1), st.floats(-1, 1))
@example(value=-0.0, signed=True, low=-0.0, high=0.0)
def test_signs_are_those_of_mathematics_and_of_the_terminal(
    value: float, signed: bool, low: float, high: float
) -> None:
    row: Row = {"a": Styled(value, (low, high), signed=signed), "b": Ends(low, high)}
    [line] = [line for line in to_latex([row]).splitlines() if "scriptsize" in line]
    assert not re.search(r"(?<!\$)[-+]|[-+](?!\$)", line)
    plain = line.replace("$", "")
    sign = "+" if signed else ""
    assert plain.startswith(rf"{value:{sign}.3f} {{\scriptsize [{low:.3f}, {high:.3f}]}} & ")
    assert plain.endswith(rf" & {low:.3f} to {high:.3f} \\")


QUOTE = Span("q", "Quote", ((0, 9),), {"form": "direct"})
OTHER = replace(QUOTE, fragments=((0, 7),))
GOLD = Corpus({}, tuple(Annotation(doc, "", "gold", (QUOTE,)) for doc in "ab"))


def test_the_best_of_several_systems_is_bold_and_humans_are_not() -> None:
    right = score(GOLD, GOLD, metrics=["exact"])
    wrong = score(
        GOLD, Corpus({}, tuple(replace(a, spans=(OTHER,)) for a in GOLD)), metrics=["exact"]
    )
    reports = [
        replace(right, system="human: a × b", beside=True),
        replace(right, system="good_one"),
        replace(wrong, system="bad"),
    ]
    key = ("good_one", "exact", "Quote", "")
    table = scores_to_latex(reports, marks={key: "‡"}, notes=["‡ is a mark."])
    check(table, columns=7, rows=2 * 3)  # Quote and Quote[form=direct]
    lines = [line for line in table.splitlines() if line.endswith(r"\\")]
    human, good, bad = lines[1:4]
    assert "textbf" not in human
    assert (
        r" & good\_one & \textbf{1.000} & \textbf{1.000} & \textbf{1.000}\rlap{$^{\ddagger}$} &"
        in good
    )
    assert r" & bad & 0.000 & 0.000 & 0.000 & 2 \\" in bad
    assert "Best values are in bold. ‡ is a mark." in table
    assert "textbf" not in scores_to_latex(reports[:2])  # one system and people
    assert scores_to_latex([score(Corpus(), Corpus(), metrics=["exact"])]) == ""


def test_intervals_stand_beside_their_ratios() -> None:
    report = with_intervals(score(GOLD, GOLD, metrics=["exact"]), resamples=20)
    table = scores_to_latex([report])
    check(table, columns=6, rows=2)
    assert r"1.000 {\scriptsize [1.000, 1.000]}" in table
    assert "Intervals (95\\%) are in brackets." in table
    assert "% avg:micro|docs:2|" in table
    assert r"boot:20\textbar{}seed:1" in table


def test_kappa_is_explained_where_it_is() -> None:
    assert "kappa" not in scores_to_latex([score(GOLD, GOLD, metrics=["exact"])])
    spans = (QUOTE, Span("r", "Quote", ((20, 29),), {"form": "mixed"}))
    gold = Corpus({}, tuple(replace(a, spans=spans) for a in GOLD))
    table = scores_to_latex([score(gold, gold, metrics=["attribute(kappa)"])])
    assert r"\ensuremath{\kappa} is Cohen's kappa." in table
    check(table, columns=7, rows=1)
