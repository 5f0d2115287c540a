"""Every command and option says what it does, and saying so imports nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import typer.main

from quotemark.cli.app import app


def named(group: Any, before: str = "") -> dict[str, Any]:
    """Every command of a group by its words, those of the groups in it included."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        words = f"{before}{name}"
        found[words] = command
        found |= named(command, f"{words} ") if hasattr(command, "commands") else {}
    return found


COMMANDS = named(typer.main.get_command(app))
PARAMETERS = [
    (name, parameter) for name, command in COMMANDS.items() for parameter in command.params
]

HEAVY = {
    *("pandas", "sklearn", "scipy", "numpy", "pyarrow", "label_studio_sdk", "label_studio"),
    *("msgspec", "lxml", "yaml", "inscriptis", "charset_normalizer", "frontmatter", "httpx"),
    *("starlette", "uvicorn"),
}
"""What no help needs: libraries that read, count or talk to servers."""


def test_the_commands_are_there() -> None:
    assert set(COMMANDS) >= {
        *("init", "split", "extract", "check", "agree", "adjudicate", "score", "compare", "power"),
        *("gold", "gold freeze", "gold verify", "gold hydrate", "gold diff"),
        *("config", "push", "pull", "import", "convert", "migrate", "serve", "studio", "next"),
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_line_that_says_what_it_does(name: str) -> None:
    first = (COMMANDS[name].help or "").strip().split("\n\n")[0]
    assert first.endswith(".")
    assert len(first) > 15


@pytest.mark.parametrize(
    ("name", "parameter"), PARAMETERS, ids=[f"{n}-{p.name}" for n, p in PARAMETERS]
)
def test_every_argument_and_option_has_help(name: str, parameter: Any) -> None:
    assert parameter.help, f"{name}: {parameter.name}"
    assert parameter.help.rstrip().endswith("."), f"{name}: {parameter.name}: {parameter.help!r}"


HELPS = [("--help",), ("--version",), *((*name.split(), "--help") for name in COMMANDS)]


@pytest.mark.parametrize("arguments", HELPS, ids=" ".join)
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    code = (
        "import sys\n"
        "from quotemark.cli.app import app\n"
        f"app({list(arguments)!r}, standalone_mode=False)\n"
        "print('modules:', *sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    shown, _, imported = done.stdout.rpartition("modules:")
    assert shown.strip()
    assert "typer" in imported.split()  # so that the list is one
    assert HEAVY.isdisjoint(imported.split())


def test_the_command_line_alone_imports_no_table() -> None:
    code = "import sys, quotemark.cli.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "quotemark.cli.agree" in loaded
    assert not {"rich.table", "quotemark.adjudication", "quotemark.agreement"} & set(loaded)
