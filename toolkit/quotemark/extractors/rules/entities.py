"""Who a mention stands for: the document's own entities first, else names in the text."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from quotemark.extractors.rules.items import Sentence
from quotemark.extractors.rules.lexicon import lexicon
from quotemark.extractors.rules.names import (
    folded,
    head_of,
    name_runs,
    person_like,
    proper_name,
    roles_of,
    without_lead,
)
from quotemark.extractors.rules.phrases import Items, Phrase, is_name
from quotemark.model import Document, Entity, Fragment

Kind = Literal["named", "nominal", "pronoun"]
Sex = Literal["m", "f", "n", "p", ""]
"""m and f for a person of known sex, n for a body, p for several; empty: not known."""

PRONOUNS: dict[str, Sex] = {
    **dict.fromkeys(("he", "him", "his"), "m"),
    **dict.fromkeys(("she", "her", "hers"), "f"),
    **dict.fromkeys(("it", "its"), "n"),
    **dict.fromkeys(("they", "them", "their"), "p"),
}
FIRST_PERSON = frozenset(["i", "we", "my", "our", "me", "us"])
LONG = 1000
"""Code points that a sentence may have before a mention."""
FAR = 40
"""Mentions that a pronoun reaches back over."""


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
    person: bool | None = None  # None: not known
    aliases: Counter[str] = field(default_factory=Counter)


def _sex_of(given: str) -> Sex:
    """The sex that a very common given name goes with."""
    words = lexicon()
    if words.has("given_male", given):
        return "m"
    return "f" if words.has("given_female", given) else ""


def _without_place(name: str) -> str:
    """A person's name without what "of" adds: "Dr. Moen of Bergen", "Ada Moen of the union"."""
    person, of, _ = name.partition(" of ")
    first = person.split()[0].lower() if person else ""
    titled = first.rstrip(".") in ("mr", "mrs", "ms", "miss", "dr", "prof", "rev")
    sure = titled or _sex_of(first)
    return person if of and sure and person_like(person) else name


