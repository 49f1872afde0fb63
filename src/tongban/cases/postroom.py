"""The post room: letters that no mail server carries lie here sealed, and are opened one by one to be printed.

A letter is `<case>-<seq>.eml.sealed` in the outbox, with a key of its own under its reader's: whoever copies the folder
reads nothing, and with the reader's key the letter is erased too. Opening one leaves a line that the reader sees, and
puts it into `printed/`, from where it can be printed again.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tongban.base import private
from tongban.base.database import Database
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.ids import region_of
from tongban.base.sealing import PersonKey, Place
from tongban.base.sealing.files import head_of, open_file, seal_file
from tongban.cases.reading import OPERATOR
from tongban.cases.store import personal
from tongban.sharing import Purpose
from tongban.sharing.access import Kind, Opened, open_record

if TYPE_CHECKING:
    from tongban.cases.outbox import Mail

SUFFIX: Final = ".eml.sealed"
PRINTED: Final = "printed"
_NAME: Final = re.compile(r"^(.+)-([0-9]+)\.eml(?:\.sealed)?$")
_PURPOSE: Final = Text("打印寄送文书", "Letters printed and posted")
_LAW: Final = Text("行政许可法 44（送达）；个人信息保护法 13", "Administrative Licence Law 44; PIPL 13")


def leave(folder: Path, mail: Mail, letter: bytes) -> str:
    """Put a letter there, sealed; the name of its file."""
    return _put(folder, mail.case, mail.seq, mail.key, letter)


class PostRoom:
    """The folder of letters."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db = db
        self._folder = folder

    def waiting(self) -> list[Path]:
        """Letters that nobody has printed yet, by name."""
        return sorted(self._folder.glob(f"*{SUFFIX}"))

    async def open(self, path: Path, now: datetime) -> bytes:
        """A letter as it is printed; its reader sees that it was opened before anybody can read it.

        Raises Refused: `no-such-letter` (404), `erased` (410), `seal-broken`.
        """
        case, seq = _named(path)
        here = next(
            (one for one in (self._folder / path.name, self._folder / PRINTED / path.name) if one.is_file()), None
        )
        if here is None:
            raise _unknown(path)
        stored = here.read_bytes()
        head = head_of(stored)
        if head is None:
            raise _unknown(path)
        ring = await self._db.sealer.ring(self._db, [head])
        letter = open_file(ring, _place(case, seq), stored)
        (key,) = ring.keys.values()
        await open_record(self._db, _opened(key.owner, case, seq, now))
        printed = self._folder / PRINTED
        printed.mkdir(exist_ok=True, mode=0o700)
        here.replace(printed / path.name)
        return letter

    async def seal_old(self) -> int:
        """Seal letters that lie there in clear, from before they were sealed; the number that was done."""
        done = 0
        for path in sorted(self._folder.glob("*.eml")):
            case, seq = _named(path)
            reader = await personal.reader_of(self._db, region_of(case), case, seq) if _is_case(case) else None
            key = await self._db.sealer.person(self._db, reader or case)
            _put(self._folder, case, seq, key, path.read_bytes())
            path.unlink()
            done += 1
        return done


def _put(folder: Path, case: str, seq: int, key: PersonKey, letter: bytes) -> str:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{case}-{seq}{SUFFIX}"
    private.write(path, seal_file(key, _place(case, seq), letter))
    return path.name


def _opened(person: str, case: str, seq: int, now: datetime) -> Opened:
    return Opened(
        person=person,
        reader=OPERATOR,
        purpose=Purpose(
            service="post-room", name=Text("打印寄送文书", "Letters printed and posted"), matter=case, law=_LAW
        ),
        grant="operator:post-room",
        resource="letters",
        record="letter",
        fields=("letter",),
        labels=(Text("文书", "The letter"),),
        kind=Kind.EXPORT,
        at=now,
        source=Text("寄给您的文书", "A letter to you"),
        case=case if _is_case(case) else "",
        once=f"{case}-{seq}",
    )


def _is_case(name: str) -> bool:
    """Whether a letter is of a case; some, about mandates, belong to none."""
    try:
        region_of(name)
    except Refused:
        return False
    return True


def _place(case: str, seq: int) -> Place:
    return Place.of("outbox", "letter", case, seq)


def _named(path: Path) -> tuple[str, int]:
    known = _NAME.match(path.name)
    if known is None:
        raise _unknown(path)
    return known[1], int(known[2])


def _unknown(path: Path) -> Refused:
    return refuse(
        "no-such-letter",
        f"发件箱里没有这封信：{path.name}",
        f"There is no such letter in the outbox: {path.name}",
        place=path.name,
        status=404,
    )
