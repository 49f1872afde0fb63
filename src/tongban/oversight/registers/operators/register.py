"""The register: enter a contract, let its operator in for a time, open the exit, and check that nothing was kept.

What is open here opens no database by itself: the database's administrator makes the log-in that `login_line` says,
in the role of operators and until the window's end.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

import msgspec

from tongban.base.clock import ZONE, Clock
from tongban.base.database import OPERATOR, Connection, Database
from tongban.base.errors import Refused, refuse
from tongban.base.ids import narrow, uscc_problem
from tongban.base.keys import KeyRing, Use
from tongban.base.page import Page, cursor, read_cursor
from tongban.base.statements import stated
from tongban.org import Actor, Directory, visible
from tongban.org.model import Role
from tongban.oversight.registers.operators import store
from tongban.oversight.registers.operators.model import (
    WAYS,
    Contract,
    Entry,
    Erasure,
    Exit,
    Holding,
    State,
    Window,
)

LAW = "政务数据共享条例 36"
KIND: Final = "tongban-operator-exit/1"
"""The kind of the signed statement."""
LONGEST: Final = timedelta(days=7)
"""Of a window. The platform's own number: longer work is let in anew, by somebody who looks again."""
LEAST_WORDS = 4
MOST_WORDS = 400


class Operators:
    """The register of one installation."""

    def __init__(self, db: Database, directory: Directory, keys: KeyRing, clock: Clock, zone: tzinfo = ZONE) -> None:
        self._db = db
        self._directory = directory
        self._keys = keys
        self._clock = clock
        self._zone = zone

    async def entries(self, official: Actor) -> list[Entry]:
        """What the official may see: whoever supervises, the region's; a head, what the own body answers for.

        Raises Refused `not-your-role` (403).
        """
        if str(Role.SUPERVISE) in official.roles:
            bodies = (*visible(self._directory, official).bodies, official.body)
            return await store.entries(self._db, official.region, bodies)
        if str(Role.HEAD) in official.roles:
            return await store.entries(self._db, "", (official.body,))
        raise _not_yours()

    async def published(self, after: str | None, limit: int) -> Page[Entry]:
        """All contracts, for everybody, the latest to end first. Raises Refused (`bad-cursor`, 400)."""
        place = read_cursor(after, tuple[date, str]) if after else None
        found = await store.entries(self._db, None, None, limit + 1, place)
        last = found[limit - 1].contract if len(found) > limit else None
        return Page(tuple(found[:limit]), cursor(last.until, last.id) if last else None)

    async def gone(self, contract: str) -> tuple[Entry, Erasure, str]:
        """A contract whose exit is proven, with its proof as it stands in the public log.

        Raises Refused `unknown-contract` (404).
        """
        found = await store.entry(self._db, contract)
        said = await store.committed(self._db, found.contract) if found else None
        if found is None or found.erasure is None or said is None:
            raise _unknown()
        return found, found.erasure, said

    async def enter(self, official: Actor, one: Contract) -> None:
        """Register a contract, or put one right that nothing followed yet. Its region and id are set here.

        Raises Refused: `not-your-role` (403), `field-missing`, `bad-dates`, `unknown-body`, those of `uscc_problem`
        (422), `contract-known` (409).
        """
        if str(Role.SUPERVISE) not in official.roles:
            raise _not_yours()
        fields = {"number": one.number, "operator": one.operator, "duties": one.duties}
        for place, text in fields.items():
            _worded(place, text, 2)
        if wrong := uscc_problem(one.uscc):
            raise Refused(wrong)
        systems = tuple(dict.fromkeys(each.strip() for each in one.systems if each.strip()))
        if not systems:
            raise _missing("systems", "写明运维哪些系统，一行一个", "Say which systems they run, one a line")
        if one.until < one.since:
            raise refuse(
                "bad-dates", "到期日不能早于开始日", "It cannot end before it begins", place="until", status=422
            )
        if one.body not in {*visible(self._directory, official).bodies, official.body}:
            raise refuse("unknown-body", "请选负责的机关", "Choose the body that answers", place="body", status=422)
        kept = msgspec.structs.replace(
            one, region=official.region, id=secrets.token_hex(8), uscc=narrow(one.uscc).upper(), systems=systems
        )
        if not await store.enter(self._db, kept, official.id, self._clock()):
            raise refuse(
                "contract-known",
                "这个合同号已经登记，并且开过窗口或者办了退出，不能再改。续签的合同用新的合同号登记。",
                "This number is registered and windows or an exit followed: it is not changed any more. Register a"
                " renewed contract under its own number.",
                place="number",
                status=409,
            )

    async def let_in(self, official: Actor, contract: str, purpose: str, until: datetime) -> None:
        """Open a window from now on. Only the body that answers does.

        Raises Refused: `not-your-role` (403), `unknown-contract` (404), `not-running` (409), `field-missing`,
        `too-long` (422).
        """
        now = self._clock()
        async with self._db.transaction() as connection:
            one = await self._answered_for(connection, official, contract)
            if one.state(self._today(now)) is not State.RUNNING:
                raise refuse(
                    "not-running",
                    "合同不在期内，或者正在退出，不能再让运维人员进来",
                    "The contract is not running: its operator is not let in",
                    status=409,
                )
            _worded("purpose", purpose, LEAST_WORDS)
            if not now < until <= now + LONGEST or self._today(until) > one.contract.until:
                raise refuse(
                    "too-long",
                    "窗口最长7天，不能超过合同到期日；到时间自动关",
                    "A window lasts seven days at most and ends within the contract",
                    place="until",
                    status=422,
                )
            window = Window(seq=len(one.windows) + 1, purpose=purpose, since=now, until=until, post=official.post)
            await store.open_window(connection, one.contract, window, official.id)

    async def shut(self, official: Actor, contract: str) -> None:
        """End what is open at once. Raises Refused: `not-your-role` (403), `unknown-contract` (404)."""
        async with self._db.transaction() as connection:
            one = await self._answered_for(connection, official, contract, supervisor=True)
            await store.end_windows(connection, one.contract, self._clock())

    async def leave(self, official: Actor, contract: str, reasons: str) -> None:
        """Open the exit: windows end now, and the contract is in red until somebody has checked it.

        Raises Refused: `not-your-role` (403), `unknown-contract` (404), `already-leaving` (409), `field-missing` (422).
        """
        now = self._clock()
        async with self._db.transaction() as connection:
            one = await self._answered_for(connection, official, contract, supervisor=True)
            if one.exit:
                raise refuse("already-leaving", "已经在办退出", "Its exit is open already", status=409)
            _worded("reasons", reasons, LEAST_WORDS)
            await store.end_windows(connection, one.contract, now)
            await store.leave(connection, one.contract, Exit(reasons=reasons, opened_by=official.id, opened_at=now))

    async def check(self, official: Actor, contract: str, held: Sequence[Holding]) -> None:
        """State that all they held is gone: signed, final, and placed into the public log. Another official does it
        than who opened the exit, of the body that answers; every system of the contract has its line.

        Raises Refused: `not-your-role`, `opened-it` (403), `unknown-contract` (404), `not-leaving` (409),
        `field-missing` (422), and as `stated`.
        """
        now = self._clock()
        async with self._db.transaction() as connection:
            one = await self._answered_for(connection, official, contract)
            if one.exit is None or one.erasure is not None:
                raise refuse("not-leaving", "没有正在办的退出", "No exit is open", status=409)
            if one.exit.opened_by == official.id:
                raise refuse(
                    "opened-it",
                    "谁开的退出，由另一个人来查",
                    "Somebody else checks than whoever opened the exit",
                    status=403,
                )
            for each in held:
                if not each.what.strip() or len(each.note.strip()) < LEAST_WORDS:
                    raise _missing(
                        "held",
                        "每一样都写明是什么、凭什么看得出（销毁记录、交接单、检查办法）",
                        "Say of each what it is and by what one can tell (a record, a receipt, how you looked)",
                    )
                _worded("held", each.what + each.note, LEAST_WORDS)
            if lacking := [name for name in one.contract.systems if name not in {each.what for each in held}]:
                raise _missing("held", f"还差：{'、'.join(lacking)}", f"Still lacking: {', '.join(lacking)}")
            await store.erased(connection, one.contract, self._signed(one.contract, official.post, tuple(held), now))

    def _signed(self, one: Contract, post: str, held: tuple[Holding, ...], now: datetime) -> Erasure:
        said = {
            "contract": one.number,
            "operator": one.operator,
            "uscc": one.uscc,
            "body": one.body,
            "since": one.since.isoformat(),
            "until": one.until.isoformat(),
            "held": [{"what": each.what, "way": WAYS[each.way], "note": each.note} for each in held],
            "checked_by": post,
        }
        file = stated(self._keys, Use.LOG, KIND, said, now).as_file()
        return Erasure(
            held=held, checked_at=now, post=post, statement=file.decode(), sha256=hashlib.sha256(file).hexdigest()
        )

    async def _answered_for(
        self, connection: Connection, official: Actor, contract: str, *, supervisor: bool = False
    ) -> Entry:
        """A contract held for a change by its own body's head or supervisor; with `supervisor` by the region's too."""
        roles = {str(Role.SUPERVISE), str(Role.HEAD)} & official.roles
        if official.kind != "official" or not roles:
            raise _not_yours()
        found = await store.held(connection, contract)
        if found is None or not self._sees(official, found.contract):
            raise _unknown()
        if found.contract.body != official.body and not (supervisor and str(Role.SUPERVISE) in roles):
            raise refuse(
                "not-your-role",
                "由负责的机关的负责人、监督岗来办",
                "The head or supervisor of the body that answers does this",
                law=LAW,
                status=403,
            )
        return found

    def _sees(self, official: Actor, one: Contract) -> bool:
        if one.body == official.body:
            return True
        if str(Role.SUPERVISE) not in official.roles:
            return False
        return one.region == official.region or one.body in visible(self._directory, official).bodies

    def _today(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()


def login_line(one: Contract, window: Window) -> str:
    """What the database's administrator runs before setting a password, which opens nothing after the window's end."""
    name = f"operator_{one.id}_{window.seq}"
    return f"CREATE ROLE {name} LOGIN IN ROLE {OPERATOR} VALID UNTIL '{window.until.isoformat(timespec='minutes')}';"


def _worded(place: str, text: str, least: int) -> None:
    if not least <= len(text.strip()) <= MOST_WORDS:
        raise _missing(place, f"请写明，{MOST_WORDS}字以内", f"Say it, in at most {MOST_WORDS} characters")


def _missing(place: str, zh: str, en: str) -> Refused:
    return refuse("field-missing", zh, en, place=place, law=LAW, status=422)


def _not_yours() -> Refused:
    return refuse(
        "not-your-role",
        "运维单位登记给监督岗和机关负责人用",
        "Supervising posts and heads of bodies keep this register",
        status=403,
    )


def _unknown() -> Refused:
    return refuse("unknown-contract", "没有登记这个合同", "No such contract is registered", status=404)
