"""What a newcomer has: the file in the guide, the `tongban` program in a terminal, and a browser without a script."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
from lxml import html

ROOT = Path(__file__).resolve().parents[1]
TONGBAN = (sys.executable, "-m", "tongban")
START_SECONDS = 60.0


def example(guide: Path = ROOT / "docs" / "write-a-service.md") -> str:
    """The service file that the guide shows."""
    found = re.search(r"```yaml\n(service: .*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    assert found, "the guide shows no service file"
    return found[1]


def tongban(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one command as a person in a terminal does, in an environment without settings of ours."""
    return subprocess.run([*TONGBAN, *map(str, words)], capture_output=True, text=True, env=_environment(), timeout=120)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("TONGBAN_")}


@contextmanager
def data_directory() -> Generator[Path]:
    """A data directory that the database's own account can enter, which pytest's are not for root; then it is gone."""
    with tempfile.TemporaryDirectory(prefix="tongban-newcomer-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "demo-data"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Up:
    """`tongban up` in a terminal of its own, until its first page is there."""

    def __init__(self, data: Path, port: int, *words: str) -> None:
        self.data, self.port = data, port
        self.address = f"http://127.0.0.1:{port}"
        self.output = data.with_suffix(f".{port}.log")
        # A group of its own, as a shell makes one for each job: Ctrl-C goes to all of it.
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [*TONGBAN, "up", "--port", str(port), "--data", str(data), *words],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(),
                start_new_session=True,
            )

    def __enter__(self) -> "Up":
        def answers() -> bool:
            assert self.process.poll() is None, self.said
            try:
                return asking.get(f"{self.address}/health/ready").status_code == 200
            except httpx.TransportError:
                return False

        try:
            # one client for all the asking: each new one reads every certificate authority there is
            with httpx.Client(timeout=5, trust_env=False, verify=False) as asking:
                eventually(answers, START_SECONDS)
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.ctrl_c()

    @property
    def said(self) -> str:
        """What stands in the terminal."""
        return self.output.read_text(encoding="utf-8")

    def ctrl_c(self) -> int:
        """Press it, and wait for the prompt; the exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """`kill -9` of the one process that the person started."""
        self.process.kill()
        self.process.wait()

    @property
    def left_behind(self) -> list[str]:
        """What still runs of it: the server's workers by their group, the database by the directory it sits in."""
        found: list[str] = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                status = (entry / "stat").read_text().rpartition(")")[2].split()
                inside = (entry / "cwd").readlink().is_relative_to(self.data.resolve())
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if status[0] != "Z" and (inside or int(status[2]) == self.process.pid):
                found.append(command.strip())
        return found


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until it holds; fails if it never does."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} seconds in vain"
        time.sleep(0.05)


class Browser:
    """A browser without a script: keeps cookies, follows links by their words, sends the forms it finds."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self.page: Any = None
        self.path = ""

    def open(self, path: str, status: int = 200) -> "Browser":
        return self._show(self._client.get(path, headers={"accept": "text/html"}), status)

    def follow(self, words: str) -> "Browser":
        """Click the link that says this."""
        links = [link for link in self.page.iter("a") if words in link.text_content()]
        assert links, f"no link says {words!r} on {self.path}"
        return self.open(links[0].get("href"))

    def send(self, fields: Mapping[str, str], button: tuple[str, str] | None = None, status: int = 200) -> "Browser":
        """Fill in the form of the page that has these fields, and press its button (the one of this name and value)."""
        form = next((form for form in self.page.forms if _has(form, fields, button)), None)
        assert form is not None, f"no form on {self.path} has {sorted(fields)} and {button}"
        for name, value in fields.items():
            form.fields[name] = value
        data = dict([*form.form_values(), *([button] if button else [])])
        answer = self._client.post(form.action or self.path, data=data, headers={"accept": "text/html"})
        return self._show(answer, status)

    def download(self, words: str) -> bytes:
        """Save what the link leads to."""
        link = next(link for link in self.page.iter("a") if words in link.text_content())
        answer = self._client.get(link.get("href"))
        assert answer.status_code == 200
        assert "attachment" in answer.headers["content-disposition"]
        return answer.content

    @property
    def heading(self) -> str:
        return " ".join(self.page.findtext(".//h1").split()) if self.page.findtext(".//h1") else ""

    @property
    def text(self) -> str:
        return " ".join(self.page.text_content().split())

    def _show(self, answer: httpx.Response, status: int) -> "Browser":
        assert answer.status_code == status, f"{answer.request.url}: {answer.status_code}\n{answer.text[-3000:]}"
        self.page = html.fromstring(answer.content)
        self.path = answer.url.path
        return self


def _has(form: Any, fields: Mapping[str, str], button: tuple[str, str] | None) -> bool:
    buttons = {(one.get("name"), one.get("value")) for one in form.iter("button")}
    return set(fields) <= set(form.fields.keys()) and (button is None or button in buttons)


@contextmanager
def browser(address: str) -> Generator[Browser]:
    with httpx.Client(base_url=address, follow_redirects=True, timeout=30) as client:
        yield Browser(client)
