"""Noun phrases that name somebody, and what stands between a verb and its neighbours.

There is no tagger: a phrase is told by closed-class words around it, capitals, determiners
and the lexicon's nouns for people. Positions are indices of a sentence's items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quotemark.extractors.rules.items import Item
from quotemark.extractors.rules.lexicon import lexicon

Items = Sequence[Item]

DASHES = ("–", "—", "--", "-")
FEW_WORDS = 3
LONGEST_PHRASE = 12
LONGEST_ASIDE = 30
POSSESSIVE = ("'s", "'")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: items `[start, end)`. `antecedent` is what a relative pronoun stands for;
    `also` is a second phrase that an "and" joins before it."""

    start: int
    end: int
    antecedent: tuple[int, int] | None = None
    also: tuple[int, int] | None = None

    @property
    def first(self) -> int:
        """Where the phrase begins, with what is joined to it."""
        return self.also[0] if self.also else self.start


def is_name(item: Item) -> bool:
    """A capitalised word that is no closed-class word, day or month."""
    return item.capital and not (
        lexicon().has("stop", item.lower)
        or lexicon().has("determiners", item.lower)
        or lexicon().has("days", item.lower)
        or lexicon().has("pronouns", item.lower)
        or lexicon().has("subordinators", item.lower)
    )


def is_noun(item: Item) -> bool:
    """A word that may stand inside a noun phrase: not closed-class, no verb of stating."""
    words = lexicon()
    return item.word and not (
        words.has("stop", item.lower)
        or words.has("determiners", item.lower)
        or words.has("pronouns", item.lower)
        or words.has("adverbs", item.lower)
        or words.has("clause", item.lower)
        or words.has("past_verbs", item.lower)
        or words.has("days", item.lower)
        or is_only_verb(item)
        or (item.lower.endswith("ly") and len(item.lower) > 4 and not item.capital)
    )


def is_only_verb(item: Item) -> bool:
    """Whether a word is a form of a verb of stating that is no noun as well."""
    words = lexicon()
    verb = words.verbs.get(item.lower)
    if verb is None or item.capital or words.has("roles", item.lower):
        return False
    return verb.form in ("past", "ing") or not words.has("homographs", verb.base)


def looks_finite(item: Item) -> bool:
    """Whether a word is an auxiliary or a past form."""
    words = lexicon()
    lower = item.lower
    verb = words.verbs.get(lower)
    return (
        words.has("clause", lower)
        or words.has("past_verbs", lower)
        or lower.endswith("n't")
        or (verb is not None and verb.form in ("past", "third"))
        or (lower.endswith("ed") and len(lower) > FEW_WORDS)
    )


def is_person(word: str) -> bool:
    """Whether a lower-case word is one of the lexicon's nouns for people and bodies."""
    words = lexicon()
    return words.has("roles", word) or words.has("bodies", word) or words.has("indefinites", word)


def before_verb(items: Items, verb: int) -> int:
    """The position after the last word of what stands before a verb group: its auxiliaries,
    adverbs and times ("has repeatedly", "on Monday") are stepped over."""
    words = lexicon()
    at = verb
    while at > 0:
        item = items[at - 1]
        if not item.word:
            break
        lower = item.lower
        if words.has("days", lower) or (
            words.has("times", lower) and at > 1 and _points(items, at - 2)
        ):
            at -= 1
            while at > 0 and (
                items[at - 1].lower in ("on", "in", "late", "early") or _points(items, at - 1)
            ):
                at -= 1
            continue
        adverb = (
            words.has("adverbs", lower)
            or words.has("negations", lower)
            or (lower.endswith("ly") and not item.capital)
        )
        if adverb or words.has("auxiliaries", lower) or words.has("modals", lower):
            at -= 1
            continue
        break
    return at


def _points(items: Items, at: int) -> bool:
    return items[at].lower in ("last", "this", "next", "earlier", "later", "that", "same", "the")


def subject_left(items: Items, verb: int, *, floor: int = 0) -> Phrase | None:
    """The subject that ends before a verb, not reaching left of `floor`.

    Commas, dashes and brackets around an apposition or relative clause are stepped over.
    """
    at = before_verb(items, verb)
    if at <= floor:
        return None
    item = items[at - 1]
    if item.text in (",", ")", *DASHES):
        opening = _aside(items, at - 1, floor)
        if opening is None:
            return None
        at = opening
    phrase = noun_phrase_left(items, at, floor=floor)
    return _joined(items, phrase, floor) if phrase else None


