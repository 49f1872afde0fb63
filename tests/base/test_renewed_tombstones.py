"""A tombstone outlives the key that signed it: a later key vouches for the signature, and for no other."""

from pathlib import Path

import pytest

from tongban.base.clock import SettableClock
from tongban.base.crypto import Suite, libcrypto
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing, Use
from tongban.base.sealing import FileKeys, Place, Sealer, Tombstones

pytestmark = pytest.mark.database
PLACE = Place("person", "name", "p-1")


async def opened(folder: Path, clock: SettableClock) -> Sealer:
    ring = KeyRing.open(folder / "ring", clock())
    return await Sealer.open(FileKeys.open(folder / "sealing", clock()), folder / "sealing", Tombstones(ring))


async def code(keys: Sealer, db: Database, text: str) -> str:
    with pytest.raises(Refused) as refused:
        (await keys.ring(db, [text])).text(PLACE, text)
    return refused.value.code


async def test_after_a_key_was_withdrawn_an_erasure_is_proved_again_once_it_is_signed_anew(
    db: Database, tmp_path: Path, clock: SettableClock
):
    keys = await opened(tmp_path, clock)
    text = (await keys.person(db, "p-1")).seal_text(PLACE, "贺光明")
    assert await keys.erase(db, "p-1", clock(), "asked for by the person")
    assert (await keys.tombstones.renew(db, clock())).done == 0, "its key is the one of today"
    new = KeyRing.renew(tmp_path / "ring", Use.LOG, clock.advance(days=1))
    KeyRing.retire(tmp_path / "ring", Use.LOG, Suite.INTL, None, keep=new.id)
    assert await code(await opened(tmp_path, clock), db, text) == "erasure-unproved"
    renewed = await opened(tmp_path, clock)
    assert await renewed.tombstones.renew(db, clock()) == (1, 0)
    assert await code(renewed, db, text) == "erased"
    assert await renewed.tombstones.renew(db, clock()) == (0, 0), "harmless to repeat"
    await db.execute("ALTER TABLE person_key_erased DISABLE TRIGGER USER")
    await db.execute("UPDATE person_key_erased SET why = 'lost'")
    assert await code(renewed, db, text) == "erasure-unproved", "what was signed is still what counts"


async def test_what_nobody_here_ever_signed_is_counted_and_left(db: Database, tmp_path: Path, clock: SettableClock):
    keys = await opened(tmp_path, clock)
    await keys.person(db, "p-1")
    assert await keys.erase(db, "p-1", clock(), "asked for by the person")
    other = await opened(tmp_path / "other", clock)
    assert await other.tombstones.renew(db, clock()) == (0, 1)
    assert [row["renewed"] for row in await db.fetch("SELECT renewed FROM person_key_erased")] == [""]


@pytest.mark.skipif(not libcrypto.available(), reason="not run: libcrypto of this machine has no SM2")
async def test_where_the_class_asks_for_gm_too_it_is_signed_anew_by_both(
    db: Database, tmp_path: Path, clock: SettableClock
):
    keys = await opened(tmp_path, clock)
    await keys.person(db, "p-1")
    assert await keys.erase(db, "p-1", clock(), "asked for by the person")
    KeyRing.require(tmp_path / "ring", Use.LOG, (Suite.INTL, Suite.GM))
    both = await opened(tmp_path, clock)
    assert await both.tombstones.renew(db, clock()) == (1, 0)
    (row,) = await db.fetch("SELECT renewed FROM person_key_erased")
    assert row["renewed"].count('"signature"') == 2
