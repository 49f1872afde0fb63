"""A newcomer, for real: the guide's file becomes a service, from search to a certificate that proves itself offline.

The commands run as processes and the pages come over the wire, because the promise is about exactly that.
"""

import hashlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from zipfile import ZipFile

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.ledger.small_log import Key, SmallLog
from tests.newcomer import Browser, Up, browser, data_directory, eventually, example, free_port, tongban

from tongban.base.keys import unbase64
from tongban.ledger.audit import Kept
from tongban.ledger.log import read_config
from tongban.ledger.notes import Kind
from tongban.ledger.policy import Policy

XIAOMAN = ("person", "p-wangxiaoman@@")
APPROVER = ("person", "o-990101.education.approver@990101.education.approver@")
RELEASED_WITHIN = 300.0
"""Seconds, on a machine that has more to do."""
LONG_PROMISE = ("promised: on-the-spot", "promised: 9 working-days")


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data directory whose services hold the guide's file, and nothing else."""
    with data_directory() as directory:
        (directory / "services").mkdir(parents=True)
        (directory / "services" / "library-card.yaml").write_text(example(), encoding="utf-8")
        yield directory


@pytest.fixture(scope="module")
def up(data: Path) -> Iterator[Up]:
    with Up(data, free_port(), "--witness") as running:
        yield running


