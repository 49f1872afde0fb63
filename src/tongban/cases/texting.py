"""A short message to a phone beside a letter: that there is one, and nothing of what it says.

Chosen by what is known of a person: who has a mail address reads the letter there; who has only a telephone is told
that a letter lies in their inbox, while the letter itself goes to the post room as before, for a short message delivers
nothing in law. A message names nobody, no service and no case, holds no link, and asks for nothing, so that one that
does is known to be false (个人信息保护法 6: no more than is needed). From nine in the evening until eight no telephone
rings for it: one message in the morning says the same of all that came. Whoever waits for a one-time code gets it at
once, and so does whoever an emergency is about. The hours are the platform's own.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tongban.base.database import Database
from tongban.base.i18n import Text
from tongban.org import store as people

if TYPE_CHECKING:
    from tongban.cases.outbox import Channel, Mail

log = logging.getLogger(__name__)

SAYS = Text(
    "【政务服务】您有一封新通知，请登录后在“通知”里看，或带身份证到窗口问。本短信没有链接，不会要密码和验证码。",
    "[Government services] A new letter is in your inbox: log in, or ask at a counter with your identity card. This "
    "message holds no link and never asks for a password or code.",
)


QUIET = time(21), time(8)
"""From when until when no short message is sent, in the zone of the law."""
_AT_ANY_HOUR = frozenset({"emergency-response"})
"""Procedures whose letters do not wait."""


def waits_until(now: datetime, zone: tzinfo, procedure: str = "") -> datetime | None:
    """When a message of now is sent, if that is not now. `procedure` is that of the letter's case."""
    begins, ends = QUIET
    here = now.astimezone(zone)
    if procedure in _AT_ANY_HOUR or ends <= here.time() < begins:
        return None
    day = here.date() + timedelta(days=here.time() >= begins)
    return datetime.combine(day, ends, zone)


_CODE = Text(
    "【政务服务】确认码{code}，10分钟内有效。做什么用，请看您的通知；不是您要办的，谁问都不要说。",
    "[Government services] Your code is {code}, good for ten minutes. What it is for stands in your inbox; if you did "
    "not expect it, tell it to nobody.",
)


def says(letter: str, body: Text) -> Text:
    """The short message beside a letter that belongs to no case: for a one-time code the code, whose worth is that it
    arrives in time at the telephone of whoever is to agree; neither who asks nor for what."""
    code = re.search(r"(?<!\d)\d{6}(?!\d)", body.zh) if letter.startswith("code:") else None
    return _CODE.format(code=code[0]) if code else SAYS


class Texting(Protocol):
    """A carrier of short messages. `send` blocks; it returns the carrier's number, or raises OSError. The same `once`
    again is the same message."""

    @property
    def name(self) -> str: ...

    def send(self, phone: str, says: str, once: str) -> str: ...


@dataclass(frozen=True, slots=True)
class DemonstrationTexting:
    """Sends nothing: each message is a line of a file, with all but the ends of its number struck out."""

    file: Path
    name: str = "demonstration-sms"

    def send(self, phone: str, says: str, once: str) -> str:
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        known = self.file.read_text(encoding="utf-8") if self.file.is_file() else ""
        if f'"once": {json.dumps(once)}' not in known:
            line = json.dumps({"to": f"{phone[:3]}****{phone[-2:]}", "says": says, "once": once}, ensure_ascii=False)
            with self.file.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
        return f"demo-{once}"


@dataclass(frozen=True, slots=True)
class Texted:
    """A channel of letters with a carrier of short messages beside it."""

    letters: Channel
    texting: Texting

    @property
    def name(self) -> str:
        return self.letters.name

    def send(self, mail: Mail, to: str = "") -> str:
        return self.letters.send(mail, to)

    async def tell(self, db: Database, person: str, once: str, says: Text) -> dict[str, str]:
        """Send the short message that a letter is there; what the account of its delivery adds.

        Nothing where there is no telephone. A carrier that fails holds up no letter: the letter has left.
        """
        reader = await people.person(db, person)
        if reader is None or not reader.phone:
            return {}
        try:
            number = await asyncio.to_thread(self.texting.send, reader.phone, says[reader.lang], once)
        except OSError as error:
            log.warning("a short message did not leave: %s", type(error).__name__)
            return {}
        return {"text": self.texting.name, "text_proof": number}
