"""The digital centre's side: the list of members, and the registry that it signs from that list and the grants."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from tongban.base.clock import Clock
from tongban.base.errors import Refused, refuse
from tongban.base.keys import KeyRing, Use
from tongban.sharing.channel.model import Member, Right
from tongban.sharing.channel.registry import Registry, RegistryDocument, issue, today
from tongban.sharing.grants import Grant

FILE: Final = Path("exchange") / "members.json"
"""In the data directory of the installation."""
_KEPT: Final = timedelta(seconds=5)
"""How long one signed registry is handed out: so long a suspension may wait here."""


Road = Literal["x1", "x-road", "files"]
"""How a member is reached."""


class SecurityServer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Our own X-Road security server, and how it knows us: client certificate and key (PEM files), its authority.

    Names of files are relative to the members file.
    """

    server: Annotated[str, Meta(pattern=r"^https?://[^\s?#]+$")]
    certificate: str = ""
    key: str = ""
    authority: str = ""


class MembersFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who takes part. `own` is the code of this platform, which asks for the bodies whose cases run on it.

    `roads` says by member code who is reached otherwise than over x1; `x_road` is needed for those behind X-Road.
    """

    instance: str
    own: str
    members: tuple[Member, ...]
    roads: dict[str, Road] = {}
    x_road: SecurityServer | None = None

    def road(self, member: Member) -> Road | None:
        """How to reach a member; None if there is no way, for it only asks."""
        return self.roads.get(member.code) or ("x1" if member.node else None)


def rights_of(granted: Iterable[Grant], members: MembersFile) -> list[Right]:
    """Grants as rights between members: a provider by its body, a consumer that is a kind of body by this platform.

    A grant whose body is no member opens nothing, for there is nobody to ask.
    """
    by_body = {member.body: member.code for member in members.members if member.code != members.own}
    known = {member.code for member in members.members}
    rights: list[Right] = []
    for grant in granted:
        provider = grant.provider if grant.provider in known else by_body.get(grant.provider)
        client = grant.consumer if "/" in grant.consumer else members.own
        if provider is None or client not in known:
            continue
        rights.append(
            Right(
                grant=grant.id,
                client=client,
                provider=provider,
                resource=grant.resource,
                record=grant.record,
                fields=grant.fields,
                tests=grant.tests,
                purpose=grant.service,
                law=grant.law.zh,
                since=grant.since,
                until=grant.until,
            )
        )
    return rights


class Centre:
    """The registry of one installation. It reads the list of members again when the file changes.

    `rights` gives the grants in force on a day. The keys of our own member are those of the ring.
    """

    def __init__(
        self, file: Path, ring: KeyRing, clock: Clock, rights: Callable[[date], Awaitable[Sequence[Grant]]]
    ) -> None:
        self._file, self._ring, self._clock, self._rights = file, ring, clock, rights
        self._members: tuple[int, MembersFile, Registry] | None = None
        self._signed: tuple[datetime, int, str] | None = None

    @property
    def folder(self) -> Path:
        """Where the list of members lies, and what belongs to it."""
        return self._file.parent

    @property
    def exists(self) -> bool:
        """Whether this installation takes part in an exchange."""
        return self._file.is_file()

    def members(self) -> MembersFile:
        """Who takes part. Raises `Refused`: `no-exchange` (404), `members-file-wrong` (500)."""
        return self._read()[1]

    def current(self) -> Registry:
        """The members with their keys, for our own questions (`Registered`). Rights are the other side's to judge."""
        return self._read()[2]

    async def published(self) -> str:
        """The signed registry of this moment, for `/x1/registry`. Raises `Refused` as `members`."""
        changed, members, _ = self._read()
        now = self._clock()
        if self._signed is not None and self._signed[1] == changed and now - self._signed[0] < _KEPT:
            return self._signed[2]
        rights = rights_of(await self._rights(today(now)), members)
        token = issue(self._ring, now, instance=members.instance, members=members.members, rights=rights)
        self._signed = (now, changed, token)
        return token

    def _read(self) -> tuple[int, MembersFile, Registry]:
        try:
            changed = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            raise refuse(
                "no-exchange",
                "本平台没有接入数据交换。",
                "This installation takes part in no exchange.",
                status=404,
            ) from None
        if self._members is None or self._members[0] != changed:
            members = self._with_own_keys(_decode(self._file))
            document = RegistryDocument(
                instance=members.instance,
                version=0,
                issued=self._clock(),
                expires=datetime.max.replace(tzinfo=self._clock().tzinfo),
                members=members.members,
                rights=(),
            )
            self._members = (changed, members, Registry(document))
        return self._members

    def _with_own_keys(self, members: MembersFile) -> MembersFile:
        ours = tuple(key for key in self._ring.public.values() if key.use is Use.EXCHANGE)
        return msgspec.structs.replace(
            members,
            members=tuple(
                msgspec.structs.replace(member, keys=ours) if member.code == members.own else member
                for member in members.members
            ),
        )


def bodies_of(file: Path) -> dict[str, str] | None:
    """The bodies of the members by code; None without an exchange. Raises `Refused` `members-file-wrong` (500)."""
    return {one.code: one.body for one in _decode(file).members} if file.is_file() else None


def _decode(file: Path) -> MembersFile:
    try:
        members = msgspec.json.decode(file.read_bytes(), type=MembersFile)
    except msgspec.MsgspecError as error:
        raise _wrong(file, str(error), str(error)) from error
    if strangers := sorted(members.roads.keys() - {member.code for member in members.members}):
        raise _wrong(file, f"roads 里的 {strangers[0]} 不是成员", f"{strangers[0]} in roads is no member")
    if "x-road" in members.roads.values() and members.x_road is None:
        raise _wrong(file, "有成员走 X-Road，但没有写 x_road", "a member is behind X-Road, but x_road is missing")
    return members


def _wrong(file: Path, zh: str, en: str) -> Refused:
    return refuse(
        "members-file-wrong",
        f"成员名单文件 {file.name} 写得不对：{zh}",
        f"The members file {file.name} is wrong: {en}",
        place=file.name,
        status=500,
    )
