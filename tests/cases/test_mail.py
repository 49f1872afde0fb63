"""A letter goes by mail to whoever has a verified address, and to the post room for everybody else."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from case_world import APPLICANT, COUNTY, FACTS
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

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

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up is no news; what arrived is what the test looks at."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: list[tuple[str, bytes]] = []
        self.certificate: Path | None = None


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 post office")
        to = ""
        while line := self.rfile.readline().strip():
            verb = line[:4].upper()
            if verb == b"RCPT":
                to = line.decode().partition("<")[2].rstrip(">")
            if verb == b"EHLO":
                self._say("250-post office\r\n250 STARTTLS")
                continue
            if verb == b"STAR":
                self._say("220 go on")
                self._hide()
                continue
            if verb == b"DATA":
                self._say("354 go on")
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                assert isinstance(self.server, _PostOffice)
                self.server.letters.append((to, body))
            self._say("221 bye" if verb == b"QUIT" else "250 ok")
            if verb == b"QUIT":
                return

    def _hide(self) -> None:
        """Behind a certificate that nobody vouches for."""
        assert isinstance(self.server, _PostOffice) and self.server.certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.certificate)
        try:
            self.request = context.wrap_socket(self.request, server_side=True)
        except OSError:
            return
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)

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
    room = [path.name for path in (tmp_path / "room").glob("*")]
    if not email:
        assert (post_office.letters, room) == ([], [f"{view.case}-1.eml.sealed"])
        return
    assert room == []
    [(to, raw)] = post_office.letters
    assert to == email
    letter = message_from_bytes(raw, policy=policy.default)
    body = letter.get_content()
    assert view.case in body
    assert "已收到" in body and "arrived" in body


def _self_signed(path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    day = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(day - timedelta(days=1))
        .not_valid_after(day + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return path


async def test_a_letter_is_not_given_to_a_mail_server_that_nobody_vouches_for(
    cases: Cases, db: Database, clock: SettableClock, post_office: _PostOffice, tmp_path: Path
) -> None:
    await _known(db, "wang@example.invalid")
    post_office.certificate = _self_signed(tmp_path / "post.pem")
    await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="submit-0001")
    host, port = post_office.server_address[:2]
    channel = SmtpChannel(str(host), port, "gov@example.invalid", FileChannel(tmp_path / "room"))
    assert await deliver(cases.engine, channel, clock()) == 0
    assert post_office.letters == []
    assert "Verif" in await db.fetchval("SELECT last_error FROM outbox")
