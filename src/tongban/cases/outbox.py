"""Letters leave the platform after the commit that decided them, and the proof of their arrival comes back as an event.

At least once: a worker that dies while sending loses its lease, and another sends again. A letter that no attempt can
deliver becomes an event too, and a task for somebody to reach the person another way.
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from tongban.base.i18n import Text
from tongban.base.sealing import PersonKey
from tongban.cases import texting
from tongban.cases.decide import delivered
from tongban.cases.engine import Engine
from tongban.cases.loaded import Case, Recorder
from tongban.cases.model import Event, Letter, Own
from tongban.cases.postroom import leave
from tongban.cases.receipts import receipt_of
from tongban.cases.store import alarms
from tongban.cases.store.alarms import Parcel
from tongban.cases.store.personal import BESIDE, letter_beside
from tongban.cases.texting import Texted
from tongban.ledger.receipts import SUFFIX
from tongban.org import store as people

log = logging.getLogger(__name__)

_CLAIM = 8
"""Letters carried at once. Few: a letter can wait a second, somebody who submits should not."""
_LEASE = timedelta(minutes=2)
_GIVE_UP = 6
_FIRST_WAIT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter with its number, its hour and the key of its reader, for whoever keeps it."""

    case: str
    seq: int
    letter: Letter
    at: datetime
    key: PersonKey
    receipt: bytes = b""
    """The proof of the case's history up to this letter, where the public log has it already."""

    def message(self, sender: str, to: str) -> EmailMessage:
        """The letter in both languages, Chinese first."""
        message = EmailMessage()
        message["From"], message["To"] = sender, to
        message["Subject"] = self.letter.title.zh
        message["Date"] = format_datetime(self.at)
        message["Message-ID"] = f"<{self.case}.{self.seq}@tongban.invalid>"
        message.set_content(f"{self.letter.body.zh}\n\n{self.letter.body.en}\n")
        return message


class Channel(Protocol):
    """A way out. `send` blocks; it returns a proof, or raises OSError. `to` is a mail address or empty."""

    @property
    def name(self) -> str: ...

    def send(self, mail: Mail, to: str = "") -> str: ...


@dataclass(frozen=True, slots=True)
class FileChannel:
    """Leaves letters for a post room that prints, each sealed with its reader's key (`cases.postroom`)."""

    folder: Path
    sender: str = "tongban@tongban.invalid"
    name: str = "file"

    def send(self, mail: Mail, to: str = "") -> str:
        return leave(self.folder, mail, bytes(mail.message(self.sender, to or f"{mail.letter.to}@tongban.invalid")))


@dataclass(frozen=True, slots=True)
class SmtpChannel:
    """Hands letters to a mail server; those of people without an address go `otherwise` (a post room that prints)."""

    host: str
    port: int
    sender: str
    otherwise: Channel
    starttls: bool = True
    user: str = ""
    password: str = ""
    name: str = "smtp"

    def send(self, mail: Mail, to: str = "") -> str:
        if not to:
            return self.otherwise.send(mail)
        with smtplib.SMTP(self.host, self.port, timeout=20) as server:
            if self.starttls:
                server.starttls(context=ssl.create_default_context())  # without one, any certificate would do
            if self.user:
                server.login(self.user, self.password)
            message = mail.message(self.sender, to)
            if mail.receipt:
                message.add_attachment(
                    mail.receipt, maintype="application", subtype="octet-stream", filename=f"{mail.case}{SUFFIX}"
                )
            server.send_message(message)
            return str(message["Message-ID"])


async def deliver(engine: Engine, channel: Channel, now: datetime) -> int:
    """Carry what is due. The answer is the number of letters that arrived."""
    arrived = 0
    while claimed := await alarms.claim_parcels(engine.db, now, _LEASE, _CLAIM):
        results = await asyncio.gather(*(_carry(engine, channel, parcel, now) for parcel in claimed))
        arrived += sum(results)
        if len(claimed) < _CLAIM:
            break
    if isinstance(channel, Texted):
        await _texts_due(engine, channel, now)
    return arrived


