"""Who a mention stands for, and where people stand. All texts are made up."""

from __future__ import annotations

import pytest

from quotemark.errors import QuotemarkError
from quotemark.extractors import EXTRACTORS, extractor
from quotemark.model import Annotation, Document
from quotemark.scheme import default_scheme, parse_scheme


def extract(text: str, **meta: object) -> Annotation:
    return extractor("rules").extract(Document("a", text, meta), default_scheme())


def speakers(layer: Annotation, text: str) -> list[tuple[str, str, str]]:
    return [
        (span.surface(text), str(span.attributes["kind"]), str(span.attributes["entity"]))
        for span in layer.labelled("Speaker")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Ada Moen met the press. Moen said it was over. She said it was late.",
            [("Moen", "named", "Ada Moen"), ("She", "pronoun", "Ada Moen")],
        ),
        (
            "Mr. Ray met Mrs. Moen. He said it rained. She said it snowed.",
            [("He", "pronoun", "Ray"), ("She", "pronoun", "Moen")],
        ),
        (
            "Senator Ada Moen left on Monday. The senator said it was late.",
            [("The senator", "nominal", "Ada Moen")],
        ),
        (
            "Ada Moen, a nurse from Bergen, left. The nurse said it was late.",
            [("The nurse", "nominal", "Ada Moen")],
        ),
        (
            "The ministry said it would act. It said the law was dead.",
            [("The ministry", "nominal", "ministry"), ("It", "pronoun", "ministry")],
        ),
        ("Officials said it was late.", [("Officials", "nominal", "officials")]),
        (
            "Ada Moen, who said it was late, left.",
            [("who", "pronoun", "Ada Moen")],
        ),
        (
            '"I said we would go," Ada Moen said.',
            [("I", "pronoun", "Ada Moen"), ("Ada Moen", "named", "Ada Moen")],
        ),
    ],
)
def test_entities_from_the_text(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert speakers(extract(text), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A given name that goes with one sex, a title, what "he" has stood for.
        ("Tom Ray met Anna Moen. She said it was late.", ["Anna Moen"]),
        ("Anna Moen met Tom Ray. He said it was late.", ["Tom Ray"]),
        ("Mr Kim Ray met Lee Moen. She said it was late.", ["Lee Moen"]),
        ("Kim Ray left. He said it was late. She said it was early.", ["Kim Ray", "She"]),
        # Nothing tells the two apart.
        ("Kim Ray met Lee Moen. She said it was late.", ["She"]),
        # The name in commas is whom the words before it stand for.
        ("Mr Ray's lawyer, Ada Moen, said it was late.", ["Ada Moen"]),
        ("Two aides, Moen, and Ray said it was late.", ["Ray"]),
        ("Dr. Moen of Bergen said it was late.", ["Moen"]),
        ("Anna Moen of the Green Party said it was late.", ["Anna Moen"]),
        ("The Bank of Norway said it was late.", ["Bank of Norway"]),
        ("Some said it was late.", ["some"]),
        ("There were claims that it was late.", []),
        # A saint's or a place's name is nobody's.
        ("The school is St. Mary. Mary said it was late.", ["Mary"]),
        ("The ship left Fort Moen. Moen said it was late.", ["Moen"]),
    ],
)
def test_nobody_is_taken_for_somebody_else(text: str, expected: list[str]) -> None:
    assert [entity for _, _, entity in speakers(extract(text), text)] == expected


def test_the_documents_own_entities_come_first() -> None:
    text = "The secretary said it was late. Moen said so. Mr Moen said he agreed."
    known = [{"id": "moen", "name": "Ada Moen", "aliases": ["the secretary"]}]
    layer = extract(text, entities=known)
    assert {entity for _, _, entity in speakers(layer, text)} == {"Ada Moen"}
    assert [(e.id, e.name) for e in layer.entities] == [("moen", "Ada Moen")]


def stances(text: str, **meta: object) -> list[tuple[str, str, str, str]]:
    """Span, polarity, target, and where the holder comes from."""
    layer = extract(text, **meta)
    found = []
    for span in layer.labelled("Stance"):
        holders = [s.surface(text) for s in layer.tails(span.id, "held_by")]
        quoted = "quote" if layer.tails(span.id, "expressed_in") else ""
        found.append(
            (
                span.surface(text),
                str(span.attributes["polarity"]),
                str(span.attributes["target"]),
                " ".join([*holders, quoted]).strip(),
            )
        )
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Moen welcomed the plan.", [("welcomed", "support", "the plan", "Moen")]),
        ("Moen does not support the plan.", [("support", "oppose", "the plan", "Moen")]),
        (
            "The plan was condemned by the union.",
            [("condemned", "oppose", "The plan", "the union")],
        ),
        (
            '"I trust the doctors but this law is a disgrace," said Moen.',
            [
                ("trust", "support", "the doctors", "quote"),
                ("a disgrace", "oppose", "this law", "quote"),
            ],
        ),
        (
            'She described the draft as "unworkable".',
            [('"unworkable"', "oppose", "the draft", "quote")],
        ),
        ('He called the offer "an insult".', [('"an insult"', "oppose", "the offer", "quote")]),
        ("He never called the offer an insult.", []),  # which nobody said
        ("Moen said the offer was fair.", [("fair", "support", "the offer", "quote")]),
        ("Moen said the offer was not fair.", [("fair", "oppose", "the offer", "quote")]),
        ("The weather was terrible in Bergen.", []),  # the reporter's colour, in no quote
        ("The union backed down.", []),
    ],
)
def test_stances(text: str, expected: list[tuple[str, str, str, str]]) -> None:
    assert stances(text) == expected


def test_a_topic_of_the_project_is_the_target() -> None:
    found = stances("Moen welcomed the new toll road.", targets=["toll road"])
    assert found == [("welcomed", "support", "toll road", "Moen")]


def test_a_scheme_without_some_parts_gets_what_it_has() -> None:
    text = '"It works," said Ada Moen. Moen welcomed it.'
    scheme = parse_scheme(
        'name = "s"\nversion = "1"\n'
        '[roles]\nquote = "Content"\nspeaker = "Source"\nsaid_by = "by"\nform = "kind"\n'
        '[labels.Content.attributes.kind]\ntype = "choice"\nvalues = ["direct"]\n'
        "[labels.Source]\n"
        '[relations.by]\nhead = "Content"\ntail = "Source"\n'
    )
    layer = extractor("rules").extract(Document("a", text), scheme)
    assert {span.label for span in layer.spans} == {"Content", "Source"}
    assert [dict(s.attributes) for s in layer.labelled("Content")] == [{"kind": "direct"}]
    assert layer.asked.labels == ("Content", "Source")
    assert layer.asked.attributes == ("Content.kind",)
    assert layer.asked.relations == ("by",)


def test_the_registry() -> None:
    for name in EXTRACTORS:
        found = extractor(name)
        assert found.name == name
        assert found.version
        layer = found.extract(Document("a", "Moen said it works."), default_scheme())
        assert layer.asked == found.produces
        assert (layer.annotator, layer.status) == (name, "predicted")
        assert layer.provenance == {"extractor": name, "version": found.version}
    with pytest.raises(QuotemarkError, match=r"no extractor 'ruels'.*name one of: .*rules"):
        extractor("ruels")
