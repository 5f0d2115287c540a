"""The demo runs in a fresh checkout with an empty home, and prints what the README shows."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.blocks import ROOT, blocks, commands, matches


@pytest.mark.timeout(600)
def test_demo_in_a_fresh_checkout(tmp_path: Path) -> None:
    checkout, home = tmp_path / "checkout", tmp_path / "home"
    home.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, checkout / name)
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("LABEL_STUDIO", "VIRTUAL_ENV"))
    }
    environment |= {"HOME": str(home), "NO_COLOR": "1", "COLUMNS": "100"}
    ran = subprocess.run(
        ["scripts/demo"],
        cwd=checkout,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    shown = [
        expected
        for block in blocks(ROOT / "README.md")
        if block.kind == "console"
        for command, expected in commands(block.body)
        if command == "scripts/demo"
    ]
    assert len(shown) == 1
    assert matches(shown[0], ran.stdout), ran.stdout
