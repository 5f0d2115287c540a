"""Which marks make a quotation, style by style."""

import pytest

from quotemark.model import Document
from quotemark.quotation import protected, quotations
from quotemark.segment import paragraphs
from quotemark.tasks import split


def outer(text: str) -> list[str]:
    return [text[q.start : q.end] for q in quotations(text) if not q.depth]


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


TOGETHER = [
    'He said: "One\n\nTwo\n\nThree" and left.',
    "“One.\n\n“Two.\n\nThree,” he said.",
    'The mayor said:\n\n"We will go."',
    'The mayor said,\n\n"We will go."',
    '"We will go,"\n\nsaid the mayor.',
    '"We will go,"\n\nMayor Ode said.',
    '"We will go",\r\n\r\nMayor Ode said.',
    '"Will we go?"\n\nsaid the mayor.',
    "«Un.\n\n»Deux», dit-il.",
    "«Un.\n\n»Deux.\n\n»Trois», dit-il.",
    "„Eins.\n\nZwei“, sagte er.",
    "“One.\n\nHe told me ‘no’.\n\nTwo,”\n\nsaid the mayor.",
    '"He said: “One.\n\nTwo,” and I\n\nwent."',
    "'One.\n\nTwo,' he said.",
    "‘One.\n\nTwo,’ he said.",
    "'One.\n\nIt's the boys' game.\n\nTwo,' he said.",
    '"One.\n\nTwo."',
    "“" + "\n".join("line" for _ in range(21)) + "”",
    '"' + "\n".join("line" for _ in range(11)) + '"',
]


@pytest.mark.parametrize("text", TOGETHER)
def test_no_paragraph_begins_outside_what_is_protected(text: str) -> None:
    stretches = protected(text)
    for start, _ in paragraphs(text)[1:]:
        assert any(s < start < e for s, e in stretches)
    assert [task.text for task in split(Document("a", text), window=1)] == [text]


APART = [
    'He wrote "never.\n\nShe left.\n\nThey stayed.',
    "He wrote “never.\n\nShe left.\n\nThey stayed.",
    "A stray” mark.\n\nAn open “mark.",
    '"One," he said.\n\n"Two," she said.',
    '"One."\n\nThe end.',
    "List:\n\nOne, two,\n\nthree.",
    "It's the '90s.\n\nThe boys' game.\n\nThe end.",
    'An odd "mark.' + "\n\nText." * 10 + '\n\nAnother" one.',
    "An odd “mark." + "\n\nText." * 20 + "\n\nAnother” one.",
]


@pytest.mark.parametrize("text", APART)
def test_stray_marks_hold_nothing_together(text: str) -> None:
    assert len(split(Document("a", text), window=1)) == len(paragraphs(text))


@pytest.mark.parametrize(
    "text",
    [f"{mark}a.{between}" * 20_000 for mark in "\"“«'‘" for between in (" ", "\n", '\nb” c» d" ')],
    ids=lambda text: ascii(text[:9]),
)
@pytest.mark.timeout(20)
def test_many_unclosed_marks_take_linear_time(text: str) -> None:
    assert protected(text) is not None
