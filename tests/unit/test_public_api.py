"""`import quotemark` is cheap and gives every public name."""

from __future__ import annotations

import subprocess
import sys

import pytest

import quotemark


def test_every_public_name_is_there() -> None:
    assert {"read", "agree", "adjudicate", "score"} <= set(quotemark.__all__) <= set(dir(quotemark))
    assert all(callable(getattr(quotemark, name)) for name in quotemark.__all__)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="scores"):
        getattr(quotemark, "scores")  # noqa: B009 - the point is that it is not known


def test_importing_it_imports_nothing_else_of_it() -> None:
    code = (
        "import sys; before = set(sys.modules); import quotemark\n"
        "print(*sorted(m for m in set(sys.modules) - before if '.' in m or m == 'msgspec'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not [m for m in done.stdout.split() if m.startswith(("quotemark.", "msgspec", "pandas"))]
