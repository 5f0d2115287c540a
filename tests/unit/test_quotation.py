"""Which marks make a quotation, style by style."""

import pytest

from quotemark.quotation import protected, quotations


def outer(text: str) -> list[str]:
    return [text[start:end] for start, end in protected(text)]


def inner(text: str) -> list[str]:
    return [text[q.start : q.end] for q in quotations(text) if q.depth]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('She said "no" twice: "no".', ['"no"', '"no"']),
        ("“Curly,” he said.", ["“Curly,”"]),
        ('“Curly open, straight close," he said, and "the reverse”.', None),
        ("''Doubled,'' she wrote, ``in old wires.''", ["''Doubled,''", "``in old wires.''"]),
        ("« Oui », dit-elle.", ["« Oui »"]),
        ("»Ja«, sagte er.", ["»Ja«"]),
        ("„Nein“, „Doch” und ‚so‘.", ["„Nein“", "„Doch”", "‚so‘"]),
        ("”Ja”, sa hon.", ["”Ja”"]),
        ("「はい」と言った。", ["「はい」"]),
        ("“Wrong closing mark“ he said.", ["“Wrong closing mark“"]),
        ('" Loose marks " are marks.', ['" Loose marks "']),
        ('🙂 "أهلا" 🙂', ['"أهلا"']),
        ("", []),
    ],
)
def test_styles(text: str, expected: list[str] | None) -> None:
    if expected is None:
        expected = ['“Curly open, straight close,"', '"the reverse”']
    assert outer(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It's the workers' bread, the '90s, rock 'n' roll.",
        "It’s the workers’ bread, the ’90s.",
        "Boys' and girls' coats.",
        "He is 6'2\" tall.",
        "'",
        "A stray” mark.",
    ],
)
def test_apostrophes_and_inches_are_no_marks(text: str) -> None:
    assert quotations(text) == ()


def test_single_marks_around_apostrophes() -> None:
    assert outer("'It's the boys' game,' he said. 'Don't.'") == [
        "'It's the boys' game,'",
        "'Don't.'",
    ]
    assert outer("He praised ‘the workers’ rights’ act.") == ["‘the workers’ rights’"]


def test_nesting() -> None:
    assert inner("“He said ‘no’,” she said.") == ["‘no’"]
    assert inner("''He said 'no''' was all.") == ["'no'"]
    assert inner('"I like "Rocket Man" a lot," he said.') == ['"Rocket Man"']
    assert inner("« Il dit “non” »") == ["“non”"]


def test_an_odd_mark_ends_at_its_paragraph_or_before_the_next_quotation() -> None:
    assert outer('He wrote "never.\n\nShe left.') == ['"never.']
    assert outer('"He came. "She left."') == ['"He came.', '"She left."']
    assert [q.closed for q in quotations('"He came. "She left."')] == [False, True]


def test_each_paragraph_reopens_and_the_last_one_closes() -> None:
    text = "“One.\n\n“Two ‘a’.\r\n\r\n“Three.” End.\n\n“Four.”"
    assert outer(text) == ["“One.\n\n“Two ‘a’.\r\n\r\n“Three.”", "“Four.”"]
    assert outer('"One.\n\nTwo."') == ['"One.']  # nothing reopens


def test_a_closed_quotation_does_not_go_on() -> None:
    assert outer('"One."\n\n"Two."') == ['"One."', '"Two."']
