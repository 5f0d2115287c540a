"""The ML backend's web server: what it answers, to whom, and what it keeps to itself."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from quotemark.errors import QuotemarkError
from quotemark.extractors import extractor
from quotemark.labelstudio import serving as serving_module
from quotemark.labelstudio.backend import predict
from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.config import labeling_config
from quotemark.labelstudio.serving import serving
from quotemark.model import Annotation, Asked, Document, Json, Span
from quotemark.scheme import Scheme, default_scheme, parse_scheme
from quotemark.tasks import split

SCHEME = default_scheme()
RULES = extractor("rules")
CONFIG = labeling_config(SCHEME)
SECRET = "correct:horse:battery"
TEXT = "“The Zanzibar ferry must go”, said Ana Brandt."


@dataclass
class Fussy:
    """An extractor that waits to be let go, and fails, in two ways, on words that it dislikes."""

    name: str = "fussy"
    version: str = "1"
    seen: list[str] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    @property
    def produces(self) -> Asked:
        return Asked(labels=("Quote",))

    def extract(self, doc: Document, scheme: Scheme) -> Annotation:
        self.seen.append(doc.text)
        self.begun.set()
        self.go.wait(30)
        if "Zanzibar" in doc.text:
            raise KeyError(doc.text)
        wrong = Span("q", "Rumour" if "Samarkand" in doc.text else "Quote", ((0, 1),))
        return Annotation(doc.id, doc.sha256, self.name, (wrong,), status="predicted")


def task(text: str, number: int = 1) -> dict[str, Json]:
    return {"id": number, "data": {"text": text}}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serving(RULES, SCHEME) as url, asking(url) as client:
        yield client


def asking(url: str, **options: Any) -> httpx.Client:
    return httpx.Client(base_url=url, trust_env=False, timeout=30, **options)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    for name in ("httpx", "httpcore"):  # the client's own
        caplog.set_level(logging.WARNING, logger=name)
    caplog.set_level(logging.DEBUG)
    return caplog


def refused(answer: httpx.Response, status: int, *parts: str) -> None:
    """It is a line of reason, and nothing else."""
    assert answer.status_code == status
    reason = answer.json()["error"]
    assert answer.json() == {"error": reason}
    assert len(reason.splitlines()) == 1
    assert "Traceback" not in reason
    for part in parts:
        assert part in reason


# What it answers


@pytest.mark.parametrize("path", ["/", "/health"])
def test_it_is_up(client: httpx.Client, path: str) -> None:
    assert client.get(path).json() == {"status": "UP", "model_class": "rules"}


def test_it_tells_its_version(client: httpx.Client) -> None:
    assert client.get("/versions").json() == {"versions": ["rules"]}
    body = {"schema": CONFIG, "project": "1.2", "access_token": "t0ken", "extra_params": None}
    assert client.post("/setup", json=body).json() == {"model_version": "rules"}


def test_predictions_come_in_the_order_of_the_tasks(client: httpx.Client) -> None:
    tasks = [task("“Yes”, said Bo Lund."), task(""), task(TEXT)]
    body = {"tasks": tasks, "project": "1.2", "label_config": CONFIG}
    results = client.post("/predict", json=body).json()["results"]
    assert results == [predict(one, RULES, SCHEME) for one in tasks]
    labelled = [result for result in results[2]["result"] if result["type"] == "labels"]
    words = [result["value"]["text"] for result in labelled]
    assert words == ["“The Zanzibar ferry must go”", "said", "Ana Brandt"]


def test_what_the_annotator_does_meanwhile_changes_nothing(client: httpx.Client) -> None:
    plain = client.post("/predict", json={"tasks": [task(TEXT)]}).json()
    context = {"context": {"result": [{"id": "x"}]}, "login": None}
    busy = {
        **task(TEXT),
        "annotations": [{"id": 3, "result": []}],
        "drafts": [1],
        "predictions": [2],
    }
    assert client.post("/predict", json={"tasks": [busy], "params": context}).json() == plain


def test_tasks_of_the_control_arm_are_annotated_without_help(client: httpx.Client) -> None:
    (made,) = split(Document("a", TEXT), scheme=SCHEME.id)
    both = [to_json(replace(made, arm=arm), SCHEME)["data"] for arm in ("assisted", "control")]
    body = {"tasks": [{"id": number, "data": data} for number, data in enumerate(both)]}
    helped, alone = client.post("/predict", json=body).json()["results"]
    assert helped["model_version"] == "rules"
    assert alone == []


def test_lone_surrogates_are_carried(client: httpx.Client) -> None:
    (made,) = split(Document("a", "“No \ud800”, said Bo Lund."), scheme=SCHEME.id)
    body = json.dumps({"tasks": [{"id": 1, "data": to_json(made, SCHEME)["data"]}]})
    answer = client.post("/predict", content=body)
    assert answer.json()["results"][0]["result"][0]["value"]["text"] == "“No \ud800”"


def test_events_are_logged_by_name_alone(
    client: httpx.Client, log: pytest.LogCaptureFixture
) -> None:
    body = {"action": "ANNOTATION_CREATED", "task": {"data": {"text": TEXT}}}
    assert client.post("/webhook", json=body).status_code == 200
    assert "webhook: ANNOTATION_CREATED" in log.messages
    client.post("/webhook", json={"action": "a\x1b[31m\n" + "x" * 500})
    assert log.messages[-1].isprintable()
    assert len(log.messages[-1]) < 100


# What it refuses


@pytest.mark.parametrize(
    ("path", "body", "part"),
    [
        ("/predict", b"", "not JSON"),
        ("/predict", b"{'tasks': []}", "not JSON"),
        ("/predict", b"[" * 100_000, "not JSON"),
        ("/predict", "é".encode("latin-1"), "not JSON"),
        ("/predict", b"[]", "not a request of Label Studio's"),
        ("/predict", b"null", "not a request of Label Studio's"),
        ("/predict", b'{"task": []}', "tasks"),
        ("/predict", b'{"tasks": {}}', "tasks"),
        ("/predict", b'{"tasks": [7]}', "tasks"),
        ("/predict", b'{"tasks": [], "label_config": 1}', "label_config"),
        ("/predict", b'{"tasks": [], "label_config": "<View/>"}', "lacks of quotemark@1.0"),
        ("/setup", b"{}", "schema"),
        ("/setup", b'{"access_token": "t0ken"}', "schema"),
        ("/setup", b'{"schema": ""}', "cannot be read"),
        ("/setup", b'{"schema": "<View>"}', "cannot be read"),
        ("/setup", b'{"schema": "<!DOCTYPE v [<!ENTITY a \'b\'>]><v>&a;</v>"}', "cannot be read"),
        ("/setup", b'{"schema": "<View/>", "access_token": "t0ken"}', "label, text, Quote-form"),
        ("/webhook", b"{}", "action"),
    ],
)
def test_bad_requests_are_told_why(
    client: httpx.Client, path: str, body: bytes, part: str, log: pytest.LogCaptureFixture
) -> None:
    refused(client.post(path, content=body), 400, part)
    assert "t0ken" not in log.text
    assert len(log.messages) == len([m for m in log.messages if len(m.splitlines()) == 1])
    assert part in log.text


def test_a_configuration_is_told_what_it_lacks(client: httpx.Client) -> None:
    without = CONFIG.replace('<Choice value="mixed" />', "").replace('value="held_by"', 'value="x"')
    refused(
        client.post("/setup", json={"schema": without}),
        400,
        "lacks of quotemark@1.0: held_by, mixed [config]",
    )
    other = labeling_config(
        parse_scheme('name = "own"\nversion = "1"\n[labels.A]\n[labels.Quote]\n')
    )
    answer = client.post("/setup", json={"schema": other})
    refused(answer, 400, "Quote-form", "and", "more", "--update-config", "--scheme")


def test_what_is_added_to_a_configuration_does_no_harm(client: httpx.Client) -> None:
    more = CONFIG.replace("<Relations>", '<Choices name="own" toName="text" /><Relations>')
    assert client.post("/setup", json={"schema": more}).status_code == 200


def test_there_is_a_most_that_a_request_may_have(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving_module, "LARGEST", 1000)
    assert client.post("/predict", json={"tasks": [task("x" * 900)]}).status_code == 200
    refused(client.post("/predict", json={"tasks": [task("x" * 1000)]}), 413, "select fewer tasks")

    def chunks() -> Iterator[bytes]:
        yield from [b" " * 400] * 3

    refused(client.post("/predict", content=chunks()), 413)


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/predict", 405), ("POST", "/train", 404)]
)
def test_what_there_is_not(client: httpx.Client, method: str, path: str, status: int) -> None:
    assert client.request(method, path).status_code == status


# Tasks that fail, and long ones


def test_a_task_that_fails_does_not_take_the_others_along(log: pytest.LogCaptureFixture) -> None:
    fussy = Fussy()
    fussy.go.set()
    tasks = [
        task("Yes.", 1),
        task("Zanzibar fails.", 2),
        task("Samarkand does not fit.", 3),
        {"id": 4, "data": {"image": "no text"}},
        {"id": 5},
        task("No.", 6),
    ]
    with serving(fussy, SCHEME) as url, asking(url) as client:
        results = client.post("/predict", json={"tasks": tasks}).json()["results"]
    assert [bool(result) for result in results] == [True, False, False, False, False, True]
    assert results[1] == []
    told = [message for message in log.messages if "no prediction" in message]
    assert [message.split("[")[1].split(" ")[0] for message in told] == [
        *("KeyError", "label]", "task]", "task]")
    ]
    assert "task 2" in told[0]
    assert "test_serving.py" in told[0]
    assert "predict: 6 tasks" in log.text
    assert "Zanzibar" not in log.text
    assert "Samarkand" not in log.text


def test_it_answers_while_it_extracts() -> None:
    fussy = Fussy()
    with serving(fussy, SCHEME) as url, asking(url) as client, ThreadPoolExecutor() as threads:
        asked = threads.submit(client.post, "/predict", json={"tasks": [task("Yes.")]})
        assert fussy.begun.wait(30)
        assert client.get("/health").status_code == 200
        assert client.post("/setup", json={"schema": CONFIG}).status_code == 200
        fussy.go.set()
        assert asked.result().json()["results"][0]["model_version"] == "fussy"


def test_who_has_gone_is_not_worked_for(log: pytest.LogCaptureFixture) -> None:
    fussy = Fussy()
    with serving(fussy, SCHEME) as url, asking(url) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/predict", json={"tasks": [task("1"), task("2"), task("3")]}, timeout=0.5)
        with asking(url) as other:
            assert other.get("/health").status_code == 200
        fussy.go.set()
        with asking(url) as other:  # has its turn after what was begun
            other.post("/predict", json={"tasks": [task("4")]})
    assert fussy.seen == ["1", "4"]
    assert "given up after 1 of 3 tasks" in log.text


def test_an_extractor_that_hangs_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving_module, "GRACE", 0.1)
    fussy = Fussy()
    with ThreadPoolExecutor() as threads:
        with serving(fussy, SCHEME) as url, asking(url) as client:
            asked = threads.submit(client.post, "/predict", json={"tasks": [task("Yes.")]})
            assert fussy.begun.wait(30)
        assert not fussy.go.is_set()
        with pytest.raises(httpx.HTTPError):
            asked.result().raise_for_status()
    fussy.go.set()


# Who may ask


def test_the_secret_opens_and_nothing_else(log: pytest.LogCaptureFixture) -> None:
    with serving(RULES, SCHEME, secret=SECRET) as url:
        for auth in (None, ("quotemark", "wrong"), ("other", SECRET), ("quotemark", SECRET[:-1])):
            with asking(url, auth=auth) as client:
                for path in ("/", "/health", "/nothing"):
                    answer = client.get(path)
                    refused(answer, 401)
                    assert answer.headers["www-authenticate"].startswith("Basic ")
                refused(client.post("/predict", content=b"not read"), 401)
                refused(client.post("/webhook", json={"action": "x"}), 401)
        with asking(url, headers={"Authorization": b"Basic \xff\xfe"}) as client:
            refused(client.get("/health"), 401)
        with asking(url, auth=("quotemark", SECRET)) as client:
            assert client.get("/health").status_code == 200
            assert client.post("/predict", json={"tasks": []}).json() == {"results": []}
            by_proxy = {"Host": "desk.example"}
            assert client.get("/health", headers=by_proxy).status_code == 200
            refused(client.get("/health", headers={"Origin": "http://evil.example"}), 403)
    assert SECRET not in log.text
    assert "Basic" not in log.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "evil.example:9090"},
        {"Host": "localhost.evil.example"},
        {"Host": "192.0.2.1"},
        {"Host": "[::1"},
        {"Host": "127.0.0.1:9090@evil.example"},
        {"Host": "127.0.0.1:"},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:8080"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_pages_of_others_cannot_ask(
    client: httpx.Client, headers: dict[str, str], log: pytest.LogCaptureFixture
) -> None:
    for method, path in (("GET", "/health"), ("POST", "/predict"), ("OPTIONS", "/predict")):
        refused(client.request(method, path, headers=headers), 403)
    assert "evil" not in log.text


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.8.8.8:9", "[::1]:7"]
)
def test_this_machine_has_several_names(client: httpx.Client, host: str) -> None:
    assert client.get("/health", headers={"Host": host}).status_code == 200
    own = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    assert client.get("/health", headers=own).status_code == 200


def test_a_request_without_host_is_refused(client: httpx.Client) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as raw:
        raw.sendall(b"GET /health HTTP/1.0\r\n\r\n")
        assert raw.makefile("rb").read().startswith(b"HTTP/1.1 403")


def test_where_others_can_reach_it_a_secret_is_needed() -> None:
    with pytest.raises(QuotemarkError, match=r"a secret is needed.*--secret-file"):
        serving(RULES, SCHEME, host="0.0.0.0").__enter__()
    with serving(RULES, SCHEME, host="0.0.0.0", secret=SECRET) as url:
        place = url.replace("0.0.0.0", "127.0.0.1")
        with asking(place, auth=("quotemark", SECRET), headers={"Host": "desk.example"}) as client:
            assert client.get("/health").status_code == 200
            refused(client.get("/health", headers={"Origin": "http://evil.example"}), 403)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 300, "192.0.2.1"])
def test_where_it_cannot_listen_it_says_so(host: str) -> None:
    with pytest.raises(QuotemarkError, match="cannot listen at"):
        serving(RULES, SCHEME, host=host, secret=SECRET).__enter__()


def test_a_port_that_is_taken_is_told(client: httpx.Client) -> None:
    port = client.base_url.port or 0
    with pytest.raises(QuotemarkError, match=rf"port {port}: .*in use.*--port, or 0"):
        serving(RULES, SCHEME, port=port).__enter__()
