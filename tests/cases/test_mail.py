"""A letter goes by mail to whoever has a verified address, and to the post room for everybody else."""

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from case_world import APPLICANT, COUNTY, FACTS

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.cases.outbox import FileChannel, SmtpChannel, deliver
from tongban.cases.service import Cases
from tongban.org import store
from tongban.org.model import Person


class _PostOffice(socketserver.ThreadingTCPServer):
    """As much of a mail server (RFC 5321) as receives one letter at a time."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: list[tuple[str, bytes]] = []


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 post office")
        to = ""
        while line := self.rfile.readline().strip():
            verb = line[:4].upper()
            if verb == b"RCPT":
                to = line.decode().partition("<")[2].rstrip(">")
            if verb == b"DATA":
                self._say("354 go on")
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                assert isinstance(self.server, _PostOffice)
                self.server.letters.append((to, body))
            self._say("221 bye" if verb == b"QUIT" else "250 ok")
            if verb == b"QUIT":
                return

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


@pytest.fixture
def post_office() -> Iterator[_PostOffice]:
    with _PostOffice() as office:
        threading.Thread(target=office.serve_forever, daemon=True).start()
        yield office
        office.shutdown()


async def _known(db: Database, email: str) -> None:
    async with db.transaction() as connection:
        await store.save_people(connection, [Person(id=APPLICANT.id, name=APPLICANT.name)])
        await store.save_email(connection, APPLICANT.id, email)


@pytest.mark.parametrize("email", ["wang@example.invalid", ""])
async def test_a_letter_is_mailed_where_there_is_an_address_and_printed_where_there_is_none(
    cases: Cases, db: Database, clock: SettableClock, post_office: _PostOffice, tmp_path: Path, email: str
) -> None:
    await _known(db, email)
    view = await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="submit-0001")
    host, port = post_office.server_address[:2]
    channel = SmtpChannel(str(host), port, "gov@example.invalid", FileChannel(tmp_path / "room"), starttls=False)
    assert await deliver(cases.engine, channel, clock()) == 1
    room = [path.name for path in (tmp_path / "room").glob("*.eml")]
    if not email:
        assert (post_office.letters, room) == ([], [f"{view.case}-1.eml"])
        return
    assert room == []
    [(to, raw)] = post_office.letters
    assert to == email
    letter = message_from_bytes(raw, policy=policy.default)
    body = letter.get_content()
    assert view.case in body
    assert "已收到" in body and "arrived" in body
