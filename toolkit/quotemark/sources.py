"""What an annotation says about who said a quote and who holds a stance, and whose name is whose.

Names are compared by equality after NFKC and case folding, with an entity's name and its
aliases; never fuzzily, and a pronoun never counts as a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from quotemark.model import Annotation, Entity, Span
from quotemark.scheme import Scheme

NOT_STATED = "not_stated"
"""The value of a quote's `source` where the article does not tell who said it."""

AUTHOR = "AUTHOR"
"""The holder of a stance that nobody in the article holds: the article itself."""

_ENGLISH = """
i me my mine myself we us our ours ourselves you your yours yourself yourselves
he him his himself she her hers herself it its itself they them their theirs themselves
who whom whose which that this these those one
"""
PRONOUNS = frozenset(_ENGLISH.split())


@dataclass(frozen=True, slots=True)
class Sources:
    """Who said a quote or holds a stance: mentions in the text, canonical names, or nobody told.

    `mentions` are Speaker spans in the order of the text; `entities` are distinct names, sorted,
    of the mentions and of whoever is named without one. All empty and `not_stated` False:
    the annotation does not say.
    """

    mentions: tuple[Span, ...] = ()
    entities: tuple[str, ...] = ()
    not_stated: bool = False


def sources(annotation: Annotation, quote: Span, scheme: Scheme) -> Sources:
    """Who said `quote`, by its `said_by` relations, their `entity`, `source`, `source_entity`.

    A quote is *not stated* where its `source` says so and nothing names a source, and in a
    scheme without `source`, where nothing does.

    >>> from quotemark.model import Relation
    >>> from quotemark.scheme import default_scheme
    >>> he = Span("s", "Speaker", ((12, 14),), {"entity": "Ana Lund"})
    >>> quote = Span("q", "Quote", ((0, 5),), {"source": "mention"})
    >>> layer = Annotation("a", "", "ann", (quote, he), (Relation("said_by", "q", "s"),))
    >>> sources(layer, quote, default_scheme()).entities
    ('Ana Lund',)
    """
    mentions = _tails(annotation, quote, scheme.role("said_by"))
    entities = (
        *_entities(mentions, scheme),
        *values(quote, scheme.role("source_entity")),
    )
    source = scheme.role("source")
    silent = quote.attributes.get(source) == NOT_STATED if source else True
    nobody = silent and not mentions and not entities
    return Sources(mentions, tuple(sorted(set(entities))), nobody)


def stance_sources(annotation: Annotation, stance: Span, scheme: Scheme) -> Sources:
    """Who holds `stance`: as `holder`, with the mentions that say so.

    A stance in a quote whose source is not stated is held by somebody not stated.
    """
    mentions = _tails(annotation, stance, scheme.role("held_by"))
    if mentions:
        return Sources(mentions, tuple(sorted(set(_entities(mentions, scheme)))))
    named = values(stance, scheme.role("holder"))
    if named:
        return Sources(entities=tuple(sorted(set(named))))
    quotes = _tails(annotation, stance, scheme.role("expressed_in"))
    if not quotes:
        return Sources(entities=(AUTHOR,))
    found = [sources(annotation, quote, scheme) for quote in quotes]
    return Sources(
        _in_order(m for each in found for m in each.mentions),
        tuple(sorted({e for each in found for e in each.entities})),
        all(each.not_stated for each in found),
    )


def holder(annotation: Annotation, stance: Span, scheme: Scheme) -> tuple[str, ...]:
    """The canonical names of who holds `stance`, distinct and sorted.

    The entities of its `held_by` speakers, else its `holder` attribute, else the sources of the
    quote it is `expressed_in`, else `AUTHOR`. Empty where a holder is there without a name.

    >>> from quotemark.scheme import default_scheme
    >>> stance = Span("t", "Stance", ((0, 5),), {"polarity": "oppose"})
    >>> holder(Annotation("a", "", "ann", (stance,)), stance, default_scheme())
    ('AUTHOR',)
    """
    return stance_sources(annotation, stance, scheme).entities


@lru_cache(maxsize=1 << 14)
def fold(name: str) -> str:
    """A name as it is compared: NFKC, case folded.

    >>> fold("Ｋim JONG Un") == fold("Kim Jong Un")
    True
    """
    return normalize("NFKC", normalize("NFKC", name).casefold())


def is_pronoun(name: str) -> bool:
    """Whether `name` is an English pronoun, written small or with a capital: "US" is none.

    >>> [is_pronoun(name) for name in ("he", "They", "us", "US", "the secretary")]
    [True, True, True, False, False]
    """
    return name.lower() in PRONOUNS and name in (name.lower(), name.capitalize())


def known_names(name: str, entities: Iterable[Entity]) -> frozenset[str]:
    """All folded names that say the same as `name`: itself, and what its entity is called.

    The entity is the one with that name; where there is none, each one with that alias.
    Pronouns among aliases are left out.

    >>> sorted(known_names("Ana Lund", [Entity("lund", "Ana Lund", ("the mayor", "she"))]))
    ['ana lund', 'the mayor']
    """
    wanted = fold(name)
    listed = tuple(entities)
    bearers = [e for e in listed if fold(e.name) == wanted]
    bearers = bearers or [e for e in listed if wanted in map(fold, e.aliases)]
    called = (n for e in bearers for n in (e.name, *e.aliases) if not is_pronoun(n))
    return frozenset({wanted, *map(fold, called)})


def is_named(name: str, entity: str, entities: Iterable[Entity]) -> bool:
    """Whether `name` is the name or an alias of the entity called `entity`.

    A pronoun is no alias.

    >>> pair = [Entity("lund", "Ana Lund", ("Lund", "she"))]
    >>> [is_named(name, "Ana Lund", pair) for name in ("LUND", "she", "Ana")]
    [True, False, False]
    """
    if fold(name) == fold(entity):
        return True
    return not is_pronoun(name) and fold(name) in known_names(entity, entities)


def values(span: Span, attribute: str) -> tuple[str, ...]:
    """The values of an attribute, however many; none where it is missing or null.

    >>> values(Span("q", "Quote", ((0, 1),), {"source_entity": ("A", "B")}), "source_entity")
    ('A', 'B')
    """
    value = span.attributes.get(attribute)
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


def _entities(mentions: Iterable[Span], scheme: Scheme) -> tuple[str, ...]:
    attribute = scheme.role("entity")
    return tuple(name for mention in mentions for name in values(mention, attribute))


def _tails(annotation: Annotation, head: Span, relation: str) -> tuple[Span, ...]:
    return _in_order(annotation.tails(head.id, relation))


def _in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in the order of the text, each once however many relations lead to it."""
    once = {span.id: span for span in spans}
    return tuple(sorted(once.values(), key=lambda s: (s.fragments, s.id)))
