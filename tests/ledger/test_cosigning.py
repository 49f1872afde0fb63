"""The log has its checkpoints signed by witnesses, shows none before enough have, and goes on placing meanwhile."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing
from tongban.ledger import store
from tongban.ledger.checkpoints import trusted
from tongban.ledger.cosigning import Cosigning
from tongban.ledger.cosigning import Witness as Named
from tongban.ledger.log import CONFIG, PublicLog, read_config
from tongban.ledger.witness import WatchedLog, Witness, WitnessConfig

pytestmark = pytest.mark.database

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def waits(db: Database, first: int, last: int) -> None:
    await db.execute(
        "INSERT INTO ledger_waiting (regions, subjects, seqs, commitments)"
        " SELECT ARRAY[''], ARRAY['test:' || n], '{0}', ARRAY[sha256(convert_to(n::text, 'UTF8'))]"
        " FROM generate_series($1::int, $2::int) n",
        first,
        last,
    )


async def test_a_checkpoint_is_shown_when_enough_witnesses_have_signed(db: Database, tmp_path: Path) -> None:
    clock = SettableClock(NOW)
    ring = KeyRing.open(tmp_path / "keys", NOW)
    plain = await PublicLog.open(db, ring, clock, tmp_path, "https://portal.example")
    assert plain.origin == "portal.example/open/log"
    keys = tuple(key.vkey for key in plain.policy.keys)
    watching = {
        host: Witness.open(
            WitnessConfig(name=f"{host}/one", folder=tmp_path / host, logs=(WatchedLog(keys=keys),)), clock
        )
        for host in ("w1.example", "w2.example")
    }
    named = [Named(url=f"http://{host}", key=str(one.key)) for host, one in watching.items()]
    (tmp_path / CONFIG).write_text(
        "least: 2\nwitnesses:\n" + "".join(f"  - {{url: '{one.url}', key: '{one.key}'}}\n" for one in named)
    )
    log = await PublicLog.open(db, ring, clock, tmp_path, "https://elsewhere.example")
    assert log.origin == plain.origin  # the name of a log is kept for good
    assert (len(log.policy.witnesses), log.policy.least) == (2, 2)
    away = {"w2.example"}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host in away:
            raise httpx.ConnectError("away")
        said = watching[request.url.host].add_checkpoint(request.content)
        return httpx.Response(said.status, text=said.body, headers={"content-type": said.kind})

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    cosigning = Cosigning(db, named, 2, clock, client)
    await waits(db, 1, 700)
    assert await log.turn() == 700
    assert not await cosigning.turn()
    assert await log.shown() is None  # one witness is not enough, and what nobody has seen is not shown
    away.clear()
    await waits(db, 701, 1_000)
    await log.turn()
    assert await cosigning.turn()
    head = await store.head(db)
    assert head is not None
    seen = trusted(head.published.encode(), log.policy.logs, log.policy.watching, least=2, now=int(NOW.timestamp()))
    assert (seen.checkpoint.size, len(seen.witnesses)) == (1_000, 2)
    assert not await cosigning.turn()  # nothing new, nobody is asked
    again = Cosigning(db, named, 2, clock, client)  # another process, which knows no sizes
    await waits(db, 1_001, 1_001)
    await log.turn()
    assert await again.turn()
    shown = await log.shown()
    assert shown is not None and shown.size == 1_001
    await client.aclose()


@pytest.mark.parametrize("text", ["least: 1", "witnesses: [{url: 'http://x', key: 'no key'}]", "more: 1", ": :"])
def test_settings_that_cannot_be_read_are_refused_with_their_place(tmp_path: Path, text: str) -> None:
    (tmp_path / CONFIG).parent.mkdir()
    (tmp_path / CONFIG).write_text(text)
    with pytest.raises(Refused) as caught:
        read_config(tmp_path)
    assert (caught.value.code, caught.value.problems[0].place) == ("bad-log-config", str(tmp_path / CONFIG))
