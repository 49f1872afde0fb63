"""The same question through X-Road's REST face: a mock of a security server stands for the real one."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import msgspec
import pytest
from exchange_world import CENTRE, HR, PERSON, purpose

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.sharing.channel.model import Answer, Channel, Member, Query, Sent
from tongban.sharing.channel.r1 import R1Channel, request_hash
from tongban.sharing.channel.refusals import Code, document, refusal

HR_MEMBER = Member(code=HR, name=Text("演示机关", "Demonstration body"), body="990000-hr")


class SecurityServer:
    """What the consumer's security server does as its client sees it (PR-REST 1.0.4, §4)."""

    def __init__(self, rights: set[tuple[str, str]]) -> None:
        self.rights = rights
        self.seen: list[httpx.Request] = []
        self.bend: Callable[[dict[str, str]], None] = lambda headers: None
        self.answer: tuple[int, bytes] = (200, msgspec.json.encode(Answer(found=True, values={"months_paid": 30})))

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        parts = request.url.raw_path.decode().split("/")
        client, service = request.headers.get("x-road-client", ""), "/".join(parts[2:7])
        if parts[1] != "r1" or (client, service) not in self.rights:
            error = {"type": "Server.ServerProxy.AccessDenied", "message": f"denied {PERSON}", "detail": "x"}
            return httpx.Response(500, headers={"x-road-error": error["type"]}, json=error)
        status, body = self.answer
        headers = {
            "content-type": "application/json",
            "x-road-client": client,
            "x-road-service": service,
            "x-road-id": request.headers["x-road-id"],
            "x-road-request-id": "f92591a3-6bf0-49b1-987b-0dd78c034cc3",
            "x-road-request-hash": request_hash(
                request.method, request.url.raw_path.decode(), request.headers, request.content
            ),
        }
        self.bend(headers)
        return httpx.Response(status, headers=headers, content=body)


@pytest.fixture
def server() -> SecurityServer:
    return SecurityServer({(CENTRE, f"{HR}/hr.insurance")})


def channel(server: SecurityServer) -> Channel:
    http = httpx.AsyncClient(transport=httpx.MockTransport(server))
    return R1Channel(CENTRE, "https://security.server.example", http, hash_known=True)


def question() -> Sent:
    return Sent(
        query=Query(resource="hr.insurance", record="member", subject=PERSON, fields=("months_paid",)),
        grant="g-1",
        service=HR,
        purpose="unemployment-benefit; 失业保险条例 14",
        case="990101-261103-4Q7Z2M9K",
        user="post-7",
        message_id=uuid7(),
        key="k-1",
    )


async def code_of(server: SecurityServer, asked: Sent) -> str:
    with pytest.raises(Refused) as refused:
        await channel(server).ask(HR_MEMBER, asked)
    assert PERSON not in str(refused.value.problems)
    return refused.value.code


async def test_a_question_goes_through_x_road_with_who_asks_for_which_case_and_why(server: SecurityServer):
    asked = question()
    answer = await channel(server).ask(HR_MEMBER, asked)
    assert answer.values == {"months_paid": 30}
    request = server.seen[0]
    assert request.url.path == f"/r1/{HR}/hr.insurance/member"
    head = request.headers
    assert (head["x-road-client"], head["x-road-id"]) == (CENTRE, str(asked.message_id))
    assert (head["x-road-issue"], head["x-road-userid"]) == (asked.case, asked.user)
    assert head["gov-purpose"] == purpose()
    assert PERSON not in str(request.url) + str(head)


async def test_what_x_road_refuses_is_a_stable_code_without_its_words(server: SecurityServer):
    server.rights.clear()
    assert await code_of(server, question()) == "x-road-refused"


async def test_what_the_provider_refuses_keeps_its_code(server: SecurityServer):
    server.answer = (403, document(refusal(Code.NO_GRANT)))
    assert await code_of(server, question()) == "no-grant"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-road-id", "fa2e18a5-c2cb-4d09-b994-f57727f7c3fb"),
        ("x-road-client", HR),
        ("x-road-service", f"{HR}/hr.wages"),
        ("x-road-request-hash", "A" * 86 + "=="),
        ("x-road-request-hash", ""),
    ],
)
async def test_an_answer_to_another_question_is_not_believed(server: SecurityServer, name: str, value: str):
    server.bend = lambda headers: headers.update({name: value})
    assert await code_of(server, question()) == "answer-not-genuine"


async def test_nonsense_is_not_believed_and_silence_is_a_source_that_is_away(server: SecurityServer):
    server.answer = (200, b"<html>")
    assert await code_of(server, question()) == "answer-not-genuine"

    def away(headers: dict[str, str]) -> None:
        raise httpx.ConnectError("no route")

    server.bend = away
    assert await code_of(server, question()) == "source-away"
