"""What agreement is counted in: tokens of a text, and values as nominal categories."""

from __future__ import annotations

from functools import lru_cache

from quotemark.metrics.spans import tokens
from quotemark.model import Fragment, Value
from quotemark.sources import fold


@lru_cache(maxsize=512)
def tokens_of(text: str) -> tuple[Fragment, ...]:
    """The tokens of a text, kept: every pair of annotators looks at the same ones.

    >>> tokens_of("two words")
    ((0, 3), (4, 9))
    """
    return tuple(tokens(text))


def category(value: Value) -> tuple[str, ...]:
    """A value as a nominal category: null is one, a set is one, names are folded.

    >>> category(None), category("Ana"), category(("b", "A"))
    ((), ('ana',), ('a', 'b'))
    """
    names = () if value is None else (value,) if isinstance(value, str) else value
    return tuple(sorted(set(map(fold, names))))
