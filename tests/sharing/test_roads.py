"""Each member is reached over the road that the list of members names: x1, X-Road, or files."""

import fcntl
import shutil
from collections.abc import Generator, Sequence
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from uuid import UUID

import msgspec
import pytest
from exchange_world import CENTRE, HR, STRANGER, World, member, message_id

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.ids import uuid7
from tongban.sharing.channel.centre import Centre, MembersFile, SecurityServer
from tongban.sharing.channel.files_answering import answer_folder
from tongban.sharing.channel.model import Answer, Member, Sent
from tongban.sharing.channel.r1 import SENT, request_hash
from tongban.sharing.grants import Grant
from tongban.sharing.partners import Partners, Roads


@pytest.fixture
async def world(exchange_keys: Path, node_db: Database, clock: SettableClock) -> World:
    return await World.make(exchange_keys, node_db, clock)


async def _no_rights(_day: date) -> Sequence[Grant]:
    return ()


class Installation:
    """The asking side, from its list of members."""

    def __init__(self, world: World, folder: Path, members: MembersFile | None = None) -> None:
        self.world, self.folder, self.file = world, folder, folder / "members.json"
        now = world.clock()
        self.hr = msgspec.structs.replace(member(world.node, HR, "", now), node="")
        own = member(world.centre, CENTRE, "", now)
        self.listed = members or MembersFile(instance="LJ", own=CENTRE, members=(own, self.hr), roads={HR: "files"})
        self.write(self.listed)
        centre = Centre(self.file, world.centre, world.clock, _no_rights)
        self.roads, self.partners = Roads(centre, world.centre, world.clock), Partners(centre)

    def write(self, members: MembersFile) -> None:
        self.file.write_bytes(msgspec.json.encode(members))

    async def courier(self) -> None:
        """Files go to the node and come back, as a stick or a drop box carries them."""
        inbox, outbox = self.folder / "node-in", self.folder / "node-out"
        inbox.mkdir(exist_ok=True)
        for path in (self.folder / "files" / "out").glob("*.jws"):
            shutil.move(path, inbox)
        world = self.world
        for path in await answer_folder(world.settings, "", world, world.source, world.log, inbox, outbox):
            shutil.move(path, self.folder / "files" / "in")

    async def ask(self, to: Member | None = None) -> tuple[Sent, str]:
        sent = self.world.sent(message_id=UUID(message_id(self.world.clock())))
        return sent, await self.code(sent, to)

    async def code(self, sent: Sent, to: Member | None = None) -> str:
        with pytest.raises(Refused) as refused:
            await self.roads.ask(to or self.hr, sent)
        return refused.value.code


async def test_a_body_without_a_line_is_asked_by_files_that_are_packed_and_taken_in_by_themselves(
    world: World, tmp_path: Path
):
    here = Installation(world, tmp_path)
    assert set(here.partners) == {here.hr.body}
    sent, code = await here.ask()
    assert code == "answer-awaited"
    assert await here.roads.carry() == (1, 0)
    await here.courier()
    assert await here.roads.carry() == (0, 1)
    assert (await here.roads.ask(here.hr, sent)).values == {"months_paid": 30}


async def test_a_hosted_body_is_answered_by_file_in_its_own_name(world: World, tmp_path: Path):
    here = Installation(world, tmp_path)
    sent, _ = await here.ask()
    await here.roads.carry()
    await here.courier()  # the node's own code is another: HR is one of those that it hosts
    await here.roads.carry()
    assert (await here.roads.ask(here.hr, sent)).found


async def test_while_one_process_carries_files_another_does_not(world: World, tmp_path: Path):
    here = Installation(world, tmp_path)
    await here.ask()
    (tmp_path / "files").mkdir(exist_ok=True)
    with (tmp_path / "files" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert await here.roads.carry() == (0, 0)
    assert await here.roads.carry() == (1, 0)


class Server(BaseHTTPRequestHandler):
    """Our security server, as its client sees it: it says whose answer it is, and to which question."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        answer = msgspec.json.encode(Answer(found=True, values={"months_paid": 30}))
        self.send_response(200)
        for name in ("x-road-client", "x-road-id"):
            self.send_header(name, self.headers[name])
        self.send_header("x-road-service", "/".join(self.path.split("/")[2:7]))
        head = {name: self.headers[name] for name in SENT}
        self.send_header("x-road-request-hash", request_hash("POST", self.path, head, body))
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Nothing on the terminal."""


@pytest.fixture
def security_server() -> Generator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


async def test_a_member_behind_x_road_is_asked_through_our_own_security_server(
    world: World, tmp_path: Path, security_server: str
):
    here = Installation(world, tmp_path)
    x_road = SecurityServer(server=security_server)
    here.write(msgspec.structs.replace(here.listed, roads={HR: "x-road"}, x_road=x_road))
    assert (await here.roads.ask(here.hr, world.sent(message_id=uuid7()))).values == {"months_paid": 30}
    assert not (tmp_path / "files").exists(), "it went no other way"


async def test_a_member_that_only_asks_cannot_be_asked(world: World, tmp_path: Path):
    here = Installation(world, tmp_path)
    here.write(msgspec.structs.replace(here.listed, roads={}))
    assert not here.partners
    assert (await here.ask())[1] == "no-road"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"roads": {HR: "x-road"}}, "x_road"),
        ({"roads": {STRANGER: "files"}}, STRANGER),
        ({"roads": {HR: "pigeon"}}, "roads"),
    ],
)
async def test_a_wrong_list_of_members_says_what_is_wrong(
    world: World, tmp_path: Path, changes: dict[str, object], said: str
):
    here = Installation(world, tmp_path)
    here.file.write_bytes(msgspec.json.encode(msgspec.to_builtins(here.listed) | changes))
    with pytest.raises(Refused) as refused:
        await here.roads.carry()
    assert refused.value.code == "members-file-wrong"
    assert said in str(refused.value)


async def test_a_certificate_that_cannot_be_read_is_said_and_nothing_is_sent(world: World, tmp_path: Path):
    here = Installation(world, tmp_path)
    x_road = SecurityServer(server="https://127.0.0.1:9", certificate="missing.pem")
    here.write(msgspec.structs.replace(here.listed, roads={HR: "x-road"}, x_road=x_road))
    assert (await here.ask())[1] == "members-file-wrong"
