"""Who said a quote, who holds a stance, and whose name is whose."""

from __future__ import annotations

import pytest

from quotemark.model import Annotation, Entity, Relation, Span
from quotemark.scheme import default_scheme, parse_scheme
from quotemark.sources import AUTHOR, Sources, holder, is_named, sources, stance_sources

SCHEME = default_scheme()
LUND = Span("s1", "Speaker", ((20, 24),), {"entity": "Ana Lund"})
PAPER = Span("s2", "Speaker", ((30, 35),), {"entity": "The Paper"})
NAMELESS = Span("s3", "Speaker", ((40, 42),), {})


def quote(**attributes: str | tuple[str, ...] | None) -> Span:
    return Span("q", "Quote", ((0, 10),), attributes)


def stance(**attributes: str | None) -> Span:
    return Span("t", "Stance", ((2, 5),), attributes)


def layer(*spans: Span, **relations: str) -> Annotation:
    """Spans, and relations `label_N=tail` from the quote, or the stance for a stance's."""
    heads = {"said_by": "q", "held_by": "t", "expressed_in": "t"}
    links = ((name.rpartition("_")[0], tail) for name, tail in relations.items())
    arrows = tuple(Relation(label, heads[label], tail) for label, tail in links)
    return Annotation("a", "", "ann", spans, arrows)


def test_a_mention() -> None:
    q = quote(source="mention")
    assert sources(layer(q, LUND, said_by_1="s1"), q, SCHEME) == Sources((LUND,), ("Ana Lund",))


def test_several_sources_of_both_kinds_each_once() -> None:
    q = quote(source="elsewhere", source_entity=("The Paper", "Ana Lund"))
    found = sources(layer(q, PAPER, LUND, said_by_1="s2", said_by_2="s1"), q, SCHEME)
    assert found == Sources((LUND, PAPER), ("Ana Lund", "The Paper"))


def test_not_stated_only_where_nothing_is_stated() -> None:
    q = quote(source="not_stated")
    assert sources(layer(q), q, SCHEME) == Sources(not_stated=True)
    assert sources(layer(q, LUND, said_by_1="s1"), q, SCHEME).not_stated is False


def test_an_unanswered_quote_is_not_a_not_stated_one() -> None:
    for q in (quote(), quote(source=None), quote(source="mention")):
        assert sources(layer(q), q, SCHEME) == Sources()


def test_a_dangling_relation_leads_nowhere() -> None:
    q = quote(source="mention")
    assert sources(layer(q, said_by_1="gone"), q, SCHEME) == Sources()


def test_in_a_scheme_without_source_a_quote_alone_is_not_stated() -> None:
    scheme = parse_scheme(
        'name="parc"\nversion="1"\n[roles]\nquote="Content"\nspeaker="Source"\nsaid_by="by"\n'
        '[labels.Content]\n[labels.Source]\n[relations.by]\nhead="Content"\ntail="Source"\n'
    )
    alone = Span("q", "Content", ((0, 10),))
    assert sources(Annotation("a", "", "x", (alone,)), alone, scheme) == Sources(not_stated=True)


def test_holders_in_their_order_of_precedence() -> None:
    q, t = quote(source="elsewhere", source_entity="The Paper"), stance(holder="Ove")
    everything = layer(q, t, LUND, held_by_1="s1", expressed_in_1="q")
    assert holder(everything, t, SCHEME) == ("Ana Lund",)
    assert holder(layer(q, t, expressed_in_1="q"), t, SCHEME) == ("Ove",)
    unnamed = stance(holder=None)
    assert holder(layer(q, unnamed, expressed_in_1="q"), unnamed, SCHEME) == ("The Paper",)
    assert holder(layer(q, unnamed), unnamed, SCHEME) == (AUTHOR,)


def test_a_holder_without_a_name_is_not_the_author() -> None:
    t = stance()
    found = stance_sources(layer(t, NAMELESS, held_by_1="s3"), t, SCHEME)
    assert found == Sources((NAMELESS,), ())


def test_a_stance_in_a_quote_of_nobody_stated_has_a_holder_not_stated() -> None:
    q, t = quote(source="not_stated"), stance()
    found = stance_sources(layer(q, t, expressed_in_1="q"), t, SCHEME)
    assert found == Sources(not_stated=True)
    assert holder(layer(q, t, expressed_in_1="q"), t, SCHEME) == ()


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("Ana Lund", True),
        ("ANA LUND", True),
        ("Ａna Lund", True),  # a full-width letter: NFKC
        ("the mayor", True),
        ("Lund", True),
        ("Ana  Lund", False),  # never fuzzy, not by a space
        ("Ana Lunde", False),
        ("she", False),  # an alias, but a pronoun
        ("Ove Lund", False),
        ("", False),
    ],
)
def test_names(name: str, same: bool) -> None:
    entities = [Entity("1", "Ana Lund", ("the mayor", "Lund", "she")), Entity("2", "Ove Lund")]
    assert is_named(name, "Ana Lund", entities) is same


def test_a_country_is_no_pronoun() -> None:
    assert is_named("US", "United States", [Entity("us", "United States", ("US",))])
    assert not is_named("us", "United States", [Entity("us", "United States", ("US",))])


def test_the_name_of_one_goes_before_the_alias_of_another() -> None:
    entities = [Entity("1", "Kim", ("Director Kim",)), Entity("2", "Kim Jong Un", ("Kim",))]
    assert not is_named("Kim Jong Un", "Kim", entities)
    assert is_named("Kim", "Kim Jong Un", entities)
