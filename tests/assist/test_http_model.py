"""A language model over HTTP: masked before it leaves, counted, and never trusted to answer as it should."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest
from tests.assist.gate_world import SAID, hall, register, use

from tongban.assist.gate import Asked
from tongban.assist.gate.http_model import MOST_BYTES, HttpModel
from tongban.assist.gate.meter import metered
from tongban.assist.gate.model_port import ModelFailed, NoModel
from tongban.assist.model import Abstain, Proposed, Suggestion
from tongban.base.clock import SettableClock
from tongban.base.config import ModelServer, Settings
from tongban.base.database import Database
from tongban.catalog.use import Limits

SERVER = ModelServer(endpoint="http://model.invalid/v1", name="words-7b", key="secret", yuan_in=2, yuan_out=8)
SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}}}
PERSONAL = ("王小满", "15400000001", "110105 19491231 002X", "人民路12号")
PROMPT = "王小满，电话15400000001，证号110105 19491231 002X，住在清源区人民路12号，想办居住证。"


def answering(content: str, **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"choices": [{"message": {"content": content}}], **more})


class Server:
    """A server on no network: what it was sent, and what it answers."""

    def __init__(self, *answers: Callable[[httpx.Request], httpx.Response] | httpx.Response) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)
        self.model = HttpModel(SERVER, transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return answer if isinstance(answer, httpx.Response) else answer(request)

    @property
    def sent(self) -> str:
        return "".join(json.dumps(json.loads(one.content), ensure_ascii=False) for one in self.requests)


async def test_nothing_personal_leaves_and_the_answer_has_it_back() -> None:
    server = Server(answering('{"text": "请〔姓名1〕补交材料"}'))
    with metered(["王小满"]):
        said = await server.model.complete(PROMPT, SCHEMA)
    assert json.loads(said) == {"text": "请王小满补交材料"}
    assert not [value for value in PERSONAL if value in server.sent]
    assert "居住证" in server.sent


async def test_nothing_personal_leaves_in_the_schema_either() -> None:
    server = Server(httpx.Response(400), answering("{}"))
    with metered(["王小满"]):
        await server.model.complete("问", {"enum": ["王小满", "15400000001"]})
    assert len(server.requests) == 2
    assert not [value for value in PERSONAL if value in server.sent]


async def test_tokens_are_charged_to_the_call() -> None:
    server = Server(answering("{}", usage={"prompt_tokens": 100, "completion_tokens": 10}))
    with metered() as meter:
        await server.model.complete("问", SCHEMA)
    assert meter.micro == 100 * 2 + 10 * 8


async def test_a_server_that_reports_no_tokens_is_not_free() -> None:
    server = Server(answering('{"text":"好"}'))
    with metered() as meter:
        await server.model.complete("问" * 50, SCHEMA)
    assert meter.micro >= 50 * 2


async def test_an_older_server_is_asked_in_words_and_from_then_on_at_once() -> None:
    server = Server(httpx.Response(400), answering("{}"))
    with metered():
        await server.model.complete("问", SCHEMA)
        await server.model.complete("问", SCHEMA)
    formats = [json.loads(one.content)["response_format"]["type"] for one in server.requests]
    assert formats == ["json_schema", "json_object", "json_object"]


def _breaks(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("王小满", request=request)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(429),
        httpx.Response(500, text="王小满"),
        httpx.Response(302, headers={"Location": "http://elsewhere.invalid/"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, text='{"choices": ['),
        httpx.Response(200, json={"choices": []}),
        httpx.Response(200, json={"choices": [{"message": {"content": None}}]}),
        httpx.Response(200, content=b"[" * (MOST_BYTES + 1)),
        _breaks,
    ],
    ids=["busy", "error", "elsewhere", "no JSON", "cut", "no choice", "nothing said", "endless", "no connection"],
)
async def test_a_server_that_misbehaves_is_a_failure_that_quotes_nobody(answer: Any) -> None:
    server = Server(answer)
    with metered(["王小满"]), pytest.raises(ModelFailed) as failed:
        await server.model.complete(PROMPT, SCHEMA)
    assert "王小满" not in str(failed.value)
    assert all(one.url.host == "model.invalid" for one in server.requests), "it is never followed elsewhere"


def _slow(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow", request=request)


async def test_through_the_gate_each_fault_is_an_abstention_and_the_cost_is_logged(
    db: Database, clock: SettableClock
) -> None:
    world = await hall(db, clock, register(use(limits=Limits(yuan_daily=1.0))))
    codes: list[str] = []
    for answer in (answering("{}", usage={"prompt_tokens": 7}), httpx.Response(500), _slow):
        model = Server(answer).model

        async def run(model: HttpModel = model) -> Proposed[str]:
            await model.complete(PROMPT, SCHEMA)
            return SAID

        found = await world.gate.consult(Asked(use="finder", names=("王小满",)), run)
        codes.append("" if isinstance(found, Suggestion) else found.code)
    assert codes == ["", "model-failed", "too-slow"]
    await world.gate.flush()
    assert await db.fetchval("SELECT sum(cost_micro)::bigint FROM assist_call") == 14
    assert "王小满" not in "".join(world.lines)


async def test_with_no_model_configured_the_ordinary_path_goes_on(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register())

    async def run() -> Proposed[str]:
        await NoModel().complete("问", SCHEMA)
        return SAID

    for _ in range(7):
        found = await world.gate.consult(Asked(use="finder"), run)
        assert isinstance(found, Abstain) and found.code == "no-model", "a missing model is no failure of one"


async def test_a_model_cannot_be_called_beside_the_gate() -> None:
    server = Server(answering("{}"))
    with pytest.raises(RuntimeError, match="outside the gate"):
        await server.model.complete(PROMPT, SCHEMA)
    assert not server.requests


def test_the_model_is_configured_by_the_environment_and_its_key_is_not_printed() -> None:
    environ = {
        "TONGBAN_MODEL_ENDPOINT": "http://127.0.0.1:9/v1",
        "TONGBAN_MODEL_NAME": "words",
        "TONGBAN_MODEL_KEY": "k-1",
    }
    settings = Settings.load(environ)
    assert settings.model is not None and settings.model.name == "words"
    assert "k-1" not in repr(settings)
    assert Settings.load({}).model is None
    assert msgspec.json.encode(settings.model)
