"""Guidelines come with a push, stay in step, and never replace what somebody wrote by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quotemark.labelstudio.guidelines import instruction
from quotemark.labelstudio.studio import Studio
from quotemark.scheme import default_path
from support.commands import quotemark

pytestmark = pytest.mark.live


def test_guidelines_of_a_project(server: Studio, client: Any, tmp_path: Path) -> None:
    env = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": server.token}

    def run(*words: object) -> str:
        done = quotemark(*words, folder=tmp_path, env=env)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def there() -> str:
        return str(client.projects.get(number).expert_instruction)

    (tmp_path / "a.txt").write_text("She said no.\n", encoding="utf-8")
    run("split", "a.txt", "-o", "tasks.json")
    push = ["push", "tasks.json", "-p", "With guidelines"]
    assert run(*push) == ""
    number = next(p.id for p in client.projects.list() if p.title == "With guidelines")
    assert there() == instruction(default_path("GUIDELINES.md").read_text(encoding="utf-8"))

    odd = "# Ours\n\n<script>x</script> & \"y\" 'z' &amp; <b>\n\n| a |\n|---|\n| `<i>` |\n"
    (tmp_path / "ours.md").write_text(odd, encoding="utf-8")
    assert run(*push, "--guidelines", "ours.md") == ""
    assert there() == instruction(odd)

    client.projects.update(number, expert_instruction="<p>By hand</p>")
    assert "has instructions of its own, which stay" in run(*push)
    assert there() == "<p>By hand</p>"
    assert run(*push, "--guidelines", "ours.md") == ""
    assert there() == instruction(odd)

    own = tmp_path / "scheme.toml"
    own.write_bytes(default_path("scheme.toml").read_bytes())
    (tmp_path / "GUIDELINES.md").write_text("Beside the scheme.\n", encoding="utf-8")
    assert run(*push, "--scheme", "scheme.toml") == ""
    assert there() == instruction("Beside the scheme.")


def test_guidelines_that_are_not_there_stop_a_push(server: Studio, tmp_path: Path) -> None:
    env = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": server.token}
    (tmp_path / "tasks.json").write_text("[]", encoding="utf-8")
    words = ["push", "tasks.json", "-p", "No guidelines", "--guidelines", "nowhere.md"]
    done = quotemark(*words, folder=tmp_path, env=env)
    assert done.returncode == 2
    assert "nowhere.md" in done.stderr
