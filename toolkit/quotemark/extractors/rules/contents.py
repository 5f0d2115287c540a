"""What a cue reports: the stretch of items that was said, before, after or on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quotemark.extractors.rules.cues import Cue
from quotemark.extractors.rules.items import Item, Sentence
from quotemark.extractors.rules.lexicon import lexicon
from quotemark.extractors.rules.phrases import (
    Items,
    is_name,
    is_noun,
    skip_adjuncts,
)

Stretch = tuple[int, int]
"""Items `[start, end)`."""

DASHES = ("–", "—", "--")
CONTRASTS = frozenset("and but while though although whereas so yet".split())
WH = frozenset("whether if how why what who when where which".split())
ADDED = (("in", "reference"), ("referring", "to"), ("in", "response"), ("alluding", "to"))
FEW_WORDS = 3


@dataclass(frozen=True, slots=True)
class Content:
    """One quote of a sentence: its stretches of items, in order, and its cue."""

    stretches: tuple[Stretch, ...]
    cue: Cue


def contents(sentence: Sentence, cues: Sequence[Cue]) -> list[Content]:
    """What each cue of a sentence reports. A cue may report several quotations, or nothing."""
    found: list[Content] = []
    taken: set[int] = set()  # quotations that a cue has already
    for number, cue in enumerate(cues):
        others = [*cues[:number], *cues[number + 1 :]]
        for content in _of(sentence, cue, others, taken):
            found.append(content)
            for start, end in content.stretches:
                taken.update(i for i in range(start, end) if sentence.items[i].quotation)
    return found


def _of(sentence: Sentence, cue: Cue, others: Sequence[Cue], taken: set[int]) -> list[Content]:
    items = sentence.items
    if cue.kind == "phrase":
        return _according(items, cue, others)
    interrupted = _interrupted(sentence, cue, others) if cue.stated else None
    if interrupted:
        return [Content(interrupted, cue)]
    after = _after(sentence, cue, others) if cue.stated or cue.form == "base" else []
    if cue.kind == "noun":
        return [Content((s,), cue) for s in after] if cue.stated else []
    before = _before(items, cue, others, taken)
    if before and (not after or items[before[-1][1] - 1].quotation):
        rest = _resumed(items, cue, others)
        if rest:
            before[-1:] = []
            joined = _before(items, cue, others, taken)[-1]
            return [*(Content((s,), cue) for s in before), Content((joined, rest), cue)]
        return [Content((s,), cue) for s in before]
    if not cue.stated:
        after = [s for s in after if all(items[i].quotation for i in range(*s))]
    return [Content((s,), cue) for s in after]


# Behind the cue


def _after(sentence: Sentence, cue: Cue, others: Sequence[Cue]) -> list[Stretch]:
    items = sentence.items
    if cue.inverted and cue.subject:
        start = cue.subject.end
        if start < len(items) and items[start].text == ":":
            return _clause(sentence, start + 1, cue, others)
        return []
    if cue.frames & {"as", "call"}:
        judged = _judgement(items, cue)
        if judged:
            return [judged]
    at = skip_adjuncts(items, cue.after, addressee="addr" in cue.frames)
    if at >= len(items):
        return []
    item = items[at]
    if item.text == ":" and at + 1 < len(items):
        return _clause(sentence, at + 1, cue, others)
    if item.text == "," and at + 1 < len(items) and items[at + 1].quotation:
        return _clause(sentence, at + 1, cue, others)
    if item.quotation:
        return _clause(sentence, at, cue, others)
    if item.lower == "that" and "that" in cue.frames and at + 1 < len(items):
        return _clause(sentence, at + 1, cue, others)
    if item.lower in WH and "wh" in cue.frames:
        begin = at + 1 if item.lower in ("whether", "if") else at
        return _clause(sentence, begin, cue, others)
    if "to" in cue.frames and _infinitive(items, at):
        return _clause(sentence, at, cue, others)
    if "bare" in cue.frames and cue.form != "passive":
        begin = cue.after
        for start in dict.fromkeys((at, begin)):
            if start < len(items) and _starts_clause(items, start):
                found = _clause(sentence, start, cue, others)
                if found and _has_verb(items, found[0]):
                    return found
    that = _late_that(items, cue)
    return _clause(sentence, that + 1, cue, others) if that is not None else []


def _infinitive(items: Items, at: int) -> bool:
    if items[at].lower == "not":
        at += 1
    if at + 1 >= len(items) or items[at].lower != "to":
        return False
    following = items[at + 1]
    words = lexicon()
    return following.word and not (following.capital or words.has("determiners", following.lower))


def _late_that(items: Items, cue: Cue) -> int | None:
    """A "that" behind an adjunct that was not recognised: "said in his talk at Oslo that"."""
    if "that" not in cue.frames or cue.kind != "verb":
        return None
    for at in range(cue.end, min(len(items) - 1, cue.end + 12)):
        item = items[at]
        if item.quotation or item.text in ",;:" or item.lower in lexicon().verbs:
            return None
        if item.lower == "that":
            subject = items[at + 1]
            names = is_name(subject) or lexicon().has("pronouns", subject.lower)
            return at if names or lexicon().has("determiners", subject.lower) else None
    return None


def _starts_clause(items: Items, at: int) -> bool:
    item = items[at]
    words = lexicon()
    if item.quotation:
        return True
    if not item.word:
        return False
    return (
        is_noun(item)
        or words.has("determiners", item.lower)
        or words.has("pronouns", item.lower)
        or item.lower
        in (
            "there",
            "if",
            "when",
            "while",
            "in",
            "it's",
            "he's",
            "she's",
            "they're",
            "we're",
            "i'm",
            "despite",
            "as",
            "after",
            "because",
            "what",
            "at",
            "on",
            "even",
            "although",
            "for",
            "with",
            "by",
            "under",
            "until",
            "since",
            "not",
            "only",
            "more",
        )
        or words.has("clause", item.lower)
    )


def _has_verb(items: Items, stretch: Stretch) -> bool:
    """Whether a stretch can be a clause: some words, a finite verb among them."""
    start, end = stretch
    if end - start < FEW_WORDS and not any(items[i].quotation for i in range(start, end)):
        return False
    words = lexicon()
    for at in range(start + 1, end):
        item = items[at]
        if item.quotation or (item.capital and is_name(item)):
            continue
        lower = item.lower
        if words.has("clause", lower) or words.has("past_verbs", lower) or lower.endswith("n't"):
            return True
        verb = words.verbs.get(lower)
        if (verb and verb.form != "ing") or (lower.endswith("ed") and len(lower) > 3):
            return True
        plural_before = items[at - 1].lower.endswith("s") or words.has(
            "pronouns", items[at - 1].lower
        )
        if (
            is_noun(item)
            and (lower.endswith("s") != plural_before)
            and at > start
            and is_noun(items[at - 1])
        ):
            return True
        if words.has("pronouns", items[at - 1].lower) and item.word:
            return True
    return any(items[i].quotation for i in range(start, end))


def _judgement(items: Items, cue: Cue) -> Stretch | None:
    """ "described the plan as risky", "called it "an insult"": from the object on."""
    start = cue.end
    top = min(len(items), start + 14)
    for at in range(start, top):
        item = items[at]
        if item.text in (",", ";", ":") or item.text in DASHES:
            return None
        if "as" in cue.frames and item.lower == "as" and at > start and at + 1 < len(items):
            return start, _judgement_end(items, at + 1)
        if "call" in cue.frames and item.quotation and at > start:
            return (start, at + 1) if not _nickname(item) else None
        if "call" in cue.frames and item.lower in ("a", "an") and at > start:
            return start, _judgement_end(items, at)
    return None


def _judgement_end(items: Items, at: int) -> int:
    words = lexicon()
    start = at
    while at < len(items):
        item = items[at]
        if item.quotation:
            following = items[at + 1].lower if at + 1 < len(items) else ""
            if following not in ("and", "or"):
                return at + 1
        elif not item.word and item.text not in "-'":
            break
        elif at > start and (
            words.has("subordinators", item.lower) or item.lower in ("and", "during", "but")
        ):
            break
        at += 1
    return at


def _nickname(item: Item) -> bool:
    words = [w for w in item.text.strip("\"'“”‘’").split() if w]
    return bool(words) and all(w[0].isupper() or w in ("the", "of", "The") for w in words)


def _clause(sentence: Sentence, begin: int, cue: Cue, others: Sequence[Cue]) -> list[Stretch]:
    """The clause from `begin` on; with the quotations that a colon or nothing parts from it."""
    items = sentence.items
    end = _clause_end(sentence, begin, cue, others)
    first = items[begin] if begin < end else None
    found: list[Stretch] = []
    if (
        first
        and first.quotation
        and full_sentence(first)
        and (begin == 0 or items[begin - 1].lower != "that")
    ):
        # Full sentences in marks are direct, whatever follows them.
        at = begin
        while at < end and items[at].quotation and full_sentence(items[at]):
            found.append((at, at + 1))
            at += 1
        return found
    stretch = trimmed(items, begin, end)
    if stretch is None:
        return []
    found.append(stretch)
    if end + 1 < len(items) and items[end].text == ":" and items[end + 1].quotation:
        at = end + 1
        while at < len(items) and items[at].quotation:
            found.append((at, at + 1))
            at += 1
    return found


def full_sentence(item: Item) -> bool:
    """Whether a quotation holds a full sentence: a capital first, a stop last, some words."""
    if item.quotation is None:
        return False
    inside = item.text[
        len(item.quotation.open) : len(item.text) - len(item.quotation.close)
    ].strip()
    return bool(
        inside
        and (inside[0].isupper() or inside[0] in "…'‘“[")
        and inside[-1] in ".!?,…—’'”"
        and inside.count(" ") >= 2
    )


def _clause_end(sentence: Sentence, begin: int, cue: Cue, others: Sequence[Cue]) -> int:
    items = sentence.items
    fronted = lexicon().has("subordinators", items[0].lower) and cue.start < begin
    relative = bool(cue.subject and cue.subject.antecedent)
    starts = {_front(other): other for other in others if other.start > begin}
    for at in range(begin, len(items)):
        item = items[at]
        if item.text == ";" or (item.text == ":" and at + 1 < len(items)) or item.text == ")":
            if item.text != ":" or items[at + 1].quotation:
                return at
        elif item.text == "," or item.text in DASHES:
            if at > begin and _breaks(items, at, starts, fronted=fronted, relative=relative):
                return at
        elif item.lower in ("and", "but") and at > begin:
            other = starts.get(at + 1) or starts.get(at + 2)
            if other and other.inherits and other.form != "ing":
                return at
    return len(items)


def _front(cue: Cue) -> int:
    """Where the clause of a cue begins: its subject, where that stands before it."""
    if cue.subject and not cue.inverted and cue.subject.start < cue.start:
        return cue.subject.start
    return cue.start


def _breaks(
    items: Items, at: int, starts: dict[int, Cue], *, fronted: bool, relative: bool
) -> bool:
    """Whether the comma or dash at `at` ends a reported clause."""
    if at + 1 >= len(items):
        return True
    following = items[at + 1]
    pair = (following.lower, items[at + 2].lower if at + 2 < len(items) else "")
    if pair in ADDED:
        return True
    other = starts.get(at + 1)
    if other is None and following.lower.endswith("ly"):
        other = starts.get(at + 2)
    if other is not None and not (other.subject and other.subject.antecedent):
        return other.kind != "noun"
    if following.lower in CONTRASTS:
        other = starts.get(at + 2) or starts.get(at + 3)
        if other is not None:
            return True
        if (
            following.lower == "while"
            and at + 2 < len(items)
            and items[at + 2].lower.endswith("ing")
        ):
            return True
    if relative and not lexicon().has("relatives", following.lower):
        return following.lower not in ("and", "or", "but")
    if fronted:
        words = lexicon()
        opens = is_noun(following) or words.has("determiners", following.lower)
        return opens or words.has("pronouns", following.lower)
    return False


def trimmed(items: Items, start: int, end: int) -> Stretch | None:
    """A stretch without punctuation and joining words at its edges; None where nothing is left."""
    while start < end and not (
        items[start].word or items[start].quotation or items[start].text in "$€£([#@"
    ):
        start += 1
    while end > start and not (
        items[end - 1].word or items[end - 1].quotation or items[end - 1].text in ")]%"
    ):
        end -= 1
    return (start, end) if start < end else None


# Before the cue


def _before(items: Items, cue: Cue, others: Sequence[Cue], taken: set[int]) -> list[Stretch]:
    """What stands before an attribution such as `…, she said`: quotations, or a clause."""
    front = _front(cue)
    if front == 0 or cue.inherits or (cue.subject is None and cue.form != "passive"):
        return []
    at = front - 1
    comma = items[at].text == "," or items[at].text in DASHES
    if comma:
        at -= 1
    if at < 0 or at in taken:
        return []
    floor = _floor(items, at, others)
    if items[at].quotation:
        return _quoted(items, floor, at)
    if not comma or not _ends_after(items, cue) or cue.subject is None:
        return []
    if cue.subject.antecedent or not cue.frames & {"bare", "that"}:
        return []
    stretch = trimmed(items, _past_joining(items, floor, at), at + 1)
    if stretch and _starts_clause(items, stretch[0]) and _has_verb(items, stretch):
        if not lexicon().has("subordinators", items[stretch[0]].lower):
            return [stretch]
    return []


def _quoted(items: Items, floor: int, at: int) -> list[Stretch]:
    """The quotations up to `at`, or the clause that the last of them is part of."""
    first = at
    while first > floor and items[first - 1].quotation:
        first -= 1
    start = _past_joining(items, floor, first)
    if start < first and not full_sentence(items[at]):
        stretch = trimmed(items, start, at + 1)
        if stretch and _starts_clause(items, stretch[0]) and items[first - 1].text != ":":
            return [stretch]
    return [(i, i + 1) for i in range(first, at + 1)]


def _past_joining(items: Items, start: int, end: int) -> int:
    while start < end and (
        items[start].lower in ("and", "but", "so", "yet")
        or not (items[start].word or items[start].quotation)
    ):
        start += 1
    return start


def _floor(items: Items, at: int, others: Sequence[Cue]) -> int:
    """Where the clause before an attribution may begin: behind the previous attribution."""
    floor = 0
    for other in others:
        if other.end <= at:
            floor = max(floor, other.end, other.subject.end if other.subject else 0)
    if floor:
        for k in range(floor, at):
            if items[k].text in (",", ";", ":") or items[k].text in DASHES:
                floor = k + 1
                break
    return floor


def _ends_after(items: Items, cue: Cue) -> bool:
    """Whether nothing is reported behind the attribution: it ends the clause, or a comma does."""
    at = cue.subject.end if cue.inverted and cue.subject else cue.end
    at = skip_adjuncts(items, at, addressee="addr" in cue.frames)
    return at >= len(items) or not (items[at].word or items[at].quotation or items[at].text == ":")


def _resumed(items: Items, cue: Cue, others: Sequence[Cue]) -> Stretch | None:
    """The rest of what an attribution interrupts: `"No", she said, "never"`."""
    at = cue.subject.end if cue.inverted and cue.subject else cue.end
    top = min((_front(o) for o in others if o.start >= at), default=len(items))
    quotation = next((i for i in range(at, top) if items[i].quotation), None)
    if quotation is not None:
        before = items[quotation - 1]
        if before.text in (",", ":", ".") or before.text in DASHES or quotation == at:
            return quotation, quotation + 1
        return None
    return None


def _interrupted(
    sentence: Sentence, cue: Cue, others: Sequence[Cue]
) -> tuple[Stretch, ...] | None:
    """Both sides of an attribution inside a clause: `The plan, she said, is dead`."""
    items = sentence.items
    front = _front(cue)
    if cue.kind != "verb" or cue.subject is None or cue.subject.antecedent or not front:
        return None
    if items[front - 1].text != "," or items[front - 2].quotation or not _ends_after(items, cue):
        return None
    at = cue.subject.end if cue.inverted else cue.end
    at = skip_adjuncts(items, at, addressee="addr" in cue.frames)
    if at + 2 >= len(items) or items[at].text != "," or not cue.frames & {"bare", "that"}:
        return None
    if items[at + 1].lower in (*CONTRASTS, "who", "which", "as", "in", "after") or _asides(items, at, others):
        return None
    floor = _floor(items, front - 1, others)
    left = trimmed(items, _past_joining(items, floor, front - 1), front - 1)
    right = trimmed(items, at + 1, _clause_end(sentence, at + 1, cue, others))
    if not right or right[1] - right[0] < FEW_WORDS - 1 or cue.subject.end - cue.subject.start > 4:
        return None
    if left and lexicon().has("subordinators", items[left[0]].lower):
        return None
    return (left, right) if left else (right,)


def _asides(items: Items, at: int, others: Sequence[Cue]) -> bool:
    """Whether what follows the comma at `at` goes with the attribution, not the clause."""
    following = items[at + 1].lower
    return following.endswith("ing") or any(_front(o) in (at + 1, at + 2) for o in others)


# According to


def _according(items: Items, cue: Cue, others: Sequence[Cue]) -> list[Content]:
    """The clause that an "according to" goes with, on whichever side of it, or around it."""
    if cue.subject is None:
        return []
    start, end = cue.start, cue.subject.end
    while (
        end < len(items)
        and items[end].text != ","
        and items[end].text not in DASHES
        and items[end].text not in ".;:)"
    ):
        end += 1  # "according to a poll released on Monday"
    left = trimmed(items, _past_joining(items, _floor(items, start, others), start), start)
    right: Stretch | None = None
    if end < len(items) and items[end].text == ",":
        stop = len(items)
        for other in others:
            if (
                other.start > end
                and other.kind == "verb"
                and not other.inherits
                and _front(other) > 0
            ):
                if items[_front(other) - 1].text == ",":
                    stop = min(stop, _front(other) - 1)
        right = trimmed(items, end + 1, stop)
        if (
            right
            and left
            and items[right[0]].lower
            in ("who", "which", "and", "but", "a", "the", "with", "while", "though")
        ):
            right = None
    if left and right:
        if items[left[0]].quotation or _has_verb(items, left):
            return [Content((left,), cue)]
        return [Content((left, right), cue)]
    stretch = left or right
    return (
        [Content((stretch,), cue)]
        if stretch and stretch[1] - stretch[0] >= FEW_WORDS
        else ([Content((stretch,), cue)] if stretch and items[stretch[0]].quotation else [])
    )
