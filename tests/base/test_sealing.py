"""What is sealed opens at its own place with its own key, and nowhere else; keys can be rotated, and erased."""

import json
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import tombstones

from tongban.base.clock import SettableClock
from tongban.base.crypto import Encryption, new_key
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.sealing import CommandKeys, FileKeys, Place, Ring, Sealer, Wrapped, rewrap_blind, store
from tongban.base.sealing.files import MAGIC, open_file, seal_file
from tongban.base.sealing.sealer import PersonKey, as_bytes

NOW = datetime(2026, 11, 3, tzinfo=UTC)
PLACE = Place("person", "name", "p-1")

words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
places = st.builds(Place, words, words, words)


def key(owner: str, suite: Encryption, number: int = 1) -> PersonKey:
    return PersonKey(owner, bytes([number]) * 16, suite, new_key(suite))


async def sealer(folder: Path, suite: Encryption = Encryption.AES) -> Sealer:
    return await Sealer.open(FileKeys.open(folder, NOW, suite), folder, tombstones(), suite=suite)


@given(st.sampled_from(Encryption), places, places, st.binary(max_size=80))
def test_a_sealed_value_opens_at_its_own_place_only(suite: Encryption, here: Place, there: Place, data: bytes):
    mine = key("p-1", suite)
    sealed = mine.seal(here, data)
    assert mine.open(here, sealed) == data
    assert data == b"" or len(data) < 4 or data not in sealed
    if here != there:
        with pytest.raises(Refused) as refused:
            mine.open(there, sealed)
        assert refused.value.code == "seal-broken"