def _joined(items: Items, phrase: Phrase, floor: int) -> Phrase:
    """The phrase with the one that "and" joins to it, where both begin a clause."""
    at = phrase.start - 1
    if phrase.antecedent or at <= floor or items[at].lower != "and":
        return phrase
    other = noun_phrase_left(items, at, floor=floor)
    if other is None or other.antecedent:
        return phrase
    before = items[other.start - 1] if other.start > floor else None
    if (
        before is not None
        and (before.word or before.quotation)
        and before.lower not in ("that", "but", "and")
    ):
        return phrase
    named = items[other.end - 1].capital or items[other.end - 1].lower.endswith("s")
    return Phrase(phrase.start, phrase.end, also=(other.start, other.end)) if named else phrase


def _aside(items: Items, closing: int, floor: int) -> int | None:
    """The position of the mark that opens the aside which the one at `closing` ends."""
    mark = items[closing].text
    if mark == "," and items[closing - 1].text == ")":
        closing, mark = closing - 1, ")"
    opener = "(" if mark == ")" else mark
    lowest = max(floor, closing - LONGEST_ASIDE)
    # The outermost fitting comma: "Ana Ode, a Democrat from Oslo, Norway, said"; but not the
    # one behind "In Oslo" in "In Oslo, Ode, a Democrat, said".
    best = None
    for at in range(closing - 1, lowest, -1):
        item = items[at]
        if item.text == opener and at > floor and _opens_aside(items, at, mark):
            if best is None or not lexicon().has("attach", items[floor].lower):
                best = at
        elif item.quotation or item.text in (";", ":"):
            break
    return best


def _opens_aside(items: Items, at: int, mark: str) -> bool:
    if mark != ",":
        return True
    following = items[at + 1]
    if not (is_noun(items[at - 1]) or items[at - 1].text == ")"):
        return False
    words = lexicon()
    return (
        following.lower
        in ("who", "which", "whose", "himself", "herself", "itself", "like", "speaking")
        or following.lower in ("a", "an", "the", "one", "his", "her", "their", "himself", "now")
        or following.lower in ("in", "at", "on", "for", "of", "from", "with", "through", "during")
        or following.lower in ("however", "meanwhile", "too", "also", "though", "asked", "citing")
        or words.has("modifiers", following.lower)
        or following.text[0].isdigit()
        or following.lower in ("jr.", "sr.", "d-", "r-")
        or (following.capital and at + 2 < len(items) and items[at + 2].text in (",", "-", "."))
        or (is_name(following) and not items[at - 1].capital)
    )


def noun_phrase_left(items: Items, end: int, *, floor: int = 0) -> Phrase | None:
    """The noun phrase that ends at `end` (exclusive), or None."""
    words = lexicon()
    if end <= floor:
        return None
    head = items[end - 1]
    if not head.word or head.lower == "there":
        return None
    if words.has("relatives", head.lower):
        antecedent = _antecedent(items, end - 1, floor)
        return Phrase(end - 1, end, antecedent) if antecedent else None
    if words.has("pronouns", head.lower) or words.has("indefinites", head.lower):
        return Phrase(end - 1, end)
    if not is_noun(head) and not head.text[0].isdigit():
        return None
    if words.has("days", head.lower) or words.has("times", head.lower):
        return None
    start = _core(items, end, floor)
    return Phrase(_with_attachment(items, start, floor), end)


def _antecedent(items: Items, pronoun: int, floor: int) -> tuple[int, int] | None:
    """What the relative pronoun at `pronoun` stands for; in "…, whom they met and who said",
    what the one before stands for."""
    before = pronoun
    if before - 1 > floor and items[before - 1].lower == "and":
        for at in range(before - 2, floor, -1):
            if items[at].lower in ("who", "whom", "which", "that"):
                before = at
                break
    if before - 1 > floor and items[before - 1].text == ",":
        before -= 1
    phrase = noun_phrase_left(items, before, floor=floor)
    return (phrase.start, phrase.end) if phrase else None


