"""Offers: what a policy found for somebody, told to that person alone; they confirm, decline, or ask again later.

An offer decides nothing. Confirming opens an ordinary case with what the state has on record, and the rules may grant
it at once where the procedure lets them; declining is remembered (个人信息保护法 24: what machines push can be
refused).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import msgspec

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text, words
from tongban.catalog import cite
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Service, Source
from tongban.catalog.policy import Policy
from tongban.catalog.tables import both
from tongban.org import Actor
from tongban.outreach import store
from tongban.outreach.report import Standing
from tongban.sharing import Purpose, Reader, sources
from tongban.sharing.access import Kind, Opened, Run, open_record, record_run

State = Literal["open", "confirmed", "declined", "withdrawn"]
_EVERYWHERE = "000000"
_POPULATION = Text("有关登记", "the records concerned")
_STANDING = Text("符不符合条件", "whether the conditions are met")


class Hit(msgspec.Struct, frozen=True):
    """One person that a policy found; `outputs` are those that the policy may tell."""

    person: str
    standing: Standing
    fact: str | None
    outputs: dict[str, str]
    region: str = _EVERYWHERE


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as the person sees it."""

    policy: Policy
    service: Service
    standing: Standing
    fact: str | None
    outputs: dict[str, str]
    as_of: date
    state: State
    answered_at: datetime | None
    case: str | None

    @property
    def title(self) -> Text:
        return both(self.service.name)

    @property
    def says(self) -> Text:
        """The sentence of the policy, with the amount or the name of the missing fact."""
        tell = self.policy.tell
        if self.standing is Standing.MISSING:
            fact = self.service.facts.get(self.fact or "")
            zh, en = (words(fact.name, "zh"), words(fact.name, "en")) if fact else (self.fact or "", self.fact or "")
            return Text(tell.missing.zh.replace("{fact}", zh), tell.missing.en.replace("{fact}", en))
        amount = next((self.outputs[name] for name in tell.outputs if name in self.outputs), "")
        shown = plain_amount(amount)
        return Text(tell.offer.zh.replace("{amount}", shown), tell.offer.en.replace("{amount}", shown))


def plain_amount(text: str) -> str:
    """`3600.00` as people write it: 3,600; `533.33` stays."""
    try:
        value = Decimal(text)
    except ArithmeticError:
        return text
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