@given(st.sampled_from(Encryption), st.binary(max_size=40), st.data())
def test_an_altered_or_cut_value_does_not_open(suite: Encryption, data: bytes, draw: st.DataObject):
    mine = key("p-1", suite)
    sealed = mine.seal(PLACE, data)
    at = draw.draw(st.integers(0, len(sealed) * 8 - 1))
    flipped = bytearray(sealed)
    flipped[at // 8] ^= 1 << at % 8
    for wrong in (bytes(flipped), sealed[: draw.draw(st.integers(0, len(sealed) - 1))], sealed + b"\0"):
        with pytest.raises(Refused) as refused:
            mine.open(PLACE, wrong)
        assert refused.value.code == "seal-broken"


@given(st.sampled_from(Encryption), st.binary(max_size=40))
def test_another_persons_key_does_not_open_it_even_under_the_same_id(suite: Encryption, data: bytes):
    sealed = key("p-1", suite).seal(PLACE, data)
    for other in (key("p-2", suite, 2), key("p-2", suite)):
        with pytest.raises(Refused):
            other.open(PLACE, sealed)


@given(st.sampled_from(Encryption), st.integers(0, 3), st.integers(-2, 2))
def test_a_file_opens_whole_or_not_at_all(suite: Encryption, pieces: int, more: int):
    mine = key("p-1", suite)
    ring = Ring({mine.id: mine}, {})
    data = bytes(max(0, pieces * 65536 + more))
    stored = seal_file(mine, PLACE, data)
    assert open_file(ring, PLACE, stored) == data
    head = len(MAGIC) + 2 + int.from_bytes(stored[4:6], "big")
    cut = stored[:-1], stored[: head + (len(stored) - head - 1) // 65552 * 65552]
    swapped = stored[:head] + stored[head + 65552 :] + stored[head : head + 65552]
    for wrong in (*cut, *((swapped,) if len(data) > 65536 else ())):
        with pytest.raises(Refused):
            open_file(ring, PLACE, wrong)
    with pytest.raises(Refused):
        open_file(ring, Place("document", "file", "another"), stored)
    assert open_file(ring, PLACE, b"%PDF- before there were keys") == b"%PDF- before there were keys"


async def test_a_wrapped_key_fits_its_owner_and_its_version_only(tmp_path: Path):
    keys = FileKeys.open(tmp_path, NOW)
    (wrapped,) = await keys.wrap([(b"k" * 32, b"p-1")])
    assert await keys.unwrap([(wrapped, b"p-1")]) == [b"k" * 32]
    newer = FileKeys.rotate(tmp_path, NOW)
    moved = Wrapped(await newer.current(), wrapped.data)
    for wrong, bound, code in (
        (wrapped, b"p-2", "seal-broken"),
        (moved, b"p-1", "seal-broken"),
        (Wrapped("9-00000000", wrapped.data), b"p-1", "key-unknown"),
        (Wrapped(wrapped.master, wrapped.data[:-1]), b"p-1", "seal-broken"),
    ):
        with pytest.raises(Refused) as refused:
            await newer.unwrap([(wrong, bound)])
        assert refused.value.code == code


async def test_master_keys_are_for_this_account_only(tmp_path: Path):
    folder = tmp_path / "sealing"
    await sealer(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    next(folder.glob("master-*")).chmod(0o640)
    with pytest.raises(Refused) as refused:
        FileKeys.open(folder, NOW)
    assert refused.value.code == "key-readable-by-others"


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json"])
def test_a_damaged_master_key_is_never_replaced_by_a_new_one(tmp_path: Path, damage: bytes):
    FileKeys.open(tmp_path, NOW)
    next(tmp_path.glob("master-*")).write_bytes(damage)
    with pytest.raises(Refused) as refused:
        FileKeys.open(tmp_path, NOW)
    assert refused.value.code == "key-damaged"


@pytest.mark.parametrize("suite", Encryption)
async def test_rotation_keeps_everything_readable(db: Database, tmp_path: Path, suite: Encryption):
    old = await sealer(tmp_path, suite)
    people = [f"p-{n}" for n in range(7)]
    written = {p: k.seal_text(PLACE, f"name of {p}") for p, k in (await old.persons(db, people)).items()}
    FileKeys.rotate(tmp_path, NOW, Encryption.AES)
    new = await sealer(tmp_path)
    ring = await new.ring(db, written.values())
    assert {p: ring.text(PLACE, text) for p, text in written.items()} == {p: f"name of {p}" for p in people}
    assert await new.rewrap(db, step=3) == 7
    assert await new.rewrap(db) == 0, "a second time there is nothing to do"
    await rewrap_blind(new.service, tmp_path)
    (tmp_path / "master-0001.json").unlink()
    new = await sealer(tmp_path)
    assert {row["master"] for row in await db.fetch("SELECT master FROM person_key")} == {await new.service.current()}
    new.forget()
    ring = await new.ring(db, written.values())
    assert {ring.text(PLACE, text) for text in written.values()} == {f"name of {p}" for p in people}
    assert old.blind("person.phone", "1") == new.blind("person.phone", "1"), "what was indexed is still found"


async def test_erased_data_say_that_they_are_erased_and_when(db: Database, tmp_path: Path, clock: SettableClock):
    keys = await sealer(tmp_path)
    text = (await keys.person(db, "p-1")).seal_text(PLACE, "贺光明")
    assert await keys.erase(db, "p-1", clock(), "asked for by the person; no duty to keep")
    for reader in (keys, await sealer(tmp_path)):
        ring = await reader.ring(db, [text])
        with pytest.raises(Refused) as refused:
            ring.text(PLACE, text)
        assert (refused.value.code, refused.value.status) == ("erased", 410)
        assert "2026年11月3日" in refused.value.problems[0].text.zh
        assert "erased" in ring.shown(PLACE, text)
    assert not await keys.erase(db, "p-1", clock(), "again")
    again = (await keys.person(db, "p-1")).seal_text(PLACE, "new")
    ring = await keys.ring(db, [text, again])
    assert ring.text(PLACE, again) == "new", "who comes back begins anew"
    with pytest.raises(Refused):
        ring.text(PLACE, text)


async def test_a_tombstone_that_nobody_here_signed_proves_no_erasure(
    db: Database, tmp_path: Path, clock: SettableClock
):
    keys = await sealer(tmp_path)
    text = (await keys.person(db, "p-1")).seal_text(PLACE, "贺光明")
    assert await keys.erase(db, "p-1", clock(), "asked for by the person")
    (grave,) = await db.fetch("SELECT * FROM person_key_erased")
    assert keys.tombstones.proved(store.Grave(**dict(grave)))
    with pytest.raises(Exception, match="an erasure is final"):
        await db.execute("UPDATE person_key_erased SET signed = 'another'")
    await db.execute("ALTER TABLE person_key_erased DISABLE TRIGGER USER")
    for change in ("erased_at = erased_at - interval '1 year'", "why = 'lost'", "person = 'p-2'", "signed = ''"):
        await db.execute(f"UPDATE person_key_erased SET {change}")
        with pytest.raises(Refused) as refused:
            (await (await sealer(tmp_path)).ring(db, [text])).text(PLACE, text)
        assert (refused.value.code, refused.value.status) == ("erasure-unproved", 500), change
        await db.execute("DELETE FROM person_key_erased")
        await db.execute(
            "INSERT INTO person_key_erased SELECT * FROM jsonb_populate_record(NULL::person_key_erased, $1)",
            {**dict(grave), "id": "\\x" + grave["id"].hex()},
        )


async def test_tombstones_of_before_are_signed_once_and_no_later_one_passes_for_theirs(
    db: Database, tmp_path: Path, clock: SettableClock
):
    keys = await sealer(tmp_path)
    text = (await keys.person(db, "p-1")).seal_text(PLACE, "贺光明")
    (row,) = await db.fetch("DELETE FROM person_key RETURNING id")
    bury = "INSERT INTO person_key_erased (id, person, erased_at, why, signed) VALUES ($1, $2, $3, 'long ago', '')"
    await db.execute(bury, row["id"], "p-1", clock())
    assert await keys.tombstones.sign_old(db) == 1
    with pytest.raises(Refused) as refused:
        (await (await sealer(tmp_path)).ring(db, [text])).text(PLACE, text)
    assert refused.value.code == "erased"
    await db.execute(bury, b"\1" * 16, "p-2", clock())
    assert await keys.tombstones.sign_old(db) == 0


async def test_a_key_of_a_transaction_that_failed_seals_nothing_later(db: Database, tmp_path: Path):
    keys = await sealer(tmp_path)
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as connection:
            async with connection.savepoint():
                first = await keys.person(connection, "p-1")
            assert (await keys.person(connection, "p-1")).id == first.id
            raise ZeroDivisionError
    kept = await keys.person(db, "p-1")
    assert kept.id != first.id
    ring = await (await sealer(tmp_path)).ring(db, [text := kept.seal_text(PLACE, "still here")])
    assert ring.text(PLACE, text) == "still here"


async def test_opening_many_takes_one_statement_and_again_takes_none(db: Database, tmp_path: Path):
    writer, reader = await sealer(tmp_path), await sealer(tmp_path)
    texts = [k.seal_text(PLACE, "x") for k in (await writer.persons(db, [f"p-{n}" for n in range(30)])).values()]
    async with db.counting() as counter:
        await reader.ring(db, texts)
        assert len(counter) == 1
        await reader.ring(db, texts)
        assert len(counter) == 1


async def test_only_columns_with_many_values_have_a_blind_index(tmp_path: Path):
    keys = await sealer(tmp_path)
    assert keys.blind("person.id_number", "a") != keys.blind("person.phone", "a")
    with pytest.raises(ValueError, match="may be looked up"):
        keys.blind("person.sex", "female")


SERVICE = """
import base64, json, sys
call = json.load(sys.stdin)
flip = lambda text: base64.b64encode(bytes(b ^ 90 for b in base64.b64decode(text))).decode()
json.dump({"master": "hsm-1", "keys": [{"master": "hsm-1", "data": flip(k["data"])} for k in call["keys"]]}, sys.stdout)
"""


async def test_a_command_can_hold_the_master_key(db: Database, tmp_path: Path):
    script = tmp_path / "service.py"
    script.write_text(SERVICE)
    keys = CommandKeys(f"{sys.executable} {script}", 20)
    made = await Sealer.open(keys, tmp_path / "keys", tombstones())
    text = (await made.person(db, "p-1")).seal_text(PLACE, "x")
    opened = await Sealer.open(keys, tmp_path / "keys", tombstones())
    assert (await opened.ring(db, [text])).text(PLACE, text) == "x"
    assert await db.fetchval("SELECT master FROM person_key") == "hsm-1"
    assert not list((tmp_path / "keys").glob("master-*"))


@pytest.mark.parametrize(
    "command", ["no-such-command", "false", "echo nonsense", "sleep 9", f"echo '{json.dumps({'keys': []})}'"]
)
async def test_a_key_service_that_is_away_is_said_and_keeps_nothing(command: str):
    with pytest.raises(Refused) as refused:
        await CommandKeys(command, 0.3).unwrap([(Wrapped("1", b"x"), b"y")])
    assert (refused.value.code, refused.value.status) == ("key-service-away", 503)


def test_what_is_no_base64_is_a_broken_seal():
    with pytest.raises(Refused) as refused:
        as_bytes(PLACE, "sealed.1.!!!")
    assert refused.value.code == "seal-broken"
