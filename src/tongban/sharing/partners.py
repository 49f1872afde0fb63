"""Who can be asked over the exchange, as the list of members says at this moment, and the channel to them.

The list is a file that may appear, change and go while the platform runs (`channel.centre`); without it everything is
answered from this installation's own records. The channel and what it needs of libraries wait for the first question.
"""

from collections.abc import Iterator, Mapping

from tongban.base.clock import Clock
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing
from tongban.sharing.channel.centre import Centre
from tongban.sharing.channel.model import Answer, Channel, Member, Sent
from tongban.sharing.exchange import Exchange

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
            self._read = (registry, {member.body: member for member in registry.members() if member.node})
        return self._read[1]


class _Later:
    """x1, opened with the first question and kept for the process."""

    def __init__(self, centre: Centre, ring: KeyRing, clock: Clock) -> None:
        self._centre, self._ring, self._clock = centre, ring, clock
        self._opened: tuple[str, Channel] | None = None

    async def ask(self, member: Member, sent: Sent) -> Answer:
        own = self._centre.members().own
        if self._opened is None or self._opened[0] != own:
            self._opened = (own, self._open(own))
        return await self._opened[1].ask(member, sent)

    def _open(self, own: str) -> Channel:
        import httpx

        from tongban.sharing.channel.client import X1Channel

        http = httpx.AsyncClient(timeout=httpx.Timeout(_SECONDS, connect=_CONNECT_SECONDS), trust_env=False)
        return X1Channel(own, self._ring, self._centre, http, self._clock)


def exchange_of(centre: Centre, ring: KeyRing, clock: Clock) -> Exchange:
    """The exchange of an installation, as far as there is one."""
    return Exchange(_Later(centre, ring, clock), Partners(centre))
