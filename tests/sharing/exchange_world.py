"""Two invented bodies, the registry between them, and the node of one of them, in this process."""

from __future__ import annotations

import asyncio
import secrets
from binascii import a2b_base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.i18n import Text
from tongban.base.ids import uscc_check, uuid7
from tongban.base.keys import KeyRing, PublicKey, Use
from tongban.base.telemetry import Log
from tongban.sharing.channel import profile
from tongban.sharing.channel.client import X1Channel
from tongban.sharing.channel.log import AnswerBox, MessageLog
from tongban.sharing.channel.model import AllowedTest, Answer, Asked, Member, Query, Right, Sent, Test
from tongban.sharing.channel.provider import Application, ProviderSettings
from tongban.sharing.channel.questions import provider_app
from tongban.sharing.channel.registry import Registry, issue, read_registry

BASE = "https://hr.node.example"
PERSON = "11010519491231002X"
BODY = msgspec.json.encode({"subject": PERSON, "fields": ["months_paid"]})


def code(number: int, subsystem: str) -> str:
    """A member's code with a social credit code that holds."""
    first = f"11990000MB{number:07}"
    return f"LJ/GOV/{first}{uscc_check(first)}/{subsystem}"


CENTRE, HR, STRANGER = code(1, "portal"), code(2, "hr"), code(3, "tax")
PATH = f"/x1/{HR}/hr.insurance/member"


