"""`quotemark serve` as a process: it serves until it is stopped, or says in a line why not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from quotemark.extractors import extractor
from quotemark.labelstudio.backend import predict
from quotemark.scheme import default_scheme

SECRET = "correct:horse:battery"
TASK = {"id": 1, "data": {"text": "“The Zanzibar ferry must go”, said Ana Brandt."}}


def command(*words: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [Path(sys.executable).with_name("quotemark"), "serve", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_stopped(sign: signal.Signals) -> None:
    with command("--port", "0", QUOTEMARK_SERVE_SECRET=SECRET) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        own: dict[str, Any] = {"base_url": url, "trust_env": False, "timeout": 30}
        with httpx.Client(auth=("quotemark", SECRET), **own) as client:  # its connection stays open
            answer = client.post("/predict", json={"tasks": [TASK]}).json()
            assert answer == {"results": [predict(TASK, extractor("rules"), default_scheme())]}
            assert client.get("/health", auth=("quotemark", "")).status_code == 401
            process.send_signal(sign)
            out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert out == ""
    assert err.splitlines()[0] == "quotemark: serving rules; Ctrl-C stops it"
    assert err.splitlines()[-1] == "quotemark: serve is stopped"
    assert "Zanzibar" not in err
    assert SECRET not in err


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["--host", "0.0.0.0"], ["a secret is needed [secret]", "QUOTEMARK_SERVE_SECRET"]),
        (["--extractor", "rulez"], ["no extractor 'rulez'"]),
        (["--secret-file", "{folder}/short"], ["16 or more characters", "openssl rand"]),
        (["--secret-file", "{folder}/odd"], ["all of them ASCII"]),
        (["--secret-file", "{folder}/none"], ["No such file"]),
        (["--scheme", "{folder}/none"], ["No such file"]),
        (["--port", "0", "-p", "News", "--token-file", "{folder}/none"], ["No such file"]),
        (["--port", "0", "-p", "News", "--url", "http://127.0.0.1:9"], ["no server answers"]),
    ],
)
def test_the_command_refuses_in_a_line(tmp_path: Path, words: list[str], parts: list[str]) -> None:
    (tmp_path / "short").write_text("hunter2hunter2!", encoding="utf-8")
    (tmp_path / "odd").write_text("hunter2hunter2ü!", encoding="utf-8")
    given = [word.format(folder=tmp_path) for word in words]
    with command(*given, LABEL_STUDIO_API_KEY="0" * 40) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 2, err
    assert out == ""
    assert len(err.splitlines()) == 1
    for part in parts:
        assert part in err
    assert "hunter2" not in err
