"""How far something has come: told to whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many of it are done, and of how many."""


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""
