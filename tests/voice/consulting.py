"""A consultation of the demonstration's place, people who vote in it and officials who run it."""

from dataclasses import dataclass
from datetime import timedelta

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.org import Actor
from tongban.org.model import RealName, Role
from tongban.voice.participation import secrecy, store
from tongban.voice.participation.model import Consultation
from tongban.voice.participation.service import Participation

SAID = (
    "申领居住证应当当天办结",
    "租房的人也应当能领居住证",
    "居住证应当和社保一样全省通用",
    "审核越快越容易出错，慢一点没关系",
    "没有单位的人不应当领居住证",
)


@dataclass(frozen=True)
class World:
    """The rooms, one open consultation, and who is in it."""

    db: Database
    clock: SettableClock
    rooms: Participation
    one: Consultation
    head: Actor
    clerk: Actor

    def person(self, n: int, born: str = "19880303", region: str = "990101") -> Actor:
        number = f"990101{born}{n:03d}X"
        return Actor(
            kind="person", id=f"p-secret-{n:04d}", name=f"人{n}", region=region, level=RealName.CHECKED, number=number
        )

    async def everybody(self, people: int = 60) -> None:
        """Two camps: the even agree where the odd disagree; on the third statement all agree."""
        async with self.db.transaction() as connection:
            key = await secrecy.key_of(self.db.sealer, connection, self.one)
            rows: list[tuple[str, str, bytes, str]] = []
            for n in range(people):
                votes = {at: 1 if at == 3 or (n % 2 == 0) == (at in (1, 2)) else -1 for at in range(1, len(SAID) + 1)}
                voter = secrecy.named(key, self.person(n).id)
                rows.append((self.one.region, self.one.id, voter, secrecy.sealed(key, self.one, voter, votes)))
            await store.add_ballots(connection, rows)

    async def close(self) -> Consultation:
        self.clock.set(self.one.closes_at + timedelta(minutes=1))
        await self.rooms.closing.turn()
        return await self.rooms.consultations.one(self.one.id)


def at_work(name: str, *roles: Role, body: str = "990101.police") -> Actor:
    return Actor(
        kind="official", id=name, name=name, post=f"{body}.head", body=body, region="990101",
        roles=frozenset(map(str, roles)),
    )  # fmt: skip
