"""The registry: signed by the centre, believed by nobody else's word, never old, never rolled back; absent means no."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from exchange_world import CENTRE, HR, member, right
from joserfc import jws as oracle
from joserfc.jwk import OKPKey

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.base.jws import compact
from tongban.base.keys import KeyRing, PublicKey, Use
from tongban.sharing.channel.centre import Centre, MembersFile
from tongban.sharing.channel.model import AllowedTest, Query, Test
from tongban.sharing.channel.registry import KIND, Registry, RegistryCache, issue, read_registry
from tongban.sharing.grants import Grant


@pytest.fixture
def ring(tmp_path: Path, clock: SettableClock) -> KeyRing:
    return KeyRing.open(tmp_path / "centre", clock())


def pinned(ring: KeyRing, clock: SettableClock) -> PublicKey:
    return ring.signer(Use.REGISTRY, clock())


def token_of(ring: KeyRing, clock: SettableClock) -> str:
    members = (member(ring, CENTRE, "", clock()), member(ring, HR, "https://hr.node.example", clock()))
    return issue(ring, clock(), instance="LJ", members=members, rights=(right(),))


def read(ring: KeyRing, clock: SettableClock, token: str) -> Registry:
    key = pinned(ring, clock)
    return read_registry(token, {key.id: key}, clock())


def code_of(ring: KeyRing, clock: SettableClock, token: str) -> str:
    with pytest.raises(Refused) as refused:
        read(ring, clock, token)
    return refused.value.code


def test_an_independent_implementation_verifies_the_registry(ring: KeyRing, clock: SettableClock):
    key = pinned(ring, clock)
    read_back = oracle.deserialize_compact(
        token_of(ring, clock), OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": key.public}), ["Ed25519"]
    )
    assert read_back.headers() == {"alg": "Ed25519", "kid": key.id, "typ": KIND}


def test_a_registry_that_the_pinned_key_did_not_sign_is_not_taken(ring: KeyRing, clock: SettableClock, tmp_path: Path):
    token = token_of(ring, clock)
    head, body, signature = token.split(".")
    document = msgspec.json.encode(read(ring, clock, token).document)
    wrong = [
        token_of(KeyRing.open(tmp_path / "somebody", clock()), clock),
        f"{head}.{body[:-4]}AAAA.{signature}",
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{body}.",
        "e30." + body + "." + signature,
        compact(ring, pinned(ring, clock), "tongban-certificate+jws", document),
        compact(ring, ring.signer(Use.EXCHANGE, clock()), KIND, document),
        compact(ring, pinned(ring, clock), KIND, b'{"members":[]}'),
        "",
        "…",
    ]
    assert {code_of(ring, clock, one) for one in wrong} == {"registry-not-genuine"}


def test_an_expired_registry_answers_nothing(ring: KeyRing, clock: SettableClock):
    token = token_of(ring, clock)
    clock.advance(hours=2)
    assert code_of(ring, clock, token) == "registry-expired"


async def test_a_node_works_on_its_copy_until_it_expires_and_never_goes_back(
    ring: KeyRing, clock: SettableClock, tmp_path: Path
):
    served: list[str] = [token_of(ring, clock)]

    async def fetch() -> str:
        return served[-1]

    def cache() -> RegistryCache:
        return RegistryCache(fetch, [pinned(ring, clock)], clock, tmp_path / "registry.jws")

    node = cache()
    with pytest.raises(Refused, match="expired"):
        node.current()  # nothing yet: nothing is allowed
    await node.refresh()
    old, served[:] = served[-1], []
    clock.advance(minutes=59)
    assert cache().current().version == node.current().version  # a restart while the centre is away
    served.append(token_of(ring, clock))
    newest = (await node.refresh()).version
    clock.advance(minutes=-30)
    served.append(old)
    for one in (node, cache()):
        with pytest.raises(Refused) as refused:
            await one.refresh()
        assert refused.value.code == "registry-rolled-back"
        assert one.current().version == newest
    clock.advance(hours=3)
    with pytest.raises(Refused, match="expired"):
        node.current()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client": HR}, "no-grant"),
        ({"grant": "g-2"}, "no-grant"),
        ({"provider": CENTRE}, "path-outside-right"),
        ({"query": {"record": "payments"}}, "path-outside-right"),
        ({"purpose": "residence-permit"}, "purpose-outside-grant"),
        ({"day": date(2025, 12, 31)}, "grant-not-begun"),
        ({"day": date(2027, 1, 1)}, "grant-expired"),
        ({"query": {"fields": ("months_paid", "wage")}}, "field-outside-grant"),
        ({"test": {"op": "<="}}, "test-outside-grant"),
        ({"test": {"value": 4000}}, "test-outside-grant"),
        ({"test": {"value": "5000"}}, "test-outside-grant"),
        ({"test": {"field": "diagnosis"}}, "test-outside-grant"),
    ],
)
def test_what_no_grant_names_is_refused(ring: KeyRing, clock: SettableClock, changes: dict[str, object], code: str):
    registry = read(ring, clock, token_of(ring, clock))
    plain = Test(name="enough", field="wage", op=">=", value=5000)
    test = msgspec.structs.replace(plain, **changes.pop("test", {}))  # type: ignore[arg-type]
    asked = Query(resource="hr.insurance", record="member", subject="1", fields=("months_paid",), tests=(plain,))
    query = msgspec.structs.replace(asked, tests=(test,), **changes.pop("query", {}))  # type: ignore[arg-type]
    given = {"client": CENTRE, "provider": HR, "grant": "g-1", "purpose": "unemployment-benefit"}
    assert registry.permit(**given, query=asked, day=date(2026, 11, 3)).law
    with pytest.raises(Refused) as refused:
        registry.permit(**({**given, "query": query, "day": date(2026, 11, 3)} | changes))  # type: ignore[arg-type]
    assert refused.value.code == code


async def test_the_centre_publishes_members_and_grants_and_only_what_has_somebody_to_ask(
    ring: KeyRing, clock: SettableClock, tmp_path: Path
):
    hr = member(ring, HR, "https://hr.node.example", clock())
    ours = member(ring, CENTRE, "", clock())
    file = tmp_path / "members.json"

    def granted(provider: str, consumer: str = "hr") -> Grant:
        return Grant(
            id=f"g-{provider}",
            consumer=consumer,
            provider=provider,
            resource="hr.insurance",
            record="member",
            fields=("months_paid",),
            tests=(AllowedTest("wage", ">=", 5000),),
            service="unemployment-benefit",
            purpose=Text("失业金", "Unemployment benefit"),
            law=Text("失业保险条例 14", "Unemployment Insurance Regulations art. 14"),
            since=date(2026, 1, 1),
            until=date(2026, 12, 31),
        )

    async def rights(day: date) -> list[Grant]:
        return [granted(hr.body), granted("990000-nobody"), granted(hr.body, "LJ/GOV/1/other")]

    centre = Centre(file, ring, clock, rights)
    with pytest.raises(Refused) as refused:
        await centre.published()
    assert refused.value.code == "no-exchange"
    file.write_bytes(msgspec.json.encode(MembersFile(instance="LJ", own=CENTRE, members=(ours, hr))))
    registry = read(ring, clock, await centre.published())
    assert [(one.client, one.provider, one.grant) for one in registry.document.rights] == [(CENTRE, HR, f"g-{hr.body}")]
    assert registry.key(CENTRE, ring.signer(Use.EXCHANGE, clock()).id)
    first = registry.version
    clock.advance(seconds=timedelta(minutes=1).total_seconds())
    assert read(ring, clock, await centre.published()).version > first