def _core(items: Items, end: int, floor: int) -> int:
    """The start of a phrase without prepositions: "the senior official", "Mike Ode"."""
    words = lexicon()
    lowest = max(floor, end - LONGEST_PHRASE)
    start = end - 1
    named = is_name(items[start])  # before a name only titles and the like
    while start > lowest:
        item = items[start - 1]
        if item.lower in POSSESSIVE and start - 2 >= lowest and is_noun(items[start - 2]):
            start -= 2
            named = is_name(items[start])
        elif words.has("determiners", item.lower):
            if named and item.lower in ("that", "this"):
                break  # "said that Lund"
            start -= 1
            if start > lowest and words.has("determiners", items[start - 1].lower):
                start -= 1
            break
        elif item.lower == "&" or (is_noun(item) and (not named or _leads_name(item))):
            start -= 1
            named = item.capital
        else:
            break
    return start


def _leads_name(item: Item) -> bool:
    """Whether a word may stand before a capitalised one in a name or its description."""
    return (
        item.capital
        or lexicon().has("modifiers", item.lower)
        or "-" in item.text
        or lexicon().has("particles", item.lower)
    )


def _with_attachment(items: Items, start: int, floor: int) -> int:
    """Reach back over "of", "for", "at" to the noun they hang on: "a spokesman for the group"."""
    words = lexicon()
    first = start
    while start - 2 >= floor and words.has("attach", items[start - 1].lower):
        head = items[start - 2]
        if (
            words.has("near_people", head.lower)
            and start - 3 >= floor
            and is_noun(items[start - 3])
        ):
            start = _core(items, start - 2, floor)  # "people familiar with the talks"
            continue
        of = items[start - 1].lower == "of"
        fits = is_person(head.lower) or (of and is_noun(head)) or words.has("modifiers", head.lower)
        if not fits or not (is_noun(head) or is_person(head.lower)):
            break
        start = _core(items, start - 1, floor)
        if first - start > LONGEST_PHRASE:
            return first
    # "In a statement for the press the minister said": the whole was no subject.
    if start > floor and start < first and words.has("attach", items[start - 1].lower):
        return first
    return start


def noun_phrase_right(items: Items, start: int, *, ceiling: int | None = None) -> Phrase | None:
    """The noun phrase that begins at `start`, without clauses and appositions behind it."""
    words = lexicon()
    top = min(len(items), start + LONGEST_PHRASE) if ceiling is None else ceiling
    if start >= top or not items[start].word:
        return None
    if words.has("pronouns", items[start].lower):
        return Phrase(start, start + 1)
    at = _past_determiners(items, start, top)
    named = False
    while at < top:
        item = items[at]
        if at > start and (item.lower in POSSESSIVE or item.text in ("&", "/")):
            named = False
            at += 1
        elif not is_noun(item):
            if not _goes_on(items, at, start, top):
                break
            named = False
            at = _past_determiners(items, at + 1, top)
        elif named and not item.capital and not _describes(items, at, top):
            break
        else:
            named = is_name(item) and not words.has("all_titles", item.lower)
            at += 1
    while at > start and not (
        is_noun(items[at - 1]) or words.has("determiners", items[at - 1].lower)
    ):
        at -= 1
    return Phrase(start, at) if at > start else None


def _past_determiners(items: Items, at: int, top: int) -> int:
    while at < top and lexicon().has("determiners", items[at].lower):
        at += 1
    return at


def _describes(items: Items, at: int, top: int) -> bool:
    """Whether a lower-case word after a name still belongs to it: "Oslo police officer Ode"."""
    if lexicon().has("particles", items[at].lower):
        return at + 1 < top and items[at + 1].capital
    for item in items[at : min(top, at + 3)]:
        if is_person(item.lower):
            return True
        if not is_noun(item) or item.capital:
            return False
    return False


def _goes_on(items: Items, at: int, start: int, top: int) -> bool:
    """Whether a preposition at `at` is inside the phrase: "a spokesman for", "Bank of"."""
    if at == start or at + 1 >= top or not items[at + 1].word:
        return False
    preposition, head = items[at].lower, items[at - 1]
    following = items[at + 1]
    right = is_noun(following) or lexicon().has("determiners", following.lower)
    if not right or lexicon().has("days", following.lower):
        return False
    if preposition == "of":
        return True
    if preposition == "to" and not (
        following.capital or lexicon().has("determiners", following.lower)
    ):
        return False
    person = is_person(head.lower) and not head.capital
    return preposition in ("for", "at", "with", "from", "in", "to") and person