async def _carry(engine: Engine, channel: Channel, parcel: Parcel, now: datetime) -> bool:
    if parcel.region == BESIDE:
        return await _carry_beside(engine, channel, parcel, now)
    try:
        case = await engine.find(engine.db, parcel.case)
        letter = _letter(case, parcel) if case else None
        if case is None or letter is None:
            await alarms.drop_parcels(engine.db, [parcel])
            return False
        key = await engine.db.sealer.person(engine.db, letter.to)
        receipt = await receipt_of(engine.db, parcel.case, parcel.seq)
        proof_of = receipt.file if receipt and receipt.seq == parcel.seq else b""
        mail = Mail(parcel.case, parcel.seq, letter, case.events[parcel.seq - 1].at, key, proof_of)
        to = await people.email(engine.db, mail.letter.to)
        proof = await asyncio.to_thread(channel.send, mail, to)
        waits = texting.waits_until(now, engine.zone, case.definition.procedure.procedure)
        more = await _text(engine, channel, letter.to, to, f"{parcel.case}.{parcel.seq}", waits)
        report = _report(parcel, {"channel": channel.name, "proof": proof, **more}, now, arrived=True)
        await engine.record(parcel.case, f"letter:{parcel.case}:{parcel.seq}", report)
        return True
    except Exception as error:
        await _failed(engine, channel, parcel, error, now)
        return False


async def _carry_beside(engine: Engine, channel: Channel, parcel: Parcel, now: datetime) -> bool:
    """A letter that belongs to no case. It stands in the inbox anyway; one that never leaves is given up."""
    try:
        found = await letter_beside(engine.db, parcel.case)
        if found is not None:
            person, at, title, body = found
            key = await engine.db.sealer.person(engine.db, person)
            mail = Mail(parcel.case.replace(":", "-"), parcel.seq, Letter(person, title, body, "beside"), at, key)
            to = await people.email(engine.db, person)
            await asyncio.to_thread(channel.send, mail, to)
            says = texting.says(parcel.case, body)
            waits = texting.waits_until(now, engine.zone) if says == texting.SAYS else None
            await _text(engine, channel, person, to, f"{mail.case}.{mail.seq}", waits, says)
        await alarms.drop_parcels(engine.db, [parcel])
        return found is not None
    except Exception as error:
        log.warning("a letter beside cases did not leave: %s", type(error).__name__)
        if parcel.attempts >= _GIVE_UP:
            await alarms.drop_parcels(engine.db, [parcel])
        else:
            again = now + _FIRST_WAIT * 4 ** (parcel.attempts - 1)
            await alarms.parcel_failed(engine.db, parcel, type(error).__name__, again)
        return False


async def _text(
    engine: Engine,
    channel: Channel,
    reader: str,
    to: str,
    once: str,
    waits: datetime | None,
    says: Text = texting.SAYS,
) -> dict[str, str]:
    """Beside a letter that was not mailed, a short message that it is there; what that adds to the account of it."""
    if not isinstance(channel, Texted) or to:
        return {}
    if waits is not None:
        await alarms.text_waits(engine.db, reader, once, waits)
        return {"text_waits_until": waits.isoformat()}
    return await channel.tell(engine.db, reader, once, says)


async def _texts_due(engine: Engine, channel: Texted, now: datetime) -> None:
    """Send what waited for the morning; what a carrier loses is not sent again, for the letter lies in the inbox."""
    while waiting := await alarms.texts_due(engine.db, now, _CLAIM):
        for person, once in waiting:
            await channel.tell(engine.db, person, once, texting.SAYS)


def _letter(case: Case, parcel: Parcel) -> Letter | None:
    """The letter, unless it was taken back or already accounted for."""
    return None if _accounted(case, parcel.seq) else case.events[parcel.seq - 1].letter


def _accounted(case: Case, seq: int) -> bool:
    return any(
        event.payload.get(_ACCOUNTS[event.type]) == seq for event in case.events[seq:] if event.type in _ACCOUNTS
    )


_ACCOUNTS: dict[str, str] = {Own.DELIVERED: "notice", Own.UNDELIVERED: "notice", Own.UNDONE: "undoes"}


def _report(parcel: Parcel, proof: dict[str, str], now: datetime, *, arrived: bool) -> Recorder:
    def make(case: Case) -> Event | None:
        if _accounted(case, parcel.seq):
            return None
        return delivered(case.state, parcel.seq, proof, now, arrived=arrived)

    return make


async def _failed(engine: Engine, channel: Channel, parcel: Parcel, error: Exception, now: datetime) -> None:
    said = f"{type(error).__name__}: {error}"
    log.warning("letter of case %s did not leave: %s", parcel.case, type(error).__name__)
    if parcel.attempts < _GIVE_UP:
        again = now + _FIRST_WAIT * 4 ** (parcel.attempts - 1)
        await alarms.parcel_failed(engine.db, parcel, said, again)
        return
    report = _report(parcel, {"channel": channel.name, "error": said[:200]}, now, arrived=False)
    await engine.record(parcel.case, f"letter:{parcel.case}:{parcel.seq}", report)