class Outreach:
    """The offers of one installation."""

    def __init__(self, db: Database, catalogue: Catalogue, clock: Clock) -> None:
        self._db = db
        self._catalogue = catalogue
        self._clock = clock

    async def offers(self, actor: Actor) -> tuple[Offer, ...]:
        """The actor's own offers, whatever came of them; nobody's under a mandate.

        An offer of a policy that is gone, or of another version of its service, is left out until the next run.
        """
        if actor.kind != "person" or actor.on_behalf_of:
            return ()
        found = [self._offer(row) for row in await store.of_person(self._db, actor.id)]
        return tuple(offer for offer in found if offer is not None)

    async def offer(self, actor: Actor, policy: str) -> Offer:
        """One of the actor's own. Raises Refused `unknown-offer` (404), also for somebody else's."""
        found = next((one for one in await self.offers(actor) if one.policy.policy == policy), None)
        if found is None or found.state == "withdrawn":
            raise refuse("unknown-offer", "没有这一条", "There is no such offer", place=policy, status=404)
        return found

    async def decline(self, actor: Actor, policy: str) -> None:
        """No, thank you. It is not offered again until the person asks. Raises Refused `unknown-offer` (404)."""
        await self._answer(actor, policy, "declined", ("open", "declined"))

    async def reconsider(self, actor: Actor, policy: str) -> None:
        """Open again what was declined. Raises Refused `unknown-offer` (404)."""
        await self._answer(actor, policy, "open", ("declined", "open"))

    async def confirmed(self, actor: Actor, policy: str, case: str) -> None:
        """It became a case. Raises Refused `unknown-offer` (404)."""
        await self._answer(actor, policy, "confirmed", ("open", "confirmed"), case)

    async def withdraw(self, actor: Actor, policy: str) -> None:
        """By the records of today the rules no longer say yes. Raises Refused `unknown-offer` (404)."""
        await self._answer(actor, policy, "withdrawn", ("open", "withdrawn"))

    async def _answer(
        self, actor: Actor, policy: str, state: State, before: Sequence[State], case: str | None = None
    ) -> None:
        await self.offer(actor, policy)
        if not await store.answer(self._db, actor.id, policy, state, before, self._clock(), case):
            raise refuse(
                "offer-answered",
                "这一条您已经处理过了",
                "You have answered this offer already",
                place=policy,
                status=409,
            )

    async def take(self, policy: Policy, as_of: date, hits: Sequence[Hit], *, compared: int, by: Reader) -> int:
        """Takes the hits of a run: makes, renews and withdraws offers; how many are open by it. Again is harmless.

        `compared` is how many people the run read, `by` who started it: the run is written, whether it found anybody
        or not, in the same transaction. Whoever is offered something for the first time sees under 谁用过我的数据 a
        line of their own. Raises Refused `unknown-service` (404), `access-without-basis`.
        """
        service = self._catalogue.service(policy.service, on=as_of)
        async with self._db.transaction() as connection:
            ran = run_of(policy, service, as_of, self._clock(), by, people=compared, found=len(hits))
            await record_run(connection, ran)
            made = await store.offer(
                connection,
                policy=policy.policy,
                policy_version=policy.version,
                service=service.service,
                service_version=service.version,
                as_of=as_of,
                hits=[msgspec.to_builtins(hit) for hit in hits],
                now=self._clock(),
            )
            if fresh := [self._compared(policy, person) for person, new in made.items() if new]:
                await open_record(connection, *fresh)
            await store.withdraw(connection, policy.policy, as_of, [hit.person for hit in hits])
        return len(made)

    def _compared(self, policy: Policy, person: str) -> Opened:
        """A policy was compared with a person's records where they lie; nobody saw them."""
        return Opened(
            person=person,
            reader=Reader(kind="platform", id="match"),
            purpose=Purpose(
                service=policy.service,
                name=policy.name,
                matter=f"policy:{policy.policy}@{policy.version}",
                law=cite(policy.law[0]),
            ),
            grant=f"policy:{policy.policy}@{policy.version}",
            resource="policies",
            record=policy.policy,
            fields=("standing",),
            labels=(_STANDING,),
            kind=Kind.POPULATION,
            at=self._clock(),
            source=_POPULATION,
        )

    def _offer(self, row: Mapping[str, Any]) -> Offer | None:
        try:
            policy = self._catalogue.policy(row["policy"], row["policy_version"])
            service = self._catalogue.service(row["service"], row["service_version"])
        except Refused:
            return None
        return Offer(
            policy=policy,
            service=service,
            standing=Standing(row["standing"]),
            fact=row["fact"],
            outputs=row["outputs"],
            as_of=row["as_of"],
            state=row["state"],
            answered_at=row["answered_at"],
            case=row["case_id"],
        )


def run_of(
    policy: Policy, service: Service, as_of: date, at: datetime, by: Reader, *, people: int, found: int | None = None
) -> Run:
    """A run of a policy over a population, as its record says it; without `found` a trial."""
    return Run(
        at=at,
        kind="trial" if found is None else "offers",
        policy=f"{policy.policy}@{policy.version}",
        name=both(policy.name),
        purpose=service.service,
        law=cite(policy.law[0]),
        resources={one.resource: _label(one) for one in sources(service).values()} or {"people": _POPULATION},
        reader=by,
        as_of=as_of,
        people=people,
        found=found,
    )


def _label(source: Source) -> Text:
    return source.name if isinstance(source.name, Text) else Text(source.name, source.name)


def read_hits(policy: Policy, folder: Path, limit: int = 1_000_000) -> list[Hit]:
    """The offers of a policy as `tongban match` wrote them. Raises Refused (422) `offers-unreadable`."""
    import duckdb

    path = folder / "offers" / f"{policy.policy}.parquet"
    told = policy.tell.outputs
    columns = ", ".join(
        ["CAST(person AS VARCHAR)", "standing", "fact", *(f'CAST("{name}" AS VARCHAR)' for name in told)]
    )
    try:
        with duckdb.connect() as connection:
            found = connection.execute(f"SELECT {columns} FROM read_parquet(?) LIMIT {limit}", [str(path)]).fetchall()
    except duckdb.Error:
        raise refuse(
            "offers-unreadable",
            "读不了这项政策的结果，请用 tongban match 重新生成",
            "The result of this policy cannot be read; make it again with tongban match",
            place=str(path),
        ) from None
    return [Hit(person, Standing(standing), fact, _named(told, values)) for person, standing, fact, *values in found]


def _named(names: Sequence[str], values: Sequence[Any]) -> dict[str, str]:
    return {name: str(value) for name, value in zip(names, values, strict=True) if value is not None}