def test_the_guides_file_passes_the_check_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "library-card.yaml").write_text(example(), encoding="utf-8")
    done = tongban("check", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["0 errors, 0 warnings · 0 个错误，0 个提醒"]


def test_a_promise_longer_than_the_law_is_refused_at_its_line(tmp_path: Path) -> None:
    text = example().replace(*LONG_PROMISE)
    line = next(n for n, said in enumerate(text.splitlines(), 1) if LONG_PROMISE[1] in said)
    (tmp_path / "library-card.yaml").write_text(text, encoding="utf-8")
    done = tongban("check", tmp_path)
    assert done.returncode == 1
    assert f"library-card.yaml:{line}:" in done.stdout and "promise-too-long" in done.stdout


def test_the_difference_to_a_second_version_is_told_in_a_sentence(tmp_path: Path) -> None:
    old, new = tmp_path / "library-card.yaml", tmp_path / "library-card@2.yaml"
    old.write_text(example(), encoding="utf-8")
    new.write_text(
        example().replace('version: "1"', 'version: "2"').replace('[">= 14", 10,', '[">= 14", 12,'), encoding="utf-8"
    )
    done = tongban("diff", old, new)
    assert (done.returncode, done.stderr) == (0, "")
    assert "12" in done.stdout


def apply(person: Browser, *, age: int, lives_here: str) -> str:
    """From the search in the person's own words to the receipt; the case's number."""
    person.open("/")
    person.open("/search?q=想借书").follow("借书证办理")
    assert person.path == "/services/library-card"
    person.follow("开始办理")
    if person.path == "/login":
        person.send({}, XIAOMAN)
    person.send({"region": "990101"}, ("lookups", "yes"))
    assert person.path == "/apply/library-card/records", "what is being asked of whom"
    person.open("/apply/library-card/records/found")  # where the page leads by itself after a moment
    assert "王小满" in person.text, "what was found is shown before it is used"
    person.send({"use.full_name": "yes"})
    answers = {"age": str(age), "lives_here": lives_here}
    asked: list[str] = []
    while person.path.startswith("/apply/library-card/q/"):
        name = person.path.rpartition("/")[2]
        asked.append(name)
        person.send({name: answers[name]})
    assert asked == ["age", "lives_here"], "the name is on record and is not asked"
    assert person.path == "/apply/library-card/check", person.heading
    assert "王小满" in person.text and "公安人口库" in person.text
    person.send({"truthful": "yes"})
    assert person.path.endswith("/receipt"), person.text
    return person.path.split("/")[2]


def test_from_search_to_a_certificate_that_proves_itself(up: Up, tmp_path: Path) -> None:
    with browser(up.address) as person:
        case = apply(person, age=40, lives_here="true")
        person.follow("看办理进度")
        assert person.path == f"/cases/{case}"
        person.open("/certificates").follow("借书证")
        assert "王小满" in person.text and "10本" in person.text.replace(" ", "")
        paper = {"card.pdf": person.download("下载PDF"), "card.json": person.download("下载数据文件")}
    for name, data in paper.items():
        (tmp_path / name).write_bytes(data)
        done = tongban("verify", tmp_path / name, "--data", up.data)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.startswith("证照真实有效")
    tampered = tmp_path / "tampered.json"
    tampered.write_bytes(paper["card.json"].replace("王小满".encode(), "李小满".encode()))
    assert tampered.read_bytes() != paper["card.json"]
    done = tongban("verify", tampered, "--data", up.data)
    assert done.returncode == 1 and "不能相信" in done.stdout

    done = tongban("case", "export", case, "--data", up.data)
    assert done.returncode == 0, done.stderr
    whole = json.loads(done.stdout)
    assert whole["case"] == case and whole["format"] == "tongban-case/1"
    assert whole["state"]["end"] == "favourable"
    assert whole["events"] and whole["assessment"] and whole["certificates"] and whole["account"]
    assert '"case-exported"' in done.stderr and case in done.stderr


def test_who_does_not_live_here_is_not_refused_by_the_machine(up: Up) -> None:
    with browser(up.address) as person:
        case = apply(person, age=40, lives_here="false")
        person.follow("看办理进度")
    whole = json.loads(tongban("case", "export", case, "--data", up.data).stdout)
    assert whole["state"]["end"] is None and not whole["certificates"]
    assert whole["assessment"]["outcome"] == "ask-official"
    assert not any(event.get("adverse") for event in whole["events"])
    with browser(up.address) as official:
        official.open("/login").send({}, APPROVER)
        assert official.path == "/desk", official.heading
        assert case in official.open(f"/desk/cases/{case}").text


def test_the_terminal_shows_addresses_and_log_ins(up: Up) -> None:
    assert f"{up.address}/" in up.said and "王小满" in up.said
    assert "Traceback" not in up.said


def test_the_witness_beside_it_signs_and_a_rewritten_log_is_refused_by_it_and_shouted_at(
    up: Up, tmp_path: Path
) -> None:
    log, state, keys = f"{up.address}/open/log", tmp_path / "seen.json", tmp_path / "policy.json"
    eventually(lambda: httpx.get(f"{log}/checkpoint").status_code == 200)
    policy = Policy.read(httpx.get(f"{log}/policy.json").content)
    assert (len(policy.witnesses), policy.least) == (1, 1)
    keys.write_bytes(bytes(msgspec.structs.replace(policy, least=0)))  # who would believe the log without its witness
    done = tongban("audit", log, "--keys", keys, "--state", state)
    assert done.returncode == 0, done.stderr
    assert "签名的见证人：1个" in done.stdout

    fork = another_history(up.data / "keys", policy, Kept.read(state.read_bytes()).size + 300)
    config = read_config(up.data)
    asked = f"{config.witnesses[0].url}/add-checkpoint"
    size = httpx.post(asked, content=b"old 0\n\n" + fork.shown).text.strip()
    refused = httpx.post(asked, content=f"old {size}\n\n".encode() + fork.shown)
    assert (refused.status_code, refused.text) == (422, "not-consistent\n")
    with published(tmp_path / "fork", fork.files()) as address:
        done = tongban("audit", address, "--keys", keys, "--state", state)
    assert done.returncode == 1
    assert "警报" in done.stderr
    assert "历史被改写了" in done.stderr
    assert list(tmp_path.glob("seen.evidence-*")), "what shows it is kept"


def another_history(keys: Path, policy: Policy, size: int) -> SmallLog:
    """What whoever has the log's own key could show instead: other entries, truly signed."""
    held = [json.loads(path.read_text()) for path in keys.glob("log-*.json")]
    private = next(one["private"] for one in held if one["key"]["algorithm"] == "Ed25519")
    key = Key(policy.origin, Kind.LOG, Ed25519PrivateKey.from_private_bytes(unbase64(private)))
    entries = (hashlib.sha256(b"%d" % n).digest() for n in range(size))
    return SmallLog(origin=policy.origin, key=key).add(*entries)


@contextmanager
def published(folder: Path, files: dict[str, bytes]) -> Generator[str]:
    """The files at an address."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's names
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_second_start_on_the_same_directory_or_port_is_refused_in_a_sentence(up: Up, tmp_path: Path) -> None:
    same_port = tongban("up", "--port", str(up.port), "--data", tmp_path / "other")
    assert same_port.returncode == 1
    assert f"Port {up.port} is in use" in same_port.stderr
    same_data = tongban("up", "--port", str(free_port()), "--data", up.data)
    assert same_data.returncode == 1
    assert "data-directory-in-use" in same_data.stderr
    assert "Traceback" not in same_port.stderr + same_data.stderr


def test_it_releases_the_month_that_settled_by_itself_and_anybody_gets_the_same_digits(up: Up, tmp_path: Path) -> None:
    eventually(lambda: any((up.data / "opendata").glob("????-??/release.json")), RELEASED_WITHIN)
    with browser(up.address) as person:
        person.open("/open/performance")
        assert "清源区公安局" in person.text and "居住证申领" in person.text and "%" in person.text
        (link,) = person.open("/open/indicators").page.xpath("//a[contains(@href, 'release.zip')][1]/@href")[:1]
    (tmp_path / "release.zip").write_bytes(httpx.get(up.address + link).content)
    with ZipFile(tmp_path / "release.zip") as whole:
        whole.extractall(tmp_path / "public")
    done = tongban("indicators", "recompute", tmp_path / "public")
    assert done.returncode == 0 and "equal to the last digit" in done.stdout


@contextmanager
def starting(data: Path, port: int) -> Generator["subprocess.Popen[str]"]:
    """An empty platform that has just begun to start. Also where the tests run in the background, whose children would
    ignore Ctrl-C."""
    words = (sys.executable, "-m", "tongban", "up", "--empty", "--port", str(port), "--data", str(data))
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            assert process.stdout is not None and "Starting the database" in process.stdout.readline()
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_who_stops_a_start_half_way_sees_no_stack_trace_and_leaves_nothing_running(told: signal.Signals) -> None:
    with data_directory() as data, starting(data, free_port()) as process:
        eventually(lambda: any(data.glob("postgres*.new/*")))
        process.send_signal(told)
        _, said = process.communicate(timeout=60)  # to the end of what everybody writes who was started
        assert process.returncode == 128 + told and not said


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_who_stops_a_start_whose_address_is_taken_already_does_not_wait_for_ever(told: signal.Signals) -> None:
    """A worker that still loads has to end too, or the server waits for it."""
    port = free_port()
    with data_directory() as data, starting(data, port) as process:
        eventually(lambda: _listens(port))
        process.send_signal(told)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0 and "Traceback" not in said


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def empty() -> Iterator[Path]:
    with data_directory() as directory:
        (directory / "services").mkdir(parents=True)
        yield directory


def test_nothing_outlives_it_and_the_next_start_has_everything(empty: Path) -> None:
    services = empty / "services"
    with Up(empty, free_port()) as first:
        assert first.left_behind, "the way to look for processes finds none, so it proves nothing"
        with browser(first.address) as person:
            person.open("/login").send({}, XIAOMAN)
            person.open("/services/advanced-age-allowance/start").send({"region": "990101"}, ("lookups", "yes"))
        assert first.ctrl_c() == 0, first.said
        eventually(lambda: not first.left_behind)
        assert "Traceback" not in first.said

    (services / "library-card.yaml").write_text(example(), encoding="utf-8")
    with Up(first.data, free_port()) as second:
        with browser(second.address) as person:
            case = apply(person, age=9, lives_here="true")
        second.kill()
        eventually(lambda: not second.left_behind)

    with Up(first.data, free_port()) as third, browser(third.address) as person:
        person.open("/login").send({}, XIAOMAN)
        assert case in person.open(f"/cases/{case}").text
        assert "5本" in person.open("/certificates").follow("借书证").text.replace(" ", "")
        person.open("/services/advanced-age-allowance/start")
        assert "您有没填完的申请" in person.text
