"""A language model's server on the loopback, with faults on purpose: OpenAI-compatible, standard library only.

A test scripts one step for each request, keeps the last for all that follow, and reads in `received` what left the
house. Nothing here is clever: an answer quotes the sources of the prompt word for word unless a fault is asked for.
"""

import json
import re
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

CHUNK = re.compile(r"<<(?P<mark>\S+) (?P<name>C\d+) (?P<whose>\S+)>>\n(?P<text>.*?)\n<<(?P=mark) 完>>", re.DOTALL)
"""A mark is letters, of which the masker takes out what is also a value somewhere else in the text."""


class Reply(NamedTuple):
    """What the server sends back. `hangs`: it never does, until the server closes."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    hangs: bool = False


Asked = dict[str, Any]
Step = Callable[[Asked], Reply]


def prompt_of(asked: Asked) -> str:
    """Everything that was said to the model."""
    return "\n".join(str(message["content"]) for message in asked["messages"])


def chunks_of(asked: Asked) -> dict[str, str]:
    """The sources in a prompt, by their names."""
    return {found["name"]: found["text"] for found in CHUNK.finditer(prompt_of(asked))}


def saying(content: str) -> Reply:
    """A completion with this content."""
    body = {
        "id": "fake-1",
        "object": "chat.completion",
        "model": "fake",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20},
    }
    return Reply(200, json.dumps(body, ensure_ascii=False).encode())


def answer(*sentences: tuple[str, str, str]) -> str:
    """The JSON of an answer: for each sentence its text, the chunk it cites and the quote."""
    said = [{"text": text, "cites": [{"chunk": chunk, "quote": quote}]} for text, chunk, quote in sentences]
    return json.dumps({"sentences": said}, ensure_ascii=False)


def constant(content: str) -> Step:
    """Whatever is asked."""
    return lambda _: saying(content)


def quoting(asked: Asked) -> str:
    """The JSON of an answer that repeats each source as its own sentence."""
    return answer(*((text, name, text) for name, text in chunks_of(asked).items()))


def honest(asked: Asked) -> Reply:
    """A sound answer."""
    return saying(quoting(asked))


def altered(asked: Asked) -> Reply:
    """Like `honest`, with the first digit of each quote and text changed by one."""

    def turn(text: str) -> str:
        return re.sub(r"\d", lambda m: str((int(m[0]) + 1) % 10), text, count=1)

    return saying(answer(*((turn(text), name, turn(text)) for name, text in chunks_of(asked).items())))


def wrong_chunk(asked: Asked) -> Reply:
    """Cites a source that was not given: a value outside the schema's enum."""
    return saying(answer(*((text, "C99", text) for text in chunks_of(asked).values())))


def invented(asked: Asked) -> Reply:
    """True quotes under sentences with an invented law."""
    made_up = "根据《行政审批加速条例》第九条，您应当另缴300元。"
    return saying(answer(*((made_up, name, text) for name, text in chunks_of(asked).items())))


def cut(asked: Asked) -> Reply:
    """JSON that ends in the middle."""
    return saying(quoting(asked)[:40])


def too_many(_: Asked) -> Reply:
    """429 with the usual header."""
    return Reply(429, b'{"error":{"message":"slow down","type":"rate_limit"}}', (("retry-after", "3600"),))


def broken(_: Asked) -> Reply:
    """500."""
    return Reply(500, b"<html>Internal Server Error</html>")


def hanging(_: Asked) -> Reply:
    """No answer at all."""
    return Reply(hangs=True)


def streaming(asked: Asked) -> Reply:
    """Server-sent events although nobody asked for them."""
    event = {"choices": [{"index": 0, "delta": {"content": quoting(asked)[:20]}}]}
    body = f"data: {json.dumps(event)}\n\ndata: [DONE]\n\n".encode()
    return Reply(200, body, (("content-type", "text/event-stream"),))


def no_schema(step: Step) -> Step:
    """An older server: `json_schema` is an error, `json_object` is answered by `step`."""

    def reply(asked: Asked) -> Reply:
        if asked.get("response_format", {}).get("type") == "json_schema":
            return Reply(400, b'{"error":{"message":"response_format json_schema is not supported"}}')
        return step(asked)

    return reply


@dataclass
class FakeServer:
    """The server as a test sees it. `url` is what goes into the configuration; `received` what came, oldest first."""

    url: str
    script: list[Step]
    received: list[Asked] = field(default_factory=list[Asked])
    closing: threading.Event = field(default_factory=threading.Event)

    def next_step(self) -> Step:
        """The step for this request; the last one stays."""
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    @property
    def everything(self) -> str:
        """All text that left the house, for tests that look for what must not be in it."""
        return json.dumps(self.received, ensure_ascii=False)


@contextmanager
def fake_model(script: Sequence[Step]) -> Generator[FakeServer]:
    """A server of its own for one test, on a free port of the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            asked: Asked = json.loads(self.rfile.read(length))
            fake.received.append(asked)
            reply = fake.next_step()(asked)
            if reply.hangs:
                fake.closing.wait()
                return
            self.send_response(reply.status)
            known = {name for name, _ in reply.headers}
            for name, value in reply.headers:
                self.send_header(name, value)
            if "content-type" not in known:
                self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Nothing is written to the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake = FakeServer(f"http://127.0.0.1:{server.server_port}/v1", list(script))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
