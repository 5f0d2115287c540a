"""What the rules take for a quote, by construction of the language. All texts are made up."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from quotemark.extractors import extractor
from quotemark.model import Annotation, Document, Span
from quotemark.scheme import default_scheme


class Found(NamedTuple):
    """A quote as a reader sees it."""

    form: str
    words: str
    speakers: tuple[str, ...]
    cue: str


def extract(text: str) -> Annotation:
    return extractor("rules").extract(Document("a", text), default_scheme())


def seen(text: str) -> list[Found]:
    layer = extract(text)

    def words(spans: tuple[Span, ...]) -> tuple[str, ...]:
        return tuple(span.surface(text) for span in spans)

    return [
        Found(
            str(quote.attributes["form"]),
            quote.surface(text),
            words(layer.tails(quote.id, "said_by")),
            " ".join(words(layer.tails(quote.id, "cued_by"))),
        )
        for quote in layer.labelled("Quote")
    ]


DIRECT = [
    ('"The road is shut", Ada Moen said on Friday.', '"The road is shut"', "Ada Moen", "said"),
    ('"The road is shut," said Ada Moen, an engineer.', '"The road is shut,"', "Ada Moen", "said"),
    ("“It works,” she added.", "“It works,”", "she", "added"),
    ("''It works,'' the boss said.", "''It works,''", "the boss", "said"),
    ("‘It works,’ said Moen.", "‘It works,’", "Moen", "said"),
    ("«It works», said Moen.", "«It works»", "Moen", "said"),
    ('Moen told the Gazette: "It is over."', '"It is over."', "Moen", "told"),
    ('Moen said in a letter that "nobody was told".', '"nobody was told"', "Moen", "said"),
    ('Moen replied, "We have no plans to sell."', '"We have no plans to sell."', "Moen", "replied"),
    ('"Is it true?" Moen asked.', '"Is it true?"', "Moen", "asked"),
    ('"No!" yelled the crowd.', '"No!"', "the crowd", "yelled"),
    (
        '"It is safe," Moen, who built it, insisted.',
        '"It is safe,"',
        "Moen",
        "insisted",
    ),
    (
        '"The bridge is safe", the engineer insisted. "We tested it twice".',
        '"The bridge is safe" … "We tested it twice"',
        "the engineer",
        "insisted",
    ),
    ('"No," he said, "never again."', '"No," … "never again."', "he", "said"),
]

INDIRECT = [
    ("The aide said that the talks had failed.", "the talks had failed", "The aide", "said"),
    ("The aide said the talks had failed.", "the talks had failed", "The aide", "said"),
    ("Two aides suggested the vote was lost.", "the vote was lost", "Two aides", "suggested"),
    ("Prices fell again, officials said.", "Prices fell again", "officials", "said"),
    ("The plan, Moen said, is dead.", "The plan … is dead", "Moen", "said"),
    ("Moen urged them to leave.", "to leave", "Moen", "urged"),
    ("Moen said nothing would change.", "nothing would change", "Moen", "said"),
    ("Moen asked whether it was safe.", "it was safe", "Moen", "asked"),
    (
        "A spokesman for the bank said it would pay.",
        "it would pay",
        "A spokesman for the bank",
        "said",
    ),
    (
        "According to the ministry, the road is closed.",
        "the road is closed",
        "the ministry",
        "According to",
    ),
    (
        "The road is closed, according to a clerk at the ministry.",
        "The road is closed",
        "a clerk",
        "according to",
    ),
    (
        "Moen, who had said that prices would fall, resigned.",
        "prices would fall",
        "who",
        "said",
    ),
    ("The merger, something Moen suggested was dead, is on.", "was dead", "Moen", "suggested"),
    ("Moen was quoted as saying that it had landed.", "it had landed", "Moen", "saying"),
    ("Speaking privately, a guard told Moen that it broke.", "it broke", "a guard", "told"),
    (
        "The coach disagreed, saying she had slept well.",
        "she had slept well",
        "The coach",
        "saying",
    ),
    ("Moen said on Monday in a talk at Bergen that it was over.", "it was over", "Moen", "said"),
]

MIXED = [
    (
        'Moen said the board had been "asleep at the wheel" for years.',
        'the board had been "asleep at the wheel" for years',
        "Moen",
        "said",
    ),
    ('She described the draft as "unworkable".', 'the draft as "unworkable"', "She", "described"),
    ('Moen called the offer "an insult".', 'the offer "an insult"', "Moen", "called"),
    ('The plan is "dead," Moen said.', 'The plan is "dead,"', "Moen", "said"),
]


@pytest.mark.parametrize(
    ("form", "case"),
    [
        *(("direct", case) for case in DIRECT),
        *(("indirect", case) for case in INDIRECT),
        *(("mixed", case) for case in MIXED),
    ],
)
def test_one_quote(form: str, case: tuple[str, str, str, str]) -> None:
    text, words, speaker, cue = case
    assert seen(text) == [Found(form, words, (speaker,), cue)]


def test_a_noun_of_stating_has_its_owner() -> None:
    (found,) = seen("Few believed the mayor's claim that it had rained.")
    assert found == Found("indirect", "it had rained", ("the mayor",), "claim")
    (found,) = seen("Moen rejected suggestions that she had been paid.")
    assert found == Found("indirect", "she had been paid", (), "suggestions")


@pytest.mark.parametrize(
    "text",
    [
        'Fans call the stadium "the Oven", and "smart" tickets cost more.',
        'Mr Moen had dubbed Mr Ray "Rain Man" in reference to the floods.',
        "The union released an angry letter and warned against delays.",
        "The union refused to say whether it would strike.",
        "The lawyer might argue that the law is void.",
        "A statement that shook the town was read out.",
        "He never said that it was over.",
        "Moen said almost nothing about what was planned.",
        "The said man made no claim to the house.",
        "The talks were held in Bergen.",
        "",
    ],
)
def test_no_quote(text: str) -> None:
    assert seen(text) == []


def test_closed_and_opened_again_with_nothing_between_are_two() -> None:
    found = seen('"The offer was fair". "Now it is gone".')
    assert [quote.words for quote in found] == ['"The offer was fair"', '"Now it is gone"']
    layer = extract('"The offer was fair". "Now it is gone".')
    assert {q.attributes["source"] for q in layer.labelled("Quote")} == {"not_stated"}


def test_two_cues_of_one_sentence() -> None:
    found = seen('While Moen told reporters it was "on track", Ray said the delay was "absurd".')
    assert [(quote.words, quote.speakers) for quote in found] == [
        ('it was "on track"', ("Moen",)),
        ('the delay was "absurd"', ("Ray",)),
    ]
    found = seen("Moen told Ray that he was wrong and said she would resign.")
    assert [(quote.words, quote.speakers) for quote in found] == [
        ("he was wrong", ("Moen",)),
        ("she would resign", ("Moen",)),
    ]


def test_a_colon_ends_an_indirect_quote() -> None:
    found = seen('The coach said she had slept well: "Like a stone".')
    assert [(quote.form, quote.words) for quote in found] == [
        ("indirect", "she had slept well"),
        ("direct", '"Like a stone"'),
    ]
    assert {quote.speakers for quote in found} == {("The coach",)}


def test_two_speakers() -> None:
    (found,) = seen("Ada Moen and Olav Ray said they would sell.")
    assert found.speakers == ("Ada Moen", "Olav Ray")


def test_a_quote_inside_a_quote() -> None:
    found = seen('"My father said we must stay," Moen recalled.')
    assert [(quote.words, quote.speakers) for quote in found] == [
        ('"My father said we must stay,"', ("Moen",)),
        ("we must stay", ("My father",)),
    ]


def test_a_quotation_of_several_paragraphs_is_one() -> None:
    (found,) = seen('Moen said: "One is enough for us.\n\n"Two is a crowd."')
    assert found.words == '"One is enough for us.\n\n"Two is a crowd."'


def test_a_paragraph_of_quotation_alone_goes_on_with_the_speaker_before() -> None:
    text = '"It is over for us," Ada Moen said.\n\n"We will never come back here."'
    second = extract(text).labelled("Quote")[1]
    assert second.attributes["source"] == "elsewhere"
    assert second.attributes["source_entity"] == ("Ada Moen",)


def test_a_stray_mark_does_not_hide_the_attribution() -> None:
    (found,) = seen('"We will leave the town, the mayor said.')
    assert (found.words, found.speakers) == ("We will leave the town", ("the mayor",))


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ('Dr. Moen, of Bergen, told the BBC: "It\'s bad."', "Dr. Moen"),
        ('Ada Moen, 42, a nurse from Bergen, asked the BBC: "Why is it shut?"', "Ada Moen"),
        ('Ada Moen, who ran a farm near Bergen, warned the board: "It is over."', "Ada Moen"),
        ('Ada Moen (Labour) informed the board: "It is over."', "Ada Moen"),
        ('The minister, speaking after the vote, told Reuters: "It is over."', "The minister"),
        ('"It is over," Dr. Moen, of Bergen, told the BBC.', "Dr. Moen"),
        ("In Bergen, Moen, a baker, told the BBC it was over.", "Moen"),
        ("The road is shut, warned the minister.", "the minister"),
    ],
)
def test_who_is_addressed_is_no_speaker(text: str, speaker: str) -> None:
    assert [quote.speakers for quote in seen(text)] == [(speaker,)]


@pytest.mark.parametrize(
    "rest",
    [
        "and left",
        "and then walked out of the hall",
        ", and closed the door",
        "before leaving",
        "as he left the hall",
        "when asked about it",
        "in an interview on Monday",
        "at a rally in Bergen",
    ],
)
def test_what_the_speaker_did_next_is_not_said(rest: str) -> None:
    assert seen(f'Moen said "It is over" {rest}.'.replace(" ,", ",")) == [
        Found("direct", '"It is over"', ("Moen",), "said")
    ]


@pytest.mark.parametrize(
    "words",
    [
        '"the road" was shut',
        '"the worst is over" and prices would fall',
        '"the worst is over" and that peace had come',
        '"taxes" and reduced aid would hurt',
        '"shops" in the town were shut',
    ],
)
def test_what_goes_on_with_the_statement_is_said(words: str) -> None:
    assert seen(f"Moen said {words}.") == [Found("mixed", words, ("Moen",), "said")]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("Some call it the “latte tax”.", []),
        ("Fans call the stadium “the oven”.", []),
        ("Moen called it “the worst deal of all”.", ["it “the worst deal of all”"]),
        ("It is what experts call “herd immunity”.", []),
        ("Moen called it the “worst” deal.", ["it the “worst”"]),
        ("Moen called the tax “unfair”.", ["the tax “unfair”"]),
    ],
)
def test_naming_is_no_statement(text: str, quotes: list[str]) -> None:
    assert [quote.words for quote in seen(text)] == quotes


def test_a_colon_belongs_to_the_nearest_attribution() -> None:
    assert seen('Moen said Ray had told her: "Go away."') == [
        Found("indirect", "Ray had told her", ("Moen",), "said"),
        Found("direct", '"Go away."', ("Ray",), "told"),
    ]


@pytest.mark.parametrize(
    ("text", "words"), [("«, ", []), ('"It is over now, ', ['"It is over now'])]
)
def test_a_quotation_without_an_end_ends_before_its_comma(text: str, words: list[str]) -> None:
    assert [quote.words for quote in seen(text)] == words
