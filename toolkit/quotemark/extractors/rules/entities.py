"""Who a mention stands for: the document's own entities first, else names in the text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from quotemark.extractors.rules.items import Item, Sentence
from quotemark.extractors.rules.lexicon import lexicon
from quotemark.extractors.rules.phrases import Items, Phrase, is_name, is_noun
from quotemark.model import Document, Entity, Fragment

Kind = Literal["named", "nominal", "pronoun"]
Sex = Literal["m", "f", "n", "p", ""]
"""m and f for a person of known sex, n for a body, p for several; empty: a person."""

PRONOUNS: dict[str, Sex] = {
    **dict.fromkeys(("he", "him", "his"), "m"),
    **dict.fromkeys(("she", "her"), "f"),
    **dict.fromkeys(("it", "its"), "n"),
    **dict.fromkeys(("they", "them", "their"), "p"),
}
FIRST_PERSON = frozenset("i we my our me us".split())
NOT_PERSONS = frozenset(
    "north south east west new united white los san saint st supreme wall fox associated the".split()
)
OFFICE = re.compile(
    r"(?:Secretary|Minister|Director|Chief|Head|Speaker)\s+of\s+(?:the\s+)?\w+\s+(?=\w)"
)
FAR = 8
"""Sentences that a pronoun reaches back over."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that stand for somebody, with who that is."""

    span: Fragment
    kind: Kind
    entity: str


@dataclass(slots=True)
class _Known:
    """What the text tells of one entity."""

    name: str
    sex: Sex = ""
    person: bool = True
    aliases: Counter[str] = field(default_factory=Counter)


