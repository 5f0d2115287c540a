"""The words that the rules know, from `lexicon.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

VOWELS = frozenset("aeiou")


@dataclass(frozen=True, slots=True)
class Verb:
    """A form of a verb of stating. `form` is base, third, past or ing; a past form may also
    be the participle. `frames` are the constructions that it takes."""

    base: str
    form: str
    frames: frozenset[str]


@dataclass(frozen=True)
class Lexicon:
    """Verb forms, nouns, and named sets of words, all in lower case."""

    verbs: Mapping[str, Verb]
    nouns: frozenset[str]
    to_nouns: frozenset[str]
    irregular: Mapping[str, tuple[str, str, str, str]]
    prepositions: tuple[tuple[str, ...], ...]
    sets: Mapping[str, frozenset[str]]

    def has(self, name: str, word: str) -> bool:
        """Whether `word` is in the set of that name.

        >>> lexicon().has("pronouns", "she")
        True
        """
        return word in self.sets[name]

    def inflections(self, base: str) -> tuple[str, str, str, str, str]:
        """Third person, past, participle, -ing form and the base itself, irregular ones too.

        >>> lexicon().inflections("slam")
        ('slams', 'slammed', 'slammed', 'slamming', 'slam')
        """
        return (*self.irregular.get(base, inflect(base)), base)


@cache
def lexicon() -> Lexicon:
    """The lexicon of the package, read once.

    >>> lexicon().verbs["argued"].base
    'argue'
    """
    raw = read_toml("lexicon.toml")
    verbs: dict[str, Verb] = {}
    irregular: dict[str, tuple[str, str, str, str]] = {}
    for key, frames in raw["verbs"].items():
        base, *others = key.split()
        if others:
            third, past, participle, ing = others
            irregular[base] = (third, past, participle, ing)
        else:
            third, past, participle, ing = inflect(base)
        allowed = frozenset(frames.split())
        for word, form in (
            *((past, "past"), (participle, "past")),
            *((third, "third"), (ing, "ing"), (base, "base")),
        ):
            verbs.setdefault(word, Verb(base, form, allowed))
    sets = {name: frozenset(words.split()) for name, words in raw["words"].items()}
    sets |= {name: frozenset(words.split()) for name, words in raw["titles"].items()}
    roles = frozenset(raw["roles"]["words"].split())
    sets["roles"] = roles | {plural(role) for role in roles}
    sets["modifiers"] = frozenset(raw["roles"]["modifiers"].split()) | roles
    sets["all_titles"] = sets["male"] | sets["female"] | sets["any"]
    return Lexicon(
        verbs,
        frozenset(raw["nouns"]["that"].split()),
        frozenset(raw["nouns"]["to"].split()),
        irregular,
        tuple(tuple(phrase.split()) for phrase in raw["phrases"]["prepositions"]),
        sets,
    )


def read_toml(name: str) -> dict[str, Any]:
    """A TOML file that lies beside this module."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def inflect(base: str) -> tuple[str, str, str, str]:
    """Third person, past, participle and -ing form of a regular English verb.

    >>> inflect("reply")
    ('replies', 'replied', 'replied', 'replying')
    >>> inflect("argue")
    ('argues', 'argued', 'argued', 'arguing')
    """
    if base.endswith("y") and base[-2] not in VOWELS:
        return base[:-1] + "ies", base[:-1] + "ied", base[:-1] + "ied", base + "ing"
    third = base + ("es" if base.endswith(("s", "sh", "ch", "x", "z")) else "s")
    if base.endswith("e"):
        return third, base + "d", base + "d", base[:-1] + "ing"
    return third, base + "ed", base + "ed", base + "ing"


def plural(noun: str) -> str:
    """The regular plural of an English noun, and that of -man and -woman.

    >>> plural("spokeswoman"), plural("deputy")
    ('spokeswomen', 'deputies')
    """
    if noun.endswith("man"):
        return noun[:-3] + "men"
    if noun.endswith("y") and noun[-2] not in VOWELS:
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x")) else "s")
