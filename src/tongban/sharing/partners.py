"""Who can be asked over the exchange, as the list of members says at this moment, and the channel to them.

The list is a file that may appear, change and go while the platform runs (`channel.centre`); without it everything is
answered from this installation's own records. The channel and what it needs of libraries wait for the first question.
"""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from tongban.base.clock import Clock
from tongban.base.errors import Refused, refuse
from tongban.base.keys import KeyRing
from tongban.sharing.channel.centre import Centre, MembersFile, Road, SecurityServer
from tongban.sharing.channel.model import Answer, Channel, Member, Sent
from tongban.sharing.exchange import Exchange

if TYPE_CHECKING:
    from tongban.sharing.channel.files import FilesChannel

_SECONDS = 4.0
_CONNECT_SECONDS = 1.0


class Partners(Mapping[str, Member]):
    """The members that answer, by the body that provides; empty while there is no exchange."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._read: tuple[object, dict[str, Member]] | None = None

    def __getitem__(self, body: str) -> Member:
        return self._now()[body]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def _now(self) -> dict[str, Member]:
        try:
            registry = self._centre.current()
        except Refused:  # none, or a list that is wrong: the registry's own page says so
            return {}
        if self._read is None or self._read[0] is not registry:
            road = self._centre.members().road
            self._read = (registry, {member.body: member for member in registry.members() if road(member)})
        return self._read[1]


class Roads:
    """The channel that each member is reached over: x1, X-Road or files; opened with the first question."""

    def __init__(self, centre: Centre, ring: KeyRing, clock: Clock) -> None:
        self._centre, self._ring, self._clock = centre, ring, clock
        self._opened: dict[tuple[Road, str, SecurityServer | None], Channel] = {}

    async def ask(self, member: Member, sent: Sent) -> Answer:
        """As `Channel.ask`; also raises Refused `members-file-wrong`, and `no-road` for a member that only asks."""
        members = self._centre.members()
        road = members.road(member)
        if road is None:
            raise refuse(
                "no-road",
                f"{member.name.zh}没有接入交换，查不到它的记录。",
                f"{member.name.en} has no node; its records cannot be asked for.",
                place=member.code,
                status=503,
            )
        key = (road, members.own, members.x_road if road == "x-road" else None)
        if key not in self._opened:
            self._opened[key] = _OPEN[road](self, members)
        return await self._opened[key].ask(member, sent)

    async def carry(self) -> tuple[int, int]:
        """Pack questions that wait to be carried as files, and take in answers that came: files and answers.

        Only one process at a time; another finds nothing to do.
        """
        if not self._centre.exists or "files" not in self._centre.members().roads.values():
            return 0, 0
        return await asyncio.to_thread(self._carried)

    def _carried(self) -> tuple[int, int]:
        channel = self.files(self._centre.members())
        with (channel.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return 0, 0
            return len(channel.pack()), channel.unpack()

    def x1(self, members: MembersFile) -> Channel:
        """Straight to the member's node."""
        import httpx

        from tongban.sharing.channel.client import X1Channel

        http = httpx.AsyncClient(timeout=httpx.Timeout(_SECONDS, connect=_CONNECT_SECONDS), trust_env=False)
        return X1Channel(members.own, self._ring, self._centre, http, self._clock)

    def x_road(self, members: MembersFile) -> Channel:
        """Through our security server, which knows us by the certificate. Raises `Refused` (`members-file-wrong`)."""
        import ssl

        import httpx

        from tongban.sharing.channel.r1 import R1Channel

        server = members.x_road or SecurityServer(server="")  # `Centre` reads no file where it is needed and missing
        trust = ssl.create_default_context() if server.server.startswith("https") else None
        try:
            if trust and server.authority:
                trust.load_verify_locations(self._centre.folder / server.authority)
            if trust and server.certificate:
                key = self._centre.folder / server.key if server.key else None
                trust.load_cert_chain(self._centre.folder / server.certificate, key)
        except OSError as error:  # also what ssl says of a file that is no certificate
            raise refuse(
                "members-file-wrong",
                f"X-Road 的证书文件读不了：{type(error).__name__}",
                f"A certificate file for X-Road cannot be read: {type(error).__name__}",
                place="x_road",
                status=500,
            ) from error
        timeout = httpx.Timeout(_SECONDS, connect=_CONNECT_SECONDS)
        http = httpx.AsyncClient(timeout=timeout, trust_env=False, verify=trust or False)
        return R1Channel(members.own, server.server, http)

    def files(self, members: MembersFile) -> FilesChannel:
        """By files, in `files/` beside the list of members."""
        from tongban.sharing.channel.files import FilesChannel

        return FilesChannel(members.own, self._ring, self._centre, self._centre.folder / "files", self._clock)


_OPEN: dict[Road, Callable[[Roads, MembersFile], Channel]] = {
    "x1": Roads.x1,
    "x-road": Roads.x_road,
    "files": Roads.files,
}


def exchange_of(centre: Centre, ring: KeyRing, clock: Clock) -> Exchange:
    """The exchange of an installation, as far as there is one."""
    roads = Roads(centre, ring, clock)
    return Exchange(roads, Partners(centre), roads.carry)