class Cast:
    """The people and bodies of one document; grows as mentions are resolved in text order."""

    def __init__(self, doc: Document, sentences: Sequence[Sentence]) -> None:
        self.text = doc.text
        self.given = doc.entities
        self.known: dict[str, _Known] = {}
        self.by_name: dict[str, str] = {}  # folded name or alias -> canonical name
        self.by_role: dict[str, list[tuple[int, str]]] = {}  # "secretary" -> (place, name)
        self.persons: list[tuple[int, str]] = []  # (place, name) of mentions, in text order
        self.lower_words: set[str] = set()
        for entity in self.given:
            self._know(entity.name)
            for name in (entity.name, *entity.aliases):
                self.by_name.setdefault(folded(name), entity.name)
        self._read(sentences)

    # Reading the text

    def _read(self, sentences: Sequence[Sentence]) -> None:
        runs: list[tuple[Sentence, int, int]] = []
        full: Counter[str] = Counter()
        for sentence in sentences:
            items = sentence.items
            self.lower_words.update(i.lower for i in items if i.word and not i.capital)
            for start, end in name_runs(items):
                runs.append((sentence, start, end))
                name = " ".join(i.text for i in items[start:end])
                if end - start > 1:
                    full[name] += 1
        surnames: dict[str, str] = {}
        for name, _ in full.most_common():  # ties in order of appearance
            surnames.setdefault(folded(name.split()[-1]), name)
        for entity in reversed(self.given):
            surnames[folded(entity.name.split()[-1] if entity.name.split() else "")] = entity.name
        self.surnames = surnames
        for sentence, start, end in runs:
            self._note(sentence.items, start, end)
        self.persons.sort()

    def _note(self, items: Items, start: int, end: int) -> None:
        """Learn from one name in the text: its sex by title, its roles by apposition."""
        words = lexicon()
        name = self.canonical(" ".join(i.text for i in items[start:end]))
        known = self._know(name)
        before = items[start - 1] if start else None
        title = before.lower if before is not None else ""
        lead = items[start].lower
        for word in (title, lead):
            if words.has("male", word):
                known.sex = "m"
            elif words.has("female", word):
                known.sex = "f"
        titled = words.has("all_titles", title) or words.has("all_titles", lead)
        parts = name.split()
        known.person = name in self.surnames.values() and len(parts) > 1 or titled
        if any(words.has("bodies", p.lower()) for p in parts) or parts[0].lower() in NOT_PERSONS:
            known.person = False
        if "'s" in name or "’s" in name or (len(parts) == 1 and not titled):
            known.person = False
        if known.person:
            self.persons.append((items[start].start, name))
        for role in _roles(items, start, end):
            self._play(role, items[start].start, name)

    def _play(self, role: str, place: int, name: str) -> None:
        words = lexicon()
        self.by_role.setdefault(role, []).append((place, name))
        known = self._know(name)
        known.person = known.person or words.has("roles", role)
        if words.has("male_roles", role):
            known.sex = "m"
        elif words.has("female_roles", role):
            known.sex = "f"

    def _know(self, name: str) -> _Known:
        return self.known.setdefault(name, _Known(name))

    def canonical(self, surface: str) -> str:
        """The canonical name for a proper name as it stands in the text.

        A given entity's name or alias wins; a surname stands for the full name that the text
        has for it most often.
        """
        bare = surface
        while True:
            given = self.by_name.get(folded(bare))
            if given:
                return given
            shorter = _without_lead(bare)
            if shorter == bare:
                break
            bare = shorter
        return self.surnames.get(folded(bare), bare) if " " not in bare else bare

    # Resolving mentions, in text order

    def mention(self, sentence: Sentence, phrase: Phrase, *, speaker: str | None = None) -> Mention:
        """The mention that a phrase is. `speaker` is whose words the sentence is, for "I"."""
        items = sentence.items
        start, end = phrase.start, phrase.end
        while end - start > 1 and items[end - 1].lower in ("'s", "'"):
            end -= 1
        span = (items[start].start, items[end - 1].end)
        surface = self.text[span[0] : span[1]]
        lower = surface.lower()
        words = lexicon()
        if phrase.antecedent:
            antecedent = Phrase(*phrase.antecedent)
            return Mention(span, "pronoun", self.mention(sentence, antecedent).entity)
        given = self.by_name.get(folded(surface))
        if lower in FIRST_PERSON or lower in PRONOUNS or words.has("pronouns", lower):
            entity = speaker if lower in FIRST_PERSON and speaker else given
            entity = entity or self._pronoun(sentence, items[start].start, lower) or surface
            return self._used(Mention(span, "pronoun", entity))
        head = _head(items, start, end)
        if self._is_named(sentence, start, head):
            entity = given or self.canonical(_proper(items, start, head))
            return self._used(Mention(span, "named", entity))
        role = items[head].lower
        entity = given or self._role(role, items[start].lower, span[0])
        if not entity:
            first = start
            while first < end - 1 and words.has("determiners", items[first].lower):
                first += 1
            entity = self.text[items[first].start : span[1]]
            if (
                items[start].start == items[first].start
                and first == 0
                and not is_name(items[first])
            ):
                entity = entity[:1].lower() + entity[1:]
        self._play(role, span[0], entity)
        known = self._know(entity)
        if words.has("bodies", role):
            known.sex = "n"
        elif role.endswith(("s", "men")):
            known.sex = "p"
        return self._used(Mention(span, "nominal", entity))

    def _used(self, mention: Mention) -> Mention:
        known = self._know(mention.entity)
        if mention.kind != "pronoun":
            known.aliases[self.text[mention.span[0] : mention.span[1]]] += 1
        if known.person or known.sex in ("n", "p") or mention.kind == "named":
            place = bisect_left(self.persons, (mention.span[0], ""))
            self.persons.insert(place, (mention.span[0], mention.entity))
        return mention

    def _is_named(self, sentence: Sentence, start: int, head: int) -> bool:
        item = sentence.items[head]
        words = lexicon()
        if not item.capital or words.has("determiners", item.lower):
            return False
        if head == start == 0:  # any word has a capital there
            usual = words.has("roles", item.lower) or words.has("bodies", item.lower)
            return not (
                usual or item.lower in self.lower_words or words.has("indefinites", item.lower)
            )
        return True

    def _role(self, role: str, determiner: str, place: int) -> str | None:
        """Who "the secretary" is: the last one before, else the first one after."""
        if determiner not in ("the", "this", "that", "his", "her", "their"):
            return None
        players = self.by_role.get(role, [])
        before = [name for at, name in players if at < place]
        return before[-1] if before else (players[0][1] if players else None)

    def _pronoun(self, sentence: Sentence, place: int, pronoun: str) -> str | None:
        """The nearest fitting mention before: in each sentence back, its first one."""
        sex = PRONOUNS.get(pronoun, "")
        high = bisect_left(self.persons, (place, ""))
        candidates = self.persons[max(0, high - 4 * FAR) : high]
        fitting = [(at, name) for at, name in candidates if self._fits(name, sex)]
        if not fitting:
            return None
        inside = [name for at, name in fitting if at >= sentence.start]
        if inside:
            return inside[0]
        # The first mention of the nearest sentence that has one, as subjects come first.
        last = fitting[-1][0]
        begin = max(self.text.rfind(". ", 0, last), self.text.rfind("\n", 0, last)) + 1
        return next(name for at, name in fitting if at >= begin)

    def _fits(self, name: str, sex: Sex) -> bool:
        known = self.known[name]
        if sex in ("m", "f"):
            return known.person and known.sex in ("", sex)
        if sex == "n":
            return not known.person and known.sex != "p"
        return known.sex in ("p", "n") or not known.person

    def entities(self, used: Iterable[str]) -> tuple[Entity, ...]:
        """The given entities, and those of `used` names, with the aliases met."""
        names = dict.fromkeys(e.name for e in self.given)
        taken = {e.id for e in self.given}
        made: list[Entity] = list(self.given)
        number = 0
        for name in dict.fromkeys(used):
            if name in names:
                continue
            number += 1
            while f"e{number}" in taken:
                number += 1
            aliases = sorted(a for a in self._know(name).aliases if a != name)
            made.append(Entity(f"e{number}", name, tuple(aliases)))
        return tuple(made)


