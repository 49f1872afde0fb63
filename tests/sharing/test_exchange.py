"""A question to another body and its answer: proved on both sides, logged, refused with a code."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from exchange_world import BASE, BODY, CENTRE, HR, PATH, PERSON, STRANGER, Reply, World, message_id, purpose, right

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import refuse
from tongban.sharing.channel import profile, store
from tongban.sharing.channel.model import Answer
from tongban.sharing.channel.provider import ProviderSettings
from tongban.sharing.channel.questions import provider_app
from tongban.sharing.channel.refusals import SAID, Code, refusal
from tongban.sharing.channel.registry import Registry


@pytest.fixture
async def world(exchange_keys: Path, node_db: Database, clock: SettableClock) -> World:
    return await World.make(exchange_keys, node_db, clock, body_seconds=0.05)


async def last(world: World) -> dict[str, Any]:
    return dict((await store.messages(world.db, 1))[0])


async def refused(world: World, reply: Reply, request: dict[str, str] | None, code: str) -> None:
    """The refusal is signed for this request, has this code, and is a line in the log; the source was not asked."""
    assert reply.code == code, reply.body
    assert world.genuine(reply, request)
    assert reply.headers["content-type"] == "application/problem+json"
    assert (await last(world))["code"] == code
    assert not world.source.asked


async def test_a_good_question_is_answered_with_what_was_asked_and_nothing_more(world: World):
    head = world.sign(world.head())
    reply = await world.send(head)
    assert world.genuine(reply, head)
    assert msgspec.json.decode(reply.body, type=Answer) == Answer(found=True, values={"months_paid": 30})
    asked = world.source.asked[0]
    assert (asked.member.code, asked.right.grant, asked.purpose) == (CENTRE, "g-1", "unemployment-benefit")
    assert (asked.law, asked.case, asked.user) == ("失业保险条例 14", head["gov-case"], "post-7")


async def test_the_log_proves_years_later_who_asked_and_what_was_answered_and_says_nothing_of_whom(world: World):
    head = world.sign(world.head())
    reply = await world.send(head)
    line = await last(world)
    said = {
        "content-type": "application/json",
        "gov-client": line["client"],
        "gov-service": line["service"],
        "gov-purpose": line["purpose"],
        "gov-case": line["matter"],
        "gov-user": line["asker"],
        "gov-message-id": str(line["message_id"]),
        "idempotency-key": line["repeat_key"],
        "content-digest": line["digest"],
    }
    assert world.key().verify(line["signature"], profile.base(said, line["parameters"], "POST", line["target"]))
    bound = head["signature"].removeprefix("x1=")
    answer = profile.answer_base(line["status"], line["answer_digest"], bound, line["answer_parameters"])
    node = next(key for key in world.node.public.values() if key.id in line["answer_parameters"])
    assert node.verify(line["answer_signature"], answer)
    kept = repr(await world.db.fetch("SELECT * FROM x1_message")) + repr(
        await world.db.fetch("SELECT * FROM x1_answer")
    )
    assert PERSON not in kept
    assert reply.body.decode() not in kept


# --- bad input: one test a line of the list -----------------------------------------------------------------------


async def test_an_unknown_member_is_refused(world: World):
    head = world.sign(world.head(gov_client=STRANGER), ring=world.stranger)
    await refused(world, await world.send(head), head, "unknown-member")


async def test_a_member_signing_with_a_key_that_is_not_theirs_is_refused(world: World):
    for ring in (world.stranger, world.node):
        head = world.sign(world.head(), ring=ring)
        await refused(world, await world.send(head), head, "unknown-key")


async def test_an_expired_grant_is_refused(world: World):
    ended = right(until=world.clock().date() - timedelta(days=1))
    world.registry = Registry(msgspec.structs.replace(world.registry.document, rights=(ended,)))
    head = world.sign(world.head())
    await refused(world, await world.send(head), head, "grant-expired")


async def test_a_field_outside_the_grant_is_refused(world: World):
    for fields in (["wage"], ["months_paid", "wage"], ["months_paid_"]):
        body = msgspec.json.encode({"subject": PERSON, "fields": fields})
        head = world.sign(world.head(body))
        await refused(world, await world.send(head, body), head, "field-outside-grant")


async def test_a_test_outside_the_grant_is_refused(world: World):
    test = {"name": "rich", "field": "wage", "op": ">=", "value": 5001}
    body = msgspec.json.encode({"subject": PERSON, "tests": [test]})
    head = world.sign(world.head(body))
    await refused(world, await world.send(head, body), head, "test-outside-grant")


async def test_a_method_outside_the_right_is_refused(world: World):
    head = world.sign(world.head())
    for method in ("GET", "PUT", "DELETE", "HEAD", "PATCH", "post"):
        await refused(world, await world.send(head, method=method), head, "method-not-allowed")


async def test_a_path_outside_the_right_is_refused(world: World):
    path = f"/x1/{HR}/hr.insurance/payments"
    head = world.sign(world.head(gov_service=path.removeprefix("/x1/")), BASE + path)
    await refused(world, await world.send(head, path=path), head, "path-outside-right")


NOT_CANONICAL = (
    PATH.replace("/hr.insurance/", "%2Fhr.insurance/"),
    PATH.replace("hr.insurance", "hr%2einsurance"),
    PATH.replace("/x1/", "/x1/./"),
    PATH.replace("/x1/", "/public/../x1/"),
    PATH.replace("/x1/", "//x1/"),
    PATH.replace("/hr.insurance/", "/hr.insurance//"),
    PATH + "/..",
    PATH + "/../payments",
    PATH + ";a=b",
    PATH + "\\",
    PATH + "%00",
    PATH + "\x00",
    PATH + " ",
    PATH.replace("member", "mémber"),
    PATH.replace("member", "ｍember"),
    "",
    "*",
    BASE + PATH,
)


async def test_encoded_slashes_and_dot_paths_are_refused_before_anything_decodes_them(world: World):
    head = world.sign(world.head())
    for path in NOT_CANONICAL:
        await refused(world, await world.send(head, path=path.encode()), head, "path-not-canonical")


async def test_another_path_leads_nowhere(world: World):
    head = world.sign(world.head())
    for path in ("/", "/x1", PATH + "/", PATH.upper(), PATH + "/x", "/x1/registry", "/metrics"):
        await refused(world, await world.send(head, path=path), head, "not-here")


async def test_a_question_for_a_member_of_another_node_is_refused(world: World):
    path = PATH.replace(HR, STRANGER)
    head = world.sign(world.head(gov_service=path.removeprefix("/x1/")), BASE + path)
    await refused(world, await world.send(head, path=path), head, "not-here")


async def test_a_query_string_is_refused(world: World):
    head = world.sign(world.head())
    await refused(world, await world.send(head, query=b"fields=wage"), head, "query-not-allowed")


async def test_an_oversize_body_is_refused_whether_it_says_its_length_or_not(world: World):
    head = world.sign(world.head())
    too_much = b"x" * 40_000
    await refused(world, await world.send({**head, "content-length": "70000"}), head, "body-too-large")
    await refused(world, await world.send({**head, "content-length": "-1"}), head, "body-too-large")
    await refused(world, await world.send(head, [too_much, too_much]), head, "body-too-large")


async def test_a_slow_body_is_refused(world: World):
    head = world.sign(world.head())
    await refused(world, await world.send(head, [BODY[:10]], stall=True), head, "body-slow")


async def test_a_wrong_digest_is_refused_before_the_body_is_read(world: World):
    head = world.sign(world.head())
    for body in (BODY.replace(b"X", b"1"), b"", b"{", BODY + b" "):
        await refused(world, await world.send(head, body), head, "digest-mismatch")


async def test_clock_skew_is_refused_and_a_little_is_not(world: World):
    now = int(world.clock().timestamp())
    ahead = world.sign(world.head(), created=now + 31)
    await refused(world, await world.send(ahead), ahead, "clock-skew")
    late = world.sign(world.head(), created=now - 301, window=300)
    await refused(world, await world.send(late), late, "message-late")
    wide = world.sign(world.head(), window=301)
    await refused(world, await world.send(wide), wide, "signature-profile")
    for created in (now + 29, now - 119):
        assert (await world.send(world.sign(world.head(), created=created))).status == 200


MALFORMED = (
    b"null",
    b"[]",
    b"{",
    b'{"subject":"1","fields":["a"],"sql":"1"}',
    b'{"subject":"","fields":["a"]}',
    b'{"subject":"1"}',
    b'{"subject":"1","fields":"a"}',
    b'{"subject":"\' or 1=1 --","fields":["months_paid"]}',
    b'{"subject":"1","tests":[{"name":"a","field":"wage","op":"like","value":1}]}',
    b'{"subject":"1","tests":[{"name":"a","field":"wage","op":">=","value":{"a":1}}]}',
    b'{"subject":"1","tests":[' + b",".join([b'{"name":"a","field":"wage","op":">=","value":5000}'] * 2) + b"]}",
    b'{"subject":"1","fields":[' + b",".join([b'"months_paid"'] * 101) + b"]}",
)


async def test_a_body_of_another_form_is_refused(world: World):
    for body in MALFORMED:
        head = world.sign(world.head(body))
        await refused(world, await world.send(head, body), head, "body-malformed")


async def test_a_message_without_signature_is_refused_by_a_signed_answer(world: World):
    head = world.head()
    await refused(world, await world.send(head), None, "signature-missing")
    await refused(world, await world.send({}), None, "signature-missing")


async def test_each_header_stands_there_exactly_once(world: World):
    head = world.sign(world.head())
    for name in profile.HEADERS:
        without = {key: value for key, value in head.items() if key != name}
        await refused(world, await world.send(without), head, "header-missing")
        await refused(world, await world.send([*head.items(), (name, head[name])]), head, "header-repeated")
        await refused(world, await world.send({**head, name: head[name] + " "}), head, "header-malformed")


async def test_a_header_that_the_signature_does_not_cover_is_not_slipped_in(world: World):
    head = world.sign(world.head())
    for name in ("gov-grant", "gov-represented-party", "content-encoding"):
        await refused(world, await world.send({**head, name: "x"}), head, "header-unknown")


async def test_a_persons_number_is_no_pseudonym(world: World):
    head = world.sign(world.head())
    for user in ("13800138000", PERSON, "王小明", ""):
        given = {**head, "gov-user": user.encode().decode("latin-1")}
        await refused(world, await world.send(given), head, "header-malformed")


# --- what happens twice, and what happens to the node -------------------------------------------------------------


async def test_the_same_message_twice_is_a_replay(world: World, tmp_path: Path):
    head = world.sign(world.head())
    assert (await world.send(head)).status == 200
    again = await world.send(head)
    assert (again.code, world.genuine(again, head)) == ("replayed", True)
    # Another process of the node, which has not seen it, learns it from the database.
    other = provider_app(world.settings, world, world.source, world.log)
    before, world.app = world.app, other
    again = await world.send(head)
    assert (again.code, world.genuine(again, head)) == ("replayed", True)
    world.app = before
    both = await asyncio.gather(*(world.send(one) for one in [world.sign(world.head())] * 5))
    assert sorted(one.code for one in both) == ["", *["replayed"] * 4]


async def test_who_asks_again_with_the_same_id_gets_the_same_answer(world: World):
    head = world.head()
    first = await world.send(world.sign(head))
    world.source.answer = Answer(found=True, values={"months_paid": 31})
    world.clock.advance(hours=23)
    request = world.sign(head)
    again = await world.send(request)
    assert (again.body, world.genuine(again, request)) == (first.body, True)
    assert (await last(world))["code"] == "repeated"
    world.clock.advance(hours=2)
    late = world.sign(head)
    reply = await world.send(late)
    assert (reply.code, world.genuine(reply, late)) == ("message-id-old", True)


async def test_an_id_used_for_another_question_is_refused(world: World):
    head = world.head()
    await world.send(world.sign(head))
    other = msgspec.json.encode({"subject": "110105194912310011", "fields": ["months_paid"]})
    for changed_head, sent in (
        (world.head(gov_case="990101-261103-AAAAAAAA"), BODY),
        (world.head(gov_user="post-8"), BODY),
        (world.head(idempotency_key='"k-2"'), BODY),
        (world.head(gov_purpose=purpose(law="失业保险条例 15")), BODY),
        (world.head(other), other),
    ):
        request = world.sign(changed_head | {"gov-message-id": head["gov-message-id"]})
        reply = await world.send(request, sent)
        assert (reply.code, world.genuine(reply, request)) == ("message-id-reused", True)


async def test_a_node_that_is_busy_says_so_signed(world: World):
    gate, full = asyncio.Event(), asyncio.Event()

    async def wait() -> Answer:
        if len(world.source.asked) == 2:
            full.set()
        await gate.wait()
        return Answer(found=False)

    world.source.instead = wait
    world.app = provider_app(changed(world.settings, in_flight=2), world, world.source, world.log)
    at_work = [asyncio.create_task(world.send(world.sign(world.head()))) for _ in range(2)]
    async with asyncio.timeout(30):
        await full.wait()
    request = world.sign(world.head())
    reply = await world.send(request)
    assert (reply.status, reply.code, world.genuine(reply, request)) == (503, "node-busy", True)
    assert reply.headers["retry-after"] == "1"
    gate.set()
    assert [one.status for one in await asyncio.gather(*at_work)] == [200, 200]
    assert (await world.send(request)).status == 200  # refused unread: the same signature is still good
    assert (await store.counted(world.db))["node-busy"] == 1


async def test_a_source_that_fails_or_is_slow_is_a_signed_refusal_without_its_words(world: World):
    async def broken() -> Answer:
        raise RuntimeError(f"no row for {PERSON}")

    async def slow() -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    async def wrong() -> Answer:
        raise refuse("source-type", "类型不对", "A value has another type", status=502)

    world.app = provider_app(changed(world.settings, source_seconds=0.02), world, world.source, world.log)
    for instead, code in ((broken, "source-failed"), (slow, "source-slow"), (wrong, "source-type")):
        world.source.instead = instead
        request = world.sign(world.head())
        reply = await world.send(request)
        assert (reply.code, world.genuine(reply, request)) == (code, True)
        assert PERSON.encode() not in reply.body
        assert (await last(world))["code"] == code


async def test_without_a_registry_in_force_nothing_is_answered(world: World):
    class Expired:
        def current(self) -> Any:
            raise refusal(Code.REGISTRY_EXPIRED)

    world.app = provider_app(world.settings, Expired(), world.source, world.log)
    head = world.sign(world.head())
    await refused(world, await world.send(head), head, "registry-expired")


async def test_without_a_log_nothing_is_answered(world: World):
    await world.db.execute("ALTER TABLE x1_message RENAME TO x1_away")
    head = world.sign(world.head())
    try:
        reply = await world.send(head)
    finally:
        await world.db.execute("ALTER TABLE x1_away RENAME TO x1_message")
    assert (reply.status, reply.code, world.genuine(reply, head)) == (503, "log-away", True)
    assert b"months" not in reply.body


async def test_an_old_key_of_a_member_is_refused_after_its_last_day(world: World):
    key = world.key()
    ended = msgspec.structs.replace(key, not_after=world.clock() - timedelta(seconds=1))
    document = world.registry.document
    centre = msgspec.structs.replace(document.members[0], keys=(ended,))
    world.registry = Registry(msgspec.structs.replace(document, members=(centre, *document.members[1:])))
    head = world.sign(world.head())
    await refused(world, await world.send(head), head, "key-expired")


async def test_old_nonces_go_by_dropping_partitions_and_the_log_stays(world: World):
    await world.send(world.sign(world.head()))
    world.clock.advance(days=3)
    dropped = await world.log.tend()
    assert {name.rpartition("_")[0] for name in dropped} == {"x1_nonce", "x1_answer"}
    assert await world.db.fetchval("SELECT count(*) FROM x1_nonce") == 0
    assert (await store.counted(world.db)) == {"": 1}
    world.clock.advance(days=365 * 3 + 90)
    assert "x1_message_202611" in await world.log.tend()


async def test_lines_that_arrive_together_share_a_statement(world: World):
    async with world.db.counting() as counter:
        replies = await asyncio.gather(*(world.send(world.sign(world.head())) for _ in range(50)))
    assert {reply.status for reply in replies} == {200}
    assert len(counter) <= 5
    assert await store.counted(world.db) == {"": 50}


def test_every_code_says_what_to_do_in_both_languages():
    assert set(SAID) == set(Code)
    assert all(text.zh and text.en and 400 <= status < 600 for status, text in SAID.values())


def changed(settings: ProviderSettings, **changes: Any) -> ProviderSettings:
    return replace(settings, **changes)


def test_a_message_id_says_its_own_time(clock: SettableClock):
    assert int(message_id(clock()).replace("-", "")[:12], 16) == int(clock().timestamp() * 1000)
