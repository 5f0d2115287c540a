"""Words for what commands say."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """How many there are of something whose plural takes an s.

    >>> counted(1, "task"), counted(0, "task")
    ('1 task', '0 tasks')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"
