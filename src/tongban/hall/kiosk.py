"""自助机: what a machine that strangers share may tell, and to whom.

How a case stands is told to whoever has its number and its look-up code, both of which are on the receipt. A draft is
gone on with by a code that its owner has asked for elsewhere, logged in: once, within ten minutes, and for this draft
alone.
"""

import hmac
import secrets
from datetime import timedelta

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import refuse
from tongban.base.ids import narrow
from tongban.hall.store import kiosk
from tongban.hall.store.kiosk import Entry

HOLDS = timedelta(minutes=10)
"""How long a code for a draft is good."""
_DIGITS = 12
"""Of a draft's code, which stands alone: 10^12 of them, a few at a time, ten minutes each."""


class Kiosk:
    """The codes of an installation's machines."""

    def __init__(self, db: Database, clock: Clock, secret: bytes) -> None:
        self._db, self._clock, self._secret = db, clock, secret

    def look_up_code(self, person: str, case: str) -> str:
        """The look-up code of a case: eight digits that nobody can work out without the installation's secret."""
        said = self._hash(f"look-up\n{person}\n{case}")
        return f"{int.from_bytes(said[:8]) % 10**8:08}"

    def opens(self, person: str, case: str, typed: str) -> bool:
        """Whether this is the look-up code of a case."""
        return hmac.compare_digest(_plain(typed).encode(), self.look_up_code(person, case).encode())

    async def draft_code(self, person: str, service: str, level: int) -> str:
        """A new code for a draft; the last one is worth nothing any more."""
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        entry = Entry(person=person, service=service, level=level)
        await kiosk.save(self._db, entry, self._hash(f"draft\n{code}"), self._clock() + HOLDS)
        return code

    async def enter(self, typed: str) -> Entry:
        """What a code opens, once. Raises Refused (`wrong-code`, 422)."""
        found = await kiosk.take(self._db, self._hash(f"draft\n{_plain(typed)}"), self._clock())
        if found is None:
            raise refuse(
                "wrong-code",
                "接着填的码不对、用过了或者过了10分钟。请在手机上重新取一个。",
                "The code is wrong, used or more than ten minutes old. Get a new one on your phone.",
                place="code",
            )
        return found

    async def sweep(self) -> None:
        """Forget codes whose time is over."""
        await kiosk.forget(self._db, self._clock())

    def _hash(self, said: str) -> bytes:
        return hmac.digest(self._secret, f"kiosk\n{said}".encode(), "sha256")


def _plain(typed: str) -> str:
    return "".join(narrow(typed).split())[:40]
