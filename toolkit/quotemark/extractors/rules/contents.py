"""What a cue reports: the stretch of items that was said, before, after or on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quotemark.extractors.rules.adjuncts import skip_adjuncts
from quotemark.extractors.rules.clauses import (
    CONTRASTS,
    Stretch,
    behind,
    clause_end,
    floor_before,
    front,
    full_sentence,
    has_verb,
    past_joining,
    starts_clause,
    statement_end,
    subject_and_verb,
    trimmed,
)
from quotemark.extractors.rules.cues import Cue
from quotemark.extractors.rules.items import Sentence
from quotemark.extractors.rules.judgements import judgement
from quotemark.extractors.rules.lexicon import lexicon
from quotemark.extractors.rules.phrases import (
    DASHES,
    FEW_WORDS,
    Items,
    is_name,
    looks_finite,
)

WH = frozenset(["whether", "if", "how", "why", "what", "who", "when", "where", "which"])
FAR = 14
"""Items within which an object and its judgement, or a late "that", must come."""


@dataclass(frozen=True, slots=True)
class Content:
    """One quote of a sentence: its stretches of items, in order, and its cue."""

    stretches: tuple[Stretch, ...]
    cue: Cue


def contents(sentence: Sentence, cues: Sequence[Cue]) -> list[Content]:
    """What each cue of a sentence reports. A cue may report several quotations, or nothing."""
    found: list[Content] = []
    taken: set[int] = set()  # the quotations that an earlier cue has
    for number, cue in enumerate(cues):
        others = [*cues[:number], *cues[number + 1 :]]
        for content in _reported(sentence, cue, others, taken):
            found.append(content)
            for start, end in content.stretches:
                taken.update(i for i in range(start, end) if sentence.items[i].quotation)
    return found


def _reported(
    sentence: Sentence, cue: Cue, others: Sequence[Cue], taken: set[int]
) -> list[Content]:
    items = sentence.items
    if cue.kind == "phrase":
        return _according(items, cue, others)
    if cue.kind == "noun":
        return [Content((s,), cue) for s in _after(sentence, cue, others)] if cue.stated else []
    both = _interrupted(sentence, cue, others)
    if both:
        return [Content(both, cue)]
    before = _before(items, cue, others, taken)
    after = _after(sentence, cue, others)
    if before and after and not _stands_alone(items, before):
        # `On “The Hour,” Lund said that …`, but `It is vital, he said after the talks`
        marked = any(items[i].quotation for i in range(*before[-1]))
        before = [] if marked or _introduced(items, cue) else before
    if before:
        rest = _resumed(items, cue, others) if items[before[-1][1] - 1].quotation else None
        last = (before[-1], rest) if rest else (before[-1],)
        return [*(Content((s,), cue) for s in before[:-1]), Content(last, cue)]
    if not cue.stated:  # only what stands in marks was said all the same
        after = [s for s in after if all(items[i].quotation for i in range(*s))]
        after = [s for s in after if cue.form == "base"]
    return [Content((s,), cue) for s in after]


def _introduced(items: Items, cue: Cue) -> bool:
    at = skip_adjuncts(items, cue.after, addressee="addr" in cue.frames)
    return _begin(items, at, cue) is not None


def _stands_alone(items: Items, stretches: Sequence[Stretch]) -> bool:
    """Whether quotations begin their clause and are more than a title inside of it."""
    (start, end), last = stretches[0], items[stretches[-1][1] - 1]
    marked = end - start == 1 and items[start].quotation is not None
    return full_sentence(last) or (marked and past_joining(items, 0, start) == start)


# Behind the cue


def _after(sentence: Sentence, cue: Cue, others: Sequence[Cue]) -> list[Stretch]:
    items = sentence.items
    if cue.inverted and cue.subject:
        start = cue.subject.end
        colon = start + 1 < len(items) and items[start].text == ":"
        return _clause(sentence, start + 1, cue, others) if colon else []
    judged = judgement(items, cue)
    if judged:
        return [judged]
    at = skip_adjuncts(items, cue.after, addressee="addr" in cue.frames)
    begin = _begin(items, at, cue)
    if begin is not None:
        return _clause(sentence, begin, cue, others)
    return _bare(sentence, at, cue, others)


def _begin(items: Items, at: int, cue: Cue) -> int | None:
    """Where what is reported begins, when a mark or a conjunction introduces it."""
    if at + 1 >= len(items):
        return at if at < len(items) and items[at].quotation else None
    item = items[at]
    if item.text in (",", ":") and items[at + 1].quotation:
        return at + 1
    if item.text == ":":  # but not "in four states: Iowa …"
        return None if lexicon().has("homographs", cue.base) else at + 1
    if item.quotation:
        return at if _may_quote(items, cue) else None
    if item.lower == "that" and "that" in cue.frames:
        return at + 1
    if item.lower in WH and "wh" in cue.frames:
        return at + 1 if item.lower in ("whether", "if") else at
    if "to" in cue.frames and _infinitive(items, at):
        return at
    return None


def _may_quote(items: Items, cue: Cue) -> bool:
    """Whether marked words right behind a cue are a statement: what is "called" so has a name,
    unless a relative clause says of what ("which she called “a shame”")."""
    if "call" not in cue.frames:
        return True
    before = items[max(0, front(cue) - 1) : front(cue)]
    relative = any(item.lower in ("which", "what", "that", "who", "whom") for item in before)
    # "what experts call “herd immunity”" is a term
    term = any(item.lower == "what" for item in before) and cue.form in ("base", "third")
    return relative and not term and cue.form != "passive"


def _bare(sentence: Sentence, at: int, cue: Cue, others: Sequence[Cue]) -> list[Stretch]:
    """A clause without "that": `said on Monday it was over`; else one with a later "that"."""
    items = sentence.items
    words = lexicon()
    if "bare" in cue.frames and cue.form != "passive":
        told = "addr" in cue.frames
        for start in dict.fromkeys((at,) if told else (at, cue.after)):
            if start >= len(items) or not starts_clause(items, start) or (told and at == cue.after):
                continue
            object_only = words.has("said_nothing", items[start].lower)
            if object_only and not any(map(looks_finite, items[start + 1 : start + 2])):
                continue  # "said nothing of the plan", but "said nothing would change"
            # "a deal she said was dead", but not "the jobs report was good"
            gap = words.has("clause", items[start].lower)
            gap = gap and (cue.form == "past" or not words.has("homographs", cue.base))
            if cue.base != "say" and not gap and not subject_and_verb(items, start):
                continue
            found = _clause(sentence, start, cue, others)
            if found and (gap or has_verb(items, found[0])):
                return found
    that = _late_that(items, cue)
    return _clause(sentence, that + 1, cue, others) if that is not None else []


def _infinitive(items: Items, at: int) -> bool:
    if items[at].lower == "not":
        at += 1
    if at + 1 >= len(items) or items[at].lower != "to":
        return False
    following = items[at + 1]
    if following.quotation:
        return True
    return following.word and not (
        following.capital or lexicon().has("determiners", following.lower)
    )


def _late_that(items: Items, cue: Cue) -> int | None:
    """A "that" behind words that were not recognised: "said in his talk at Oslo that she"."""
    if "that" not in cue.frames or cue.kind != "verb":
        return None
    words = lexicon()
    for at in range(cue.end, min(len(items) - 1, cue.end + FAR)):
        item = items[at]
        if item.quotation or item.text in ",;:" or item.lower in words.verbs:
            return None
        if item.lower == "that":
            subject = items[at + 1]
            opens = words.has("pronouns", subject.lower) or words.has("determiners", subject.lower)
            return at if opens or is_name(subject) else None
    return None


def _clause(sentence: Sentence, begin: int, cue: Cue, others: Sequence[Cue]) -> list[Stretch]:
    """The clause from `begin` on, and the quotations that follow it behind a colon.

    Full sentences in marks are quotes of their own, whatever follows them.
    """
    items = sentence.items
    if full_sentence(items[begin]) and items[begin - 1].lower != "that":
        return _run(items, begin)
    end = clause_end(sentence, begin, cue, others)
    end = statement_end(items, begin, end)
    stretch = trimmed(items, begin, end)
    if stretch is None:
        return []
    colon = end + 1 < len(items) and items[end].text == ":"
    nested = any(
        begin <= other.start < end
        and other.subject
        and skip_adjuncts(items, other.after, addressee="addr" in other.frames) == end
        for other in others
    )  # "Lund said Moen had told her: “Go”"
    return [stretch, *(_run(items, end + 1) if colon and not nested else [])]


def _run(items: Items, start: int) -> list[Stretch]:
    """The quotations side by side from `start` on, each by itself."""
    end = start
    while end < len(items) and items[end].quotation:
        end += 1
    return [(at, at + 1) for at in range(start, end)]


# Before the cue, and on both sides


def _before(items: Items, cue: Cue, others: Sequence[Cue], taken: set[int]) -> list[Stretch]:
    """What stands before an attribution such as `…, she said`: quotations, or a clause."""
    at = front(cue) - 1
    if at < 0 or cue.inherits or (cue.subject is None and cue.form != "passive"):
        return []
    comma = items[at].text == "," or items[at].text in DASHES
    if comma:
        at -= 1
    if at < 0 or at in taken:
        return []
    floor = floor_before(items, at, others)
    if items[at].quotation:
        return _quoted(items, floor, at)
    if not comma or not cue.stated or not _ends_after(items, cue) or not _plain(cue):
        return []
    stretch = trimmed(items, past_joining(items, floor, at), at + 1)
    if stretch is None:
        return []
    if lexicon().has("subordinators", items[stretch[0]].lower) and not any(
        items[i].text == "," for i in range(*stretch)
    ):
        return []  # "When he left, she said" is no statement
    whole = starts_clause(items, stretch[0]) and has_verb(items, stretch)
    return [stretch] if whole else []


def _plain(cue: Cue) -> bool:
    """Whether a clause without marks may stand before the attribution of this cue."""
    relative = cue.subject is None or cue.subject.antecedent
    return not relative and bool(cue.frames & {"bare", "that"})


def _quoted(items: Items, floor: int, at: int) -> list[Stretch]:
    """The quotations up to `at`, or the clause that the last of them is part of."""
    first = at
    while first > floor and items[first - 1].quotation:
        first -= 1
    start = past_joining(items, floor, first)
    if start < first and not full_sentence(items[at]) and items[first - 1].text != ":":
        stretch = trimmed(items, start, at + 1)
        if stretch and starts_clause(items, stretch[0]):
            return [stretch]
    return [(i, i + 1) for i in range(first, at + 1)]


def _ends_after(items: Items, cue: Cue) -> bool:
    """Whether nothing is reported behind the attribution: it ends the clause, or a comma does."""
    at = skip_adjuncts(items, behind(cue), addressee="addr" in cue.frames)
    return at >= len(items) or not (items[at].word or items[at].quotation or items[at].text == ":")


def _resumed(items: Items, cue: Cue, others: Sequence[Cue]) -> Stretch | None:
    """The rest of a quotation that an attribution interrupts: `"No", she said, "never"`."""
    start = behind(cue)
    for at in range(start, len(items)):
        if items[at].quotation:
            before = items[at - 1]
            marked = before.text in (",", ":", ".") or before.text in DASHES or at == start
            return (at, at + 1) if marked else None
        if any(front(other) == at and _takes(items, other) for other in others):
            return None
    return None


def _takes(items: Items, cue: Cue) -> bool:
    """Whether a later cue is likely to report the next quotation itself."""
    if cue.form != "ing":
        return True
    following = items[cue.end] if cue.end < len(items) else None
    return following is not None and (following.lower not in WH)


def _interrupted(sentence: Sentence, cue: Cue, others: Sequence[Cue]) -> tuple[Stretch, ...] | None:
    """Both sides of an attribution inside a clause: `The plan, she said, is dead`."""
    items = sentence.items
    start = front(cue)
    if start < 1 or not cue.stated or not _plain(cue) or cue.subject is None:
        return None
    if items[start - 1].text != "," or items[start - 2].quotation:
        return None
    at = skip_adjuncts(items, behind(cue), addressee="addr" in cue.frames)
    if at + 2 >= len(items) or items[at].text != "," or _adds(items, at, others):
        return None
    floor = floor_before(items, start - 1, others)
    left = trimmed(items, past_joining(items, floor, start - 1), start - 1)
    right = trimmed(items, at + 1, clause_end(sentence, at + 1, cue, others))
    if right is None or right[1] - right[0] < FEW_WORDS - 1:
        return None
    if left is None:
        return (right,)
    fronted = lexicon().has("subordinators", items[left[0]].lower)
    return None if fronted else (left, right)


def _adds(items: Items, at: int, others: Sequence[Cue]) -> bool:
    """Whether what follows the comma at `at` belongs to the attribution, not to the clause."""
    following = items[at + 1].lower
    aside = following in (*CONTRASTS, "who", "which", "as", "in", "after", "a", "an")
    return aside or following.endswith("ing") or any(front(o) in (at + 1, at + 2) for o in others)


# According to


def _according(items: Items, cue: Cue, others: Sequence[Cue]) -> list[Content]:
    """The clause that an "according to" goes with, on whichever side of it, or around it."""
    if cue.subject is None:
        return []
    start, end = cue.start, cue.subject.end
    while end < len(items) and items[end].text not in (",", ".", ";", ":", ")", *DASHES):
        end += 1  # "according to a poll that came out on Monday"
    floor = floor_before(items, start, others)
    left = trimmed(items, past_joining(items, floor, start), start)
    if start > 1 and lexicon().has("stop", items[start - 2].lower) and items[start - 1].text == ",":
        left = None  # "because, according to"
    right = _other_side(items, end, others, alone=left is None)
    whole = left is not None and (items[left[0]].quotation or has_verb(items, left))
    if left and right and not whole:
        return [Content((left, right), cue)]
    stretch = left or right
    if stretch is None:
        return []
    enough = stretch[1] - stretch[0] >= FEW_WORDS or items[stretch[0]].quotation
    return [Content((stretch,), cue)] if enough else []


def _other_side(items: Items, end: int, others: Sequence[Cue], *, alone: bool) -> Stretch | None:
    """What follows the comma at `end`, up to the next attribution."""
    if end + 1 >= len(items) or items[end].text != ",":
        return None
    stop = len(items)
    for other in others:
        at = front(other)
        if (
            at > end + 1
            and other.kind == "verb"
            and not other.inherits
            and items[at - 1].text == ","
        ):
            stop = min(stop, at - 1)
    if alone and items[end + 1].lower in ("a", "an", "who"):  # an apposition to the source
        end = next((i for i in range(end + 1, len(items)) if items[i].text == ","), end)
    if not alone and items[end + 1].lower in (*CONTRASTS, "who", "which", "a", "the", "with"):
        return None
    return trimmed(items, end + 1, stop)