class Reply(NamedTuple):
    """What came back. `code` is that of the problem document, "" for an answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        return "" if self.status == 200 else msgspec.json.decode(self.body)["code"]


@dataclass
class Source:
    """The record beside the node: it counts how often it is asked, and can be told to fail or to wait."""

    asked: list[Asked] = field(default_factory=list[Asked])
    answer: Answer = field(
        default_factory=lambda: Answer(found=True, values={"months_paid": 30, "wage": 9000}, tests={"enough": True})
    )
    instead: Callable[[], Awaitable[Answer]] | None = None

    async def __call__(self, query: Query, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.answer if self.instead is None else await self.instead()


def member(ring: KeyRing, member_code: str, node: str, now: datetime) -> Member:
    return Member(
        code=member_code,
        name=Text("演示机关", "Demonstration body"),
        body=f"990000-{member_code.rpartition('/')[2]}",
        node=node,
        keys=(ring.signer(Use.EXCHANGE, now),),
    )


def right(**changes: Any) -> Right:
    plain = Right(
        grant="g-1",
        client=CENTRE,
        provider=HR,
        resource="hr.insurance",
        record="member",
        fields=("months_paid", "as_of_month"),
        tests=(AllowedTest(field="wage", op=">=", value=5000),),
        purpose="unemployment-benefit",
        law="失业保险条例 14",
        since=date(2026, 1, 1),
        until=date(2026, 12, 31),
    )
    return msgspec.structs.replace(plain, **changes)


@dataclass
class World:
    """Rings, registry, node. `clock` moves for all of them."""

    clock: SettableClock
    centre: KeyRing
    node: KeyRing
    stranger: KeyRing
    registry: Registry
    source: Source
    db: Database
    log: MessageLog
    settings: ProviderSettings
    app: Application

    @classmethod
    async def make(
        cls, folder: Path, db: Database, clock: SettableClock, rights: Sequence[Right] = (right(),), **settings: Any
    ) -> World:
        now = clock()
        centre, node, stranger = cls.rings(folder, now)
        members = (member(centre, CENTRE, "", now), member(node, HR, BASE, now))
        token = issue(centre, now, instance="LJ", members=members, rights=rights)
        signer = centre.signer(Use.REGISTRY, now)
        registry = read_registry(token, {signer.id: signer}, now)
        source, log = Source(), await MessageLog.open(db, clock)
        chosen = ProviderSettings(
            members=frozenset({HR}),
            base=BASE,
            ring=node,
            box=AnswerBox.open(folder / "answers.secret"),
            clock=clock,
            telemetry=Log(lambda line: None, clock),
            **settings,
        )
        world = cls(clock, centre, node, stranger, registry, source, db, log, chosen, None)  # type: ignore[arg-type]
        world.app = provider_app(chosen, world, source, log)
        return world

    @staticmethod
    def rings(folder: Path, now: datetime) -> tuple[KeyRing, KeyRing, KeyRing]:
        """The keys of the centre (which also asks), of the node, and of somebody else."""
        centre, node, stranger = (KeyRing.open(folder / name, now) for name in ("centre", "node", "stranger"))
        return centre, node, stranger

    def current(self) -> Registry:
        """The registry, as `Registered` asks for it."""
        return self.registry

    def key(self) -> PublicKey:
        return self.centre.signer(Use.EXCHANGE, self.clock())

    def head(self, body: bytes = BODY, **changes: str) -> dict[str, str]:
        """The headers of a good question, before its signature."""
        plain = {
            "content-type": "application/json",
            "gov-client": CENTRE,
            "gov-service": f"{HR}/hr.insurance/member",
            "gov-purpose": purpose(),
            "gov-case": "990101-261103-4Q7Z2M9K",
            "gov-user": "post-7",
            "gov-message-id": message_id(self.clock()),
            "idempotency-key": '"k-1"',
            "content-digest": profile.digest_text(body),
        }
        return plain | {name.replace("_", "-"): value for name, value in changes.items()}

    def sign(
        self, head: dict[str, str], target: str = BASE + PATH, *, ring: KeyRing | None = None, **options: Any
    ) -> dict[str, str]:
        ring = ring or self.centre
        key = ring.signer(Use.EXCHANGE, self.clock())
        given = {"created": int(self.clock().timestamp()), "nonce": secrets.token_urlsafe(16)} | options
        return profile.signed(head, target, key=given.pop("key", key), sign=ring.sign, **given)

    async def send(
        self,
        headers: dict[str, str] | Sequence[tuple[str, str]],
        body: bytes | Sequence[bytes] = BODY,
        path: str | bytes = PATH,
        *,
        method: str = "POST",
        query: bytes = b"",
        stall: bool = False,
    ) -> Reply:
        """Put a message into the node as it would come off the wire."""
        return await send(self.app, headers, body, path, method=method, query=query, stall=stall)

    def genuine(self, reply: Reply, request: dict[str, str] | None) -> bool:
        """Whether the node signed this for this request (None: for nothing that could be bound)."""
        key = self.node.signer(Use.EXCHANGE, self.clock())
        bound = None if request is None else request["signature"].removeprefix("x1=")
        if bound is not None:
            profile.check_answer(reply.status, reply.headers, reply.body, bound, {key.id: key}.get)
            return True
        parameters = reply.headers["signature-input"].removeprefix("x1=")
        proof = a2b_base64(reply.headers["signature"].removeprefix("x1=:").removesuffix(":"))
        digest = reply.headers["content-digest"]
        assert digest == profile.digest_text(reply.body)
        return key.verify(proof, profile.answer_base(reply.status, digest, None, parameters))

    def channel(self, app: Application | None = None, **options: Any) -> X1Channel:
        transport = options.pop("transport", None) or httpx.ASGITransport(app or self.app)  # type: ignore[arg-type]
        return X1Channel(CENTRE, self.centre, self, httpx.AsyncClient(transport=transport), self.clock, **options)

    def sent(self, **changes: Any) -> Sent:
        test = Test(name="enough", field="wage", op=">=", value=5000)
        query = Query(resource="hr.insurance", record="member", subject=PERSON, fields=("months_paid",), tests=(test,))
        plain = Sent(
            query=query,
            grant="g-1",
            service=HR,
            purpose="unemployment-benefit; 失业保险条例 14",
            case="990101-261103-4Q7Z2M9K",
            user="post-7",
            message_id=uuid7(),
            key="k-1",
        )
        return msgspec.structs.replace(plain, **changes)


def purpose(service: str = "unemployment-benefit", grant: str = "g-1", law: str = "失业保险条例 14") -> str:
    return f'{service};grant="{grant}";law=%"{profile.display(law)}"'


def message_id(now: datetime) -> str:
    """A UUID of version 7 of the world's clock."""
    bits = secrets.randbits(74)
    value = int(now.timestamp() * 1000) << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (1 << 62) - 1
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


async def send(
    app: Application,
    headers: dict[str, str] | Sequence[tuple[str, str]],
    body: bytes | Sequence[bytes] = BODY,
    path: str | bytes = PATH,
    *,
    method: str = "POST",
    query: bytes = b"",
    stall: bool = False,
) -> Reply:
    """Call an ASGI application. `stall` never sends the end of the body."""
    pairs = list(headers.items()) if isinstance(headers, dict) else list(headers)
    chunks = [body] if isinstance(body, bytes) else list(body)
    raw = path if isinstance(path, bytes) else path.encode()
    events = [
        {"type": "http.request", "body": chunk, "more_body": stall or n + 1 < len(chunks)}
        for n, chunk in enumerate(chunks)
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if events:
            return events.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def take(event: Any) -> None:
        sent.append(event)

    scope = {
        "type": "http",
        "method": method,
        "path": raw.decode("latin-1"),
        "raw_path": raw,
        "query_string": query,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in pairs],
    }
    await app(scope, receive, take)
    start = sent[0]
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], answered, b"".join(event.get("body", b"") for event in sent[1:]))