class Cast:
    """The people and bodies of one document; grows as mentions are resolved in text order."""

    def __init__(self, doc: Document, sentences: Sequence[Sentence]) -> None:
        self.text = doc.text
        self.given = doc.entities
        self.known: dict[str, _Known] = {}
        self.by_name: dict[str, str] = {}  # folded name or alias -> canonical name
        self.by_role: dict[str, list[tuple[int, str]]] = {}  # "secretary" -> (place, name)
        self.met: list[tuple[int, str]] = []  # (place, name) of mentions, in text order
        self.lower_words: set[str] = set()
        for entity in self.given:
            self._know(entity.name).person = person_like(entity.name) or None
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
            if not lexicon().has("places", name.split()[0].lower()):
                surnames.setdefault(folded(name.split()[-1]), name)
        for entity in reversed(self.given):
            surnames[folded(entity.name.split()[-1] if entity.name.split() else "")] = entity.name
        self.surnames = surnames
        self.full = set(surnames.values())
        for sentence, start, end in runs:
            self._note(sentence.items, start, end, sentence.depth)
        self.met.sort()

    def _note(self, items: Items, start: int, end: int, depth: int) -> None:
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
        if not known.sex and known.person is not False and person_like(name):
            given = name.split()[0].lower()
            known.sex = _sex_of(given)
        titled = words.has("all_titles", title) or words.has("all_titles", lead)
        if titled or (name in self.full and person_like(name)):
            known.person = True
        elif known.person is None and not person_like(name) and " " in name:
            known.person = False
        if not depth:  # what is spoken of inside quotations is not what goes on outside
            self.met.append((items[start].start, name))
        for role in roles_of(items, start, end):
            self._play(role, items[start].start, name)

    def _play(self, role: str, place: int, name: str) -> None:
        words = lexicon()
        insort(self.by_role.setdefault(role, []), (place, name))
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
            shorter = without_lead(_without_place(bare))
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
            self._learn(entity, lower)
            return self._used(Mention(span, "pronoun", entity))
        head = head_of(items, start, end)
        if self._is_named(sentence, start, head):
            entity = given or self.canonical(proper_name(items, start, head))
            return self._used(Mention(span, "named", entity))
        role = items[head].lower
        entity = given or self._apposed(items, end, role)
        entity = entity or self._role(role, items[start].lower, span[0])
        if not entity:
            first = start
            while first < head and words.has("determiners", items[first].lower):
                first += 1
            entity = self.text[items[first].start : span[1]]
            usual = items[0].lower in self.lower_words or any(
                words.has(kind, items[0].lower) for kind in ("roles", "indefinites")
            )
            if first == 0 and usual:
                entity = entity[0].lower() + entity[1:]  # a capital of the sentence
        self._play(role, span[0], entity)
        known = self._know(entity)
        if words.has("bodies", role):
            known.sex = "n"
        elif role.endswith(("s", "men")):
            known.sex = "p"
        return self._used(Mention(span, "nominal", entity))

    def _learn(self, name: str, pronoun: str) -> None:
        """A person whom "he" or "she" has stood for is of that sex from then on."""
        known = self._know(name)
        sex = PRONOUNS.get(pronoun, "")
        if sex in ("m", "f") and not known.sex:
            known.sex = sex

    def antecedent(self, sentence: Sentence, place: int, pronoun: str) -> str | None:
        """Who a personal pronoun at `place` stands for, or None: "it" may be anything."""
        if PRONOUNS.get(pronoun) == "n":
            return None
        return self._pronoun(sentence, place, pronoun)

    def is_known(self, name: str) -> bool:
        """Whether a name is that of somebody given, or met as a mention so far."""
        return name in self.known

    def _used(self, mention: Mention) -> Mention:
        known = self._know(mention.entity)
        if mention.kind != "pronoun":
            known.aliases[self.text[mention.span[0] : mention.span[1]]] += 1
        if mention.kind != "named":  # names are there already
            insort(self.met, (mention.span[0], mention.entity))
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

    def _apposed(self, items: Items, end: int, role: str) -> str | None:
        """The name that stands in commas behind one person: "the lawyer, Ada Moen, said"."""
        if not lexicon().has("roles", role) or role.endswith("s") or end + 2 >= len(items):
            return None
        stop = end + 1
        while stop < len(items) and is_name(items[stop]):
            stop += 1
        commas = items[end].text == "," and stop < len(items) and items[stop].text == ","
        if not commas or stop == end + 1:
            return None
        name = " ".join(item.text for item in items[end + 1 : stop])
        return self.canonical(name) if stop == end + 2 or person_like(name) else None

    def _role(self, role: str, determiner: str, place: int) -> str | None:
        """Who "the secretary" is: the last one before, else the first one after."""
        if determiner not in ("the", "this", "that", "his", "her", "their"):
            return None
        players = self.by_role.get(role, [])
        before = bisect_left(players, (place, ""))
        return players[max(0, before - 1)][1] if players else None

    def _pronoun(self, sentence: Sentence, place: int, pronoun: str) -> str | None:
        """The nearest fitting mention before: in each sentence back, its first one, as subjects
        come first. Who is known to fit goes before who may.

        "he" and "she" are left open where the nearest sentence has several people of whom the
        text tells no sex.
        """
        sex = PRONOUNS.get(pronoun, "")
        high = bisect_left(self.met, (place, ""))
        near = [
            (at, name, self._fits(name, sex)) for at, name in self.met[max(0, high - FAR) : high]
        ]
        for sure in (True, None):
            fitting = [(at, name) for at, name, fits in near if fits is sure]
            if not fitting:
                continue
            begin = self._sentence_before(sentence, fitting[-1][0])
            names = list(dict.fromkeys(name for at, name in fitting if at >= begin))
            if sex not in ("m", "f"):
                return names[0]
            known = [name for name in names if self._know(name).sex == sex]
            return known[0] if known else (names[0] if len(names) == 1 else None)
        return None

    def _sentence_before(self, sentence: Sentence, place: int) -> int:
        """Where the sentence that holds the mention at `place` begins."""
        if place >= sentence.start:
            return sentence.start
        low = max(0, place - LONG)
        return max(self.text.rfind(stop, low, place) for stop in (". ", "\n")) + 1

    def _fits(self, name: str, sex: Sex) -> bool | None:
        """Whether a pronoun may stand for a name; None where that is not known."""
        known = self._know(name)
        if sex in ("m", "f"):
            if known.sex not in ("", sex):
                return False
            return known.person
        if known.person or known.sex in ("m", "f"):
            return False
        if sex == "n":
            return known.sex == "n" or (None if known.sex != "p" else False)
        return known.sex == "p" or None

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
