"""Words for what commands say."""

from __future__ import annotations

from collections.abc import Iterable


def counted(number: int, noun: str) -> str:
    """How many there are of something whose plural takes an s.

    >>> counted(1, "task"), counted(0, "task")
    ('1 task', '0 tasks')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def told(value: str | Iterable[str] | None) -> str:
    """An attribute's value, or its values; null is a dash.

    >>> told("direct"), told(("Ana Lund", "Bo")), told(None)
    ('direct', 'Ana Lund + Bo', '–')
    """
    return "–" if value is None else value if isinstance(value, str) else " + ".join(value)