def name_runs(items: Items) -> list[tuple[int, int]]:
    """Stretches of capitalised words: names, with the titles that are capitalised too."""
    found = []
    at = 0
    while at < len(items):
        if not is_name(items[at]) or (at == 0 and not _starts_name(items)):
            at += 1
            continue
        start = at
        while at < len(items) and is_name(items[at]):
            at += 1
        first = start
        while first < at - 1 and lexicon().has("all_titles", items[first].lower):
            first += 1
        found.append((first, at))
    return found


def _starts_name(items: Items) -> bool:
    first = items[0]
    usual = lexicon().has("roles", first.lower) or lexicon().has("modifiers", first.lower)
    return len(items) > 1 and is_noun(first) and not usual


def _roles(items: Items, start: int, end: int) -> list[str]:
    """The nouns for people in apposition to a name: "economist Ana Ode", "Ana Ode, a nurse"."""
    words = lexicon()
    found = []
    at = start - 1
    while at >= 0 and start - at <= 5:
        lower = items[at].lower
        if words.has("roles", lower) or words.has("all_titles", lower):
            found.append(lower.rstrip("."))
        elif not (items[at].word and (is_noun(items[at]) or lower == "of")):
            break
        at -= 1
    if end + 1 < len(items) and items[end].text == ",":
        at = end + 1
        for item in items[at : at + 10]:
            if not item.word and item.text != "-":
                break
            if item.lower in ("who", "for", "at", "in", "from", "under") and found:
                break
            if words.has("roles", item.lower):
                found.append(item.lower)
    return found


def _head(items: Items, start: int, end: int) -> int:
    """The head of a phrase: the last word before its first preposition."""
    words = lexicon()
    for at in range(start + 1, end):
        if words.has("attach", items[at].lower) and not items[at - 1].capital:
            return at - 1
    return end - 1


def _proper(items: Items, start: int, head: int) -> str:
    """The proper name that ends at `head`, with the words that belong to it."""
    first = head
    while first > start:
        item = items[first - 1]
        inside = item.capital or item.lower in (
            "'s",
            "of",
            "the",
            "and",
            "-",
            "&",
            "de",
            "van",
            "von",
            "al",
        )
        if not inside or (item.lower in ("the", "of", "and") and first - 2 < start):
            break
        first -= 1
    return _surface(items[first : head + 1])


def _surface(items: Sequence[Item]) -> str:
    parts: list[str] = []
    for number, item in enumerate(items):
        if number and items[number - 1].end < item.start:
            parts.append(" ")
        parts.append(item.text)
    return "".join(parts)


def _without_lead(name: str) -> str:
    """A name without one leading title, office, article or lower-case word."""
    office = OFFICE.match(name)
    if office:
        return name[office.end() :]
    first, _, rest = name.partition(" ")
    words = lexicon()
    lower = first.lower()
    lead = (
        words.has("all_titles", lower)
        or words.has("determiners", lower)
        or words.has("modifiers", lower)
    )
    if rest and (first[:1].islower() or lead) and not words.has("bodies", rest.split()[-1].lower()):
        return rest
    if rest and words.has("determiners", lower):
        return rest
    return name


def folded(name: str) -> str:
    """A name as it is compared: NFKC, case folded, single spaces, without an article."""
    text = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return text.removeprefix("the ")
